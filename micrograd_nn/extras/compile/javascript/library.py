"""The functions of JavaScript that a script calls, for one that stands alone."""

from __future__ import annotations

import re
from functools import cache

from ....notation.javascript.notation import read_math
from ..programs.statements import find_called

FUNCTION = re.compile(r"^(?:export )?(?:const|class|function) (\w+)")
MEMBER = re.compile(r"^  (\w+)(?:[,:(])")
CALLED = re.compile(r"(?:(?<![\w.])|(?<=\.\.\.))(?:math\.)?\w+")


@cache
def read_library() -> dict[str, str]:
    """Return the parts of math.mjs by the names that others call them by, in their order."""
    parts: dict[str, str] = {}
    before, _, rest = read_math().partition("export const math = {\n")
    for block in before.split("\n\n")[1:]:  # behind what the file is for
        lines = block.split("\n")
        name = next((found[1] for line in lines if (found := FUNCTION.match(line))), "")
        if lines[0].startswith("const"):
            parts |= {found[1]: line for line in lines if (found := FUNCTION.match(line))}
        else:
            parts[name] = block.replace("export ", "")
    for line in rest.partition("\n};\n")[0].split("\n"):
        if found := MEMBER.match(line):
            name = f"math.{found[1]}"
            parts[name] = line
        elif line.startswith("   ") or line == "  },":
            parts[name] += f"\n{line}"
    return parts


def carry_library(text: str) -> str:
    """Return the part of math.mjs that a text calls, and what that calls; "" if it calls nothing.

    >>> print(carry_library("y = math.relu(x)"))
    const math = {
      relu: (x) => (x <= 0 ? 0 : x),
    };
    >>> carry_library("x * x")
    ''
    """
    library = read_library()
    called = find_called(text, library, CALLED)
    written = [library[name] for name in called if "." not in name]
    members = [library[name] for name in called if "." in name]
    if members:
        written.append("const math = {\n" + "\n".join(members) + "\n};")
    return "\n\n".join(written)
