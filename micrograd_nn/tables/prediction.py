"""Predicting the target of a person's table with a saved model, at a terminal."""

from __future__ import annotations

import csv
import io
import math

from rich.console import Console

from ..files import check_output, write_file
from .report import compute_outputs, escape_text, print_report
from .storage import load_model, require_encoding
from .table import read_table


def predict(model: str, table: str, console: Console, output: str | None = None) -> str:
    """Return the table as CSV with the predictions beside it, or write it to ``output``.

    A class comes with the probability that the network gives to it. Where the table has the
    target, too, the console is told how many predictions are right.
    """
    saved = load_model(model)
    encoding = require_encoding(saved, model)
    rows = read_table(table)
    if output is not None:
        check_output(output, model, table)
    inputs = encoding.encode_inputs(rows)
    name = encoding.target.name
    added = [f"predicted_{name}"] + ["probability"] * encoding.is_classification
    kept = [i for i, column in enumerate(rows.columns) if column not in added]
    lines = [[rows.columns[i] for i in kept] + added]
    for cells, outputs in zip(rows.rows, compute_outputs(saved.model, inputs), strict=True):
        decoded = encoding.decode(outputs)
        extra = [decoded if isinstance(decoded, str) else f"{decoded:.6g}"]
        if encoding.is_classification:
            largest = max(outputs)
            extra.append(f"{1 / math.fsum(math.exp(x - largest) for x in outputs):.4f}")
        lines.append([cells[i] for i in kept] + extra)
    text = format_csv(lines)
    if name in rows.columns and any(rows.column(name)):
        known = rows.drop_incomplete([name])
        data = list(zip(encoding.encode_inputs(known), encoding.encode_targets(known), strict=True))
        print_report(console, encoding.target, data, saved.model, f"{table}, {len(data)} rows")
    if output is not None:
        write_file(output, text)
        console.print(f"{len(rows.rows)} predictions: {escape_text(output)}", soft_wrap=True)
    return text


def format_csv(lines: list[list[str]]) -> str:
    r"""Return lines of cells as CSV that reads back as they are.

    >>> format_csv([["a", "b"], ["1", "two\nlines"]])
    'a,b\n1,"two\nlines"\n'

    A carriage return, which Python's writer leaves bare, puts quotes around all.
    """
    text = io.StringIO()
    has_return = any("\r" in cell for line in lines for cell in line)
    writer = csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL
    )
    writer.writerows(lines)
    return text.getvalue()
