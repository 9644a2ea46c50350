"""A training in C: where the programs of a loss are compiled, its steps and its losses there."""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from ...engine.backprop import add_gradient
from ...engine.value import Value
from ...optim import Optimizer
from ..compile.compiler.variants import Variant
from ..compile.native.building import Building, NoNativeError
from ..compile.native.packing import Served, allocate
from ..compile.programs.lines import PREDICT
from .checking import choose_places
from .examples import Example, Group, Packed
from .objective import Objective
from .stepping import can_foresee_numbers, steps_by_rule

if TYPE_CHECKING:
    from ..compile.native.descent import Descent

MOST_BATCHES = 1000  # whose learning rates are asked for at once


class InC:
    """What a training has in C, as far as that serves; Python does the rest, with the same numbers.

    The loop of steps is for an optimizer of just the Values that the programs have as leaves, which
    steps by the ``rule`` of SGD, Adam or AdamW and nothing else.
    """

    def __init__(
        self, objective: Objective, optimizer: Optimizer, batch_size: int, passes: int
    ) -> None:
        self.objective = objective
        self.optimizer = optimizer
        self.batch_size = batch_size
        self.passes = passes  # of examples in all
        self.building: Building | None = None
        self.library: Any = None
        self.descent: Descent | None = None
        self.packed: Any = None  # what the descent was made of
        self.linked: list[list[Variant]] = []
        self.leaves: tuple[Value, ...] = ()
        self.rounds = 0  # calls of go_on; Python checks after the 1st, 2nd, 4th, … of them
        self.largest = 0.0  # gradient that the rule can take
        self.counts = 0, 0  # of the rule's states and numbers
        self.reason = ""  # why Python takes the steps
        self.look_at_optimizer()

    def look_at_optimizer(self) -> None:
        """Note if it steps in a way of its own; a callback may have given it another schedule."""
        if not steps_by_rule(self.optimizer):
            self.reason = "the optimizer steps in a way of its own, not as SGD, Adam or AdamW"
        elif not can_foresee_numbers(self.optimizer):
            self.reason = "its learning rates may depend on more than the number of the step"

    def explain(self) -> str:
        """Return why programs run in Python; nothing where they don't, or nobody knows why."""
        variants = self.objective.variants
        if self.objective.ran != "compiled":
            return ""
        if variants.native is False:
            return "as asked"
        reasons = [self.reason, *[choice.reason for choice in variants.list_choices()]]
        return next(filter(None, reasons), "")

    def require_native(self) -> None:
        """Refuse to go on where all was to be in C, and something can't be."""
        reason = self.objective.reason or self.reason
        if self.objective.variants.native and reason:
            raise NoNativeError(f"native=True: {reason.removeprefix('native=True: ')}")

    def take_steps(
        self, training: Sequence[Example], order: Sequence[int], losses: list[float]
    ) -> None:
        """Take an epoch's batches from where ``losses`` end, and add theirs; perhaps none."""
        goes_on = True
        while goes_on and len(losses) * self.batch_size < len(order):
            descent = self.find_descent(training)
            goes_on = descent is not None and self.run(descent, training, order, losses)

    def run(
        self, descent: Descent, training: Sequence[Example], order: Sequence[int],
        losses: list[float],
    ) -> bool:  # fmt: skip
        """Take batches in C, not all of a long epoch; False where Python must take the next."""
        optimizer, objective = self.optimizer, self.objective
        begin = len(losses) * self.batch_size
        order = order[begin : begin + MOST_BATCHES * self.batch_size]
        numbers, batches = self.list_numbers(-(-len(order) // self.batch_size))
        if not (batches and self.put_numbers(descent)):
            return False
        descent.begin(order, numbers, batches)
        if not descent.has_rule(optimizer.rule, numbers[: self.counts[1]]):
            self.reason = "the optimizer's rule gives other numbers than its text in C"
            return False
        before, goes_on = optimizer.steps, True
        try:
            while goes_on and descent.done < batches and not objective.reason:
                goes_on = descent.go_on()
                self.rounds += 1
                if descent.done < batches and not self.rounds & (self.rounds - 1):
                    self.take_numbers(descent, before)
                    place = len(losses) + descent.done
                    objective.try_compiled(partial(objective.check_one, training, place))
        finally:  # Ctrl-C, too, leaves the numbers of the steps that were taken
            self.take_numbers(descent, before)
        losses += descent.losses[: descent.done]
        return goes_on

    def list_numbers(self, batches: int) -> tuple[array[float], int]:
        """Return the rule's numbers for the next steps, and for how many batches there are some."""
        optimizer, numbers = self.optimizer, array("d")
        steps, count = optimizer.steps, 0
        try:
            for step in range(steps, steps + batches):
                lr = optimizer.lr_at(step)
                optimizer.steps = step + 1
                given = optimizer.numbers(lr)
                if [*map(type, given)] != [float] * self.counts[1]:  # others round otherwise
                    self.reason = "the optimizer's numbers aren't all floats"
                    break
                numbers.extend(given)
                count += 1
        except Exception:  # of a schedule: it comes again when its step does
            pass
        finally:
            optimizer.steps = steps
        return numbers, count

    def put_numbers(self, descent: Descent) -> bool:
        """Give C the parameters and the optimizer's states; False if it has room for others."""
        states, size = self.optimizer.list_states(), len(self.leaves)
        if len(states) != self.counts[0] or any(len(of) != size for of in states):
            return False
        descent.states[:] = array("d", [x for of in states for x in of])
        descent.data[:] = array("d", [x.number for x in self.optimizer.parameters])
        return True

    def take_numbers(self, descent: Descent, before: int) -> None:
        """Take them back, and the gradient of the latest batch, after ``before`` steps."""
        steps = before + descent.done
        if self.optimizer.steps == steps:
            return
        self.optimizer.steps = steps
        self.objective.has_stepped = self.objective.is_in_c = True
        parameters = self.optimizer.parameters
        count = len(parameters)
        states = [descent.states[i : i + count] for i in range(0, len(descent.states), count)]
        self.optimizer.put([descent.data, *states], range(count))
        for x, slope in zip(parameters, descent.gradient, strict=True):
            add_gradient(x, slope, None)

    def find_descent(self, training: Sequence[Example]) -> Descent | None:
        """Return the loop in C with programs for these examples, if all is compiled by now."""
        objective = self.objective
        choices = objective.variants.list_choices()
        if not (objective.variants.native or any(choice.has_begun(0) for choice in choices)):
            return None
        self.look_at_optimizer()
        if self.reason:
            return None
        try:
            return objective.try_compiled(  # type: ignore[no-any-return]
                lambda: self.link(objective.examples.pack(training))
            )
        except NoNativeError as error:
            if objective.variants.native:
                told = str(error).removeprefix("native=True: ")
                raise NoNativeError(f"native=True: {told}") from None
            self.reason = str(error)
            return None

    def link(self, packed: Packed) -> Descent | None:
        """Return the loop with the programs of the forms that these examples have."""
        objective, optimizer = self.objective, self.optimizer
        variants = [objective.list_variants(form) for form in packed.forms]
        penalties = [objective.find_penalty()] if objective.penalty else []
        linked = [*variants, penalties]
        leaves = tuple(optimizer.parameters)  # others, if somebody changed the list
        largest = optimizer.largest_gradient  # which somebody may set
        is_same = (linked, leaves, largest) == (self.linked, self.leaves, self.largest)
        if packed is self.packed and is_same:
            return self.descent
        for variant in chain(*linked) if objective.variants.native else ():
            variant.program.choice.begin(0)  # all, before the first is waited for
        programs = [[*map(self.find_program, known)] for known in linked]
        from ..compile.native.descent import Descent, load_descent  # see there

        self.begin_loop()
        if any(None in found for found in programs) or self.reason:
            return None
        if not packed.rows.are_finite:
            self.reason = "a number among the examples isn't finite"
            return None
        if self.building is not None:
            if not (self.building.is_done() or objective.variants.native):
                return None
            self.library, self.building = load_descent(self.building), None
        forms = [
            Served(found, len(form.row), not objective.variants.has_one_way(form))
            for form, found in zip(packed.forms, programs[:-1], strict=True)
        ]
        (penalty,) = programs[-1] or [None]
        self.descent = Descent(
            self.library, packed.rows, forms, penalty, self.batch_size,
            largest, len(leaves), self.counts[0],
        )  # fmt: skip
        self.packed, self.linked, self.leaves, self.largest = packed, linked, leaves, largest
        return self.descent

    def begin(self, training: Sequence[Example]) -> None:
        """Begin to compile what this training will run in C, all at once."""
        if self.objective.variants.native is False:
            return
        _, found = self.objective.try_compiled(lambda: self.find_programs(training)) or ((), ())
        if found and not self.reason and all(x.program.choice.has_begun(0) for x in found):
            with suppress(NoNativeError):  # which is said when it is wanted
                self.begin_loop()

    def begin_loop(self) -> None:
        """Begin to compile the loop of steps, once."""
        from ..compile.native.descent import build_descent  # see there

        if self.building is None and self.library is None:
            optimizer = self.optimizer
            self.counts = len(optimizer.states), len(optimizer.numbers(optimizer.lr))
            self.building = build_descent(optimizer.rule, *self.counts)
            weakref.finalize(self, self.building.stop)

    def find_programs(self, data: Sequence[Example]) -> tuple[Packed, list[Variant]]:
        """Return examples for C and a program for each of their forms, which begin to compile."""
        packed = self.objective.examples.pack(data)
        variants = self.objective.variants
        found: list[Variant] = [variants.run(form, lambda x: x) for form in packed.forms]
        for variant in found:
            for kind in (PREDICT, 0):
                variant.program.choice.begin(kind, self.passes)
        return packed, found

    def predict_losses(self, data: Sequence[Example]) -> list[float] | None:
        """Return the loss of each example, or raise what programs do; None if not all are in C."""
        objective = self.objective
        if objective.variants.native is False:
            return None
        packed, found = self.find_programs(data)
        numbers = [x.number for x in objective.parameters]
        results = allocate(len(data))
        place = results.buffer_info()[0]
        for number, first, count in packed.rows.list_runs():
            form, variant = packed.forms[number], found[number]
            native: Any = variant.program.choice.find(PREDICT, count, self.passes)
            if native is None or len(objective.list_variants(form)) > 1:
                return None
            given = array("d", variant.add_others(numbers))
            rows = packed.rows.locate(first)
            if native.call(given.buffer_info()[0], rows, count, 1.0, None, place + 8 * first):
                return None
            for i in choose_places(variant, count) if variant.is_due() else ():
                row = packed.rows.read(first + i, len(form.row))
                group = Group(form, [data[first + i]], [row])
                objective.check_example(variant, numbers, group, 0)
        return results.tolist()

    def find_program(self, variant: Variant) -> Any:
        """Return the function in C of a program; None if there is none, or none yet."""
        leaves = tuple(self.optimizer.parameters)
        if variant.leaves != leaves[: len(variant.leaves)]:
            told = "other Values than the model's parameters, or these in another order"
            self.reason = f"the optimizer steps {told}"
            return None
        native: Any = variant.program.choice.find(0, self.batch_size, self.passes)
        return native and native.unchecked
