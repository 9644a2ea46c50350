"""Programs in C, compiled by the machine's own compiler, kept in a private folder and called.

Whatever goes wrong (no compiler, one that fails, a folder that others may write to) is a reason why
a program runs in Python, and no more than that.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from ..engine.operation import Operation, Reduction
from .in_c import DONE, PROBED

SWITCH = "MICROGRAD_NN_NATIVE"  # "0" in the environment: all programs run in Python
# The numbers must be those of Python: no multiplication fused with an addition, nothing computed
# by the compiler's own functions. Without optimising, it takes time in proportion to the lines.
FLAGS = ("-std=c99", "-O0", "-ffp-contract=off", "-fno-builtin", "-w", "-shared", "-fPIC")
SECONDS = 120  # after which a compiler is stopped
POINTS = 100  # at which each function of a library is compared with Python's
MOST_KEPT = 300  # compiled programs in the folder


class NoNativeError(RuntimeError):
    """A program can't be compiled by a C compiler here, and why."""


@cache
def find_compiler() -> tuple[str, ...]:
    """Return the command of a C compiler: $CC, cc, gcc, clang, or that of the package ziglang.

    None of them is a NoNativeError.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        command = name.split()
        if command and shutil.which(command[0]):
            return tuple(command)
    if find_spec("ziglang"):
        return sys.executable, "-m", "ziglang", "cc"
    raise NoNativeError(
        "there is no C compiler: install gcc or clang, or pip install 'micrograd-nn[native]'"
    )


@cache
def find_folder() -> Path:
    """Return a folder that nobody else may write to: the user's cache, or else a temporary one."""
    home = Path.home()
    places = {
        "darwin": home / "Library" / "Caches",
        "win32": Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")),
    }
    given = os.environ.get("XDG_CACHE_HOME")
    place = Path(given) if given else places.get(sys.platform, home / ".cache")
    folder = place / "micrograd_nn"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_private(folder):
            return folder
    except OSError:  # a home that can't be written to
        pass
    return Path(tempfile.mkdtemp(prefix="micrograd_nn-"))


def is_private(folder: Path) -> bool:
    """Tell whether a folder is this user's own, no link, and for nobody else to write to."""
    if sys.platform == "win32":  # whose folders are each user's own
        return True
    status = folder.lstat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022 and not folder.is_symlink()


class Building:
    """A program in C on its way through the compiler, or from the folder where it was kept."""

    def __init__(self, source: str, flags: Sequence[str] = ()) -> None:
        if os.environ.get(SWITCH) == "0":
            raise NoNativeError(f"{SWITCH} is 0")
        command = find_compiler()
        flags = *FLAGS, *flags
        told = "\0".join([source, *command, *flags, platform.platform(), sys.version])
        digest = hashlib.sha256(told.encode()).hexdigest()
        self.path = find_folder() / f"{digest[:40]}.so"
        self.process: subprocess.Popen[bytes] | None = None
        if not self.path.exists():
            self.begin([*command, *flags], source)

    def begin(self, command: Sequence[str], source: str) -> None:
        """Begin to compile, into a file that takes its name when it is whole."""
        handle, name = tempfile.mkstemp(suffix=".c", dir=self.path.parent)
        self.source = Path(name)
        with open(handle, "w", encoding="ascii") as file:
            file.write(source)
        self.part = self.source.with_suffix(".part")
        line = [*command, "-o", str(self.part), str(self.source), "-lm"]
        try:
            self.process = subprocess.Popen(
                line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            self.source.unlink()
            raise NoNativeError(f"the C compiler doesn't start: {error}") from None

    def is_done(self) -> bool:
        """Tell whether the compiler has ended."""
        return self.process is None or self.process.poll() is not None

    def load(self) -> Any:
        """Return the library, when the compiler has ended; its failure is a NoNativeError."""
        if self.process is not None:
            try:
                status = self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.stop()
                raise NoNativeError(f"the C compiler took more than {SECONDS} s") from None
            self.process = None
            self.source.unlink(missing_ok=True)
            if status:
                self.part.unlink(missing_ok=True)
                raise NoNativeError(f"the C compiler failed with status {status}")
            os.replace(self.part, self.path)
            drop_oldest(self.path.parent)
        try:
            return ctypes.CDLL(str(self.path))
        except OSError as error:
            self.path.unlink(missing_ok=True)
            raise NoNativeError(f"what the C compiler made can't be loaded: {error}") from None

    def stop(self) -> None:
        """End the compiler, and leave nothing behind."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.source.unlink(missing_ok=True)
            self.part.unlink(missing_ok=True)


def drop_oldest(folder: Path) -> None:
    """Keep no more than so many compiled programs."""
    kept = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-MOST_KEPT]:
        path.unlink(missing_ok=True)


def check_rules(library: Any, calls: Mapping[Operation, str]) -> None:
    """Refuse a library whose functions give other numbers than Python's, at some points each.

    The C library of a platform may round otherwise than what Python was compiled with.
    """
    rng = random.Random(0)
    for operation, name in calls.items():
        probe = getattr(library, f"probe_{name}")
        probe.argtypes, probe.restype = [ctypes.c_void_p], ctypes.c_double
        domain = operation.domain
        if isinstance(operation, Reduction):
            domain = domain * PROBED
        for _ in range(POINTS):
            point = array("d", [rng.uniform(*interval) for interval in domain])
            wanted = operation.forward(*point)
            if probe(point.buffer_info()[0]) != wanted:
                raise NoNativeError(
                    f"{operation.name} has other last digits here in C than in Python: "
                    f"at {', '.join(map(repr, point))}"
                )


class Native:
    """A program's function in C: given what the one in Python is given, it gives the same.

    Where a number isn't finite, an operation fails or a branch would be another, the one in Python
    runs, and tells what there is to tell.
    """

    def __init__(self, library: Any, in_python: Callable[..., Any], width: int, slopes: int):
        self.in_python = in_python
        self.width = width  # results of a row
        self.slopes = slopes
        self.call = library.run
        pointer = ctypes.c_void_p
        self.call.argtypes = [
            pointer, pointer, ctypes.c_long, ctypes.c_double, pointer, pointer
        ]  # fmt: skip
        self.call.restype = ctypes.c_int

    def run(
        self, parameters: Sequence[float], rows: Sequence[Sequence[float]], upstream: float,
        gradient: array[float],
    ) -> array[float] | None:  # fmt: skip
        """Return the results of all rows, and add to a gradient; None where Python must do it."""
        given = array("d", parameters), array("d", chain.from_iterable(rows))
        results = array("d", bytes(8 * len(rows) * self.width))
        numbers, table, slopes, found = (x.buffer_info()[0] for x in (*given, gradient, results))
        status = self.call(numbers, table, len(rows), upstream, slopes, found)
        return results if status == DONE else None


class NativeProgram(Native):
    """The sum over rows and its gradient, as ``program`` in Python returns them."""

    def __call__(
        self, parameters: Sequence[float], rows: Sequence[Sequence[float]], upstream: float = 1.0,
        start: Sequence[float] | None = None,
    ) -> tuple[float, list[float]]:  # fmt: skip
        """Return the result summed over rows, and the gradient of that sum."""
        gradient = array("d", start or bytes(8 * self.slopes))
        results = self.run(parameters, rows, upstream, gradient)
        if results is None:
            return self.in_python(parameters, rows, upstream, start)  # type: ignore[no-any-return]
        total = 0.0
        if results:
            total = results[0]
            for result in results[1:]:
                total = total + result
        return total, gradient.tolist()


class NativePredict(Native):
    """The results of rows, as ``predict`` in Python returns them."""

    def __call__(
        self, parameters: Sequence[float], rows: Sequence[Sequence[float]]
    ) -> list[list[float]]:
        """Return the results of each row."""
        results = self.run(parameters, rows, 1.0, array("d"))
        if results is None:
            return self.in_python(parameters, rows)  # type: ignore[no-any-return]
        numbers, width = results.tolist(), self.width
        return [numbers[i : i + width] for i in range(0, len(numbers), width)]
