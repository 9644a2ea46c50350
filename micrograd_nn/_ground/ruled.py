"""A table of what a command prints: horizontal rules, and nothing between the columns.

It serves the commands, which say their columns and rows and no looks; where output is no terminal,
or ``NO_COLOR`` is set, there are no colours in it. Who needs rich may import this first: its error
says how to install it.
"""

from __future__ import annotations

from typing import Any

try:
    from rich.box import HORIZONTALS
    from rich.console import Console as Console
    from rich.table import Table
except ImportError as error:
    raise ImportError(
        "what a terminal shows is printed by rich: pip install 'micrograd-nn[terminal]'",
        name="rich",
    ) from error


class Grid(Table):
    r"""A table of rich with the looks that all commands share.

    One without rows has its heads.
    """

    def __init__(self, *heads: str, **options: Any) -> None:
        super().__init__(*heads, box=HORIZONTALS, **options)
