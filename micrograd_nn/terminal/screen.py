"""What the stepper's screen shows: what the step does, the graph, the keys; on any size of it."""

from __future__ import annotations

from textwrap import wrap

from rich.text import Text

from .._ground.colors import GRADIENT, VALUE
from ..engine.backprop import Step
from ..stepping.passes import Computed, Passes
from .outline import NARROW, Outline, fit_text

WIDEST_SCREEN = 80  # columns
LEAST_ROWS = 3  # of the graph: a rule and a heading come after them

KEYS_LINE = "n next  p back  space node  :12 goto  /w1 find  w watch  r run  ? help  q quit"
SHORT_KEYS_LINE = "n next  p back  ? help  q quit"
HELP = """\
n j → ↓ Enter  take the next step
p k ← ↑        take a step back
space          go on to the next node
g Home         go to the beginning
G End          go to the end
:12            go to step 12
/w1            find the name w1
f F            the next such name, the
               one before
w              watch the gradient of the
               row found, else of the
               current; again: no more
r              run on to where a watched
               gradient (◆) changes
d PgDn         scroll the graph down
u PgUp         scroll it up
?              show this, or the graph
Esc            forget what was typed
q Ctrl-C       quit""".splitlines()
NOTE = (
    "First each node gets its value, then gradients go back. A share goes to an input, marked ▸: "
    "the gradient of its result × the local derivative. A node that is used twice is shown once, "
    "then referred to: (above). A gradient with … is one that more shares are to come to."
)


def make_frame(outline: Outline, width: int, height: int, bottom: Text | None = None) -> list[Text]:
    """Return the screen: what the step does, then the graph, then the keys or another line."""
    width = min(width, WIDEST_SCREEN)
    # What is below the step doesn't jump from step to step.
    room = max(1, min(4 if width >= NARROW else 8, (height - 1) * 2 // 5))
    lines = write_taken(outline.passes, width, room)
    lines += [Text("")] * (room - len(lines))
    rest = height - len(lines) - 1  # a small screen shows rows rather than what frames them
    has_heading = rest >= LEAST_ROWS + 3
    rule = Text("─" * width, style="dim", no_wrap=True)
    lines += [rule] * (rest > LEAST_ROWS)
    lines += [outline.write_heading(width)] * has_heading
    rows = max(1, height - len(lines) - 1 - has_heading)
    lines += outline.write_window(rows, width)
    if bottom is None:
        keys = KEYS_LINE if width >= len(KEYS_LINE) else SHORT_KEYS_LINE
        bottom = Text(fit_text(keys, width), style="dim", no_wrap=True)
    return [*lines, *[rule] * has_heading, bottom]


def make_help(width: int, height: int, top: int) -> list[Text]:
    """Return as much of the help as there is room for, from a line of it on."""
    lines = [*HELP, "", *wrap(NOTE, max(12, min(width, WIDEST_SCREEN)))]
    if height < len(lines):
        lines = [*lines[top : top + max(1, height - 1)], "d down  u up  ? back to the graph"]
    return [Text(line, no_wrap=True, overflow="ellipsis") for line in lines]


def write_taken(passes: Passes, width: int, room: int) -> list[Text]:
    """Return what the step does in ``room`` lines: its headline, and the formulas that fit.

    The numbers stand there first, then the local derivative, then the rule.
    """
    head, *formulas = str(passes).split("\n")
    kind = type(passes.current)
    color = VALUE if kind is Computed else GRADIENT if passes.position else ""
    first = fold_line(head, width)
    first = first if len(first) < room or not formulas else [fit_text(head, width).rstrip()]
    left, style = room - len(first), f"bold {color}" if kind is Step else color  # of the result
    chosen: list[Text] = []
    for formula in reversed(formulas):
        folded = fold_line(formula, width)
        if len(folded) > left and formula is formulas[-1] and left:
            folded = [fit_text(formula, width).rstrip()]
        if len(folded) <= left:
            chosen[:0] = [Text(line, style=style, no_wrap=True) for line in folded]
            left -= len(folded)
        style = ""
    return [*[Text(line, style="bold", no_wrap=True) for line in first[:room]], *chosen]


def fold_line(text: str, width: int) -> list[str]:
    """Return a line of a step as the lines that it takes in ``width`` columns.

    >>> fold_line("  ∂y/∂x += ∂y/∂v1 × local ∂v1/∂x", 20)
    ['  ∂y/∂x += ∂y/∂v1 ×', '    local ∂v1/∂x']
    """
    if len(text) <= width or width < 12:
        return [fit_text(text, width).rstrip()]
    indent = " " * (len(text) - len(text.lstrip()))
    folded = wrap(
        text.lstrip(), width, initial_indent=indent, subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )  # fmt: skip
    return [fit_text(line, width).rstrip() for line in folded]
