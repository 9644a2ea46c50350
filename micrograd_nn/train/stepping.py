"""The steps of an optimizer while a training lasts: its rule as one function of all parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import getattr_static
from typing import Any

from ..engine.operation import ARITHMETIC
from ..optim import Optimizer
from ..programs.rule import PROBING, UnwrittenRuleError, write_python_step
from ..writing.python import RULES
from .asking import foresee_numbers


@contextmanager
def rule_compiled(optimizer: Optimizer) -> Iterator[None]:
    """Have an optimizer take its rule by a function in Python, with the same numbers.

    One with a way of its own is left as it is.
    """
    compiled = compile_rule(optimizer) if steps_by_rule(optimizer) else None
    if compiled is None:
        yield
        return

    def run_rule(
        before: Sequence[Sequence[float]], numbers: Sequence[float]
    ) -> list[Sequence[float]]:
        """Return what the rule itself returns; where that may be another, it runs."""
        try:
            after: list[Sequence[float]] = compiled(before, numbers)
        except ARITHMETIC:  # which the rule itself tells better
            return Optimizer.run_rule(optimizer, before, numbers)
        i = optimizer.steps % len(before[0])  # each in its turn
        wanted = optimizer.rule(*[column[i] for column in before], *numbers)
        if repr([column[i] for column in after]) != repr([*wanted]):
            vars(optimizer).pop("run_rule")
            return optimizer.run_rule(before, numbers)
        return after

    vars(optimizer)["run_rule"] = run_rule
    try:
        yield
    finally:
        vars(optimizer).pop("run_rule", None)


def compile_rule(optimizer: Optimizer) -> Any:
    """Return an optimizer's rule as a function in Python; None if it can't be written."""
    states = len(optimizer.states)
    try:
        numbers = foresee_numbers(optimizer, 1)
        source = write_python_step(optimizer.rule, states, len(numbers[0])) if numbers else ""
    except UnwrittenRuleError:
        return None
    namespace: dict[str, Any] = dict(RULES)
    exec(compile(source, "<rule of micrograd_nn>", "exec", dont_inherit=True), namespace)
    compiled: Any = namespace.get("run_rule")
    for grad in PROBING if compiled else ():
        given = [optimizer.parameters[0].data, grad, *[0.25 + 0.5 * i for i in range(states)]]
        try:
            wanted = optimizer.rule(*given, *numbers[0])
            if repr(compiled([[x] for x in given], numbers[0])) != repr([(x,) for x in wanted]):
                return None
        except ARITHMETIC:
            continue
        except Exception:  # of a rule's own
            return None
    return compiled


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
