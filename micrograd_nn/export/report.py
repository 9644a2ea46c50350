"""What each exported file is measured by: its target, what it is asked, what it answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ..programs.saving import Writer


class NotRunError(RuntimeError):
    """A file can't be run on this machine, and why: "there is no node"."""


class Question(NamedTuple):
    """What a written file is asked: rows, and of a program its parameters.

    A cell is a number or a text, as it stands in the table; of an MLP or a program, an input. What
    the file was written from says only how to ask it: what its columns and its results are.
    """

    rows: list[list[float | str]]
    parameters: list[float]
    source: Any  # the SavedModel or the Program


class Answers(NamedTuple):
    """What a written file answers, a list for each row; NaN stands for what it refuses.

    Values are the outputs: of classes the probabilities, of a number the prediction, of a program
    the result. A gradient is that of the sum of a row's network outputs (before any softmax or
    unscaling) by each parameter, in the order of ``model.parameters()``; of a program's result by
    each of its ``wrt_names``. A file that has no gradients answers None, and one that gives no
    labels likewise.
    """

    values: list[list[float]]
    gradients: list[list[float]] | None
    versions: dict[str, str]
    labels: list[str] | None = None


class Target(NamedTuple):
    """A kind of file that a model or a program is exported to."""

    ending: str  # the longest that fits wins
    what: str  # for messages: "a PyTorch module"
    write: Writer  # of the model, or the program, and a path
    run: Callable[[Path, Question], Answers]  # the file itself, never our engine
    needs: str = ""  # what must be there to run it: "torch", "node", "a C compiler"
    single: bool = False  # whether write takes single=True
