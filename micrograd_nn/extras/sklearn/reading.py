"""What scikit-learn hands over, read at the door: arrays and DataFrames as columns, and targets.

A column is a list of numbers or of texts; no array goes any further. What a network learns of them
is what ``tables`` learns of a table's columns.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.validation import _num_samples, validate_data

from ..._ground.text import InputError, quote_text
from ..tables.columns import NumericColumn, TextColumn
from ..tables.kinds import limit_categories
from ..tables.reading import is_categorical
from ..tables.table import list_quoted
from ..tables.task import cut_rows
from .weights import Weights, learn_numbers

LearnedColumn = NumericColumn | TextColumn
CellList = list[float] | list[str]

DATES = "Date", "Time", "Duration", "period"


def read_features(
    estimator: Any, X: Any, known: Sequence[LearnedColumn] | None = None
) -> dict[str, CellList]:
    """Return the columns of X by their names, checked in scikit-learn's words where it has them.

    Without ``known`` columns, the estimator's names and number of features are replaced; with
    them, X has to have the same.
    """
    places = find_texts(X) if known is None else find_known_texts(known)
    least = 2 if known is None else 1  # one row has no scale
    if not places:
        numbers = validate_data(
            estimator, X, dtype=np.float64, reset=known is None, ensure_min_samples=least
        )
        return dict(zip(list_column_names(estimator, known), numbers.T.tolist(), strict=True))
    validate_data(estimator, X, skip_check_array=True, reset=known is None)
    names, rows = list_column_names(estimator, known), _num_samples(X)
    if rows < least:
        raise ValueError(
            f"Found array with {rows} sample(s) (shape=({rows}, {len(names)})) while a minimum of "
            f"{least} is required by {type(estimator).__name__}."
        )
    found = [take_column(X, place) for place in range(len(names))]
    return {
        name: convert_cells(name, column, place in places, known is not None)
        for place, (name, column) in enumerate(zip(names, found, strict=True))
    }


def read_row(row: Any, known: Sequence[LearnedColumn]) -> dict[str, CellList]:
    """Return one row as columns of one cell: from a mapping by name, or from cells in order.

    >>> weight, colour = NumericColumn("weight", 0.0, 1.0), TextColumn("colour", ("green", "red"))
    >>> read_row({"colour": "red", "weight": 120}, [weight, colour])
    {'weight': [120.0], 'colour': ['red']}
    >>> read_row([120], [weight, colour])
    Traceback (most recent call last):
    micrograd_nn.InputError: a row of 1 cell, where the columns are 'weight', 'colour'
    """
    names = [column.name for column in known]
    if hasattr(row, "columns") or getattr(row, "ndim", 1) == 2:  # a DataFrame or an array
        if _num_samples(row) != 1:
            raise InputError(f"{_num_samples(row)} rows, where one is to be explained: give one")
        cells = [np.asarray(take_column(row, i))[0] for i in range(row.shape[1])]
        row = name_cells(getattr(row, "columns", ()), cells)
    elif hasattr(row, "index") and hasattr(row, "items"):  # a row of a DataFrame
        row = name_cells(row.index, [*row])
    if not isinstance(row, Mapping):
        cells = list(row)
        if len(cells) != len(names):
            count = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
            raise InputError(f"a row of {count}, where the columns are {list_quoted(names)}")
        row = dict(zip(names, cells, strict=True))
    if missing := [name for name in names if name not in row]:
        raise InputError(f"the row lacks {list_quoted(missing)}")
    return {
        column.name: convert_cells(
            column.name, [row[column.name]], isinstance(column, TextColumn), True
        )
        for column in known
    }


def name_cells(names: Sequence[Any], cells: list[Any]) -> Any:
    """Return cells by their names, or as they are where those are numbers, or none."""
    named = any(isinstance(name, str) for name in names)
    return dict(zip(names, cells, strict=True)) if named else cells


def list_column_names(estimator: Any, known: Sequence[LearnedColumn] | None) -> list[str]:
    """Return the columns' names: those that were learned, of the DataFrame, or x0, x1 and so on."""
    if known is not None:
        return [column.name for column in known]
    plain = [f"x{place}" for place in range(estimator.n_features_in_)]
    names = [str(name) for name in getattr(estimator, "feature_names_in_", plain)]
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            what = f"columns are both named {quote_text(name)}" if name else "a column has no name"
            raise InputError(f"X: {what}: rename one")
    return names


def find_texts(X: Any) -> set[int]:
    """Return the places of a DataFrame's columns of texts; an array has none."""
    if not (hasattr(X, "columns") and hasattr(X, "dtypes")):
        return set()
    return {place for place in range(X.shape[1]) if is_text(take_column(X, place))}


def find_known_texts(known: Sequence[LearnedColumn]) -> set[int]:
    """Return the places of the columns of texts among those that were learned."""
    return {place for place, column in enumerate(known) if isinstance(column, TextColumn)}


def take_column(X: Any, place: int) -> Any:
    """Return a column of a DataFrame, of an array or of a list of rows."""
    if hasattr(X, "iloc"):
        return X.iloc[:, place]
    if hasattr(X, "columns"):
        return X[X.columns[place]]
    return np.asarray(X, dtype=object)[:, place]


def is_text(column: Any) -> bool:
    """Tell whether a column holds texts, or categories of whatever kind."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "mM" or str(column.dtype).startswith(DATES):
        raise InputError(f"X, column {quote_text(column.name)}: dates: make numbers of them before")
    if kind in "biufc":
        return False
    return is_categorical(column) or any(isinstance(cell, str) for cell in column)


def convert_cells(name: str, column: Any, as_texts: bool, is_known: bool) -> CellList:
    """Return the cells of a column as numbers or as texts; of a known one, as its categories."""
    if as_texts:
        every = is_known or is_categorical(column)
        return [convert_text(cell, f"X, row {i}, column {quote_text(name)}", every)
                for i, cell in enumerate(column)]  # fmt: skip
    where = f"X, column {quote_text(name)},"
    numbers = check_array(column, dtype=np.float64, ensure_2d=False, input_name=where)
    return numbers.tolist()  # type: ignore[no-any-return]


def convert_text(cell: Any, where: str, is_category: bool = False) -> str:
    """Return a cell as a text; what is none, a number or nothing at all, is refused.

    A category may be a number or a truth value.
    """
    if isinstance(cell, str) and cell:
        return str(cell)
    if is_category and isinstance(cell, (int, float, np.number, np.bool_)) and cell == cell:
        return str(cell)
    told = f"{quote_text(cell)} isn't text, as the column's cells are"
    raise InputError(f"{where}: {told}: fill it in, or leave the row out")


def cut_known_rows(
    columns: Mapping[str, CellList], classes: Sequence[int], fraction: float, rng: random.Random
) -> tuple[list[int], list[int]]:
    """Return the places of the rows that are trained on, and of those that choose the epoch.

    >>> cut_known_rows({"x": [1.0, 2.0, 3.0, 4.0]}, [0, 0, 1, 1], 0.25, random.Random(0))
    ([2, 1, 3], [0])

    A row with a text or a class that no other has is trained on, so that each is known:

    >>> cut_known_rows({"x": ["b", "a", "a", "a"]}, [0, 0, 1, 1], 0.25, random.Random(0))
    ([2, 1, 3, 0], [])
    """
    count = len(next(iter(columns.values())))
    training, drawn = cut_rows(range(count), fraction, rng, classes)
    texts: list[Sequence[Any]] = [cells for cells in columns.values() if isinstance(cells[0], str)]
    if classes:
        texts.append(classes)
    known = [{cells[place] for place in training} for cells in texts]
    held_back = []
    for place in drawn:
        found = [cells[place] for cells in texts]
        if all(text in seen for text, seen in zip(found, known, strict=True)):
            held_back.append(place)
            continue
        training.append(place)
        for text, seen in zip(found, known, strict=True):
            seen.add(text)
    return training, held_back


def learn_inputs(
    columns: Mapping[str, CellList], rows: Sequence[int], weights: Weights = None
) -> tuple[LearnedColumn, ...]:
    """Learn of each column its mean and scale, or its categories, from some of its rows.

    Of the weights there is one for each of those rows.
    """
    return tuple(
        [learn_cells(name, [cells[i] for i in rows], weights) for name, cells in columns.items()]
    )


def learn_cells(name: str, cells: Sequence[Any], weights: Weights = None) -> LearnedColumn:
    """Learn a column from its cells: what they are on average, or which there are.

    Of more texts than a network could learn anything from, it says so.
    """
    where = f"X, column {quote_text(name)}"
    if not isinstance(cells[0], str):
        return learn_numbers(name, cells, weights, where)
    column = TextColumn.learn(name, cells)
    if column.width > limit_categories(len(cells)):
        told = f"{column.width} different texts in {len(cells)} rows tell a network nothing"
        raise InputError(f"{where}: {told}: leave the column out, or encode it before")
    return column


def encode_features(
    known: Sequence[LearnedColumn], columns: Mapping[str, CellList]
) -> list[tuple[float, ...]]:
    """Return the numbers that each row gives a network."""
    encoded = [encode_cells(column, columns[column.name]) for column in known]
    return [(*chain.from_iterable(row),) for row in zip(*encoded, strict=True)]


def encode_cells(column: LearnedColumn, cells: CellList) -> list[list[float]]:
    """Return the numbers that each cell of a column becomes; what no number suits is refused."""
    where = f"column {quote_text(column.name)}"
    try:
        if isinstance(column, NumericColumn):
            return [[column.encode_number(cell)] for cell in cells]  # type: ignore[arg-type]
    except InputError as error:
        raise InputError(f"X, {where}: {error}") from None
    numbers: dict[Any, list[float]] = {text: column.encode(text) for text in column.categories}
    for row, cell in enumerate(cells):
        if cell not in numbers:
            seen = f"never seen in training, only {list_quoted(column.categories)}"
            raise InputError(f"X, row {row}, {where}: {quote_text(cell)} was {seen}")
    return [numbers[cell] for cell in cells]


def require_targets(estimator: Any, y: Any, dtype: Any) -> Any:
    """Return the targets as an array of one dimension, or refuse them in scikit-learn's words."""
    name = type(estimator).__name__
    if y is None:
        raise ValueError(
            f"This {name} estimator requires y to be passed, but the target y is None."
        )
    y = check_array(y, ensure_2d=False, dtype=dtype, input_name="y", estimator=estimator)
    if y.ndim == 2 and y.shape[1] > 1:
        kind = name.removeprefix("Micrograd")
        raise InputError(
            f"y has {y.shape[1]} columns, where a row has one target: "
            f"MultiOutput{kind}({name}()) has an estimator for each"
        )
    return column_or_1d(y, warn=True)


def find_labels(labels: Sequence[Any], classes: Any) -> list[int]:
    """Return the places of labels among the classes."""
    places = {label: place for place, label in enumerate(classes.tolist())}
    for label in labels:
        if label not in places:
            known = ", ".join(map(quote_text, places))
            raise InputError(f"{quote_text(label)} is none of the classes {known}")
    return [places[label] for label in labels]
