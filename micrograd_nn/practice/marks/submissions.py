"""What a class handed in: folders, archives of a learning platform, notebooks; one engine each.

A student's name is in the path: Moodle has ``Anna Berg_12345_assignsubmission_file_/engine.py``,
Canvas ``bergannalate_1234_567_engine.py``; else it is the first folder, or the file's own name.
"""

from __future__ import annotations

import ast
import glob
import hashlib
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..._ground.files import explain_error
from ..._ground.text import InputError, count_things, list_first, show_path
from ..diagnosis.sources import LARGEST_SOURCE
from ..diagnosis.subject import split_name
from ..diagnosis.worker.engine import BACKWARD
from .notebooks import Program, is_python, read_notebook

MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(.+?)(?:_?late)?_(\d{2,})_\d{2,}_.+", re.IGNORECASE)
PLATFORMS = (MOODLE, CANVAS)
PROGRAMS = (".py", ".ipynb")
LEFT_OUT = {"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env"}
MOST_FILES = 20_000  # of all that is given
LARGEST_NOTEBOOK = 30 << 20  # bytes: it may have pictures
LARGEST_ARCHIVE, ALL_ARCHIVES = 200 << 20, 2 << 30  # bytes, of what is unpacked
DEEPEST = 8  # folders and archives within one another


class Entry(NamedTuple):
    """A file that was handed in: where below what is given, how it's called, and where it lies."""

    parts: tuple[str, ...]
    shown: str
    path: str
    why: str = ""  # it can't be read

    @property
    def is_program(self) -> bool:
        """Whether an engine may be in it."""
        return self.path.lower().endswith(PROGRAMS)


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
    files: dict[str, str] = field(default_factory=dict)  # what each of the student's is called


def find_submissions(
    given: Sequence[str], usual: str, folder: Path, output: str = ""
) -> list[Submission]:
    """Return what was handed in, by student; archives and notebooks are written into a folder.

    A folder or an archive alone is a class's; of several, each is a student's. What lies in the
    ``output`` was written here before.
    """
    named: dict[str, str] = {}
    entries: list[tuple[Entry, str]] = []
    for text in given:
        path, name = split_name(text, usual)
        for one in expand(path):
            if named.setdefault(one, name) != name:
                raise InputError(f"{show_path(one)} is given twice: diagnose a class at a time")
    for one, name in named.items():
        is_class = len(named) == 1 and (os.path.isdir(one) or one.lower().endswith(".zip"))
        found = list(collect(one, () if is_class else split_path(one, [*named]), one, folder))
        entries += [(entry, name) for entry in (unwrap(found) if is_class else found)]
    students: dict[tuple[str, str], list[tuple[Entry, str]]] = {}
    for entry, name in entries:
        if output and entry.path.startswith(os.path.abspath(output) + os.sep):
            continue
        key = identify_student(entry.parts)
        if entry.is_program or len(entry.parts) > 1 or key[1] or entry.why:
            students.setdefault(key, []).append((entry, name))
    if not students:
        raise InputError(f"there is no .py or .ipynb in {list_first(given, 3)}")
    names = [name for name, _ in students]
    return [
        choose(f"{student} ({number})" if names.count(student) > 1 and number else student,
               [entry for entry, _ in files], files[0][1], folder)
        for (student, number), files in students.items()
    ]  # fmt: skip


def expand(path: str) -> list[str]:
    """Return the paths that a pattern stands for, where no shell has looked for them."""
    if os.path.exists(path):
        return [path]
    if not glob.has_magic(path) and not path.endswith(".py"):
        raise InputError(f"{show_path(path)}: there is no such file or folder")
    found = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else [path]
    if not found:
        raise InputError(f"{show_path(path)}: no file is called so")
    return found


def split_path(path: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Return a path as its parts below the folder that all have in common."""
    common = os.path.commonpath([os.path.dirname(os.path.abspath(one)) for one in paths])
    return Path(os.path.relpath(os.path.abspath(path), common)).parts


def collect(path: str, parts: tuple[str, ...], shown: str, folder: Path) -> Iterator[Entry]:
    """Yield the files of a folder or an archive, or this file itself."""
    why = ""
    if path.lower().endswith(".zip") and not os.path.isdir(path):
        try:
            path = unpack(path, folder)
        except (OSError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
            told = explain_error(error) if isinstance(error, OSError) else str(error)
            why = f"the archive can't be read: {told}"
    if not os.path.isdir(path) or why or len(parts) > DEEPEST:
        yield Entry(parts or (os.path.basename(path),), shown, os.path.abspath(path), why)
        return
    for inner in sorted(os.listdir(path)):
        if inner not in LEFT_OUT and not inner.startswith("."):
            inside = os.path.join(path, inner)
            if os.path.isfile(inside) or (os.path.isdir(inside) and not os.path.islink(inside)):
                yield from collect(inside, (*parts, inner), os.path.join(shown, inner), folder)


def unpack(path: str, folder: Path) -> str:
    """Write what may be an engine in an archive into a new folder, and return that.

    What lies beside it leaves an empty file: that something was handed in, is told.
    """
    target = folder / f"archive-{len(os.listdir(folder)) + 1}"
    target.mkdir()
    before = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    left = min(LARGEST_ARCHIVE, ALL_ARCHIVES - before)
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
    """Return files without a folder around them all, which is no student's."""
    while (
        len({entry.parts[0] for entry in entries}) == 1
        and len({entry.parts[1] for entry in entries if len(entry.parts) > 2}) > 1
        and not identify_student(entries[0].parts)[1]
    ):
        entries = [entry._replace(parts=entry.parts[1:]) for entry in entries]
    return entries


def identify_student(parts: Sequence[str]) -> tuple[str, str]:
    """Return a student's name and number, as far as a path has them.

    >>> identify_student(["Anna Berg_12345_assignsubmission_file_", "engine.py"])
    ('Anna Berg', '12345')
    >>> identify_student(["bergannalate_1234_567_engine.py"]), identify_student(["ben", "a.py"])
    (('berganna', '1234'), ('ben', ''))
    """
    for platform in PLATFORMS:
        for part in parts:
            match = platform.match(part)
            if match:
                return match[1].strip(), match[2]
    stem, ending = os.path.splitext(parts[0])
    return stem if ending.lower() in (*PROGRAMS, ".zip") else parts[0], ""


def choose(student: str, entries: list[Entry], usual: str, folder: Path) -> Submission:
    """Return the one of a student's files that has the engine."""
    files = {entry.path: entry.shown for entry in entries}
    programs = [entry for entry in entries if entry.is_program and not entry.why]
    if not programs:
        first = entries[0]
        why = first.why or f"no .py or .ipynb was handed in, but {os.path.basename(first.shown)}"
        return Submission(student, first.shown, first.path, usual, why, files=files)
    ranked = sorted([(*rank(entry, usual), entry) for entry in programs], key=lambda one: one[:3])
    (place, _, _, name, entry) = ranked[0]
    found = Submission(student, entry.shown, entry.path, name or usual, files=files)
    others = [other.shown for first, *_, other in ranked[1:] if first == place and name]
    if others:
        found.remarks.append(f"{list_first(others, 2)} has such a class, too")
    if name and name != usual:
        found.remarks.append(f"the class is called {name}")
    contents = {one.path: read_data(one.path) for one in programs}
    found.content = hash_data(contents[entry.path] or entry.path.encode())
    found.beside = hash_data(*[contents[path] for path in sorted(contents)])
    if entry.path.lower().endswith(".ipynb"):
        convert(found, contents[entry.path], folder)
    return found


def rank(entry: Entry, usual: str) -> tuple[int, bool, int, str]:
    """Return how likely a file has the engine, the likeliest first, and the class's name."""
    data = read_data(entry.path)
    name = ""
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


def convert(found: Submission, data: bytes, folder: Path) -> None:
    """Write a notebook's engine as a program, which is then the file to run."""
    try:
        program = read_notebook(data)
    except InputError as error:
        found.why = str(error)
        return
    if is_python(program.text):  # else it is told by its line when it is run
        program = program.keep_engine(found.name)
    found.program = program
    target = folder / f"notebook-{len(os.listdir(folder)) + 1}"
    target.mkdir()
    found.path = str(target / "notebook.py")
    Path(found.path).write_text(program.text, encoding="utf-8")
    found.files[found.path] = found.shown


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


def hash_data(*parts: bytes) -> str:
    """Return hexadecimal digits that stand for bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
