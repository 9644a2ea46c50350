"""Optimizers, which step parameters against their gradients, and learning-rate schedules."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from ._ground.habits import tell_habits
from ._ground.text import add_article, count_things
from .engine.backprop import ZEROED, as_gradient, require_no_pass, zero_gradients
from .engine.refusals import as_float
from .engine.table import sqrt
from .engine.value import Value

Schedule = Callable[[int], float]

LARGEST_SQUARED = 1.34e154  # its square, and running means of that, are floats


def constant(rate: float) -> Schedule:
    """Return a schedule with one learning rate for all steps.

    >>> constant(0.1)(500)
    0.1
    """
    return lambda step: rate


def linear(start: float, end: float, steps: int) -> Schedule:
    """Return a schedule on a straight line from ``start`` to ``end``, and ``end`` from there on.

    >>> rate = linear(1.0, 0.0, steps=4)
    >>> [rate(step) for step in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    return lambda step: start + (end - start) * measure_progress(step, steps)


def cosine(start: float, end: float, steps: int) -> Schedule:
    """Return a schedule on half a cosine wave from ``start`` to ``end`` (Loshchilov, 2017).

    >>> rate = cosine(1.0, 0.0, steps=2)
    >>> [round(rate(step), 3) for step in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """
    return lambda step: (
        end + (start - end) * (1 + math.cos(math.pi * measure_progress(step, steps))) / 2
    )


def measure_progress(step: int, steps: int) -> float:
    """Return how far a schedule has come by this step, from 0 to 1."""
    return min(step / steps, 1.0) if steps > 0 else 1.0


@tell_habits
class Optimizer:
    """What optimizers share: the parameters, the learning rate and the number of steps taken.

    ``lr`` is a number or a schedule: a function of the step, counted from 0. A parameter whose
    gradient was never computed (None) is left as it is; of no parameter at all it is a ValueError.

    >>> optimizer = SGD([Value(3.0)], lr=0.1)
    >>> optimizer.lr = 0.5
    >>> optimizer.lr
    0.5

    What tells optimizers apart is a ``rule`` of one parameter: it takes the parameter, its
    gradient, its ``states`` and the ``numbers`` of the step, and returns the new parameter and
    its new states. Ordinary arithmetic and operations of the table serve floats, and also what
    writes a rule down, as in C. An optimizer of one's own is such a rule:

    >>> class SignDescent(Optimizer):
    ...     @staticmethod
    ...     def rule(p, grad, lr):
    ...         return (p - lr * sign(grad),)
    >>> from micrograd_nn import sign
    >>> x = Value(3.0)
    >>> (x * x).backward()
    >>> SignDescent([x], lr=0.1).step()
    >>> x.data
    2.9
    """

    states: Sequence[str] = ()  # lists with one number a parameter, 0.0 at first
    largest_gradient = math.inf  # that the rule can take

    def __init__(self, parameters: Iterable[Value], lr: float | Schedule) -> None:
        if hasattr(parameters, "parameters"):
            raise TypeError("an optimizer takes a list of parameters: give model.parameters()")
        self.parameters = list(parameters)
        check_parameters(self.parameters)
        self.steps = 0
        self.lr = lr
        if isinstance(self.states, str):
            raise TypeError(f"states is a tuple of names: states = ({self.states!r},)")
        for name in self.states:
            setattr(self, name, [0.0] * len(self.parameters))
        self._passes: list[int] = []  # that the first gradient summed up, at the latest steps

    def __repr__(self) -> str:
        counts = [(len(self.parameters), "parameter"), (self.steps, "step")]
        of, taken = [count_things(count, what) for count, what in counts]
        return f"<{type(self).__name__} of {of}: {taken} taken, lr {self.lr:g} next>"

    @property
    def lr(self) -> float:
        """The learning rate of the next step; it is set to a number or a schedule."""
        return self.lr_at(self.steps)

    @lr.setter
    def lr(self, lr: float | Schedule) -> None:
        schedule = lr if callable(lr) else constant(lr)
        rate = as_float(schedule(self.steps), "a learning rate", "a number")
        if not 0 <= rate < math.inf:
            raise ValueError(f"a learning rate is a positive number, not {rate!r}")
        self.schedule = schedule

    def lr_at(self, step: int) -> float:
        """Return the learning rate of a step."""
        return self.schedule(step)

    @tell_habits
    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0.0."""
        zero_gradients(self.parameters)

    def step(self) -> None:
        """Change every parameter by its gradient, once; what is refused changes none of them."""
        require_no_pass(self.parameters, "step()")
        gradients = [
            grad if grad is None or type(grad) is float else as_gradient(parameter, grad)
            for parameter in self.parameters
            for grad in (parameter.grad,)
        ]
        if all(grad is None or grad is ZEROED for grad in gradients):
            since = " since zero_grad()" if ZEROED in gradients else ""
            raise ValueError(
                f"no parameter has a gradient{since}: call backward() on a loss that depends on "
                f"them first"
            )
        for parameter, grad in zip(self.parameters, gradients, strict=True):
            if grad is not None and self.largest_gradient < abs(grad) < math.inf:
                self.refuse_gradient(parameter, grad)
        lr = self.lr_at(self.steps)
        self._warn_of_sums()
        places = [i for i, grad in enumerate(gradients) if grad is not None]
        before: list[Any] = [
            [self.parameters[i].data for i in places],
            [gradients[i] for i in places],
            *[[state[i] for i in places] for state in self.list_states()],
        ]
        self.steps += 1  # the numbers of the first step are those of step 1
        try:
            after = self.run_rule(before, self.numbers(lr))
        except BaseException:  # then no step was taken
            self.steps -= 1
            raise
        self.put(after, places)

    def run_rule(
        self, before: Sequence[Sequence[float]], numbers: Sequence[float]
    ) -> list[Sequence[float]]:
        """Return parameters and states after a step, column by column, as they come before it."""
        after = [*map(self.rule, *before, *map(repeat, numbers))]
        for of in after:
            if type(of) is not tuple or len(of) != 1 + len(self.states):
                raise TypeError(
                    f"{type(self).__name__}.rule returns a tuple of the parameter and its states "
                    f"({', '.join(['p', *self.states])}), not {of!r}"
                )
        return [*zip(*after, strict=True)]

    def list_states(self) -> list[list[float]]:
        """Return the lists of the rule's states, one number a parameter each."""
        return [getattr(self, name) for name in self.states]

    def put(self, after: Sequence[Sequence[float]], places: Iterable[int]) -> None:
        """Set the parameters at these places, and the states of each, to what the rule gave."""
        data, *states = after
        for i, number in zip(places, data, strict=True):
            self.parameters[i].data = number
        for state, numbers in zip(self.list_states(), states, strict=True):
            if len(numbers) == len(state):
                state[:] = numbers
            else:
                for i, number in zip(places, numbers, strict=True):
                    state[i] = number

    def _warn_of_sums(self) -> None:
        """Warn once of gradients that grew from step to step, three times in a row."""
        passes = next((p.passes for p in self.parameters if p.grad), 0)
        self._passes = [*self._passes[-3:], passes]
        if self._passes == [1, 2, 3, 4]:
            warnings.warn(
                "the gradients add up over 4 backward passes by now, one a step: "
                "call zero_grad() before each backward()",
                stacklevel=3,
            )

    def refuse_gradient(self, parameter: Value, grad: float) -> None:
        """Refuse a gradient that the rule can't take, before any parameter is changed."""
        label = parameter.label or self.parameters.index(parameter)
        raise OverflowError(
            f"{type(self).__name__} squares gradients, and that of parameter {label!r} is "
            f"{grad!r}: its square is beyond the largest float, 1.8e308: clip it or scale the "
            f"loss down"
        )

    def numbers(self, lr: float) -> tuple[float, ...]:
        """Return what the rule takes beside a parameter's own: the same for all in a step."""
        return (lr,)

    @staticmethod
    def rule(p: Any, grad: Any, *rest: Any) -> tuple[Any, ...]:
        """Return a parameter after a step, and its states: the rule that tells optimizers apart."""
        raise TypeError("Optimizer is the base of SGD, Adam and AdamW: use one of them")


def check_parameters(parameters: Sequence[Value]) -> None:
    """Refuse what no optimizer can step: nothing at all, no Values, or one of them twice."""
    if not parameters:
        raise ValueError(
            "an optimizer needs a parameter at least, and there is none: a Module's are the "
            "Values that its attributes hold, in lists, dictionaries and objects, too, but not in "
            "sets; and a generator gives its items once"
        )
    places: dict[Value, int] = {}
    for i, parameter in enumerate(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(
                f"an optimizer takes Values, not {add_article(type(parameter).__name__)}: give "
                f"model.parameters()"
            )
        if places.setdefault(parameter, i) != i:
            raise ValueError(
                f"parameters {places[parameter]} and {i} are one, {parameter!r}, which each step "
                f"would change twice: list it once, as model.parameters() does"
            )


def descend(p: Any, grad: Any, lr: Any) -> tuple[Any, ...]:
    """Return p - lr * grad: the rule of plain gradient descent.

    >>> descend(3.0, 6.0, 0.1)
    (2.4,)
    """
    return (p - lr * grad,)


@tell_habits
class SGD(Optimizer):
    """Gradient descent, with momentum if wanted: v = momentum * v + grad; p -= lr * v.

    >>> x = Value(3.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> x.data, optimizer
    (2.4, <SGD of 1 parameter: 1 step taken, lr 0.1 next>)

    The momentum is PyTorch's, without dampening.
    """

    states = ("velocity",)

    def __init__(
        self, parameters: Iterable[Value], lr: float | Schedule = 0.01, momentum: float = 0.0
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum

    def numbers(self, lr: float) -> tuple[float, ...]:
        """Return the learning rate and the momentum."""
        return lr, self.momentum

    @staticmethod
    def rule(p: Any, grad: Any, velocity: Any, lr: Any, momentum: Any) -> tuple[Any, ...]:
        """Return p - lr * v, and v."""
        velocity = momentum * velocity + grad
        return *descend(p, velocity, lr), velocity


@tell_habits
class Adam(Optimizer):
    """Steps of about ``lr``, whatever the size of the gradient (Kingma and Ba, 2015).

    >>> x = Value(3.0)
    >>> optimizer = Adam([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)
    2.9

    A gradient beyond 1.34e154, whose square isn't a float, is an OverflowError.
    """

    states = "mean", "mean_square"
    largest_gradient = LARGEST_SQUARED  # of a larger one no parameter would move again

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas = betas
        self.eps = eps

    def numbers(self, lr: float) -> tuple[float, ...]:
        """Return the rates, and what the running means are divided by, for their start from 0."""
        beta1, beta2 = self.betas
        return lr, beta1, beta2, self.eps, 1 - beta1**self.steps, 1 - beta2**self.steps

    @staticmethod
    def rule(
        p: Any, grad: Any, mean: Any, mean_square: Any,
        lr: Any, beta1: Any, beta2: Any, eps: Any, weight1: Any, weight2: Any, decay: Any = 0.0,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Return p - lr * m / (√v + eps) - decay * p, and the running means, not yet corrected."""
        mean = beta1 * mean + (1 - beta1) * grad
        mean_square = beta2 * mean_square + (1 - beta2) * grad * grad
        change = lr * (mean / weight1) / (sqrt(mean_square / weight2) + eps)
        return p - (change + decay * p), mean, mean_square


@tell_habits
class AdamW(Adam):
    """Adam with a weight decay apart from the gradient (Loshchilov and Hutter, 2019).

    >>> x = Value(3.0)
    >>> optimizer = AdamW([x], lr=0.1, weight_decay=0.5)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)
    2.75
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = weight_decay

    def numbers(self, lr: float) -> tuple[float, ...]:
        """Return Adam's numbers, and what a step takes away from each 1 of a parameter."""
        return *super().numbers(lr), lr * self.weight_decay
