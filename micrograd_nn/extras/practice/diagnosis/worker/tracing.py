"""What an engine does while it works: of which operations one is made, and what it calls.

That is also how it is seen to call what knows derivatives already.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType
from typing import Any

TWO_SIDED = ("add", "sub", "mul", "truediv", "pow")
Codes = dict[Any, tuple[str, bool]]  # of methods: which operation, and whether reflected
MOST_EVENTS = 300_000  # lines that are counted
MOST_LINES = 500  # that run in a pass
ENGINES = {
    "micrograd_nn", "micrograd", "torch", "jax", "jaxlib", "autograd", "tensorflow", "sympy",
    "tinygrad", "mlx", "pytensor", "aesara", "theano", "casadi", "numdifftools", "paddle",
}  # fmt: skip
HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = HERE.rpartition(os.path.join(os.sep, "extras", ""))[0]  # this one
INSTALLED = ("site-packages", "dist-packages")  # folders
Borrowed = list[Any]  # another engine's name, and the line that calls it: its file and its number


class CallTrace:
    """Which of the engine's operations are called while one is applied, and on what."""

    def __init__(self, codes: Codes, data: str, inputs: list[Any]) -> None:
        self.codes = codes
        self.data = data  # what a node's number is called
        self.inputs = inputs
        # of calls that are under way: the operation, what is given, what was done before
        self.stack: list[tuple[tuple[str, bool] | None, list[Any], int]] = []
        self.done: list[tuple[str, list[Any], Any]] = []  # operations, their inputs, their results

    def run(self, call: Callable[..., Any]) -> Any:
        """Apply an operation to the inputs and return what it gives."""
        with hooked(sys.setprofile, self.note):
            return call(*self.inputs)

    def note(self, frame: FrameType, event: str, result: Any) -> None:
        """Note the calls that call no others: what the operation is made of."""
        if event == "call":
            names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            given = [frame.f_locals.get(name) for name in names]
            self.stack.append((self.codes.get(frame.f_code), given, len(self.done)))
        elif event == "return" and self.stack:
            known, given, before = self.stack.pop()
            if known is not None and result is not NotImplemented and len(self.done) == before:
                given = given[: 2 if known[0] in TWO_SIDED else 1]
                self.done.append((known[0], given[::-1] if known[1] else given, result))

    def find_constants(self, name: str, result: Any) -> list[float] | None:
        """Return the numbers that an operation has of its own; None if it isn't made of others.

        It is if these hand on all that it was given. A number that it was given isn't its own, nor
        is that number's opposite or reciprocal.
        """
        if not self.done or self.done[-1][2] is not result:
            return None
        first, given, _ = self.done[0]
        pairs = zip(self.inputs, given, strict=False)
        nodes = {id(x) for x in self.inputs if hasattr(x, self.data)}
        if len(self.done) == 1 and first == name and all(
            x is y or id(x) not in nodes for x, y in pairs
        ):  # fmt: skip
            return None  # it is itself
        used = {id(x): x for _, inputs, _ in self.done for x in inputs}
        if not nodes <= used.keys():
            return None
        known = nodes | {id(out) for *_, out in self.done}
        own = [take_number(x, self.data) or 0.0 for place, x in used.items() if place not in known]
        bare = [x for x in self.inputs if id(x) not in nodes]
        return [x for x in own if not any(x in (n, -n) or abs(x * n - 1) < 1e-9 for n in bare)]


class LineTrace:
    """Which lines of some files run while something is called, and what each does to gradients."""

    def __init__(self, files: set[str], read: Callable[[], list[Any]]) -> None:
        self.files, self.read = files, read  # what reads the gradients
        self.grads = read()
        self.lines: dict[tuple[str, int], None] = {}
        self.last: tuple[str, int] | None = None
        self.sets: list[Any] = []  # a line, and the gradients that it changed: before and after
        self.events = 0  # lines that ran in all, of any file
        self.itself: dict[str, Any] = {}  # the line on which a function calls itself

    def run(self, call: Callable[[], object]) -> None:
        """Make a call."""
        with hooked(sys.settrace, self.note):
            call()
        self.compare()

    def note(self, frame: FrameType, event: str, thing: Any) -> Any:
        """Note a line that runs, and what the one before it did."""
        file, caller = frame.f_code.co_filename, frame.f_back
        self.events += event == "line"
        if self.events > MOST_EVENTS:
            raise TimeoutError("too many lines")
        if event == "call" and caller is not None and caller.f_code is frame.f_code:
            self.itself = {"calls_itself": [file, caller.f_lineno]}
        if file in self.files and len(self.lines) + len(self.sets) < MOST_LINES:
            self.compare()
            if event == "line":
                self.last = file, frame.f_lineno
                self.lines[self.last] = None
        return self.note

    def compare(self) -> None:
        """Note the gradients that are others than they were before."""
        before, self.grads = self.grads, self.read()
        pairs = enumerate(zip(before, self.grads, strict=True))
        changes = [[node, old, new] for node, (old, new) in pairs if (old or 0.0) != (new or 0.0)]
        if changes and self.last:
            self.sets.append([[*self.last], changes])


@contextmanager
def hooked(install: Callable[[Any], None], note: Callable[..., Any]) -> Iterator[None]:
    """Let a function of ours be told what runs, as ``sys.settrace`` has it, for a while."""
    install(note)
    try:
        yield
    finally:
        install(None)


def take_number(x: Any, inner: str = "") -> float | None:
    """Return a number of any kind as a float: also an array's single one, or a node's."""
    if x is None or isinstance(x, float):
        return x
    if hasattr(x, "item"):  # an array, which has a data of its own
        return float(x.item())
    if inner and hasattr(x, inner):
        return take_number(getattr(x, inner))
    return float(x)


def holds_number(x: Any, number: float) -> bool:
    """Tell whether something holds this number."""
    try:
        return not callable(x) and take_number(x) == number
    except Exception:
        return False


class Watch:
    """Watches a call for those that it makes of another engine, and what is read of its files."""

    def __init__(self, own: str, file: str) -> None:
        self.own, self.file = own, file  # of the engine under test: its package, if any, its source
        self.found: dict[str, Borrowed] = {}
        sys.addaudithook(self.note_opening)

    def run(self, call: Callable[[], Any]) -> Any:
        """Make a call and return what it gives; what it borrows is found afterwards."""
        with hooked(sys.setprofile, self.note_call):
            return call()

    def note_call(self, frame: FrameType, event: str, called: Any) -> None:
        """Note a call of a function that another engine has, in Python or in C."""
        if event == "call":
            self.note(str(frame.f_globals.get("__name__", "")).partition(".")[0], frame)
        elif event == "c_call":
            owner = getattr(called, "__self__", None)
            name = getattr(called, "__module__", None) or type(owner).__module__
            self.note(name.partition(".")[0], frame)

    def note_opening(self, event: str, given: tuple[Any, ...]) -> None:
        """Note that the engine reads a file of another engine's, whose text it may run as its own.

        An import reads files, too, and may be for a test of the engine's own.
        """
        if event != "open" or not isinstance(given[0], str):
            return
        package = find_package(given[0])
        frame: FrameType | None = sys._getframe(1)
        while package and frame is not None and "<frozen importlib" not in frame.f_code.co_filename:
            if frame.f_code.co_filename == self.file:
                self.note(package, frame)
                return
            frame = frame.f_back

    def note(self, package: str, frame: FrameType | None) -> None:
        """Note another engine, with the line that it is called from, or else imported on."""
        if package not in ENGINES or package == self.own or package in self.found:
            return
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        naming = [i for i, line in enumerate(linecache.getlines(self.file), 1) if package in line]
        line = frame.f_lineno if frame else (naming or [0])[0]
        self.found[package] = [package, self.file, line]


def find_package(path: str) -> str:
    """Return the engine that a file is of, nothing for others.

    >>> find_package("/usr/lib/python3/dist-packages/torch/_tensor.py"), find_package("/torch/e.py")
    ('torch', '')
    """
    if path.startswith(PACKAGE + os.sep):
        return "micrograd_nn"
    parts = path.replace("\\", "/").split("/")
    return next(
        (part for above, part in pairwise(parts) if above in INSTALLED and part in ENGINES), ""
    )
