"""What a written file is asked, and what this engine answers to the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

from ...._ground.text import InputError, list_first, quote_text
from ....engine.operation import Lookup
from ....engine.refusals import as_float
from ...compile.compiler.program import Program
from ...tables.columns import NumericColumn, TextColumn
from ...tables.encoding import measure_probabilities
from ...tables.report import compute_outputs
from ...tables.storage import SavedModel
from ..blueprint import encode_row, list_columns_of
from ..report import Answers, Question

FEWEST_ROWS = 20  # that are made; more where a column has more texts
REFUSALS = ValueError, ArithmeticError  # what the engine raises where there is no right number


def make_question(source: SavedModel | Program) -> Question:
    """Return rows like those in training, every text among them, or like what was recorded."""
    rng = Random(0)
    if isinstance(source, Program):
        return Question(make_inputs(source, rng), source)
    columns = list_columns_of(source)
    count = max([FEWEST_ROWS, *[c.width for c in columns]])
    cells = [draw_cells(column, count, rng) for column in columns]
    return Question([list(row) for row in zip(*cells, strict=True)], source)


def draw_cells(
    column: NumericColumn | TextColumn, count: int, rng: Random
) -> Sequence[float | str]:
    """Return cells of a column: numbers within two scales of the mean, or each of the texts."""
    if isinstance(column, NumericColumn):
        return [column.mean + rng.uniform(-2.0, 2.0) * column.scale for _ in range(count)]
    repeated = list(column.categories) * -(-count // column.width)
    return rng.sample(repeated[:count], count)


def make_inputs(program: Program, rng: Random) -> list[list[float | str]]:
    """Return the row that was recorded, and others around it; an index is any that there is."""
    choices = {
        node.inputs[0]: len(node.inputs) - 1
        for node in program.graph
        if isinstance(node.operation, Lookup)
    }
    rows: list[list[float | str]] = [[x.data for x in program.inputs]]
    for _ in range(FEWEST_ROWS - 1 if program.inputs else 0):
        row: list[float | str] = []
        for x in program.inputs:
            near = x.data + 0.1 * rng.uniform(-1.0, 1.0) * max(1.0, abs(x.data))
            row.append(float(rng.randrange(choices[x])) if x in choices else near)
        rows.append(row)
    return rows


def answer_by_engine(source: SavedModel | Program, question: Question) -> Answers:
    """Return what this engine gives for each row; NaN where it refuses."""
    if isinstance(source, Program):
        return answer_by_program(source, question)
    columns, encoding = list_columns_of(source), source.encoding
    values: list[list[float]] = []
    labels: list[str] = []
    for row in question.rows:
        label = ""
        try:
            (numbers,) = compute_outputs(source.model, [encode_row(columns, row)])
            decoded = encoding.decode(numbers) if encoding else ""
            if isinstance(decoded, float):
                numbers = [decoded]
            elif encoding:
                label, numbers = decoded, measure_probabilities(numbers)
        except REFUSALS:
            numbers = [math.nan]
        values.append(numbers if all(map(math.isfinite, numbers)) else [math.nan])
        labels.append(label)
    return Answers(values, labels=labels if any(labels) else None)


def answer_by_program(program: Program, question: Question) -> Answers:
    """Return what a program gives for each row, and its gradient; NaN where it refuses."""
    values: list[list[float]] = []
    gradients: list[list[float]] = []
    for row in question.rows:
        given: Any = (question.parameters, [row])
        values.append(or_nan(lambda: [program.predictions(*given)[0]]))  # noqa: B023  # it is called at once
        gradients.append(or_nan(lambda: program(*given)[1]))  # noqa: B023  # it is called at once
    return Answers(values, gradients if program.wrt else None)


def or_nan(compute: Callable[[], list[float]]) -> list[float]:
    """Return finite numbers, or NaN where the engine refuses."""
    try:
        numbers = compute()
    except REFUSALS:
        return [math.nan]
    return numbers if all(map(math.isfinite, numbers)) else [math.nan]


def ask_rows(source: SavedModel | Program, rows: Iterable[Any]) -> Question:
    """Return rows as a question: lists of cells, or dictionaries by the columns' names.

    >>> from micrograd_nn import MLP
    >>> ask_rows(SavedModel(MLP(2, [1])), [[1, "2.5"], {"x2": 4.0, "x1": 3.0}]).rows
    [[1.0, 2.5], [3.0, 4.0]]

    What can't be a row is an InputError:

    >>> ask_rows(SavedModel(MLP(2, [1])), [[1.0]])
    Traceback (most recent call last):
    micrograd_nn.InputError: row 1 to compare: cells: 1, columns: 2 (x1, x2)
    """
    columns = list_columns_of(source)
    read: list[list[float | str]] = []
    for i, row in enumerate(rows, start=1):
        where = f"row {i} to compare"
        try:
            cells = [row[c.name] for c in columns] if isinstance(row, Mapping) else [*row]
        except (KeyError, TypeError) as error:
            lacking = f"lacks {error}" if isinstance(error, KeyError) else "isn't a list of cells"
            raise InputError(f"{where} {lacking}") from None
        if isinstance(row, str):  # whose letters aren't cells; a DataFrame gives its columns' names
            raise InputError(
                f"{where} isn't a list of cells but the text {quote_text(row)}: of a DataFrame, "
                "give df.values.tolist() or df.to_dict('records')"
            )
        if len(cells) != len(columns):
            names = list_first([column.name for column in columns], 6)
            raise InputError(f"{where}: cells: {len(cells)}, columns: {len(columns)} ({names})")
        try:
            read.append([read_cell(c, cell) for c, cell in zip(columns, cells, strict=True)])
        except (TypeError, ValueError) as error:
            raise InputError(f"{where}: {error}") from None
    if not read:
        raise InputError("there are no rows to compare: give some, or leave them out")
    return Question(read, source)


def read_cell(column: NumericColumn | TextColumn, cell: Any) -> float | str:
    """Return a cell as files take it: of a column of numbers a number, else a text."""
    what = f"column {quote_text(column.name)}"
    if isinstance(column, TextColumn):
        if not isinstance(cell, str):
            raise InputError(f"{what} takes texts, not {quote_text(cell)}")
        return cell
    return column.read(cell) if isinstance(cell, str) else as_float(cell, what)
