"""A graph as an indented text beside its numbers, for a terminal that steps through both passes."""

from __future__ import annotations

from math import isfinite

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from .._ground.colors import GRADIENT, VALUE, WRONG
from .._ground.text import format_number
from ..engine.backprop import Step
from ..engine.value import Constant, Value
from ..explain.tree import TreeRow, walk_rows
from ..notation.formulas.narration import write_node
from ..stepping.backprop import describe_progress
from ..stepping.passes import Computed, Passes

NARROW = 60  # columns, below which a row has no room for what is still to come
NUMBER_WIDTH = 11  # columns for a number
PROGRESS_WIDTH = 14  # for what is still to come
NARROWEST = 34  # columns, below which there is one column of numbers
COLUMN_COLORS = {"value": VALUE, "gradient": GRADIENT}


class Outline:
    """Each node of a graph once, with its inputs below, later referred to.

    >>> x = Value(3.0, label="x")
    >>> passes = Passes(x * x)
    >>> passes.goto(3)
    >>> for line in Outline(passes).write_window(height=4, width=64):
    ...     print(line.plain.rstrip())
      v1 = x · x                          9          1  complete
    ▸   x                                 3          3  1 to come
        x (above)                         3          3  1 to come

    ``selected`` is the row that a search has found, and ``top`` the first one that is seen, where
    somebody has scrolled.
    """

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self.rows = list(walk_rows(passes.root))
        self.edges = {row.edge: i for i, row in enumerate(self.rows)}
        self.first = {row.node: i for i, row in enumerate(self.rows) if not row.is_again}
        self.selected: int | None = None
        self.top: int | None = None
        self.height = 1

    @property
    def current(self) -> int:
        """The row of the step just taken: the node computed, or the input that got a share."""
        step = self.passes.current
        if isinstance(step, Step):
            return self.edges[step.node, step.position]
        return self.first[step.node] if isinstance(step, Computed) else 0

    @property
    def marked(self) -> int:
        """The row that a command is about: the one found, or else the current one."""
        return self.current if self.selected is None else self.selected

    def follow(self) -> None:
        """Let the current row be in sight again."""
        self.selected = self.top = None

    def scroll(self, pages: float) -> None:
        """Move what is seen by a number of screens."""
        top = self.find_top() + round(pages * self.height)
        self.top = max(0, min(top, len(self.rows) - self.height))

    def find(self, text: str, direction: int = 0) -> str:
        """Select the row of a name, or the next or last one whose name has the text in it."""
        names, wanted = self.passes.names, text.casefold()
        found = [i for node, i in self.first.items() if wanted in names[node].casefold()]
        if not found:
            raise LookupError(f"no name has {text!r} in it")
        here = self.marked
        exact = [i for i in found if names[self.rows[i].node] == text and not direction]
        after = exact or [i for i in found if (i - here) * (direction or 1) > 0] or found
        self.selected = after[-1 if direction < 0 else 0]
        self.top = None
        name = names[self.rows[self.selected].node]
        return f"{name}: {found.index(self.selected) + 1} of {len(found)}"

    def find_top(self) -> int:
        """Return the first row in sight: with what is marked in the middle, if nobody scrolled."""
        top = self.marked - self.height // 2 if self.top is None else self.top
        return max(0, min(top, len(self.rows) - self.height))

    def write_window(self, height: int, width: int) -> list[Text]:
        """Return the lines in sight, at most ``height`` of them."""
        self.height = height
        start = self.find_top()
        part = self.rows[start : start + height]
        # A deep graph is moved to the left, so that the marked line is in sight.
        indent = 1 if width < NARROW else 2
        levels = max(1, width // 3 // indent // (2 if width < NARROW else 1))
        middle = self.rows[self.marked] if self.top is None else part[len(part) // 2]
        left = max(min(row.depth for row in part), middle.depth - levels // 2)
        return [
            self.write_row(i, row, indent * min(max(row.depth - left, 0), levels), width)
            for i, row in enumerate(part, start)
        ]

    def write_row(self, place: int, row: TreeRow, indent: int, width: int) -> Text:
        """Return one line: what the node is, its number, its gradient so far."""
        node, passes = row.node, self.passes
        name = f"{passes.names[node]} (above)" if row.is_again else write_node(node, passes.names)
        is_now = place == self.current and passes.position > 0
        mark = "▸" if is_now else "›" if place == self.selected else " "
        watched = "◆" if node in passes.backprop.watches else " "
        numbers = self.write_numbers(node, width)
        title = f"{mark}{watched}{' ' * indent}{name}"
        text = Text(fit_text(title, width - numbers.cell_len), "bold" if is_now else "")
        if place == self.selected:
            text.stylize("reverse", len(title) - len(name), len(title))
        text.no_wrap = True
        return text + numbers

    def write_numbers(self, node: Value, width: int) -> Text:
        """Return the columns of a node: its number and its gradient, "–" until it has them."""
        passes, text = self.passes, Text(no_wrap=True)
        if isinstance(node, Constant):
            return text
        numbers = {
            "value": node.number if passes.is_computed(node) else None,
            "gradient": passes.gradient(node),
        }
        for what in self.list_columns(width):
            known = numbers[what]
            is_wrong = known is not None and not isfinite(known)
            style = "dim" if known is None else WRONG if is_wrong else COLUMN_COLORS[what]
            text.append(f"{format_number(known):>{NUMBER_WIDTH}}", style)
        gradient = numbers["gradient"]
        if width >= NARROW:
            progress = "" if gradient is None else describe_progress(passes.backprop, node)
            text.append(f"  {progress}".ljust(PROGRESS_WIDTH)[:PROGRESS_WIDTH], "dim")
        elif width >= NARROWEST:
            is_partial = gradient is not None and not passes.backprop.is_complete(node)
            text.append("…" if is_partial else " ", "dim")  # shares are still to come
        return text

    def write_heading(self, width: int) -> Text:
        """Return the line above the rows that says what their columns are."""
        heading = "".join([f"{what:>{NUMBER_WIDTH}}" for what in self.list_columns(width)])
        heading += "  so far".ljust(PROGRESS_WIDTH) if width >= NARROW else " "
        return Text(heading.rjust(width)[-width:], style="dim", no_wrap=True)

    def list_columns(self, width: int) -> list[str]:
        """Return what there is room for: on a very narrow screen, the numbers of this pass."""
        if width >= NARROWEST:
            return list(COLUMN_COLORS)
        return ["value" if self.passes.position < self.passes.start else "gradient"]


def fit_text(text: str, width: int) -> str:
    """Return a text in ``width`` columns, with … where it was cut."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - 1, 0)) + "…" * (width > 0)
