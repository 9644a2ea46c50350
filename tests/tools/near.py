"""What the files that differ from the last commit call for: a minute's tests, and what is left.

``check.py --near`` runs it. Where rows of the table changed, or what is written of them elsewhere,
all tests of these rows run first, the slow ones, too. The tests of a changed file are those of the
room that it is in; of a file of ``graph/`` or ``engine/`` also those of the rooms that import it. A
page of the docs calls for its own examples, for links and for what else is quick, not for the site.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Container, Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# Where rows of the table are written, and the tests that go over all rows.
OF_ROWS = {
    f"micrograd_nn/{name}" for name in (
        "engine/table.py", "engine/forward.py", "checks/exact.py", "notation/javascript/math.mjs",
        "extras/compile/c/rules.c", "extras/compile/arrays/rules.py", "extras/proof/calculus.v",
    )
}  # fmt: skip
ROWS_TESTS = [
    "tests/engine", "tests/notation", "tests/checks", "tests/page/test_web_math.py",
    "tests/extras/compile/native/test_native.py", "tests/extras/compile/programs/test_alone.py",
    "tests/extras/compile/arrays", "tests/test_examples.py",
]  # fmt: skip
SHARED = "micrograd_nn/engine/", "micrograd_nn/graph/"  # on which all other rooms stand
ALWAYS = ["tests/test_house.py", "tests/test_tools.py"]
FIRST_NAME = re.compile(r'^ *"?(?:(?:def|static double|Definition|Fixpoint) )?(\w*)')
FEWER = {"EXAMPLES": "10"}  # of Hypothesis, a tenth of what it draws for derivatives


def ask_git(*words: str) -> list[str]:
    """Return the lines that git prints, none where it fails."""
    said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8")
    return said.stdout.splitlines()


def list_changed() -> tuple[str, list[str]]:
    """Return what files are compared with, and those that differ: if none do, the last commit's."""
    changed = ask_git("diff", "--name-only", "HEAD")
    changed += ask_git("ls-files", "--others", "--exclude-standard")
    return ("HEAD", changed) if changed else ("HEAD~1", ask_git("diff", "--name-only", "HEAD~1"))


def find_rows(old: list[str], new: list[str], names: Container[str]) -> Iterator[str]:
    """Yield the names whose lines differ: those that stand first in a line, or above it."""
    begun = [FIRST_NAME.findall(line)[0] for line in new]
    for kind, *_, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            above = [name for name in begun[: start + 1] if name in names]
            yield from [*above[-1:], *[name for name in begun[start:end] if name in names]]


def find_tests(path: str) -> Path | None:
    """Return the tests of a file of the package, or a file of tests itself."""
    at = Path(path)
    if at.parts[0] not in ("micrograd_nn", "tests"):
        return None
    room = Path("tests", *[part.lstrip("_") for part in at.parts[1:-1]])
    name = at.name if at.parts[0] == "tests" else f"test_{at.name}"
    places = [room / name] * name.startswith("test_")
    if at.parts[0] == "micrograd_nn":
        places += [place for place in (room, *room.parents) if len(place.parts) > 1]
    return next((place for place in places if (ROOT / place).exists()), None)


def list_importers(path: str) -> Iterator[str]:
    """Yield the files of the package that import from a module of it, anywhere in them."""
    wanted = Path(path).with_suffix("").parts
    for file in sorted((ROOT / "micrograd_nn").rglob("*.py")):
        package = file.relative_to(ROOT).parts[:-1]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = (*package[: len(package) + 1 - node.level], *(node.module or "").split("."))
                if wanted in [base, *[(*base, name.name) for name in node.names]]:
                    yield str(file.relative_to(ROOT))
                    break


def list_standing_on(path: str) -> Iterator[str]:
    """Yield the tests of the rooms that import a file; of extras, those of the importing files."""
    for importer in list_importers(path):
        room = Path("tests", Path(importer).parts[1].lstrip("_"))
        found = find_tests(importer) if room.name == "extras" else room
        if found and (found.suffix or room.name != "extras") and (ROOT / found).exists():
            yield str(found)
    for found in (ROOT / "tests").rglob(f"test_{Path(path).name}"):
        yield str(found.relative_to(ROOT))


def choose(
    base: str, changed: Iterable[str], names: Container[str]
) -> tuple[list[str], list[str], list[str]]:
    """Return the tests of changed files, the rows that changed, and the files without tests."""
    tests, rows, left = dict.fromkeys(ALWAYS), {}, []
    for path in changed:
        found = []
        if path in OF_ROWS:
            new = (ROOT / path).read_text(encoding="utf-8").splitlines()
            found = [*find_rows(ask_git("show", f"{base}:{path}"), new, names)]
        if found:
            rows |= dict.fromkeys(found)
        elif path.endswith(".md"):
            tests |= dict.fromkeys(["tests/docs", f"tests/test_examples.py::test_examples[{path}]"])
        elif place := find_tests(path):
            tests[str(place)] = None
            if path.startswith(SHARED):
                tests |= dict.fromkeys(list_standing_on(path))
        else:
            left.append(path)
    return [*tests], [*rows], left


def list_unverified(rows: list[str], left: list[str]) -> Iterator[str]:
    """Yield what the tests that ran say nothing about, and what does."""
    sys.path.insert(0, str(ROOT / "tests" / "helpers"))
    from lacking import list_needs

    for need in list_needs():
        if not need.there:
            yield f"{need.tests}: {need.remedy}"
    if rows:
        yield "proofs in Coq: micrograd-nn selfcheck --proof"
    if left:
        yield f"what uses {', '.join(left)}: python -m pytest -q -n auto"
    yield "types: python -m mypy"
    yield "pages in a browser: python -m pytest -q -n auto -m browser"
    yield "slow tests, and all tests of other rooms: FULL=1 python tests/tools/check.py"
