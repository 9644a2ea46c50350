"""What a model predicts, as a page shows it: what its numbers mean, and the examples."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from numbers import Real
from typing import Any, Literal

from ...._ground.nested import iterate_numbers
from ...._ground.text import make_printable
from ....losses import binary_cross_entropy, cross_entropy, hinge
from ....notation.javascript.rules import Rules
from ....page.opening import read_place
from ..examples import Example
from ..snapshots import Recording
from .recorded import UnknownModelError, record_graph

MOST_POINTS = 1_000  # examples in a page
MOST_CELLS = 100_000  # numbers of their inputs
FEWEST_PIXELS = 5  # of a picture's side
TINY = 1e-9  # what rounding leaves of a pixel's 0

GivenNames = Mapping[str, Sequence[str]]  # of "inputs", "outputs" and "classes", as far as known


@dataclass(frozen=True)
class Column:
    """What a number of an example stands for: ``mean + scale * number``, or one of some texts.

    >>> Column("weight", mean=100.0, scale=20.0).width
    1

    Texts are one-hot, a number for each category:

    >>> Column("colour", categories=["green", "red"]).width
    2
    """

    name: str
    mean: float = 0.0
    scale: float = 1.0
    categories: Sequence[str] = ()

    @property
    def width(self) -> int:
        """How many numbers of an example belong to it."""
        return len(self.categories) or 1


@dataclass(frozen=True)
class Columns:
    """What the numbers of an example stand for: its inputs, its outputs, its classes."""

    inputs: Sequence[Column]
    outputs: Sequence[Column]
    classes: Sequence[str] = ()


def describe_predictions(
    recording: Recording,
    columns: Columns | None,
    names: GivenNames,
    pixels: Sequence[int] | Literal[False] | None = None,
) -> tuple[dict[str, Any], Rules]:
    """Return all that a page needs to predict: the graph, what its numbers mean, the examples.

    Its operations are those of the rules.
    """
    examples = [*recording.training, *recording.validation]
    rows = [read_numbers(x) for x, _ in examples]
    if not all(rows) or len({len(row) for row in rows}) != 1:
        raise UnknownModelError("the examples' inputs are not lists of as many numbers each")
    graph, rules = record_graph(recording, rows[0], choose_examples(recording.training))
    n_inputs, n_outputs = len(graph["inputs"]), len(graph["outputs"])
    kind = classify_outputs(recording, n_outputs, columns)
    columns = columns or name_columns(names, kind, n_inputs, n_outputs)
    training_rows = rows[: len(recording.training)]
    places = accumulate([column.width for column in columns.inputs], initial=0)
    described = [
        describe_input(column, place, rows, training_rows)
        for column, place in zip(columns.inputs, places, strict=False)
    ]
    predicting = {
        **graph,
        "kind": kind,
        "columns": described,
        "pixels": find_pixels(described) if pixels is None else take_pixels(pixels, described),
        "names": [make_printable(column.name) for column in columns.outputs],
        "units": [[column.mean, column.scale] for column in columns.outputs],
        "classes": [make_printable(name) for name in columns.classes],
        "points": {
            "training": choose_points(recording.training, kind, n_outputs),
            "validation": choose_points(recording.validation, kind, n_outputs),
        },
        "counts": [len(recording.training), len(recording.validation)],
    }
    return predicting, rules


def read_numbers(x: Any) -> list[float]:
    """Return an example's inputs as numbers; an empty list if they are something else."""
    if not isinstance(x, (list, tuple)) or not all(isinstance(number, Real) for number in x):
        return []
    return [float(number) for number in x]


def classify_outputs(recording: Recording, outputs: int, columns: Columns | None) -> str:
    """Return what the outputs stand for: as the columns tell, or by the loss and the targets.

    "classes" is a logit for each class; "logit" one of two classes; "sign" a score of -1 or 1;
    "numbers" what it is by itself.
    """
    if columns is not None and not columns.classes:  # standardised, two numbers are -1 and 1, too
        return "numbers"
    targets = [target for _, target in [*recording.training, *recording.validation]]
    if outputs > 1:
        whole = all(type(y) is int and 0 <= y < outputs for y in targets)
        return "classes" if whole or recording.loss is cross_entropy else "numbers"
    if recording.loss is binary_cross_entropy and all(y in (0, 1) for y in targets):
        return "logit"
    are_signs = {*map(str, iterate_numbers(targets))} <= {"-1", "1", "-1.0", "1.0"}
    if recording.loss is hinge or are_signs:
        return "sign"
    return "numbers"


def name_columns(names: GivenNames, kind: str, n_inputs: int, n_outputs: int) -> Columns:
    """Return what the numbers stand for by the names that are given, or numbered."""
    usual = {"numbers": [], "sign": ["−1", "1"], "logit": ["0", "1"]}
    classes = usual.get(kind, [str(i) for i in range(n_outputs)])
    given = dict(names)
    if not given.get("outputs") and n_outputs == 1:
        given["outputs"] = ["the prediction"]
    return Columns(
        [Column(name) for name in take_names(given, "inputs", n_inputs, "x")],
        [Column(name) for name in take_names(given, "outputs", n_outputs, "y")],
        take_names(given, "classes", len(classes)) if given.get("classes") else classes,
    )


def take_names(names: GivenNames, what: str, count: int, letter: str = "") -> list[str]:
    """Return the names if there are as many as needed, or x1, x2, … if there are none."""
    found = names.get(what, ())
    if found and len(found) != count:
        raise ValueError(
            f"the page of this training needs {count} names of {what}, not {len(found)}"
        )
    return [*found] if found else [f"{letter}{i}" for i in range(1, count + 1)]


def find_pixels(columns: Sequence[Mapping[str, Any]]) -> list[int] | None:
    """Return rows and columns of the picture whose pixels the inputs are; None if they are none.

    They are where there is a square of them, from 5 × 5, none is below 0, and their names count
    through, as p0, p1, … or 1x1, 1x2, … do.
    """
    side = math.isqrt(len(columns))
    if side < FEWEST_PIXELS or side * side != len(columns):
        return None
    numbers, letters = [], set()
    for column in columns:
        if "categories" in column or column["mean"] + column["scale"] * column["low"] < -TINY:
            return None
        numbers.append([int(digits) for digits in re.findall(r"[0-9]+", column["name"])])
        letters.add(re.sub(r"[0-9]+", "", column["name"]))
    counts_through = all(numbers) and numbers == sorted(numbers)
    return [side, side] if counts_through and len(letters) == 1 else None


def take_pixels(
    pixels: Sequence[int] | Literal[False], columns: Sequence[Mapping[str, Any]]
) -> list[int] | None:
    """Return a picture's rows and columns as they are given; those that don't fit are refused."""
    if pixels is False:
        return None
    whole = [read_place(number, "a picture's rows and columns") for number in pixels]
    if len(whole) != 2 or min(whole) < 1 or math.prod(whole) != len(columns):
        raise ValueError(
            f"page takes a picture's rows and columns, whose product is {len(columns)}, "
            f"the number of inputs: not pixels={tuple(pixels)}"
        )
    if any("categories" in column for column in columns):
        raise ValueError("page takes pixels that are numbers, no texts")
    return whole


def describe_input(
    column: Column,
    place: int,
    rows: Sequence[Sequence[float]],
    training_rows: Sequence[Sequence[float]],
) -> dict[str, Any]:
    """Return an input column as a page needs it: where it stands, its range, what is usual."""
    if column.categories:
        counts = [math.fsum(row[place + i] for row in training_rows) for i in range(column.width)]
        return {
            "name": make_printable(column.name),
            "place": place,
            "categories": [make_printable(name) for name in column.categories],
            "usual": counts.index(max(counts)),
        }
    numbers = [row[place] for row in rows]
    return {
        "name": make_printable(column.name),
        "place": place,
        "mean": column.mean,
        "scale": column.scale,
        "low": min(numbers),
        "high": max(numbers),
        "usual": math.fsum(row[place] / len(training_rows) for row in training_rows),
    }


def choose_examples(examples: Sequence[Example]) -> list[Example]:
    """Return the examples that a page has, evenly chosen if they are too many."""
    width = max([len(x) for x, _ in examples[:1]], default=1)
    most = min(len(examples), MOST_POINTS, max(1, MOST_CELLS // width))
    return [examples[i * len(examples) // most] for i in range(most)]


def choose_points(examples: Sequence[Example], kind: str, outputs: int) -> list[list[Any]]:
    """Return (inputs, target) of the examples that a page has.

    A target is the index of a class or a list of numbers; None if it is neither.
    """
    points = []
    for x, y in choose_examples(examples):
        target: Any = int(next(iterate_numbers(y)) > 0) if kind in ("sign", "logit") else y
        if kind == "classes":
            target = int(y)
        if kind == "numbers":
            listed = [*iterate_numbers(y)]
            good = len(listed) == outputs and all(isinstance(number, Real) for number in listed)
            target = [float(number) for number in listed] if good else None
        points.append([read_numbers(x), target])
    return points
