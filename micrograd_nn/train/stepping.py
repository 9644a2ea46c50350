"""The steps of an optimizer while a training lasts: its rule as one function of all parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import getattr_static
from typing import Any

from ..engine.operation import ARITHMETIC
from ..optim import Optimizer
from ..programs.rule import UnwrittenRuleError, write_python_step
from ..writing.python import RULES


@contextmanager
def rule_compiled(optimizer: Optimizer) -> Iterator[None]:
    """Have an optimizer take its rule by a function in Python, with the same numbers.

    One with a way of its own is left as it is.
    """
    written = write_rule_of(optimizer) if steps_by_rule(optimizer) else None
    if written is None:
        yield
        return
    namespace = dict(RULES)
    exec(compile(written, "<rule of micrograd_nn>", "exec", dont_inherit=True), namespace)
    compiled: Any = namespace["run_rule"]

    def run_rule(
        before: Sequence[Sequence[float]], numbers: Sequence[float]
    ) -> list[Sequence[float]]:
        """Return what the rule itself returns; where that may be another, it runs."""
        try:
            after: list[Sequence[float]] = compiled(before, numbers)
        except ARITHMETIC:  # which the rule itself tells better
            return Optimizer.run_rule(optimizer, before, numbers)
        first = optimizer.rule(*[column[0] for column in before], *numbers)
        if repr([column[0] for column in after]) != repr([*first]):
            vars(optimizer).pop("run_rule")
            return optimizer.run_rule(before, numbers)
        return after

    vars(optimizer)["run_rule"] = run_rule
    try:
        yield
    finally:
        vars(optimizer).pop("run_rule", None)


def write_rule_of(optimizer: Optimizer) -> str | None:
    """Return an optimizer's rule as a function in Python; None if it can't be written."""
    numbers = optimizer.numbers(optimizer.lr)
    try:
        return write_python_step(optimizer.rule, len(optimizer.states), len(numbers))
    except UnwrittenRuleError:
        return None


def steps_by_rule(optimizer: Optimizer) -> bool:
    """Tell whether an optimizer steps as its rule says, and in no way of its own."""
    kind = type(optimizer)
    names = "step", "put", "list_states", "run_rule"
    is_own = {*names, "rule", "numbers", "lr_at"} & vars(optimizer).keys() - {"run_rule"}
    return (
        isinstance(getattr_static(kind, "rule"), staticmethod)
        and not is_own
        and all(getattr(kind, name) is getattr(Optimizer, name) for name in names)
    )
