"""The source of an engine: read, quoted, and asked where in it something stands."""

from __future__ import annotations

import ast
import os
from contextlib import suppress
from typing import NamedTuple

from ...._ground.files import read_file
from ...._ground.text import InputError, make_printable

LARGEST_SOURCE = 1 << 20  # bytes: what nobody wrote isn't read
LONGEST_LINE_SHOWN = 120


class Location(NamedTuple):
    """A line of an engine's source."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.text}"


class Sources:
    """The files that an engine is written in, each read once; ``texts`` are those of no file."""

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.trees: dict[str, ast.Module | None] = {}

    def read_tree(self, file: str) -> ast.Module | None:
        """Return a file parsed, None if it can't be."""
        if file not in self.trees:
            self.trees[file] = None
            with suppress(InputError, SyntaxError, ValueError, RecursionError, MemoryError):
                if file not in self.texts and is_source(file):
                    self.texts[file] = read_file(file)
                self.trees[file] = ast.parse(self.texts.get(file, ""))
        return self.trees[file]

    def raises_at(self, file: str, line: int) -> bool:
        """Tell whether a line is of a statement that raises an error on purpose."""
        tree = self.read_tree(file) if file else None
        return tree is not None and any(
            isinstance(node, (ast.Raise, ast.Assert))
            and node.lineno <= line <= (node.end_lineno or node.lineno)
            for node in ast.walk(tree)
        )

    def quote(self, file: str, line: int) -> Location | None:
        """Return a line as it is shown."""
        self.read_tree(file)
        lines = self.texts.get(file, "").splitlines()
        if not 0 < line <= len(lines):
            return None
        text = make_printable(lines[line - 1].strip())[:LONGEST_LINE_SHOWN]
        return Location(shorten_path(file), line, text)

    def replaces_at(self, file: str, line: int) -> bool:
        """Tell whether a line is of a statement that sets something, and doesn't add to it."""
        return any(
            isinstance(node, ast.Assign)
            and node.lineno == line
            and not any(ast.unparse(target) in ast.unparse(node.value) for target in node.targets)
            for node in ast.walk(self.read_tree(file) or ast.Module([], []))
        )


def is_source(path: str) -> bool:
    """Tell whether somebody may have written this: an engine's process can name any file."""
    return os.path.isfile(path) and os.path.getsize(path) <= LARGEST_SOURCE


def shorten_path(path: str) -> str:
    """Return a path from where we are, if it is below."""
    with suppress(ValueError):  # on another drive
        below = os.path.relpath(path)
        if os.path.exists(path) and not below.startswith(os.pardir):
            return below
    return path
