"""Programs in C, compiled by the machine's own compiler, kept in a private folder and loaded.

Whatever goes wrong (no compiler, one that fails, a folder that others may write to) is a reason why
a program runs in Python, and no more than that.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from ...._ground.processes import end_process
from .kept import (
    begin_place,
    find_folder,
    find_kept,
    is_private,
    is_whole,
    keep_program,
    remove_place,
)

SWITCH = "MICROGRAD_NN_NATIVE"  # "0" in the environment: all programs run in Python
# The numbers must be those of Python: no multiplication fused with an addition, nothing computed
# by the compiler itself. Without optimising, it takes time in proportion to the lines.
FLAGS = (
    "-std=c99", "-O0", "-fno-fast-math", "-fno-unsafe-math-optimizations", "-ffp-contract=off",
    "-frounding-math", "-ftrapping-math", "-fno-builtin", "-w", "-shared", "-fPIC",
    "-fomit-frame-pointer", "-fno-stack-protector",  # time in short functions
    "-fno-sanitize=all",  # with whose functions ziglang links a cosine of its own
)  # fmt: skip
OFF = {"0", "no", "off", "false"}
SECONDS = 240  # after which a compiler is stopped
SHELL = "/bin/sh"
NO_PLACE = "there is no place to compile in"
# A compiler gone wrong fills no disk and takes no core for ever. What it makes takes the name that
# is looked for when it is whole. Python has the other end of standard input: when Python is gone,
# killed even, reading there ends, and with it the compiler and all that it started.
LIMITED = f"""
ulimit -c 0; ulimit -f 2000000; ulimit -t {2 * SECONDS}
exec 3<&0 </dev/null
{{ read -r end; kill -KILL 0; }} <&3 &
"$@" 3<&- && mv made.part made.so
status=$?
kill -KILL $!; wait $!
exit $status
"""


class NoNativeError(RuntimeError):
    """A program can't be compiled by a C compiler here, and why."""


@cache
def find_compiler() -> tuple[str, ...]:
    """Return the command of a C compiler: $CC, cc, gcc, clang, or that of the package ziglang.

    None of them is a NoNativeError.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        try:
            command = shlex.split(name)
        except ValueError:  # a quotation mark without its other one
            continue
        if command and (program := shutil.which(command[0])):
            return os.path.abspath(program), *command[1:]
    if find_spec("ziglang"):
        return sys.executable, "-m", "ziglang", "cc"
    raise NoNativeError("there is no C compiler: install gcc or clang, or pip install ziglang")


@cache
def describe_compiler(command: tuple[str, ...]) -> str:
    """Return what changes when the compiler is replaced: its file, size and time."""
    spec = find_spec("ziglang") if "ziglang" in command else None
    files = [os.path.realpath(command[0]), *([spec.origin] if spec and spec.origin else [])]
    stats = [os.stat(file) for file in files]
    return " ".join(
        f"{file} {status.st_size} {status.st_mtime_ns}"
        for file, status in zip(files, stats, strict=True)
    )


@cache
def describe_processor() -> str:
    """Return what the processor can do, for which a program may be compiled."""
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(("flags", "Features")):
                return line
    return platform.processor()


def require_choice(native: object) -> None:
    """Refuse what isn't a choice of a language: True for C, False for Python, None for either."""
    if native is not None and type(native) is not bool:
        raise TypeError(f"native is True, False or None, not {native!r}")


def require_compiler() -> None:
    """Refuse where nothing may be compiled, or can't be: that is a NoNativeError."""
    switch = os.environ.get(SWITCH, "")
    if switch.lower() in OFF:
        raise NoNativeError(f"{SWITCH}={switch} in the environment switches C off")
    find_compiler()


class Building:
    """A program in C on its way through the compiler, or from the folder where it was kept.

    Each is compiled in a folder of its own, in which the compiler has its temporary files, too; so
    two processes are not in each other's way, and nothing stays behind.
    """

    def __init__(self, source: str, flags: Sequence[str] = ()) -> None:
        require_compiler()
        self.source = source
        self.flags = *FLAGS, *flags
        self.owner = os.getpid()
        self.lock = Lock()
        self.place: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.failure = ""
        try:
            self.command = find_compiler()
            told = [source, *self.command, *self.flags, describe_compiler(self.command)]
            told += [platform.platform(), sys.version, describe_processor()]
            digest = hashlib.sha256("\0".join(told).encode()).hexdigest()
            self.folder, self.name = find_folder(), digest[:40]
            self.path = next(iter(find_kept(self.folder, self.name)), None)
            if self.path is None:
                self.begin()
        except OSError as error:
            raise NoNativeError(f"{NO_PLACE}: {error}") from None

    @property
    def is_mine(self) -> bool:
        """Whether this process began it, and not the one that it was forked from."""
        return self.owner == os.getpid()

    def begin(self) -> None:
        """Start the compiler, away from the terminal and what is typed there."""
        try:
            self.place = begin_place(self.folder)
        except OSError as error:
            raise NoNativeError(f"{NO_PLACE}: {error}") from None
        try:
            (self.place / "program.c").write_text(self.source, encoding="ascii")
            has_shell = os.path.exists(SHELL)
            made = "made.part" if has_shell else "made.so"
            line = [*self.command, *self.flags, "-o", made, "program.c", "-lm"]
            if has_shell:
                line = [SHELL, "-c", LIMITED, SHELL, *line]
            self.process = subprocess.Popen(
                line, cwd=self.place,
                env=os.environ | dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(self.place)),
                stdin=subprocess.PIPE if has_shell else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except BaseException as error:  # Ctrl-C, too
            remove_place(self.place)
            if isinstance(error, OSError):
                raise NoNativeError(f"the C compiler doesn't start: {error}") from None
            raise
        self.deadline = time.monotonic() + SECONDS

    def is_done(self) -> bool:
        """Tell whether the compiler has ended; one that takes too long is ended here."""
        process = self.process
        if process is None or process.poll() is not None:
            return True
        if time.monotonic() < self.deadline:
            return False
        self.stop()
        self.failure = f"the C compiler took more than {SECONDS} s"
        return True

    def load(self) -> Any:
        """Return the library, when the compiler has ended; its failure is a NoNativeError."""
        with self.lock:
            if self.path is not None:
                with suppress(NoNativeError):
                    return open_library(self.path)
                self.path = None  # what was kept is of no use: once more
            if self.process is None and not self.failure:
                self.begin()
            self.path = self.finish()
            return open_library(self.path)

    def finish(self) -> Path:
        """Wait for the compiler, keep what it made, and return where."""
        process, place = self.process, self.place
        if process is not None and place is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, self.deadline - time.monotonic()))
            if self.is_done() and not self.failure:
                self.process = None
                try:
                    if process.returncode == 0:
                        return keep_program(place / "made.so", self.folder, self.name)
                    self.failure = f"the C compiler failed with status {process.returncode}"
                except OSError as error:
                    self.failure = f"the C compiler made nothing that can be kept: {error}"
                finally:
                    let_go(process)
                    remove_place(place)
        raise NoNativeError(self.failure)

    def stop(self) -> None:
        """End the compiler and all that it started, and leave nothing behind."""
        process, self.process = self.process, None
        if process is None or self.place is None:
            return
        let_go(process)  # in a fork, too: it isn't what keeps the compiler alive
        if not self.is_mine:
            return
        end_process(process)
        remove_place(self.place)


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Close this end of a compiler's standard input, which ends what is left of it."""
    if process.stdin is not None:
        process.stdin.close()


def open_library(path: Path) -> Any:
    """Load a compiled program that is whole; what can't be loaded is a NoNativeError."""
    try:
        import ctypes
    except ImportError as error:  # a Python without it
        raise NoNativeError(f"Python can't call C here: {error}") from None
    try:
        if not (is_private(path) and is_private(path.parent)):
            raise NoNativeError(f"others may have written {path}")
        if not is_whole(path):  # and if it were loaded, it might kill Python
            raise NoNativeError(f"{path} is damaged")
        library = ctypes.CDLL(str(path))
        library.run  # noqa: B018  # it is there, or an AttributeError
    except (OSError, AttributeError) as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise NoNativeError(f"what the C compiler made can't be loaded: {error}") from None
    with suppress(OSError):
        os.utime(path)  # in use, and so kept
    return library
