"""What an engine calls while it works that knows derivatives already."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

from .tracing import hooked

ENGINES = {
    "micrograd_nn", "micrograd", "torch", "jax", "jaxlib", "autograd", "tensorflow", "sympy",
    "tinygrad", "mlx", "pytensor", "aesara", "theano", "casadi", "numdifftools", "paddle",
}  # fmt: skip
HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = HERE.rpartition(os.path.join(os.sep, "extras", ""))[0]  # this one
INSTALLED = ("site-packages", "dist-packages")  # folders
Borrowed = list[Any]  # another engine's name, and the line that calls it: its file and its number


class Watch:
    """Watches a call for those that it makes of another engine, and what is read of its files."""

    def __init__(self, own: str, file: str) -> None:
        self.own, self.file = own, file  # of the engine under test: its package, if any, its source
        self.found: dict[str, Borrowed] = {}
        sys.addaudithook(self.note_opening)

    def run(self, call: Callable[[], Any]) -> Any:
        """Make a call and return what it gives; what it borrows is found afterwards."""
        with hooked(sys.setprofile, self.note_call):
            return call()

    def note_call(self, frame: FrameType, event: str, called: Any) -> None:
        """Note a call of a function that another engine has, in Python or in C."""
        if event == "call":
            self.note(str(frame.f_globals.get("__name__", "")).partition(".")[0], frame)
        elif event == "c_call":
            owner = getattr(called, "__self__", None)
            name = getattr(called, "__module__", None) or type(owner).__module__
            self.note(name.partition(".")[0], frame)

    def note_opening(self, event: str, given: tuple[Any, ...]) -> None:
        """Note that the engine reads a file of another engine's, whose text it may run as its own.

        An import reads files, too, and may be for a test of the engine's own.
        """
        if event != "open" or not isinstance(given[0], str):
            return
        package = find_package(given[0])
        frame: FrameType | None = sys._getframe(1)
        while package and frame is not None and "<frozen importlib" not in frame.f_code.co_filename:
            if frame.f_code.co_filename == self.file:
                self.note(package, frame)
                return
            frame = frame.f_back

    def note(self, package: str, frame: FrameType | None) -> None:
        """Note another engine, with the line that it is called from, or else imported on."""
        if package not in ENGINES or package == self.own or package in self.found:
            return
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        naming = [i for i, line in enumerate(linecache.getlines(self.file), 1) if package in line]
        line = frame.f_lineno if frame else (naming or [0])[0]
        self.found[package] = [package, self.file, line]


def find_package(path: str) -> str:
    """Return the engine that a file is of, nothing for others.

    >>> find_package("/usr/lib/python3/dist-packages/torch/_tensor.py"), find_package("/torch/e.py")
    ('torch', '')
    """
    if path.startswith(PACKAGE + os.sep):
        return "micrograd_nn"
    parts = path.replace("\\", "/").split("/")
    return next(
        (part for above, part in pairwise(parts) if above in INSTALLED and part in ENGINES), ""
    )
