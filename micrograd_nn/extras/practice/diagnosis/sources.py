"""The source of an engine: read, quoted, and asked where in it something stands."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from ...._ground.files import read_file
from ...._ground.text import InputError, make_printable

LARGEST_SOURCE = 1 << 20  # bytes: what nobody wrote isn't read
LONGEST_LINE_SHOWN = 120
GRADIENTS = ("grad", "gradient", "_grad", "derivative", "g")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Location(NamedTuple):
    """A line of an engine's source."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.text}"


class GradientSet(NamedTuple):
    """A line that sets a gradient: whose, whether it replaces what was there, by which number."""

    owner: str
    replaces: bool
    number: Any
    line: int


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

    def list_gradient_sets(self, place: tuple[str, int]) -> list[GradientSet]:
        """Return the lines that set gradients in the function that begins at a line of a file.

        A parameter that a line is about is given by its place: "0" for the first.
        """
        node = self.find_function(place)
        if node is None:
            return []
        names = [argument.arg for argument in node.args.args]
        return [
            one._replace(owner=str(names.index(one.owner)) if one.owner in names else "")
            for one in find_gradient_sets(node)
        ]

    def list_makings(self, place: tuple[str, int], made: str) -> list[int]:
        """Return the lines of a function that make a node of others: not of a number alone."""
        node, name = self.find_function(place), made.partition("(")[0]
        return [
            call.lineno for call in ast.walk(node or ast.Module([], []))
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            and call.func.id == name and len(call.args) + len(call.keywords) > 1
        ]  # fmt: skip

    def list_returns(self, place: tuple[str, int]) -> list[int]:
        """Return the lines on which a function returns what it calls for."""
        return [
            node.lineno for node in ast.walk(self.find_function(place) or ast.Module([], []))
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Call)
        ]  # fmt: skip

    def find_function(
        self, place: tuple[str, int]
    ) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """Return the function that begins at a line of a file."""
        for node in ast.walk(self.read_tree(place[0]) or ast.Module([], [])):
            if isinstance(node, FUNCTIONS) and place[1] in (
                node.lineno, *[decorator.lineno for decorator in node.decorator_list]
            ):  # fmt: skip
                return node
        return None


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


def find_gradient_sets(function: ast.AST) -> Iterator[GradientSet]:
    r"""Yield the lines of a function that set a gradient.

    >>> text = "def f(a, b):\n  a.grad += 1\n  b.grad = 2\n  b.grad = b.grad + 2"
    >>> [tuple(one) for one in find_gradient_sets(ast.parse(text))]
    [('a', False, 1, 2), ('b', True, 2, 3), ('b', False, None, 4)]
    """
    for node in ast.walk(function):
        if not isinstance(node, (ast.AugAssign, ast.Assign)):
            continue
        for target in [node.target] if isinstance(node, ast.AugAssign) else node.targets:
            if not (isinstance(target, ast.Attribute) and target.attr in GRADIENTS):
                continue
            adds = isinstance(node, ast.AugAssign) or any(
                ast.dump(inner) == ast.dump(target).replace("Store()", "Load()")
                for inner in ast.walk(node.value)
            )
            owner = target.value.id if isinstance(target.value, ast.Name) else ""
            number = node.value.value if isinstance(node.value, ast.Constant) else None
            yield GradientSet(owner, not adds, number, target.lineno)
