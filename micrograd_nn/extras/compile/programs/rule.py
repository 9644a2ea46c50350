"""The rule of an optimizer of this package, written down in any notation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import Notation, Text
from ....notation.writing.symbol import Symbol, Symbols

PROBING = 0.5, -2.0, 0.25, 0.0, -1e-9, 1e-4, -0.01, 30.0, -1e4  # gradients to try a rule with

StepRule = Callable[..., Sequence[Any]]


def write_step_rule(
    rule: StepRule, names: Sequence[str], notation: Notation, identifiers: Identifiers,
    own: int,
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:  # fmt: skip
    """Return the numbers that a rule computes on the way, each with a name, and its results.

    First of all come those that are the same for each parameter: they are computed of the inputs
    behind the first ``own`` alone.

    >>> from micrograd_nn.notation.formulas.plain import Plain
    >>> names = Identifiers()
    >>> rule = lambda p, grad, lr: (p - lr * grad,)
    >>> write_step_rule(rule, ["p", "grad", "lr"], Plain(), names, 2)
    ([], [], ['p − lr · grad'])

    What is used more than once has a name, and nothing is left out: the numbers are the rule's.
    """
    symbols = Symbols(zeros=True)
    leaves = [symbols.leaf() for _ in names]
    results = rule(*leaves)
    uses = symbols.count_uses(results)
    texts = {leaf: Text(name) for leaf, name in zip(leaves, names, strict=True)}
    temporary = identifiers.count_up("t")
    lines: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    same = set(leaves[own:])  # for each parameter
    for symbol in symbols.known.values():
        if symbol not in uses or symbol.operation is None:
            continue
        text = notation.write_symbol(symbol, texts)
        is_named = uses[symbol] > 1 or any(
            isinstance(user, Symbol) and notation.needs_name(user.operation, i)
            for user in uses
            if user.operation is not None
            for i, x in enumerate(user.inputs)
            if x is symbol
        )
        if same.issuperset(x for x in symbol.inputs if isinstance(x, Symbol)):
            same.add(symbol)
        if is_named or symbol in same:
            name = next(temporary)
            (common if symbol in same else lines).append((name, text.text))
            text = Text(name)
        texts[symbol] = text
    return common, lines, [notation.write_symbol(y, texts).text for y in results]


def name_given(rule: StepRule, count: int, names: Identifiers) -> list[str]:
    """Return names for what a rule is given, as it calls that."""
    return [names.new(name) for name in [*signature(rule).parameters][:count]]
