"""Predicting the target of a person's table with a saved model, at a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count

from rich.console import Console

from .._ground.files import check_output, write_file
from .._ground.text import InputError, count_things, quote_text, show_path
from .columns import NumericColumn
from .encoding import Encoding, measure_probabilities
from .reading import parse_table
from .report import escape_text, predict_rows, print_report
from .seen import measure_seen
from .spelling import AS_USUAL, Spelling, read_table_text
from .storage import load_model, require_encoding
from .table import Table


def predict(
    model: str,
    table: str,
    console: Console,
    output: str | None = None,
    *,
    spelling: Spelling = AS_USUAL,
    skip_empty: bool = False,
) -> str:
    """Return the table as CSV with the predictions beside it, or write it to ``output``.

    A class comes with the probability that the network gives to it. Where the table has the
    target, too, the console is told how many predictions are right, and whether these rows were
    trained on. With ``skip_empty``, rows that lack an input have no prediction. No column of the
    table is lost to one of the predictions that has the same name.
    """
    saved = load_model(model)
    encoding = require_encoding(saved, model)
    source = show_path(table)
    written = read_table_text(table, source, spelling)
    rows = parse_table(written, source, spelling)
    if output is not None:
        check_output(output, model, table)
    added = name_predictions(encoding, rows, console)
    complete = rows
    if skip_empty:
        names = [column.name for column in encoding.input_columns]
        rows.require(names, "columns trained on")
        complete = rows.drop_incomplete(names)
    inputs = encoding.encode_inputs(complete)
    results = predict_rows(saved.model, inputs, complete.source)
    name = encoding.target.name
    as_given = rows  # but for what stands for a missing cell
    if spelling.missing:
        as_given = parse_table(written, source, replace(spelling, missing=()))
    by_line = dict(zip(complete.lines, results, strict=True))
    predicted = {
        line: describe_prediction(encoding, outputs, f"{complete.source}, line {line}")
        for line, outputs in by_line.items()
    }
    lines = [[*rows.columns, *added]]
    for line, cells in zip(as_given.lines, as_given.rows, strict=True):
        lines.append([*cells, *predicted.get(line, [""] * len(added))])
    text = format_csv(lines)
    if name in rows.places and any(complete.column(name)):
        known = complete.drop_incomplete([name])
        data = list(zip(encoding.encode_inputs(known), encoding.encode_targets(known), strict=True))
        outputs, targets = [by_line[line] for line in known.lines], [target for _, target in data]
        print_report(
            console, encoding.target, outputs, targets, f"{table}, {count_things(len(data), 'row')}"
        )
        tell_of_seen(console, measure_seen(data, saved.training.get("rows")))
    if output is not None:
        write_file(output, text)
        without = len(rows.rows) - len(predicted)
        which = f"{count_things(without, 'row')} with an empty cell"
        lacking = f" ({which} {'has' if without == 1 else 'have'} none)" * bool(without)
        told = f"{count_things(len(predicted), 'prediction')}{lacking}: {escape_text(output)}"
        console.print(told, soft_wrap=True)
    return text


def name_predictions(encoding: Encoding, table: Table, console: Console) -> list[str]:
    """Return what the columns of predictions are called, and say so if they have a number.

    They have one where the model knows a column of that name. Another one of the table's is
    refused: what reads the file would take it for the predictions.
    """
    known = {encoding.target.name, *[column.name for column in encoding.input_columns]}
    added = []
    for usual in [f"predicted_{encoding.target.name}"] + [
        "probability"
    ] * encoding.is_classification:
        numbered = (f"{usual}_{number}" for number in count(2))
        name = next(each for each in chain([usual], numbered) if each not in known)
        if name in table.places:
            told = f"{table.source} has a column {quote_text(name)}, where the predictions would go"
            raise InputError(f"{told}: rename it in the header, or leave it out")
        if name != usual:
            told = f"The model knows a column {usual}: what it predicts is in {name}."
            console.print(escape_text(told), soft_wrap=True)
        added.append(name)
    return added


def describe_prediction(encoding: Encoding, outputs: Sequence[float], where: str) -> list[str]:
    """Return the cells that tell what a network's outputs for one row mean."""
    try:
        decoded = encoding.decode(outputs)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    if isinstance(encoding.target, NumericColumn):
        return [f"{decoded:.6g}{encoding.target.unit}"]
    return [str(decoded), f"{max(measure_probabilities(outputs)):.4f}"]


def tell_of_seen(console: Console, seen: float) -> None:
    """Say so where the model was trained on rows that it is now measured by."""
    if seen:
        which = "these rows" if seen == 1 else f"{seen:.0%} of these rows"
        console.print(
            f"The model was trained on {which}. It will do worse on new ones: "
            f"train with --test 0.2 to see how much."
        )


def format_csv(lines: list[list[str]]) -> str:
    r"""Return lines of cells as CSV that reads back as they are.

    A carriage return, which Python's writer leaves bare, puts quotes around all.
    """
    text = io.StringIO()
    has_return = any("\r" in cell for line in lines for cell in line)
    writer = csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL
    )
    writer.writerows(lines)
    return text.getvalue()
