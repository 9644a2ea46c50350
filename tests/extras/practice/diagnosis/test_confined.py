"""Thirty hostile files, each of which would do what it attempts if it weren't confined."""

import json
import os
import re
import socket
import sys
import time
from pathlib import Path

import pytest
from hostile import find_marked
from student_engines import CLOSURES, STYLES

from micrograd_nn import diagnose
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.diagnosis import confinement, process
from micrograd_nn.extras.practice.diagnosis.confinement import find_obstacle
from micrograd_nn.extras.practice.diagnosis.process import EngineProcess
from micrograd_nn.terminal.cli import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("folder"),
    pytest.mark.skipif(bool(find_obstacle()), reason=find_obstacle()),
]

HEAD = """\
import ctypes, os, signal, socket, subprocess, sys, tempfile, time
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
scratch = tempfile.mkdtemp()
"""
HARMLESS = {  # if it isn't confined, too: there, each of them works
    "reads another student's file": "open('{folder}/anna.py').read()",
    "lists what was handed in": "'anna.py' in os.listdir('{folder}')",
    "imports another student's": "sys.path.append('{folder}') or __import__('anna')",
    "reads the answers": "open('{folder}/tests/answers.py').read()",
    "reads the home folder": "open('{home}/.netrc').read()",
    "finds it by its name": "Path('~/.netrc').expanduser().read_text()",
    "reads who has an account": "open('/etc/passwd').read()",
    "reads a token in the environment": "os.environ['TOKEN']",
    "reads the doctor's environment":
        "{variable!r} in Path(f'/proc/{{os.getppid()}}/environ').read_bytes()",
    "reads what others run": "Path('/proc/{doctor}/cmdline').read_bytes()",
    "goes by the doctor's root": "open(f'/proc/{{os.getppid()}}/root{folder}/anna.py')",
    "goes by its folder": "open(f'/proc/{{os.getppid()}}/cwd/anna.py')",
    "looks for the doctor": "os.kill({doctor}, 0) is None",
    "talks to this machine": "socket.create_connection(('127.0.0.1', {port}), 1)",
    "talks by a name of no file":
        "socket.socket(socket.AF_UNIX).connect(chr(0) + '{name}') is None",
    "talks by a file": "socket.socket(socket.AF_UNIX).connect('{folder}/socket') is None",
    "writes beside itself": "open('{folder}/marks.csv', 'w')",
    "writes a report": "open('{folder}/report.html', 'a')",
    "changes itself": "open(__file__, 'a')",
    "writes into the home folder": "open('{home}/.profile', 'w')",
    "changes the doctor": "open('{worker}', 'a')",
    "changes Python": "open(os.__file__, 'a')",
    "goes by a symbolic link":
        "os.symlink('{folder}/anna.py', scratch + '/link') or open(scratch + '/link')",
    "goes by a shell": "subprocess.run(['cat', '{folder}/anna.py'], capture_output=True).stdout",
    "leaves a file in memory": "os.unlink(open('/dev/shm/{name}', 'w').name) is None",
    "leaves a file": "open('/tmp/{name}', 'w') and os.unlink('/tmp/{name}') is None",
}  # fmt: skip
HARMFUL = {
    "traces the doctor": "libc.ptrace(16, {doctor}, 0, 0) == 0",
    "kills its parent": "os.kill(os.getppid(), signal.SIGKILL) or time.sleep(0.5)",
    "kills all": "os.kill(-1, signal.SIGKILL)",
    "mounts": "libc.mount(b'x', scratch.encode(), b'tmpfs', 0, None) == 0",
    "becomes another's administrator": "libc.unshare(0x10000000) == 0",
    "changes the system": "open('/proc/sys/kernel/core_pattern', 'r+')",
    "types into a terminal": "open('/dev/tty', 'w')",
    "reaches another machine": "[name for _, name in socket.if_nameindex() if name != 'lo']",
    "fills the disk":
        "sum(Path(scratch, str(i)).write_bytes(bytes(1 << 20)) for i in range(100))",
    "fills memory by files": "[os.memfd_create('x') for _ in range(2000)]",
    "writes a large file": "Path(scratch, 'x').write_bytes(bytes(20 << 20))",
    "fills memory": "bytes(3 << 30)",
}  # fmt: skip


@pytest.fixture
def places(folder, tmp_path_factory, monkeypatch):
    """Return what hostile files reach for: other files, a home folder, a server, the doctor."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TOKEN", "secret")
    (home / ".netrc").write_text("password")
    Path("anna.py").write_text(STYLES["classes"])
    Path("tests").mkdir()
    Path("tests/answers.py").write_text("ANSWERS = 42")
    name = f"micrograd-nn-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as nameless,
        socket.socket(socket.AF_UNIX) as named,
    ):
        nameless.bind(f"\0{name}")
        named.bind("socket")
        for one in (nameless, named):
            one.listen()
        worker = Path(process.__file__).parent / "worker" / "requests.py"
        begun_with = Path("/proc/self/environ").read_bytes().split(b"\0")
        known = {name.encode() for name in confinement.list_variables()}
        variable = next(one for one in begun_with if one and one.partition(b"=")[0] not in known)
        yield {"folder": folder, "home": home, "name": name, "worker": worker, "variable": variable,
               "port": server.getsockname()[1], "doctor": os.getpid()}  # fmt: skip


def attempt(what, places, is_confined):
    """Run a file that attempts something, and then is an engine; that it worked, is an error."""
    escapes = what.format(**places)
    Path("student.py").write_text(
        f"{HEAD}try:\n    worked = {escapes}\nexcept (Exception, SystemExit) as error:\n"
        f"    worked = None\nif worked:\n    raise RuntimeError('escaped')\n{CLOSURES}"
    )
    target = {"how": "file", "file": os.path.abspath("student.py"), "name": "Value"}
    with EngineProcess(target, "student.py:Value") as engine:
        engine.confined = is_confined
        return engine.start()


@pytest.mark.parametrize("what", {**HARMLESS, **HARMFUL}.values(), ids={**HARMLESS, **HARMFUL})
def test_what_is_confined_cannot(what, places):
    assert "backward" in attempt(what, places, is_confined=True)["methods"]
    assert not {"marks.csv", "report.html"} & {*os.listdir()}


@pytest.mark.parametrize("what", HARMLESS.values(), ids=HARMLESS)
def test_what_is_not_confined_can(what, places):
    with pytest.raises(InputError, match="escaped"):
        attempt(what, places, is_confined=False)


ENDLESS = {  # one that forks without end would starve the tests beside it: 512 are too many, too
    "forks": "for _ in range(9):\n    try: os.fork()\n    except OSError: pass\ntime.sleep(100)",
    "forks away": "for _ in range(9):\n    if os.fork() == 0: os.setsid()\ntime.sleep(100)",
    "ignores signals": "for n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n"
                       "    except OSError: pass\nwhile True: pass",
    "fills memory by many": "kept = [os.fork() == 0 and bytearray(os.urandom(1 << 20)) * 150 "
                            "for _ in range(3)]\ntime.sleep(100)",
    "prints no line": "while True: os.write(1, b'x' * 65536)",
}  # fmt: skip


@pytest.mark.parametrize("what", ENDLESS.values(), ids=ENDLESS)
def test_what_knows_no_end_is_ended_with_all_that_it_began(what, monkeypatch):
    monkeypatch.setattr(process, "START_SECONDS", 5.0)
    monkeypatch.setattr(process, "MARK", f"MICROGRAD_NN_{os.getpid()}")
    monkeypatch.setattr(confinement, "MOST_MEMORY", 400 << 20)
    Path("student.py").write_text(f"{HEAD}{what}")
    with pytest.raises(InputError, match=r"takes more than 5 s|MB of memory|200 processes|ended"):
        diagnose("student.py")
    end = time.monotonic() + 10
    while find_marked(process.MARK):
        assert time.monotonic() < end, "something of it runs on"


def test_who_hides_its_environment_in_a_session_of_its_own_is_ended_too():
    seconds = f"{1000 + os.getpid()}.25"
    Path("student.py").write_text(
        f"{HEAD}subprocess.Popen(['sleep', '{seconds}'], env={{}}, start_new_session=True)\n"
        "while not any(b'sleep' in p.read_bytes() for p in Path('/proc').glob('[0-9]*/cmdline')):\n"
        f"    time.sleep(0.01)\n{CLOSURES}"
    )
    assert diagnose("student.py").graph_count > 100
    end = time.monotonic() + 10
    while any(seconds.encode() in read(p) for p in Path("/proc").glob("[0-9]*/cmdline")):
        assert time.monotonic() < end, "it runs on"


def read(path):
    try:
        return path.read_bytes()
    except OSError:  # it has ended
        return b""


def test_a_package_sees_its_neighbours_and_nothing_else(folder):
    for name in ("ben", "cleo"):
        Path(name).mkdir()
        Path(name, "__init__.py").touch()
        Path(name, "engine.py").write_text("from .core import Value")
        Path(name, "core.py").write_text(STYLES["classes"])
    assert diagnose("ben/engine.py").confined
    Path("ben/core.py").write_text(f"open({str(folder / 'cleo/core.py')!r})\n" + CLOSURES)
    with pytest.raises(InputError, match="FileNotFoundError"):
        diagnose("ben/engine.py")
    Path("ben/core.py").unlink()
    Path("ben/core.py").symlink_to(folder / "cleo" / "core.py")
    with pytest.raises(InputError, match="ModuleNotFoundError"):
        diagnose("ben/engine.py")


def test_a_file_sees_the_modules_that_it_imports_and_no_other_engine(folder):
    Path("helpers.py").write_text("import deeper\nhalf = deeper.half")
    Path("deeper.py").write_text("half = 0.5")
    Path("anna.py").write_text(f"from helpers import half\n{CLOSURES}")
    Path("ben.py").write_text("from anna import Value")
    assert diagnose("anna.py").is_right
    with pytest.raises(InputError, match="doesn't see anna beside it: that has a class of the"):
        diagnose("ben.py")


def test_a_folder_that_python_lies_in_hides_the_files_beside_a_students(monkeypatch, folder):
    monkeypatch.setattr(confinement, "SYSTEM", (*confinement.SYSTEM, str(folder)))
    Path("handed_in").mkdir()
    Path("handed_in/anna.py").write_text("ANSWER = 42")
    Path("handed_in/ben.py").write_text(
        f"import os\nassert os.listdir({str(folder / 'handed_in')!r}) == ['ben.py']\n" + CLOSURES
    )
    assert diagnose("handed_in/ben.py").confined


def test_a_class_is_confined_and_one_that_needs_other_files_is_not(monkeypatch, folder):
    monkeypatch.syspath_prepend(folder)
    Path("alone.py").write_text(CLOSURES)
    Path("helped.py").write_text("from alone import Value as Base\nclass Value(Base): pass")
    for name, is_confined in (("alone", True), ("helped", False)):
        module = __import__(name)
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, name, module)
        diagnosis = diagnose(module.Value)
        assert diagnosis.confined == is_confined
        line = "Confined by bwrap" if is_confined else "Not confined: this file can do what you can"
        assert str(diagnosis).startswith(line)
    assert "It needs more than its own file." in str(diagnosis)


OBSTACLES = [
    ("darwin", "", "bwrap, which could confine it, runs on Linux alone."),
    ("linux", "", "`apt-get install bubblewrap` confines it."),
    ("linux", "#!/bin/sh\necho 'bwrap: No {permission}' >&2; exit 1",
     "bwrap is installed, but fails here: No {permission}."),
    ("linux", "#!/bin/sh\nexit 3", "bwrap is installed, but fails here: it ends with 3."),
]  # fmt: skip


@pytest.mark.parametrize(("system", "program", "said"), OBSTACLES)
def test_where_nothing_is_confined_the_first_line_says_why(
    system, program, said, monkeypatch, folder, capsys
):
    Path("bin").mkdir()
    for name, text in (("apt-get", "#!/bin/sh"), ("bwrap", program)):
        if text:
            Path("bin", name).write_text(text)
            Path("bin", name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"))
    monkeypatch.setattr(sys, "platform", system)
    find_obstacle.cache_clear()
    try:
        assert confinement.describe(False) == f"Not confined: this file can do what you can. {said}"
        told = confinement.describe(False, 2)
        assert told.startswith("Not confined: these files can do what you can. ")
    finally:
        monkeypatch.undo()
        find_obstacle.cache_clear()


def test_the_first_line_says_what_holds_in_text_json_and_html(capsys):
    Path("anna.py").write_text(CLOSURES)
    Path("ben.py").write_text("Value = None")
    line = "Confined by bwrap: it sees no network and no files but its own."
    for files, said, after in [
        (["anna.py"], line, "\n\nanna.py:Value: "),
        (["anna.py", "ben.py"], line.replace("it sees", "each sees"), "\n1 of 2: "),
    ]:
        main(["diagnose", *files, "-o", "report.html"])
        assert capsys.readouterr().out.startswith(said + after)
        assert re.search(rf"</h1>\s*<p>{said}</p>", Path("report.html").read_text())
    main(["diagnose", "anna.py", "ben.py", "--json"])
    engines = json.loads(capsys.readouterr().out)["engines"]
    assert [one["confined"] for one in engines] == [True, True]
