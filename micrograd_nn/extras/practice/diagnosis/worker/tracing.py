"""What an engine does while it works: of which operations one is made, and how often it calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

TWO_SIDED = ("add", "sub", "mul", "truediv", "pow")
Codes = dict[Any, tuple[str, bool]]  # of methods: which operation, and whether reflected
MOST_STEPS = 30  # operations that one is made of: of more, nobody asks which
MOST_EVENTS = 300_000  # lines that are counted
MOST_LINES = 500  # that run in a pass


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

    def write_recipe(self, result: Any) -> list[Any] | None:
        """Return the operations in order, each with where its inputs come from."""
        if not self.done or self.done[-1][2] is not result or len(self.done) > MOST_STEPS:
            return None
        made: list[Any] = []
        steps = []
        for name, given, out in self.done:
            places: list[Any] = []
            for x in given:
                inputs = [i for i, other in enumerate(self.inputs) if other is x]
                earlier = [i for i, other in enumerate(made) if other is x]
                if inputs and not isinstance(x, (int, float)):
                    places.append(["input", inputs[0]])
                elif earlier:
                    places.append(["step", earlier[-1]])
                else:
                    places.append(["number", take_number(x, self.data)])
            steps.append([name, places])
            made.append(out)
        return steps


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
