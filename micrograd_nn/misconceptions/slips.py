"""What a mistake leads to: the number that one comes to by it, at a step or throughout a pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ..engine import table as op
from ..engine.operation import ARITHMETIC, Operation
from ..engine.steps import Step
from ..engine.value import Constant, Value
from ..graph.graph import Graph, read_partials
from ..text import format_number
from .table import MISCONCEPTIONS, Misconception, Quantities

THREE_DIGITS = 0.005  # of an answer are enough: what may differ, relatively


class Slip(NamedTuple):
    """A mistake made at a step, and the number that one comes to by it."""

    answer: float
    misconception: Misconception
    step: Step
    quantities: Quantities

    def tell(self, names: Mapping[Value, str]) -> str:
        """Say what went wrong, with the names and the numbers of the step.

        >>> x = Value(3.0, "x")
        >>> y = x * x
        >>> slip = list_slips(Graph(y, {}), x)[0]
        >>> slip.answer, slip.misconception.title
        (3.0, 'Overwritten instead of added')
        >>> print(slip.tell({y: "y", x: "x"}))
        That is this share alone. x already had 3 from another use.
        """
        return self.put_numbers(self.misconception.told, names)

    def tell_remedy(self, names: Mapping[Value, str]) -> str:
        """Say what is right, which may be the very number that is asked for.

        >>> x = Value(3.0, "x")
        >>> y = x * x
        >>> print(list_slips(Graph(y, {}), x)[0].tell_remedy({y: "y", x: "x"}))
        Shares add up: 3 + 3.
        """
        return self.put_numbers(self.misconception.remedy, names)

    def put_numbers(self, words: str, names: Mapping[Value, str]) -> str:
        """Return words with the names and numbers of the step at their places."""
        numbers = {
            name: "" if x is None else format_number(x + 0.0)
            for name, x in self.quantities._asdict().items()
        }
        named = {"node": names[self.step.node], "input": names[self.step.input]}
        return words.format(**named, **numbers)


def is_near(given: float, right: float) -> bool:
    """Tell whether an answer is a number, but for rounding to three digits.

    >>> is_near(0.42, 0.41997), is_near(0.4, 0.41997), is_near(1e-9, 0.0)
    (True, False, False)
    """
    return given == right or math.isclose(given, right, rel_tol=THREE_DIGITS)


def find_range(right: float) -> tuple[float, float]:
    """Return the ends of the numbers that are near to one, for programs that compare by a range.

    >>> find_range(2.0), find_range(-2.0)
    ((1.99, 2.01), (-2.01, -1.99))

    They are as far on both sides, rounded to twelve digits. Near to 0 is 0 alone.
    """
    ends = [float(f"{right * (1 + sign * THREE_DIGITS):.12g}") for sign in (-1, 1)]
    return min(ends), max(ends)


def make_mistake(wrong: Misconception, quantities: Quantities, local: bool = False) -> float | None:
    """Return what one comes to by a mistake, None where a step gives no occasion for it.

    It is the gradient after the step, or with ``local`` the local derivative.

    >>> x = Value(3.0)
    >>> [make_mistake(w, list_quantities(Graph(x * x))[1][1]) for w in MISCONCEPTIONS[:2]]
    [3.0, 0.0]
    """
    given = [getattr(quantities, name) for name in wrong.needs]
    if None in given or (local and not wrong.is_local):
        return None
    found = float(wrong.rule(*given))
    if wrong.is_local and not local:
        return quantities.before + quantities.upstream * found
    return found


def find_slips(step: Step, quantities: Quantities, local: bool = False) -> Iterator[Slip]:
    """Yield the mistakes that one can make at a step, each number once, without the right one.

    >>> x = Value(3.0, "x")
    >>> step, quantities = list_quantities(Graph(x.tanh()))[0]
    >>> for slip in find_slips(step, quantities, local=True):
    ...     print(slip.misconception.name, round(slip.answer, 3))
    sign -0.01
    square forgotten 0.005
    input for output -8.0
    value for derivative 0.995
    """
    known = [quantities.partial if local else quantities.after]
    for wrong in MISCONCEPTIONS:
        answer = make_mistake(wrong, quantities, local)
        if answer is not None and not any(is_near(answer, other) for other in known):
            known.append(answer)
            yield Slip(answer, wrong, step, quantities)


def list_quantities(graph: Graph) -> list[tuple[Step, Quantities]]:
    """Return the steps of a graph's backward pass, each with what there is to be seen at it."""
    return list(walk_wrongly(graph, lambda step, quantities: quantities.after))


def walk_wrongly(
    graph: Graph, choose_after: Callable[[Step, Quantities], float]
) -> Iterator[tuple[Step, Quantities]]:
    """Yield the steps of a backward pass in which each gradient becomes what a function chooses."""
    gradient = {graph.root: 1.0}
    first: dict[Value, float] = {}  # the gradient of each node after the first share to it
    shares: dict[Value, int] = {}
    for right in graph.steps:
        node, input = right.node, right.input
        upstream = gradient.get(node, 0.0)
        early = first[node] if shares.get(node, 0) > 1 else None
        before = gradient.get(input, 0.0)
        share = upstream * right.partial
        other, swapped = find_wrong_partials(node, right.position)
        quantities = Quantities(
            before, upstream, right.partial, share, early, other, swapped,
            node.numbers[right.position], graph.numbers[node],
            find_exponent(node, right.position), find_unsquared(node, graph.numbers[node]),
        )  # fmt: skip
        step = right._replace(upstream=upstream, share=share, before=before)
        gradient[input] = after = choose_after(step, quantities)
        first.setdefault(input, after)
        shares[input] = shares.get(input, 0) + 1
        yield step._replace(after=after), quantities


def find_wrong_partials(node: Value, position: int) -> tuple[float | None, float | None]:
    """Return the derivative by the other input, and that with the input in place of the result.

    Of more than two inputs, the other one is that which multiplies this one, as in a neuron.

    >>> find_wrong_partials(Value(2.0) * Value(5.0), 0), find_wrong_partials(Value(3.0).tanh(), 0)
    ((2.0, None), (None, -8.0))

    None where there is no other Value, or where the derivative can't be computed so.
    """
    partials, numbers = read_partials(node), node.numbers
    if len(partials) == 2:
        return partials[1 - position], None
    if len(partials) > 2:
        pair = numbers[position], partials[position]
        return next(
            (y for x, y in zip(numbers, partials, strict=True) if (y, x) == pair), None
        ), None
    if node.operation is None:
        return None, None
    operation: Operation = node.operation
    try:
        (swapped,) = operation.local_partials(numbers[0], numbers, [True])
    except ARITHMETIC:
        return None, None
    return None, swapped


def find_exponent(node: Value, position: int) -> float | None:
    """Return the constant exponent of a power of an input, None for what is none.

    >>> find_exponent(Value(2.0) ** 3, 0), find_exponent(Value(2.0) * 3, 0)
    (3.0, None)

    None for 0 as well, which leaves no derivative to be wrong about.
    """
    if node.operation is not op.pow or position != 0:
        return None
    return node.numbers[1] or None if isinstance(node.inputs[1], Constant) else None


def find_unsquared(node: Value, result: float) -> float | None:
    """Return 1 − the result of a tanh, None for what is none."""
    return 1 - result if node.operation is op.tanh else None


def list_slips(graph: Graph, leaf: Value, every: bool = False) -> list[Slip]:
    """Return how one can go wrong about the whole gradient of a leaf, each number once.

    Each mistake is tried at every step alone, and then throughout. With ``every``, a number that
    several mistakes lead to stands once for each of them.

    >>> x = Value(3.0, "x")
    >>> y = 2 * x
    >>> [(slip.answer, slip.misconception.name) for slip in list_slips(Graph(y * y), x)][:3]
    [(12.0, 'overwrite'), (0.0, 'sign'), (-24.0, 'sign')]
    """
    right = graph.gradients[leaf]
    slips: list[Slip] = []
    for wrong in MISCONCEPTIONS:
        for at in [*range(len(graph.steps)), None]:
            answer, first = follow_mistake(graph, leaf, wrong, at)
            known = [x.answer for x in slips if not every or x.misconception is wrong]
            if first is not None and not any(is_near(answer, other) for other in [right, *known]):
                slips.append(Slip(answer, wrong, *first))
    return slips


def follow_mistake(
    graph: Graph, leaf: Value, wrong: Misconception, at: int | None
) -> tuple[float, tuple[Step, Quantities] | None]:
    """Return a leaf's gradient where a mistake is made at one step, or throughout, and where first.

    None for the place where no step gave an occasion for it.
    """
    made: list[tuple[Step, Quantities]] = []
    count = iter(range(len(graph.steps)))

    def choose_after(step: Step, quantities: Quantities) -> float:
        answer = make_mistake(wrong, quantities) if at in (next(count), None) else None
        if answer is None or is_near(answer, quantities.after):
            return quantities.after
        made.append((step, quantities))
        return answer

    gradient = 0.0
    for step, _ in walk_wrongly(graph, choose_after):
        if step.input is leaf:
            gradient = step.after
    return gradient, made[0] if made else None
