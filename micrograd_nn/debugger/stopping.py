"""What the debugger stops at: a use of the chain rule, and after an error, the user's line."""

from __future__ import annotations

import pdb
import signal
import sys
import traceback
from types import FrameType, TracebackType
from typing import Any

from .._ground.callers import collect_variables, find_user, is_own_code
from .._ground.text import make_printable
from ..checks.mistakes import AnomalyError
from ..engine.value import Value
from ..stepping import Backprop
from .frames import is_at_line
from .own_lines import PARTS, walk

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


def find_root_passed(frame: FrameType) -> Any:
    """Return the root of the backward pass that stands at a frame of the user's, None elsewhere."""
    at = frame.f_back and frame.f_back.f_back if is_at_line(frame) else None
    is_loop = at is not None and at.f_code is walk.__code__
    return at.f_locals["graph"][-1] if is_loop else None  # type: ignore[union-attr]


def collect_names(frame: FrameType) -> dict[str, Any]:
    """Return the user's variables that name what a frame is about.

    On the way back, they are those where ``backward`` was called, and those of the line.
    """
    if not is_at_line(frame):
        return collect_variables(find_user(frame))
    own = {name: x for name, x in frame.f_locals.items() if name not in PARTS}
    return {**collect_variables(find_user(frame.f_back or frame)), **own}


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
    >>> print(debugger.stdout.getvalue().splitlines()[0])
    AnomalyError: x * y is inf; x = 1e+200, y = 1e+200

    After another error that this package raised, such as for log(0), it is at the user's line, too.
    After one that the user's own code raised it is what pdb is.
    """

    anomaly: AnomalyError | None = None
    cursor: Backprop | None = None
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
        """Print an anomaly, and begin there."""
        self.cursor = None
        self.print_refusal(anomaly)
        self.message(f"The commands for graphs begin at {find_anomaly_root(anomaly)!r}")
        if anomaly.step is not None:
            self.message("bstep takes the step back that went wrong")

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
