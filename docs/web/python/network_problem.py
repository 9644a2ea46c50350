"""What the network of the playground learns from: examples, what they stand for, and a loss."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from typing import Any, NamedTuple

from network_features import Features
from network_settings import LOSSES, MOST_ROWS, OWN, Settings

from micrograd_nn import losses
from micrograd_nn._ground.text import InputError, count_things, make_printable, quote_text
from micrograd_nn.extras.tables import parse_table
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.replay import describe_columns
from micrograd_nn.extras.tables.spelling import read_number
from micrograd_nn.extras.tables.table import Table
from micrograd_nn.extras.train.pages.predictions import (
    Column,
    Columns,
    choose_points,
    describe_input,
)
from micrograd_nn.extras.train.shapes import BY_NAME, OF_NUMBERS

MOST_CLASSES = 6  # of different colours
OPTIONS = re.compile(r"\s*\([^()]*--[^()]*\)|, with --decimal . or --decimal ,")


Examples = list[tuple[list[float], Any]]


class OneClassError(InputError):
    """Points are of one class, or have one value, as yet; they can be shown."""

    def __init__(self, table: Table, rows: list[list[float]], kind: str, is_class: bool) -> None:
        what = f"is of class {quote_text(kind)}" if is_class else f"has the value {kind}"
        other = "class" if is_class else "value"
        super().__init__(f"so far every point {what}: draw or add some of another {other}")
        names = [make_printable(name) for name in table.columns]
        self.shown = {"names": names[:-1], "rows": rows, "class": make_printable(kind)}


class Problem(NamedTuple):
    """Examples as ``fit`` takes them, and what their numbers stand for."""

    examples: Examples  # with their features as inputs
    places: list[list[float]]  # of the same examples: the numbers in the columns
    columns: Columns
    features: Features
    kind: str  # of LOSSES
    loss: str
    encoding: Encoding | None = None  # of a table

    @property
    def outputs(self) -> int:
        """How many numbers a network has to give."""
        return len(self.columns.outputs)


def make_problem(settings: Settings) -> Problem:
    """Return what the settings ask to be learned; a table that can't be is refused."""
    if settings.data == OWN:
        return read_problem(settings)
    shape = BY_NAME[settings.data]
    examples = shape(settings.count, settings.noise, random.Random(settings.dataseed))
    kind = "numbers" if shape in OF_NUMBERS else "sign"
    if choose_loss(settings, kind) == "binary_cross_entropy":
        examples = [(x, (y + 1) / 2) for x, y in examples]
    names = [Column(f"x{i}") for i in range(1, 1 + len(examples[0][0]))]
    output = Column("y" if kind == "numbers" else "the score")
    classes = () if kind == "numbers" else ("−1", "+1")
    return add_features(settings, examples, Columns(names, [output], classes), kind)


def add_features(
    settings: Settings,
    rows: Examples,
    columns: Columns,
    kind: str,
    encoding: Encoding | None = None,
) -> Problem:
    """Return the problem of rows, whose inputs are the numbers in the columns."""
    features = Features(settings.features, len(columns.inputs))
    examples = [(features.compute(x), y) for x, y in rows]
    places = [x for x, _ in rows]
    loss = choose_loss(settings, kind)
    return Problem(examples, places, columns, features, kind, loss, encoding)


def read_problem(settings: Settings) -> Problem:
    """Return what a table has to teach: its last column by the one or two before it."""
    if not settings.table:
        raise InputError("there is no data yet: draw points, or paste a table")
    try:
        table = parse_table(settings.table)
        if len(table.columns) not in (2, 3):
            has = count_things(len(table.columns), "column")
            what = "one or two columns of numbers and, last, a class or a number to predict"
            raise InputError(f"the table has {has}: it needs {what}")
        if len(table.rows) > MOST_ROWS:
            raise InputError(f"the table has {len(table.rows):,} rows, more than {MOST_ROWS:,}")
        target = table.columns[-1]
        is_class = settings.target == "class" or (
            settings.target == "auto" and looks_like_classes(table.column(target))
        )
        wait_for_classes(table, is_class)
        encoding = Encoding.learn(table, target, classes=is_class)
        inputs, targets = encoding.encode_inputs(table), encoding.encode_targets(table)
    except OneClassError:
        raise
    except InputError as error:
        raise InputError(OPTIONS.sub("", str(error))) from None
    columns = describe_columns(encoding)
    for column in columns.inputs:
        if column.categories:
            raise InputError(f"the column {column.name!r} has texts: inputs are numbers here")
    if encoding.is_classification and len(columns.inputs) != 2:
        raise InputError("a class is predicted from two columns of numbers, not from one")
    if len(columns.classes) > MOST_CLASSES:
        has = f"{len(columns.classes)} classes"
        raise InputError(f"the last column has {has}: from 2 to {MOST_CLASSES} can be told apart")
    if settings.target == "number" and encoding.is_classification:
        raise InputError(f"the last column, {target!r}, has texts: it can't be a number to predict")
    kind = "classes" if encoding.is_classification else "numbers"
    rows = list(zip(inputs, targets, strict=True))
    return add_features(settings, rows, columns, kind, encoding)


def wait_for_classes(table: Table, is_class: bool) -> None:
    """Refuse points in the plane that are all alike, and so can be shown, but not learned."""
    kinds = set(table.column(table.columns[-1]))
    rows = [[read_number(cell) for cell in row[:-1]] for row in table.rows]
    good = all(x is not None and math.isfinite(x) for row in rows for x in row)
    if len(kinds) == 1 and len(table.columns) == 3 and good:
        (kind,) = kinds
        if kind:
            is_class = is_class or read_number(kind) is None
            raise OneClassError(table, [[x or 0.0 for x in row] for row in rows], kind, is_class)


def looks_like_classes(cells: list[str]) -> bool:
    """Tell whether a column's cells are few whole numbers, each several times."""
    counts = Counter(cells)
    whole = all(re.fullmatch(r"[+-]?\d{1,3}", cell) for cell in counts)
    return whole and len(counts) <= MOST_CLASSES and 3 * len(counts) <= len(cells)


def choose_loss(settings: Settings, kind: str) -> str:
    """Return the loss that is asked for, or else the first that suits what is predicted."""
    known = LOSSES[kind]
    return settings.loss if settings.loss in known else known[0]


def find_loss(name: str) -> Any:
    """Return the function of a loss."""
    return getattr(losses, name)


def describe_problem(problem: Problem, training: Examples, held_out: Examples) -> dict[str, Any]:
    """Return examples and what their numbers stand for, as scripts of training pages take it.

    The inputs are the numbers in the columns.
    """
    columns, rows = problem.columns, problem.places
    kind = "logit" if problem.loss == "binary_cross_entropy" else problem.kind
    return {
        "kind": kind,
        "columns": [
            describe_input(column, place, rows, [x for x, _ in training])
            for place, column in enumerate(columns.inputs)
        ],
        "names": [make_printable(column.name) for column in columns.outputs],
        "units": [[column.mean, column.scale] for column in columns.outputs],
        "classes": [make_printable(name) for name in columns.classes],
        "points": {
            "training": choose_points(training, kind, problem.outputs),
            "validation": choose_points(held_out, kind, problem.outputs),
        },
    }
