"""Where the debugger stops: at each use of the chain rule; after an error, at the user's line."""

from __future__ import annotations

import linecache
import pdb
import signal
import sys
import traceback
from types import FrameType, TracebackType
from typing import Any

from .._ground.callers import is_own_code
from .._ground.text import make_printable
from ..checks.mistakes import AnomalyError
from ..engine.backprop import pass_back
from ..engine.value import Value

MARK = "# the chain rule"  # at the end of its line
CODE_OF_BACKWARD = Value.backward.__code__
# What is raised here; the errors of a cell that can't be read are none of these.
RAISED = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class ChainRuleStepping(pdb.Pdb):
    r"""A ``pdb.Pdb`` whose ``next`` and ``step`` pass over all of ``backward`` but its chain rule.

    >>> from io import StringIO
    >>> x = Value(3.0)
    >>> y = x * 2
    >>> debugger = ChainRuleStepping(
    ...     stdin=StringIO("step\nstep\np partial\nc\n"), stdout=StringIO(), nosigint=True,
    ...     readrc=False)
    >>> debugger.runcall(lambda: y.backward())
    >>> "input.grad += upstream * partial" in debugger.stdout.getvalue()
    True

    A breakpoint stops at any line of it.
    """

    def user_call(self, frame: FrameType, argument_list: Any) -> None:
        """Go on where a call is bookkeeping."""
        if not is_bookkeeping(frame):
            super().user_call(frame, argument_list)

    def user_line(self, frame: FrameType) -> None:
        """Go on where a line is bookkeeping, and nobody set a breakpoint there."""
        is_stepping = self.stop_here(frame)  # else at a breakpoint, one that is no more perhaps
        is_marked = self.get_break(frame.f_code.co_filename, frame.f_lineno)
        if is_marked or not is_stepping or not is_bookkeeping(frame):
            super().user_line(frame)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        """Go on where what returns is bookkeeping."""
        if not is_bookkeeping(frame):
            super().user_return(frame, return_value)

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        """Go on where a loop of the bookkeeping ends."""
        if not (is_bookkeeping(frame) and exc_info[0] is StopIteration):
            super().user_exception(frame, exc_info)


def is_bookkeeping(frame: FrameType) -> bool:
    """Tell whether a frame stands in a backward pass, and not at the chain rule."""
    at: FrameType | None = frame
    while at is not None and is_own_code(at):
        if at.f_code is CODE_OF_BACKWARD:
            return not is_at_chain_rule(frame)
        at = at.f_back
    return False


def is_at_chain_rule(frame: FrameType) -> bool:
    """Tell whether a frame stands at the line of a backward pass that is the chain rule."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return frame.f_code is pass_back.__code__ and line.rstrip().endswith(MARK)


def find_root_passed(frame: FrameType) -> Any:
    """Return the root of the backward pass whose loop a frame is, None of any other frame."""
    return frame.f_locals["graph"][-1] if frame.f_code is pass_back.__code__ else None


class PostMortem(pdb.Pdb):
    r"""A ``pdb.Pdb`` that looks at an ``AnomalyError`` where the program made or used its node.

    >>> from io import StringIO
    >>> from micrograd_nn.checks.mistakes import anomaly_detection
    >>> debugger = PostMortem(stdout=StringIO(), readrc=False)
    >>> try:
    ...     with anomaly_detection():
    ...         x = Value(1e200) * 1e200
    ... except AnomalyError as error:
    ...     debugger.land(error)
    >>> debugger.stdout.getvalue()
    'AnomalyError: x * y is inf; x = 1e+200, y = 1e+200\n'

    After another error that this package raised, such as for log(0), it is at the user's line, too.
    After one that the user's own code raised it is what pdb is.
    """

    anomaly: AnomalyError | None = None
    is_interrupted = False  # by Ctrl-C: the user's line is of interest, not where this package was

    def sigint_handler(self, signum: signal.Signals, frame: FrameType) -> None:
        """Stop at the user's line."""
        self.is_interrupted = True
        super().sigint_handler(signum, frame)

    def interaction(self, frame: FrameType | None, tb_or_exc: Any) -> None:
        """Ask for commands; after an error of this package's, at the user's line."""
        self.anomaly = None
        error = tb_or_exc
        if isinstance(error, TracebackType) and error is sys.exc_info()[2]:
            error = sys.exc_info()[1]
        if isinstance(error, BaseException):
            self.anomaly = find_anomaly(error)
            if sys.version_info < (3, 13):  # later ones show its causes, too
                tb_or_exc = error.__traceback__
        if self.anomaly is not None:
            tb_or_exc = self.anomaly.__traceback__
            self.land(self.anomaly)
        elif frame is None and isinstance(error, BaseException) and is_refusal(error):
            self.print_refusal(error)
        super().interaction(frame, tb_or_exc)
        self.is_interrupted = False

    def land(self, anomaly: AnomalyError) -> None:
        """Print an anomaly before commands are asked for."""
        self.print_refusal(anomaly)

    def print_refusal(self, error: BaseException) -> None:
        """Print what was refused, in a line."""
        first, _, _ = str(error).partition("\n")
        self.message(f"{type(error).__name__}: {make_printable(first)}")

    def get_stack(
        self, f: FrameType | None, t: TracebackType | None
    ) -> tuple[list[tuple[FrameType, int]], int]:
        """Return the stack and the place in it: after an error or Ctrl-C, the user's innermost."""
        stack, place = super().get_stack(f, t)
        if f is None or self.is_interrupted:  # else a frame of this package was stepped into
            users = [i for i, (frame, _) in enumerate(stack) if not is_own_code(frame)]
            place = max(users, default=place)
        return stack, place


def is_refusal(error: BaseException) -> bool:
    """Tell whether this package's own code raised an error."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and is_own_code(frames[-1])


def end_at_user(shell: Any, kind: Any, error: Any, at: Any, tb_offset: Any = None) -> None:
    """Show an error of a cell as IPython does, but that it ends at the user's innermost line.

    There %debug then stands, too. Behind that line are those of this package alone, if any; after
    ``%xmode Verbose`` they are shown.
    """
    user = at  # IPython's own, which runs the cell
    while at is not None:
        user = user if is_own_code(at.tb_frame) else at
        at = at.tb_next
    if shell.InteractiveTB.mode != "Verbose":  # where one wants to see all
        user.tb_next = None
    shell.showtraceback((kind, error, error.__traceback__), tb_offset, running_compiled_code=True)


def find_anomaly(error: BaseException | None) -> AnomalyError | None:
    """Return the AnomalyError that an error is, or comes from."""
    seen = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, AnomalyError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


def find_anomaly_root(anomaly: AnomalyError) -> Value:
    """Return the error's node, or the root of the backward pass that it happened in."""
    for frame, _ in traceback.walk_tb(anomaly.__traceback__):
        if anomaly.step and frame.f_code is Value.backward.__code__:
            root: Value = frame.f_locals["self"]
            return root
    return anomaly.node
