"""The misconceptions as a page has them: rules in JavaScript, names and words as data.

None is known here: each rule of the tables runs on symbols, and what comes out is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.operation import Rule
from ..engine.table import OPERATIONS
from ..notation.javascript.rules import JAVASCRIPT
from ..notation.writing.notation import Text
from ..notation.writing.symbol import Symbols
from ..stepping.misconceptions import MISCONCEPTIONS, Misconception
from ..stepping.misconceptions.derivatives import WRONG_LOCALS, find_wrong_rule


def write_script() -> str:
    """Return the script of the rules: functions of a step's quantities, in the table's order.

    Of a misconception that has a rule for each operation, they are functions of a result and its
    inputs, by the operation and the input.
    """
    rules = "".join(f"  {write_mistake(wrong)},\n" for wrong in MISCONCEPTIONS)
    functions = "".join(
        f'  "{name} {i}": {{ {written} }},\n'
        for name, i in WRONG_LOCALS
        if (written := write_wrong_locals(name, i))
    )
    wrong = f"export const wrongLocals = {{\n{functions}}};\n"
    return f"export const slipRules = [\n{rules}];\n{wrong}"


def write_mistake(wrong: Misconception) -> str:
    """Return a rule as a JavaScript function of the quantities that it needs, or null."""
    if wrong.rule is None:
        return "null"
    return f"({{ {', '.join(wrong.needs)} }}) => {write_result(wrong.rule, wrong.needs)}"


def write_wrong_locals(name: str, position: int) -> str:
    """Return the wrong local derivatives of an operation as the inside of a JavaScript object."""
    operation = OPERATIONS[name]
    names = ["out", *operation.inputs]
    return ", ".join(
        f'"{wrong.name}": ({", ".join(names)}) => {write_result(rule, names)}'
        for wrong in MISCONCEPTIONS
        if wrong.rule is None and (rule := find_wrong_rule(operation, position, wrong))
    )


def write_result(rule: Rule, names: Sequence[str]) -> str:
    """Return what a rule gives for these names."""
    symbols = Symbols(zeros=True)
    leaves = [symbols.leaf() for _ in names]
    texts = {leaf: Text(name) for leaf, name in zip(leaves, names, strict=True)}
    return JAVASCRIPT.write_symbol(rule(*leaves), texts).text


def describe_misconceptions() -> list[dict[str, Any]]:
    """Return what a page tells of each mistake."""
    return [
        {
            "name": wrong.name,
            "title": wrong.title,
            "told": wrong.told,
            "remedy": wrong.remedy,
            "needs": wrong.needs,
            "shownBy": wrong.shown_by,
            "isLocal": wrong.is_local,
        }
        for wrong in MISCONCEPTIONS
    ]
