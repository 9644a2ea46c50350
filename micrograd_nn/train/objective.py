"""What a training minimises, computed by programs where that can be done, else by the graph.

The programs are those of ``compile``, one for each form of an example. They are checked: before
the first step, every example's loss must be the same number by the program and by the graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from numbers import Integral, Real
from typing import Any

from ..compiler.functions import program_of
from ..compiler.program import BranchError, Program
from ..compiler.tracing import traced
from ..engine import table as op
from ..engine.recording import no_grad, setting
from ..engine.refusals import real
from ..engine.value import Value
from ..nested import leaves, shape
from ..text import with_article

Example = tuple[Sequence[float], Any]

MOST_PROGRAMS = 64  # of more forms of examples, or courses through branches, the graph takes care
NOTHING, TARGETS, WHOLE = range(3)  # what is fixed in a program, beside what is no number


class NotCompiledError(TypeError):
    """The loss can't be compiled; the message says why."""


class FixedMoreError(Exception):
    """More of the examples must be fixed in the programs: begin again."""


class ExampleProgram:
    """A program for the loss of examples of one form."""

    def __init__(
        self, function: Callable[..., Any], arguments: Sequence[Any], moving: Sequence[int],
        parameters: Sequence[Value],
    ) -> None:  # fmt: skip
        trace = traced(function, arguments, moving, parameters)
        if not isinstance(trace.result, Value):
            raise NotCompiledError("the loss isn't a Value")
        self.others = trace.others
        self.leaves = (*parameters, *self.others)
        self.has_branches = bool(trace.branches)
        self.program: Program = program_of(
            [trace.result], trace.inputs, self.leaves, self.leaves, trace.branches, True
        )
        self.program.function(0)  # now, since it may be impossible


class Objective:
    """The mean loss of examples plus a penalty, and its gradient.

    ``ran`` says how they are computed: "compiled", or "eager" with the reason.
    """

    def __init__(
        self,
        model: Callable[[Any], Any],
        loss: Callable[[Any, Any], Any],
        parameters: Sequence[Value],
        penalty: Callable[[list[Value]], Value] | None = None,
        eager: str = "",
    ) -> None:
        self.model = model
        self.loss = loss
        self.parameters = list(parameters)
        self.penalty = penalty
        self.ran = f"eager: {eager}" if eager else "compiled"
        self.fixed = NOTHING
        self.reason = ""
        self.penalty_program: ExampleProgram | None = None
        self.programs: dict[Any, list[ExampleProgram]] = {}
        self.prepared: dict[int, tuple[Any, list[float], list[int]]] = {}

    def of(self, x: Any, target: Any) -> Any:
        """Return the loss of one example, by the graph."""
        loss = self.loss(self.model(x), target)
        if not isinstance(loss, Value):
            raise TypeError(
                f"the loss of an example must be a Value, computed from the model's output, "
                f"not {with_article(type(loss).__name__)}"
            )
        return loss

    def mean(self, data: Sequence[Example]) -> float:
        """Return the mean loss, without a penalty and without recording a graph."""
        losses = self.compiled(lambda: self.losses(data))
        if losses is None:
            with no_grad():
                losses = [self.of(x, target).data for x, target in data]
        return math.fsum(losses) / len(data)

    def checked_mean(self, data: Sequence[Example]) -> float:
        """Return the same by the graph; programs that give any other number are given up."""
        with no_grad():
            losses = [self.of(x, target).data for x, target in data]
        again = self.compiled(lambda: self.losses(data))
        for i, (loss, other) in enumerate(zip(losses, again or losses, strict=True)):
            if loss != other and not (math.isnan(loss) and math.isnan(other)):
                self.ran = (
                    f"eager: for example {i} the compiled loss was {other!r}, not {loss!r}: it "
                    f"depends on more than the example and the parameters"
                )
                break
        return math.fsum(losses) / len(data)

    def graph(self, batch: Sequence[Example]) -> Value:
        """Return a batch's mean loss plus the penalty, as a graph."""
        error: Value = op.mean([self.of(x, target) for x, target in batch])
        return error + self.penalty(self.parameters) if self.penalty else error

    def gradient(self, batch: Sequence[Example]) -> float:
        """Return a batch's mean loss plus the penalty, and leave its gradient in the leaves."""
        total: float | None = self.compiled(lambda: self.compiled_gradient(batch))
        if total is None:
            error = self.graph(batch)
            error.backward()
            total = error.data
        return total

    def compiled(self, compute: Callable[[], Any]) -> Any:
        """Return what programs compute, or None where they don't."""
        while self.ran == "compiled" and not setting.get().observers:
            try:
                return compute()
            except FixedMoreError:
                pass
            except NotCompiledError as error:
                self.ran = f"eager: {error}"
        return None

    def losses(self, data: Sequence[Example]) -> list[float]:
        """Return the loss of each example."""
        losses: list[float] = []
        numbers = [x.data for x in self.parameters]
        for example, rows in self.runs(data):
            for program in self.candidates(example):
                given = numbers + [x.data for x in program.others]
                try:
                    losses += program.program.predictions(given, rows)
                    break
                except BranchError:
                    pass
        return losses

    def compiled_gradient(self, batch: Sequence[Example]) -> float:
        """Return what ``gradient`` returns, in its order of rounding."""
        numbers = [x.data for x in self.parameters]
        gradient: dict[Value, float] = {}
        mean, penalty = 0.0, 0.0
        if self.penalty:
            program = self.penalty_program = self.penalty_program or self.program_for_penalty()
            given = numbers + [x.data for x in program.others]
            try:
                penalty, slopes = program.program(given)
            except BranchError as error:
                raise NotCompiledError(f"the penalty: {error}") from None
            gradient = dict(zip(program.leaves, slopes, strict=True))
        leaves_now: Sequence[Value] = ()
        slopes = []
        for example, rows in reversed(list(self.runs(batch))):
            for program in self.candidates(example):
                if program.leaves != leaves_now:
                    gradient.update(zip(leaves_now, slopes, strict=True))
                    leaves_now = program.leaves
                    slopes = [gradient.get(x, 0.0) for x in leaves_now]
                given = numbers + [x.data for x in program.others]
                try:
                    total, slopes = program.program(given, rows, 1.0 / len(batch), slopes)
                except BranchError:
                    continue
                mean = total + mean
                break
        gradient.update(zip(leaves_now, slopes, strict=True))
        own = set(self.parameters)
        for x, slope in gradient.items():  # what no optimizer resets adds up, as in backward()
            x.grad = slope if x in own else (x.grad or 0.0) + slope
            x.passes = 1
        return mean / len(batch) + penalty

    def runs(self, data: Sequence[Example]) -> Iterator[tuple[Example, list[Any]]]:
        """Yield examples with the rows of all that follow and go through the same program."""
        rows: list[Any] = []
        first, first_key = None, None
        for example in data:
            key, row, _ = self.prepare(example)
            programs = self.programs.get(key)
            alone = programs is None or len(programs) > 1 or programs[0].has_branches
            if first is not None and (key != first_key or alone):
                yield first, rows
                first = None
            if first is None:
                first, first_key, rows = example, key, []
            rows.append(row)
        if first is not None:
            yield first, rows

    def prepare(self, example: Example) -> tuple[Any, list[float], list[int]]:
        """Return an example's form, its numbers that may change, and their places."""
        found = self.prepared.get(id(example))
        if found is None:
            given = list(leaves(list(example)))
            n_inputs = len(list(leaves(example[0])))
            moving = [
                i
                for i, x in enumerate(given)
                if not isinstance(x, bool) and isinstance(x, Real)
                if not (self.fixed >= TARGETS and i >= n_inputs)
                if not (self.fixed >= WHOLE and isinstance(x, Integral))
            ]
            row = [real(given[i], "loss") for i in moving]
            places = set(moving)
            fixed = [(type(x), x) for i, x in enumerate(given) if i not in places]
            key = (shape(list(example)), tuple(moving), tuple(fixed))
            try:
                hash(key)
            except TypeError as error:
                raise NotCompiledError(f"an example has an {error}") from None
            found = self.prepared[id(example)] = key, row, moving
        return found

    def candidates(self, example: Example) -> Iterator[ExampleProgram]:
        """Yield the programs for an example's form, at last a new one for its own branches."""
        key, _, moving = self.prepare(example)
        programs = self.programs.setdefault(key, [])
        yield from list(programs)
        if sum(map(len, self.programs.values())) >= MOST_PROGRAMS:
            raise NotCompiledError(f"more than {MOST_PROGRAMS} forms of examples, or of branches")
        try:
            program = ExampleProgram(self.of, example, moving, self.parameters)
        except Exception as error:  # the user's function may raise anything
            self.reason = self.reason or str(error)
            if self.fixed == WHOLE:
                raise NotCompiledError(self.reason) from error
            self.fixed += 1
            self.prepared.clear()
            self.programs.clear()
            raise FixedMoreError from None
        programs.append(program)
        yield program

    def program_for_penalty(self) -> ExampleProgram:
        """Return the penalty's program."""
        penalty = self.penalty
        assert penalty is not None
        try:
            return ExampleProgram(lambda: penalty(self.parameters), (), (), self.parameters)
        except Exception as error:
            raise NotCompiledError(f"the penalty: {error}") from error
