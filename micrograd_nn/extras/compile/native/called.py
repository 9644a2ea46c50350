"""Compiled functions of C as the functions of Python that they stand for."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ..c.functions import DONE
from .packing import pack


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
