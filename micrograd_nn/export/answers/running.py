"""A written file run by what it is for, in a process of its own: Python or Node.js."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...text import show_line
from ..report import Answers, NotRunError, Question

SCRIPTS = Path(__file__).parent / "scripts"
LONGEST_WAIT = 240  # that a file may take


def run_process(command: Sequence[str], given: str = "", cwd: Path | None = None) -> str:
    """Return what a command prints; one that fails is a NotRunError with its last line."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, encoding="utf-8", errors="replace",
            timeout=LONGEST_WAIT, cwd=cwd, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRunError(f"{command[0]} took more than {LONGEST_WAIT} s") from None
    except OSError as error:
        raise NotRunError(f"{command[0]} doesn't start: {error}") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        told = next((line for line in lines if "rror" in line), lines[-1])
        raise NotRunError(f"{command[0]} failed: {show_line(told, 200)}")
    return done.stdout


def format_question(question: Question) -> str:
    """Return a question as JSON."""
    return json.dumps({"rows": question.rows, "parameters": question.parameters})


def read_answers(text: str) -> Answers:
    """Return the answers that a process printed as JSON, in which null is NaN.

    They stand in the last line: a library may print something of its own before.
    """
    try:
        found = json.loads((text.strip().splitlines() or [""])[-1])
    except ValueError:
        raise NotRunError("it ended without an answer") from None
    values, gradients = (
        [[math.nan if x is None else float(x) for x in row] for row in rows]
        if rows is not None
        else None
        for rows in (found["values"], found.get("gradients"))
    )
    assert values is not None
    return Answers(values, gradients, found["versions"], found.get("labels"))


def run_python(path: Path, question: Question) -> Answers:
    """Return what a module in Python answers, without any package."""
    command = [sys.executable, "-I", "-S", str(SCRIPTS / "rows.py"), str(path)]
    return read_answers(run_process(command, format_question(question)))


def run_javascript(path: Path, question: Question) -> Answers:
    """Return what a module in JavaScript answers in Node.js."""
    node = shutil.which("node")
    if node is None:
        raise NotRunError("there is no Node.js")
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder, "written.mjs")  # as which Node.js takes it for a module
        module.write_bytes(path.read_bytes())
        command = [node, str(SCRIPTS / "rows.mjs"), str(module)]
        return read_answers(run_process(command, format_question(question)))
