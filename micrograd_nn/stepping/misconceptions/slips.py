"""What a mistake leads to: the number that one comes to by it, at a step or throughout a pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..._ground.text import format_number
from ...engine.backprop import Step
from ...engine.operation import ARITHMETIC
from ...engine.value import Value
from ...graph.graph import Graph, read_partials
from .derivatives import find_wrong_rule
from .nearness import is_near
from .table import MISCONCEPTIONS, Misconception, Quantities

Seen = tuple[Step, Quantities]  # a step, and what there is to be seen at it


class Slip(NamedTuple):
    """A mistake made at a step, and the number that one comes to by it."""

    answer: float
    misconception: Misconception
    step: Step
    quantities: Quantities

    def tell(self, names: Mapping[Value, str]) -> str:
        """Say what went wrong, with the names and the numbers of the step."""
        return self.put_numbers(self.misconception.told, names)

    def tell_remedy(self, names: Mapping[Value, str]) -> str:
        """Say what is right, which may be the very number that is asked for."""
        return self.put_numbers(self.misconception.remedy, names)

    def put_numbers(self, words: str, names: Mapping[Value, str]) -> str:
        """Return words with the names and numbers of the step at their places."""
        numbers = {
            name: "" if x is None else format_number(x + 0.0)
            for name, x in self.quantities._asdict().items()
        }
        named = {"node": names[self.step.node], "input": names[self.step.input]}
        return words.format(**named, **numbers)


def make_mistake(
    wrong: Misconception, step: Step, quantities: Quantities, local: bool = False
) -> float | None:
    """Return what one comes to by a misconception, None where a step gives no occasion for it.

    It is the gradient after the step, or with ``local`` the local derivative.
    """
    rule: Callable[..., Any] | None
    if wrong.rule is not None:
        rule, given = wrong.rule, [getattr(quantities, name) for name in wrong.needs]
    else:
        rule = find_wrong_rule(step.node.operation, step.position, wrong)
        given = [quantities.result, *step.node.numbers]
    if rule is None or None in given or (local and not wrong.is_local):
        return None
    try:
        found = float(rule(*given))
    except ARITHMETIC:
        return None
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
        answer = make_mistake(wrong, step, quantities, local)
        if answer is not None and not any(is_near(answer, other) for other in known):
            known.append(answer)
            yield Slip(answer, wrong, step, quantities)


def list_quantities(graph: Graph) -> list[Seen]:
    """Return the steps of a graph's backward pass, each with what there is to be seen at it."""
    return list(walk_wrongly([(step, look_at_step(graph, step)) for step in graph.steps]))


def look_at_step(graph: Graph, step: Step) -> Quantities:
    """Return what there is to be seen at a step of the right pass, but for the gradients before."""
    node, position = step.node, step.position
    return Quantities(
        step.before, step.upstream, step.partial, step.share, None, find_other(node, position),
        node.numbers[position], graph.numbers[node],
    )  # fmt: skip


def find_other(node: Value, position: int) -> float | None:
    """Return the derivative by the other input, None where there is no other Value.

    Of more than two inputs, it is the one that multiplies this one, as in a neuron.
    """
    partials, numbers = read_partials(node), node.numbers
    if len(partials) == 2:
        return partials[1 - position]
    pair, pairs = (partials[position], numbers[position]), zip(numbers, partials, strict=True)
    return next((y for x, y in pairs if (x, y) == pair), None) if len(partials) > 2 else None


def walk_wrongly(
    right: Sequence[Seen], wrong: Misconception | None = None, at: int | None = None
) -> Iterator[Seen]:
    """Yield the steps of a backward pass in which a mistake is made, at one step or at each.

    ``right`` are the steps of the right pass, of which a wrong one has the local derivatives.
    """
    gradient = {right[0][0].node: 1.0} if right else {}
    first: dict[Value, float] = {}  # the gradient of each node after the first share to it
    shares: dict[Value, int] = {}
    for i, (step, seen) in enumerate(right):
        node, input = step.node, step.input
        upstream, before = gradient.get(node, 0.0), gradient.get(input, 0.0)
        share = upstream * step.partial
        early = first[node] if shares.get(node, 0) > 1 else None
        seen = seen._replace(before=before, upstream=upstream, share=share, early=early)
        made = make_mistake(wrong, step, seen) if wrong is not None and at in (i, None) else None
        gradient[input] = after = seen.after if made is None else made
        first.setdefault(input, after)
        shares[input] = shares.get(input, 0) + 1
        yield step._replace(upstream=upstream, share=share, before=before, after=after), seen


def find_first_wrong(made: Iterable[Seen]) -> Seen | None:
    """Return the first step after which a gradient shows a mistake, None if none does."""
    return next((seen for seen in made if not is_near(seen[0].after, seen[1].after)), None)


def list_slips(graph: Graph, leaf: Value) -> list[Slip]:
    """Return how one can go wrong about the whole gradient of a leaf.

    Each misconception is tried at every step alone, and then throughout. A number stands once for
    each that leads to it.

    >>> x = Value(3.0, "x")
    >>> y = 2 * x
    >>> [(slip.answer, slip.misconception.name) for slip in list_slips(Graph(y * y), x)][:3]
    [(12.0, 'overwrite'), (0.0, 'sign'), (-24.0, 'sign')]
    """
    right, seen = graph.gradients[leaf], list_quantities(graph)
    slips: list[Slip] = []
    for wrong in MISCONCEPTIONS:
        for at in [*range(len(seen)), None]:
            made = list(walk_wrongly(seen, wrong, at))
            answer = next((step.after for step, _ in reversed(made) if step.input is leaf), 0.0)
            known = [x.answer for x in slips if x.misconception is wrong]
            first = find_first_wrong(made)
            if first is not None and not any(is_near(answer, other) for other in [right, *known]):
                slips.append(Slip(answer, wrong, *first))
    return slips
