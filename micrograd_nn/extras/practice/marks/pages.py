"""A class's pages: one for the teacher, and one for each student, who reads what to look at first.

A student's page has hints, and never a solution.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

from ...._ground.files import explain_error, write_file
from ...._ground.text import InputError, count_things, show_path
from ....page.frame import Page
from ..diagnosis.confinement import describe
from ..diagnosis.diagnosis import Diagnosis, write_json
from ..diagnosis.faults import FoundFault, describe_rest
from ..diagnosis.report import Report, describe_verdict, escape, escape_lines, paragraph
from ..handouts.item import name_files
from .marks import (
    LOOK,
    Mark,
    Marked,
    describe_example,
    describe_fault,
    list_parts,
    write_cell,
    write_csv,
    write_part,
)

MOST_EXAMPLES = 2  # of a mistake
STUDENTS = "students"
NOT_RUN = "Can't be run"


def save_class(folder: str, marked: Sequence[Marked]) -> int:
    """Write marks.csv, marks.json, class.html and a page for each student into a folder.

    Return how many pages lie there from before, of other students or under another number.
    """
    pages = name_files([one.student for one in marked], ".html")
    top = Path(folder)
    try:
        (top / STUDENTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = explain_error(error, missing="folder")
        raise InputError(f"can't write {show_path(folder)}: {why}") from None
    write_file(top / "marks.csv", write_csv(marked))
    write_file(top / "marks.json", write_json([one.as_data() for one in marked]) + "\n")
    build_class_page(marked, pages).save(top / "class.html")
    for one, page in zip(marked, pages, strict=True):
        build_student_page(one).save(top / STUDENTS / page)
    return len({*os.listdir(top / STUDENTS)} - {*pages})


def build_class_page(marked: Sequence[Marked], pages: Sequence[str] = ()) -> Page:
    """Return the teacher's page: points, the mistakes that the class makes, the engines."""
    report = Report()
    right = sum(one.diagnosis.status == 0 for one in marked)
    extent = f"{right} of {count_things(len(marked), 'engine')} without a fault"
    main = [write_table(marked, pages), "<h2>The mistakes</h2>", *write_mistakes(marked)]
    main.append("<h2>The engines</h2>")
    for i, one in enumerate(marked, 1):
        main.append(
            f'<section><h3 id="engine-{i}">{escape(one.student)}</h3>'
            f'<p class="faint">{escape(one.diagnosis.name)}</p>{paragraph(write_told(one))}'
            f"{report.write_engine(one.diagnosis, 4)}</section>"
        )
    confined = describe(all(one.diagnosis.confined for one in marked), len(marked))
    title = f"Marks of {count_things(len(marked), 'student')}"
    return report.finish(title, f"{extent}.", "".join(main), "a class", extent, confined)


def write_told(one: Marked) -> str:
    """Return a student's points in words, with what there is to say of what was handed in."""
    return ". ".join([one.told, *[f"{note[0].upper()}{note[1:]}" for note in one.remarks], ""])[:-1]


def write_table(marked: Sequence[Marked], pages: Sequence[str]) -> str:
    """Return a row for each student, with the points of each part, and a link to their pages."""
    parts = list_parts(marked)
    heads = ["student", "verdict", "points", *map(write_part, parts), "s"]
    rows = []
    for i, (one, page) in enumerate(zip_longest(marked, pages), 1):
        marks = {mark.part: mark for mark in one.marks}
        cells = [write_mark(marks.get(part)) for part in parts]
        name = escape(one.student)
        link = f'<a href="{STUDENTS}/{quote(page)}">{name}</a>' if page else name
        rows.append(
            f'<tr><th scope="row">{link}</th>'
            f'<td><a href="#engine-{i}">{describe_verdict(one.diagnosis)}</a></td>'
            f"<td>{one.points:g} of {one.of:g}</td>{''.join(cells)}<td>{one.seconds:.1f}</td></tr>"
        )
    columns = "".join([f'<th scope="col">{escape(head)}</th>' for head in heads])
    return (
        '<div class="class" tabindex="0" role="region" aria-label="All students">'
        f'<table class="points"><thead><tr>{columns}</tr></thead><tbody>'
        f"{''.join(rows)}</tbody></table></div>"
        '<p class="faint">A ? is a part that couldn\'t be judged: look at it yourself.</p>'
    )


def write_mark(mark: Mark | None) -> str:
    """Return what a part got as a cell, with the reason where it isn't all."""
    if mark is None or not mark.why:
        return f"<td>{write_cell(mark)}</td>"
    return f'<td class="wrong-verdict" title="{escape(mark.why)}">{write_cell(mark, "?")}</td>'


def write_mistakes(marked: Sequence[Marked]) -> list[str]:
    """Return the mistakes that a class makes, the most frequent first, with examples."""
    found: dict[str, list[tuple[Marked, FoundFault | None]]] = {}
    for one in marked:
        if one.diagnosis.why:
            found.setdefault(NOT_RUN, []).append((one, None))
        for title, fault in {fault.title: fault for fault in one.diagnosis.faults}.items():
            found.setdefault(title, []).append((one, fault))
    parts = []
    for title, those in sorted(found.items(), key=lambda item: -len(item[1])):
        what = those[0][1].what if those[0][1] is not None else ""
        examples = [write_example(one, fault) for one, fault in those[:MOST_EXAMPLES]]
        parts.append(
            f'<section class="panel fault"><h3>{escape(title)}: {len(those)} of {len(marked)}</h3>'
            f"{paragraph(what) if what else ''}{''.join(examples)}</section>"
        )
    return parts or [paragraph("None was found.")]


def write_example(one: Marked, fault: FoundFault | None) -> str:
    """Return a mistake as a student made it: the line, the smallest graph, its numbers."""
    told = describe_example(one.diagnosis) if fault is None else describe_fault(fault)
    lines = [str(fault.where)] if fault and fault.where else []
    text = "\n".join([*lines, told])
    return f"<p>{escape(one.student)}</p><pre>{escape_lines(text)}</pre>"


def build_student_page(one: Marked) -> Page:
    """Return a student's page: what to look at first, then the rest, then the points."""
    report = Report(has_hints_first=True)
    diagnosis = one.diagnosis
    faults = [report.write_fault(i, fault, 3) for i, fault in enumerate(diagnosis.faults, 1)]
    if diagnosis.why:
        faults = [paragraph(f"It can't be run: {diagnosis.why}")]
    main = ["<h2>Look at this first</h2>", *faults[:1]] if faults else []
    main += ["<h2>Then</h2>", *faults[1:]] if faults[1:] else []
    main += [] if diagnosis.why else [paragraph(text) for text in describe_rest(diagnosis)]
    rows = [
        f'<tr><th scope="row">{escape(write_part(mark.part))}</th>'
        f"<td>{write_cell(mark, '–')} of {mark.of:g}</td>"
        f"<td>{write_reason(mark, diagnosis)}</td></tr>"
        for mark in one.marks
    ]
    table = f'<div class="class"><table>{"".join(rows)}</table></div>'
    main += ["<h2>Points</h2>", table] * bool(rows)
    title = f"{one.student}: {one.points:g} of {one.of:g} points"
    if left := sum(mark.of for mark in one.marks if mark.why == LOOK):
        title += f", and {left:g} not judged by the doctor"
    return report.finish(title, describe_verdict(diagnosis), "".join(main), one.student, one.told)


def write_reason(mark: Mark, diagnosis: Diagnosis) -> str:
    """Return why a part hasn't all points, where that isn't said of all parts at once."""
    if mark.why == LOOK:
        return "not judged by the doctor"
    return "" if diagnosis.why else escape(mark.why)
