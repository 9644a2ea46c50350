"""Runs the cells of a chapter in the page; what they print and return is sent as it comes.

The page's worker calls ``begin`` and ``run_cell``; what is sent are dictionaries, each one output.
"""

import ast
import builtins
import io
import linecache
import sys
import types
import warnings

from showing import show_value
from telling import describe_error, tell_warning

MOST_LETTERS = 50_000  # that one cell prints
BOUND = f"\n… more than {MOST_LETTERS:,} letters: the rest isn't shown\n"

send = print  # where outputs go: set by the worker
own_modules = set()  # those that no cell imported: known once the worker has begun
names = {}


def begin() -> None:
    """Begin with fresh names: no cell has run, and none has imported or changed a module."""
    global names
    if not own_modules:
        own_modules.update(sys.modules)
    for name in set(sys.modules) - own_modules:
        del sys.modules[name]
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    names = vars(main)
    builtins.display = display
    warnings.resetwarnings()
    warnings.showwarning = tell_warning
    linecache.clearcache()


def display(*values: object) -> None:
    """Show values among a cell's outputs, as a notebook's ``display`` does."""
    for value in values:
        send(show_value(value))


def run_cell(text: str, number: int) -> bool:
    """Run the text of the cell of this number; return whether it came to its end."""
    file = f"<cell {number}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    bound = Bound()
    sys.stdout, sys.stderr = Stream("stdout", bound), Stream("stderr", bound)
    try:
        statements = ast.parse(text, file)
        last = None
        if statements.body and isinstance(statements.body[-1], ast.Expr):
            last = ast.Expression(statements.body.pop().value)
        exec(compile(statements, file, "exec"), names)
        if last is not None:
            value = eval(compile(last, file, "eval"), names)
            if value is not None and not text.rstrip().endswith(";"):
                display(value)
    except BaseException as error:
        send({"kind": "error", "text": describe_error(error, file)})
        return False
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return True


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
    """What a cell prints to; it is sent by the line."""

    def __init__(self, name: str, bound: Bound) -> None:
        self.name, self.bound, self.line = name, bound, ""

    def writable(self) -> bool:
        """Return that one can write to it."""
        return True

    def write(self, text: str) -> int:
        """Send all lines that are complete by now."""
        self.line += text
        if "\n" in text or len(self.line) > MOST_LETTERS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what there is."""
        text, self.line = self.bound.cut(self.line), ""
        if text:
            send({"kind": "stream", "name": self.name, "text": text})
