"""A check that anyone can run: whether a gradient agrees with finite differences.

``gradcheck`` is for a function of numbers, ``gradcheck_model`` for a network's loss. The result
tells which input disagrees and by how much; a disagreement by itself raises nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from inspect import signature
from math import isfinite
from typing import Any, NamedTuple

from .._ground.nested import iterate_numbers, name_places, rebuild
from ..calculus import grad, hessian
from ..engine import table as op
from ..engine.backprop import is_same_number
from ..engine.node import nodes
from ..engine.operation import ARITHMETIC, Operation
from ..engine.operators import Operand
from ..engine.refusals import as_float
from ..engine.setting import graphs, no_grad
from ..engine.value import Constant, Value
from ..graph.gradients import compute_gradients, measure_partials
from ..nn.module import name_parameters
from ..nn.networks import provide_generator
from .differences import Comparison, compare_derivative

SAME = 1e-6  # of its largest term: two numbers that one function gives differ by less


class GradientError(AssertionError):
    """A derivative that finite differences don't confirm."""


@dataclass(frozen=True)
class GradCheck:
    """What a check found: a comparison for each derivative; true if all are confirmed."""

    comparisons: list[Comparison]

    @property
    def failures(self) -> list[Comparison]:
        """The derivatives that disagree or can't be checked."""
        return [c for c in self.comparisons if c.verdict in ("disagrees", "unknown")]

    @property
    def ok(self) -> bool:
        """Whether there are no failures."""
        return not self.failures

    def __bool__(self) -> bool:
        return self.ok

    def check(self) -> None:
        """Raise a ``GradientError`` that names the failures, if there are any."""
        if not self.ok:
            raise GradientError(str(self))

    def __str__(self) -> str:
        count = len(self.comparisons)
        kinks = sum(c.verdict == "kink" for c in self.comparisons)
        agree = count - len(self.failures) - kinks
        at_kinks = f", {kinks} {'is' if kinks == 1 else 'are'} at a kink" if kinks else ""
        lines = [f"{agree} of {count} derivatives agree with differences{at_kinks}"]
        return "\n  ".join(lines + [str(c) for c in self.comparisons if c.verdict != "agrees"])


def gradcheck(f: Callable[..., Any], point: Any, order: int = 1) -> GradCheck:
    """Compare a function's derivatives at a point with finite differences.

    ``point`` is what stands in the parentheses of ``grad(f)(...)``: one argument, a number or
    (nested) list of numbers, or a tuple of several arguments.

    >>> print(gradcheck(lambda x, y: x**y, (2.0, 3.0)))
    2 of 2 derivatives agree with differences

    ``order=2`` checks the second derivatives, too; "w[0], w[1]" is by w[0], then by w[1].

    >>> check = gradcheck(lambda w: w[0] * w[1], [2.0, 3.0], order=2)
    >>> check.ok, [c.name for c in check.comparisons]
    (True, ['w[0]', 'w[1]', 'w[0], w[0]', 'w[0], w[1]', 'w[1], w[0]', 'w[1], w[1]'])

    A kink and a point without a derivative are said:

    >>> from micrograd_nn import relu, sqrt
    >>> print(gradcheck(relu, 0.0).comparisons[0].note)
    0 from the left, 1 from the right
    >>> print(gradcheck(sqrt, 0.0))
    0 of 1 derivatives agree with differences
      x unknown; the derivative of sqrt(x) needs x > 0; x = 0.0
    """
    if order not in (1, 2):
        raise ValueError(f"gradcheck checks derivatives of order 1 or 2, not {order!r}")
    arguments = point if type(point) is tuple else (point,)  # a named one is one argument
    require_callable_with(f, arguments)
    numbers = [as_float(x, "gradcheck", "a real number") for x in iterate_numbers(arguments)]
    if not numbers:
        raise ValueError("gradcheck needs at least one number to differentiate by")
    names = list(name_numbers(f, arguments))
    require_same(f, arguments, numbers)

    def call_with(inputs: Sequence[Any]) -> Any:
        return f(*rebuild(arguments, iter(inputs)))

    def evaluate(inputs: list[float]) -> list[float]:
        return [extract_number(call_with([Constant(x) for x in inputs]))]

    def differentiate(inputs: list[float]) -> list[float]:
        return [extract_number(slope) for slope in grad(call_with)(inputs)]

    found = compare_derivatives(
        evaluate,
        lambda inputs: [differentiate(inputs)],
        partial(measure_results, lambda leaves: [call_with(leaves)]),
        numbers,
        [names],
    )
    if order == 2:
        found += compare_derivatives(
            # The value, too, tells how much is rounded.
            lambda inputs: differentiate(inputs) + evaluate(inputs),
            lambda inputs: [[*map(extract_number, row)] for row in hessian(call_with)(inputs)],
            partial(measure_results, grad(call_with)),
            numbers,
            [[f"{first}, {second}" for second in names] for first in names],
        )
    return GradCheck(found)


def gradcheck_model(
    model: Any,
    loss: Callable[[Any, Any], Any],
    data: Iterable[tuple[Any, Any]],
    *,
    samples: int = 20,
    rng: random.Random | None = None,
) -> GradCheck:
    """Compare ``backward()`` on a model's mean loss over (inputs, target) pairs with differences.

    ``rng`` samples that many of its parameters.

    >>> from micrograd_nn.losses import squared_error
    >>> from micrograd_nn.nn import MLP
    >>> model = MLP(2, [3, 1], "tanh", rng=random.Random(1))
    >>> data = [([0.5, -1.0], 1.0), ([-2.0, 0.3], 0.0)]
    >>> print(gradcheck_model(model, squared_error, data, samples=5, rng=random.Random(1)))
    5 of 5 derivatives agree with differences

    Afterwards all numbers and gradients are as they were, even if the loss raises an error. A
    parameter that no gradient reaches (the loss detached it, say) counts as one of gradient 0.
    """
    data, named = list(data), list(name_parameters(model).items())
    if not data or not named or samples < 1:
        raise ValueError("gradcheck_model needs an example, a parameter and a sample at least")
    sampled = provide_generator(rng).sample(named, min(samples, len(named)))
    names, parameters = [name for name, _ in sampled], [parameter for _, parameter in sampled]
    numbers = [parameter.data for parameter in parameters]

    def compute_loss(inputs: list[float]) -> Any:
        for parameter, x in zip(parameters, inputs, strict=True):
            parameter.data = x
        return op.mean([loss(model(x), target) for x, target in data])

    def evaluate(inputs: list[float]) -> list[float]:
        with no_grad():
            return [extract_number(compute_loss(inputs))]

    def differentiate(inputs: list[float]) -> list[list[float]]:
        with graphs():
            root = compute_loss(inputs)
        if not isinstance(root, Value) or root.is_constant:
            return [[0.0] * len(parameters)]
        kept = [(x, x.grad, x.passes) for x in {*nodes(root), *parameters}]
        try:
            for x, *_ in kept:
                x.grad = None
            root.backward()
            return [[parameter.grad or 0.0 for parameter in parameters]]
        finally:
            for x, before, passes in kept:
                x.grad, x.passes = before, passes

    def measure(inputs: list[float]) -> list[Terms]:
        with graphs():
            return [measure_terms(compute_loss(inputs), parameters)]

    try:
        return GradCheck(compare_derivatives(evaluate, differentiate, measure, numbers, [names]))
    finally:
        for parameter, x in zip(parameters, numbers, strict=True):
            parameter.data = x


def require_same(f: Callable[..., Any], arguments: Any, numbers: Sequence[float]) -> None:
    """Refuse a function that gives another number for plain numbers than for Values of them.

    One that can't be called with plain numbers, or fails there, is left alone.
    """
    leaves = [Value(x) for x in numbers]
    try:
        plain = extract_number(f(*rebuild(arguments, iter(numbers))))
        with graphs():
            root = f(*rebuild(arguments, iter(leaves)))
        own, terms = extract_number(root), measure_terms(root, leaves).value
    except Exception:  # such as that a float has no relu
        return
    # Python's sum rounds otherwise from 3.12 on.
    is_close = math.isclose(plain, own, rel_tol=SAME, abs_tol=SAME * terms)
    if not (is_close or is_same_number(plain, own)):
        raise ValueError(
            f"the function gives {plain!r} for numbers and {own!r} for Values of them: it asks for "
            f"their type or text, looks them up in a set or a dict, or is random. Derivatives "
            f"would be those of what it does with Values"
        )


def extract_number(y: Any) -> float:
    """Return the number in a result, which may depend on Values from outside."""
    return y.data if isinstance(y, Operand) else as_float(y, "gradcheck", "a real number")


def require_callable_with(f: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Refuse arguments that a function can't take; they may have been meant as several."""
    try:
        signature(f).bind(*arguments)
    except ValueError:  # a builtin such as max has no signature
        return
    except TypeError as error:
        count = f"{len(arguments)} argument" + "s" * (len(arguments) != 1)
        raise TypeError(
            f"gradcheck can't call the function with {count}: {error}. Several are a tuple, as in "
            f"gradcheck(f, (2.0, 3.0)), and a list is one"
        ) from None


def name_numbers(f: Callable[..., Any], arguments: Sequence[Any]) -> Iterator[str]:
    """Yield the name of each number: its argument's, and its place within."""
    try:
        found = signature(f).parameters.values()
        names = [p.name for p in found if p.kind < p.VAR_POSITIONAL]
    except ValueError:  # a builtin such as max has no signature
        names = []
    if isinstance(f, Operation):
        names = list(f.inputs)
    if len(names) < len(arguments):
        names = [f"x{i}" for i in range(len(arguments))]
    for name, argument in zip(names, arguments, strict=False):
        yield from name_places(argument, name)


class Terms(NamedTuple):
    """What the rounding of a result and of its derivatives is relative to: they may cancel.

    ``value`` is the largest share of a computed number in the result; ``slopes`` has for each leaf
    the sum of |products of partials| over all paths to it.
    """

    value: float
    slopes: list[float]


def measure_terms(root: Any, leaves: Sequence[Value]) -> Terms:
    """Return the size of a result's terms, and of those of its derivatives by some leaves.

    >>> x = Value(3.0)
    >>> measure_terms(x * 2 - x * 2, [x])
    Terms(value=6.0, slopes=[4.0])
    """
    if not isinstance(root, Value):
        return Terms(0.0, [0.0] * len(leaves))
    lengths = compute_gradients(nodes(root), measure_partials)
    given = {x.number for x in leaves}  # which nothing has rounded, nor a copy of one
    sizes = [abs(x.number) * lengths[x] for x in lengths if x.inputs and x.number not in given]
    return Terms(max(filter(isfinite, sizes), default=0.0), [lengths.get(x, 0.0) for x in leaves])


def measure_results(compute: Callable[..., Iterable[Any]], inputs: list[float]) -> list[Terms]:
    """Return the sizes of the terms of what a function computes of some numbers."""
    with graphs():
        leaves = [Value(x) for x in inputs]
        return [measure_terms(y, leaves) for y in compute(leaves)]


def compare_derivatives(
    function: Callable[[list[float]], list[float]],
    derivatives: Callable[[list[float]], list[list[float]]],
    measure: Callable[[list[float]], list[Terms]],
    numbers: list[float],
    names: list[list[str]],
) -> list[Comparison]:
    """Compare the derivatives of each of a function's results by each of its numbers."""
    try:
        rows, terms = derivatives(numbers), measure(numbers)
        scale = max(*map(abs, function(numbers)), *[x.value for x in terms])
    except ARITHMETIC as error:
        return [Comparison(name, note=str(error)) for row in names for name in row]

    @lru_cache(None)
    def evaluate_moved(j: int, x: float) -> list[float]:
        return function([*numbers[:j], x, *numbers[j + 1 :]])

    return [
        compare_derivative(
            names[i][j],
            lambda x, i=i, j=j: evaluate_moved(j, x)[i],  # type: ignore[misc]
            numbers[j],
            slope,
            scale,
            terms[i].slopes[j],
        )
        for i, row in enumerate(rows)
        for j, slope in enumerate(row)
    ]
