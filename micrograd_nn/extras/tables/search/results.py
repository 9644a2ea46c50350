"""The file of a search's results: whole after each training, so that a search can go on.

Several searches may put theirs into one file, at the same time, too: each reads, adds and writes
while it holds the file's lock.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from statistics import fmean, stdev
from typing import Any, NamedTuple, TypeAlias

from ...._ground.files import check_writable, hold_lock, read_file, write_file
from ...._ground.text import InputError, show_path
from ..options import Options

FORMAT_OF_RESULTS = "micrograd_nn search"
RESULTS_VERSION = 3
ANOTHER = "name another file for these, such as --results OTHER.json"
# How many standard errors from 0 a mean difference is by chance in 5 % of cases, by two, three
# and more seeds (Student's t).
STANDARD_ERRORS = 12.7, 4.3, 3.2, 2.8, 2.6, 2.4, 2.4, 2.3, 2.3, 2.2

Outcome: TypeAlias = Mapping[str, Any]
Trainings: TypeAlias = dict[str, Outcome]  # by their options, see name_trial


class SettingResult(NamedTuple):
    """What came of one setting: the losses of its trainings, by seed, and why some failed."""

    setting: dict[str, Any]
    losses: dict[int, float]
    epochs: dict[int, int]
    failed: dict[int, str]

    @property
    def mean(self) -> float:
        """The mean validation loss; nan where no training gave one."""
        losses = [self.losses[seed] for seed in sorted(self.losses)]
        return math.fsum(losses) / len(losses) if losses else math.nan

    @property
    def rank(self) -> tuple[int, bool, float]:
        """What sorts settings: those of which no training failed come first, by their means."""
        return len(self.failed), not self.losses, self.mean if self.losses else 0.0

    def is_like(self, other: SettingResult) -> bool:
        """Tell whether chance may be all that two settings differ by, seed by seed.

        >>> best, near, far = [
        ...     SettingResult({}, dict(enumerate(losses)), {}, {})
        ...     for losses in ([1.0, 1.2, 1.1], [1.1, 1.1, 1.2], [2.0, 2.2, 2.2])
        ... ]
        >>> near.is_like(best), far.is_like(best)
        (True, False)
        """
        common = self.losses.keys() & other.losses
        if len(common) < 2:
            return True
        differences = [self.losses[seed] - other.losses[seed] for seed in sorted(common)]
        error = stdev(differences) / math.sqrt(len(common))
        return abs(fmean(differences)) <= STANDARD_ERRORS[: len(common) - 1][-1] * error


def add_results(path: str | os.PathLike[str], fingerprint: str, trainings: Trainings) -> Trainings:
    """Add trainings to a file, which keeps all that are there; return them together."""
    with hold_lock(path):
        trainings = {**trainings, **read_results(path, fingerprint)}
        content = {
            "format": FORMAT_OF_RESULTS,
            "version": RESULTS_VERSION,
            "search": fingerprint,
            "trainings": [  # in one order, whichever was done first
                {"options": json.loads(key), "outcome": outcome}
                for key, outcome in sorted(trainings.items())
            ],
        }
        write_file(path, json.dumps(content, indent=1, allow_nan=False) + "\n")
    return trainings


def read_results(path: str | os.PathLike[str], fingerprint: str) -> Trainings:
    """Return the trainings that a file has, by their keys; of another table, it is refused."""
    if not os.path.exists(path):
        check_writable(path)
        return {}
    text = read_file(path)
    try:
        content = json.loads(text)
        if (content["format"], content["version"]) != (FORMAT_OF_RESULTS, RESULTS_VERSION):
            raise ValueError
        trainings = dict([read_training(one) for one in content["trainings"]])
        search = content["search"]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise InputError(
            f"{show_path(path)} has no results of a search by this version, or it is damaged: "
            f"{ANOTHER}"
        ) from None
    if search != fingerprint:
        raise InputError(
            f"{show_path(path)} has the results of another search (another table or target, or "
            f"other columns, rows or classes): {ANOTHER}"
        )
    return trainings


def name_trial(options: Options) -> str:
    """Return the key of a training: all its options."""
    return json.dumps(vars(options), sort_keys=True)


def read_training(one: Any) -> tuple[str, Outcome]:
    """Return the key of a training that a file has, and its outcome; a damaged one is an error."""
    outcome = one["outcome"]
    good = type(outcome.get("failed")) is str or (
        math.isfinite(outcome["validation_loss"]) and type(outcome["best_epoch"]) is int
    )
    if not good:
        raise ValueError
    return name_trial(Options(**one["options"])), outcome
