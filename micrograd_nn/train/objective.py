"""What a training minimises, computed by programs where that can be done, else by the graph.

The programs are those of ``compile``, one for each form of an example. They are checked: before
the first step, every example's loss must be the same number by the program and by the graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..compiler.program import BranchError
from ..compiler.variants import (
    CallForm,
    FixedMoreError,
    Fixing,
    NotCompiledError,
    Variant,
    Variants,
)
from ..engine import table as op
from ..engine.setting import no_grad, setting
from ..engine.steps import is_same_number
from ..engine.value import Value
from ..nested import iterate_numbers
from ..text import add_article

Example = tuple[Sequence[float], Any]
Rows = Sequence[Sequence[float]]


class ExampleVariants(Variants):
    """The programs for the loss of one example: at first, its target may change, too."""

    fixings = Fixing(), Fixing(behind=1), Fixing(behind=1, whole=True)
    retried = refused = (Exception,)  # the user's function may raise anything
    what = "examples"


class Gradient:
    """A gradient that program after program adds to, each by leaves of its own.

    >>> w, own = Value(1.0), Value(2.0)
    >>> gradient = Gradient()
    >>> for leaves in [(w,), (w, own), (w,)]:
    ...     gradient.put(leaves, [slope + 0.5 for slope in gradient.get(leaves)])
    >>> list(gradient.by_leaf().values())
    [1.5, 0.5]
    """

    def __init__(self) -> None:
        self.found: dict[Value, float] = {}
        self.leaves: Sequence[Value] = ()
        self.slopes: Sequence[float] = ()  # by the leaves, not yet among those found

    def get(self, leaves: Sequence[Value]) -> Sequence[float]:
        """Return the derivatives by these leaves so far."""
        if leaves != self.leaves:
            found = self.by_leaf()
            return [found.get(x, 0.0) for x in leaves]
        return self.slopes

    def put(self, leaves: Sequence[Value], slopes: Sequence[float]) -> None:
        """Set the derivatives by these leaves."""
        if leaves != self.leaves:
            self.by_leaf()
        self.leaves, self.slopes = leaves, slopes

    def by_leaf(self) -> dict[Value, float]:
        """Return the derivatives by all leaves."""
        self.found.update(zip(self.leaves, self.slopes, strict=True))
        return self.found


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
        self.variants = ExampleVariants(self.record_loss, "loss", self.parameters)
        self.penalty_variant: Variant | None = None
        self.forms: dict[int, CallForm] = {}  # by the ids of examples

    def record_loss(self, x: Any, target: Any) -> Any:
        """Return the loss of one example, by the graph."""
        loss = self.loss(self.model(x), target)
        if not isinstance(loss, Value):
            raise TypeError(
                f"the loss of an example must be a Value, computed from the model's output, "
                f"not {add_article(type(loss).__name__)}"
            )
        return loss

    def compute_mean(self, data: Sequence[Example]) -> float:
        """Return the mean loss, without a penalty and without recording a graph."""
        losses = self.try_compiled(lambda: self.predict_losses(data))
        if losses is None:
            losses = self.compute_losses(data)
        return math.fsum(losses) / len(data)

    def check_mean(self, data: Sequence[Example]) -> float:
        """Return the same by the graph; programs that give any other number are given up."""
        losses = self.compute_losses(data)
        again = self.try_compiled(lambda: self.predict_losses(data))
        for i, (loss, other) in enumerate(zip(losses, again or losses, strict=True)):
            if not is_same_number(loss, other):
                self.ran = (
                    f"eager: for example {i} the compiled loss was {other!r}, not {loss!r}: it "
                    f"depends on more than the example and the parameters"
                )
                break
        return math.fsum(losses) / len(data)

    def compute_losses(self, data: Sequence[Example]) -> list[float]:
        """Return the loss of each example, by the graph."""
        with no_grad():
            return [self.record_loss(x, target).data for x, target in data]

    def record_batch(self, batch: Sequence[Example]) -> Value:
        """Return a batch's mean loss plus the penalty, as a graph."""
        error: Value = op.mean([self.record_loss(x, target) for x, target in batch])
        return error + self.penalty(self.parameters) if self.penalty else error

    def leave_gradient(self, batch: Sequence[Example]) -> float:
        """Return a batch's mean loss plus the penalty, and leave its gradient in the leaves."""
        total: float | None = self.try_compiled(lambda: self.run_gradient(batch))
        if total is None:
            total = self.pass_back(self.record_batch(batch))
        return total

    def pass_back(self, error: Value) -> float:
        """Return a batch's loss, and leave its gradient: none, if the loss is constant there."""
        if not error.is_constant:
            error.backward()
        return error.data

    def try_compiled(self, compute: Callable[[], Any]) -> Any:
        """Return what programs compute, or None where they don't."""
        while self.ran == "compiled" and not setting.get().observers:
            try:
                return compute()
            except FixedMoreError:
                self.forms.clear()
            except NotCompiledError as error:
                self.ran = f"eager: {error}"
        return None

    def predict_losses(self, data: Sequence[Example]) -> list[float]:
        """Return the loss of each example, by programs."""
        losses: list[float] = []
        numbers = [x.data for x in self.parameters]
        for form, rows in self.group(data):
            losses += self.variants.run(form, predict_rows, numbers, rows)
        return losses

    def run_gradient(self, batch: Sequence[Example]) -> float:
        """Return what ``leave_gradient`` returns, by programs, in the graph's order of rounding."""
        numbers = [x.data for x in self.parameters]
        gradient = Gradient()
        mean, penalty, share = 0.0, 0.0, 1.0 / len(batch)
        if self.penalty:
            try:
                penalty = add_gradient(self.compile_penalty(), numbers, [()], 1.0, gradient)
            except BranchError as error:
                raise NotCompiledError(f"the penalty: {error}") from None
        for form, rows in reversed(list(self.group(batch))):
            mean = self.variants.run(form, add_gradient, numbers, rows, share, gradient) + mean
        own = set(self.parameters)
        for x, slope in gradient.by_leaf().items():
            # What no optimizer resets adds up, as in backward().
            x.grad = slope if x in own else (x.grad or 0.0) + slope
            x.passes = 1
        return mean / len(batch) + penalty

    def group(self, data: Sequence[Example]) -> Iterator[tuple[CallForm, list[list[float]]]]:
        """Yield forms of examples with the rows of all that follow and share one program."""
        rows: list[list[float]] = []
        first: CallForm | None = None
        for example in data:
            form = self.read_form(example)
            if first is not None and (form.key != first.key or not self.variants.has_one_way(form)):
                yield first, rows
                first = None
            if first is None:
                first, rows = form, []
            rows.append(form.row)
        if first is not None:
            yield first, rows

    def read_form(self, example: Example) -> CallForm:
        """Return an example as a form and the numbers that may change, once for each."""
        form = self.forms.get(id(example))
        if form is None:
            form = self.variants.read_form(example, list(iterate_numbers(list(example))))
            try:
                hash(form.key)
            except TypeError as error:
                raise NotCompiledError(f"an example has an {error}") from None
            self.forms[id(example)] = form
        return form

    def compile_penalty(self) -> Variant:
        """Return the penalty's program, made at the first time."""
        penalty = self.penalty
        assert penalty is not None
        if self.penalty_variant is None:
            try:
                self.penalty_variant = Variant(
                    lambda: penalty(self.parameters), (), (), self.parameters
                )
            except Exception as error:
                raise NotCompiledError(f"the penalty: {error}") from error
        return self.penalty_variant


def predict_rows(variant: Variant, numbers: Sequence[float], rows: Rows) -> list[float]:
    """Return the loss of each row."""
    return variant.program.predictions(variant.add_others(numbers), rows)


def add_gradient(
    variant: Variant, numbers: Sequence[float], rows: Rows, upstream: float, gradient: Gradient
) -> float:
    """Return the loss summed over rows, and add its gradient."""
    start = gradient.get(variant.leaves)
    total, slopes = variant.program(variant.add_others(numbers), rows, upstream, start)
    gradient.put(variant.leaves, slopes)
    return total  # type: ignore[no-any-return]
