"""What graphs of one operation alone show: which mistakes it may have, and its local derivatives.

Of the many mistakes that one operation may have, few give the numbers of its own graphs. If none
that is known does, the local derivatives are measured there, and tried on all other graphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import nan

from ....checks.samples import Expression
from ....engine.operation import Operation
from ....engine.table import OPERATIONS
from .examination import Examination
from .graphs import WrittenForm
from .search import (
    Observed,
    are_same,
    concerns_case,
    explains,
    is_given,
    is_same,
    pair_suspects,
)
from .simulation import simulate
from .suspects import RESULT, Mistake, Mistakes, Passing, list_finer_suspects

MOST_PAIRS = 60


def list_choices(
    examination: Examination, cases: Sequence[Observed], suspects: Sequence[Mistake]
) -> list[Mistakes]:
    """Return the mistakes to try on an engine's numbers, alone or two of one operation at once."""
    if all(are_same(case.grads, case.right) for case in cases):
        return [(one,) for one in suspects]
    alone = find_alone(cases)
    kept = [
        one for one in suspects
        if not one.share or one.position is None or fits_alone(one, alone.get(one.operation, ()))
    ]  # fmt: skip
    wrong = {name: of_one for name, of_one in alone.items()
             if not all(are_same(case.grads, case.right) for case in of_one)}  # fmt: skip
    finer = [
        replace(one, is_fine=True) for name, of_one in wrong.items()
        for kinds in [{case.evaluated.kinds[0] for case in of_one}]
        for one in list_finer_suspects(OPERATIONS[name], kinds)
        if fits_alone(one, of_one)
        and any(not is_same(case.grads[x], case.right[x]) for case, x in list_received(one, of_one))
    ]  # fmt: skip
    local = [one for one in kept if one.operation in wrong and one.position is not None]
    pairs = [
        pair for pair in pair_suspects([*local, *finer])
        if all(explains(pair, case) for case in wrong[pair[0].operation])
    ]  # fmt: skip
    measured = [one for name, of_one in wrong.items()
                for one in measure(examination, OPERATIONS[name], of_one)]  # fmt: skip
    return [*[(one,) for one in [*kept, *finer]], *pairs[:MOST_PAIRS],
            *[(one,) for one in measured]]  # fmt: skip


def find_alone(cases: Sequence[Observed]) -> dict[str, list[Observed]]:
    """Return the graphs of one operation each, on leaves of their own."""
    found: dict[str, list[Observed]] = {}
    for case in cases:
        lines, kinds = case.graph.lines, case.evaluated.kinds
        if len(lines) == 1 and len(case.graph.leaves) == kinds[0].count("v"):
            found.setdefault(lines[0][0].name, []).append(case)
    return found


def list_received(mistake: Mistake, cases: Sequence[Observed]) -> Iterator[tuple[Observed, int]]:
    """Yield graphs that a mistake concerns, each with the leaf that would have the wrong share."""
    at = mistake.position or 0
    if mistake.receiver not in (None, RESULT):
        at = mistake.receiver
    for case in cases:
        x = case.evaluated.lines[0][1][at]
        if type(x) is int and concerns_case(mistake, case):
            yield case, x


def fits_alone(mistake: Mistake, cases: Sequence[Observed]) -> bool:
    """Tell whether a mistake explains the gradients of its input."""
    return all(
        any(is_given(grads[x], case.grads[x]) for grads, *_ in simulate(case.evaluated, (mistake,)))
        for case, x in list_received(mistake, cases)
    )


def measure(
    examination: Examination, row: Operation, alone: Sequence[Observed]
) -> Iterator[Mistake]:
    """Yield the mistake of local derivatives that are what graphs of the operation alone give.

    The engine is asked for them at all inputs at which another graph needs them.
    """
    wrong = [
        i for i in range(len(row.inputs)) if any(
            not is_same(case.grads[x], case.right[x])
            for case in alone for x in [case.evaluated.lines[0][1][i]] if type(x) is int)
    ]  # fmt: skip
    kinds = {case.evaluated.kinds[0] for case in alone if not are_same(case.grads, case.right)}
    written = next(iter(kinds)) if len(kinds) == 1 else ""
    yield Mistake(
        "local_factor", row.name, wrong[0] if len(wrong) == 1 else None,
        written * ("n" in written), Measurement(examination, row),
    )  # fmt: skip


class Measurement:
    """A share by the local derivative that a graph of the operation alone gives."""

    def __init__(self, examination: Examination, row: Operation) -> None:
        self.examination, self.row = examination, row
        self.known: dict[tuple[str, tuple[float, ...]], list[float]] = {}

    def __call__(self, passing: Passing) -> float:
        """Return the share, nan where it can't be had."""
        key = passing.kinds, tuple(passing.inputs)
        if key not in self.known:
            self.known[key] = self.ask(*key)
        at = passing.kinds[: passing.position].count("v")
        found = self.known[key][at : at + 1]
        return passing.upstream * found[0] if found else nan

    def ask(self, kinds: str, numbers: Sequence[float]) -> list[float]:
        """Return what the leaves of such a graph receive, nothing if it can't be run."""
        if WrittenForm(self.row.name, kinds) not in self.examination.capabilities.forms:
            return []
        leaves = [number for number, kind in zip(numbers, kinds, strict=True) if kind == "v"]
        count = iter(range(len(leaves)))
        inputs = [next(count) if kind == "v" else number
                  for number, kind in zip(numbers, kinds, strict=True)]  # fmt: skip
        (answer,) = self.examination.ask([Expression(leaves, [(self.row, inputs)])])
        grads = answer["grads"][0] if answer.get("grads") else []
        return [factor or 0.0 for factor in grads[: len(leaves)]]
