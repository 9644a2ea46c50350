"""Signals: however the program ends or stops, the terminal is as before, and none is lost."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from added import needs

from micrograd_nn.terminal.signals import handle_signals, hold_signals, repeat_interrupt

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals"),
    # Other tests may have left a thread, of which Python 3.12 warns when it forks.
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]

STEP = ["-m", "micrograd_nn", "step", "x*x", "x=3"]
SHOWN, LEFT, CURSOR = "q quit", "\x1b[?1049l", "\x1b[?25h"  # the screen, its end, a cursor again


@pytest.fixture(autouse=True)
def heeding():
    """Heed Ctrl-C even where these tests run in the background, whose processes ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def prepare():
    """Let a program heed Ctrl-C, and leave no file where it is ended by force."""
    import resource

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.fixture
def spawn(monkeypatch):
    """Return what runs a program at a real terminal."""
    pexpect = pytest.importorskip("pexpect")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES", "ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    children = []

    def spawn(program, *arguments):
        child = pexpect.spawn(
            program, list(arguments), timeout=30, encoding="utf-8", dimensions=(24, 80),
            preexec_fn=prepare,
        )  # fmt: skip
        children.append(child)
        return child

    yield spawn
    for child in children:
        child.close(force=True)


def read_modes(child):
    """Return whether the terminal echoes, and whether it gives whole lines."""
    import termios

    local = termios.tcgetattr(child.child_fd)[3]
    return bool(local & termios.ECHO), bool(local & termios.ICANON)


@pytest.mark.parametrize(
    "name",
    [
        *[pytest.param(name, marks=pytest.mark.slow) for name in
          ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGALRM")],
        "Ctrl-\\",
    ],
)  # fmt: skip
def test_a_signal_that_ends_the_stepper_leaves_the_terminal_as_it_was(name, spawn):
    child = spawn(sys.executable, *STEP)
    child.expect_exact(SHOWN)
    assert read_modes(child) == (False, False)
    number = getattr(signal, name, signal.SIGQUIT)
    if name == "Ctrl-\\":
        child.send("\x1c")
    else:
        child.kill(number)
    child.expect_exact(LEFT)
    child.expect_exact(CURSOR)
    child.expect(pytest.importorskip("pexpect").EOF)
    assert read_modes(child) == (True, True)
    child.close()
    assert (child.exitstatus, child.signalstatus) in ((128 + number, None), (None, number))


def test_a_signal_that_somebody_handles_does_not_wait():
    seen = []
    with handle_signals(("SIGUSR1",), lambda number, frame: seen.append(number)), hold_signals():
        signal.raise_signal(signal.SIGUSR1)
        assert seen == [signal.SIGUSR1]


@pytest.mark.slow
def test_ctrl_z_gives_the_terminal_back_and_fg_goes_on_where_it_stopped(spawn):
    shell = spawn("/bin/sh", "-i")
    shell.sendline("PS1='rea''dy> '")
    shell.expect_exact("ready> ")
    shell.sendline(f"'{sys.executable}' {' '.join(STEP)}")
    shell.expect_exact(SHOWN)
    shell.send("n")
    shell.expect_exact("step 1 of 4")
    shell.expect_exact(SHOWN)
    for _ in range(2):
        shell.send("\x1a")
        shell.expect_exact(LEFT)
        shell.expect_exact(CURSOR)
        shell.expect_exact("ready> ")
        shell.sendline("fg")
        shell.expect_exact("\x1b[?1049h")
        shell.expect_exact("step 1 of 4")
        shell.expect_exact(SHOWN)
        assert read_modes(shell) == (False, False)
    shell.send("n")
    shell.expect_exact("step 2 of 4")
    shell.send("q")
    shell.expect_exact(LEFT)
    shell.sendline("exit $?")
    shell.expect(pytest.importorskip("pexpect").EOF)
    shell.close()
    assert shell.exitstatus == 0


def test_a_terminal_of_another_size_is_filled_at_once(spawn):
    child = spawn(sys.executable, *STEP)
    child.expect_exact(SHOWN)
    child.setwinsize(10, 70)
    child.expect_exact("step 0 of 4")
    child.expect_exact(SHOWN)


@needs("tables")
def test_a_training_that_is_terminated_never_hid_the_cursor(spawn, tmp_path):
    table = tmp_path / "line.csv"
    table.write_text("x,y\n" + "".join(f"{x},{3 * x + 1}\n" for x in range(30)))
    child = spawn(
        sys.executable, "-m", "micrograd_nn", "train", str(table), "--target", "y",
        "--epochs", "1000000", "--patience", "1000000", "--model", str(tmp_path / "m.json"),
    )  # fmt: skip
    child.expect_exact("validation")
    shown = child.before
    child.kill(signal.SIGTERM)
    child.expect(pytest.importorskip("pexpect").EOF)
    assert "\x1b[?25l" not in shown + child.before
    child.close()
    assert child.exitstatus == 128 + signal.SIGTERM


# Ctrl-C while modules load: one that is swallowed there must end the program all the same.

LOADING = """\
import os, signal, sys
from micrograd_nn.__main__ import run_program

class Interrupting:
    def __del__(self):  # whose errors Python swallows
        os.kill(os.getpid(), signal.SIGINT)

class Finder:
    def find_spec(self, name, *where):
        if name == {name!r}:
            Interrupting()

sys.meta_path.insert(0, Finder())
sys.exit(run_program())
"""


@pytest.mark.parametrize(
    "name", ["micrograd_nn.terminal.cli", "argparse", "micrograd_nn.draw.layout", "rich.table"]
)
def test_ctrl_c_ends_the_program_while_it_loads(name):
    done = subprocess.run(
        [sys.executable, "-c", LOADING.format(name=name), "graph", "x*x", "x=3"],
        capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("", "", -signal.SIGINT)


def test_an_interrupt_that_a_destructor_swallows_comes_again(monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", repeat_interrupt)

    class Interrupted:
        def __del__(self):
            raise KeyboardInterrupt

    Interrupted()
    with pytest.raises(KeyboardInterrupt):
        time.sleep(30)  # which the interrupt ends


def test_other_errors_of_destructors_are_told_as_ever(monkeypatch, capsys):
    monkeypatch.setattr(sys, "unraisablehook", repeat_interrupt)

    class Failing:
        def __del__(self):
            raise ValueError("as ever")

    Failing()
    assert "ValueError: as ever" in capsys.readouterr().err


# Holding


def test_signals_that_are_held_happen_afterwards_in_their_order():
    seen = []
    with handle_signals(("SIGTERM", "SIGHUP"), lambda number, frame: seen.append(number)):
        with hold_signals() as signals:
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
            assert os.read(signals.pipe, 9) == bytes([signal.SIGHUP, signal.SIGTERM])
            assert seen == []
        assert seen == [signal.SIGHUP, signal.SIGTERM]


def test_a_signal_that_is_held_happens_even_after_an_error():
    def fail():
        with hold_signals():
            signal.raise_signal(signal.SIGINT)
            raise OSError

    with pytest.raises(KeyboardInterrupt):
        fail()


def test_what_is_ignored_stays_so_and_all_is_put_back():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        others = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTSTP, signal.SIGWINCH)]
        with hold_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGINT) is not others[0]
        assert others == [
            signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTSTP, signal.SIGWINCH)
        ]
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_nothing_is_held():
    found = []

    def look():
        before = signal.getsignal(signal.SIGINT)
        with hold_signals():
            found.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [True]
