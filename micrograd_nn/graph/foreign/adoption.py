"""What is said of a graph that others recorded: what is wrong in it, and their gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from ..._ground.text import count_things, format_number, list_first, quote_text
from ...engine.value import Value
from ..gradients import compute_gradients
from .operations import is_close
from .reading import Mistake, Reading

MOST_TOLD = 10  # mistakes, and leaves


class Adoption:
    """What another engine's own backward pass makes of a graph, beside what is right.

    The graph's nodes have the numbers of the other engine, and pass on what that passes on; where
    this isn't the derivative, the operation has a cross before its name.
    """

    def __init__(
        self, reading: Reading, nodes: Sequence[Value], names: Mapping[Value, str]
    ) -> None:
        self.reading, self.nodes, self.names = reading, nodes, names

    @cached_property
    def values(self) -> dict[int, Value]:
        """Our Values by the ids of theirs, where each of theirs is one number."""
        return {id(named.thing): x for x, named in self.reading.named.items() if not named.suffix}

    @property
    def theirs(self) -> Mapping[Value, float]:
        """The gradient of each leaf by the other engine's own pass, where that is known."""
        return self.reading.gradients

    @cached_property
    def right(self) -> dict[Value, float]:
        """The gradient of each node as it should be."""
        mistakes = self.reading.mistakes
        partials = {mistake.node: mistake.right for mistake in mistakes if mistake.right}
        return compute_gradients(self.nodes, lambda node: partials.get(node) or node.partials)

    @cached_property
    def mistakes(self) -> list[str]:
        """What the other engine does that isn't right, a line each; an empty list if nothing."""
        return [self.tell(mistake) for mistake in self.reading.mistakes]

    @cached_property
    def by_edge(self) -> dict[tuple[Value, Value | None], str]:
        """The mistakes by the node that makes one and the input that has it."""
        return {(x.node, x.input): self.tell(x) for x in self.reading.mistakes}

    @property
    def notes(self) -> list[str]:
        """The first of the mistakes, as lines beside a picture."""
        more = len(self.mistakes) - MOST_TOLD
        told = [f"✗ {told}" for told in self.mistakes[:MOST_TOLD]]
        return [*told, f"… {more} more"] if more > 0 else told

    def tell(self, mistake: Mistake) -> str:
        """Return a mistake in words."""
        input = "" if mistake.input is None else self.names[mistake.input]
        return f"{self.names[mistake.node]} {mistake.what.format(input)}"

    def __str__(self) -> str:
        return "\n".join(self.describe())

    def describe(self) -> Iterator[str]:
        """Yield lines: what it is, what is wrong, and the gradients that aren't right."""
        many = count_things(len(self.nodes), "node")
        yield f"{self.names[self.nodes[-1]]}: {many} of {self.reading.source}"
        yield from self.notes
        if self.reading.unknown:
            many = count_things(len(self.reading.unknown), "node")
            kinds = list_first(sorted({quote_text(x or "?") for x in self.reading.unknown}), 5)
            yield f"What {many} should pass on isn't known here, of {kinds}: taken as it is."
        if self.reading.unseen:
            yield f"Its own gradients aren't known: {self.reading.unseen}."
            return
        pairs = [(x, found, self.right.get(x, 0.0)) for x, found in self.theirs.items()]
        close = self.reading.rounding
        differ = [(x, a, b) for x, a, b in pairs if not (is_close(a, b) or abs(a - b) <= close)]
        if not differ:
            how = "right all the same" if self.mistakes else "right"
            if self.reading.unknown or any(x.right is None for x in self.reading.mistakes):
                how = "what its nodes pass on"
            yield f"Its gradients are {how}: {count_things(len(pairs), 'number')}."
        known = {mistake.node for mistake in self.reading.mistakes}
        differ = [each for each in differ if each[0] not in known]
        for x, found, right in differ[:MOST_TOLD]:
            told = f"its gradient is {format_number(found)}, and here {format_number(right)}"
            yield f"{self.names[x]}: {told}"
        if len(differ) > MOST_TOLD:
            yield f"… {len(differ) - MOST_TOLD} more"
