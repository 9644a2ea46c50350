"""How equal a written file's answers are to this engine's, and to those of 60 digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ...._ground.text import list_first
from ...compile.compiler.program import Program
from ...tables.storage import SavedModel
from ..blueprint import find_target, list_classes
from ..report import Agreement, Answers, Gap, NotRunError, Runner
from .asking import answer_by_engine, ask_rows, make_question

MOST_ASKED = 1000  # more tell nothing new
NEAR_TIE = 1e-12  # in probabilities: which of such classes is the likeliest, digits decide

FiniteRow = Sequence[Any] | None  # of floats, or of mpmath's numbers; None where there is no number
Paired = tuple[Sequence[Any], Sequence[Any]]  # a file's, and what they are compared with


def compare_file(
    source: SavedModel | Program, run: Runner, path: Path, rows: Iterable[Any] | None
) -> Agreement:
    """Ask a written file and this engine the same, and return how equal the answers are.

    What can't be run is a NotRunError.
    """
    question = make_question(source) if rows is None else ask_rows(source, rows)
    given = len(question.rows)
    question = question._replace(rows=question.rows[:: -(-given // MOST_ASKED)])
    found = run(path, question)
    if len(found.values) != len(question.rows):
        raise NotRunError(f"it gave {len(found.values)} answers to {len(question.rows)} rows")
    wanted = answer_by_engine(source, question)
    agreement = compare_answers(found, wanted, list_classes(find_target(source)))
    agreement.given = None if rows is None else given
    try:
        from .exact import ExactSource, NoExactError  # here, since it needs mpmath
    except ImportError as error:
        agreement.lacks_exact = str(error)
        return agreement
    try:
        exact = ExactSource(source).answer(question.rows)
    except NoExactError as error:
        agreement.lacks_exact = str(error)
        return agreement
    pairs = match_rows(refuse_infinities([found.values[i] for i in exact.rows]), exact.values)
    agreement.exact_rows = len(pairs)
    agreement.exact_values = measure_values(pairs)
    if found.gradients is not None:
        these = refuse_infinities([found.gradients[i] for i in exact.rows])
        agreement.exact_gradients = measure_gradients(match_rows(these, exact.gradients))
    return agreement


def compare_answers(found: Answers, wanted: Answers, classes: Sequence[str] = ()) -> Agreement:
    """Return how equal a file's answers are to those of this engine.

    >>> wanted = Answers([[1.0], [2.0], [math.nan]])
    >>> compare_answers(Answers([[1.0], [2.5], [math.inf]]), wanted).values
    Gap(absolute=0.5, relative=0.25)

    Whoever has a number where the other has none is wrong:

    >>> compare_answers(Answers([[1.0], [math.nan], [7.0]]), wanted).wrong
    ['no value where this engine has one: row 2', 'a value where this engine refuses: row 3']
    """
    wrong = find_other_labels(found, wanted, classes)
    values = refuse_infinities(found.values), refuse_infinities(wanted.values)
    wrong += find_other_refusals("value", *values)
    gradients = None
    if found.gradients is not None and wanted.gradients is not None:
        slopes = refuse_infinities(found.gradients), refuse_infinities(wanted.gradients)
        wrong += [] if wrong else find_other_refusals("gradient", *slopes)
        gradients = measure_gradients(match_rows(*slopes))
    refused = sum([a is None and b is None for a, b in zip(*values, strict=True)])
    return Agreement(
        len(found.values), None, found.ran, refused, wrong,
        measure_values(match_rows(*values)), gradients,
    )  # fmt: skip


def refuse_infinities(rows: Sequence[Sequence[float]]) -> list[FiniteRow]:
    """Return rows of numbers, None for each in which one isn't finite."""
    return [row if all(map(math.isfinite, row)) else None for row in rows]


def find_other_refusals(
    what: str, found: Sequence[FiniteRow], wanted: Sequence[FiniteRow]
) -> list[str]:
    """Return what to say of rows that only one of the two refuses."""
    lacking = [i for i, row in enumerate(found) if row is None and wanted[i] is not None]
    given = [i for i, row in enumerate(found) if row is not None and wanted[i] is None]
    told = f"no {what} where this engine has one", f"a {what} where this engine refuses"
    return [
        f"{one}: {name_rows(rows)}"
        for one, rows in zip(told, (lacking, given), strict=True)
        if rows
    ]


def find_other_labels(found: Answers, wanted: Answers, classes: Sequence[str]) -> list[str]:
    """Return what to say of rows with a label that isn't that of a likeliest class, or with none.

    Of rows that only one of the two refuses, that is all there is to say.
    """
    labels = found.labels or [""] * len(found.values)
    differing = []
    for i, (label, shares) in enumerate(zip(labels, wanted.values, strict=False)):
        places = dict(zip(classes, shares, strict=False))
        has_numbers = all(map(math.isfinite, [*found.values[i], *shares]))
        if places and has_numbers and places.get(label, -1.0) < max(shares) - NEAR_TIE:
            differing.append(i)
    return [f"another label than this engine's: {name_rows(differing)}"] if differing else []


def name_rows(rows: Sequence[int]) -> str:
    """Return which rows are meant, counted from 1."""
    return f"row{'s' * (len(rows) > 1)} {list_first([str(i + 1) for i in rows], 5)}"


def match_rows(found: Sequence[FiniteRow], wanted: Sequence[FiniteRow]) -> list[Paired]:
    """Return the rows that both have; one of another length isn't equal at all."""
    return [(a, b) for a, b in zip(found, wanted, strict=True) if a is not None and b is not None]


def measure_values(pairs: Sequence[Paired]) -> Gap:
    """Return the worst difference of values, each beside those of the same output."""
    largest = [max(map(abs, column)) for column in zip(*[w for _, w in pairs], strict=True)]
    return measure_difference(pairs, [largest] * len(pairs))


def measure_gradients(pairs: Sequence[Paired]) -> Gap:
    """Return the worst difference of derivatives, each beside the others of its gradient."""
    largest = [max(map(abs, wanted), default=0.0) for _, wanted in pairs]
    scales = [[x] * len(wanted) for x, (_, wanted) in zip(largest, pairs, strict=True)]
    return measure_difference(pairs, scales)


def measure_difference(pairs: Iterable[Any], scales: Sequence[Sequence[Any]]) -> Gap:
    """Return the worst difference, and the worst as a fraction of a number's scale."""
    absolute = relative = 0.0
    for (found, wanted), beside in zip(pairs, scales, strict=True):
        if len(found) != len(wanted):
            return Gap(math.inf, math.inf)
        for x, y, scale in zip(found, wanted, beside, strict=True):
            if x != y:
                off = abs(x - y)
                absolute = max(absolute, float(off))
                relative = max(relative, float(off / scale) if scale else math.inf)
    return Gap(absolute, relative)
