"""Engines that can't be run, or that do harm: a clear line in bounded time, nothing disturbed."""

import json
import os
import re
import sys
import time
from pathlib import Path

import pytest
from hostile import find_marked
from student_engines import STYLES

from micrograd_nn import diagnose
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.diagnosis import process
from micrograd_nn.extras.practice.diagnosis.confinement import find_obstacle
from micrograd_nn.extras.practice.marks import workers
from micrograd_nn.terminal.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("folder")]

RIGHT = STYLES["classes"]
ENGINE = """
class Value:
    def __init__(self, data, inputs=()):
        self.data, self.inputs, self.grad = data, inputs, 0.0
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other))
    __radd__ = __add__
    def backward(self):
        self.walk(1.0)
    def walk(self, upstream):
        self.grad += upstream
        for x in self.inputs:
            x.walk(upstream)
"""


def set_in_workers(monkeypatch, name, value):
    """Set what the doctor's process has by a name where it is one of a class's, which are others.

    The value is an expression, in which ``task`` has the name of the file.
    """
    line = f"from micrograd_nn.extras.practice.diagnosis import process; process.{name} = {value}"
    monkeypatch.setattr(
        workers, "PROGRAM", workers.PROGRAM.replace("; answer", f"; {line}; answer")
    )


@pytest.fixture(autouse=True, params=[True, False], ids=["confined", "not confined"])
def is_confined(request, monkeypatch):
    """Run each test both ways, where there are both, and tell which it is."""
    if request.param and find_obstacle():
        pytest.skip(find_obstacle())
    if not request.param:
        monkeypatch.setattr(process, "find_obstacle", lambda: "as if there were one")
        set_in_workers(monkeypatch, "find_obstacle", "lambda: 'as if there were one'")
    return request.param


@pytest.fixture
def impatient(monkeypatch):
    """Wait but a little for what never ends."""
    monkeypatch.setattr(process, "START_SECONDS", 2.0)
    monkeypatch.setattr(process, "GRAPH_SECONDS", 0.7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Value(:", "stopped by SyntaxError: invalid syntax (line 1)"),
        ("import nothing_of_this_name", "stopped by ModuleNotFoundError"),
        ("import os; os._exit(0)", "its process ended while its file ran"),
        ("while True: pass", "its file takes more than 2 s"),
        ("x = b'x' * (3 << 30)", "stopped by MemoryError"),
        ("def f(): f()\nf()", "stopped by RecursionError"),
        ("import json\njson.loads('no')", "Expecting value: line 1 column 1 (char 0) (line 2)"),
        ("Value = None", "Value is of type NoneType, not a class"),
        ("class Value: pass", "Value(2.0) stops by TypeError: Value() takes no arguments"),
        ("class Value:\n    def __init__(self, x): 1 / 0", "stops by ZeroDivisionError"),
        ("class Value:\n    def __getattr__(self, name): return 2\n"
         "    def __init__(self, x): pass", "has no method backward"),
        ("class Value:\n    def __getattribute__(self, name): raise KeyError\n"
         "    def __init__(self, x): pass", "stops by KeyError"),
        (ENGINE.replace("self.walk(1.0)", "1 / 0").replace("__add__", "f").replace("__radd__", "g"),
         "none of the operations"),
        (ENGINE.replace("self.walk(1.0)", "while True: pass"), "doesn't come to an end"),
        (ENGINE.replace("other = other", "while True: other = other"),
         "no operation of it works: a + b doesn't come to an end"),
        (ENGINE.replace("self.walk(1.0)", "raise SystemExit"), "stops by SystemExit"),
        (ENGINE.replace("self.walk(1.0)", "__import__('os')._exit(1)"), "process ended in"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_told_in_a_line_with_status_2(text, said, capsys, request):
    if "while True" in text:
        request.getfixturevalue("impatient")
    Path("student.py").write_text(text)
    assert main(["diagnose", "student.py"]) == 2
    out, err = capsys.readouterr()
    told = "micrograd-nn diagnose: student.py:Value can't be diagnosed: "
    assert (out, re.fullmatch(f"{told}.*{re.escape(said)}.*\n", err) is None) == ("", False)


NOISE = """
import atexit, os, signal, sys, threading, time
print("x" * 100_000)
sys.stdout.write("garbage without an end of line")
os.write(1, b'{"unusable": "no"}\\n')
sys.stderr.write("more")
try:
    input()
except EOFError:
    pass
atexit.register(print, "bye")
threading.Thread(target=lambda: time.sleep(10_000), daemon=True).start()  # no one waits for it
if hasattr(os, "fork"):
    os.fork()  # a copy that answers, too
    if os.fork() == 0:
        while True:
            time.sleep(1)
sys.stdout = None
import json
json.dumps = json.loads = None
"""


def test_what_an_engine_does_beside_disturbs_nothing(capfd):
    Path("student.py").write_text(NOISE + ENGINE)
    assert {fault.name for fault in diagnose("student.py", ["deep", "once"]).faults} == {
        "doubles",
        "recursion",
    }
    assert capfd.readouterr() == ("", "")


FIND_PIPE = """
import json, os, sys
frame = sys._getframe()
while "reply" not in frame.f_locals:
    frame = frame.f_back
known = frame.f_locals
pipe, token = known["replies"], known["token"]
"""
SPOILING = {
    "no JSON": 'os.write(pipe, f"\\n{token}all is well\\n".encode())',
    "another thing": 'known["reply"]({"has_equal_nodes": 7})',
    "no end": 'known["reply"]({"unusable": "x" * 500_000})',
    "an answer before its request": 'known["reply"]({"number": 2, "stage": "backward"})',
    "as if it knew nothing":
        'known["reply"]({"has_equal_nodes": False, "methods": [], "functions": []})',
    "no line": "for _ in range(300): os.write(pipe, b'x' * (1 << 20))",
    "nobody asked": 'for i in range(100_000): os.write(pipe, f"\\n{token}{{}}\\n".encode())',
    "closed": "os.close(pipe)",
    "a thread": "import threading; threading.Thread(target=lambda: [os.write(pipe, b'x' * 65536) "
                "for _ in range(10**6)], daemon=True).start()",
}  # fmt: skip


@pytest.mark.parametrize("line", SPOILING.values(), ids=SPOILING)
def test_who_reaches_the_pipe_spoils_no_result_but_its_own(line, capsys, monkeypatch):
    # What fills the pipe has all of them; the others have time, however slow the machine is.
    set_in_workers(monkeypatch, "ALL_SECONDS", "6.0 if task[0] == 'ben.py' else 90.0")
    Path("anna.py").write_text(RIGHT)
    Path("ben.py").write_text(f"{FIND_PIPE}{line}\n{ENGINE}")
    Path("cleo.py").write_text(ENGINE)
    main(["diagnose", "anna.py", "ben.py", "cleo.py", "--expect", "once", "--jobs", "1"])
    out = capsys.readouterr().out
    assert "anna.py:Value: no fault was found\n" in out
    assert "cleo.py:Value: 1 fault found\n" in out
    assert "ben.py:Value: " in out.replace("no fault was found\n", "", 1)


def test_whatever_a_file_brings_about_in_the_doctor_is_told_of_it(monkeypatch):
    def fail(engine, expect):
        raise ZeroDivisionError("no\nnumber") if "ben" in engine else InputError("not there")

    monkeypatch.setattr(workers.doctor, "diagnose", fail)
    assert workers.examine("anna.py", "Value").why == "not there"
    ben = workers.examine("ben.py", "Value")
    assert ben.why == "the doctor stopped by ZeroDivisionError: no number"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux")
@pytest.mark.parametrize("leave", ["pass", "os.setsid()"])
@pytest.mark.parametrize("begin", ["os.fork()", "subprocess.Popen(['sleep', '1000'])"])
def test_nothing_that_an_engine_began_is_left(leave, begin, monkeypatch):
    monkeypatch.setattr(process, "MARK", f"MICROGRAD_NN_{os.getpid()}")
    Path("student.py").write_text(
        "import os, subprocess, time\n"
        "reader, writer = os.pipe()\n"
        "if os.fork() == 0:\n"
        f"    {leave}\n"
        f"    {begin}\n"
        "    os.write(writer, b'.')\n"
        "    time.sleep(1000)\n"
        "os.read(reader, 1)\n" + ENGINE
    )
    diagnose("student.py")
    end = time.monotonic() + 10  # a process that was killed takes a moment to be gone
    while find_marked(process.MARK):
        assert time.monotonic() < end


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_an_engine_begins_so_many_processes():
    Path("student.py").write_text(
        "import resource\n"
        "assert 16 < resource.getrlimit(resource.RLIMIT_NPROC)[1] < 100_000\n" + ENGINE
    )
    assert diagnose("student.py").graph_count > 100


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_who_reads_no_requests_takes_no_more_time(impatient):
    Path("student.py").write_text(
        "import fcntl, time\n"
        "for number in range(100):\n"
        "    try: fcntl.fcntl(number, 1031, 4096)  # F_SETPIPE_SZ\n"
        "    except OSError: pass\n" + ENGINE.replace("self.walk(1.0)", "time.sleep(1000)")
    )
    began = time.monotonic()
    with pytest.raises(InputError, match="can't be diagnosed"):
        diagnose("student.py")
    assert time.monotonic() - began < 900, "what sleeps there was waited for"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("student.py", f"{ENGINE}{'#' * (1 << 20)}".encode(), "more than the doctor reads"),
        ("student.py", ENGINE.encode("utf-16"), "can't read UTF-16: save it as UTF-8"),
        ("student.ipynb", b"{}", r"`micrograd-nn diagnose` reads notebooks.*diagnose\(Value\)"),
    ],
    ids=["large", "utf-16", "notebook"],
)
def test_what_is_no_program_to_run_is_refused_with_what_to_do(name, data, why):
    Path(name).write_bytes(data)
    with pytest.raises(InputError, match=why):
        diagnose(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_line_of_what_is_no_file_is_not_waited_for():
    os.mkfifo("pipe")
    failing = ENGINE.replace("self.walk(1.0)", "1 / 0")
    Path("student.py").write_text(f"exec(compile({failing!r}, 'pipe', 'exec'))")
    assert "raises" in {fault.name for fault in diagnose("student.py").faults}


def test_an_engine_that_hangs_now_and_then_is_told_of_its_other_graphs(impatient):
    Path("student.py").write_text(
        ENGINE.replace("self.walk(1.0)", "self.walk(1.0)\n        while self.data == 12.0: pass")
    )
    names = [fault.name for fault in diagnose("student.py").faults]
    assert "endless" in names
    assert "raises" not in names


def test_operations_that_never_end_are_told_and_the_others_tried(impatient):
    Path("student.py").write_text(
        ENGINE + "    def __mul__(self, other):\n        while True: pass\n"
        "    __sub__ = __truediv__ = __pow__ = __mul__\n"
    )
    diagnosis = diagnose("student.py", ["deep", "once"])
    assert {fault.name for fault in diagnosis.faults} == {"endless", "doubles", "recursion"}
    notes = " ".join([fault.note for fault in diagnosis.faults])
    assert "a * b gives no result" in notes
    assert "No more was asked of it: it ended, or came to no end, too often." in str(diagnosis)
    assert not any("*" in missing for missing in diagnosis.missing)


@pytest.mark.usefixtures("is_confined")
def test_a_file_of_the_name_of_a_module_is_no_trap():
    Path("json.py").write_text("raise RuntimeError('found')")
    Path("worker.py").write_text("ANSWER = 42")
    Path("student.py").write_text(RIGHT)
    assert diagnose("student.py").is_right
    Path("student.py").write_text("from worker import ANSWER\n" + RIGHT)
    assert diagnose("student.py").is_right


def test_a_path_or_a_thing_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"^nowhere\.py: there is no such file$"):
        diagnose("nowhere.py")
    with pytest.raises(TypeError, match="not a list"):
        diagnose([])


def test_json_stands_alone_on_standard_output(capfd):
    Path("noisy.py").write_text("print('hello')\n" + ENGINE)
    Path("broken.py").write_text("class Value(:")
    files = ["noisy.py", "broken.py"]
    assert main(["diagnose", *files, "--json", "-o", "class.html", "--expect", "once"]) == 2
    out, err = capfd.readouterr()
    found = json.loads(out)
    assert (err, found["status"]) == ("", 2)
    assert [one["status"] for one in found["engines"]] == [1, 2]
    assert found["engines"][1]["error"].startswith("it stopped by SyntaxError")
    assert Path("class.html").read_text().startswith("<!doctype html>")
