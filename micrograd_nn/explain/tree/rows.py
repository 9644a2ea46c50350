"""The rows of a tree: each node below the one that it is an input of, in the order of reading.

In a folded tree, one repetition stands for all, as in a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ...engine.value import Constant, Value
from ...graph.folding import EVERY_NODE
from ...graph.graph import Graph


class TreeRow(NamedTuple):
    """A node's place in a tree: its edge, how deep it stands, and whether it stood above already.

    The edge is the node that it is an input of and its position there, None at the root.
    """

    node: Value
    edge: tuple[Value, int] | None
    depth: int
    is_last: bool  # of the inputs of its edge's node
    is_again: bool
    is_back: bool = False  # whether it's of an earlier repetition, where a sum goes on


def list_below(node: Value, depth: int) -> list[TreeRow]:
    """Return the rows below a node: its inputs without the constants."""
    places = [i for i, x in enumerate(node.inputs) if not isinstance(x, Constant)]
    return [TreeRow(node.inputs[i], (node, i), depth, i == places[-1], False) for i in places]


def walk_rows(
    root: Value, below: Callable[[Value, int], list[TreeRow]] = list_below
) -> Iterator[TreeRow]:
    """Yield the rows of a tree: a node before its inputs, which stand below it the first time.

    Constants have no row but as the root.
    """
    met: set[Value] = set()
    waiting = [TreeRow(root, None, 0, True, False)]
    while waiting:
        row = waiting.pop()
        yield row._replace(is_again=row.node in met)
        if row.node not in met and not row.is_back:
            met.add(row.node)
            waiting.extend(reversed(below(row.node, row.depth + 1)))


class FoldedTree:
    """A graph's tree in which the last repetition of what is repeated stands for all of them."""

    def __init__(self, graph: Graph) -> None:
        self.root, self.folding, self.turns = graph.root, graph.folding, graph.folding.turns

    def list_members(self, node: Value) -> Sequence[Value]:
        """Return all nodes that are alike but for numbers, the one that is shown as the last."""
        return self.folding.members.get(self.folding.places[node], [node])

    def leads_back(self, node: Value, input: Value) -> bool:
        """Tell whether a node takes an input from another repetition, where its sum goes on."""
        here, there = self.turns.get(node), self.turns.get(input)
        return here is not None and there is not None and here[0] == there[0] and here != there

    def walk_rows(self) -> Iterator[TreeRow]:
        """Return the rows as those of the whole tree are, each node where the last one stands."""
        return walk_rows(self.root, self.list_below)

    def list_below(self, node: Value, depth: int) -> list[TreeRow]:
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
        counts = sorted({len(repeat) for repeat in self.folding.repeats})
        times = " and ".join(f"× {count:,}" for count in counts)
        alike = "alike but for their numbers (↶: the one before)"
        return f"{times}: {alike}; tree(root, fold=False) shows each"


def choose_folded(graph: Graph, fold: bool | str) -> FoldedTree | None:
    """Return a graph's tree with its repeats folded if that is asked for, or is of use."""
    if fold is False or (fold == "auto" and len(graph.nodes) <= EVERY_NODE):
        return None
    is_shorter = graph.folding.repeats if fold is True else graph.folding.is_of_use
    return FoldedTree(graph) if is_shorter else None
