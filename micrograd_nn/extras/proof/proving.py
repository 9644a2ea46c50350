"""Are the table's derivatives right over the real numbers? Coq, a proof assistant, proves it.

What is proved is the formula of each row, not its floats: their last digits are measured elsewhere.
``micrograd-nn selfcheck --proof`` proves the table; it needs Coq and its library Coquelicot.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from ..._ground.colors import WRONG
from ..._ground.processes import ProcessError, run_process
from ..._ground.ruled import Grid
from ..._ground.text import InputError, count_things
from ...engine.operation import Operation
from ...engine.table import OPERATIONS
from .notation import NoTheoremError
from .theorems import Theorem, describe_proved, list_theorems

SOURCES = "calculus", "powers", "lengths", "proof"  # the files of Coq, each of which needs the last
HEAD = """From Micrograd Require Import proof.
Open Scope R_scope.
Axiom refused : forall claim : Prop, claim.
"""
TACTIC = 'first [ solve [ by_calculus ] | idtac "REFUSED {}"; apply refused ]'
REFUSED = re.compile(r"^REFUSED (\S+)$", re.MULTILINE)
AXIOM = re.compile(r"^(\S+)", re.MULTILINE)  # other lines of its type are indented
# The standard library's own, on which its real numbers stand, excluded middle among them.
AXIOMS = {
    "ClassicalDedekindReals.sig_not_dec", "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep", "Classical_Prop.classic",
}  # fmt: skip
TRIED = "Tried with Coq 8.20 and Coquelicot 3.4 (apt-get install coq libcoq-coquelicot)"
NEEDED = "proofs need Coq and Coquelicot: apt-get install coq libcoq-coquelicot"
COMMAND = "coqc", "-w", "none", "-R", ".", "Micrograd"
SECONDS = 600  # the whole takes some 10


def check_proofs(console: Console, operations: dict[str, Operation] = OPERATIONS) -> bool:
    """Print by which inputs each row is proved; return whether none is refused."""
    theorems: dict[Operation, list[Theorem]] = {}
    wrong: dict[Operation, str] = {}
    for row in operations.values():
        try:
            theorems[row] = list(list_theorems(row))
        except NoTheoremError as error:
            wrong[row] = f"NO THEOREM: {error}"
    count = count_things(sum(map(len, theorems.values())), "theorem")
    console.print(f"Coq proves {count}, and the formulas of any number of inputs …")
    refused = prove([theorem for found in theorems.values() for theorem in found])
    for row, found in theorems.items():
        names = dict.fromkeys(x.name for x in found if x in refused)
        if names:
            wrong[row] = f"REFUSED: {', '.join(names)}"
    grid = Grid(title="Proved over the real numbers, away from kinks and jumps: the derivative")
    grid.add_column("operation", justify="left")
    grid.add_column("by", justify="left")
    for row in operations.values():
        style = f"bold {WRONG}" if row in wrong else None
        grid.add_row(row.name, wrong.get(row) or describe_proved(row), style=style)
    console.print(grid)
    proved = sum(map(len, theorems.values())) - len(refused)
    console.print(f"{count_things(proved, 'theorem')} proved, {len(refused)} refused.")
    return not wrong


def prove(theorems: Sequence[Theorem]) -> list[Theorem]:
    """Return those of the theorems that Coq refuses; an InputError where it can't be asked.

    A proof may use the axioms of Coq's own real numbers, and no other. With any theorems, those on
    every length are proved, too.
    """
    commands = [
        f"Theorem {x.label} : {x.statement}.\nProof. {TACTIC.format(x.label)}. Qed."
        for x in theorems
    ]
    together = "".join(f"(conj {x.label} " for x in theorems) + "every_length" + ")" * len(theorems)
    said = run_coq([*commands, f"Definition table := {together}.", "Print Assumptions table."])
    named = set(REFUSED.findall(said))
    refused = [x for x in theorems if x.label in named]
    axioms = set(AXIOM.findall(said.partition("Axioms:\n")[2]))
    if not axioms or axioms - AXIOMS != ({"refused"} if refused else set()):
        raise InputError(f"the proofs stand on other axioms than those known: {sorted(axioms)}")
    return refused


def run_coq(commands: Sequence[str]) -> str:
    """Return what Coq prints for commands that may use the package's proofs.

    Without Coq, or where it can't make sense of a command, that is an InputError.
    """
    folder = files("micrograd_nn.extras.proof")
    texts = {name: (folder / f"{name}.v").read_text(encoding="utf-8") for name in SOURCES}
    texts["table"] = HEAD + "\n".join(commands)
    if shutil.which("coqc") is None:
        raise InputError(NEEDED)
    with TemporaryDirectory() as place:
        for name, text in texts.items():
            (Path(place) / f"{name}.v").write_text(text, encoding="utf-8")
            try:
                said = run_process([*COMMAND, f"{name}.v"], SECONDS, cwd=place)
            except ProcessError as error:
                raise InputError(f"coqc can't read {name}.v: it {error}. {TRIED}") from None
    return said.decode("utf-8", "replace")
