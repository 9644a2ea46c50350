"""Whether a program runs in C: as asked, or once the C compiler's time is well spent.

There, a function in C is called as the one in Python that it stands for.
"""

from __future__ import annotations

import math
import weakref
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Any

from ....engine.operation import ARITHMETIC
from ..c.functions import DONE, MOST_LINES, CProgram, write_lines_in_c
from ..c.loops import QUICK, write_looped
from ..programs.lines import PREDICT
from .building import Building, NoNativeError, require_compiler
from .packing import list_rows, pack
from .probing import check_rules

# A C compiler takes as long for a line as Python for some thousand nodes, and longer to start.
WORTH_BUILDING = 3000  # nodes that a function computed, or will, for each of its lines
WORTH_STARTING = 1_500_000  # nodes in all
WORTH_WAITING = 2  # times as many nodes in one call, for which Python would take longer
WORTH_OPTIMISING = 100_000  # nodes ahead for each line, where these are many
FEWEST_NODES = 150  # in one call; below, Python is done before C has got the numbers


class NativeChoice:
    """The functions of a program that run in C, by their kinds, and what is on its way there.

    ``native`` is True if all shall, False if none shall, and None if that is to be found out;
    ``reason`` says why none can.
    """

    def __init__(self, program: Any, native: bool | None) -> None:
        self.program = weakref.proxy(program)
        self.native = native
        self.reason = ""
        self.natives: dict[int | str, Callable[..., Any]] = {}
        self.buildings: dict[int | str, tuple[CProgram, Building]] = {}
        self.rows: dict[int | str, int] = {}
        self.looped: dict[int | str, CProgram | None] = {}
        self.costs: dict[int | str, float] = {}

    def __str__(self) -> str:
        """Tell what the program runs in, and why not in C if that was wanted."""
        if self.natives:
            return "in C"
        return f"in Python, since {self.reason}" if self.reason else "in Python"

    def find(self, kind: int | str, rows: int, ahead: int = 0) -> Callable[..., Any] | None:
        """Return the function in C that serves this many rows, if there is one by now.

        Otherwise it notes the work, and has it compiled once that pays; Python goes on meanwhile.
        ``ahead`` is how many rows are known to come still, in one call or in many.
        """
        if kind in self.natives:
            return self.natives[kind]
        if self.native is False:
            return None
        self.rows[kind] = self.rows.get(kind, 0) + rows
        try:
            return self.load(kind, rows) if self.start(kind, rows, ahead) else None
        except (NoNativeError, *ARITHMETIC) as error:  # of a rule on constants; or a NoCError
            if self.native:
                raise NoNativeError(f"native=True: {error}") from None
            self.native, self.reason = False, str(error)
            return None

    def is_worth_building(self, kind: int | str, rows: int, ahead: int) -> bool:
        """Tell whether a function runs so often that a C compiler's time is well spent."""
        if self.native:
            return True
        nodes = len(self.program.graph)
        work = nodes * max(self.rows.get(kind, 0), ahead)
        if work < WORTH_STARTING or not (ahead or nodes * rows >= FEWEST_NODES):
            return False
        require_compiler()  # before a text is written in vain
        return work >= self.estimate_building(kind)

    def estimate_building(self, kind: int | str) -> float:
        """Return how many nodes Python computes in about the time in which a function is compiled.

        It is infinite for a function too long to be compiled.
        """
        if kind not in self.costs:
            looped = self.write_looped(kind)
            lines = (looped.source if looped else self.program.source_of(kind)).count("\n")
            cost = max(WORTH_STARTING, WORTH_BUILDING * min(lines, len(self.program.graph)))
            self.costs[kind] = math.inf if lines > MOST_LINES else cost
        return self.costs[kind]

    def write_looped(self, kind: int | str) -> CProgram | None:
        """Return one function in C with loops; None if that isn't worth it."""
        if kind not in self.looped:
            self.looped[kind] = write_looped(self.program, kind)
        return self.looped[kind]

    def begin(self, kind: int | str, ahead: int = 0) -> None:
        """Begin to compile a function, if that pays for the rows that are still ``ahead``.

        What stands against it is said when the function is wanted.
        """
        if self.native is not False and kind not in self.natives:
            with suppress(NoNativeError, *ARITHMETIC):
                self.start(kind, 0, ahead)

    def has_begun(self, kind: int | str) -> bool:
        """Tell whether a function is compiled, or is being compiled."""
        return kind in self.natives or kind in self.buildings

    def start(self, kind: int | str, rows: int, ahead: int) -> bool:
        """Begin to compile a function in C, once, and if that pays; tell whether it was begun."""
        if kind not in self.buildings and not self.is_worth_building(kind, rows, ahead):
            return False
        if kind not in self.buildings or not self.buildings[kind][1].is_mine:  # but a fork's
            require_compiler()
            written = self.write(kind)
            work, lines = len(self.program.graph) * ahead, written.source.count("\n")
            is_short = 0 < work < WORTH_OPTIMISING * lines
            flags = [x for x in written.flags if not (is_short and x == QUICK)]
            building = Building(written.whole, flags)
            weakref.finalize(self, building.stop)
            self.buildings[kind] = written, building
        return True

    def load(self, kind: int | str, rows: int) -> Callable[..., Any] | None:
        """Return a function in C when the compiler is done with it.

        Where ``rows`` take Python much longer than the compiler, that is waited for.
        """
        written, building = self.buildings[kind]
        if self.native is None and not building.is_done():
            work = len(self.program.graph) * rows
            if work < WORTH_WAITING * self.estimate_building(kind):
                return None
        library = building.load()
        check_rules(library, written.calls, building.command)
        make = NativePredict if kind == PREDICT else NativeProgram
        width = len(self.program.outputs) if kind == PREDICT else 1
        run_python = partial(self.run_python, kind)
        self.natives[kind] = make(library, run_python, width, written.slopes)
        return self.natives[kind]

    def run_python(self, kind: int | str, parameters: Any, rows: Any, *others: Any) -> Any:
        """Run a function in Python, which is written now if it hasn't been."""
        return self.program.load_function(kind)(parameters, list_rows(rows), *others)

    def write(self, kind: int | str) -> CProgram:
        """Return one function in C; a NoCError if an operation has no form there."""
        return self.write_looped(kind) or write_lines_in_c(self.program, kind)


class Native:
    """A program's function in C: given what the one in Python is given, it gives the same.

    Where a number isn't finite, an operation fails or a branch would be another, the one in Python
    runs, and tells what there is to tell.
    """

    def __init__(self, library: Any, in_python: Callable[..., Any], width: int, slopes: int):
        self.in_python = in_python
        self.width = width  # results of a row
        self.slopes = slopes
        self.call, self.unchecked = library.run, library.run_unchecked
        import ctypes  # which a Python may lack, where nothing is compiled

        pointer = ctypes.c_void_p
        self.call.argtypes = [
            pointer, pointer, ctypes.c_long, ctypes.c_double, pointer, pointer
        ]  # fmt: skip
        self.call.restype = ctypes.c_int

    def run(
        self, parameters: Sequence[float], rows: Any, upstream: float,
        gradient: array[float],
    ) -> array[float] | None:  # fmt: skip
        """Return the results of all rows, and add to a gradient; None where Python must do it."""
        table = pack(rows if type(rows) is memoryview else [*chain.from_iterable(rows)])
        results = array("d", bytes(8 * len(rows) * self.width))
        slopes, found = gradient.buffer_info()[0], results.buffer_info()[0]
        status = self.call(pack(parameters), table, len(rows), upstream, slopes, found)
        return results if status == DONE else None


class NativeProgram(Native):
    """The sum over rows and its gradient, as ``program`` in Python returns them."""

    def __call__(
        self, parameters: Sequence[float], rows: Sequence[Sequence[float]], upstream: float = 1.0,
        start: Sequence[float] | None = None,
    ) -> tuple[float, list[float]]:  # fmt: skip
        """Return the result summed over rows, and the gradient of that sum."""
        gradient = array("d", start or bytes(8 * self.slopes))
        results = self.run(parameters, rows, upstream, gradient)
        if results is None:
            return self.in_python(parameters, rows, upstream, start)  # type: ignore[no-any-return]
        total = 0.0
        if results:
            total = results[0]
            for result in results[1:]:
                total = total + result
        return total, gradient.tolist()


class NativePredict(Native):
    """The results of rows, as ``predict`` in Python returns them."""

    def __call__(
        self, parameters: Sequence[float], rows: Sequence[Sequence[float]]
    ) -> list[list[float]]:
        """Return the results of each row."""
        results = self.run(parameters, rows, 1.0, array("d"))
        if results is None:
            return self.in_python(parameters, rows)  # type: ignore[no-any-return]
        numbers, width = results.tolist(), self.width
        return [numbers[i : i + width] for i in range(0, len(numbers), width)]
