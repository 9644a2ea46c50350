"""A backward pass that is stepped into stops at the user's own lines, from the last to the first.

In a debugger, each node remembers the line that made it. Where ``backward()`` is stepped into, each
use of the chain rule runs in a frame of such a line, so that any debugger stops there as if the
program had come to it again. Where it isn't, the plain pass runs.
"""

from __future__ import annotations

import dis
import os
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence, Set
from contextvars import ContextVar
from functools import lru_cache, wraps
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .._ground.callers import COMPREHENSIONS, find_user
from ..engine import backprop, value
from ..engine.backprop import Differentiable, is_same_number, pass_back
from ..engine.value import Value
from .frames import Line, place_at
from .hosts import INTO, ON, OVER, Bdb, Pydevd, find_host

RULE = compile("input.grad += share; 'host'.hide()", __file__, "exec")
PARTS = "node", "upstream", "input", "partial", "share"  # of the chain rule, as locals
LOOP = pass_back.__code__
# Where a node's line isn't known.
CHAIN_RULE = Line(
    LOOP.co_filename, max(x or 0 for *_, x in LOOP.co_lines()), "pass_back", "pass_back",
    LOOP.co_firstlineno,
)  # fmt: skip
READS = "LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "STORE_FAST_LOAD"
WRITES = "STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"
OPERATORS = "BINARY_", "UNARY_"
WITHIN = (*COMPREHENSIONS, "<genexpr>")  # functions that are parts of a line

plain_backward = Differentiable.backward


class Names(NamedTuple):
    """The names in a function's code, which is what runs: its source may be another by now."""

    read: dict[int, set[str]]  # by the line
    given: dict[int, str]  # to what an instruction gives, by its place
    operators: set[int]  # instructions whose result is one thing: of a call, it may be a list


@lru_cache(maxsize=256)
def read_code(code: CodeType) -> Names:
    """Return the names in a function's code."""
    names = Names({}, {}, set())
    listed = [x for x in dis.get_instructions(code) if x.opname != "COPY"]  # as in p = q = w * x
    for x, after in pairwise([*listed, listed[-1]]):
        # From Python 3.13 on, one instruction may write a name and read another, or read two.
        own, next_ones = (y.argval if type(y.argval) is tuple else (y.argval,) for y in (x, after))
        if x.opname.startswith(READS) and x.positions and x.positions.lineno:
            read = names.read.setdefault(x.positions.lineno, set())
            read.update(own[x.opname.startswith(WRITES) :])
        for place in range(x.offset, after.offset, 2):  # its caches, too
            names.given[place] = next_ones[0] if after.opname.startswith(WRITES) else ""
            if x.opname.startswith(OPERATORS):
                names.operators.add(place)
    return names


class Run:
    """One run of a line of the user's: its latest node, and the name that its result gets."""

    def __init__(self, line: Line, frame: FrameType) -> None:
        self.line, self.frame, self.module = line, id(frame), str(frame.f_globals.get("__name__"))
        self.latest: Callable[[], Any] = bool
        self.target, self.is_named = "", False

    def has_ended(self, frame: FrameType) -> bool:
        """Tell whether the result has its name in a frame: whatever comes is of a later run."""
        is_there = bool(self.target) and frame.f_locals.get(self.target, self) is self.latest()
        self.is_named = self.is_named or is_there
        return is_there


class Made(NamedTuple):
    """How a node was made: the run of a line, and what the names there stood for."""

    run: Run
    names: Mapping[str, Callable[[], Any]]


made: weakref.WeakKeyDictionary[Any, Made] = weakref.WeakKeyDictionary()
lines: dict[Line, Line] = {}  # each once, as code is told apart by it
latest: list[Run] = []


def note(node: Any) -> None:
    """Remember the user's line that makes a node."""
    frame = find_user(sys._getframe(1))
    names = {}
    for name in read_code(frame.f_code).read.get(frame.f_lineno, ()):
        if isinstance(x := frame.f_locals.get(name, frame.f_globals.get(name)), Value):
            names[name] = weakref.ref(x)
    around = frame.f_back
    while frame.f_code.co_name in WITHIN and around and around.f_lineno == frame.f_lineno:
        frame, around = around, around.f_back
    code = frame.f_code
    line = Line(
        code.co_filename, frame.f_lineno, code.co_name, code.co_qualname, code.co_firstlineno
    )
    line = lines.setdefault(line, line)
    run = latest[0] if latest else Run(line, frame)
    if run.has_ended(frame) or (run.line, run.frame) != (line, id(frame)):
        run = Run(line, frame)
    latest[:] = [run]
    run.latest, run.target = weakref.ref(node), read_code(code).given[frame.f_lasti]
    run.is_named = bool(run.target) and frame.f_lasti in read_code(code).operators
    made[node] = Made(run, names)


def noting(record: Callable[..., Any]) -> Callable[..., Any]:
    """Return what records an operation and notes, in a debugger, which line did so."""

    @wraps(record)
    def record_and_note(*given: Any) -> Any:
        node = record(*given)
        if find_host() is not None and node.operation is not None:
            note(node)
        return node

    return record_and_note


class Pass:
    """A backward pass in a debugger, and what was asked for where it stopped last."""

    def __init__(self, host: Bdb | Pydevd, user: FrameType) -> None:
        self.host, self.user = host, user
        self.asked = INTO if host.is_stepping_in() else ""
        self.met: set[Line] = set()  # whose breakpoints have been looked at
        self.nodes: Set[Any] = set()

    def stops_at(self, run: Run | None, is_new: bool) -> bool:
        """Tell whether to stop in a run of a line: on each step in, and once after a step over."""
        if self.asked == OVER and is_new:
            self.asked = INTO
        if run is None or self.asked not in ("", ON) or not stops[0] or run.line in self.met:
            return self.asked == INTO
        self.met.add(run.line)
        return self.host.has_breakpoint(run.line.file, run.line.number)

    def find_names(self, found: Made) -> dict[str, Any]:
        """Return the nodes of this pass that the names of a line stood for."""
        run, names = found.run, {name: refer() for name, refer in found.names.items()}
        run.has_ended(find_user(self.user))  # here its result may have its name
        if run.is_named:
            names[run.target] = run.latest()
        return {name: node for name, node in names.items() if node in self.nodes}


def walk(graph: Sequence[Any]) -> None:
    """Do what ``pass_back`` does, and stop where a debugger wants to."""
    current, run = passing.get(), None
    if current is None:
        return pass_back(graph)
    passing.set(None)  # a pass that is begun at a stop is another one
    current.nodes = {*graph}
    graph[-1].grad = 1.0
    for node in reversed([x for x in graph if x.operation is not None]):
        upstream, found = node.grad, made.get(node)
        earlier, run = run, found and found.run
        is_new = run is None or run is not earlier
        for input, partial in node.edges:
            before, share = input.grad, upstream * partial
            if not current.stops_at(run, is_new):
                input.grad += share
                continue
            is_new = False
            names = current.find_names(found) if found else {}
            parts = node, upstream, input, partial, share
            names |= zip(PARTS, parts, strict=True)
            line, module = (found.run.line, found.run.module) if found else (CHAIN_RULE, "")
            code = place_at(line, RULE, host=current.host)
            scope = getattr(sys.modules.get(module), "__dict__", {})
            current.asked = current.host.stop_in(code, {**scope}, names)
            require_same(input.grad, before + share)
    return None


def require_same(grad: float, expected: float) -> None:
    """Refuse to go on where a stop changed what the chain rule adds."""
    if not is_same_number(grad, expected):
        raise RuntimeError(
            f"backward() made a gradient {expected}, but after the stop it is {grad}: a local or a "
            "grad was changed there, or the line was jumped over. All gradients are as before the "
            "pass; change them before it, or after it"
        )


passing: ContextVar[Pass | None] = ContextVar("passing", default=None)
stops = [os.environ.get("MICROGRAD_NN_STOP_IN_BACKWARD", "0") != "0"]


def stop_in_backward(on: bool = True) -> None:
    """Let the breakpoints on your lines stop on the way back, too: at each once a pass.

    >>> stop_in_backward()
    >>> stop_in_backward(False)

    Those with a condition or a count don't: their names are those of the way forward. The
    environment's ``MICROGRAD_NN_STOP_IN_BACKWARD=1`` does so from the beginning.
    """
    stops[0] = on


@wraps(plain_backward)
def backward(self: Any, *given: Any, **named: Any) -> None:
    """Pass back; where a debugger steps into that, let it stop at the lines that made the nodes."""
    sys._getframe().f_trace_lines = False
    host = find_host()
    if host is None or not (stops[0] or host.is_stepping_in()):
        return plain_backward(self, *given, **named)
    current = Pass(host, sys._getframe(1))
    if current.asked:
        host.hide()
    token = passing.set(current)
    try:
        plain_backward(self, *given, **named)
    finally:
        passing.reset(token)
        if current.asked:
            host.show(current.asked)
    return None


def follow() -> None:
    """Let passes be stepped through at the user's lines, in whatever debugger there is."""
    if backprop.pass_back is walk:
        return
    record_as = value.record_as

    @wraps(record_as)
    def record_and_note_as(kind: Any, *given: Any, **named: Any) -> None:
        record_as(kind, *given, **named)
        note_as(kind)

    note_as(Value)
    value.record_as, backprop.pass_back = record_and_note_as, walk
    Differentiable.backward = backward  # type: ignore[method-assign]
    find_host()  # which learns what to keep out of before it comes here


def note_as(kind: Any) -> None:
    """Let operations on a class of Values be noted."""
    kind.operate, kind.combine = (staticmethod(noting(x)) for x in (kind.operate, kind.combine))
