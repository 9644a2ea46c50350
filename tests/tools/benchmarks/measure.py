"""How the benchmarks measure: what a row is, two sides timed in turn, and whether they agree."""

from __future__ import annotations

import gc
import importlib
import math
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, median
from time import perf_counter
from typing import Any, NamedTuple

import micrograd_nn

PACKAGE = Path(micrograd_nn.__file__).parent.parent
AGREE = 1e-9  # how far the two sides may be apart, relative to a number

Run = Callable[[], object]
Pair = tuple[float, float]  # what a round measured of ours and of theirs


class Effort(NamedTuple):
    """How long to measure: in rounds, in each of which each side runs for some seconds."""

    rounds: int = 7
    seconds: float = 0.2
    quick: bool = False

    def size(self, full: Any, quick: Any) -> Any:
        """Return the size of the work: the real one, or one that only shows that it runs."""
        return quick if self.quick else full

    def timed(self, run: Run, times: int) -> float:
        """Return the seconds that a run takes, its garbage collection included.

        What others left behind is collected before: it isn't a cost of this run's.
        """
        if not self.quick:
            gc.collect()
        return timed(run, times)


QUICK = Effort(rounds=1, seconds=0.0, quick=True)


class Row(NamedTuple):
    """Some work against other work: ``pairs`` measures both sides in each round.

    A row is about speed (how many times theirs takes as long as ours) or else about cost (how
    many times as much ours takes). A target of None says that the ratio is only reported.
    """

    work: str
    against: str
    pairs: Callable[[Effort], list[Pair]]
    speed: bool
    target: float | None = None
    unit: str = "s"

    @property
    def name(self) -> str:
        return f"{self.work}, against {self.against}"

    def measured(self, effort: Effort) -> dict[str, Any]:
        """Return the median of the rounds' ratios, their spread, and each side's median."""
        pairs = self.pairs(effort)
        ratios = [theirs / ours if self.speed else ours / theirs for ours, theirs in pairs]
        ratio = median(ratios)
        reached = None
        if self.target is not None and not effort.quick:
            reached = ratio >= self.target if self.speed else ratio <= self.target
        return {
            "ours": median(ours for ours, _ in pairs),
            "theirs": median(theirs for _, theirs in pairs),
            "ratio": ratio,
            "spread": [min(ratios), max(ratios)],
            "reached": reached,
        }


class Score(NamedTuple):
    """How often ours is right, against another: ``pairs`` has both fractions for each split.

    ``behind`` is by how much of all it may be right less often, in the mean.
    """

    work: str
    against: str
    pairs: Callable[[Effort], list[Pair]]
    behind: float

    @property
    def name(self) -> str:
        return f"{self.work}, against {self.against}"

    def measured(self, effort: Effort) -> dict[str, Any]:
        """Return both means, their difference, and the spread of the splits' differences."""
        pairs = self.pairs(effort)
        differences = [ours - theirs for ours, theirs in pairs]
        difference = fmean(differences)
        return {
            "ours": fmean(ours for ours, _ in pairs),
            "theirs": fmean(theirs for _, theirs in pairs),
            "difference": difference,
            "spread": [min(differences), max(differences)],
            "reached": None if effort.quick else difference >= -self.behind,
        }


class Figure(NamedTuple):
    """A number of ours alone: ``numbers`` measures it once a round."""

    work: str
    numbers: Callable[[Effort], list[float]]
    unit: str = "s"
    at_most: float | None = None

    @property
    def name(self) -> str:
        return self.work

    def measured(self, effort: Effort) -> dict[str, Any]:
        """Return the median of the rounds and their spread."""
        numbers = self.numbers(effort)
        reached = None
        if self.at_most is not None and not effort.quick:
            reached = median(numbers) <= self.at_most
        spread = [min(numbers), max(numbers)]
        return {"median": median(numbers), "spread": spread, "reached": reached}


class MissingError(Exception):
    """An ingredient of a row isn't there: a peer that isn't installed, a part of the package."""


def peer(name: str) -> Any:
    """Import a module that may not be installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingError(f"no {name.partition('.')[0]} in this Python") from error


def compiler() -> Any:
    """Return ``micrograd_nn.compile``."""
    if not callable(getattr(micrograd_nn, "compile", None)):
        raise MissingError("micrograd_nn has no compile")
    return micrograd_nn.compile


class Training(ABC):
    """One side of a row about training: steps from the same first weights, on the same data."""

    latest: Any  # what the latest step leaves behind: its loss or more

    @abstractmethod
    def start(self) -> None:
        """Go back to the first weights."""

    @abstractmethod
    def step(self, k: int) -> None:
        """Compute the loss and its gradients, and update the weights."""

    @abstractmethod
    def loss(self) -> float:
        """Return the latest step's loss."""

    @abstractmethod
    def gradients(self) -> list[float]:
        """Return the latest step's gradients, in an order that both sides share."""


def training_race(ours: Training, theirs: Training, steps: int, effort: Effort) -> list[Pair]:
    """Time steps of training, once both sides are seen to agree; the seconds are those of one."""
    agree(ours, theirs)

    def run(side: Training) -> None:
        side.start()
        for k in range(steps):
            side.step(k)
        side.latest = None  # a graph that lived on would burden the other side's collector

    return race(lambda: run(ours), lambda: run(theirs), effort, (steps, steps))


def agree(ours: Training, theirs: Training, steps: int = 3) -> None:
    """Raise an AssertionError unless both sides compute the same losses and gradients.

    What cancels to almost nothing beside the largest gradient may differ by its rounding.
    """
    ours.start()
    theirs.start()
    for k in range(steps):
        ours.step(k)
        theirs.step(k)
        same(f"loss of step {k}", ours.loss(), theirs.loss())
        same_gradients(f"step {k}", ours.gradients(), theirs.gradients())


def same_gradients(where: str, ours: list[float], theirs: list[float]) -> None:
    """Raise an AssertionError unless two lists of gradients agree."""
    rounding = 1e-12 * max(map(abs, theirs))
    for i, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        same(f"gradient {i} of {where}", our, their, rounding)


def same(what: str, our: float, their: float, rounding: float = 0.0) -> None:
    """Raise an AssertionError unless two numbers agree."""
    if not math.isclose(our, their, rel_tol=AGREE, abs_tol=rounding):
        raise AssertionError(f"{what}: {our!r} is not {their!r}")


def race(ours: Run, theirs: Run, effort: Effort, amounts: Sequence[int] = (1, 1)) -> list[Pair]:
    """Time both sides in each round, the first to run being ours and theirs in turn.

    ``amounts`` is how much work a run of each side does; the seconds are those of one piece.
    """
    runs = (ours, theirs)
    times = [repeats(run, effort.seconds) for run in runs]
    pairs = []
    for round in range(effort.rounds):
        seconds = [0.0, 0.0]
        for side in (0, 1) if round % 2 == 0 else (1, 0):
            seconds[side] = effort.timed(runs[side], times[side]) / amounts[side]
        pairs.append((seconds[0], seconds[1]))
    return pairs


def timings(run: Run, effort: Effort, amount: int = 1) -> list[float]:
    """Time one side alone, once a round: the seconds of one piece of work."""
    times = repeats(run, effort.seconds)
    return [effort.timed(run, times) / amount for _ in range(effort.rounds)]


def repeats(run: Run, least: float) -> int:
    """Return how many runs fill a number of seconds. Counting them is the warm-up."""
    times = 1
    while timed(run, times) * times < least:
        times *= 2
    return times


def timed(run: Run, times: int) -> float:
    """Return the seconds that a run takes, on average."""
    start = perf_counter()
    for _ in range(times):
        run()
    return (perf_counter() - start) / times


def run_python(*words: str, folder: Path) -> str:
    """Return what a Python prints that is given these words, with a folder for what it keeps."""
    paths = [str(PACKAGE), os.environ.get("PYTHONPATH", "")]
    places = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "XDG_CACHE_HOME": str(folder)}
    environment = {**os.environ, **places}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a package that is installed has its bytecode
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout
