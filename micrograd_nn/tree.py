"""A computation graph as a tree of text: for terminals, debuggers and places without pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .colors import GRADIENT, VALUE
from .engine.value import Constant, Value
from .graph.graph import Graph
from .text import format_number
from .writing.narration import write_node

if TYPE_CHECKING:
    from rich.text import Text

MOST_LINES = 200  # what a person scrolls through
SHOWN = ("both", "data")


class Line(NamedTuple):
    """One line of a tree: the branch before a node, what the node is, and its numbers."""

    branch: str
    title: str
    value: str = ""
    gradient: str = ""


class Tree:
    """A graph as lines of text: print it, also with rich, or let a notebook show it."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join("".join(line) for line in self.lines)

    __repr__ = __str__

    def __rich__(self) -> Text:
        from rich.text import Text  # here, since the text alone needs no rich

        text = Text()
        for i, line in enumerate(self.lines):
            text.append("\n" * (i > 0) + line.branch, style="dim")
            text.append(line.title, style="bold")
            text.append(line.value, style=VALUE)
            text.append(line.gradient, style=GRADIENT)
        return text


def tree(
    root: Value | Graph, names: Any = None, *, lines: int = MOST_LINES, show: str = "both"
) -> Tree:
    """Return what a value was made of as text: each node below the one that it is an input of.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 1
    >>> y.backward()
    >>> print(tree(y))
    y = v1 + 1  value 10  gradient 1
    └─ v1 = x · x  value 9  gradient 1
       ├─ x  value 3  gradient 6
       └─ ↑ x

    A node that is used again isn't shown again, but referred to (↑). Constants have no lines of
    their own. After so many ``lines`` it says how many more there are:

    >>> print(tree(y, {"square": y.inputs[0]}, lines=2))
    v1 = square + 1  value 10  gradient 1
    └─ square = x · x  value 9  gradient 1
    … 2 more lines: tree(root, lines=4) has them all

    ``names`` names the nodes that have no label: a model or a dictionary of Values, by itself the
    caller's variables, and ``{}`` for none. ``show`` is "both" or "data", without gradients:

    >>> print(tree(x * 2, show="data"))
    v1 = x · 2  value 6
    └─ x  value 3
    """
    graph = Graph.of(root, names, "tree")
    if show not in SHOWN:
        raise ValueError(f"show is one of {', '.join(SHOWN)}, not {show!r}")
    if type(lines) is not int or lines < 1:
        raise ValueError(f"tree needs at least 1 of its lines, not {lines!r}")
    rows = list(walk_rows(graph.root))
    shown = list(write_lines(graph, rows[:lines], show == "both"))
    rest = len(rows) - lines
    if rest > 0:
        more = f"… {rest:,} more line{'s' * (rest > 1)}: tree(root, lines={len(rows)}) has them all"
        shown.append(Line("", more))
    return Tree(shown)


def write_lines(graph: Graph, rows: Iterable[TreeRow], has_grad: bool) -> Iterator[Line]:
    """Yield the lines of a tree's rows, a node before its inputs."""
    names, edited = graph.names, set(graph.find_edited())
    below = [""]  # what stands before the branch of a line, at each depth
    for row in rows:
        branch = ""
        if row.depth:
            branch = below[row.depth - 1] + ("└─ " if row.is_last else "├─ ")
            below[row.depth :] = [below[row.depth - 1] + ("   " if row.is_last else "│  ")]
        if row.is_again:
            yield Line(branch, f"↑ {names[row.node]}")
        else:
            numbers = write_value_and_gradient(row.node, row.node in edited, has_grad)
            yield Line(branch, write_node(row.node, names), *numbers)


class TreeRow(NamedTuple):
    """A node's place in a tree: its edge, how deep it stands, and whether it stood above already.

    The edge is the node that it is an input of and its position there, None at the root.
    """

    node: Value
    edge: tuple[Value, int] | None
    depth: int
    is_last: bool  # of the inputs of its edge's node
    is_again: bool


def walk_rows(root: Value) -> Iterator[TreeRow]:
    """Yield the rows of a tree: a node before its inputs, which stand below it the first time.

    >>> x = Value(3.0)
    >>> [(row.depth, row.node.data, row.is_again) for row in walk_rows(x * x + 1)]
    [(0, 10.0, False), (1, 9.0, False), (2, 3.0, False), (2, 3.0, True)]

    Constants have no row but as the root.
    """
    met: set[Value] = set()
    waiting = [TreeRow(root, None, 0, True, False)]
    while waiting:
        row = waiting.pop()
        node = row.node
        yield row._replace(is_again=node in met)
        if node not in met:
            met.add(node)
            edges = [(node, i) for i, x in enumerate(node.inputs) if not isinstance(x, Constant)]
            waiting.extend(
                TreeRow(node.inputs[i], (node, i), row.depth + 1, (node, i) == edges[-1], False)
                for node, i in reversed(edges)
            )


def describe_numbers(node: Value) -> str:
    """Return a node's value and gradient as a line shows them."""
    return "".join(write_value_and_gradient(node))


def write_value_and_gradient(
    node: Value, is_edited: bool = False, has_grad: bool = True
) -> tuple[str, str]:
    """Return a node's value and its gradient as a line shows them; a constant's name says it."""
    if isinstance(node, Constant) and not node.label:
        return "", ""
    value = f"  value {format_number(node.data)}" + " (edited)" * is_edited
    has_grad = has_grad and not isinstance(node, Constant)
    return value, f"  gradient {format_number(node.grad)}" * has_grad
