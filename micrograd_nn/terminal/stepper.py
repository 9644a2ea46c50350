"""Backpropagation in a terminal, a key a step: the formula, and the graph with its gradients."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from rich.cells import set_cell_size
from rich.console import Console
from rich.control import Control
from rich.text import Text

from ..engine.order import is_leaf
from ..engine.steps import Step
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..stepping.backprop import Backprop
from ..stepping.description import describe_progress, describe_step
from ..text import format_number
from ..tree import TreeRow, walk_rows
from ..writing.narration import write_node
from .keyboard import SIGNAL, open_keyboard

INDENT = 2
NUMBERS_WIDTH = 34  # columns for a node's number, its gradient and what is still to come
NARROWEST_NAME = 12  # columns for its name

KEYS_LINE = "n next  p back  space next node  g first  G last  ? help  q quit"
HELP = """\
n → ↓        take the next step
p ← ↑        take the current step back
space        go on until the next node passes on its gradient
g Home       go to the beginning
G End        go to the end
?            show this, or the graph again
q Ctrl-C     quit

A step adds to the gradient of an operation's input, marked ▸:
the gradient of its result × the local derivative.
A node that is used twice is shown once, and then referred to: (above).""".splitlines()

QUIT = ("q", "\x03", "\x04", SIGNAL)  # Ctrl-C and Ctrl-D, too, where they arrive as keys


def run_stepper(
    root: Value | Graph,
    names: Any = None,
    console: Console | None = None,
    keys: Iterable[str] | None = None,
) -> None:
    """Step through the backward pass from a root by keys, or print all its steps.

    Where input or output isn't a terminal, and no ``keys`` are given, it is all printed:

    >>> x = Value(3.0, label="x")
    >>> run_stepper(2 * x)
    step 0 of 1: the beginning
    step 1 of 1: v1 = 2 · x, to x
      ∂v1/∂x += ∂v1/∂v1 × local ∂v1/∂x
      ∂v1/∂x: 0 + 1 × 2 = 2
    gradients of the leaves:
      x  2

    ``keys`` are those to take as pressed, such as ``["n", "right", "home", " "]``.
    """
    cursor = Backprop(root, names)
    console = console or Console(highlight=False)
    if keys is not None:
        show_steps(cursor, console, keys)
    elif is_interactive(console):
        with suppress(KeyboardInterrupt):
            last = SIGNAL
            while last == SIGNAL:  # which has let the program go on, as fg does after Ctrl-Z
                with open_keyboard() as pressed:
                    last = show_steps(cursor, console, pressed)
    else:
        for text in write_steps(cursor):
            console.out(text, highlight=False)


def is_interactive(console: Console) -> bool:
    """Tell whether a person is at both ends, at a terminal that can be redrawn."""
    if sys.platform == "emscripten" or not console.is_terminal or console.is_dumb_terminal:
        return False
    try:
        return sys.stdin is not None and sys.stdin.isatty() and console.file.isatty()
    except ValueError:  # one of them is closed
        return False


def write_steps(cursor: Backprop) -> Iterator[str]:
    """Yield each step that is still to come as text, and then the gradients of the leaves.

    >>> list(write_steps(Backprop(Value(3.0, label="x"))))
    ['step 0 of 0: the beginning', 'gradients of the leaves:', '  x  1']
    """
    yield "\n".join(describe_step(cursor))
    while cursor.step() is not None:
        yield "\n".join(describe_step(cursor))
    leaves = [node for node in cursor.names if is_leaf(node)]
    width = max((len(cursor.names[node]) for node in leaves), default=0)
    yield "gradients of the leaves:" if leaves else "there are no leaves: no gradient to be had"
    for node in leaves:
        yield f"  {cursor.names[node]:{width}}  {format_number(cursor.gradient(node))}"


class Outline:
    """A graph as an indented text: each node once, with its inputs below, later referred to.

    >>> x = Value(3.0, label="x")
    >>> for line in Outline(Backprop(x * x)).write_window(height=4, width=50):
    ...     print(line.plain.rstrip())
      v1 = x · x             9          1  complete
        x                    3          –  2 to come
        x (above)            3          –  2 to come
    """

    def __init__(self, cursor: Backprop) -> None:
        self.cursor = cursor
        self.rows = list(walk_rows(cursor.root))
        self.places = {row.edge: i for i, row in enumerate(self.rows)}

    def find_row(self, step: Step | None) -> int:
        """Return the row of the input that a step leads to, or that of the root."""
        return 0 if step is None else self.places[step.node, step.position]

    def write_window(self, height: int, width: int) -> list[Text]:
        """Return so many lines at most, those around the cursor's current step."""
        here = self.find_row(self.cursor.current)
        start = max(0, min(here - height // 2, len(self.rows) - height))
        part = self.rows[start : start + height]
        # A deep graph is moved to the left, so that the current line is in sight.
        levels = max(1, width // 3 // INDENT)
        left = max(min(row.depth for row in part), self.rows[here].depth - levels // 2)
        lines = []
        for i, row in enumerate(part, start):
            indent = INDENT * min(max(row.depth - left, 0), levels)
            marked = i == here and self.cursor.current is not None
            lines.append(self.write_row(row, indent, width, marked))
        return lines

    def write_row(self, row: TreeRow, indent: int, width: int, marked: bool) -> Text:
        """Return one line: what the node is, its number, its gradient so far."""
        node, cursor = row.node, self.cursor
        name = f"{cursor.names[node]} (above)" if row.is_again else write_node(node, cursor.names)
        title = f"{'▸' if marked else ' '} {' ' * indent}{name}"
        text = set_cell_size(title, max(width - NUMBERS_WIDTH, NARROWEST_NAME))
        gradient = None
        if not isinstance(node, Constant):
            gradient = cursor.gradient(node)
            text += f"{format_number(node.data):>10} {format_number(gradient):>10}  "
            text += describe_progress(cursor, node)
        return make_line(text, "bold" if marked else "" if gradient is not None else "dim")


def make_line(text: str, style: str = "") -> Text:
    """Return a line that is cut where it's too long."""
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


def make_frame(outline: Outline, width: int, height: int, helping: bool = False) -> list[Text]:
    """Return what the screen shows: what the step does, then the graph or the help, then the keys.

    >>> for text in make_frame(Outline(Backprop(Value(3.0, label="x"))), width=60, height=6):
    ...     print(text.plain.rstrip())
    step 0 of 0: the beginning
    <BLANKLINE>
                                  number   gradient  so far
      x                                3          1  complete
    <BLANKLINE>
    n next  p back  space next node  g first  G last  ? help  q quit
    """
    texts = describe_step(outline.cursor)
    texts += [""] * (min(3, height - 5) - len(texts))  # what is below doesn't jump after step 0
    lines = [*map(make_line, texts[:-1]), make_line(texts[-1], "bold")]
    if helping:
        return [*lines, make_line(""), *map(make_line, HELP)]
    heading = " " * max(width - NUMBERS_WIDTH, NARROWEST_NAME) + "    number   gradient  so far"
    lines += [make_line(""), make_line(heading, "dim")]
    # On a small screen, the graph goes before the keys.
    lines += outline.write_window(max(1, height - len(lines) - 2), width)
    return [*lines, make_line(""), make_line(KEYS_LINE, "dim")]


def show_steps(cursor: Backprop, console: Console, keys: Iterable[str]) -> str:
    """Redraw the screen after each key, until one quits; return the last."""
    outline, helping, key = Outline(cursor), False, ""
    with suppress(KeyboardInterrupt), console.screen() as screen:
        for key in chain([""], keys):
            if key in QUIT:
                break
            helping = key == "?" and not helping
            if key in MOVES:
                MOVES[key](cursor)
            with console:  # in one write, so that nothing flickers
                console.control(Control.home())
                screen.update(*make_frame(outline, *console.size, helping))
                if not console.is_alt_screen:  # in a file, one frame below the other
                    console.line()
    return key


def pass_node(cursor: Backprop) -> None:
    """Take the rest of the steps from one node, so that the next is about to pass on.

    >>> cursor = Backprop((Value(3.0) * Value(2.0)).tanh())
    >>> pass_node(cursor)
    >>> cursor.position, cursor.next.node.operation.name
    (1, 'mul')
    """
    node = cursor.next.node if cursor.next else None
    while cursor.next and cursor.next.node is node:
        cursor.step()


MOVES: dict[str, Callable[[Backprop], object]] = {
    **dict.fromkeys(("n", "right", "down"), Backprop.step),
    **dict.fromkeys(("p", "left", "up"), Backprop.back),
    **dict.fromkeys(("g", "home"), lambda cursor: cursor.goto(0)),
    **dict.fromkeys(("G", "end"), lambda cursor: cursor.goto(len(cursor))),
    " ": pass_node,
}
