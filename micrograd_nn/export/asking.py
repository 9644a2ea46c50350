"""What a written file is asked, and what this engine answers to the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from ..compiler.functions import compile
from ..compiler.program import Program
from ..engine import table as op
from ..engine.lookup import Lookup
from ..engine.value import Value
from ..tables.columns import NumericColumn, TextColumn
from ..tables.encoding import measure_probabilities
from ..tables.storage import SavedModel
from .blueprint import list_columns_of
from .report import Answers, Question

FEWEST_ROWS = 20  # that are made; more where a column has more texts
REFUSALS = ValueError, ArithmeticError  # what the engine raises where there is no right number


def make_question(source: SavedModel | Program) -> Question:
    """Return rows like those in training, every text among them, or like what was recorded."""
    rng = Random(0)
    if isinstance(source, Program):
        return Question(make_inputs(source, rng), [x.data for x in source.parameters], source)
    columns = list_columns_of(source)
    count = max([FEWEST_ROWS, *[c.width for c in columns]])
    cells = [draw_cells(column, count, rng) for column in columns]
    return Question([list(row) for row in zip(*cells, strict=True)], [], source)


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


def encode_row(source: SavedModel, row: Sequence[float | str]) -> list[float]:
    """Return what a row's cells become as the inputs of a network; a bad cell is an InputError."""
    inputs: list[float] = []
    for column, cell in zip(list_columns_of(source), row, strict=True):
        unit = column.unit if isinstance(column, NumericColumn) else ""
        inputs += column.encode(cell if isinstance(cell, str) else f"{cell!r}{unit}")
    return inputs


def answer_by_engine(source: SavedModel | Program, question: Question) -> Answers:
    """Return what this engine gives for each row; NaN where it refuses."""
    if isinstance(source, Program):
        return answer_by_program(source, question)
    model = source.model
    inputs = [Value(0.0) for _ in range(model.sizes[0])]
    found, parameters = model(inputs), model.parameters()
    outputs = found if isinstance(found, list) else [found]
    numbers = [parameter.data for parameter in parameters]
    results = compile(outputs, inputs=inputs, parameters=parameters)
    root: Any = op.sum(outputs)
    total = compile(root, inputs=inputs, parameters=parameters, wrt=parameters)
    values: list[list[float]] = []
    gradients: list[list[float]] = []
    labels: list[str] = []
    encoding = source.encoding
    for row in question.rows:
        try:
            encoded = encode_row(source, row)
            given = results.predict(numbers, encoded)
            decoded = encoding.decode(given) if encoding else ""
        except REFUSALS:
            values.append([math.nan])
            gradients.append([math.nan])
            labels.append("")
            continue
        if isinstance(decoded, str) and encoding:
            given = measure_probabilities(given)
            labels.append(decoded)
        values.append([decoded] if isinstance(decoded, float) else given)
        gradients.append(or_nan(lambda: total(numbers, [encoded])[1]))  # noqa: B023
    return Answers(values, gradients, {}, labels if any(labels) else None)


def answer_by_program(program: Program, question: Question) -> Answers:
    """Return what a program gives for each row; NaN where it refuses."""
    values: list[list[float]] = []
    gradients: list[list[float]] = []
    for row in question.rows:
        given: Any = (question.parameters, [row])
        values.append(or_nan(lambda: [program.predictions(*given)[0]]))  # noqa: B023
        gradients.append(or_nan(lambda: program(*given)[1]))  # noqa: B023
    return Answers(values, gradients if program.wrt else None, {})


def or_nan(compute: Callable[[], list[float]]) -> list[float]:
    """Return numbers, or NaN where the engine refuses."""
    try:
        return compute()
    except REFUSALS:
        return [math.nan]
