"""The README's own model, trained by its line, goes to every place with a report of equality."""

import shutil
from importlib.util import find_spec

import pytest
from places import ROOT

from micrograd_nn.terminal.cli import main

IRIS = str(ROOT / "demos" / "iris.csv")
NEEDS = {".c": "gcc", ".js": "node", ".onnx": "onnx"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the model that the README's line trains."""
    folder = tmp_path_factory.mktemp("iris")
    line = ["train", IRIS, "--target", "species", "--model", str(folder / "iris.json"), "-q"]
    assert main(line) == 0
    return folder


@pytest.mark.parametrize("ending", [".py", *NEEDS])
def test_the_files_numbers_are_the_models(ending, folder, capsys, request):
    need = NEEDS.get(ending)
    if need and not (shutil.which(need) or find_spec(need)):
        pytest.skip(f"needs {need}")
    if ending == ".c":
        request.getfixturevalue("with_compiler")
    model, written = str(folder / "iris.json"), str(folder / f"copy{ending}")
    assert main(["export", model, "-o", written, "--check", "1e-12", "--rows", IRIS]) == 0
    told = capsys.readouterr().out
    assert "compared on 150" in told
    assert "off 60 digits" in told
