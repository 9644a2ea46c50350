"""A written program over columns run by the library that it is for."""

from __future__ import annotations

from pathlib import Path

from .report import Answers, Question
from .running import SCRIPTS, ask_python

LIBRARIES = {".np": "numpy", ".pt": "torch", ".jax": "jax"}


def run_columns(path: Path, question: Question) -> Answers:
    """Return what a program over columns answers, with its gradients."""
    library = LIBRARIES[path.suffixes[-2]]
    return ask_python(SCRIPTS / "answering_columns.py", path, question, library)
