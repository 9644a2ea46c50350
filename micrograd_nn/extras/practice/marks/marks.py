"""A class's marks: each student's engine examined and graded, as a table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize

from ...._ground.text import count_things, list_first, make_printable, show_path
from ..diagnosis.confinement import find_obstacle
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.expectations import SIGNS
from ..diagnosis.faults import FoundFault
from ..diagnosis.graphs import BINARY
from ..diagnosis.shown import write_operation
from .rubric import LOOK, Mark, Rubric, grade
from .submissions import Submission
from .workers import examine_all

LINE = re.compile(r"\(line (\d+)\)")
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet computes where a cell begins so


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
    tell: Callable[[Marked, int], object] = lambda one, done: None,
) -> list[Marked]:
    """Examine and grade what was handed in; each is reported as it's done, with how many are."""
    keys = [(one.content, *one.beside, one.name, os.path.basename(one.path)) for one in submissions]
    marked: dict[int, Marked] = {}

    def finish(place: int, diagnosis: Diagnosis, seconds: float) -> None:
        one = submissions[place]
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

    for place, one in enumerate(submissions):
        if one.why:
            finish(place, Diagnosis("", why=one.why, confined=not find_obstacle()), 0.0)
    tasks = {
        key: (one.path, one.name)
        for key, one in zip(keys, submissions, strict=True) if not one.why
    }  # fmt: skip
    for key, diagnosis, seconds in examine_all(tasks, rubric.expected, jobs):
        for place, other in enumerate(keys):
            if other == key and not submissions[place].why:
                finish(place, diagnosis, seconds)
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


def write_cell(mark: Mark | None) -> str:
    """Return what a part got: a number, that it is to be looked at, or nothing if it isn't one."""
    return "" if mark is None else LOOK if mark.why == LOOK else f"{mark.points:g}"


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
