"""Which mistakes explain an engine's numbers: those whose simulation gives them, on every graph.

They are found one after the other. Each must explain graphs that none before it does, and must not
spoil any that is explained: right numbers are to be explained as well.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from math import isfinite
from typing import NamedTuple

from ...._ground.text import format_number
from ....checks.samples import Expression
from .graphs import Evaluated, evaluate
from .simulation import simulate
from .suspects import Mistake, Mistakes

RELATIVE, ABSOLUTE = 1e-5, 1e-6  # how far numbers may be apart: an engine may compute in float32
TRIED_ON = 40  # graphs that aren't explained, on which each mistake is tried first
MOST_MISTAKES = 12


@dataclass(frozen=True, eq=False)
class Observed:
    """A graph, the gradients that the engine gave its leaves, and the right ones."""

    graph: Expression
    grads: list[float]
    right: list[float]

    @cached_property
    def forms(self) -> set[tuple[str, str]]:
        """What a mistake may concern in it: operations, also as they are written."""
        lines = zip(self.evaluated.lines, self.evaluated.kinds, strict=True)
        return {(row.name, kinds) for (row, _), of in lines for kinds in ("", of)}

    @cached_property
    def evaluated(self) -> Evaluated:
        """The graph with its numbers and local derivatives."""
        return evaluate(self.graph)


class Fit(NamedTuple):
    """What was found: the mistakes, and the first graph that they don't explain."""

    mistakes: Mistakes
    unexplained: Observed | None


def is_same(x: float | None, y: float | None) -> bool:
    """Tell whether two numbers are the same but for rounding; a missing gradient is 0.

    >>> is_same(0.1 + 0.2, 0.3), is_same(None, 0.0), is_same(math.nan, math.nan)
    (True, True, True)
    >>> is_same(1.0, math.nan), is_same(math.inf, 1e300)
    (False, False)
    """
    x, y = x or 0.0, y or 0.0
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    return math.isclose(x, y, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def are_same(xs: Sequence[float | None], ys: Sequence[float | None]) -> bool:
    """Tell whether all numbers are the same but for rounding."""
    return all(is_same(x, y) for x, y in zip(xs, ys, strict=True))


def show_pair(theirs: float | None, right: float) -> tuple[str, str]:
    """Return a number and the right one, in as many digits as tell them apart.

    >>> show_pair(1.0, 2.0), show_pair(1.41421, 1.41422), show_pair(0.1 + 0.2, 0.3)
    (('1', '2'), ('1.41421', '1.41422'), ('0.3', '0.3'))
    """
    for digits in (4, 8):
        shown = format_number(theirs, digits), format_number(right, digits)
        if shown[0] != shown[1]:
            break
    return shown


def compare_numbers(what: str, theirs: float | None, right: float) -> str:
    """Say what a number is and what it should be."""
    shown = show_pair(theirs, right)
    return f"{what} is {shown[0]}, and should be {shown[1]}"


def is_given(simulated: float, theirs: float) -> bool:
    """Tell whether an engine gives what was simulated, or neither has a number.

    NumPy has an infinite one then, and Python none.
    """
    return is_same(simulated, theirs) or not (isfinite(simulated) or isfinite(theirs))


def explains(mistakes: Mistakes, case: Observed) -> bool:
    """Tell whether an engine with these mistakes gives such numbers."""
    if not mistakes:
        return are_same(case.right, case.grads)
    return any(
        all(is_given(x, y) for x, y in zip(passes[0], case.grads, strict=True))
        for passes in simulate(case.evaluated, mistakes)
    )


def concerns_case(mistake: Mistake, case: Observed) -> bool:
    """Tell whether a mistake may change anything in a graph."""
    return not mistake.operation or (mistake.operation, mistake.kinds) in case.forms


def find_mistakes(
    cases: Sequence[Observed], choices: Sequence[Mistakes], until: float = math.inf
) -> Fit:
    """Return the mistakes among some choices that explain as many cases as can be.

    Two mistakes may make up for one another in a graph, which each alone then spoils. That is let
    pass where in the end all cases are explained. At a moment (of time.monotonic) no more is tried.
    """
    found = gather_mistakes(cases, choices, True, until)
    if found.unexplained is not None:
        loose = gather_mistakes(cases, choices, False, until)
        found = loose if loose.unexplained is None else found
    needed = [m for m in found.mistakes if find_witness(cases, found.mistakes, m) is not None]
    return drop_doubtful(cases, found._replace(mistakes=tuple(needed)))


def drop_doubtful(cases: Sequence[Observed], fit: Fit) -> Fit:
    """Return a fit that fails without what is doubtful then.

    Beyond a single operation it is the walk, most likely, that is wrong by another mistake than
    those. And of the finer mistakes of one operation, some explain its own graphs by accident, as
    roundings do.
    """
    if fit.unexplained is None:
        return fit
    is_one = len(fit.unexplained.graph.lines) == 1
    mistakes = tuple([
        m for m in fit.mistakes
        if not ((m.traits & {"walk", "descends"} or m.fault == "rounded") and not is_one)
        and not (m.is_fine and concerns_case(m, fit.unexplained))
    ])  # fmt: skip
    return measure_fit(cases, mistakes) if mistakes != fit.mistakes else fit


def measure_fit(cases: Sequence[Observed], mistakes: Mistakes) -> Fit:
    """Return what mistakes explain, and the first case that they don't."""
    return Fit(mistakes, next((case for case in cases if not explains(mistakes, case)), None))


def gather_mistakes(
    cases: Sequence[Observed], choices: Sequence[Mistakes], is_strict: bool, until: float
) -> Fit:
    """Return the mistakes found one after the other, each the one that explains most.

    All pairs are tried where no choice explains any.
    """
    found: Mistakes = ()
    explained = [explains(found, case) for case in cases]
    while not all(explained) and len(found) < MOST_MISTAKES:
        best = find_best(cases, explained, found, choices, is_strict, until)
        if not best and is_strict:
            every = pair_suspects([one for one, *others in choices if not others])
            best = find_best(cases, explained, found, every, is_strict, until)
        if time.monotonic() > until:  # the best of some may be a wrong name
            return measure_fit(cases, ())
        if not best:
            break
        found = (*found, *best)
        explained = [explains(found, case) for case in cases]
    return measure_fit(cases, found)


def pair_suspects(suspects: Sequence[Mistake]) -> Iterator[Mistakes]:
    """Yield mistakes in both inputs of an operation, and two in how the graph is walked.

    Each alone would spoil graphs on which the two make up for one another.
    """
    for one, other in combinations(suspects, 2):
        if one.operation == other.operation and (
            not one.operation or (None not in (one.position, other.position)
            and one.position != other.position)
        ):  # fmt: skip
            yield one, other


def find_best(
    cases: Sequence[Observed],
    explained: Sequence[bool],
    found: Mistakes,
    choices: Iterable[Mistakes],
    is_strict: bool,
    until: float,
) -> Mistakes:
    """Return the choice that explains most cases beside those that are; () if none explains any."""
    best: Mistakes = ()
    most = 0
    sample = [case for case, was in zip(cases, explained, strict=True) if not was]
    for new in choices:
        if time.monotonic() > until:
            break
        tried = (*found, *new)
        if sum(m.walk is not None for m in tried) > 1:  # an engine has one walk
            continue
        concerned = (case for case in sample if concerns_case(new[0], case))
        if any(explains(tried, case) for case in islice(concerned, TRIED_ON // len(new) ** 2)):
            gain = count_gain(cases, explained, tried, new, is_strict)
            if gain > most:
                best, most = new, gain
    return best


def count_gain(
    cases: Sequence[Observed],
    explained: Sequence[bool],
    tried: Mistakes,
    new: Mistakes,
    is_strict: bool,
) -> int:
    """Return how many cases more mistakes explain, 0 if they spoil one strictly."""
    concerned = [
        (case, was) for case, was in zip(cases, explained, strict=True)
        if any(concerns_case(mistake, case) for mistake in new)
    ]  # fmt: skip
    spoiled = (not explains(tried, case) for case, was in concerned if was)
    if is_strict and any(spoiled):
        return 0
    return sum(explains(tried, case) for case, was in concerned if not was) - sum(spoiled)


def find_witness(cases: Sequence[Observed], found: Mistakes, mistake: Mistake) -> Observed | None:
    """Return the smallest case that shows a mistake: without it, the others don't explain it.

    One where they make up for one another, and the numbers are right, shows it if no other does.
    """
    others = tuple([m for m in found if m is not mistake])
    right = None
    for case in cases:
        if concerns_case(mistake, case) and not explains(others, case) and explains(found, case):
            if not are_same(case.grads, case.right):
                return case
            right = right or case
    return right
