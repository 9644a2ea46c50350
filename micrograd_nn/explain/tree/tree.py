"""A computation graph as a tree of text: for terminals, debuggers and places without pictures.

Each node stands below the one that it is an input of, in the order of reading. In a folded tree,
one repetition stands for all, as in a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

from ..._ground.colors import GRADIENT, VALUE
from ...engine.value import Constant, Value
from ...graph.folding import EVERY_NODE, format_range
from ...graph.graph import Graph
from ...notation.formulas.narration import write_node

if TYPE_CHECKING:
    from rich.text import Text

MOST_LINES = 200  # what a person scrolls through
SHOWN = ("both", "data")
FOLDS = ("auto", True, False)


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

    def fold(self, width: int) -> Tree:
        """Return the tree for a narrow terminal: what doesn't fit in a line goes on below it.

        >>> y = Value(3.0, "a long name") * Value(2.0, "another")
        >>> print(tree(y, {}).fold(30))
        v1 = (a long name) · another
            value 6  gradient –
        ├─ a long name
        │      value 3  gradient –
        └─ another
               value 2  gradient –

        A word that is longer than a line isn't broken, nor what stands beyond the middle.
        """
        return Tree([part for line in self.lines for part in fold_line(line, width)])

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
    root: Value | Graph,
    names: Any = None,
    *,
    lines: int = MOST_LINES,
    show: str = "both",
    fold: bool | str = "auto",
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
    their own. After ``lines`` lines it says how many more there are:

    >>> print(tree(y, {"square": y.inputs[0]}, lines=2))
    v1 = square + 1  value 10  gradient 1
    └─ square = x · x  value 9  gradient 1
    … 2 more lines: tree(root, lines=4) has them all

    ``names`` names the nodes that have no label: a model or a dictionary of Values, by itself the
    caller's variables, and ``{}`` for none. ``show`` is "both" or "data", without gradients:

    >>> print(tree(x * 2, show="data"))
    v1 = x · 2  value 6
    └─ x  value 3

    ``fold`` shows what is repeated, as a loop over examples repeats a network, once: the last of
    all, with the least and the greatest of their numbers, and where a sum goes on (↶). By itself it
    does so of more than 60 nodes, if that leaves much fewer lines.

    >>> loss = sum((x * i - 1.0) ** 2 for i in range(100))
    >>> print(tree(loss, show="data"))
    loss = v395 + v398  (× 99)  value 2.926e+06
    ├─ ↶ v395
    └─ v398 = v397²  (× 100)  value 1 … 8.762e+04
       └─ v397 = v396 − 1  (× 100)  value −1 … 296
          └─ v396 = x · 99  (× 100)  value 0 … 297
             └─ x  value 3
    × 100: alike but for their numbers (↶: the one before); tree(root, fold=False) shows each
    """
    graph = Graph.of(root, names, "tree")
    if show not in SHOWN:
        raise ValueError(f"show is one of {', '.join(SHOWN)}, not {show!r}")
    if fold not in FOLDS:
        raise ValueError(f"fold is one of {', '.join(map(repr, FOLDS))}, not {fold!r}")
    if type(lines) is not int or lines < 1:
        raise ValueError(f"tree needs at least 1 of its lines, not {lines!r}")
    folded = choose_folded(graph, fold)
    rows = walk_rows(graph.root) if folded is None else folded.walk_rows()
    shown = list(write_lines(graph, islice(rows, lines), show == "both", folded))
    if rest := sum(1 for _ in rows):
        more = f"… {rest:,} more line{'s' * (rest > 1)}: tree(root, lines={rest + lines})"
        shown.append(Line("", f"{more} has them all"))
    if folded:
        shown.append(Line("", folded.describe()))
    return Tree(shown)


def write_lines(
    graph: Graph, rows: Iterable[TreeRow], has_grad: bool, folded: FoldedTree | None = None
) -> Iterator[Line]:
    """Yield the lines of a tree's rows, a node before its inputs."""
    names, edited = graph.short_names, set(graph.find_edited())
    below = [""]  # what stands before the branch of a line, at each depth
    for row in rows:
        branch = ""
        if row.depth:
            branch = below[row.depth - 1] + ("└─ " if row.is_last else "├─ ")
            below[row.depth :] = [below[row.depth - 1] + ("   " if row.is_last else "│  ")]
        members = folded.list_members(row.node) if folded else [row.node]
        if row.is_back:
            yield Line(branch, f"↶ {names[row.node]}")
        elif row.is_again:
            yield Line(branch, f"↑ {names[row.node]}")
        else:
            times = f"  (× {len(members):,})" * (len(members) > 1)
            alike = members if row.depth else [row.node]  # the root's number is what one asks for
            numbers = write_numbers(alike, len(edited.intersection(alike)), has_grad)
            yield Line(branch, write_node(row.node, names) + times, *numbers)


def fold_line(line: Line, width: int) -> Iterator[Line]:
    """Yield a line of a tree in parts of a width, broken between words and before the numbers."""
    if len("".join(line)) <= width or len(line.branch) > width // 2:
        yield line
        return
    below = line.branch.replace("├─ ", "│  ").replace("└─ ", "   ") + "  "
    branches = chain([line.branch], repeat(below))
    room = max(width - len(below), 1)
    titles = wrap(line.title, room, break_long_words=False, break_on_hyphens=False)
    yield from map(Line, branches, titles)
    numbers = [Line(below, "", line.value, line.gradient)]
    if len("".join(numbers[0])) > width:
        numbers = [Line(below, "", line.value), Line(below, "", "", line.gradient)]
    yield from [part for part in numbers if part.value or part.gradient]


def describe_numbers(node: Value) -> str:
    """Return a node's value and gradient as a line shows them."""
    return "".join(write_numbers([node]))


def write_numbers(
    nodes: Sequence[Value], edited: int = 0, has_grad: bool = True
) -> tuple[str, str]:
    """Return the value and the gradient of a node as a line shows them, or those of several alike.

    Of several they are the least and the greatest. A constant's name says its number.
    """
    first, count = nodes[0], f"{edited:,} " * (len(nodes) > 1)
    is_constant = isinstance(first, Constant)
    if is_constant and not first.label and len(nodes) == 1:
        return "", ""
    value = f"  value {format_range([node.data for node in nodes])}"
    value += f" ({count}edited)" * (edited > 0)
    gradients = [node.grad for node in nodes]
    spread = format_range([] if None in gradients else gradients)
    return value, f"  gradient {spread}" * (has_grad and not is_constant)


# The rows


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
