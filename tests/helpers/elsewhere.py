"""No test runs twice: a run on another Python leaves out what has passed on the first.

A plugin of pytest's. Where the environment variable PASSED names a file, the names of tests that
pass are added to it. Where PASSED_ELSEWHERE names one, the tests in it aren't run again, unless
they stand in a folder or file of DIFFERS, which is tried on the oldest and the newest Python.
"""

import os
from pathlib import Path

import pytest

DIFFERS = (
    "tests/engine/", "tests/calculus/", "tests/notation/", "tests/debugger/",
    "tests/test_examples.py", "tests/extras/compile/",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has passed elsewhere."""
    if path := os.environ.get("PASSED_ELSEWHERE"):
        passed = {*Path(path).read_text(encoding="utf-8").splitlines()}
        again = [x for x in items if x.nodeid.startswith(DIFFERS) or x.nodeid not in passed]
        config.hook.pytest_deselected(items=[x for x in items if x not in {*again}])
        items[:] = again


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what has passed; the workers of pytest-xdist do so for the process that began them."""
    path = os.environ.get("PASSED")
    if path and report.when == "call" and report.passed and "PYTEST_XDIST_WORKER" not in os.environ:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{report.nodeid}\n")
