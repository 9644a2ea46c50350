"""Compiling C on any machine: compilers that fail, hang or write garbage, forks, kills, exits."""

import math
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from foreign import needs_compiler
from native import use_cache

from micrograd_nn import Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.native import building, choice, kept
from micrograd_nn.extras.compile.native.building import Building, NoNativeError

pytestmark = [
    pytest.mark.usefixtures("with_compiler"),
    pytest.mark.skipif(sys.platform == "win32", reason="the compilers here are shell scripts"),
]
SOURCE = "int run(void) { return 0; }\n"


def compile_once():
    x = Value(0.5)
    program = compile(op.tanh(x) * 3, [x], native=True)
    assert program.predict((), [1.0]) == math.tanh(1.0) * 3
    return program


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    """Return a function that makes a shell script the compiler; $made is what it has to make."""

    def make(text):
        script = tmp_path / "compiler.sh"
        script.write_text('#!/bin/sh\nfor made in "$@"; do [ "$before" = -o ] && break; '
                          f'before=$made; done\n{text}\n')  # fmt: skip
        script.chmod(0o700)
        monkeypatch.setenv("CC", str(script))
        building.find_compiler.cache_clear()

    return make


@pytest.fixture
def slow(compiler, tmp_path):
    """Make a compiler that never ends; return a pipe that ends with it and all it has started."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    compiler(f"exec 3> {pipe}\necho >&3\nsleep 1000 & wait")
    return pipe


def is_empty(folder):
    return list(folder.iterdir()) == []


@needs_compiler
def test_a_program_is_compiled_once_and_kept(with_compiler, monkeypatch):
    compile_once()
    (file,) = with_compiler.iterdir()
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **named: pytest.fail("compiled again"))
    compile_once()
    assert list(with_compiler.iterdir()) == [file]
    assert stat.S_IMODE(with_compiler.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o700


@needs_compiler
def test_another_compiler_compiles_anew(with_compiler, monkeypatch):
    compile_once()
    monkeypatch.setattr(building, "FLAGS", (*building.FLAGS, "-DANOTHER"))
    compile_once()
    monkeypatch.setattr(building, "describe_compiler", lambda command: "a newer one")
    compile_once()
    assert len(list(with_compiler.iterdir())) == 3


@needs_compiler
def test_a_file_that_was_changed_is_not_loaded_but_made_again(with_compiler, monkeypatch, tmp_path):
    compile_once()
    (whole,) = with_compiler.iterdir()
    use_cache(monkeypatch, tmp_path / "other")
    changed = kept.find_folder() / whole.name
    content = bytearray(whole.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    changed.chmod(0o700)
    compile_once()
    assert changed.read_bytes() == whole.read_bytes()


@needs_compiler
def test_a_damaged_file_goes_when_its_compiler_makes_other_bytes(with_compiler):
    compile_once()
    (file,) = with_compiler.iterdir()
    name, _, digest = file.name.partition("-")
    damaged = file.rename(file.with_name(f"{name}-0{digest[1:]}"))
    compile_once()
    assert list(with_compiler.iterdir()) == [file]
    assert not damaged.exists()


@needs_compiler
def test_what_others_may_have_written_is_not_loaded(with_compiler, monkeypatch, tmp_path):
    compile_once()
    (whole,) = with_compiler.iterdir()
    use_cache(monkeypatch, tmp_path / "other")
    copy = kept.find_folder() / whole.name
    copy.write_bytes(whole.read_bytes())
    copy.chmod(0o777)
    compile_once()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700  # made again


BAD = {
    "noise": ("echo noise; echo more >&2; exit 3", "failed with status 3"),
    "nothing": ("exit 0", "failed with status 1"),
    "garbage": ('echo garbage > "$made"', "can't be loaded"),
    "an empty file": (': > "$made"', "can't be loaded"),
    "a program without a function": ('echo "int x;" > e.c; cc -shared -o "$made" e.c', "be loaded"),
    "killed": ("kill -9 $$", "failed with status"),
    "too much": ('head -c 900000 /dev/zero > "$made"', "failed with status"),
}


@pytest.mark.parametrize(("script", "reason"), BAD.values(), ids=BAD)
def test_a_compiler_gone_wrong_leaves_a_reason_and_nothing_else(
    script, reason, compiler, with_compiler, monkeypatch, capfd
):
    monkeypatch.setattr(building, "LIMITED", building.LIMITED.replace("-f 2000000", "-f 100"))
    compiler(script)
    with pytest.raises(NoNativeError, match=reason):
        Building(SOURCE).load()
    assert is_empty(with_compiler)
    assert capfd.readouterr() == ("", "")


def test_a_compiler_that_does_not_start_is_a_reason(with_compiler, monkeypatch, tmp_path):
    script = tmp_path / "odd"
    script.write_text("#!/nonexistent/interpreter\n")
    script.chmod(0o700)
    monkeypatch.setenv("CC", str(script))
    with pytest.raises(NoNativeError, match="the C compiler failed with status"):
        Building(SOURCE).load()
    monkeypatch.setattr(building, "SHELL", "/nonexistent/sh")
    with pytest.raises(NoNativeError, match="the C compiler doesn't start"):
        Building(SOURCE).load()
    assert is_empty(with_compiler)


@needs_compiler
@pytest.mark.parametrize("given", ["", "no-such-compiler -O3", "'no end"])
def test_a_compiler_that_is_not_there_is_passed_over(given, monkeypatch):
    monkeypatch.setenv("CC", given)
    assert os.path.basename(building.find_compiler()[0]) in ("cc", "gcc", "clang")
    compile_once()


@needs_compiler
def test_a_compiler_asked_for_fast_arithmetic_does_it_right(monkeypatch):
    monkeypatch.setenv("CC", "cc -Ofast -ffast-math")
    x = Value(0.5)
    program = compile(1e-300 * x + x * 0.0, [x], native=True)
    assert math.copysign(program.predict((), [-1e-20]), 1.0) == 1e-320  # and no 0.0
    assert program.predict((), [-0.0]) == 0.0
    assert 1e-300 * float("1e-20") == 1e-320  # nor in Python, from then on


@needs_compiler
def test_arithmetic_of_another_kind_is_refused(monkeypatch):
    monkeypatch.setattr(building, "FLAGS", (*building.FLAGS, "-ffinite-math-only"))
    x = Value(0.5)
    with pytest.raises(NoNativeError, match="the C compiler failed with status 1"):
        compile(x * x, [x], native=True).predict((), [1.0])


def test_a_compiler_is_stopped_with_all_it_started(slow, with_compiler):
    building = Building(SOURCE)
    with open(slow) as pipe:
        assert pipe.readline() == "\n"  # it runs
        assert not building.is_done()
        assert os.getpgid(building.process.pid) != os.getpgrp()  # where Ctrl-C goes to
        building.stop()
        assert pipe.read() == ""  # and no more
    assert is_empty(with_compiler)


def test_ctrl_c_ends_the_waiting_and_no_more(slow, with_compiler):
    building, is_waiting = Building(SOURCE), threading.Event()
    wait = building.process.wait
    building.process.wait = lambda seconds: (is_waiting.set(), wait(seconds))
    with open(slow) as pipe:

        def interrupt():
            pipe.readline()
            is_waiting.wait()  # an earlier signal would end the tests
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            building.load()
        thread.join()
        assert building.process.poll() is None
        del building.process.wait
        building.stop()
        assert pipe.read() == ""
    assert is_empty(with_compiler)


def test_a_compiler_that_takes_too_long_is_stopped(slow, with_compiler, monkeypatch):
    monkeypatch.setattr(building, "SECONDS", 0.0)
    waited, polled = Building(SOURCE), Building(SOURCE)
    with pytest.raises(NoNativeError, match=r"the C compiler took more than 0\.0 s"):
        waited.load()
    assert polled.is_done()  # as programs ask that run in Python meanwhile
    with pytest.raises(NoNativeError, match=r"the C compiler took more than 0\.0 s"):
        polled.load()
    assert is_empty(with_compiler)


def test_a_fork_leaves_the_compiler_of_its_parent_alone(slow, with_compiler):
    building = Building(SOURCE)
    with open(slow) as pipe:
        assert pipe.readline() == "\n"
        if (child := os.fork()) == 0:
            building.stop()
            os._exit(building.is_mine)
        assert os.waitpid(child, 0)[1] == 0
        assert building.process.poll() is None
        assert not is_empty(with_compiler)
        building.stop()
        assert pipe.read() == ""


def test_a_program_goes_and_its_compiler_with_it(slow, with_compiler, monkeypatch):
    monkeypatch.setattr(choice, "WORTH_BUILDING", 1000)
    monkeypatch.setattr(choice, "WORTH_STARTING", 0)
    monkeypatch.setattr(choice, "WORTH_WAITING", math.inf)
    x = Value(0.5)
    program = compile(op.sum([x * i for i in range(300)]), [x], native=None)
    rows = [[0.5]] * 600
    assert program((), rows) == program((), rows)
    with open(slow) as pipe:
        assert pipe.readline() == "\n"
        assert program((), rows)[1] == []  # in Python, at once
        del program
        assert pipe.read() == ""
    assert is_empty(with_compiler)


def test_an_exit_ends_the_compiler(slow, with_compiler):
    code = """
        from micrograd_nn.extras.compile.native.building import Building
        building = Building("int x;")
        import atexit, weakref
        class Owner: pass
        owner = Owner()
        weakref.finalize(owner, building.stop)
        open({!r}).readline()
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code).format(str(slow))], check=True, timeout=60
    )
    assert is_empty(with_compiler)


@needs_compiler
@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
def test_a_killed_process_ends_its_compiler_and_leaves_nothing_that_is_taken_for_whole(
    shell, slow, with_compiler, monkeypatch
):
    if not (shell := shutil.which(shell)):
        pytest.skip("there is no such shell")
    code = f"""
        import time
        from micrograd_nn.extras.compile.native import building
        building.SHELL = {shell!r}
        compiling = building.Building({SOURCE!r})
        time.sleep(1000)
    """
    with (
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)]) as process,
        open(slow) as pipe,
    ):
        assert pipe.readline() == "\n"  # it runs
        process.kill()
        ended, _, _ = select.select([pipe], [], [], 60)
        assert ended
        assert pipe.read() == ""
    (left,) = with_compiler.iterdir()
    assert left.name.startswith("building-")
    monkeypatch.delenv("CC")
    building.find_compiler.cache_clear()
    Building(SOURCE).load()
    assert left.exists()  # it may be at work
    long_ago = time.time() - kept.STALE - 10
    os.utime(left, (long_ago, long_ago))
    compile_once()
    assert not left.exists()


@needs_compiler
def test_threads_may_wait_for_the_same_compiler():
    building = Building(SOURCE)
    found = []
    threads = [threading.Thread(target=lambda: found.append(building.load())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [library.run() for library in found] == [0] * 4
