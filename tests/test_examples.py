"""Every example in the README, the docs and the docstrings runs and gives what it says."""

import re

import pytest
from places import ROOT
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

from micrograd_nn import OPERATIONS

FILES = [
    ROOT / "README.md",
    *(ROOT / "docs").glob("*/*.md"),
    *(ROOT / "micrograd_nn").rglob("*.py"),
]

# What few have: files whose examples need it, or that are about it, run where it is.
ENGINES = "torch|jax|onnx|onnxruntime|spox|sklearn|skops|joblib|dask|distributed|ray|pandas"
IMPORTS = re.compile(
    rf"^(?: *>>> )?(?:import|from) (?:micrograd_nn\.(?:extras\.)?)?({ENGINES})\b", re.MULTILINE
)

PARSERS = {".md": PythonCodeBlockParser(), ".py": DocTestParser()}


SLOW = {"diagnosis.py", "parallel.md", "scikit-learn.md"}  # whose examples take seconds
CASES = [pytest.param(x, marks=[pytest.mark.slow] * (x.name in SLOW)) for x in FILES]


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples(path, tmp_path, monkeypatch):
    needed = {*IMPORTS.findall(path.read_text(encoding="utf-8"))}
    for engine in sorted(needed | {"sklearn"} & {*path.parts}):
        pytest.importorskip(engine)
    monkeypatch.chdir(tmp_path)  # an example may write a file
    sybil = Sybil([PARSERS[path.suffix]], document_types={".py": PythonDocStringDocument})
    for example in sybil.parse(path).examples():
        example.evaluate()


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
def test_examples_of_operations(row):
    assert row.example, "every row has an example"
    assert eval(row.example, dict(OPERATIONS)) is True
