"""What an engine does while it works: of which operations one is made, and how often it calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

TWO_SIDED = ("add", "sub", "mul", "truediv", "pow")
Codes = dict[Any, tuple[str, bool]]  # of methods: which operation, and whether reflected
MOST_STEPS = 30  # operations that one is made of: of more, nobody asks which
MOST_EVENTS = 300_000  # calls that are counted


class CallTrace:
    """Which of the engine's operations are called while one is applied, and on what."""

    def __init__(self, codes: Codes, data: str, inputs: list[Any]) -> None:
        self.codes = codes
        self.data = data  # what a node's number is called
        self.inputs = inputs
        self.stack: list[list[Any]] = []  # of calls that are under way: name, inputs, has others
        self.done: list[tuple[str, list[Any], Any]] = []

    def run(self, call: Callable[..., Any]) -> Any:
        """Apply an operation to the inputs and return what it gives."""
        sys.setprofile(self.note)
        try:
            return call(*self.inputs)
        finally:
            sys.setprofile(None)

    def note(self, frame: FrameType, event: str, result: Any) -> None:
        """Note the calls that call no others: what the operation is made of."""
        known = self.codes.get(frame.f_code)
        if known is None:
            return
        if event == "call":
            if self.stack:
                self.stack[-1][2] = True
            names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            given = [frame.f_locals[name] for name in names][: 2 if known[0] in TWO_SIDED else 1]
            self.stack.append([known[0], given[::-1] if known[1] else given, False])
        elif event == "return" and self.stack:
            name, given, has_others = self.stack.pop()
            if not has_others and result is not NotImplemented:
                self.done.append((name, given, result))

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


def count_events(call: Callable[[], object], answer: dict[str, Any]) -> None:
    """Count the calls that something makes, and note the line on which a function calls itself."""
    answer["events"] = 0

    def note(frame: FrameType, event: str, thing: Any) -> None:
        answer["events"] += 1
        caller = frame.f_back
        if event == "call" and caller is not None and caller.f_code is frame.f_code:
            answer["calls_itself"] = [caller.f_code.co_filename, caller.f_lineno]
        if answer["events"] > MOST_EVENTS:
            sys.setprofile(None)
            raise TimeoutError("too many calls")

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)


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
