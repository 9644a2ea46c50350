"""What is to be diagnosed: a file and a class in it, a class of a module, or one of a notebook.

Its source is read, quoted, and asked where in it something stands.
"""

from __future__ import annotations

import ast
import codecs
import inspect
import linecache
import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NamedTuple

from ...._ground.files import explain_error, read_file
from ...._ground.text import InputError, add_article, make_printable, show_line, show_path

USUAL_NAME = "Value"
MOST_SOURCES = 40  # functions and classes of a notebook that one class needs
LARGEST_SOURCE = 1 << 20  # bytes: what nobody wrote isn't read
LONGEST_LINE_SHOWN = 120


@dataclass(frozen=True)
class Subject:
    """An engine to diagnose: what it is called, what its process is told, texts of no file."""

    name: str
    target: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)


def find_subject(engine: object, usual: str = USUAL_NAME) -> Subject:
    """Return what is to be diagnosed; what it can't be is an error that says why."""
    if isinstance(engine, type):
        return find_class_subject(engine)
    if not isinstance(engine, (str, os.PathLike)):
        raise TypeError(
            "diagnose takes a class, or a file and its class, 'student.py:Value', not "
            f"{add_article(type(engine).__name__)}"
        )
    path, name = split_name(os.fspath(engine), usual)
    try:
        with open(path, "rb") as file:
            size, first = os.fstat(file.fileno()).st_size, file.read(2)
    except (OSError, ValueError) as error:
        raise InputError(f"{show_path(path)}: {explain_error(error)}") from None
    if size > LARGEST_SOURCE:
        raise InputError(
            f"{show_path(path)} has {size:,} bytes, more than the doctor reads "
            f"({LARGEST_SOURCE:,}): leave data out of an engine's file"
        )
    if first in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise InputError(f"{show_path(path)}: Python can't read UTF-16: save it as UTF-8")
    if path.lower().endswith(".ipynb"):
        raise InputError(
            f"{show_path(path)}: `micrograd-nn diagnose` reads notebooks, Python takes the class "
            f"itself: diagnose({name})"
        )
    return Subject(f"{show_path(path)}:{name}", describe_file(os.path.abspath(path), name), {})


def split_name(text: str, usual: str) -> tuple[str, str]:
    """Return the path and the class's name in FILE.py:NAME."""
    path, colon, name = text.rpartition(":")
    if colon and name.isidentifier() and not os.path.exists(text):
        return path, name
    return text, usual


def describe_file(path: str, name: str) -> dict[str, Any]:
    """Return how a file is run: by itself, or as a module of the package that it belongs to.

    A file whose folder is a package may import from its neighbours with a dot, or by the package's
    name. A second copy of it, that they would import, has a class of its own.
    """
    folder, module = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    parts = [module]
    while os.path.exists(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        folder, part = os.path.split(folder)
        parts.insert(0, part)
    is_module = len(parts) > 1 and all(part.isidentifier() for part in parts)
    if is_module and {"", parts[0]} & {*list_imports(Sources().read_tree(path))}:
        return {"how": "module", "module": ".".join(parts), "path": [folder, *sys.path],
                "file": path, "name": name}  # fmt: skip
    return {"how": "file", "file": path, "name": name}


def list_imports(tree: ast.Module) -> Iterator[str]:
    """Yield the packages that a program imports from; nothing for its own, where it has a dot."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = ["" if node.level else str(node.module)]
        yield from [name.partition(".")[0] for name in names]


def find_class_subject(kind: type) -> Subject:
    """Return a class as what is to be diagnosed: its module is run again, or its source text is.

    It has run here, in whatever it needs: what was never run is trusted with less.
    """
    module = sys.modules.get(kind.__module__)
    path = getattr(module, "__file__", None)
    is_top = "<locals>" not in kind.__qualname__ and "." not in kind.__qualname__
    name = kind.__name__
    if module is not None and path and is_top and getattr(module, name, None) is kind:
        if kind.__module__ == "__main__":
            target = describe_file(os.path.abspath(path), name)
        else:
            folders = [os.path.abspath(folder) for folder in sys.path]  # "" is the one we are in
            target = {"how": "module", "module": kind.__module__, "path": folders,
                      "file": path, "name": name}  # fmt: skip
        target["has_run"] = True
        return Subject(f"{show_path(os.path.relpath(path))}:{name}", target)
    file = f"<the source of {name}>"
    text = collect_source(kind, module)
    target = {"how": "source", "text": text, "file": file, "name": name, "has_run": True}
    return Subject(name, target, {file: text})


def collect_source(kind: type, module: ModuleType | None) -> str:
    """Return a program that makes a class: its own text, after what it needs of its module."""
    names = vars(module) if module is not None else {}
    parts: dict[str, str] = {}
    imports: dict[str, str] = {}
    waiting: list[Any] = [kind]
    while waiting:
        thing = waiting.pop()
        name = thing.__name__
        if name in parts or len(parts) > MOST_SOURCES:
            continue
        parts[name] = read_source(thing, is_engine=thing is kind)
        for used in sorted(find_read_names(parts[name]) - {*parts}):
            if used not in names:
                continue
            other = names[used]
            if isinstance(other, ModuleType):
                imports[used] = f"import {other.__name__} as {used}"
            elif getattr(other, "__module__", None) not in (None, kind.__module__):
                imports[used] = f"from {other.__module__} import {other.__qualname__} as {used}"
            elif isinstance(other, type) or inspect.isfunction(other):
                waiting.append(other)
            elif isinstance(other, (int, float, str, bool, type(None))):
                imports[used] = f"{used} = {other!r}"
            else:
                raise InputError(
                    f"{kind.__name__} needs {show_line(used)}, {add_article(type(other).__name__)} "
                    "that can't be made again elsewhere: put the class into a file, with all that "
                    "it needs, and diagnose that"
                )
    return "\n".join([*imports.values(), *reversed(parts.values())])


def read_source(thing: Any, is_engine: bool) -> str:
    """Return the text of a class or a function, wherever it was typed."""
    try:
        if inspect.isfunction(thing):
            return textwrap.dedent(inspect.getsource(thing))
        return textwrap.dedent(find_class_text(thing))
    except (OSError, TypeError, SyntaxError):
        what = "its source can't be had" if is_engine else "it needs what has no source"
        raise InputError(
            f"{thing.__name__} can't be diagnosed: {what}; put the class into a file, and "
            f"diagnose that: diagnose('engine.py:{thing.__name__}')"
        ) from None


def find_class_text(kind: type) -> str:
    """Return a class's text, which is found by where its methods were written.

    In a notebook, a class knows no file; its methods know their cell.
    """
    for method in vars(kind).values():
        code = getattr(inspect.unwrap(method) if callable(method) else None, "__code__", None)
        lines = linecache.getlines(code.co_filename) if code is not None else []
        if not lines or code is None:
            continue
        for node in ast.walk(ast.parse("".join(lines))):
            if (
                isinstance(node, ast.ClassDef) and node.name == kind.__name__
                and node.lineno <= code.co_firstlineno <= (node.end_lineno or 0)
            ):  # fmt: skip
                first = min([node.lineno, *[d.lineno for d in node.decorator_list]])
                return "".join(lines[first - 1 : node.end_lineno])
    return inspect.getsource(kind)


def find_read_names(text: str) -> set[str]:
    """Return the names that a program reads."""
    return {
        node.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


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
        self.trees: dict[str, ast.Module] = {}

    def read_tree(self, file: str) -> ast.Module:
        """Return a file parsed, an empty program if it can't be."""
        if file not in self.trees:
            self.trees[file] = ast.Module([], [])
            with suppress(InputError, SyntaxError, ValueError, RecursionError, MemoryError):
                if file not in self.texts and is_source(file):
                    self.texts[file] = read_file(file)
                self.trees[file] = ast.parse(self.texts.get(file, ""))
        return self.trees[file]

    def raises_at(self, file: str, line: int) -> bool:
        """Tell whether a line is of a statement that raises an error on purpose."""
        return any(
            isinstance(node, (ast.Raise, ast.Assert))
            and node.lineno <= line <= (node.end_lineno or node.lineno)
            for node in ast.walk(self.read_tree(file))
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
            for node in ast.walk(self.read_tree(file))
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
