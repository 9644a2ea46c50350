"""What the command ``diagnose`` does: one engine's report, or a class's grades, also as pages."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..._ground.colors import WRONG
from ..._ground.files import check_output, check_writable, write_file
from ..._ground.ruled import print_lines
from ..._ground.text import InputError, count_things, show_line, show_path
from ...page.frame import Page
from .diagnosis import diagnose
from .diagnosis.confinement import describe, find_obstacle
from .diagnosis.diagnosis import Diagnosis, write_json
from .diagnosis.fault_table import Expectations
from .diagnosis.faults import WIDEST
from .diagnosis.subject import split_name
from .marks.marks import Marked, Rubric, mark_class, read_rubric, write_csv
from .marks.pages import build_class_page, save_class
from .marks.submissions import Submission, find_submissions
from .marks.workers import Journal, count_cores, examine

PAGE, CSV, JSON, FOLDER = "page", "csv", "json", "folder"
ENDINGS = {".html": PAGE, ".htm": PAGE, ".csv": CSV, ".json": JSON, "": FOLDER}


def run_diagnose(
    console: Console,
    engines: Sequence[str],
    name: str | None = None,
    expect: Sequence[str] = (),
    rubric: str | None = None,
    jobs: int | None = None,
    output: str | None = None,
    as_json: bool = False,
) -> int:
    """Diagnose engines and return the highest status: 0 right, 1 with faults, 2 can't be run."""
    asked = read_rubric(rubric) if rubric is not None else Rubric()
    name = asked.name if name is None else name
    if not name.isidentifier():
        raise InputError(f"--name {show_line(name)}: a class's name is a word, such as Value")
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs is how many engines run at once, not {jobs}")
    asked = replace(asked, name=name, expect=[*asked.expect, *expect])
    kind = find_kind(output, [split_name(engine, name)[0] for engine in engines])
    is_class = len(engines) > 1 or rubric is not None or holds(engines[0], name)
    if is_class or kind not in (None, PAGE):
        return run_class(console, engines, asked, jobs or count_cores(), kind, output, as_json)
    path, name = split_name(engines[0], name)
    if as_json:
        Expectations(expect)  # which no file is to blame for
        one = examine(path, name, expect)
        print_json(write_json([one.as_data()]))
    else:
        one = diagnose(f"{path}:{name}", expect)
        tell_one(console, one)
    if output is not None:
        save(output, one.page, console, as_json)
    return one.status


def tell_one(console: Console, one: Diagnosis) -> None:
    """Print all there is to say of an engine."""
    width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    text = Text(one.tell(width))
    text.highlight_regex(r"(?m)^\d+\. .*$", f"bold {WRONG}")  # as what is wrong is everywhere
    print_lines(console, text)


def find_kind(output: str | None, sources: Sequence[str]) -> str | None:
    """Return what is to be written, by a name's ending; what can't be is refused now."""
    if output is None:
        return None
    top = output.rstrip(f"/{os.sep}")
    kind = ENDINGS.get(os.path.splitext(output)[1].lower())
    if os.path.isdir(output) or output != top or kind == FOLDER:
        if os.path.isfile(top):
            raise InputError(f"can't write {show_path(output)}: it is a file")
        check_writable(f"{top}.journal")  # which stands beside it
        return FOLDER
    if kind is None:
        raise InputError(
            f"{show_path(output)}: a report's name ends in .html, .csv or .json, a folder's in /"
        )
    check_output(output, *sources)
    return kind


def holds(path: str, name: str) -> bool:
    """Tell whether this isn't a program, but holds what was handed in."""
    path = split_name(path, name)[0]
    return os.path.isdir(path) or path.lower().endswith((".zip", ".ipynb")) or (
        any(sign in path for sign in "*?[") and not os.path.exists(path)
    )  # fmt: skip


def run_class(
    console: Console,
    given: Sequence[str],
    rubric: Rubric,
    jobs: int,
    kind: str | None,
    output: str | None,
    as_json: bool,
) -> int:
    """Grade a class's engines, tell and save what came of it, and return the highest status."""
    Expectations(rubric.expected)
    journal = Journal(output)
    with tempfile.TemporaryDirectory() as folder:
        found = find_submissions(given, rubric.name, Path(folder), output or "")
        is_quiet = as_json or len(found) == 1  # and what there is to say is told once
        if not is_quiet:
            print_lines(console, Text(describe(not find_obstacle(), 2)))
        marked = mark_live(console, found, rubric, jobs, journal, is_quiet)
    data = [one.as_data() for one in marked]
    if as_json:
        print_json(write_json(data))
    elif len(marked) == 1:
        tell_one(console, marked[0].diagnosis)
    else:
        print_lines(console, Text(describe_class(marked)))
    if output is not None and kind == FOLDER:
        old = save_class(output, marked)
        output = os.path.join(output, "class.html")
        if not as_json:
            told = f"\nMarks and pages: {show_path(output)} is the one to begin with."
            told += f" students/ also has {count_things(old, 'page')} of earlier runs." * bool(old)
            console.out(told, highlight=False)
    elif output is not None and kind == PAGE:
        page = marked[0].diagnosis.page if len(marked) == 1 else build_class_page(marked)
        save(output, page, console, as_json)
    elif output is not None:
        write_file(output, write_csv(marked) if kind == CSV else write_json(data) + "\n")
        if not as_json:
            console.out(f"\nMarks: {show_path(output)}", highlight=False)
    journal.remove()
    return max(one.diagnosis.status for one in marked)


def mark_live(
    console: Console,
    found: Sequence[Submission],
    rubric: Rubric,
    jobs: int,
    journal: Journal,
    is_quiet: bool,
) -> list[Marked]:
    """Grade a class's engines, with a line for each as it's done; Ctrl-C says what is kept."""
    kept = 0

    def tell(one: Marked, done: int) -> None:
        nonlocal kept
        kept = done
        if not is_quiet:
            told = f"{done} of {len(found)}: {one.student}, {one.diagnosis.verdict}, {one.told}"
            console.out(show_line(told, WIDEST), highlight=False)

    try:
        marked = mark_class(found, rubric, jobs, journal, tell)
    except KeyboardInterrupt:
        if journal.path is None or not journal.known:
            raise
        raise KeyboardInterrupt(
            f": {kept} of {count_things(len(found), 'engine')} are done and kept in "
            f"{show_path(journal.path)}, and the same command goes on from there"
        ) from None
    if not is_quiet:
        console.out("")
    return marked


def print_json(text: str) -> None:
    """Print JSON, where there is something to print it to."""
    if sys.stdout is None:
        raise InputError("there is no standard output to write JSON to")
    sys.stdout.write(f"{text}\n")


def save(output: str, page: Page, console: Console, as_json: bool) -> None:
    """Write a report, and say where it is."""
    page.save(output)
    if not as_json:
        console.out(f"\nReport: {show_path(output)}. Open it in a browser.", highlight=False)


def describe_class(marked: Sequence[Marked]) -> str:
    """Return engines as lines, each with its faults and its points."""
    lines = []
    for one in marked:
        stem = os.path.splitext(os.path.basename(one.file))[0]
        student = "" if one.student == stem else f"{one.student}, "
        lines.append(f"{student}{one.diagnosis.name}: {one.diagnosis.verdict}")
        told = one.diagnosis.why or one.diagnosis.given_up
        lines += [f"    {text}" for text in [told] if text]
        lines += [f"    {fault.title}" for fault in one.diagnosis.faults]
        lines += [f"    {text}" for text in [one.told, *one.remarks]]
    right = sum(one.diagnosis.status == 0 for one in marked)
    told = f"{right} of {count_things(len(marked), 'engine')} without a fault"
    return "\n".join([*lines, "", told])
