"""Are the table's derivatives right over the real numbers? Coq, a proof assistant, proves it.

What is proved is the formula of each row, not its floats: their last digits are measured elsewhere.
``micrograd-nn selfcheck --proof`` proves the table; it needs Coq and its library Coquelicot.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from .._ground.colors import WRONG
from .._ground.ruled import Grid
from .._ground.text import InputError, count_things
from ..engine.operation import Operation
from ..engine.table import OPERATIONS
from ..languages.coq.theorems import Theorem, list_theorems, tell_proved

HEAD = """From Micrograd Require Import calculus.
Require Import Reals List. From Coquelicot Require Import Coquelicot.
Import calculus ListNotations. Open Scope R_scope.
"""
PLACE = re.compile(r'File "\./table\.v", line (\d+)')
AXIOM = re.compile(r"^([\w.]+) :", re.MULTILINE)
# The standard library's own, on which its real numbers stand.
AXIOMS = {
    "ClassicalDedekindReals.sig_not_dec", "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep", "Classical_Prop.classic",
}  # fmt: skip
NEEDED = "proofs need Coq and Coquelicot: apt-get install coq libcoq-coquelicot"
SECONDS = 600  # the whole table takes some 20


def check_proofs(console: Console, operations: dict[str, Operation] = OPERATIONS) -> bool:
    """Prove the table, print by which inputs, and tell whether no theorem is refused."""
    theorems = {row: list(list_theorems(row)) for row in operations.values()}
    refused = prove([theorem for found in theorems.values() for theorem in found])
    grid = Grid(title="Derivatives that are proved over the real numbers")
    grid.add_column("operation", justify="left")
    grid.add_column("by", justify="left")
    for row, found in theorems.items():
        wrong = dict.fromkeys(x.name for x in found if x in refused)
        told = f"REFUSED: {', '.join(wrong)}" if wrong else tell_proved(row)
        grid.add_row(row.name, told, style=f"bold {WRONG}" if wrong else None)
    console.print(grid)
    proved = sum(map(len, theorems.values())) - len(refused)
    console.print(f"{count_things(proved, 'theorem')} proved, {len(refused)} refused.")
    return not refused


def prove(theorems: Iterable[Theorem]) -> list[Theorem]:
    """Return those of the theorems that aren't proved; an InputError where there is no Coq.

    A proof may use the axioms of Coq's own real numbers, and no other.
    """
    left, refused = list(theorems), list[Theorem]()
    while left:
        commands = [f"Theorem {x.label} : {x.statement}.\nProof. by_calculus. Qed." for x in left]
        together = " ".join(f"(conj {x.label}" for x in left) + " I" + ")" * len(left)
        commands.append(f"Definition table := {together}.\nPrint Assumptions table.")
        failed, said = run_coq(commands)
        if failed is None:
            others = set(AXIOM.findall(said)) - AXIOMS
            return refused if not others else [*refused, *left]
        refused.append(left.pop(failed))
    return refused


def run_coq(commands: Sequence[str]) -> tuple[int | None, str]:
    """Return which of the commands fails first, or None, and what Coq prints."""
    coqc = shutil.which("coqc")
    if coqc is None:
        raise InputError(NEEDED)
    calculus = (files("micrograd_nn.languages.coq") / "calculus.v").read_text(encoding="utf-8")
    table = [HEAD, *commands]
    with TemporaryDirectory() as folder:
        for name, text in (("calculus", calculus), ("table", "\n".join(table))):
            (Path(folder) / f"{name}.v").write_text(text, encoding="utf-8")
            done = subprocess.run(
                [coqc, "-w", "none", "-R", ".", "Micrograd", f"./{name}.v"],
                cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                continue
            place = PLACE.search(done.stderr)
            if place is None:
                raise InputError(f"{NEEDED}; Coq says: {done.stderr.strip()}")
            line, failed = int(place[1]), -1
            while line > 0:
                failed += 1
                line -= table[failed].count("\n") + 1
            return failed - 1, done.stderr
    return None, done.stdout
