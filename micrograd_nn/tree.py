"""A computation graph as a tree of text: for terminals, debuggers and places without pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .mistakes import stale
from .naming import check_root, names_of
from .text import printable, short
from .value import Constant, Value, nodes

if TYPE_CHECKING:
    from rich.text import Text

LINES = 200  # what a person scrolls through
SPELLED_OUT = 4  # inputs of an operation that has constants, shown by their places


class Line(NamedTuple):
    """One line of a tree: the branch before a node, what the node is, and its numbers."""

    branch: str
    title: str
    numbers: str = ""


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
            text.append(line.numbers, style="cyan")
        return text


def tree(root: Value, names: Any = None, *, lines: int = LINES) -> Tree:
    """Return what a value was made of as text: each node below the one that it is an input of.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 1
    >>> y.backward()
    >>> print(tree(y))
    v2 = +(·, 1)  data 10  grad 1
    └─ v1 = ×  data 9  grad 1
       ├─ x  data 3  grad 6
       └─ ↑ x

    A node that is used again isn't told again, but referred to (↑). Constants stand in their
    places, where · is an input that has a line of its own. After so many ``lines`` it says how
    many more there are:

    >>> print(tree(y, {"square": y.inputs[0]}, lines=2))
    v1 = +(·, 1)  data 10  grad 1
    └─ square = ×  data 9  grad 1
    … 2 more lines: tree(root, lines=4) has them all

    ``names`` names the nodes: ``locals()``, a model or a dictionary of Values.
    """
    check_root(root, "tree")
    if type(lines) is not int or lines < 1:
        raise ValueError(f"tree needs at least 1 of its lines, not {lines!r}")
    total = 1 + sum(len(branches_of(node)) for node in nodes(root))
    shown = [line for _, line in zip(range(lines), lines_of(root, names), strict=False)]
    if total > lines:
        rest = total - lines
        more = f"… {rest:,} more line{'s' * (rest > 1)}: tree(root, lines={total}) has them all"
        shown.append(Line("", more))
    return Tree(shown)


def lines_of(root: Value, names: Any = None) -> Iterator[Line]:
    """Yield the lines of the tree of ``root``, a node before its inputs."""
    name = names_of(root, names)
    edited, told = set(stale(root)), set()
    waiting = [(root, "", "")]
    while waiting:
        node, branch, below = waiting.pop()
        if node in told:
            yield Line(branch, f"↑ {name[node]}")
            continue
        told.add(node)
        yield Line(branch, title_of(node, name), numbers_of(node, node in edited))
        inputs = branches_of(node)
        for i in reversed(range(len(inputs))):
            last = i == len(inputs) - 1
            waiting.append(
                (inputs[i], below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))
            )


def branches_of(node: Value) -> list[Value]:
    """Return the inputs that get a line of their own: all but constants."""
    return [input for input in node.inputs if not isinstance(input, Constant)]


def title_of(node: Value, name: dict[Value, str]) -> str:
    """Return a node's name and operation, and the constants that it was made from."""
    if node.operation is None:
        return name[node]
    constants = len(node.inputs) - len(branches_of(node))
    given = ""
    if constants and len(node.inputs) <= SPELLED_OUT:
        places = [name[input] if isinstance(input, Constant) else "·" for input in node.inputs]
        given = f"({', '.join(places)})"
    elif constants:
        given = f" with {constants} constant{'s' * (constants > 1)}"
    return f"{name[node]} = {printable(node.operation.symbol)}{given}"


def numbers_of(node: Value, is_edited: bool = False) -> str:
    """Return a node's number and gradient as a line shows them; a constant's name says it."""
    if isinstance(node, Constant) and node.label is None:
        return ""
    text = f"  data {short(node.data)}" + " (edited)" * is_edited
    return text if isinstance(node, Constant) else f"{text}  grad {short(node.grad)}"
