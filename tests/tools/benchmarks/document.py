"""The tables of docs/understand/performance.md, written from what was measured."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from wording import figure_cells, row_cells, target, verdict

ROWS_HEAD = "| work | against | ours | theirs | ratio | spread | target | reached |"
FIGURES_HEAD = "| figure | median | spread | target | reached |"
PLACE = re.compile(r"^Measured on .*?$(?=\n\n)", re.MULTILINE | re.DOTALL)


def refresh_page(page: str, results: dict[str, Any], names: set[str]) -> str:
    """Return a page with these results in its two tables, and where they were measured.

    A row that wasn't measured stays as it is; one that the benchmarks no longer have goes.
    """
    rows = {
        f"{row['work']}, against {row['against']}": line(
            row["work"], row["against"], *row_cells(row), target(row), verdict(row)
        )
        for row in results["rows"] if "ours" in row
    }  # fmt: skip
    figures = {
        figure["work"]: line(
            figure["work"], *figure_cells(figure), target(figure), verdict(figure)
        )
        for figure in results["figures"] if "median" in figure
    }  # fmt: skip
    page = refresh_table(page, ROWS_HEAD, 2, rows, names)
    page = refresh_table(page, FIGURES_HEAD, 1, figures, names)
    packages = [f"{name} {release}" for name, release in results["packages"].items()]
    place = ", ".join(
        [results["machine"], results["python"], *[p for p in packages if "-nn" not in p]]
    )
    text = textwrap.fill(f"Measured on {place}; {results['date']}.", 100)
    return PLACE.sub(lambda _: text, page)


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def refresh_table(page: str, head: str, key: int, measured: dict[str, str], names: set[str]) -> str:
    """Return a page with new lines in the table under a head, whose first cells tell which."""
    before, found, rest = page.partition(head + "\n")
    if not found:
        raise ValueError(f"the page has no table under {head}")
    table, end, after = rest.partition("\n\n")
    rule, *lines = table.split("\n")
    kept = {", against ".join(cell.strip() for cell in old.split("|")[1 : key + 1]): old
            for old in lines}  # fmt: skip
    lines = [text for name, text in {**kept, **measured}.items() if name in names]
    return before + found + "\n".join([rule, *lines]) + end + after
