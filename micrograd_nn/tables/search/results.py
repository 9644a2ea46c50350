"""The file of a search's results: whole after each training, so that a search can go on.

Several searches may put theirs into one file, at the same time, too: each reads, adds and writes
while it holds the file's lock.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from ..._ground.files import check_writable, hold_lock, read_file, write_file
from ..._ground.text import InputError, show_path
from .plan import Plan, explain_difference, name_trial

FORMAT_OF_RESULTS = "micrograd_nn search"
RESULTS_VERSION = 1
COUNTS = "best_epoch", "epochs"
DAMAGED = " is damaged: name another file, and search anew"

Outcome: TypeAlias = Mapping[str, Any]
Trainings: TypeAlias = dict[str, tuple[dict[str, Any], int, Outcome]]


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


def add_results(path: str | os.PathLike[str], plan: Plan, trainings: Trainings) -> Trainings:
    """Add trainings to a file, which keeps all that are there; return them together."""
    with hold_lock(path):
        trainings = {**trainings, **read_results(path, plan)}
        write_results(path, plan, trainings)
    return trainings


def read_results(path: str | os.PathLike[str], plan: Plan) -> Trainings:
    """Return the trainings that a file has, by their keys; of another search, it is refused."""
    if not os.path.exists(path):
        check_writable(path)
        return {}
    shown = show_path(path)
    try:
        content = json.loads(read_file(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{shown} has no results of a search: it isn't JSON ({error})") from None
    is_ours = isinstance(content, dict) and content.get("format") == FORMAT_OF_RESULTS
    if not is_ours or content.get("version") != RESULTS_VERSION:
        raise InputError(f"{shown} has no results of a search: name another file for them")
    found, asked = content.get("search"), json.loads(json.dumps(plan.describe()))
    if not isinstance(found, dict) or not isinstance(found.get("options", {}), dict):
        raise InputError(shown + DAMAGED)
    if found != asked:
        told = explain_difference(asked, found)
        raise InputError(
            f"{shown} has the results of another search ({told}): name another file for these"
        )
    trainings = content.get("trainings")
    if not isinstance(trainings, list):
        raise InputError(shown + DAMAGED)
    kept = {}
    for one in trainings:
        setting, seed, outcome = read_training(one, plan, shown)
        kept[name_trial(setting, seed)] = setting, seed, outcome
    return kept


def read_training(one: Any, plan: Plan, shown: str) -> tuple[dict[str, Any], int, Outcome]:
    """Return a training that a file has: its setting, its seed and its outcome."""
    try:
        setting = {name: one["setting"][name] for name in plan.grid}
        plan.make_options(setting, 0)
        seed, outcome = one["seed"], one["outcome"]
        if type(seed) is not int or not is_outcome(outcome):
            raise ValueError
    except (ValueError, TypeError, KeyError):
        raise InputError(shown + DAMAGED) from None
    return setting, seed, outcome


def is_outcome(outcome: Any) -> bool:
    """Tell whether this is what is kept of a training.

    >>> is_outcome({"failed": "no row is left"}), is_outcome({"validation_loss": "0"})
    (True, False)
    """
    if not isinstance(outcome, dict):
        return False
    if "failed" in outcome:
        return isinstance(outcome["failed"], str)
    loss, training_loss = outcome.get("validation_loss"), outcome.get("training_loss")
    numbers = [loss] if training_loss is None else [loss, training_loss]
    return (
        all(type(x) is float and math.isfinite(x) for x in numbers)
        and all(type(outcome.get(name)) is int for name in COUNTS)
        and isinstance(outcome.get("stopped"), str)
    )


def write_results(path: str | os.PathLike[str], plan: Plan, trainings: Trainings) -> None:
    """Write all trainings that are done: in one order, whichever was done first."""
    content = {
        "format": FORMAT_OF_RESULTS,
        "version": RESULTS_VERSION,
        "search": plan.describe(),
        "trainings": [
            {"setting": setting, "seed": seed, "outcome": outcome}
            for _, (setting, seed, outcome) in sorted(trainings.items())
        ],
    }
    write_file(path, json.dumps(content, indent=1, allow_nan=False) + "\n")
