"""A notebook's engine as a program: its cells with code, without magics, and of them what it needs.

A notebook compares, draws and trains beside what it defines, often by packages that aren't here.
So what is run is the class, what it reads of the rest, and what is set on it. All else is left
blank, so that a line of the program is a line of the cells.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from ...._ground.text import InputError
from ....engine.table import OPERATIONS
from ..diagnosis.subject import LARGEST_SOURCE, Location

LARGEST_NOTEBOOK = 30 << 20  # bytes: it may have pictures
MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|\w+ *= *[%!].*|[\w.]+\?\??[ \t]*)$", re.MULTILINE)
OF_PYTHON = ("%%time", "%%timeit", "%%capture", "%%writefile")  # cells that go on in Python
DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


class Program(NamedTuple):
    """The program of a notebook: its text, and at which line each cell begins, by its number."""

    text: str
    cells: dict[int, int]

    def find_cell(self, line: int) -> tuple[int, int]:
        """Return the number of the cell that a line stands in, and the line there."""
        number, first = max(
            [cell for cell in self.cells.items() if cell[1] <= line], default=(1, 1),
            key=lambda cell: cell[1],
        )  # fmt: skip
        return number, line - first + 1

    def locate(self, place: Location | None, file: str) -> Location | None:
        """Return a place in the program as one in its notebook's file."""
        if place is None:
            return None
        cell, line = self.find_cell(place.line)
        return place._replace(file=f"{file}, cell {cell}", line=line)

    def keep_engine(self, name: str) -> Program:
        """Return the program of a class alone, with what it needs."""
        kept = self.text.split("\n")
        lines = [""] * len(kept)
        for node in find_needed(ast.parse(self.text), name):
            first, last = find_first_line(node), node.end_lineno or 0
            lines[first - 1 : last] = kept[first - 1 : last]
            if isinstance(node, (ast.Import, ast.ImportFrom)):  # what isn't needed may not be here
                lines[first - 1 : last] = [ast.unparse(node), *[""] * (last - first)]
                if is_future(node):  # which stands at the top of a cell, and has to of a program
                    lines[0], lines[first - 1] = f"{lines[0]}{lines[first - 1]}; ", ""
        return self._replace(text="\n".join(lines))


def read_notebook(data: bytes) -> Program:
    """Return the cells with code of a notebook, below an empty line; others are left out."""
    if len(data) > LARGEST_NOTEBOOK:
        raise InputError(f"it has more than {LARGEST_NOTEBOOK >> 20} MB: clear its outputs")
    try:
        found = {
            number: re.sub(r"\r\n?", "\n", "".join(cell["source"]))
            for number, cell in enumerate(json.loads(data)["cells"], 1)
            if cell["cell_type"] == "code"
        }
        size = len("".join(found.values()).encode())
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError("it isn't a notebook: no cells can be read") from None
    if size > LARGEST_SOURCE:
        raise InputError(f"its cells have more than {LARGEST_SOURCE:,} bytes of code")
    texts = [clean_cell(text) for text in found.values()]
    starts = accumulate([2, *[text.count("\n") + 1 for text in texts]])
    return Program("\n".join(["", *texts, ""]), dict(zip(found, starts, strict=False)))


def clean_cell(text: str) -> str:
    r"""Return a cell's lines without what Jupyter alone understands.

    >>> clean_cell("%matplotlib inline\nx = 2\nif x:\n    !ls")
    'pass\nx = 2\nif x:\n    pass'
    >>> clean_cell("%%bash\nls")
    '\n'

    What isn't Python then is left out, but for a class, whose error its author is to see.
    """
    if is_python(text):
        return text
    is_other = text.lstrip().startswith("%%") and not text.lstrip().startswith(OF_PYTHON)
    cleaned = MAGIC.sub(r"\1pass", text)
    if not is_other and (is_python(cleaned) or re.search(r"^class\b", cleaned, re.MULTILINE)):
        return cleaned
    return "\n" * text.count("\n")


def is_python(text: str) -> bool:
    """Tell whether a text can be read as a program."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def find_needed(tree: ast.Module, name: str) -> list[ast.stmt]:
    """Return the statements that a class needs, and functions that are operations by their name."""
    binding: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for bound in list_bound(node):
            binding.setdefault(bound, []).append(node)
    kept: set[ast.stmt] = set()
    needed: set[str] = set()
    waiting = [name, "*", *OPERATIONS]
    while waiting:  # what is kept may read more
        needed.add(one := waiting.pop())
        for node in binding.pop(one, []):
            if node not in kept:
                kept.add(node)
                waiting += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    for node in kept:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not is_future(node):
            node.names = [alias for alias in node.names if get_bound(alias) in needed]
    return [node for node in tree.body if node in kept]


def is_future(node: ast.stmt) -> bool:
    """Tell whether a statement changes how Python reads the cell."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def list_bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement gives, or whose attributes it sets."""
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ["*"] if is_future(node) else map(get_bound, node.names)
    elif isinstance(node, ASSIGNMENTS):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]


def get_bound(alias: ast.alias) -> str:
    """Return the name that a part of an import gives."""
    return (alias.asname or alias.name).partition(".")[0]


def find_first_line(node: ast.stmt) -> int:
    """Return the line that a statement begins at, with its decorators."""
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return min([node.lineno, *[one.lineno for one in decorators]])
