"""Runs the cells of a chapter in the page; what they print and return is sent as it comes.

The page's worker calls ``begin`` for fresh names and ``run_cell``, or ``call_function``. What is
sent to it is one output at a time, its kind and its text.
"""

import ast
import builtins
import importlib
import io
import json
import linecache
import re
import sys
import tokenize
import types
import warnings
from collections.abc import Callable
from contextlib import ExitStack

from showing import show_value
from telling import describe_error, tell_warning

MOST_LETTERS = 50_000  # that one cell prints
BOUND = f"\n… the rest isn't shown: a cell prints at most {MOST_LETTERS:,} letters\n"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")

send: Callable[[str, str], object] = print  # where outputs go: set by the worker
lay_out: Callable[[str], str] = str  # from DOT to SVG: set by the worker
built_in = dict(vars(builtins))  # as they are before any cell
lasting = set(sys.modules)  # the modules that were there before any cell
names: dict[str, object] = {}
are_fresh = False  # the names: no cell has run since they were made
settings = ExitStack()  # what cells may set for all of Python: how it warns


def begin() -> None:
    """Begin with fresh names, as if no cell had run: the modules that cells import, too."""
    global names, are_fresh
    if are_fresh:
        return
    are_fresh = True
    for name in set(sys.modules) - lasting:
        del sys.modules[name]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    names = vars(main)
    vars(builtins).update(built_in)
    builtins.display = display  # type: ignore[attr-defined]
    builtins.input = refuse_input
    settings.close()  # as they were before any cell
    settings.enter_context(warnings.catch_warnings())
    warnings.showwarning = tell_warning
    linecache.clearcache()

    from micrograd_nn.draw.layout import use_layout

    use_layout(lambda dot: lay_out(dot))  # the worker sets it later


def run_cell(text: str, number: int) -> bool:
    """Run the text of the cell of this number; return whether it came to its end."""
    global are_fresh
    are_fresh = False
    file = f"<cell {number}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    bound = Bound()
    sys.stdout, sys.stderr = Stream("stdout", bound), Stream("stderr", bound)
    try:
        run_text(text, file)
    except BaseException as error:
        flush()
        send("error", describe_error(error))
        return False
    else:
        flush()
        return True
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def run_text(text: str, file: str) -> None:
    """Run statements; show the value of the last if it is an expression without a semicolon."""
    statements = ast.parse(text, file)
    last = None
    if statements.body and isinstance(statements.body[-1], ast.Expr):
        last = ast.Expression(statements.body.pop().value)  # type: ignore[attr-defined]
    exec(compile(statements, file, "exec"), names)
    if last is not None:
        value = eval(compile(last, file, "eval"), names)
        if value is not None and not ends_with_semicolon(text):
            display(value)


def ends_with_semicolon(text: str) -> bool:
    """Return whether that is the last sign of the code, whatever a comment after it says."""
    signs = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type != tokenize.COMMENT and token.string.strip()
    ]
    return signs[-1] == ";"


def call_function(name: str, given: str) -> str:
    """Call a function, ``module.function``, with what a text says in JSON; return its result so.

    What it raises ends the call with the text of the error.
    """
    module, _, function = name.rpartition(".")
    if not names:
        begin()
    return json.dumps(getattr(importlib.import_module(module), function)(json.loads(given)))


def display(*values: object) -> None:
    """Show values among a cell's outputs, as a notebook's ``display`` does."""
    for value in values:
        kind, text = show_value(value)
        flush()
        send(kind, Bound().cut(text) if kind == "text/plain" else text)


def refuse_input(prompt: object = "") -> str:
    """Say what to do in a cell, which nobody can answer."""
    raise RuntimeError("input() gets no answer in this page: write the text into the cell")


def flush() -> None:
    """Send what was printed without the end of a line, before anything else is sent."""
    sys.stdout.flush()
    sys.stderr.flush()


class Bound:
    """How many letters a cell may still print."""

    def __init__(self) -> None:
        self.left = MOST_LETTERS

    def cut(self, text: str) -> str:
        """Return as much of a text as may be printed, and at the bound a word about it."""
        if self.left < 0:
            return ""
        self.left -= len(text)
        return text if self.left >= 0 else text[: self.left] + BOUND


class Stream(io.TextIOBase):
    """What a cell prints to: sent by the line, in plain letters."""

    def __init__(self, name: str, bound: Bound) -> None:
        self.name, self.bound, self.line = name, bound, ""

    def writable(self) -> bool:
        """Return that one can write to it."""
        return True

    def write(self, text: str) -> int:
        """Take a text; send it once a line is complete."""
        self.line += text
        if "\n" in text or len(self.line) > MOST_LETTERS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was not sent yet."""
        text, self.line = self.bound.cut(COLOURS.sub("", self.line)), ""
        if text:
            send(self.name, text)
