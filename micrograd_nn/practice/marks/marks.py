"""A class's marks: each student's engine examined and graded, as a table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..._ground.text import join_words, make_printable, show_path
from ...page.document import replace_infinite
from ..diagnosis.confinement import find_obstacle
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.expectations import SIGNS
from ..diagnosis.faults import FoundFault
from ..diagnosis.graphs import BINARY
from ..diagnosis.shown import write_operation
from .journal import Journal, unpack_diagnosis
from .rubric import LOOK, Mark, Rubric, grade
from .submissions import Submission, hash_data
from .workers import examine_all

DOCTOR = Path(__file__).parents[1] / "diagnosis"  # what it found is kept while it is the same
LINE = re.compile(r"\(line (\d+)\)")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet computes where a cell begins so


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
        rest = f", and {looks} to look at yourself" if looks else ""
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
    """Examine and grade what was handed in; each is told as it's done, with how many are."""
    doctor = hash_data(*[path.read_bytes() for path in sorted(DOCTOR.rglob("*.py"))])
    wanted = json.dumps([rubric.expected, doctor])
    keys = [hash_data(*[text.encode() for text in (one.content, one.beside, one.name, wanted)])
            for one in submissions]  # fmt: skip
    marked: dict[int, Marked] = {}

    def finish(place: int, diagnosis: Diagnosis, seconds: float) -> None:
        one = submissions[place]
        diagnosis = call_by_name(diagnosis, one)
        same = [other.student for other in submissions
                if other is not one and one.content and other.content == one.content]  # fmt: skip
        remarks = [*one.remarks, *[f"the same file as that of {join_words(same)}"] * bool(same)]
        marks = grade(diagnosis, rubric)
        marked[place] = Marked(one.student, one.shown, diagnosis, marks, seconds, remarks)
        tell(marked[place], len(marked))

    def finish_known(places: Sequence[int]) -> None:
        for place in places:
            if keys[place] in journal.known:
                found = journal.known[keys[place]]
                finish(place, unpack_diagnosis(found["diagnosis"]), found["seconds"])

    for place, one in enumerate(submissions):
        if one.why:
            finish(place, Diagnosis("", why=one.why, confined=not find_obstacle()), 0.0)
    finish_known([place for place in range(len(submissions)) if place not in marked])
    places = {keys[place]: place for place in reversed(range(len(submissions)))
              if place not in marked}  # fmt: skip
    waiting = sorted(places.values())
    tasks = [(submissions[place].path, submissions[place].name) for place in waiting]
    for number, found, seconds in examine_all(tasks, rubric.expected, jobs) if tasks else ():
        first = waiting[number]
        journal.add(keys[first], put_below(found, submissions[first].path), seconds)
        finish_known([place for place, key in enumerate(keys) if key == keys[first]])
    return [marked[place] for place in sorted(marked)]


def put_below(found: dict[str, Any], path: str) -> dict[str, Any]:
    """Return what was found with names of files as they are beside the engine's, which has none."""
    for fault in found["found"]:
        if fault["where"]:
            file = os.path.abspath(fault["where"][0])
            below = os.path.relpath(file, os.path.dirname(path))
            fault["where"][0] = "" if file == path else below
    return found


def call_by_name(diagnosis: Diagnosis, one: Submission) -> Diagnosis:
    """Return a diagnosis whose files are called as they were handed in, a notebook by its cells."""

    def show(fault: FoundFault) -> FoundFault:
        if fault.where is None:
            return fault
        file, line = fault.where.file, fault.where.line
        if file:
            file = os.path.join(os.path.dirname(one.shown), file)
        elif one.program is not None:
            cell, line = one.program.find_cell(line)
            file = f"{one.shown}, cell {cell}"
        file = file or one.shown
        return replace(fault, where=fault.where._replace(file=file, line=line))

    def show_line(match: re.Match[str]) -> str:
        cell, line = one.program.find_cell(int(match[1])) if one.program else (0, 0)
        return f"(cell {cell}, line {line})" if cell else match[0]

    found = [show(fault) for fault in [*diagnosis.faults, *diagnosis.remarks]]
    diagnosis = replace(diagnosis, why=LINE.sub(show_line, diagnosis.why), found=found)
    return replace(diagnosis, name=f"{show_path(one.shown)}:{one.name}", found=found)


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
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([map(make_safe, row) for row in rows])
    return text.getvalue()


def make_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    text = make_printable(text).strip()
    return f"'{text}" if text.startswith(FORMULA) else text


def write_marks(marked: Sequence[Marked]) -> str:
    """Return all that there is to say of a class as JSON, whose status is the highest."""
    data = {
        "status": max(one.diagnosis.status for one in marked),
        "engines": [one.as_data() for one in marked],
    }
    return json.dumps(replace_infinite(data), ensure_ascii=False, indent=2, allow_nan=False)
