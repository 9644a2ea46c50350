"""Faults from outside: kills, full devices, read-only folders, vanishing files. The model loads.

Each command runs in a process of its own. Leftover temporary files are allowed after a kill, and
after nothing else.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import pytest
from rich.console import Console
from sizes import choose_size

from micrograd_nn.extras.tables import prediction, reading
from micrograd_nn.extras.tables.storage import load_model
from micrograd_nn.terminal.cli import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="the signals, limits and permissions of POSIX"),
]

TABLE = "x,y\n" + "".join(f"{x},{x * x % 7}\n" for x in range(8))
RUN = """
import resource, sys
from micrograd_nn.extras.tables import run
from micrograd_nn.terminal.cli import main
save_every, largest_file, *arguments = sys.argv[1:]
run.SAVE_EVERY *= float(save_every)
limit = int(largest_file)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(arguments))
"""
PATIENCE = 200  # seconds, on a machine that has much else to do
UNLIMITED = -1
EVERY_EPOCH, AT_THE_END = 0.0, 1e9  # how often the model is saved, in its usual seconds
ENDLESS = ["--epochs", "1000000", "--patience", "1000000"]
GENTLY = ["--hidden", "3", "--activation", "tanh", "--validation", "0", "--lr", "1e-4", "--quiet"]


def command(*arguments, save_every=1.0, largest_file=UNLIMITED):
    """Return what runs the command in a new Python that writes no compiled modules."""
    return [sys.executable, "-B", "-c", RUN, str(save_every), str(largest_file), *arguments]


def training(folder, *arguments, **options):
    """Return the command that trains on the table t.csv beside the folder, gently and long."""
    table, model = str(folder.parent / "t.csv"), str(folder / "m.json")
    files = "--model", model, "--force"
    return command("train", table, "--target", "y", *files, *GENTLY, *arguments, **options)


@contextmanager
def started(arguments):
    """Start a command; kill it if it has not ended within the block."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(arguments, text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def run(arguments, **options):
    """Run a command to its end; return its exit status, and what it said on standard error."""
    options = {"stdout": subprocess.DEVNULL, **options}
    done = subprocess.run(
        arguments, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False, **options
    )
    return done.returncode, done.stderr


def files(folder):
    """Return the content of every file in a folder, hidden and temporary ones included."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def predictions(folder):
    """Return what the folder's model predicts for the table, one line a row."""
    text = prediction.predict(
        str(folder / "m.json"), str(folder.parent / "t.csv"), Console(quiet=True)
    )
    assert text.startswith("x,y,predicted_y,remark\n")
    assert text.count("\n") == TABLE.count("\n")
    return text


def check_refusal(status, error, *parts):
    """Check that a command ended as one that can't do its work: with one line that says why."""
    assert error.count("\n") == 1, error
    assert error[:-1].isprintable()
    for part in parts:
        assert part in error
    assert status == 2


def folder_with_model(folder):
    """Make a folder with a model and a prediction in it, and a table beside it; return it."""
    folder.mkdir(exist_ok=True)
    (folder.parent / "t.csv").write_text(TABLE)
    status, error = run(training(folder, "--epochs", "3"))
    assert (status, error) == (0, "")
    (folder / "out.csv").write_text(predictions(folder))
    return folder


@pytest.fixture
def folder(tmp_path):
    return folder_with_model(tmp_path / "models")


# Killed

MOMENTS = ["start", "training", "saving", "conclusion"]


class Life:
    """One training in a folder that has a model, and its end by a signal at a chosen moment."""

    one_by_one = Lock()  # predictions, in this process

    def __init__(self, folder, number):
        self.folder, self.number = folder, number
        self.model = folder / "m.json"
        self.old = self.model.read_bytes()
        self.random = random.Random(number)

    def end(self, moment, signal_number=signal.SIGKILL):
        """Train until the moment; then check what is on the disk."""
        arguments = {"save_every": EVERY_EPOCH}, *ENDLESS
        if moment == "conclusion":
            arguments = {"save_every": AT_THE_END}, "--epochs", "2"
        options, *arguments = arguments
        arguments = training(self.folder, "--seed", str(self.number), *arguments, **options)
        with started(arguments) as process:
            getattr(self, f"wait_for_{moment}")()
            process.send_signal(signal_number)
            said, error = process.communicate(timeout=PATIENCE)
        assert (said, error) == ("", "")
        assert process.returncode in [-signal_number] + [0] * (moment == "conclusion")
        self.check()

    def wait_for_start(self):
        """Wait for any moment from the interpreter's start to the first epochs."""
        time.sleep(self.random.uniform(0, 0.3))

    def wait_for_training(self):
        """Wait for any moment after the model was saved first."""
        deadline = time.monotonic() + PATIENCE
        while self.model.read_bytes() == self.old:
            assert time.monotonic() < deadline, "no model was ever saved"
            time.sleep(0.001)
        time.sleep(self.random.uniform(0, 0.1))

    def wait_for_saving(self):
        """Wait for a moment while a file is written again."""
        self.wait_for_training()
        self.wait_for_change()
        self.wait_a_little(0.0003)

    def wait_for_conclusion(self):
        """Wait for a moment while the last files are written."""
        self.wait_for_change()
        self.wait_a_little(0.003)

    def wait_for_change(self):
        before, deadline = self.state(), time.monotonic() + PATIENCE
        while self.state() == before:
            assert time.monotonic() < deadline, "nothing was ever written"
            time.sleep(0)

    def wait_a_little(self, most):
        end = time.perf_counter() + self.random.uniform(0, most)
        while time.perf_counter() < end:
            pass

    def state(self):
        """Return what changes as soon as something is written: names, sizes, identities, times."""
        found = set()
        for entry in os.scandir(self.folder):
            try:
                about = os.stat(entry)
            except FileNotFoundError:  # a temporary file, renamed meanwhile
                continue
            found.add((entry.name, about.st_ino, about.st_size, about.st_mtime_ns))
        return found

    def check(self):
        """Check that the model is the older one or this life's, whole, and works."""
        saved = load_model(self.model)
        if self.model.read_bytes() != self.old:
            assert saved.training["seed"] == self.number
        assert [path.name for path in self.folder.glob("*.json")] == ["m.json"]
        with self.one_by_one:
            predictions(self.folder)


def leftovers(folder):
    """Return the names of temporary files in a folder."""
    return files(folder).keys() - {"m.json", "out.csv"}


def live(tmp_path, moments, signal_number):
    """Live as many lives as there are moments, two at a time; return the two folders."""
    folders = [folder_with_model(tmp_path / name) for name in ("one", "two")]

    def lives(first):
        for number in range(first, len(moments), 2):
            Life(folders[first], number).end(moments[number], signal_number)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lives, (0, 1)))
    return folders


def test_kills_at_any_moment_leave_a_whole_model(tmp_path):
    counts = choose_size((1, 1, 3, 1), (12, 12, 18, 8))
    moments = [name for name, count in zip(MOMENTS, counts, strict=True) for _ in range(count)]
    random.Random(50).shuffle(moments)
    folders = live(tmp_path, moments, signal.SIGKILL)
    unfinished = [len(leftovers(folder)) for folder in folders]
    assert sum(unfinished) >= len(moments) // 16, "too few kills fell into a saving"
    for folder, count in zip(folders, unfinished, strict=True):
        assert run(training(folder, "--epochs", "2")) == (0, "")
        assert predictions(folder)
        assert len(leftovers(folder)) == count


def test_a_polite_request_to_end_leaves_a_whole_model(tmp_path):
    moments = ["start", "training", "saving", "conclusion"]
    live(tmp_path, moments * choose_size(1, 2), signal.SIGTERM)


# Devices that are full


def predicting(folder, *arguments, **options):
    return command(
        "predict", str(folder / "m.json"), str(folder.parent / "t.csv"), *arguments, **options
    )


dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")


@dev_full
def test_predictions_printed_to_a_full_device_are_an_error(folder):
    with open("/dev/full", "w") as device:
        ended = run(predicting(folder, "--quiet"), stdout=device)
    check_refusal(*ended, "No space left on device")


@dev_full
def test_a_report_printed_to_a_full_device_is_an_error_before_anything_is_trained(folder):
    old = (folder / "m.json").read_bytes()
    arguments = training(folder, "--epochs", "4")
    arguments.remove("--quiet")
    with open("/dev/full", "w") as device:
        ended = run(arguments, stdout=device)
    check_refusal(*ended, "No space left on device")
    assert (folder / "m.json").read_bytes() == old
    assert predictions(folder)
    assert leftovers(folder) == set()


def test_predictions_printed_where_there_is_no_output_are_an_error(folder):
    status, error = run(["sh", "-c", 'exec "$@" >&-', "sh", *predicting(folder, "--quiet")])
    check_refusal(status, error)


# Files that may not become as large: it needs no rights, and acts as a full disk does


@pytest.mark.parametrize("save_every", [EVERY_EPOCH, AT_THE_END], ids=["meanwhile", "at the end"])
def test_a_model_that_cannot_be_written_to_its_end_keeps_the_older_one(folder, save_every):
    before = files(folder)
    assert len(before["m.json"]) > 500
    ended = run(training(folder, "--epochs", "5", save_every=save_every, largest_file=500))
    check_refusal(*ended, "micrograd-nn train: can't write", "m.json: File too large")
    assert files(folder) == before
    assert predictions(folder).encode() == before["out.csv"]


def test_predictions_that_cannot_be_written_to_their_end_keep_the_older_ones(folder):
    before = files(folder)
    ended = run(predicting(folder, "-o", str(folder / "out.csv"), largest_file=20))
    check_refusal(*ended, "micrograd-nn predict: can't write", "out.csv: File too large")
    assert files(folder) == before


def test_a_page_that_cannot_be_written_leaves_the_older_one_and_the_new_model(folder):
    (folder / "p.html").write_text("an older page")
    before = files(folder)
    page = "--page", str(folder / "p.html")
    ended = run(training(folder, "--epochs", "4", *page, largest_file=2 * len(before["m.json"])))
    check_refusal(*ended, "micrograd-nn train: can't write", "p.html: File too large")
    after = files(folder)
    assert len(load_model(folder / "m.json").training["losses"]) == 4
    assert {**after, "m.json": None} == {**before, "m.json": None}
    assert predictions(folder)


# Places that may only be read


def check_that_nothing_is_written(folder, reason, before=()):
    """Check that a model can be used, but neither trained nor its predictions be saved."""
    contents = files(folder)
    for arguments, name in (
        (training(folder, *ENDLESS), "m.json"),
        (predicting(folder, "-o", str(folder / "out.csv")), "out.csv"),
        (predicting(folder, "-o", str(folder / "new.csv")), "new.csv"),
    ):
        check_refusal(*run([*before, *arguments]), "can't write", f"{name}: {reason}")
    assert files(folder) == contents
    printed = run([*before, *predicting(folder, "--quiet")], stdout=subprocess.PIPE)
    assert printed == (0, "")
    assert predictions(folder).encode() == contents["out.csv"]


def test_a_folder_that_may_only_be_read_keeps_the_older_files(folder):
    without_rights = []
    if os.geteuid() == 0:  # whom no permission binds, unless it gives up just that
        without_rights = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
        if not shutil.which("setpriv") or run([*without_rights, "true"])[0] != 0:
            pytest.skip("root may write everywhere, and there is no setpriv to give that up")
    folder.chmod(0o555)
    try:
        check_that_nothing_is_written(folder, "permission denied", without_rights)
    finally:
        folder.chmod(0o755)


# What is read or written to vanishes meanwhile


@pytest.mark.parametrize("new_content", [None, b"", b"x,y\n1,oops", b"\0"], ids=repr)
def test_a_table_that_changes_after_it_was_read_is_no_matter(folder, monkeypatch, new_content):
    monkeypatch.chdir(folder)
    table, old = Path("t.csv"), files(folder)
    old_table = TABLE.encode()

    read_text = reading.read_text

    def read_and_change(path, source, spelling):
        assert path == "t.csv"
        found = read_text(path, source, spelling)
        if new_content is None:
            table.unlink()
        else:
            table.write_bytes(new_content)
        return found

    def run_with_change(*arguments):
        table.write_bytes(old_table)
        with monkeypatch.context() as patch:
            patch.setattr(reading, "read_text", read_and_change)
            assert main(arguments) == 0
        assert (table.read_bytes() if table.exists() else None) == new_content

    run_with_change(
        "train", "t.csv", "--target", "y", "--model", "m.json", "--force", *GENTLY, "--epochs", "3",
    )  # fmt: skip
    run_with_change("predict", "m.json", "t.csv", "--quiet", "-o", "out.csv")
    table.unlink(missing_ok=True)
    assert files(folder) == old


def test_a_folder_that_vanishes_during_the_training_is_told_and_its_model_whole(folder):
    life = Life(folder, 1)
    arguments = training(folder, "--seed", "1", *ENDLESS, save_every=EVERY_EPOCH)
    with started(arguments) as process:
        life.wait_for_training()
        gone = folder.rename(folder.parent / "gone")
        _, error = process.communicate(timeout=PATIENCE)
    check_refusal(process.returncode, error, "can't write", "m.json: there is no such folder")
    assert not folder.exists()
    assert predictions(gone)
    assert load_model(gone / "m.json").training["seed"] == 1
