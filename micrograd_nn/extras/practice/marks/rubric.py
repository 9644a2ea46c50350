"""What a class gets points for: the parts of an engine, each with the faults that cost its points.

A rubric is a file in TOML. Without one, each operation that an engine has is a part worth 1, and
so is each part of its walk.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...._ground.files import read_file
from ...._ground.text import InputError, show_line, show_path
from ....graph.graph import Graph
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.expectations import CHOICES, SIGNS, Expectations
from ..diagnosis.faults import FoundFault
from ..diagnosis.graphs import BINARY, FORMS, UNARY
from ..diagnosis.shown import HIDING, write_operation
from .workers import OURS

OPERATION, SHARED, ORDER, SEED, OWN = "operation", "shared", "order", "seed", "own"
WALK = (SHARED, ORDER, SEED, OWN)
PARTS = {  # a part each, and the faults that belong to it; an operation's are told of its own
    OPERATION: "right_forgotten left_forgotten leaky rounded local_factor upstream_forgotten "
    "reflected_swapped forward raises endless unknown relu_at_zero lacking merged "
    "approximated misdirected last_call",
    SHARED: "overwrite dropped aliased",
    ORDER: "order revisits equal_nodes mutated cleared left_over",
    SEED: "unseeded reseeded nothing given_seed",
    OWN: "borrowed nudged",
    "deep": "recursion",
    "second-pass": "kept once_only",
    "reflected": "not_reflected",
    "double": "narrow",
    "once": "doubles",
    "accumulate": "replaces",
    "replace": "adds_up",
}
PART_OF = {fault: part for part, faults in PARTS.items() for fault in faults.split()}
WRITTEN = {form.write(): form.name for form in reversed(FORMS)}
WRITTEN |= {write_operation(name): name for name in (*BINARY, *UNARY)}
WITHOUT_NUMBERS = {OWN, "deep", "reflected"}  # parts that are seen even if all gradients are 0
NOT_SEEN = {  # what wasn't looked at, and of which parts nothing is known then
    "small graphs": {OPERATION, SHARED, ORDER, SEED},
    "a second pass": {"second-pass", "accumulate", "replace"},
    "deep graphs": {"deep"},
    "how often a node is visited": {ORDER, "once"},
}
LOOK = "look at it yourself"
MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Rubric:
    """The class's usual name, what is expected, and the points of each part as it is written."""

    name: str = "Value"
    expect: Sequence[str] = ()
    points: dict[str, float] = field(default_factory=dict)

    @property
    def expected(self) -> list[str]:
        """All that is expected: what gets points is, too."""
        return [*dict.fromkeys([*self.expect, *[part for part in self.points if part not in WALK]])]


@dataclass(frozen=True)
class Mark:
    """What a part of one engine gets; ``why`` it isn't all: "look at it yourself" or faults."""

    part: str
    points: float
    of: float
    why: str = ""


def read_rubric(path: str) -> Rubric:
    """Return the rubric in a file; what it can't be is an error that says where."""
    shown = show_path(path)
    try:
        found = tomllib.loads(read_file(path).removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{shown} isn't TOML: {error}") from None
    name, expect, points = [found.pop(key, value) for key, value in
                            [("name", "Value"), ("expect", []), ("points", {})]]  # fmt: skip
    if found:
        raise InputError(
            f"{shown}: {show_line(next(iter(found)))} isn't known: there are name, expect, [points]"
        )
    if not isinstance(name, str) or not name.isidentifier():
        raise InputError(f"{shown}: name is a class's name, such as Value")
    if not isinstance(expect, list) or not all(isinstance(one, str) for one in expect):
        raise InputError(f'{shown}: expect is a list of texts, such as ["tanh", "deep"]')
    if not isinstance(points, dict):
        raise InputError(f"{shown}: [points] has a number for each part, such as shared = 2")
    for part, number in points.items():
        if type(number) not in (int, float) or not 0 <= number <= MOST_POINTS:
            raise InputError(f"{shown}: {show_line(part)} gets 0 to {MOST_POINTS:,} points")
        if part not in (*WALK, *CHOICES, *SIGNS, *BINARY, *UNARY):
            raise InputError(
                f"{shown}: {show_line(part)} isn't a part: there are operations "
                f"({', '.join([*SIGNS, *UNARY])}), {', '.join([*WALK, *CHOICES])}"
            )
    rubric = Rubric(name, expect, points)
    try:
        Expectations(rubric.expected)
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None
    return rubric


def grade(diagnosis: Diagnosis, rubric: Rubric) -> list[Mark]:
    """Return what each part of an engine gets.

    What can't be run gets nothing, nor what another engine does. A part gets its points unless a
    fault of it was found. Of what couldn't be looked at, nothing is guessed, nor where the doctor
    stopped.
    """
    points = rubric.points or dict.fromkeys([*diagnosis.operations, *WALK], 1)
    borrowed = [one.title for one in diagnosis.faults if PART_OF[one.name] == OWN]
    lost = f"it can't be run: {diagnosis.why}" if diagnosis.why else "; ".join(borrowed)
    if diagnosis.why.startswith(OURS):
        lost = LOOK
    marks = []
    for part, number in points.items():
        why = lost or "; ".join([one.title for one in diagnosis.faults if costs(one, part)])
        if not why and is_open(diagnosis, SIGNS.get(part, part)):
            why = LOOK
        marks.append(Mark(part, 0 if why else number, number, why))
    return marks


def costs(fault: FoundFault, part: str) -> bool:
    """Tell whether a fault belongs to a part."""
    if PART_OF[fault.name] != OPERATION:
        return PART_OF[fault.name] == part
    operations = find_operations(fault)
    return SIGNS.get(part, part) in operations and not is_anywhere(fault)


def find_operations(fault: FoundFault) -> set[str]:
    """Return the operations that a fault is about, or that are in its graph."""
    operations = {WRITTEN[text] for text in fault.operations if text in WRITTEN}
    return operations or {node.operation.name for node in list_results(fault.graph)}


def list_results(graph: Graph | None) -> list[Any]:
    """Return the nodes of a graph that an operation made."""
    return [node for node in graph.nodes if node.operation is not None] if graph else []


def is_anywhere(fault: FoundFault) -> bool:
    """Tell whether a fault is in one of several operations, or in the walk, nobody knows where."""
    if fault.name not in ("unknown", "raises", "endless"):
        return False
    return len(list_results(fault.graph)) > 1


def is_open(diagnosis: Diagnosis, part: str) -> bool:
    """Tell whether nothing is known of a part: it wasn't looked at, or couldn't be."""
    kind = OPERATION if part in (*BINARY, *UNARY) else part
    for text in diagnosis.unseen:
        for phrase, kinds in NOT_SEEN.items():
            if phrase in text and kind in kinds:
                return True
        if WRITTEN.get(text) == part:
            return True
    for fault in diagnosis.faults:
        if fault.name == "nothing" or HIDING in fault.note:
            return part not in WITHOUT_NUMBERS
        if is_anywhere(fault) and (part in (SHARED, ORDER) or part in find_operations(fault)):
            return True
    return False
