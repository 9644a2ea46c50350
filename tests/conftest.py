"""What all tests share: the fixtures ``folder``, ``show``, ``browser``, ``visit``, ``node`` ….

A run tells first what it will leave out, and why.
"""

import gc
import os
import signal

import pytest
from hypothesis import settings
from sizes import choose_size

from micrograd_nn._ground.extras import read_extras

# Where an extra was deleted, what serves its tests is left out.
OF_EXTRAS = {"compile": "native", "tables": "rivals"}
pytest_plugins = ["lacking", "elsewhere", "browser", "nodejs"]
pytest_plugins += [plugin for extra, plugin in OF_EXTRAS.items() if extra in read_extras()]

EXAMPLES = int(os.environ.get("EXAMPLES", choose_size(15, 100)))

# A machine that has more to do than these tests makes none of them wrong.
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES)
settings.load_profile("patient")

# Programs run in Python unless a test is about those in C: no compiler starts behind a test's back.
os.environ["MICROGRAD_NN_NATIVE"] = "0"


# A run in the background may have been told to ignore signals, and hands that on to each process
# that it starts. A handler isn't handed on; one that does nothing still ignores.
for name, handler in {
    "SIGINT": signal.default_int_handler, "SIGQUIT": lambda *_: None, "SIGHUP": lambda *_: None,
}.items():  # fmt: skip
    if (number := getattr(signal, name, None)) and signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, handler)

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


@pytest.fixture
def show(visit, tmp_path):
    """Return a function that shows the page of a graph."""
    from micrograd_nn.page import page as write_page  # when its lines are counted already

    paths = iter(range(100))

    def show(
        root, hash="", *, names=None, title="", notes="", inputs=(), rows=(), quiz=False, **options
    ):
        path = tmp_path / f"{next(paths)}.html"
        shown = {"title": title, "notes": notes, "inputs": inputs, "rows": rows, "quiz": quiz}
        write_page(root, path, names=names or {}, **shown)
        return visit(path, hash, **options)

    return show
