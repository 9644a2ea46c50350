"""Confines an engine by bubblewrap, where ``bwrap`` is installed and works: what it can see and do.

Inside there is Python with what is installed for it, this package and the engine's own file, all of
it read-only, an empty folder in memory to write to, no network, and no process but its own.

What it takes of the machine is looked at as well, and too much ends it: the system limits each
process, but neither all those that one begins, nor files in memory, nor anything of an
administrator's. Only Linux tells of these.
"""

from __future__ import annotations

import ast
import functools
import os
import re
import shutil
import site
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...._ground.text import show_line
from .subject import Sources, list_imports
from .worker.tracing import INSTALLED

APART = (
    "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
    "--unshare-cgroup-try", "--disable-userns", "--die-with-parent", "--new-session",
    "--cap-drop", "ALL",
)  # fmt: skip
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache",
          "/etc/alternatives")  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom")
PACKAGE = str(Path(__file__).resolve().parents[3])  # an engine may borrow it, and be told so
SCRATCH, SCRATCH_BYTES = "/scratch", 64 << 20
NEEDED = ("LD_LIBRARY_PATH", "PYTHONHOME")  # by some Pythons, to begin at all
LONGEST_REASON = 200  # letters
TRY_SECONDS = 20.0
MOST_NEIGHBOURS = 50  # modules beside a file
CONFINED = "Confined by bwrap: it sees no network and no files but its own."
CONFINED_CLASS = "Confined by bwrap: each sees no network and no files but its own."
PROCESSES = Path("/proc")  # where Linux tells of them
MEMORY = Path("/proc/meminfo")
MOST_STARTED = 200  # processes and threads: the system counts those of other programs with them
MOST_MEMORY = 4 << 30  # bytes of them together
LEAST_FREE = 0.5  # of the memory that was free when it began
PAUSE_SECONDS = 0.1
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def describe(is_confined: bool, count: int = 1) -> str:
    """Return the first line of a report: what holds of one engine, or of those of a class."""
    if is_confined:
        return CONFINED if count == 1 else CONFINED_CLASS
    what, it = ("this file", "it") if count == 1 else ("these files", "them")
    needs = "It needs more than its own file." if count == 1 else "Some need more than their own."
    why = find_obstacle().format(it=it) or needs
    return f"Not confined: {what} can do what you can. {why}"


@functools.cache
def find_obstacle() -> str:
    """Return why nothing can be confined here, with the remedy if there is one; nothing if it can.

    Only a trial tells: where ``bwrap`` is, user namespaces may be forbidden.
    """
    if sys.platform != "linux":
        return "bwrap, which could confine {it}, runs on Linux alone."
    if shutil.which("bwrap") is None:
        has_apt = shutil.which("apt-get") is not None
        return f"{'`apt-get install bubblewrap`' if has_apt else 'Bubblewrap'} confines {{it}}."
    try:
        done = subprocess.run(
            confine([sys.executable, "-c", "import json"], {}),
            env=list_variables(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TRY_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        told = str(error)
    else:
        if not done.returncode:
            return ""
        told = (done.stderr.strip().splitlines() or [f"it ends with {done.returncode}"])[-1]
    told = show_line(told, LONGEST_REASON).replace("{", "{{").replace("}", "}}")
    return f"bwrap is installed, but fails here: {told.removeprefix('bwrap: ').rstrip('.')}."


def confine(command: Sequence[str], target: dict[str, Any]) -> list[str]:
    """Return the command that runs another one confined, where it sees the file of a target."""
    seen = {os.path.abspath(path) for path in [*SYSTEM, *list_python_folders(), PACKAGE]}
    mounts = {path: ["--ro-bind-try", path, path] for path in seen}
    mounts[SCRATCH] = ["--size", str(SCRATCH_BYTES), "--tmpfs", SCRATCH]
    closed = ["/", "/proc"]
    own = find_own(target)
    if own:
        folder = os.path.dirname(own)
        if folder not in mounts and any(own.startswith(path + os.sep) for path in seen):
            mounts[folder] = ["--tmpfs", folder]  # hides what lies beside it
            closed.append(folder)
        for path in [own, *find_neighbours(own, target["name"])]:
            mounts[path] = ["--ro-bind", path, path]
    ordered = sorted(mounts, key=lambda path: path.count(os.sep))  # what holds others comes first
    return [
        shutil.which("bwrap") or "bwrap", *APART,
        *[word for path in ordered for word in mounts[path]],
        *[word for name in DEVICES for word in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")],
        "--proc", "/proc", *[word for path in closed for word in ("--remount-ro", path)],
        "--chdir", SCRATCH, "--", *command,
    ]  # fmt: skip


def list_python_folders() -> list[str]:
    """Return the folders of this Python, and of what is installed for it.

    A folder that is merely on the path may hold anything, such as tests with their answers.
    """
    program = Path(sys.executable).resolve().parent.parent
    installed = [path for path in sys.path if os.path.basename(path) in INSTALLED]
    return [sys.prefix, sys.base_prefix, str(program), *installed]


def find_own(target: dict[str, Any]) -> str:
    """Return what a target sees as its own: its file, or the folder of the package that it is of.

    >>> find_own({"how": "module", "module": "hand_in.engine", "file": "/home/hand_in/engine.py"})
    '/home/hand_in'
    >>> find_own({"how": "file", "file": "/home/engine.py"}), find_own({"how": "source"})
    ('/home/engine.py', '')
    """
    if target.get("how") not in ("file", "module"):
        return ""
    own: str = os.path.abspath(target["file"])
    depth = target.get("module", "").count(".") + (os.path.basename(own) == "__init__.py")
    for _ in range(depth):
        own = os.path.dirname(own)
    return own


def find_neighbours(own: str, name: str) -> list[str]:
    """Return the modules beside a file that it imports, and those that they import.

    One that has a class of the engine's own name may be somebody else's engine, and isn't seen.
    """
    sources, found = Sources(), list[str]()
    waiting = [own]
    while waiting and len(found) < MOST_NEIGHBOURS:
        for word in list_imports(sources.read_tree(waiting.pop())):
            path = os.path.join(os.path.dirname(own), f"{word}.py")
            if path != own and path not in found and os.path.isfile(path):
                beside = sources.read_tree(path)
                if name not in {x.name for x in beside.body if isinstance(x, ast.ClassDef)}:
                    found.append(path)
                    waiting.append(path)
    return found


def list_variables() -> dict[str, str]:
    """Return the environment of what is confined."""
    kept = {name: os.environ[name] for name in NEEDED if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "HOME": SCRATCH, "TMPDIR": SCRATCH, "LANG": "C.UTF-8",
            "PYTHONUSERBASE": site.getuserbase(), **kept}  # fmt: skip


def explain_missing(why: str, target: dict[str, Any]) -> str:
    """Return what to do where a file lacks a module that lies beside it, unseen."""
    missing = re.search(r"ModuleNotFoundError: No module named '(\w+)'", why)
    if missing and target.get("how") == "file":
        with suppress(OSError):
            names = os.listdir(os.path.dirname(target["file"]))
            if {missing[1], f"{missing[1]}.py"} & {*names}:
                return (
                    f"; confined, it doesn't see {missing[1]} beside it: that has a class of the "
                    f"engine's name, or isn't a file of its own"
                )
    return ""


class Usage(threading.Thread):
    """Looks at a process and all that it began, and calls ``end`` when they take too much."""

    def __init__(self, root: int, end: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.root, self.end = root, end
        self.excess = ""  # what it took too much of
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look, until it is over."""
        least = LEAST_FREE * (read_free_memory() or 0)
        while not self.is_over.wait(PAUSE_SECONDS):
            free = read_free_memory()
            tasks, memory = measure_below(self.root)
            if free is not None and free < least:
                self.excess = "more than half of the memory that was free was taken while it ran"
            elif memory > MOST_MEMORY:
                self.excess = f"what it began took more than {MOST_MEMORY >> 20:,} MB of memory"
            elif tasks > MOST_STARTED:
                self.excess = f"it began more than {MOST_STARTED} processes and threads"
            if self.excess:
                self.end()
                return


def read_free_memory() -> int | None:
    """Return how much memory a program can have, in kilobytes, None where nothing tells."""
    with suppress(OSError, ValueError, IndexError):
        for line in MEMORY.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1])
    return None


def measure_below(root: int) -> tuple[int, int]:
    """Return how many processes and threads are below a process, and the bytes they have."""
    begun: dict[int, list[tuple[int, int, int]]] = {}
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):  # it has just ended
            words = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            begun.setdefault(int(words[1]), []).append(
                (int(folder.name), int(words[17]), int(words[21]))
            )
    found, tasks, pages = [root], 0, 0
    for process in found:
        for child, threads, resident in begun.get(process, ()):
            found.append(child)
            tasks += threads
            pages += resident
    return tasks, pages * PAGE


def count_tasks() -> int:
    """Return how many processes and threads the user has: a limit counts all of them."""
    found = 0
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            found += (folder.stat().st_uid == os.getuid()) and len(os.listdir(folder / "task"))
    return found
