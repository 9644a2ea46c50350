"""What a command prints: tables with horizontal rules alone, and lines that fit a narrow terminal.

It serves the commands, which say their columns and rows and no looks. Where output isn't a
terminal, or ``NO_COLOR`` is set, there are no colours in it. Where rich is missing, as it may
be in a browser's Python, the error says how to install it.
"""

from __future__ import annotations

from typing import Any

try:
    from rich.box import HORIZONTALS
    from rich.console import Console as Console
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text
except ImportError as error:
    raise ImportError("what a terminal shows is printed by rich: pip install rich") from error

from .text import make_printable


class Grid(Table):
    r"""A table of rich with the looks that all commands share.

    One without rows has its heads.
    """

    def __init__(self, *heads: str, **options: Any) -> None:
        super().__init__(*heads, box=HORIZONTALS, **options)


def print_lines(console: Console, text: Text | str) -> None:
    """Print lines; at a terminal what doesn't fit in one goes on below it, broken between words.

    Elsewhere, as in a file, a line stays as long as it is. A bare text may have rich's markup.
    """
    text = console.render_str(text) if isinstance(text, str) else text
    for line in text.split("\n", allow_blank=True):
        indent = len(line.plain) - len(line.plain.lstrip(" "))
        room = console.width - indent - 2
        parts = [line[indent:]]
        if console.is_terminal and line.cell_len > console.width and room > 0:
            parts = [*parts[0].wrap(console, room)]
        for i, part in enumerate(parts):
            part.rstrip()
            console.print(Text(" " * (indent + 2 * (i > 0))) + part, soft_wrap=True)


def escape_text(text: str) -> str:
    """Return a table's text so that rich prints it as it is: no markup, no control characters."""
    return escape(make_printable(text) + " ")[:-1]  # at an end, it doubles a backslash
