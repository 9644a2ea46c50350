"""Extras: any of them can be deleted, and the core does what it is for without all of them."""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from places import ROOT

from micrograd_nn._ground.extras import collect, read_extras

EXTRAS = read_extras()
# Folders of the core's tests: those of the docs, the demos and the searches show what extras do.
OTHERS = {"extras", "docs", "demos", "golden", "helpers", "tools", "web"}
LEFT_OUT = {
    "test_extras.py", "test_house.py", "test_benchmarks.py", "test_searches.py", "test_tools.py",
    "test_workflows.py",
}  # fmt: skip

IMPORT_ALL = """
import importlib, pkgutil, sys
import micrograd_nn
others = ["torch", "jax", "onnx", "sklearn", "anywidget", "traitlets", "numpy", "array_api_compat"]
sys.modules.update(dict.fromkeys(others))
for module in pkgutil.walk_packages(micrograd_nn.__path__, "micrograd_nn.", onerror=lambda name: 0):
    if not module.name.endswith("__main__") and ".scripts." not in module.name:
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            is_own = str(error.name).partition(".")[0] == "micrograd_nn"
            if is_own and "pip install" not in str(error):
                raise
from micrograd_nn import *
names = dir(micrograd_nn)
for name in names:
    if name not in ("sklearn", "widget"):
        getattr(micrograd_nn, name)
from micrograd_nn.terminal.cli import main
main(["--help"])
"""


def list_standing_on(name):
    """Return an extra and all that stand on it."""
    above = {other for other, extra in EXTRAS.items() if name in extra["stands_on"]}
    return {name}.union(*map(list_standing_on, above))


def copy_without(names, folder):
    """Copy the package but some extras."""
    shutil.copytree(ROOT / "micrograd_nn", folder / "micrograd_nn")
    for name in names:
        shutil.rmtree(folder / "micrograd_nn" / "extras" / name)
    return folder


def run(folder, *command, **environment):
    """Run Python with the package of a folder or an archive, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *command], cwd=tempfile.gettempdir() if folder.is_file() else folder,
        capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("gone", [*map(list_standing_on, EXTRAS), {*EXTRAS}], ids=[*EXTRAS, "all"])
def test_an_extra_can_be_deleted(gone, tmp_path):
    """All that is left can be imported, each name at the door is there, and the command helps."""
    told = run(copy_without(gone, tmp_path), "-c", IMPORT_ALL)
    for other, extra in EXTRAS.items():
        for command in extra.get("commands", {}):
            assert (f"    {command} " in told) == (other not in gone), command


LACKING = """
import micrograd_nn
assert not hasattr(micrograd_nn, "fit")
try:
    from micrograd_nn import fit
except ImportError as error:
    print(error)
from micrograd_nn.terminal.cli import main
print(main(["train", "--help"]))
"""


def test_an_extra_is_found_in_an_archive(tmp_path):
    archive = Path(shutil.make_archive(str(tmp_path / "all"), "zip", ROOT, "micrograd_nn"))
    assert "fit" in run(archive, "-c", "from micrograd_nn import fit; print(fit.__name__)")


def test_what_needs_an_extra_that_was_deleted_says_so(tmp_path):
    told = run(copy_without(["plot"], tmp_path), "-c", LACKING)
    assert told == "'train' needs extras/plot, which isn't there\n2\n"


def test_a_file_of_an_extra_that_can_not_be_read_is_named(tmp_path):
    broken = copy_without([], tmp_path) / "micrograd_nn" / "extras" / "plot" / "extra.toml"
    broken.write_text("stands_on")
    program = "import sys; sys.stderr = sys.stdout\nfrom micrograd_nn.terminal.cli import main\n"
    told = run(tmp_path, "-c", f"{program}print(main(['step', 'x']))")
    assert told.startswith(f"micrograd-nn: {broken} can't be read: ")
    assert told.endswith("\n2\n")


def list_core_tests(folder):
    """Return the folders and files of tests that are the core's."""
    return sorted(
        path
        for path in (folder / "tests").iterdir()
        if (path.is_dir() and path.name not in OTHERS)
        or (path.name.startswith("test_") and path.name not in LEFT_OUT)
    )


def test_no_test_of_the_core_imports_from_an_extra():
    """Each night they run without any extra, below."""
    names, found = collect("names"), []
    for place in list_core_tests(ROOT):
        for path in place.rglob("*.py") if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    of_door = node.module == "micrograd_nn" and names.keys() & {
                        alias.name for alias in node.names
                    }
                    if of_door or node.module.startswith("micrograd_nn.extras"):
                        found.append((str(path), node.lineno))
    assert not found


@pytest.mark.rare
@pytest.mark.slow
def test_the_core_passes_its_tests_without_any_extra(tmp_path):
    copy_without(EXTRAS, tmp_path)
    for name in ("tests", "docs", "demos"):
        shutil.copytree(
            ROOT / name, tmp_path / name,
            ignore=shutil.ignore_patterns("node_modules", "_build", ".pytest_cache", "extras"),
        )  # fmt: skip
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    tests = [str(path.relative_to(tmp_path)) for path in list_core_tests(tmp_path)]
    quick = "not (slow or browser or hypothesis or random or sized)"
    told = run(
        tmp_path, "-m", "pytest", "-q", "-n", "2", "-m", quick, "-k", "not .md", *tests, FULL=""
    )
    assert "passed" in told
