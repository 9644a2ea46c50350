"""The functions of JavaScript that a script calls, for one that stands alone."""

from __future__ import annotations

import re
from functools import cache

from ....notation.javascript.notation import read_math

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
    called: set[str] = set()
    waiting = [text]
    while waiting:
        names = {*CALLED.findall(waiting.pop())}
        new = names & library.keys() - called
        called |= new
        waiting += [library[name] for name in new]
    apart = [name for name in library if name in called and not name.startswith("math.")]
    members = [name for name in library if name in called and name.count(".") == 1]
    added = [name for name in library if name in called and name.count(".") > 1]
    written = [library[name] for name in apart]
    if members:
        listed = "\n".join([library[name] for name in members])
        written.append(f"const math = {{\n{listed}\n}};")
    written += [library[name] for name in added]
    return "\n\n".join(written)
