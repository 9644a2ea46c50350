"""What a written file is asked, and what this engine answers to the same."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

from ...compiler.program import Program
from ...engine import table as op
from ...engine.operation import Lookup
from ...engine.refusals import require_real
from ...engine.value import Value
from ...nn import MLP
from ...tables.columns import NumericColumn, TextColumn, read_finite
from ...tables.encoding import measure_probabilities
from ...tables.storage import SavedModel
from ...text import InputError, list_first, quote_text
from ..blueprint import encode_row, list_columns_of
from ..report import Answers, Question

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


def list_classes(source: SavedModel | Program) -> Sequence[str]:
    """Return the classes of a model's target, none where it has none."""
    encoding = source.encoding if isinstance(source, SavedModel) else None
    target = encoding.target if encoding else None
    return target.categories if isinstance(target, TextColumn) else ()


def answer_by_engine(
    source: SavedModel | Program, question: Question, has_gradients: bool = True
) -> Answers:
    """Return what this engine gives for each row; NaN where it refuses."""
    if isinstance(source, Program):
        return answer_by_program(source, question, has_gradients and bool(source.wrt))
    model, encoding = copy.deepcopy(source.model), source.encoding  # whose gradients nobody reads
    values: list[list[float]] = []
    gradients: list[list[float]] = []
    labels: list[str] = []
    for row in question.rows:
        try:
            outputs = list_outputs(model, encode_row(list_columns_of(source), row))
            numbers = [output.data for output in outputs]
            decoded = encoding.decode(numbers) if encoding else ""
        except REFUSALS:
            values.append([math.nan])
            gradients.append([math.nan])
            labels.append("")
            continue
        if has_gradients:
            gradients.append(or_nan(lambda: find_gradient(model, outputs)))  # noqa: B023  # it is called at once
        if isinstance(decoded, float):
            values.append([decoded])
        else:
            values.append(measure_probabilities(numbers) if encoding else numbers)
            labels.append(decoded)
    known = labels if any(labels) else None
    return Answers(values, gradients if has_gradients else None, {}, known)


def list_outputs(model: MLP, row: Sequence[Any]) -> list[Value]:
    """Return a network's outputs; one that isn't finite is an OverflowError."""
    found = model(row)
    outputs = found if isinstance(found, list) else [found]
    if not all(math.isfinite(output.data) for output in outputs):
        raise OverflowError(f"{model!r} gives no finite number")
    return outputs


def find_gradient(model: MLP, outputs: Sequence[Value]) -> list[float]:
    """Return the gradient of the sum of a network's outputs by its parameters."""
    model.zero_grad()
    root: Any = op.sum(outputs)
    root.backward()
    return [parameter.grad or 0.0 for parameter in model.parameters()]


def answer_by_program(program: Program, question: Question, has_gradients: bool) -> Answers:
    """Return what a program gives for each row; NaN where it refuses."""
    values: list[list[float]] = []
    gradients: list[list[float]] = []
    for row in question.rows:
        given: Any = (question.parameters, [row])
        values.append(or_nan(lambda: [program.predictions(*given)[0]]))  # noqa: B023  # it is called at once
        if has_gradients:
            gradients.append(or_nan(lambda: program(*given)[1]))  # noqa: B023  # it is called at once
    return Answers(values, gradients if has_gradients else None, {})


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
    micrograd_nn.text.InputError: row 1 to compare: cells: 1, columns: 2 (x1, x2)
    """
    columns: Sequence[NumericColumn | TextColumn]
    if isinstance(source, Program):
        columns = [NumericColumn(name, 0.0, 1.0) for name in source.inputs.values()]
        parameters = [x.data for x in source.parameters]
    else:
        columns, parameters = list_columns_of(source), []
    read: list[list[float | str]] = []
    for i, row in enumerate(rows, start=1):
        where = f"row {i} to compare"
        try:
            cells = [row[c.name] for c in columns] if isinstance(row, Mapping) else [*row]
        except (KeyError, TypeError) as error:
            lacking = f"lacks {error}" if isinstance(error, KeyError) else "is no list of cells"
            raise InputError(f"{where} {lacking}") from None
        if isinstance(row, str):  # whose letters are no cells; a DataFrame gives its columns' names
            raise InputError(
                f"{where} is no list of cells but the text {quote_text(row)}: of a DataFrame, give "
                "df.values.tolist() or df.to_dict('records')"
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
    return Question(read, parameters, source)


def read_cell(column: NumericColumn | TextColumn, cell: Any) -> float | str:
    """Return a cell as files take it: of a column of numbers a number, else a text."""
    what = f"column {quote_text(column.name)}"
    if isinstance(column, TextColumn):
        if not isinstance(cell, str):
            raise InputError(f"{what} takes texts, not {quote_text(cell)}")
        return cell
    return read_finite(cell, column.unit) if isinstance(cell, str) else require_real(cell, what)
