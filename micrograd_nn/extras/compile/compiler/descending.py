"""Plain gradient descent by a program: all its steps in one call, in C where that pays."""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from ....engine.refusals import as_float
from ....engine.setting import setting
from ....optim import descend
from ..native.building import NoNativeError
from ..native.packing import Rows, Served, list_rows
from .given import Numbers, check_numbers, check_rows

MOST_STEPS = 100_000  # of C at once


class Descending:
    """A descent by a program on its way: the parameters now, and the results before each step."""

    def __init__(
        self, program: Any, parameters: Sequence[float], rows: Sequence[Numbers], lr: float
    ) -> None:
        self.program = program
        self.parameters = parameters
        self.rows = rows
        self.lr = lr
        self.losses: list[float] = []
        self.is_possible = True  # that it goes on in C
        self.building: Any = None
        self.descent: Any = None

    def go_on(self, steps: int) -> None:
        """Take ``steps`` at most, and one at least."""
        # Under observers, and where a function was wrong, the graph runs.
        by_graph = setting.get().observers or self.program.verifying.reason
        if not by_graph and (descent := self.find_descent(steps)):
            count = min(steps, MOST_STEPS)
            descent.data[:] = array("d", self.parameters)
            descent.begin(range(len(self.rows)), [self.lr] * count, count)
            goes_on = True
            while goes_on and descent.done < count:
                goes_on = descent.go_on()
            self.parameters = descent.data.tolist()
            self.losses += descent.losses[: descent.done]
            if goes_on:
                return
        self.take_step()

    def take_step(self) -> None:
        """Take one step by the program."""
        loss, gradient = self.program(self.parameters, self.rows)
        pairs = zip(self.parameters, gradient, strict=True)
        self.parameters = [descend(p, grad, self.lr)[0] for p, grad in pairs]
        self.losses.append(loss)

    def find_descent(self, steps: int) -> Any:
        """Return the loop in C, once that pays and it is compiled."""
        choice = self.program.choice
        if self.descent is not None or not self.is_possible:
            return self.descent
        from ..native.descent import Descent, build_descent, load_descent  # see there

        native: Any = choice.find(0, len(self.rows), steps * len(self.rows))
        try:
            if self.building is None and (native or 0 in choice.buildings):
                self.building = build_descent(descend, 0, 1)
                weakref.finalize(self, self.building.stop)
            if native and (choice.native or self.building.is_done()):
                given = self.parameters, self.rows, 1.0, None
                names, by_graph = self.program.by_names, partial(self.program.sum_rows_by_graph, 0)
                if not self.program.verifying.serves((0, native), names, native, by_graph, given):
                    return None
                form = Served([native.unchecked], len(self.rows[0]), is_alone=False)
                rows = Rows()
                for row in self.rows:
                    rows.add(row, 0)
                if not rows.are_finite:
                    self.is_possible = False
                    return None
                self.descent = Descent(
                    load_descent(self.building), rows, [form], None, len(self.rows),
                    float("inf"), len(self.parameters), 0, is_mean=False,
                )  # fmt: skip
        except NoNativeError:
            if choice.native:
                raise
            self.is_possible = False
        return self.descent


def descend_program(
    program: Any, parameters: Numbers, rows: Iterable[Numbers], steps: int, lr: float
) -> tuple[list[float], list[float]]:
    """Return the parameters after ``steps`` against the gradient, and the result before each.

    The message of what is refused names it.
    """
    names = program.parameters.values()
    if len(program.outputs) > 1:
        raise ValueError("a program of several outputs can't descend: compile each by itself")
    if not names:
        raise ValueError("a descent needs parameters to change: compile(…, parameters=[…])")
    if [*program.wrt] != [*program.parameters]:
        raise ValueError("a descent needs the derivatives by just the parameters: leave wrt out")
    table = list_rows(check_rows(rows, program.inputs.values()))
    if not table:
        raise ValueError("a descent needs at least one row")
    if not isinstance(steps, int) or steps < 0:
        raise ValueError(f"steps is a whole number from 0 up, not {steps!r}")
    numbers = check_numbers(parameters, names, "parameters")
    descending = Descending(program, numbers, table, as_float(lr, "lr", "a number"))
    while (left := steps - len(descending.losses)) > 0:
        descending.go_on(left)
    return [*descending.parameters], descending.losses
