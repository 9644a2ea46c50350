"""A table of what a command prints: horizontal rules, and nothing between the columns.

It serves the commands, which say their columns and rows and no looks; where output is no terminal,
or ``NO_COLOR`` is set, there are no colours in it.
"""

from __future__ import annotations

from typing import Any

from rich.box import HORIZONTALS
from rich.table import Table


class RuledTable(Table):
    r"""A table of rich with the looks that all commands share.

    >>> from rich.console import Console
    >>> grid = RuledTable("by", "gradient")
    >>> grid.add_row("x", "6")
    >>> Console(width=20).print(grid)
     ───────────────\x20
      by   gradient\x20\x20
     ───────────────\x20
      x    6\x20\x20\x20\x20\x20\x20\x20\x20\x20
     ───────────────\x20
    """

    def __init__(self, *heads: str, **options: Any) -> None:
        super().__init__(*heads, box=HORIZONTALS, **options)
