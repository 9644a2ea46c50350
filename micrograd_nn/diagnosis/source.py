"""The source of an engine: read, and asked where in it something stands."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from ..files import read_file
from ..text import InputError, make_printable

LONGEST_LINE_SHOWN = 120


class Location(NamedTuple):
    """A line of an engine's source.

    >>> print(Location("engine.py", 12, "self.grad = out.grad"))
    engine.py, line 12: self.grad = out.grad
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.text}"


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Sources:
    """The files that an engine is written in, each read once; ``texts`` are those of no file."""

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.trees: dict[str, ast.Module | None] = {}

    def read_tree(self, file: str) -> ast.Module | None:
        """Return a file parsed, None if it can't be."""
        if file not in self.trees:
            try:
                if file not in self.texts:
                    self.texts[file] = read_file(file)
                self.trees[file] = ast.parse(self.texts[file])
            except (InputError, SyntaxError, ValueError, RecursionError, MemoryError):
                self.trees[file] = None
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

    def find_function(self, place: tuple[str, int] | None) -> ast.AST | None:
        """Return the function that begins at a line of a file."""
        tree = self.read_tree(place[0]) if place else None
        if tree is None or place is None:
            return None
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                first = min([node.lineno, *[d.lineno for d in getattr(node, "decorator_list", ())]])
                if first == place[1] or node.lineno == place[1]:
                    return node
        return None

    def find_gradient_line(
        self,
        place: tuple[str, int] | None,
        position: int | None,
        overwriting: bool,
        in_walk: bool = False,
    ) -> int | None:
        """Return the line of an operation's method that sets the gradient of an input.

        Of ``overwriting`` lines only those that replace it, and ``in_walk`` only by a share: a
        number is a beginning there. None if there is none.
        """
        function = self.find_function(place)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        names = [arg.arg for arg in function.args.args]
        lines = [
            line for name, replaces, is_number, line in find_gradient_sets(function)
            if (replaces or not overwriting)
            and (position is None or (position < len(names) and name == names[position]))
            and not (in_walk and is_number)
        ]  # fmt: skip
        return lines[0] if lines else None

    def find_loop(self, place: tuple[str, int] | None) -> int | None:
        """Return the line of the last loop of a function, which walks the graph."""
        function = self.find_function(place)
        loops = [
            node.lineno for node in ast.walk(function)
            if isinstance(node, (ast.For, ast.While))
            and any(isinstance(inner, ast.Call) for inner in ast.walk(node))
        ] if function else []  # fmt: skip
        return max(loops, default=None)

    def find_recursion(self, place: tuple[str, int] | None) -> int | None:
        """Return the line on which a function, one inside of it, or one it calls, calls itself."""
        function = self.find_function(place)
        tree = self.read_tree(place[0]) if place else None
        if function is None or tree is None:
            return None
        called = {name for name, _ in find_calls(function)}
        helpers = [
            node for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name in called
        ]  # fmt: skip
        for inner in [*ast.walk(function), *helpers]:
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for name, line in find_calls(inner):
                    if name == inner.name:
                        return line
        return None

    def find_membership(self, place: tuple[str, int] | None) -> int | None:
        """Return the line on which a function asks whether a node is among others."""
        function = self.find_function(place)
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                return node.lineno
        return None

    def find_seed(self, place: tuple[str, int] | None) -> int | None:
        """Return the line of a function that sets a gradient to a number that isn't 0."""
        function = self.find_function(place)
        for node in ast.walk(function) if function else ():
            if not isinstance(node, ast.Assign):
                continue
            is_number = isinstance(node.value, ast.Constant) and bool(node.value.value)
            if (is_number or isinstance(node.value, ast.Call)) and any(
                isinstance(target, ast.Attribute) and target.attr in GRADIENTS
                for target in node.targets
            ):
                return node.lineno
        return None


def shorten_path(path: str) -> str:
    """Return a path from where we are, if it is below."""
    with suppress(ValueError):  # on another drive
        below = os.path.relpath(path)
        if os.path.exists(path) and not below.startswith(os.pardir):
            return below
    return path


def find_calls(function: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the name of each function or method that is called, and the line."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name is not None:
                yield name, node.lineno


GRADIENTS = ("grad", "gradient", "_grad", "derivative", "g")


def find_gradient_sets(function: ast.AST) -> Iterator[tuple[str, bool, bool, int]]:
    r"""Yield whose gradient a function sets, whether that replaces it, by a mere number, where.

    >>> text = "def f(a, b):\n  a.grad += 1\n  b.grad = 2\n  b.grad = b.grad + 2"
    >>> list(find_gradient_sets(ast.parse(text)))
    [('a', False, True, 2), ('b', True, True, 3), ('b', False, False, 4)]
    """
    for node in ast.walk(function):
        targets: Iterable[ast.AST] = ()
        replaces = False
        if isinstance(node, ast.AugAssign):
            targets = [node.target]
        elif isinstance(node, ast.Assign):
            targets, replaces = node.targets, True
        for target in targets:
            if not (isinstance(target, ast.Attribute) and target.attr in GRADIENTS):
                continue
            adds = isinstance(node, ast.Assign) and any(
                ast.dump(inner) == ast.dump(target).replace("Store()", "Load()")
                for inner in ast.walk(node.value)
            )
            name = target.value.id if isinstance(target.value, ast.Name) else ""
            is_number = isinstance(getattr(node, "value", None), ast.Constant)
            yield name, replaces and not adds, is_number, target.lineno
