"""Which line of a program made a node, and in which calls of the user's functions and layers."""

from __future__ import annotations

import linecache
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, FunctionType
from typing import Any, NamedTuple

from .._ground.callers import find_user, is_own_code
from ..engine.setting import Observer, observed_by, setting
from ..engine.value import Value

LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
SHOWN_ROOMS = "nn", "losses"  # of this package, whose functions and layers are calls, too


@dataclass(eq=False, slots=True)
class Call:
    """A call of a function or of a layer: what is called, whose method it is, within which calls.

    Owners are numbered from 1; 0 is none. The calls ``around`` it are from the outermost on.
    """

    name: str
    owner: int = 0
    around: tuple[Call, ...] = ()


def list_calls(call: Call | None) -> tuple[Call, ...]:
    """Return a call behind those around it, from the outermost on; without one, none."""
    return (*call.around, call) if call else ()


class Origin(NamedTuple):
    """The line of a program that made a node, and the call within which it did."""

    file: str
    line: int
    function: str
    call: Call | None = None

    def __str__(self) -> str:
        code = linecache.getline(self.file, self.line).strip()
        place = f"{self.file}, line {self.line}, in {self.function}"
        return f"{place}: {code}" if code else place


class Provenance(Observer):
    """Notes on each node which line of the user's program made it, and within which calls.

    These are those of frames within the ``outermost``, within the ``whole``; without an outermost
    frame they are as another one has noted them. Of frames it keeps those alone in which the
    latest node was made, so that no later one has the id of one that has ended. A generator that
    is resumed is a new call: what it was sent may depend on what it gave.
    """

    def __init__(self, outermost: FrameType | None = None, whole: Call | None = None) -> None:
        self.outermost, self.whole = outermost, whole
        self.calls: dict[FrameType, Call | None] = {}
        self.owners: dict[int, tuple[int, object]] = {}  # by their ids: a number, and itself

    def made(self, node: Value) -> None:
        """Find the nearest caller that isn't of this package, and the calls around it."""
        frame, known = sys._getframe(1), node.origin
        user = find_user(frame)
        call = self.find_call(frame) if self.outermost else known.call if known else None
        node.origin = Origin(user.f_code.co_filename, user.f_lineno, user.f_code.co_name, call)

    def find_call(self, frame: FrameType | None) -> Call | None:
        """Return the call that a frame runs, within those around it.

        Where the outermost frame has left the block to its caller, no calls within are told apart.
        """
        frames: list[FrameType] = []
        while frame is not None and frame is not self.outermost:
            frames.append(frame)
            frame = frame.f_back
        if frame is None:
            return self.whole
        known, call, self.calls = self.calls, self.whole, {}
        for frame in reversed(frames):
            call = self.calls[frame] = known[frame] if frame in known else self.enter(frame, call)
        return call

    def enter(self, frame: FrameType, within: Call | None) -> Call | None:
        """Return the call that a frame begins, or the one around it, where it begins none."""
        code, name = frame.f_code, frame.f_code.co_name
        if name.startswith("<") or code.co_filename.startswith(LIBRARIES) or is_hidden(frame):
            return within
        first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        around = list_calls(within)
        kinds = [x for x in type(first).__mro__ if name in vars(x)]
        for kind in kinds:  # of which one calls the next one's by super()
            method = vars(kind)[name]
            if isinstance(method, FunctionType) and method.__code__ is code:
                owner, _ = self.owners.setdefault(id(first), (len(self.owners) + 1, first))
                called = type(first) if kind is kinds[0] else kind
                return Call(called.__name__ if name == "__call__" else name, owner, around)
        return Call(name, 0, around)


def is_hidden(frame: FrameType) -> bool:
    """Tell whether a frame is this package's own and no call that a picture shows.

    It shows a layer's call anywhere, and a function's where the user calls it.
    """
    room = f"{frame.f_globals.get('__name__')}.".split(".")[1]
    is_inner = frame.f_code.co_name != "__call__" and is_own_code(frame.f_back or frame)
    return is_own_code(frame) and (room not in SHOWN_ROOMS or is_inner)


class provenance(observed_by):  # noqa: N801 - as contextlib names such classes
    """Make every node remember the line of the program that made it, in ``origin``.

    >>> with provenance():
    ...     x = Value(2.0)
    >>> x.origin.line
    2

    And within which calls of functions and layers, of which a picture then has boxes and frames.
    With a ``name``, all that is made in the block is in one box of that name.

    >>> with provenance("square"):
    ...     y = x * x
    >>> y.origin.call.name
    'square'

    Nodes made outside have an ``origin`` of None.
    """

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name

    def __enter__(self) -> None:
        frame = find_user(sys._getframe(1))
        around = [x for x in setting.get().observers if isinstance(x, Provenance) and x.outermost]
        within = around[-1].find_call(frame) if around else None
        whole = Call(self.name, 0, list_calls(within)) if self.name else within
        self.observers = (Provenance(frame, whole),)
        super().__enter__()


def record_calls(function: Callable[[], Any]) -> Any:
    """Return what a function computes, each of whose nodes remembers where it was made.

    >>> def double(x):
    ...     return 2 * x
    >>> record_calls(lambda: double(Value(3.0))).origin.call.name
    'double'
    """
    with observed_by(Provenance(sys._getframe())):
        return function()
