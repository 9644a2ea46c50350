"""Whether what was added stands everywhere that it has to: each place with ✓ or ✗.

    python tests/tools/added.py NAME

NAME is an operation, an optimizer, an ending of pictures (mmd), a language by the ending of its
files (.js), or a misconception by its name or title. It ends with status 1 where a place lacks it.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from micrograd_nn import OPERATIONS, optim
from micrograd_nn.draw.drawing import ENDINGS
from micrograd_nn.engine.operation import Lookup, Operation, Reduction
from micrograd_nn.extras.compile.arrays.notation import Arrays, NoArraysError
from micrograd_nn.extras.compile.c.notation import C, NoCError
from micrograd_nn.extras.compile.compiler.saving import PROGRAM_WRITERS
from micrograd_nn.extras.export.export import TARGETS
from micrograd_nn.extras.practice.diagnosis.suspects import WRONG_SHARES
from micrograd_nn.extras.proof.notation import ARITHMETIC, NAMES
from micrograd_nn.notation.writing.notation import Notation, Text
from micrograd_nn.optim import Optimizer
from micrograd_nn.stepping.misconceptions import MISCONCEPTIONS, Misconception
from micrograd_nn.stepping.misconceptions.derivatives import WRONG_LOCALS

ROOT = Path(__file__).parent.parent.parent
PACKAGE, COMPILE = "micrograd_nn", "micrograd_nn/extras/compile"
STEPPING = f"{PACKAGE}/stepping/misconceptions"
PROOF, GOLDEN = f"{PACKAGE}/extras/proof", "tests/golden"
CALCULUS = f"{PROOF}/calculus.v"
TABLES = {  # where each kind is registered
    "operation": f"{PACKAGE}/engine/table.py",
    "optimizer": f"{PACKAGE}/optim.py",
    "ending": f"{PACKAGE}/draw/drawing.py",
    "language of programs": f"{COMPILE}/compiler/saving.py",
    "language of models": f"{PACKAGE}/extras/export/export.py",
    "misconception": f"{STEPPING}/table.py",
}
ALONE = {"overwrite", "too early"}  # misconceptions that the doctor knows as faults of a walk


class Place(NamedTuple):
    """Where something has to stand, and in which line it does: 0 where it lacks."""

    what: str
    path: str
    line: int

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{'✓' if self.line else '✗'} {self.what}: {self.path}{line}"


@cache
def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def look(what: str, path: str, pattern: str, among: str = "") -> Place:
    """Return a place with the first line that a regular expression matches, after a text."""
    text = read(path)
    found = re.compile(pattern, re.MULTILINE).search(text, max(0, text.find(among)))
    return Place(what, path, text.count("\n", 0, found.start()) + 1 if found else 0)


def list_places_of_operation(row: Operation) -> Iterator[Place]:
    """Yield where a row of the table stands, and what is said of it elsewhere."""
    name = re.escape(row.name)
    yield look("its row", TABLES["operation"], rf"^{name}(: \w+)? = ")
    yield look(
        "its name at the door", f"{PACKAGE}/__init__.py", rf"^    {name},$| {name} as {name}$"
    )
    yield look("once more with mpmath", f"{PACKAGE}/checks/exact.py", rf'^        "{name}": ')
    script = f"{PACKAGE}/notation/javascript/math.mjs"
    yield look("for pages", script, rf"^  {name}[:(]", "export const math")
    rules = f"{COMPILE}/arrays/rules.py"
    yield write(Arrays(), row, NoArraysError, look("over columns", rules, rf"^def {name}\("))
    if not isinstance(row, Lookup):  # which has files of its own
        yield from list_places_of_usual_operation(row, name)
    yield look("its proof", f"{PROOF}/proved.txt", rf"^derivative_of_{name}_by_")
    if row not in ARITHMETIC:
        yield from list_places_in_coq(NAMES.get(row, row.name))
    yield look("its page, with REFRESH=1", "docs/look-up/operations.md", rf"^\| `{name}` ")
    yield look("its last digits", "docs/understand/trust.md", rf"^\| `{name}` ")


def list_places_of_usual_operation(row: Operation, name: str) -> Iterator[Place]:
    """Yield the places of a row whose inputs are all numbers, and none an index."""
    rules = f"{COMPILE}/c/rules.c"
    yield write(C(), row, NoCError, look("in C", rules, rf"^static double {name}\("))
    tests, case = "tests/engine/test_operations.py", rf"^    \(op\.{name}, "
    if row.needs:
        yield look("where its condition fails", tests, case, "\nNEEDS = ")
    if row.partials_need != row.needs:
        yield look("where that of its derivative fails", tests, case, "\nPARTIALS_NEED = ")
    yield look("its script, with REFRESH=1", f"{GOLDEN}/javascript.txt", rf"^// {name} of ")
    yield look("its formula, with REFRESH=1", f"{GOLDEN}/mathml.txt", rf"^ *{name}  ")


def list_places_in_coq(name: str) -> Iterator[Place]:
    """Yield where a function is defined, unless it is of Coq's library, and unfolded."""
    library = look("of Coq's library", CALCULUS, rf"standard library has:[^*]*\b{name}\b")
    if library.line:
        yield library
        return
    yield look("its definition in Coq", CALCULUS, rf"^(Definition|Fixpoint) {name}\b")
    used = look("how Coq unfolds it", CALCULUS, rf"Hint Unfold[^:]*\b{name}\b")
    lemmas = [look("a lemma of it", str(path.relative_to(ROOT)), rf"^Lemma [^.]*\b{name}\b")
              for path in sorted((ROOT / CALCULUS).parent.glob("*.v"))]  # fmt: skip
    yield next((place for place in [used, *lemmas] if place.line), used)


def write(notation: Notation, row: Operation, lack: type[Exception], place: Place) -> Place:
    """Return a place of a rule, or that of the notation where that writes the row without one."""
    names = ["x"] * (3 if isinstance(row, Reduction) else len(row.inputs))
    try:
        notation.write_parts(row, [*map(Text, names)])
    except lack:
        return place._replace(line=0)
    path = str(Path(place.path).with_name("notation.py"))
    return place if place.line else look(place.what, path, "^class ")


def list_places_of_optimizer(kind: type[Optimizer]) -> Iterator[Place]:
    """Yield where an optimizer stands, and what tests and tells of it."""
    name, own = kind.__name__, TABLES["optimizer"]
    yield look("its class", own, rf"^class {name}\(")
    yield look("among those that the base tells of", own, rf"is the base of .*\b{name}\b")
    yield look("its public name", f"{PACKAGE}/__init__.py", rf'^    "optim": ".*\b{name}\b')
    page = "docs/look-up/api/networks.md"
    yield look("on the page of networks", page, rf":members: .*\b{name}\b", "micrograd_nn.optim")
    yield look("its paper's formula", "tests/test_optim.py", rf"^    {name}: ", "\nPLAIN = ")
    stepping = f"{PACKAGE}/extras/train/stepping.py"
    yield look("its rule, for C", stepping, rf"^OWN_RULES = .*\b{name}\.rule\b")
    yield look("its numbers, for C", stepping, rf"^OWN_NUMBERS = .*\b{name}\b")
    tests = "tests/extras/train/test_in_c.py"
    yield look("a training in C", tests, rf"\b{name}(\(p|,$)", '    "make",\n')


def list_places_of_ending(ending: str) -> Iterator[Place]:
    """Yield where an ending of pictures stands."""
    drawing = TABLES["ending"]
    writers = [look("what writes it", drawing, rf'"{ending}"'),
               look("what writes it", f"{PACKAGE}/draw/layout.py", rf'"{ending}"')]  # fmt: skip
    yield max(writers, key=lambda place: place.line > 0)
    yield look("in what save says", drawing, rf"\.{ending}\b", "def save")
    yield look("in the debugger's help", f"{PACKAGE}/debugger/commands.py", rf"\.{ending}\b")
    yield look("in the guide", "docs/do/drawing.md", rf"^\|.* ?`\.{ending}`")


def list_places_of_language(ending: str) -> Iterator[Place]:
    """Yield where a language of programs, of models, or of both stands."""
    name, export = re.escape(ending), TABLES["language of models"]
    if ending in PROGRAM_WRITERS:
        writers = TABLES["language of programs"]
        yield look("what writes programs", writers, rf'^    "{name}": ', "\nPROGRAM_WRITERS")
        runners = "tests/extras/compile/programs/test_writers.py"
        yield look("what runs a file in tests", runners, rf'"{name}": ', "\nRUNNERS")
        guide = "docs/do/exporting.md"
        yield look("in the guide, of programs", guide, rf"`[^`]*{name}\b[\"`)]", "program.save")
    if ending in TARGETS:
        yield look("what writes and runs models", export, rf'^    "{name}": ', "\nTARGETS")
        yield look("in the guide, of models", "docs/do/exporting.md", rf"^\| `{name}`")
        yield look("in what export says", export, rf"\B{name}\b", "def export")


def list_places_of_misconception(wrong: Misconception) -> Iterator[Place]:
    """Yield where a misconception stands, and who knows it."""
    title = re.escape(wrong.title)
    yield look("its row", TABLES["misconception"], rf'"{title}"')
    rows = [one for each in WRONG_LOCALS.values() for one, _ in each]
    suspects = f"{PACKAGE}/extras/practice/diagnosis/suspects.py"
    doctor = look("the doctor's share", suspects, "^WRONG_SHARES")
    if wrong in rows or not wrong.rule:
        doctor = look("wrong derivatives", f"{STEPPING}/derivatives.py", "^WRONG_LOCALS")
    is_known = wrong in WRONG_SHARES or wrong in rows or wrong.name in ALONE
    yield doctor._replace(line=doctor.line * is_known)
    if wrong.rule:
        yield look("in the guide", "docs/do/practice.md", rf"^\| {title} \|")


def find_all() -> Iterator[tuple[str, Iterator[Place]]]:
    """Yield the name of everything that is registered, and its places."""
    for name, row in OPERATIONS.items():
        yield name, list_places_of_operation(row)
    for name, kind in vars(optim).items():
        if isinstance(kind, type) and issubclass(kind, Optimizer) and kind is not Optimizer:
            yield name, list_places_of_optimizer(kind)
    for ending in ENDINGS:
        yield ending.strip("."), list_places_of_ending(ending.strip("."))
    for ending in dict.fromkeys([*PROGRAM_WRITERS, *TARGETS]):
        yield ending, list_places_of_language(ending)
    of_derivatives = [wrong for rows in WRONG_LOCALS.values() for wrong, _ in rows]
    for wrong in dict.fromkeys([*MISCONCEPTIONS, *of_derivatives]):
        yield wrong.title, list_places_of_misconception(wrong)


def main(name: str) -> int:
    """Print the places of a name; return 1 where one of them lacks it."""
    titles = {wrong.name: wrong.title for wrong in MISCONCEPTIONS}
    registered = [*find_all()]
    found = [places for each, places in registered if each == titles.get(name, name)]
    if not found:
        print(f"{name} is in no table: register it first, as")
        print(*[f"  {kind} in {path}" for kind, path in TABLES.items()], sep="\n")
        print("or ask for a relative of it:", ", ".join(each for each, _ in registered))
        return 1
    places = [*chain(*found)]
    print(*places, sep="\n")
    return int(not all(place.line for place in places))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
