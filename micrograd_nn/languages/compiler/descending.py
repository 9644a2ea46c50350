"""Plain gradient descent by a program: all its steps in one call, in C or in Python."""

from __future__ import annotations

import time
import weakref
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from ...engine.operation import ARITHMETIC
from ...engine.refusals import as_float
from ...engine.setting import setting
from ...engine.value import Value
from ...optim import descend
from ..native.building import NoNativeError
from ..native.packing import Rows, Served, list_rows
from ..programs.lines import FunctionWriter
from ..programs.rule import write_step_rule
from ..python.functions import join_names, wrap_names
from .given import Numbers, check_numbers, check_rows

DESCEND = "descend"
STEPS_AT_FIRST = 16  # of Python at once; then as many as take this long
SECONDS_OF_PYTHON = 0.1
MOST_STEPS = 100_000  # of C at once


def write_descend(
    writer: FunctionWriter, root: Value, inputs: Sequence[Value], parameters: Sequence[Value]
) -> str:
    """Return the source of the function that descends: the program's lines in a loop of steps."""
    new = writer.names.new
    steps, lr, losses = map(new, ("steps", "lr", "losses"))
    slopes = writer.name_slopes(parameters)
    names, all_slopes = writer.list_names(parameters), [*slopes.values()]
    zeros = wrap_names("", all_slopes, f" = {', '.join(['0.0'] * len(slopes))}")
    if len(slopes) == 1:
        zeros = [f"    {all_slopes[0]} = 0.0"]
    writer.add_forward()
    writer.add_gradient(root, slopes)
    after = [
        write_step_rule(descend, [name, slope, lr], writer.notation, writer.names)[2][0]
        for name, slope in zip(names, slopes.values(), strict=True)
    ]
    lines = [
        *wrap_names("", names, " = parameters"),
        f"    {losses} = []",
        f"    for _ in range({steps}):",
        *indent(zeros),
        "        results = []",
        f"        for {join_names(writer.list_names(inputs)) or 'row'} in reversed(rows):",
        "            # Forward",
        *[f"            {line}" for line in writer.write_lines()],
        "        total = results.pop()",
        "        while results:",
        "            total = total + results.pop()",
        f"        {losses}.append(total)",
        *[f"        {name} = {text}" for name, text in zip(names, after, strict=True)],
        *wrap_names(f"return {losses}, ", names, "", "[]"),
    ]
    head = f"def descend(parameters, rows, {steps}, {lr}, upstream=1.0):"
    told = '    """Return the result before each step, and the parameters after the last."""'
    return "\n".join([head, told, *lines, ""])


def indent(lines: Iterable[str]) -> list[str]:
    """Return lines one level further in."""
    return [f"    {line}" for line in lines]


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
        self.at_once = STEPS_AT_FIRST
        self.is_possible = True  # that it goes on in C
        self.building: Any = None
        self.descent: Any = None

    def go_on(self, steps: int) -> None:
        """Take ``steps`` at most, and one at least unless it was just found that the graph runs."""
        if setting.get().observers or self.program.verifying.reason:  # then the graph runs
            self.take_step()
        elif descent := self.find_descent(steps):
            count = min(steps, MOST_STEPS)
            descent.data[:] = array("d", self.parameters)
            descent.begin(range(len(self.rows)), [self.lr] * count, count)
            goes_on = True
            while goes_on and descent.done < count:
                goes_on = descent.go_on()
            self.parameters = descent.data.tolist()
            self.losses += descent.losses[: descent.done]
            if not goes_on:
                self.take_step()
        else:
            self.run_python(min(steps, self.at_once))

    def run_python(self, steps: int) -> None:
        """Take steps by the function in Python; where it fails, one by the program itself."""
        began = time.perf_counter()
        try:
            function = self.program.load_function(DESCEND)
            names = [f"{name} after a step" for name in self.program.wrt_names]
            given = self.parameters, self.rows, 1, self.lr
            by_graph = partial(self.step, partial(self.program.sum_rows_by_graph, 0))
            if not self.program.verifying.serves(DESCEND, names, function, by_graph, given):
                return
            losses, self.parameters = function(self.parameters, self.rows, steps, self.lr)
        except ARITHMETIC:  # a BranchError, too
            self.take_step()
            self.at_once = max(1, steps // 2)
        else:
            self.losses += losses
            took = max(time.perf_counter() - began, 1e-9)
            self.at_once = max(1, int(steps * min(SECONDS_OF_PYTHON / took, 8.0)))

    def take_step(self) -> None:
        """Take one step by the program."""
        loss, self.parameters = self.step(self.program, self.parameters, self.rows)
        self.losses.append(loss)

    def step(
        self, compute: Callable[..., Any], parameters: Numbers, rows: Any, *_: float
    ) -> tuple[float, list[float]]:
        """Return the result, and the parameters after a step by what computes a gradient."""
        loss, gradient = compute(parameters, rows)
        pairs = zip(parameters, gradient, strict=True)
        return loss, [descend(p, grad, self.lr)[0] for p, grad in pairs]

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
