"""Predicting the target of a person's table with a saved model, at a terminal."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count

from rich.console import Console

from ..._ground.files import check_output, write_file
from ..._ground.ruled import escape_text
from ..._ground.text import InputError, count_things, show_path
from .columns import NumericColumn, Oddity, TextColumn
from .encoding import Encoding, measure_probabilities
from .reading import read_as_written, spell_plainly
from .report import predict_rows, print_report
from .seen import measure_seen
from .spelling import AS_USUAL, Spelling
from .storage import SavedModel, load_model, require_encoding
from .table import Table

MOST_TOLD = 10  # kinds of oddities
NO_CSV = re.compile(r"(?i).*\.(jsonl?|ndjson|xlsx?|ods|parquet|gz|zip)")  # by its name


def predict(
    model: str,
    table: str,
    console: Console,
    output: str | None = None,
    *,
    spelling: Spelling = AS_USUAL,
    skip_empty: bool = False,
    strict: bool = False,
    probabilities: bool = False,
) -> str:
    """Return the table as CSV with the predictions beside it, or write it to ``output``.

    A class comes with the probability that the network gives to it, or with those of all classes.
    What is odd about a row stands beside it, and how many such rows there are goes to the console:
    an empty cell, a text that training never saw, a number outside what it saw. The probability
    for a row far outside is left empty: it would be high, and nothing speaks for it.

    Where the table has the target, too, the console is told how many predictions are right, and
    whether these rows were trained on. With ``skip_empty``, rows that lack an input have no
    prediction; with ``strict``, an empty cell or a new text is an error.
    """
    saved = load_model(model)
    encoding = require_encoding(saved, model)
    given = read_as_written(table, spelling)
    rows = spell_plainly(given, spelling)
    if output is not None:
        check_output(output, model, table)
        if NO_CSV.fullmatch(output):
            told = "predictions are written as CSV: name a file.csv"
            raise InputError(f"{show_path(output)}: {told}")
    rows.require(encoding.names, "columns trained on")
    complete = rows.drop_incomplete(encoding.names * skip_empty, encoding.text_names)
    inputs = encoding.encode_inputs(complete, strict)
    results = predict_rows(saved.model, inputs, complete.source)
    odd = defaultdict[int, list[Oddity]](list)
    for place, oddity in encoding.find_oddities(complete):
        odd[complete.lines[place]].append(oddity)
    predicted = {
        line: describe_prediction(
            encoding, out, odd[line], probabilities, f"{rows.source}, line {line}"
        )
        for line, out in zip(complete.lines, results, strict=True)
    }
    added = name_predictions(encoding, rows, console, probabilities)
    lines = [
        [*cells, *predicted.get(line, [""] * len(added))]
        for line, cells in zip(given.lines, given.rows, strict=True)
    ]
    text = format_csv([[*rows.columns, *added], *lines])
    found = dict(zip(complete.lines, zip(inputs, results, strict=True), strict=True))
    measure_known(saved, encoding, complete, found, console)
    tell_oddities(odd.values(), len(complete.rows), console)
    if output is not None:
        write_file(output, text)
        without = len(rows.rows) - len(predicted)
        lacking = (
            f" ({count_things(without, 'row')} with an empty cell "
            f"{'has' if without == 1 else 'have'} none)"
        ) * bool(without)
        told = f"{count_things(len(predicted), 'prediction')}{lacking}: {escape_text(output)}"
        console.print(told, soft_wrap=True)
    return text


def name_predictions(
    encoding: Encoding, table: Table, console: Console, probabilities: bool
) -> list[str]:
    """Return what the columns of predictions are called: with a number, where a name is taken."""
    usual = [f"predicted_{encoding.target.name}"]
    if isinstance(encoding.target, TextColumn):
        classes = [f"probability_{name}" for name in encoding.target.categories]
        usual += classes if probabilities else ["probability"]
    taken, added = {encoding.target.name, *encoding.names, *table.columns}, []
    for name in [*usual, "remark"]:
        free = next(x for x in chain([name], (f"{name}_{i}" for i in count(2))) if x not in taken)
        if free != name:
            console.print(
                escape_text(f"There is a column {name}: the new one is {free}."), soft_wrap=True
            )
        taken.add(free)
        added.append(free)
    return added


def describe_prediction(
    encoding: Encoding, outputs: Sequence[float], odd: Sequence[Oddity], every: bool, where: str
) -> list[str]:
    """Return the cells that tell what a network's outputs for one row mean, and what is odd."""
    try:
        decoded = encoding.decode(outputs)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    remark = "; ".join([oddity.told for oddity in odd])
    if isinstance(encoding.target, NumericColumn):
        return [encoding.target.write(float(decoded)), remark]
    chances = measure_probabilities(outputs)
    shown = [f"{chance:.4f}" for chance in (chances if every else [max(chances)])]
    if any(oddity.is_far for oddity in odd):
        shown = [""] * len(shown)
    return [str(decoded), *shown, remark]


def measure_known(
    saved: SavedModel,
    encoding: Encoding,
    table: Table,
    found: Mapping[int, tuple[Sequence[float], Sequence[float]]],
    console: Console,
) -> None:
    """Say how good predictions are of rows with the target, and whether they were trained on.

    What was ``found`` is a row's inputs and outputs, by its line.
    """
    name = encoding.target.name
    if name not in table.places or not any(table.column(name)):
        return
    known = table.drop_incomplete([name], encoding.text_names)
    targets = encoding.encode_targets(known)
    if isinstance(encoding.target, TextColumn):
        respelled = known.convert(name, encoding.target.find_oddity)
        tell_oddities([[x] for x in respelled if x], len(targets), console)
    title = f"{table.source}, {count_things(len(targets), 'row')}"
    print_report(console, encoding.target, [found[x][1] for x in known.lines], targets, title)
    data = [(found[line][0], y) for line, y in zip(known.lines, targets, strict=True)]
    if (seen := measure_seen(data, saved.training.get("rows"))) >= 0.005:  # else it is said as 0%
        which = "These rows" if seen == 1 else f"{seen:.0%} of these rows"
        advice = "train with --test 0.2 to see how much"
        if saved.training.get("test"):
            advice = "what the training's report says of its test rows tells how much"
        console.print(
            f"{which} equal rows that the model's training had, in all that it uses. It will do "
            f"worse on new ones: {advice}."
        )


def tell_oddities(odd: Iterable[Sequence[Oddity]], rows: int, console: Console) -> None:
    """Say how many rows have what is odd, the commonest first; together, texts read as others."""
    kinds = defaultdict[tuple[str, str], list[str]](list)
    for oddity in chain.from_iterable(odd):
        kinds[oddity.column, oddity.told * (not oddity.column)].append(oddity.told)
    for told in sorted(kinds.values(), key=len, reverse=True)[:MOST_TOLD]:
        more = ", or the like" * (len({*told}) > 1)
        console.print(
            escape_text(f"In {len(told):,} of {count_things(rows, 'row')}, {told[0]}{more}."),
            soft_wrap=True,
        )
    if len(kinds) > MOST_TOLD:
        console.print(f"The column of remarks has {len(kinds) - MOST_TOLD:,} kinds more.")


def format_csv(lines: list[list[str]]) -> str:
    r"""Return lines of cells as CSV that reads back as they are.

    A carriage return, which Python's writer leaves bare, puts quotes around all.
    """
    text = io.StringIO()
    has_return = any("\r" in cell for line in lines for cell in line)
    csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL
    ).writerows(lines)
    return text.getvalue()
