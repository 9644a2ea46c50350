"""An optimizer's rule as a function in Python: a step of all parameters, column by column."""

from __future__ import annotations

from typing import Any

from ..programs.rule import StepRule, UnwrittenRuleError, name_given, write_step_rule
from .notation import Python, PythonIdentifiers


def write_python_step(rule: StepRule, states: int, numbers: int) -> tuple[str, dict[str, Any]]:
    """Return the function that takes a rule for all parameters, column by column, in Python.

    Beside it stands what its lines call.
    """
    names = PythonIdentifiers()
    names.taken.update({"before", "numbers", "after"})
    own = name_given(rule, 2 + states + numbers, names)
    notation = Python(names)
    common, lines, results = write_step_rule(rule, own, notation, names, 2 + states)
    if len(results) != 1 + states:
        raise UnwrittenRuleError(f"a rule with {states} states gives {len(results)} numbers")
    given, columns = own[2 + states :], own[: 2 + states]
    source = "\n".join(
        [
            "def run_rule(before, numbers):",
            f"    ({', '.join(given)},) = numbers",
            *[f"    {name} = {text}" for name, text in common],
            "    after = []",
            f"    for {', '.join(columns)} in zip(*before):",
            *[f"        {name} = {text}" for name, text in lines],
            f"        after.append(({', '.join(results)},))",
            "    return [*zip(*after)]",
        ]
    )
    return source, {name: operation.forward for operation, name in notation.calls.items()}
