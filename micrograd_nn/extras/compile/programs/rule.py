"""An optimizer's rule written down in any notation, from what it gives for symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import Notation, Text
from ....notation.writing.symbol import Symbol, Symbols
from .operations import NEVER_FAIL

PROBING = 0.5, -2.0, 0.25, 0.0, -1e-9, 1e-4, -0.01, 30.0, -1e4  # gradients to try a rule with
HAS_LOOKED = "it looks at its numbers; step, sign, equal or where tell them apart"

StepRule = Callable[..., Sequence[Any]]


class UnwrittenRuleError(ValueError):
    """A rule that can't be written down, and why."""


class RuleSymbols(Symbols):
    """Symbols that note whether a rule has compared them."""

    is_of_a_rule = True
    has_looked = False

    def decide(self, how: str, x: Symbol, y: object) -> bool:
        """Note a comparison, for which a symbol has no number."""
        self.has_looked = True
        raise TypeError(HAS_LOOKED)


def write_step_rule(
    rule: StepRule, names: Sequence[str], notation: Notation, identifiers: Identifiers,
    own: int | None = None,
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:  # fmt: skip
    """Return the numbers that a rule computes on the way, each with a name, and its results.

    First of all come those that are the same for each parameter: they are computed of the inputs
    behind the first ``own`` alone.

    >>> from micrograd_nn.notation.formulas.plain import Plain
    >>> names = Identifiers()
    >>> write_step_rule(lambda p, grad, lr: (p - lr * grad,), ["p", "grad", "lr"], Plain(), names)
    ([], [], ['p − lr · grad'])

    What is used more than once has a name, and nothing is left out: the numbers are the rule's.
    What it computes in vain, and may fail, is an UnwrittenRuleError.
    """
    symbols = RuleSymbols(zeros=True)
    leaves = [symbols.leaf() for _ in names]
    try:
        results = rule(*leaves)
        if type(results) is not tuple:
            raise TypeError("it returns no tuple")
    except Exception as error:
        raise UnwrittenRuleError(f"the rule of an optimizer can't be written: {error}") from None
    if symbols.has_looked:  # and caught the error
        raise UnwrittenRuleError(f"the rule of an optimizer can't be written: {HAS_LOOKED}")
    uses = symbols.count_uses(results)
    for symbol in symbols.known.values():
        operation = symbol.operation
        if operation and symbol not in uses and operation not in NEVER_FAIL:
            raise UnwrittenRuleError(
                f"the rule of an optimizer can't be written: it computes {operation.name} in vain, "
                f"which may fail"
            )
    texts = {leaf: Text(name) for leaf, name in zip(leaves, names, strict=True)}
    temporary = identifiers.count_up("t")
    lines: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    same = set(leaves[own:]) if own is not None else set()  # for each parameter
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
    kinds = [*signature(rule).parameters.values()][:count]
    if len(kinds) < count or any(x.kind is x.VAR_POSITIONAL for x in kinds):
        raise UnwrittenRuleError(f"the rule of an optimizer doesn't name the {count} it is given")
    return [names.new(x.name) for x in kinds]
