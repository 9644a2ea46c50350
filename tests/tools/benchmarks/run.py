"""Benchmarks against others, for whoever wants to know how fast this is, or changes that.

    python tests/tools/benchmarks/run.py [--only PATTERN] [--quick] [--no-gc]
                                         [--json F] [--page F]

Each row of the table is some work of ours against other work: in each of several rounds both are
timed, one after the other in one process, which gives a ratio; the row shows the median ratio and
its spread. Before that, both sides must compute the same losses and gradients. Each row has a
fresh process to itself, so that one row's imports and memory don't burden another's. Garbage is
collected as always (``--no-gc`` tells what the rest costs); the clock is the wall's, so let the
machine do nothing else.

What a row needs and isn't installed (the extra ``bench`` brings it) skips that row. A missed
target isn't an error; different numbers are, and end with status 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import re
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from document import refresh_page
from measure import QUICK, Effort, Figure, MissingError, Row, Score
from registry import FIGURES, ROWS
from wording import figure_cells, row_cells, target, verdict

for name in ("rows", "native_rows", "table_rows", "limit_rows", "column_rows", "lecture_rows"):
    import_module(name)  # each puts there what it measures

ALL = [*ROWS, *FIGURES]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", metavar="PATTERN", type=pattern, default="", help="rows that match a regex"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that all runs")
    parser.add_argument("--no-gc", action="store_true", help="without the cyclic collector")
    parser.add_argument("--json", metavar="FILE", help="write the results there, or to - alone")
    parser.add_argument("--page", metavar="FILE", help="write the numbers into that page's tables")
    options = parser.parse_args()

    chosen = [i for i, entry in enumerate(ALL) if options.only.search(entry.name)]
    if not chosen:
        parser.error(f"no row matches {options.only.pattern!r}")
    rows, figures = [], []
    for i in chosen:
        print(f"… {ALL[i].name}", file=sys.stderr)
        (figures if isinstance(ALL[i], Figure) else rows).append(
            outcome(i, options.quick, options.no_gc)
        )
    results = {
        **surroundings(),
        "quick": options.quick,
        "gc": not options.no_gc,
        "rows": rows,
        "figures": figures,
    }

    if options.json != "-":
        show(results)
    if options.json:
        text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
        if options.json == "-":
            sys.stdout.write(text)
        else:
            Path(options.json).write_text(text, encoding="utf-8")
    if options.page:
        page, names = Path(options.page), {entry.name for entry in ALL}
        page.write_text(refresh_page(page.read_text("utf-8"), results, names), "utf-8")
    return int(any("failed" in result for result in rows + figures))


def pattern(text: str) -> re.Pattern[str]:
    """Return a regular expression, or have the command line say what is wrong with it."""
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a regular expression: {error}") from None


def outcome(i: int, quick: bool, no_gc: bool) -> dict[str, Any]:
    """Return what a row or figure says of itself and what it measured: in a process of its own.

    A quick run makes do with this one.
    """
    if quick:
        return {**told(ALL[i]), **measured(i, QUICK)}
    start = gc.disable if no_gc else None
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=start) as process:
        try:
            result = process.submit(measured, i, Effort()).result()
        except BrokenProcessPool:
            result = {"failed": "its process died"}
    return {**told(ALL[i]), **result}


def told(entry: Row | Score | Figure) -> dict[str, Any]:
    """Return the fields of a row or figure but the function that measures."""
    return {name: field for name, field in entry._asdict().items() if not callable(field)}


def measured(i: int, effort: Effort) -> dict[str, Any]:
    """Return what was measured, or why nothing was."""
    try:
        return ALL[i].measured(effort)
    except MissingError as error:
        return {"skipped": str(error)}
    except Exception as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}


def surroundings() -> dict[str, Any]:
    """Return the machine, the Python, the date, and which peers are installed."""
    return {
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "date": date.today().isoformat(),
        "packages": {
            name: release
            for name in ("micrograd-nn", "micrograd", "numpy", "torch", "scikit-learn")
            if (release := installed(name))
        },
    }


def processor() -> str:
    """Return the processor's name, which Linux tells in a file."""
    try:
        names = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = None
    return names[1] if names else platform.processor() or platform.machine()


def installed(name: str) -> str | None:
    """Return a package's release."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def show(results: dict[str, Any]) -> None:
    """Print where it was measured, the table of the rows, and that of the figures."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 160)
    packages = [f"{name} {release}" for name, release in results["packages"].items()]
    print(", ".join([results["machine"], results["python"], *packages, results["date"]]))
    if results["quick"]:
        print("Quick: everything runs, but at sizes whose numbers mean nothing.")
    if not results["gc"]:
        print("Without the cyclic garbage collector.")

    table = Table("work", "against")
    for column in ("ours", "theirs", "ratio", "spread", "target"):
        table.add_column(column, justify="right")
    table.add_column("reached")
    for row in results["rows"]:
        table.add_row(row["work"], row["against"], *row_cells(row), target(row), verdict(row))
    if table.row_count:
        console.print(table)

    table = Table("figure")
    for column in ("median", "spread", "target"):
        table.add_column(column, justify="right")
    table.add_column("")
    for figure in results["figures"]:
        table.add_row(figure["work"], *figure_cells(figure), target(figure), verdict(figure))
    if table.row_count:
        console.print(table)


if __name__ == "__main__":
    sys.exit(main())
