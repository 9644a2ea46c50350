"""How a picture shows a graph: its numbers, gradients and names as the short texts in boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .._ground.text import count_things, format_constant
from ..engine.value import Constant, Value
from ..graph.folding import format_range
from ..graph.graph import Graph
from ..graph.neurons import ADDING
from .diagram import Face, Flow
from .marks import Marks


@dataclass(frozen=True)
class Look:
    """How a picture shows a graph: its numbers (``show`` is as in ``draw``), and its marks.

    >>> x = Value(3.0, "x")
    >>> Look(Graph(x)).describe_node([x], "x")
    Face(name='x', operation='', value='3', gradient='', notes=())
    """

    graph: Graph
    precision: int = 4
    show: str = "both"
    marks: Marks = field(default_factory=Marks)
    gradients: Mapping[Value, float] | None = None  # in place of the nodes' own

    @property
    def has_data(self) -> bool:
        """Whether the numbers of the forward pass are shown."""
        return self.show != "grad"

    @property
    def has_grad(self) -> bool:
        """Whether gradients are shown."""
        return self.show != "data"

    @property
    def has_shares(self) -> bool:
        """Whether gradients are of one backward pass from the root, whose shares are known."""
        return self.gradients is not None or self.graph.root.grad is not None

    @property
    def edited(self) -> Collection[Value]:
        """The nodes whose numbers were edited since the graph was recorded."""
        return self.graph.find_edited()

    def read_gradient(self, node: Value) -> float | None:
        """Return a node's gradient, None if it has none."""
        return node.grad if self.gradients is None else self.gradients.get(node)

    def show_numbers(self, nodes: Sequence[Value]) -> str:
        """Return the number of a node as text, or the least and the greatest of several."""
        return format_range([node.data for node in nodes], self.precision)

    def show_gradients(self, nodes: Sequence[Value]) -> str:
        """Return the gradient of a node as text, or the least and the greatest of several.

        Where one of the nodes has none, it is empty.
        """
        found = [self.read_gradient(node) for node in nodes]
        return "" if None in found else format_range(found, self.precision)

    def describe_node(
        self,
        members: Sequence[Value],
        name: str,
        is_edited: bool = False,
        notes: Sequence[str] = (),
    ) -> Face:
        """Return what the box of a node says, or of those of one place in all repetitions."""
        node, notes = members[0], tuple(notes)
        if isinstance(node, Constant):
            return Face(self.name_constant(members, name), notes=notes)
        return Face(
            name,
            node.operation.symbol if node.operation else "",
            self.show_numbers(members) if self.has_data else "",
            self.show_gradients(members) if self.has_grad else "",
            ("edited",) * (is_edited and self.has_data) + notes,
        )

    def name_constant(self, members: Sequence[Value], name: str) -> str:
        """Return what stands for a constant: a name if it has one, else its number or numbers."""
        if len(members) > 1:
            return self.show_numbers(members)
        number = members[0].data
        is_bare = name == format_constant(number)  # one without a name is called by its number
        return format_constant(number, self.precision) if is_bare else name

    def describe_edges(self, edges: Iterable[tuple[Value, int]], values: int) -> Flow:
        """Return what an arrow says of its edges: what flows, or how many values go along it."""
        partials, shares = [], []
        for node, position in edges:
            partial, upstream = node.partials[position], self.read_gradient(node)
            if partial is not None:
                partials.append(partial + 0.0)  # no −0
                if upstream is not None:
                    shares.append(upstream * partial + 0.0)
        note = count_things(values, "value") if values > 1 else ""
        if not (partials and self.has_grad):
            return Flow(note=note)
        shown = [format_range(numbers, self.precision) for numbers in (partials, shares)]
        flowed = self.has_shares and len(shares) == len(partials)
        size = max(map(abs, shares)) if flowed else 0.0
        return Flow("" if note else shown[0], shown[1] if flowed else "", note, size)

    def describe_group(
        self,
        name: str,
        own: Sequence[Value],
        inner: Sequence[Value],
        outputs: Sequence[Value],
        count: int = 0,
    ) -> Face:
        """Return what the box of several neurons or calls says: shape, operations and numbers.

        Of ``own``, all nodes, the ``inner`` ones are the computed ones of one repetition, the
        ``outputs`` those that others use. How often it is used is told by its most used parameter.
        """
        parameters = {*own}.intersection(self.graph.parameters)
        known = {
            x for node in inner for x in node.inputs if x in self.graph.neurons and not x.inputs
        }
        used = Counter(x for node in inner for x in known.intersection(node.inputs))
        weights = {
            x
            for node in inner
            if node.operation and node.operation.name not in ADDING
            for x in known.intersection(node.inputs[: len(node.inputs) // 2 * 2])  # no bias
        }
        times = max(used.values(), default=0)
        notes = [
            f"{len(weights) // count} → {count} neurons" if count > 1 and inner else "",
            ", ".join(dict.fromkeys(node.operation.symbol for node in inner if node.operation)),
            f"used {times:,} times" * (times > 1 and count > 0),
            count_things(len(parameters), "parameter") * bool(parameters),
        ]
        reached = [node for node in parameters if self.show_gradients([node])]
        return Face(
            name,
            value=self.show_numbers(outputs) if outputs and self.has_data else "",
            gradient=self.show_gradients(reached) if reached and self.has_grad else "",
            notes=[note for note in notes if note],
        )
