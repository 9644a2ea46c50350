"""What is left out of a run, told before it: what this machine lacks, and what takes long.

A plugin of pytest's: a run of whole folders lists near its start, with ``-q`` too, which kinds of
tests will be left out. Where the environment variable REQUIRE_BROWSER is set, what pages are
tested with may not lack: then those tests fail. Tests marked ``slow`` run where FULL is set, those
marked ``rare`` where it is 2.
"""

import ast
import functools
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from places import WEB
from sizes import choose_size

# The first is the browser without a window, which opens a page in a third of the time.
CHROMIUM = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
FIREFOX = ["firefox-esr", "firefox"]
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
HAS = {"FULL=1": bool(os.environ.get("FULL")), "FULL=2": os.environ.get("FULL") == "2"}


ENGINES = [
    ("PyTorch", "torch", "comparisons with PyTorch, and models there"),
    ("JAX", "jax", "models and programs in JAX"),
    ("ONNX", "onnx", "models and programs as ONNX graphs"),
    ("onnxruntime", "onnxruntime", "ONNX graphs where most people run them"),
    ("scikit-learn", "sklearn", "tests of the estimators for it"),
    ("skops", "skops", "estimators in files of skops, and the guide to scikit-learn"),
    ("joblib", "joblib", "searches on several processes"),
    ("Dask", "distributed", "searches on a Dask cluster"),
    ("Ray", "ray", "searches on a Ray cluster"),
]


class Need(NamedTuple):
    """Something that tests need, whether it is there, and what to do where it isn't."""

    name: str
    there: bool
    tests: str
    remedy: str


def find_chromium() -> str | None:
    """Return the program of a browser."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def find_firefox() -> str | None:
    """Return the program of another browser, if there is what it is spoken with."""
    found = next(filter(None, map(shutil.which, FIREFOX)), None)
    return found if find_spec("websockets") else None


def list_needs() -> list[Need]:
    """Return all that some test needs and that may lack."""
    posix = os.name == "posix"
    root = posix and os.geteuid() == 0
    browser = "tests of pages in a browser"
    return [
        Need("Playwright", find_spec("playwright") is not None, browser,
             "pip install -e '.[browser]'"),
        Need("Chromium", find_chromium() is not None, browser,
             "apt-get install chromium-headless-shell"),
        Need("Firefox", find_firefox() is not None, "tests of pages in another browser",
             "apt-get install firefox-esr, and pip install -e '.[browser]'"),
        Need("Node.js", shutil.which("node") is not None, "tests of the JavaScript of pages",
             "apt-get install nodejs"),
        Need("axe-core", AXE.exists(), "tests of accessibility",
             "npm install --prefix tests/web --no-package-lock"),
        Need("Sphinx", find_spec("sphinx") is not None, "tests of the built site",
             "pip install -e '.[docs]'"),
        Need("npm", shutil.which("npm") is not None, "tests of the built site",
             "apt-get install npm"),
        *[
            Need(name, find_spec(module) is not None, tests, "pip install -e '.[engines]'")
            for name, module, tests in ENGINES
        ],
        Need("a C compiler", any(map(shutil.which, ("cc", "gcc", "clang"))),
             "tests of programs in C", "apt-get install gcc libc6-dev"),
        Need("mypy", find_spec("mypy") is not None, "a check of the types that users see",
             "pip install -e '.[check]'"),
        Need("python-flint", find_spec("flint") is not None, "a check of last digits",
             "pip install -e '.[check]'"),
        Need("Coq", shutil.which("coqc") is not None, "proofs of the table's derivatives",
             "apt-get install coq libcoq-coquelicot"),
        Need("anywidget", find_spec("anywidget") is not None, "tests of the widget",
             "pip install -e '.[notebook]'"),
        Need("JupyterLab", find_spec("jupyterlab") is not None, "tests in a real JupyterLab",
             "pip install -e '.[hosts]'"),
        Need("marimo", find_spec("marimo") is not None, "tests in a real marimo",
             "pip install -e '.[hosts]'"),
        Need("POSIX", posix, "tests of signals, permissions and terminals",
             "run them on Linux or macOS"),
        Need("FULL=1", HAS["FULL=1"],
             "slow tests of trainings in C, broken engines, killed processes, full disks and more",
             "FULL=1 .venv/bin/python -m pytest -q -n auto"),
        Need("FULL=2", HAS["FULL=2"], "the tests' own browsers, and trainings of minutes",
             "FULL=2 .venv/bin/python -m pytest -q -n auto -m rare"),
        Need("root on Linux", root and sys.platform == "linux", "some tests of full disks",
             "sudo .venv/bin/python -m pytest tests/extras/tables/test_faults.py"),
    ]  # fmt: skip


def skip_or_fail(name: str, *, is_optional: bool = False) -> None:
    """Skip the test that needs something, or fail it where that may not lack."""
    remedy = next(need.remedy for need in list_needs() if need.name == name)
    reason = f"needs {name}: {remedy}"
    if os.environ.get("REQUIRE_BROWSER") and not is_optional:
        pytest.fail(f"{reason} (REQUIRE_BROWSER is set)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def rare_if_imported(request: pytest.FixtureRequest) -> None:
    """Run a test that a module has imported only where FULL=2; its own ones always."""
    if request.function.__module__ != request.module.__name__ and not HAS["FULL=2"]:
        pytest.skip("rare: it runs where FULL=2 is set")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    config.addinivalue_line("markers", "random: tries many random cases, as Hypothesis does")
    config.addinivalue_line("markers", "slow: runs only where the environment has FULL=1")
    config.addinivalue_line("markers", "rare: runs only where it has FULL=2, as before a release")
    config.addinivalue_line("markers", "sized: does more where FULL=1 is set")


@functools.cache
def find_sized(path: Path) -> set[str]:
    """Return the names in a file of tests that ask for a size, or use what does."""
    uses, text = {}, path.read_text(encoding="utf-8")
    if choose_size.__name__ not in text:
        return set()  # so most files aren't parsed once more
    for part in ast.parse(text).body:
        names = [node for node in ast.walk(part) if isinstance(node, ast.Name)]
        made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        fixtures = {node.arg for node in ast.walk(part) if isinstance(node, ast.arg)}
        used = {node.id for node in names} | fixtures
        uses |= dict.fromkeys([part.name] if isinstance(part, ast.FunctionDef) else made, used)
    sized = {choose_size.__name__}
    while more := {name for name, used in uses.items() if used & sized} - sized:
        sized |= more
    return sized


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what FULL=1 makes larger, and skip slow and rare tests unless they are asked for."""
    for item in items:
        if isinstance(item, pytest.Function) and item.originalname in find_sized(item.path):
            item.add_marker("sized")
        for kind, full in (("slow", "FULL=1"), ("rare", "FULL=2")):
            if item.get_closest_marker(kind) and not HAS[full]:
                item.add_marker(pytest.mark.skip(reason=f"{kind}: it runs where {full} is set"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Tell what will be left out, once: the workers of pytest-xdist have no terminal."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    whole = any(Path(place).is_dir() for place in session.config.args)
    lacking = [need for need in list_needs() if not need.there]
    ignored = session.config.getoption("ignore") or []
    if terminal is None or not whole or not (lacking or ignored):
        return
    terminal.write_line("Left out here:")
    for place in ignored:
        terminal.write_line(f"  {place}, for want of time: pytest {place} runs it")
    for need in lacking:
        terminal.write_line(f"  {need.tests}, for want of {need.name}: {need.remedy}")
