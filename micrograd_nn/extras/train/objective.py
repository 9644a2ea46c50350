"""What a training minimises, computed by programs where that can be done, else by the graph.

The programs are those of ``compile``, one for each form of an example. They are checked, at their
first use, their second, and now and then: see ``checking.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import add
from typing import Any

from ..._ground.callers import warn_user
from ..._ground.text import add_article, quote_text
from ...engine import table as op
from ...engine.backprop import add_gradient
from ...engine.setting import no_grad, setting
from ...engine.value import Value
from ...graph.rebuilding import BranchError
from ..compile.compiler.errors import DiffersError, NotCompiledError, UnreadError
from ..compile.compiler.variants import CallForm, FixedMoreError, Variant, Variants
from ..compile.native.building import NoNativeError
from ..compile.programs.lines import PREDICT
from .checking import add_gradient_of, check_gradient, choose_places, compare_numbers
from .examples import Example, ExampleReader, ExampleVariants, Group

NO_ARGUMENTS = CallForm((), [], [], [], ())


class Objective:
    """The mean loss of examples plus a penalty, and its gradient.

    ``native`` says of its programs what it says to ``compile``.
    """

    def __init__(
        self,
        model: Callable[[Any], Any],
        loss: Callable[[Any, Any], Any],
        parameters: Sequence[Value],
        penalty: Callable[[list[Value]], Value] | None = None,
        eager: str = "",
        native: bool | None = None,
        unchecked: bool = False,
    ) -> None:
        self.model = model
        self.loss = loss
        self.parameters = list(parameters)
        self.penalty = penalty
        self.reason = eager  # why no programs serve
        self.variants = ExampleVariants(
            self.record_loss, "loss", [model, loss], self.parameters, native, unchecked
        )
        self.examples = ExampleReader(self.variants)
        self.penalties = Variants(
            lambda: penalty([*self.parameters]) if penalty else 0.0,
            "penalty", [penalty], self.parameters, native, unchecked,
        )  # fmt: skip
        self.has_stepped = False  # by the numbers of programs
        self.is_in_c = False

    @property
    def ran(self) -> str:
        """How it was computed latest: "native", "compiled", or "eager" with the reason."""
        return f"eager: {self.reason}" if self.reason else ("compiled", "native")[self.is_in_c]

    def record_loss(self, x: Any, target: Any) -> Any:
        """Return the loss of one example, by the graph."""
        loss = self.loss(self.model(x), target)
        if not isinstance(loss, Value):
            raise TypeError(
                f"the loss of an example must be a Value, computed from the model's output, "
                f"not {add_article(type(loss).__name__)}; Python's max(0, v) may give its 0: "
                f"write v.relu()"
            )
        return loss

    def compute_mean(self, data: Sequence[Example]) -> float:
        """Return the mean loss, without a penalty and without recording a graph."""
        losses: list[float] | None = self.try_compiled(lambda: self.predict_losses(data))
        losses = self.record_losses(data) if losses is None else losses
        return math.fsum(losses) / len(data)

    def record_losses(self, data: Sequence[Example]) -> list[float]:
        """Return the loss of each example, by the graph."""
        with no_grad():
            return [x.data for x in self.record_examples(data)]

    def record_examples(self, data: Sequence[Example]) -> list[Value]:
        """Return the loss of each example, as a graph."""
        return [self.record_loss(x, target) for x, target in data]

    def record_batch(self, batch: Sequence[Example]) -> Value:
        """Return a batch's mean loss plus the penalty, as a graph."""
        error: Value = op.mean(self.record_examples(batch))
        return error + self.penalty([*self.parameters]) if self.penalty else error

    def leave_gradient(self, batch: Sequence[Example]) -> float:
        """Return a batch's mean loss plus the penalty, and leave its gradient in the leaves."""
        total: float | None = self.try_compiled(lambda: self.run_gradient(batch))
        self.has_stepped = self.has_stepped or total is not None
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
        while not self.reason and not setting.get().observers:
            try:
                for variants in (self.variants, self.penalties):
                    variants.look_outside(variants.outside)
                return compute()
            except FixedMoreError:
                self.examples.forget_all()
            except NotCompiledError as error:
                self.give_up(error)
            except NoNativeError:
                raise
            except Exception:  # the loss may catch it; if not, the graph says where it was
                return None
        return None

    def give_up(self, error: NotCompiledError) -> None:
        """Go on by the graph from now on, and say why: with a warning, if that can be helped."""
        self.reason = str(error)
        if isinstance(error, UnreadError) and not self.variants.native:  # else it is an error
            warn_user(
                f"this training runs without programs: {error}. If the loss depends on the "
                f"numbers by operations and comparisons alone, not on their type or text, "
                f"unchecked=True compiles it",
                RuntimeWarning,
            )
        if isinstance(error, DiffersError) and self.has_stepped:
            warn_user(
                f"this training may have taken steps by wrong numbers: {error}; it goes on "
                f"by the graph. Train again with compiled=False",
                RuntimeWarning,
            )

    def predict_losses(self, data: Sequence[Example]) -> list[float]:
        """Return the loss of each example, by programs."""
        losses: list[float] = []
        numbers = [x.number for x in self.parameters]
        for group in self.examples.group(data):
            losses += self.variants.run(group.form, self.run_rows, numbers, group)
        return losses

    def run_gradient(self, batch: Sequence[Example]) -> float:
        """Return what ``leave_gradient`` returns, by programs, in the graph's order of rounding."""
        gradient: dict[Value, float] = {}
        penalty = self.add_penalty(gradient) if self.penalty else 0.0
        numbers = [x.number for x in self.parameters]
        groups = list(self.examples.group(batch))
        if len(groups) > 1:  # each example by itself, since losses are added from the first on
            groups = [
                Group(group.form, [example], [row])
                for group in groups
                for example, row in zip(group.examples, group.rows, strict=True)
            ]
        share = 1.0 / len(batch)
        losses = [
            self.variants.run(group.form, self.sum_rows, numbers, group, share, gradient)
            for group in reversed(groups)
        ]
        for x, slope in gradient.items():
            add_gradient(x, slope, x.grad)  # what no optimizer resets adds up
        return reduce(add, reversed(losses)) / len(batch) + penalty

    def run_rows(self, variant: Variant, numbers: Sequence[float], group: Group) -> list[float]:
        """Return the loss of each example of a group."""
        predict = variant.program.load_fastest(PREDICT, len(group.rows))
        losses = [loss for (loss,) in predict(variant.add_others(numbers), group.rows)]
        self.check_if_due(variant, numbers, group)
        return losses

    def sum_rows(
        self, variant: Variant, numbers: Sequence[float], group: Group, share: float,
        gradient: dict[Value, float],
    ) -> float:  # fmt: skip
        """Return the loss summed over a group, and add its gradient."""
        total = add_gradient_of(variant, numbers, group.rows, share, gradient)
        self.check_if_due(variant, numbers, group)
        return total

    def check_if_due(self, variant: Variant, numbers: Sequence[float], group: Group) -> None:
        """Compare a program with the graph now and then, for some examples of a group."""
        for i in choose_places(variant, len(group.rows)) if variant.is_due() else ():
            self.check_example(variant, numbers, group, i)

    def check_one(self, data: Sequence[Example], place: int) -> None:
        """Compare a program with the graph for one example, whose place counts round and round.

        The gradient, which takes longer, is compared now and then.
        """
        example = data[place % len(data)]
        numbers = [x.number for x in self.parameters]

        def check(variant: Variant, group: Group) -> None:
            if variant.is_due():
                self.check_example(variant, numbers, group, 0)
            else:
                self.check_loss(variant, numbers, group)

        form = self.examples.read_form(example)
        self.variants.run(form, check, Group(form, [example], [form.row]))
        if self.penalty:
            self.check_penalty(numbers)

    def check_example(
        self, variant: Variant, numbers: Sequence[float], group: Group, i: int
    ) -> None:
        """Compare a program with the graph for an example of a group."""
        record = partial(self.record_loss, *group.examples[i])
        where = f"for {quote_text(group.examples[i])}"
        check_gradient(variant, numbers, group.rows[i], record, where)

    def check_loss(self, variant: Variant, numbers: Sequence[float], group: Group) -> None:
        """Compare a program's number alone with that of the graph, for the first example."""
        predict = variant.program.load_fastest(PREDICT, 1)
        ((number,),) = predict(variant.add_others(numbers), group.rows[:1])
        own = self.record_loss(*group.examples[0])  # which takes longer within no_grad
        compare_numbers(f"for {quote_text(group.examples[0])}", [(number, own.number)])

    def list_variants(self, form: CallForm) -> list[Variant]:
        """Return the programs there are for a form by now."""
        return [*self.variants.by_key.get(form.key, ())]

    def add_penalty(self, gradient: dict[Value, float]) -> float:
        """Return the penalty, and add its gradient."""
        numbers = [x.number for x in self.parameters]
        try:
            total = add_gradient_of(self.find_penalty(), numbers, [()], 1.0, gradient)
            self.check_penalty(numbers)
        except BranchError as error:
            raise NotCompiledError(f"the penalty: {error}") from None
        return total

    def check_penalty(self, numbers: Sequence[float]) -> None:
        """Compare the penalty's program with the graph now and then."""
        variant, penalty = self.find_penalty(), self.penalty
        if variant.is_due() and penalty:
            record = partial(penalty, [*self.parameters])
            check_gradient(variant, numbers, (), record, "of the penalty,")

    def find_penalty(self) -> Variant:
        """Return the program of the penalty, which is made when first wanted."""
        try:
            variant: Variant = self.penalties.run(NO_ARGUMENTS, lambda variant: variant)
        except NotCompiledError as error:
            error.args = (f"the penalty: {error}",)
            raise
        return variant
