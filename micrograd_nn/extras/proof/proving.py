"""Are the table's derivatives right over the real numbers? Coq, a proof assistant, proves it.

What is proved is the formula of each row, not its floats: their last digits are measured elsewhere.
``micrograd-nn selfcheck --proof`` proves the table; it needs Coq and its library Coquelicot.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
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
from .theorems import Theorem, describe_proved, list_theorems, read_sources

HEAD = """From Micrograd Require Import proof.
Open Scope R_scope.
Set Printing Width 10000.
Axiom refused : forall claim : Prop, claim.
"""
# What can't be proved is refused by its name, with each goal that is left of it.
TACTIC = """first [ solve [ by_calculus ] | cbv zeta; intros;
  repeat match goal with |- _ /\\ _ => split end; try solve [ by_calculus ];
  match goal with |- ?goal => idtac "REFUSED {}" goal end; apply refused ]"""
REFUSED = re.compile(r"^REFUSED (\S+) (.+)$", re.MULTILINE)
AXIOM = re.compile(r"^(\S+)", re.MULTILINE)  # other lines of its type are indented
# The standard library's own, on which its real numbers stand, excluded middle among them.
AXIOMS = {
    "ClassicalDedekindReals.sig_not_dec", "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep", "Classical_Prop.classic",
}  # fmt: skip
INSTALL = "apt-get install coq libcoq-coquelicot"


def check_proofs(console: Console, operations: dict[str, Operation] = OPERATIONS) -> bool:
    """Print by which inputs each row is proved, and what is left open; return if nothing is."""
    theorems: dict[str, list[Theorem]] = {}
    wrong: dict[str, str] = {}
    for name, row in operations.items():
        try:
            theorems[name] = list(list_theorems(row))
        except NoTheoremError as error:
            wrong[name] = f"NO THEOREM: {error}"
    every = [theorem for found in theorems.values() for theorem in found]
    console.print(
        f"Coq proves {count_things(len(every), 'theorem')}, and the formulas of any number of "
        f"inputs …"
    )
    goals = prove(every)
    for name, found in theorems.items():
        if refused := dict.fromkeys(x.name for x in found if x.label in goals):
            wrong[name] = f"REFUSED: {', '.join(refused)}"
    proved = {x.record for x in every if x.label not in goals}
    grid = Grid(title="Proved over the real numbers, away from kinks and jumps: the derivative")
    grid.add_column("operation", justify="left")
    grid.add_column("by", justify="left")
    for name, row in operations.items():
        style = f"bold {WRONG}" if name in wrong else None
        grid.add_row(name, wrong.get(name) or describe_proved(row, proved), style=style)
    console.print(grid)
    for label, left in goals.items():
        console.print(
            f"Left of {label}: {'; '.join(left)}", markup=False, highlight=False, soft_wrap=True
        )
    console.print(f"{count_things(len(proved), 'theorem')} proved, {len(goals)} refused.")
    return not wrong


def prove(theorems: Sequence[Theorem]) -> dict[str, list[str]]:
    """Return the goals that Coq leaves open of the theorems that it refuses, by their labels.

    Where it can't be asked, it is an InputError. A proof may use the axioms of Coq's own real
    numbers, and no other. With any theorems, those on every length are proved, too.
    """
    commands = [
        f"Theorem {x.label} : {x.statement}.\nProof. {TACTIC.format(x.label)}. Qed."
        for x in theorems
    ]
    together = "".join(f"(conj {x.label} " for x in theorems) + "every_length" + ")" * len(theorems)
    said = run_coq([*commands, f"Definition table := {together}.", "Print Assumptions table."])
    goals: dict[str, list[str]] = {}
    for label, goal in REFUSED.findall(said):
        goals.setdefault(label, []).append(goal)
    axioms = set(AXIOM.findall(said.partition("Axioms:\n")[2]))
    if not axioms or axioms - AXIOMS != ({"refused"} if goals else set()):
        raise InputError(f"the proofs stand on other axioms than those known: {sorted(axioms)}")
    return goals


def run_coq(commands: Sequence[str]) -> str:
    """Return what Coq prints for commands that may use the package's proofs.

    Without Coq, or where it can't make sense of a command, that is an InputError.
    """
    texts = {**read_sources(), "table": HEAD + "\n".join(commands)}
    if shutil.which("coqc") is None:
        raise InputError(f"proofs need Coq and Coquelicot: {INSTALL}")
    with TemporaryDirectory() as place:
        for name, text in texts.items():
            (Path(place) / f"{name}.v").write_text(text, encoding="utf-8")
            try:
                command = "coqc", "-w", "none", "-R", ".", "Micrograd", f"{name}.v"
                said = run_process(command, 600, cwd=place)  # seconds; the whole takes some 10
            except ProcessError as error:
                raise InputError(
                    f"coqc can't read {name}.v: it {error}. "
                    f"Tried with Coq 8.20 and Coquelicot 3.4 ({INSTALL})"
                ) from None
    return said.decode("utf-8", "replace")
