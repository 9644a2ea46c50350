"""``compile(loss, net)``: a loss of one's own as programs, for a training loop of one's own.

The loss is recorded once for each form of its arguments, and what it takes from elsewhere is
watched, as for any function that is compiled. The parameters are the net's at each call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from math import isfinite
from typing import Any

from ...._ground.callers import warn_user
from ...._ground.nested import iterate_numbers
from ...._ground.text import add_article
from ....engine.backprop import COMPUTED, require_no_pass
from ....engine.node import is_leaf, nodes
from ....engine.operators import Operand
from ....engine.setting import setting
from ....engine.value import Constant, Value
from ....graph.gradients import compute_gradients
from .compiled import Compiled
from .errors import DiffersError, LastingError, NotCompiledError
from .outside import Outside, iterate_containers
from .variants import CallForm, FixedMoreError, Variant, Variants
from .verifying import find_difference

MOST_NEW = 16  # forms of arguments that came no second time
LARGE = 5000  # nodes of a graph that is compared more rarely: it takes its time


class Parameters:
    """The parameters of a net, as they are whenever one goes through them.

    >>> w = Value(2.0, "w")
    >>> [*Parameters({"layers": [[w], [w]]})]
    [Value(2.0, grad=None, label='w')]
    """

    def __init__(self, net: Any) -> None:
        self.net = [*net] if isinstance(net, Iterator) else net
        if not self.require_leaves():
            raise TypeError(
                f"compile(loss, net) needs a net that has parameters(), or Values in lists and "
                f"dictionaries: there are none in {add_article(type(net).__name__)}"
            )

    def __iter__(self) -> Iterator[Value]:
        listed = None if isinstance(self.net, type) else getattr(self.net, "parameters", None)
        found: Iterable[Any] = listed() if callable(listed) else iterate_numbers(self.net)
        return iter(dict.fromkeys(x for x in found if isinstance(x, Value)))

    def require_leaves(self) -> list[Value]:
        """Return the parameters, each a leaf, of which a loss can have a gradient."""
        found = [*self]
        for x in found:
            if not is_leaf(x) or isinstance(x, Constant):
                raise TypeError(
                    f"{x!r} isn't a parameter but computed, or a constant: a step changes the "
                    f"number of one, p.data -= lr * p.grad, or sets a new Value in its place"
                )
        return found


class LossVariants(Variants):
    """The programs of a loss, in which whole numbers are data where it can take them so."""

    whole = sys.maxsize, 1, 0

    def read(self, form: CallForm) -> Outside:
        """Return what the loss takes from elsewhere, the parameters among it."""
        if sum(all(x.uses < 2 for x in known) for known in self.by_key.values()) >= MOST_NEW:
            raise LastingError(
                "its arguments have another form again and again, in their lengths or in whole "
                "numbers, and each takes a program: give it lists of one length, and what is an "
                "index as a float to choose(index, values)"
            )
        outside = super().read(form)
        held = [*iterate_containers(self.parameters.net)]  # at once, if it is no more than those
        for x in held if held and {*map(type, held)} <= {list, tuple, dict} else [self.parameters]:
            outside.keep_items(x, "the list of parameters")
        return outside


class CompiledLoss(Compiled):
    """A loss that runs as programs and sets gradients; ``compile(loss, net)`` makes it."""

    def __init__(
        self, function: Callable[..., Any], net: Any, native: bool | None, unchecked: bool
    ) -> None:
        self.parameters = parameters = Parameters(net)
        name = getattr(function, "__name__", "loss")
        super().__init__(
            LossVariants(self.record, name, [function], parameters, native, unchecked),
            function, parameters.net, native, unchecked,
        )  # fmt: skip

    def __call__(self, /, *positional: Any, **named: Any) -> float:
        """Return the loss as a number, and set ``grad`` of each parameter."""
        arguments, now = [*positional, named], setting.get()
        given = [*iterate_numbers(arguments)]
        if any(isinstance(x, Operand) for x in given):
            raise TypeError(
                f"{self.__name__} takes its data as numbers, not as Values: give x.data for each "
                f"x; Values of one's own, beside the net's, can be variables of the loss"
            )
        # Where somebody looks at each node, and amid a derivative, a graph is wanted.
        if self.reason or now.observers or now.began is not None or not now.recording:
            return self.run_itself(arguments)
        try:
            return self.run_program(arguments, given)
        except NotCompiledError as error:
            failure = error
        number = self.run_itself(arguments)  # whose own error tells more
        if isinstance(failure, LastingError):
            self.give_up(failure)
        else:
            warn_user(f"{self.__name__} ran as it is, not compiled: {failure}", RuntimeWarning)
        return number

    def run_program(self, arguments: Sequence[Any], given: list[Any]) -> float:
        """Return the loss by a program, and set the gradient."""
        form = self.variants.read_form(arguments, given)
        self.variants.look_outside([form.key])
        try:
            return self.variants.run(form, self.run_variant, form)
        except FixedMoreError:  # a whole number is an index, say: it is part of the form now
            return self.run_program(arguments, given)

    def run_variant(self, variant: Variant, form: CallForm) -> float:
        """Do so by one program."""
        numbers = [x.number for x in variant.leaves]
        require_finite("what it computes with", chain(numbers, form.row))
        number, gradient = variant.attempt(variant.program, numbers, [form.row])
        require_finite("its result", [number, *gradient])
        if variant.is_due() and (
            len(variant.program.graph) < LARGE or variant.uses.bit_length() % 4 == 1
        ):
            own, slopes = self.differentiate(form.arguments)
            wanted = [own, *[slopes.get(x, 0.0) for x in variant.leaves]]
            require_finite("its result", wanted)
            if told := find_difference(
                ["result", *variant.program.by_names], [number, *gradient], wanted
            ):
                raise DiffersError(
                    f"{told}: it depends on more than its arguments and the numbers of Values"
                )
        self.set_gradient(variant.leaves[: len(gradient) - len(variant.others)], gradient)
        return float(number)

    def run_itself(self, arguments: Sequence[Any]) -> float:
        """Return the loss by the graph, and set the gradient."""
        number, slopes = self.differentiate(arguments)
        parameters = [*self.parameters]
        self.set_gradient(parameters, [slopes.get(x, 0.0) for x in parameters])
        return number

    def set_gradient(self, parameters: Sequence[Value], gradient: Sequence[float]) -> None:
        """Set what a backward pass leaves after ``zero_grad()``."""
        require_no_pass(parameters, self.__name__)
        for x, slope in zip(parameters, gradient, strict=False):
            x.grad, x.passes = slope or COMPUTED, 1

    def differentiate(self, arguments: Sequence[Any]) -> tuple[float, dict[Value, float]]:
        """Return the loss by the graph, and its derivatives by all that it depends on."""
        loss, parameters = self.record(*arguments), self.parameters.require_leaves()
        for observer in setting.get().observers:
            observer.passes_back(loss)
        slopes = compute_gradients(nodes(loss))
        if slopes.keys().isdisjoint(parameters):
            raise ValueError(
                f"{self.__name__} depends on no parameter of its net: is it another net's, or "
                f"computed within no_grad(), or of x.data?"
            )
        return loss.data, slopes

    def record(self, *arguments: Any) -> Value:
        """Return the loss as a graph; ``arguments`` end with those by name."""
        *positional, named = arguments
        loss = self.function(*positional, **named)
        if not isinstance(loss, Value):
            raise TypeError(
                f"a loss is one Value, computed from the net's parameters, and {self.__name__} "
                f"returns {add_article(type(loss).__name__)}"
            )
        return loss


def require_finite(what: str, numbers: Iterable[float]) -> None:
    """Leave numbers that aren't finite to the graph: a program may leave 0 * nan out."""
    if not all(map(isfinite, numbers)):
        raise NotCompiledError(f"{what} isn't finite")
