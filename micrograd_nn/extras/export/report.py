"""An export's report: how equal a written file is to this engine, and to 60-digit arithmetic.

A target is a row: what writes its files, and what runs them.
"""

from __future__ import annotations

import html
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ..._ground.files import Written
from ..._ground.text import count_things
from ..compile.compiler.saving import Writer


class NotRunError(RuntimeError):
    """A file can't be run on this machine, and why: "there is no node"."""


class Question(NamedTuple):
    """What a written file is asked: rows, and a program with the parameters that it has.

    A cell is a number or a text, as it stands in the table; of an MLP or a program, an input. What
    the file was written from says only how to ask it: what its columns and its results are.
    """

    rows: list[list[float | str]]
    source: Any  # the SavedModel or the Program

    @property
    def parameters(self) -> list[float]:
        """The numbers that a program was recorded with; a model's stand in its file."""
        return [x.data for x in getattr(self.source, "parameters", ())]


class Answers(NamedTuple):
    """What a written file answers, a list for each row; NaN stands for what it refuses.

    Values are the outputs: of classes the probabilities, of a number the prediction, of a program
    the result, whose gradient is that by each of its ``wrt_names``. A file that has no gradients
    answers None, and one that gives no labels likewise.
    """

    values: list[list[float]]
    gradients: list[list[float]] | None = None
    labels: list[str] | None = None
    ran: str = ""  # what ran the file: "Python 3.11.2"


Runner = Callable[[Path, Question], Answers]  # of the file itself, never our engine


class Target(NamedTuple):
    """A kind of file that a model is exported to, and what runs it."""

    write: Writer  # of the model and a path
    run: Runner


class Gap(NamedTuple):
    """The worst difference of numbers: absolute, and relative to the largest number beside it.

    Beside a value stand those of the same output for all rows; beside a derivative, the others of
    the row's gradient.
    """

    absolute: float
    relative: float

    def tell(self, whose: str) -> str:
        """Return how far numbers are from others.

        >>> Gap(2e-16, 1e-15).tell("60 digits")
        'at most 2.0e-16 off 60 digits (relative 1.0e-15)'
        >>> Gap(0.0, 0.0).tell("this engine")
        'not a bit off this engine'
        """
        if self.absolute == 0:
            return f"not a bit off {whose}"
        return f"at most {self.absolute:.1e} off {whose} (relative {self.relative:.1e})"


@dataclass
class Agreement:
    """What came out when a written file and this engine were asked the same rows."""

    rows: int  # as many as were compared
    given: int | None  # how many were given; None if they were made
    ran: str  # what ran the file
    refused: int  # rows for which both say that there is no right number
    wrong: list[str]  # what makes the file no equal at all
    values: Gap
    gradients: Gap | None
    exact_rows: int = 0  # as many as were compared with 60 digits
    exact_values: Gap | None = None
    exact_gradients: Gap | None = None
    lacks_exact: str = ""  # why none were

    @property
    def worst(self) -> float:
        """The largest relative difference from this engine; infinite where the file is wrong."""
        if self.wrong or self.refused == self.rows:
            return math.inf
        return max(self.values.relative, self.gradients.relative if self.gradients else 0.0)

    def tell(self) -> list[str]:
        """Return what it says in a few lines."""
        rows = count_things(self.rows, "row")
        if self.given is None:
            rows += " made for it"
        elif self.given > self.rows:
            rows = f"{self.rows:,} of {count_things(self.given, 'row')}"
        told = [f"compared on {rows}" + f", run by {self.ran}" * bool(self.ran)]
        told += [f"WRONG: {wrong}" for wrong in self.wrong]
        if self.refused:
            told.append(f"refused by the file and by this engine: {self.refused:,} of the rows")
        if self.refused < self.rows:
            told.append(f"values: {tell_both(self.values, self.exact_values)}")
            if self.gradients is not None:
                told.append(f"gradients: {tell_both(self.gradients, self.exact_gradients)}")
        if self.lacks_exact:
            told.append(f"60 digits: not computed, since {self.lacks_exact}")
        elif self.exact_rows < self.rows - self.refused:
            told.append(f"60 digits: of {count_things(self.exact_rows, 'row')}")
        return told


def tell_both(engine: Gap, exact: Gap | None) -> str:
    """Return how far numbers are from this engine's, and from those of 60 digits."""
    return engine.tell("this engine") + (f", {exact.tell('60 digits')}" if exact else "")


class ExportReport(Written):
    """The files that were written, and how equal they are; ``print`` tells it in some lines.

    ``agreement`` is None, and ``worst`` too, where nothing was compared: ``not_run`` says why, or
    is empty if that wasn't asked for.
    """

    def __init__(
        self, path: str | os.PathLike[str], agreement: Agreement | None = None, not_run: str = ""
    ) -> None:
        super().__init__(path)
        self.agreement = agreement
        self.not_run = not_run

    @property
    def worst(self) -> float | None:
        """The largest relative difference from this engine; infinite where the file is wrong."""
        return None if self.agreement is None else self.agreement.worst

    def tell(self) -> list[str]:
        """Return how equal the files are in a few lines, none where nothing was compared."""
        if self.agreement is not None:
            return self.agreement.tell()
        return [f"not run here: {self.not_run}"] if self.not_run else []

    def find_fault(self, bound: float) -> str:
        """Return why the files aren't as equal as that; nothing if they are."""
        if self.worst is None:
            return f"it can't be compared: not run here: {self.not_run}"
        if self.agreement and self.agreement.refused == self.agreement.rows:
            return "it can't be compared: every row is out of range: give other rows"
        if self.worst > bound:
            return f"it differs from this engine by {self.worst:.1e}, and {bound!r} is the bound"
        return ""

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *self.tell()])

    def _repr_html_(self) -> str:
        return "<br>".join([super()._repr_html_(), *map(html.escape, self.tell())])


class NotEqualError(ValueError):
    """A file isn't as equal to this engine as was asked for; ``report`` has what was found."""

    def __init__(self, told: str, report: ExportReport) -> None:
        super().__init__(told)
        self.report = report
