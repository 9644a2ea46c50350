"""What a class handed in: folders, archives of a learning platform, notebooks; one engine each.

A student's name is in the path: Moodle has ``Anna Berg_12345_assignsubmission_file_/engine.py``,
Canvas ``bergannalate_1234_567_engine.py``; else it is the first folder, or the file's own name.
"""

from __future__ import annotations

import ast
import glob
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...._ground.files import explain_error
from ...._ground.text import InputError, count_things, list_first, make_printable, show_path
from ..diagnosis.subject import LARGEST_SOURCE, split_name
from ..diagnosis.worker.engine import BACKWARD
from .notebooks import LARGEST_NOTEBOOK, Program, is_python, read_notebook
from .workers import hash_data

MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(.+?)(?:_?late)?_(\d{2,})_\d{2,}_.+", re.IGNORECASE)
PROGRAMS = (".py", ".ipynb")
LEFT_OUT = {"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env"}
MOST_FILES = 20_000  # of an archive
LARGEST_ARCHIVE, ALL_ARCHIVES = 100 << 20, 2 << 30  # bytes, of what is unpacked
DEEPEST = 8  # folders within one another


class Entry(NamedTuple):
    """A file that was handed in: where below what is given, how it's called, and where it lies."""

    parts: tuple[str, ...]
    shown: str
    path: str
    why: str = ""  # it can't be read
    name: str = ""  # of the class

    @property
    def is_program(self) -> bool:
        """Whether an engine may be in it."""
        return not self.why and self.path.lower().endswith(PROGRAMS)

    @property
    def is_students(self) -> bool:
        """Whether a student handed it in: a README beside their folders is the teacher's."""
        return self.is_program or self.why != "" or len(self.parts) > 1 or is_numbered(self.parts)


@dataclass
class Submission:
    """The engine that a student handed in, or why there is none."""

    student: str
    shown: str
    path: str
    name: str
    why: str = ""
    remarks: list[str] = field(default_factory=list)
    content: str = ""  # a hash of the engine's file
    beside: str = ""  # a hash of all that it may import
    program: Program | None = None  # of a notebook


def find_submissions(
    given: Sequence[str], usual: str, folder: Path, output: str = ""
) -> list[Submission]:
    """Return what was handed in, by student; archives and notebooks are written into a folder.

    A folder or an archive alone is a class's; of several, each is a student's. What lies in the
    ``output`` was written here before.
    """
    named: dict[str, str] = {}
    for text in given:
        path, name = split_name(text, usual)
        for one in expand(path):
            if named.setdefault(one, name) != name:
                raise InputError(f"{show_path(one)} is given twice: diagnose a class at a time")
    students: dict[tuple[str, str], list[Entry]] = {}
    for one, name in named.items():
        is_archive = is_zip(one)
        is_class = len(named) == 1 and (is_archive or os.path.isdir(one))
        parts = split_path(one, [one] if is_class else [os.path.dirname(path) for path in named])
        found = [
            entry._replace(name=name)
            for entry in collect(one, parts, one, folder, 2 if is_class and is_archive else 1)
            if not (output and entry.path.startswith(os.path.abspath(output) + os.sep))
            and entry.is_students
        ]
        for entry in unwrap(found) if is_class else found:
            students.setdefault(identify_student(entry.parts), []).append(entry)
    if not students:
        raise InputError(f"there is no .py or .ipynb in {list_first(given, 3)}")
    names = [name for name, _ in students]
    return [
        choose(f"{student} ({number})" if names.count(student) > 1 and number else student,
               entries, folder)
        for (student, number), entries in students.items()
    ]  # fmt: skip


def expand(path: str) -> list[str]:
    """Return the paths that a pattern stands for, where no shell has looked for them."""
    found = [path] if os.path.exists(path) else sorted(glob.glob(path, recursive=True))
    if not found:
        raise InputError(f"{show_path(path)}: there is no such file or folder")
    return found


def split_path(path: str, folders: Sequence[str]) -> tuple[str, ...]:
    """Return a path as its parts below what all have in common, or from a folder of Moodle's on."""
    parts = Path(os.path.abspath(path)).parts
    common = len(Path(os.path.commonpath([os.path.abspath(one) for one in folders])).parts)
    named = [i for i, part in enumerate(parts) if MOODLE.match(part)]
    return parts[min([common, *named]) :]


def is_zip(path: str) -> bool:
    """Tell whether this is an archive, by its name."""
    return path.lower().endswith(".zip") and os.path.isfile(path)


def collect(
    path: str, parts: tuple[str, ...], shown: str, folder: Path, levels: int
) -> Iterator[Entry]:
    """Yield the files of a folder, of archives down to a number of levels, or this file itself."""
    why = ""
    if is_zip(path):
        try:
            path = unpack(path, folder, ALL_ARCHIVES if levels > 1 else LARGEST_ARCHIVE * levels)
        except Exception as error:  # whatever an archive brings about is its own
            told = explain_error(error)
            why = f"the archive can't be read: {told}"
        levels -= 1
    elif len(parts) > DEEPEST:
        why = "it has too many folders within one another"
    if why or not os.path.isdir(path):
        yield Entry(parts or (os.path.basename(path),), shown, os.path.abspath(path), why)
        return
    names = [name for name in sorted(os.listdir(path)) if name[0] != "." and name not in LEFT_OUT]
    for name in names:
        inside, called = os.path.join(path, name), os.path.join(shown, name)
        if os.path.islink(inside) or not (os.path.isfile(inside) or os.path.isdir(inside)):
            why = f"{show_path(name)} is a link or a device, and no file"
            yield Entry((*parts, name), called, os.path.abspath(inside), why)
        else:
            yield from collect(inside, (*parts, name), called, folder, levels)
    if not names and parts:
        yield Entry(parts, shown, os.path.abspath(path), "nothing was handed in")


def unpack(path: str, folder: Path, most: int) -> str:
    """Write what may be an engine in an archive into a new folder, and return that.

    What lies beside it leaves an empty file, so that something is seen to have been handed in.
    """
    if not most:
        raise InputError("it is in another archive")
    target = folder / f"archive-{len(os.listdir(folder)) + 1}"
    target.mkdir()
    before = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    left = min(most, ALL_ARCHIVES - before)
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) > MOST_FILES:
            raise InputError(f"it has {count_things(len(members), 'file')}")
        for member in members:
            parts = [part for part in re.split(r"[/\\]", member.filename) if part]
            if ".." in parts or ":" in member.filename or not parts:
                continue
            data = b""
            if parts[-1].lower().endswith((*PROGRAMS, ".zip")) and not LEFT_OUT.intersection(parts):
                with archive.open(member) as file:
                    data = file.read(max(0, min(left, find_most(parts[-1]))) + 1)
            left -= len(data)
            if left < 0:
                raise InputError("it holds too much")
            place = target.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return str(target)


def unwrap(entries: list[Entry]) -> list[Entry]:
    """Return files without a folder around them all, which isn't a student's."""
    while (
        len({entry.parts[0] for entry in entries}) == 1
        and not is_numbered(entries[0].parts)
        and (
            len({entry.parts[1] for entry in entries if len(entry.parts) > 2}) > 1
            or any(is_numbered(entry.parts[1:]) for entry in entries)
        )
    ):
        inner = [entry._replace(parts=entry.parts[1:]) for entry in entries]
        entries = [entry for entry in inner if entry.is_students]
    return entries


def identify_student(parts: Sequence[str]) -> tuple[str, str]:
    """Return a student's name and number, as far as the first part of a path has them.

    >>> identify_student(["Anna Berg_12345_assignsubmission_file_", "engine.py"])
    ('Anna Berg', '12345')
    >>> identify_student(["bergannalate_1234_567_engine.py"]), identify_student(["ben", "a.py"])
    (('berganna', '1234'), ('ben', ''))
    """
    match = MOODLE.match(parts[0]) or CANVAS.match(parts[0])
    if match:
        return make_printable(match[1]).strip(), match[2]
    stem, ending = os.path.splitext(parts[0])
    return make_printable(stem if ending.lower() in (*PROGRAMS, ".zip") else parts[0]), ""


def is_numbered(parts: Sequence[str]) -> bool:
    """Tell whether a path begins with a student's name as a platform writes it."""
    return bool(parts and identify_student(parts)[1])


def choose(student: str, entries: list[Entry], folder: Path) -> Submission:
    """Return the one of a student's files that has the engine."""
    usual = entries[0].name
    programs = [entry for entry in entries if entry.is_program]
    if not programs:
        first = next((entry for entry in entries if entry.why), entries[0])
        why = first.why or f"no .py or .ipynb was handed in, but {show_path(first.parts[-1])}"
        return Submission(student, first.shown, first.path, usual, why)
    ranked = sorted([(*rank(entry), entry) for entry in programs], key=lambda one: one[:3])
    (place, _, _, name, entry) = ranked[0]
    found = Submission(student, entry.shown, entry.path, name or usual)
    others = [show_path(other.parts[-1])
              for first, *_, other in ranked[1:] if first == place and name]  # fmt: skip
    if others:
        found.remarks.append(f"{list_first(others, 2)} has such a class, too")
    if name and name != usual:
        found.remarks.append(f"the class is called {name}")
    hashes = {one.path: hash_data(read_data(one.path)) for one in programs}
    found.content = hashes[entry.path]
    found.beside = hash_data(*[hashes[path].encode() for path in sorted(hashes)])
    if entry.path.lower().endswith(".ipynb"):
        convert(found, folder)
    return found


def rank(entry: Entry) -> tuple[int, bool, int, str]:
    """Return how likely a file has the engine, the likeliest first, and the class's name."""
    data, usual, name = read_data(entry.path), entry.name, ""
    try:
        is_notebook = entry.path.lower().endswith(".ipynb")
        tree = ast.parse(read_notebook(data).text if is_notebook else data)
        kinds = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        passing = [name for name, kind in kinds.items() if has_method(kind, *BACKWARD)]
        if len(passing) > 1:  # some are classes of operations
            passing = [name for name in passing if has_method(kinds[name], "__add__", "__mul__")]
        place = 0 if usual in passing else 1 if usual in kinds else 2 if len(passing) == 1 else 3
        name = "" if place == 3 else passing[0] if place == 2 else usual
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        place = 3  # an error that its author is told, unless another file has the engine
    return place, "engine" not in os.path.basename(entry.shown), len(entry.parts), name


def has_method(kind: ast.ClassDef, *names: str) -> bool:
    """Tell whether a class has a method of one of these names."""
    return any(getattr(node, "name", "") in names for node in kind.body)


def convert(found: Submission, folder: Path) -> None:
    """Write a notebook's engine as a program, which is then the file to run."""
    try:
        program = read_notebook(read_data(found.path))
        if is_python(program.text):  # else it is told by its line when it is run
            program = program.keep_engine(found.name)
    except (InputError, RecursionError) as error:
        found.why = str(error)
        return
    found.program = program
    target = folder / f"notebook-{len(os.listdir(folder)) + 1}"
    target.mkdir()
    found.path = str(target / "notebook.py")
    Path(found.path).write_text(program.text, encoding="utf-8")


def find_most(path: str) -> int:
    """Return how many bytes of a file are read."""
    ending = os.path.splitext(path)[1].lower()
    return {".ipynb": LARGEST_NOTEBOOK, ".zip": LARGEST_ARCHIVE}.get(ending, LARGEST_SOURCE)


def read_data(path: str) -> bytes:
    """Return the bytes of a file, no more than the doctor reads; nothing where it can't be read."""
    try:
        with open(path, "rb") as file:
            return file.read(find_most(path) + 1)
    except (OSError, ValueError):
        return b""
