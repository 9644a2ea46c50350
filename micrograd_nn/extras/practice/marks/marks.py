"""A class's marks: each student's engine examined and graded, as a table, CSV and JSON.

A rubric, a file in TOML, says what there are points for: the parts of an engine, each with the
faults that cost its points. Without one, each operation that an engine has is a part worth 1, and
so is each part of its walk.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from ...._ground.files import read_file
from ...._ground.text import (
    InputError,
    count_things,
    list_first,
    make_printable,
    show_line,
    show_path,
)
from ....graph.graph import Graph
from ..diagnosis.confinement import find_obstacle
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.fault_table import CHOICES, SIGNS, Expectations
from ..diagnosis.faults import HIDING, FoundFault, write_operation
from ..diagnosis.graphs import BINARY, FORMS, UNARY
from .submissions import Submission
from .workers import OURS, Journal, examine_all, hash_data, unpack_diagnosis

DOCTOR = Path(__file__).parents[1]  # what it found is kept while its program is the same
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
LINE = re.compile(r"\(line (\d+)\)")
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet computes where a cell begins so


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


@dataclass(frozen=True, eq=False)
class Marked:
    """A student's engine: what is wrong with it, and what it gets."""

    student: str
    file: str
    diagnosis: Diagnosis
    marks: Sequence[Mark]
    seconds: float
    remarks: Sequence[str] = ()

    @property
    def points(self) -> float:
        """The points of all parts."""
        return sum(mark.points for mark in self.marks)

    @property
    def of(self) -> float:
        """The most points that there are."""
        return sum(mark.of for mark in self.marks)

    @property
    def told(self) -> str:
        """The points in words."""
        looks = sum(mark.why == LOOK for mark in self.marks)
        rest = f", and {count_things(looks, 'part')} to look at yourself" if looks else ""
        return f"{self.points:g} of {self.of:g} points{rest}" if self.marks else "no points"

    def as_data(self) -> dict[str, Any]:
        """Return all of it as data that JSON can hold."""
        return {
            "student": self.student,
            "file": self.file,
            "points": self.points,
            "of": self.of,
            "parts": [mark.__dict__ for mark in self.marks],
            "example": describe_example(self.diagnosis),
            "notes": [*self.remarks],
            "seconds": round(self.seconds, 1),
            **self.diagnosis.as_data(),
        }


def mark_class(
    submissions: Sequence[Submission],
    rubric: Rubric,
    jobs: int,
    journal: Journal,
    tell: Callable[[Marked, int], object] = lambda one, done: None,
) -> list[Marked]:
    """Examine and grade what was handed in; each is reported as it's done, with how many are."""
    doctor = hash_data(*[path.read_bytes() for path in sorted(DOCTOR.rglob("*.py"))])
    wanted = json.dumps([rubric.expected, doctor])
    keys = [hash_data(*[text.encode() for text in (one.content, one.beside, one.name, wanted)],
                      os.fsencode(os.path.basename(one.path))) for one in submissions]  # fmt: skip
    marked: dict[int, Marked] = {}

    def finish(place: int) -> None:
        one = submissions[place]
        diagnosis, seconds = Diagnosis("", why=one.why, confined=not find_obstacle()), 0.0
        if not one.why:
            found = journal.known[keys[place]]
            diagnosis, seconds = unpack_diagnosis(found["diagnosis"]), found["seconds"]
        same = [other.student for other in submissions
                if other is not one and one.content and other.content == one.content]  # fmt: skip
        marks, remarks = grade(diagnosis, rubric), [*one.remarks]
        if same:
            remarks.append(f"the same file as that of {list_first(same, 3, ' and {left} more')}")
        if diagnosis.faults and marks and not any(mark.why for mark in marks):
            remarks.append("no part has points for what it gets wrong")
        diagnosis = call_by_name(diagnosis, one)
        marked[place] = Marked(one.student, one.shown, diagnosis, marks, seconds, remarks)
        tell(marked[place], len(marked))

    tasks: dict[str, tuple[str, str]] = {}
    for place, one in enumerate(submissions):
        if one.why or keys[place] in journal.known:
            finish(place)
        else:
            tasks.setdefault(keys[place], (one.path, one.name))
    for key, found, seconds in examine_all(tasks, rubric.expected, jobs):
        journal.add(key, found, seconds)
        for place in [place for place, other in enumerate(keys) if other == key]:
            finish(place)
    return [marked[place] for place in sorted(marked)]


def call_by_name(diagnosis: Diagnosis, one: Submission) -> Diagnosis:
    """Return a diagnosis of what was handed in, a notebook's lines by their cells."""
    found = [*diagnosis.faults, *diagnosis.remarks]
    why, program = diagnosis.why, one.program
    if program is not None:
        file = os.path.basename(one.shown)
        found = [replace(fault, where=program.locate(fault.where, file)) for fault in found]
        why = LINE.sub(
            lambda line: "(cell {}, line {})".format(*program.find_cell(int(line[1]))), why
        )
    return replace(diagnosis, name=f"{show_path(one.shown)}:{one.name}", why=why, found=found)


def describe_example(diagnosis: Diagnosis) -> str:
    """Return the smallest failing example in words, on one line."""
    if diagnosis.why or not diagnosis.faults:
        return make_printable(diagnosis.why or diagnosis.given_up)
    return describe_fault(diagnosis.faults[0])


def describe_fault(fault: FoundFault) -> str:
    """Return what shows a fault in words, on one line."""
    wrong = [str(one) for one in fault.gradients if one.theirs != one.right]
    seen = ", ".join(wrong) or fault.error or fault.note or fault.what
    program = "; ".join(fault.program.splitlines())
    return make_printable(f"{program}: {seen}" if program else seen)


def write_part(part: str) -> str:
    """Return a part as the heading of a column: an operation by what it looks like, or its name."""
    name = SIGNS.get(part, part)
    return write_operation(name) if name in BINARY else part


def list_parts(marked: Sequence[Marked]) -> list[str]:
    """Return the parts that a class's engines have, each once."""
    return [*dict.fromkeys([mark.part for one in marked for mark in one.marks])]


def write_cell(mark: Mark | None, open: str = LOOK) -> str:
    """Return what a part got: a number, that it is ``open``, or nothing if it isn't one."""
    return "" if mark is None else open if mark.why == LOOK else f"{mark.points:g}"


def write_csv(marked: Sequence[Marked]) -> str:
    """Return a row for each student, in which no cell is a formula."""
    parts = list_parts(marked)
    rows = [["student", "file", "points", "of", *map(write_part, parts), "faults", "example",
             "notes", "seconds"]]  # fmt: skip
    for one in marked:
        marks = {mark.part: mark for mark in one.marks}
        faults = [fault.title for fault in one.diagnosis.faults]
        rows.append([
            one.student, one.file, f"{one.points:g}", f"{one.of:g}",
            *[write_cell(marks.get(part)) for part in parts],
            "; ".join(faults) or "can't be run" * bool(one.diagnosis.why),
            describe_example(one.diagnosis), "; ".join(one.remarks), f"{one.seconds:.1f}",
        ])  # fmt: skip
    text = io.StringIO("\ufeff")  # by which a spreadsheet knows UTF-8
    text.seek(0, io.SEEK_END)
    csv.writer(text, lineterminator="\n").writerows([map(make_safe, row) for row in rows])
    return text.getvalue()


def make_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    text = make_printable(text).strip()
    return f"'{text}" if normalize("NFKC", text).startswith(FORMULA) else text
