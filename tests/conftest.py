"""What all tests share: the fixtures ``folder``, ``browser``, ``visit``, ``node``, ``javascript``.

A run tells first what it will leave out, and why.
"""

import gc
import os

import pytest
from hypothesis import settings
from sizes import choose_size

pytest_plugins = ["lacking", "browser", "nodejs", "native", "rivals"]

EXAMPLES = int(os.environ.get("EXAMPLES", choose_size(15, 100)))

# A machine that has more to do than these tests makes none of them wrong.
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES)
settings.load_profile("patient")

# Programs run in Python unless a test is about those in C: no compiler starts behind a test's back.
os.environ["MICROGRAD_NN_NATIVE"] = "0"


# The collector of garbage would look at thousands of tests, over and over, while they are found:
# a third of the time that takes, in each process. They are there until the end.
gc.disable()


def pytest_collection_finish():
    """Let garbage be collected again, but spare it all tests."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, at a terminal that breaks no line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path
