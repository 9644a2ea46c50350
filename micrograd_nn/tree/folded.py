"""A tree with its repeats folded: one repetition stands for all, as in a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engine.value import Constant, Value
from ..graph.folding import EVERY_NODE
from ..graph.graph import Graph
from .rows import TreeRow


class FoldedTree:
    """A graph's tree in which the last repetition of what is repeated stands for all of them."""

    def __init__(self, graph: Graph) -> None:
        self.root, self.folding = graph.root, graph.folding
        self.turns = {  # of each node in a repetition, which one of which repeat
            node: (repeat, turn)
            for repeat, found in enumerate(self.folding.repeats)
            for turn, part in enumerate(found.repetitions)
            for node in part
            if node is not None
        }

    def list_members(self, node: Value) -> Sequence[Value]:
        """Return all nodes that are alike but for numbers, the one that is shown as the last."""
        return self.folding.members.get(self.folding.places[node], [node])

    def leads_back(self, node: Value, input: Value) -> bool:
        """Tell whether a node takes an input from another repetition, where its sum goes on."""
        here, there = self.turns.get(node), self.turns.get(input)
        return here is not None and there is not None and here[0] == there[0] and here != there

    def walk_rows(self) -> Iterator[TreeRow]:
        """Yield the rows as those of the whole tree are, each node where the last one stands.

        >>> x = Value(3.0)
        >>> tree = FoldedTree(Graph(sum(x * i for i in range(5))))
        >>> [(row.depth, row.node.data, row.is_back) for row in tree.walk_rows()]
        [(0, 30.0, False), (1, 18.0, True), (1, 12.0, False), (2, 3.0, False)]
        """
        met: set[Value] = set()
        waiting = [TreeRow(self.root, None, 0, True, False)]
        while waiting:
            row = waiting.pop()
            node = row.node
            yield row._replace(is_again=node in met)
            if node not in met and not row.is_back:
                met.add(node)
                waiting.extend(reversed(self.list_inputs(node, row.depth + 1)))

    def list_inputs(self, node: Value, depth: int) -> list[TreeRow]:
        """Return the rows below a node: what it takes, and what the first repetition begins with.

        Of inputs that are alike there is one row, but of the same one twice there are two.
        """
        found: dict[Value, Value] = {}  # the input of what is shown
        rows = []
        first = self.list_members(node)[0]
        for user in dict.fromkeys((node, first)):
            known = {self.folding.places[x] for x in node.inputs} if user is not node else ()
            for i, x in enumerate(user.inputs):
                if isinstance(x, Constant) or self.folding.places[x] in known:
                    continue
                is_back = self.leads_back(user, x)
                shown = x if is_back else self.list_members(x)[-1]
                if found.setdefault(shown, x) is x:
                    rows.append(TreeRow(shown, (user, i), depth, False, False, is_back))
        return [*rows[:-1], *[row._replace(is_last=True) for row in rows[-1:]]]

    def describe(self) -> str:
        """Say what is left out."""
        counts = sorted({len(repeat.repetitions) for repeat in self.folding.repeats})
        times = " and ".join(f"× {count:,}" for count in counts)
        alike = "so many alike but for numbers (↶: of the one before)"
        return f"{times}: {alike}; tree(root, fold=False) has each"


def choose_folded(graph: Graph, fold: bool | str) -> FoldedTree | None:
    """Return a graph's tree with its repeats folded if that is asked for, or is of use.

    >>> x = Value(3.0)
    >>> graph = Graph(sum(x * i for i in range(5)))
    >>> choose_folded(graph, "auto") is None, choose_folded(graph, True) is None
    (True, False)
    """
    if fold is False or (fold == "auto" and len(graph.nodes) <= EVERY_NODE):
        return None
    is_shorter = graph.folding.repeats if fold is True else graph.folding.is_of_use
    return FoldedTree(graph) if is_shorter else None
