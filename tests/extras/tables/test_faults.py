"""Faults from outside: kills while a model is saved, and outputs that are full or closed.

Each command runs in a process of its own. Leftover temporary files are allowed after a kill, and
after nothing else.
"""

import os
import random
import subprocess
import sys
import time

import pytest
from rich.console import Console
from sizes import choose_size

from micrograd_nn.extras.tables import prediction
from micrograd_nn.extras.tables.storage import load_model

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="the signals of POSIX"),
]

TABLE = "x,y\n" + "".join(f"{x},{x * x % 7}\n" for x in range(8))
RUN = """
import sys
from micrograd_nn.extras.tables import run
from micrograd_nn.terminal.cli import main
run.SAVE_EVERY = 0  # after each epoch that is better
sys.exit(main(sys.argv[1:]))
"""
PATIENCE = 200  # seconds, on a machine that has much else to do
GENTLY = ["--hidden", "3", "--activation", "tanh", "--validation", "0", "--lr", "1e-4", "--quiet"]


def command(*arguments):
    """Return what runs the command in a new Python that writes no compiled modules."""
    return [sys.executable, "-B", "-c", RUN, *map(str, arguments)]


def training(folder, *arguments):
    """Return the command that trains gently on the table beside the folder."""
    model = "--model", folder / "m.json", "--force"
    return command("train", folder.parent / "t.csv", "--target", "y", *model, *GENTLY, *arguments)


def run(arguments, **options):
    """Run a command to its end; return its exit status, and what it said on standard error."""
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **options}
    done = subprocess.run(arguments, text=True, timeout=PATIENCE, check=False, **options)
    return done.returncode, done.stderr


def check_model(folder):
    """Check that the folder's model is whole: it predicts the table."""
    table = str(folder.parent / "t.csv")
    text = prediction.predict(str(folder / "m.json"), table, Console(quiet=True))
    assert text.count("\n") == TABLE.count("\n")


def list_leftovers(folder):
    return [name for name in os.listdir(folder) if name != "m.json"]


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a model in it, and a table beside it."""
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "t.csv").write_text(TABLE)
    assert run(training(folder, "--epochs", "3")) == (0, "")
    return folder


def look(folder):
    """Return what changes as soon as something is written: names, sizes, identities, times."""
    found = set()
    for entry in os.scandir(folder):
        if os.path.exists(entry):  # no temporary file, renamed meanwhile
            found.add((entry.name, entry.inode()))
    return found


def kill(folder, number):
    """Train, and kill the training at any moment after it was saved first: mostly while it is."""
    endless = ["--epochs", "1000000", "--patience", "1000000", "--seed", str(number)]
    rng, deadline = random.Random(number), time.monotonic() + PATIENCE
    with subprocess.Popen(training(folder, *endless), stderr=subprocess.PIPE) as process:
        for _ in range(2):  # that anything is written, and then a moment of any other saving
            before = look(folder)
            while look(folder) == before:
                assert time.monotonic() < deadline, "nothing was ever written"
        time.sleep(rng.choice([0, rng.uniform(0, 0.0003), rng.uniform(0, 0.1)]))
        process.kill()
        assert process.communicate()[1] == b""


def test_kills_at_any_moment_leave_a_whole_model(folder):
    count = choose_size(6, 12, 50)
    for number in range(1, 1 + count):
        kill(folder, number)
        assert load_model(folder / "m.json").training["seed"] in (number - 1, number)
        check_model(folder)
    unfinished = list_leftovers(folder)
    assert len(unfinished) >= count // 16, "too few kills fell into a saving"
    assert run(training(folder, "--epochs", "2")) == (0, "")
    check_model(folder)
    assert list_leftovers(folder) == unfinished


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_predictions_printed_to_a_full_device_or_to_none_are_an_error(folder):
    predicting = command("predict", folder / "m.json", folder.parent / "t.csv", "--quiet")
    with open("/dev/full", "w") as device:
        status, error = run(predicting, stdout=device)
    assert (status, error.count("\n")) == (2, 1)
    assert "No space left on device" in error
    status, error = run(["sh", "-c", 'exec "$@" >&-', "sh", *predicting])
    assert (status, error.count("\n")) == (2, 1)
