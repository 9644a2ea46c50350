"""The classic mistakes of a step as a page has them: rules in JavaScript, names and words as data.

No mistake is known here: each rule of the table runs on symbols, and what comes out is printed.
"""

from __future__ import annotations

from typing import Any

from ..misconceptions import MISCONCEPTIONS, Misconception
from ..writing.notation import Text
from ..writing.rules import JAVASCRIPT
from ..writing.symbol import Symbols


def write_script() -> str:
    """Return the script of the rules: functions of a step's quantities, in the table's order."""
    rules = "".join(f"  {write_mistake(wrong)},\n" for wrong in MISCONCEPTIONS)
    return f"export const slipRules = [\n{rules}];\n"


def write_mistake(wrong: Misconception) -> str:
    """Return a rule as a JavaScript function of the quantities that it needs.

    >>> write_mistake(MISCONCEPTIONS[1])
    '({ partial }) => -partial'
    """
    symbols = Symbols(zeros=True)
    leaves = [symbols.leaf() for _ in wrong.needs]
    found = wrong.rule(*leaves)
    texts = {leaf: Text(name) for leaf, name in zip(leaves, wrong.needs, strict=True)}
    for symbol in symbols.known.values():  # inputs before results
        texts[symbol] = JAVASCRIPT.write_symbol(symbol, texts)
    given = JAVASCRIPT.write_symbol(found, texts).text
    return f"({{ {', '.join(wrong.needs)} }}) => {given}"


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
