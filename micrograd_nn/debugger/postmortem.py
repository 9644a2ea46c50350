"""Where a debugger lands after an error: at the user's line, and after an anomaly, at its node."""

from __future__ import annotations

import pdb
import sys
import traceback
from types import FrameType, TracebackType
from typing import Any

from ..engine.value import Value, record
from ..graph.frames import is_own_code
from ..mistakes import AnomalyError
from ..text import make_printable


class PostMortem(pdb.Pdb):
    r"""A ``pdb.Pdb`` that looks at an ``AnomalyError`` where the program made or used its node.

    >>> from io import StringIO
    >>> from micrograd_nn.mistakes import anomaly_detection
    >>> debugger = PostMortem(stdout=StringIO(), readrc=False)
    >>> try:
    ...     with anomaly_detection():
    ...         x = Value(1e200) * 1e200
    ... except AnomalyError as error:
    ...     debugger.land(error)
    >>> debugger.stdout.getvalue()
    'AnomalyError: x * y is inf; x = 1e+200, y = 1e+200\n'

    After another error that this package raised, such as for log(0), it is at the user's line, too,
    and the graph is that of what the operation was refused for. After one that the user's own code
    raised it is what pdb is.
    """

    anomaly: AnomalyError | None = None
    failing: Value | None = None  # where the error is: the node, or an input of one not made

    def interaction(self, frame: FrameType | None, tb_or_exc: Any) -> None:
        """Ask for commands; after an error of this package's, at the user's line."""
        self.anomaly = self.failing = None
        error = tb_or_exc
        if isinstance(error, TracebackType) and error is sys.exc_info()[2]:
            error = sys.exc_info()[1]
        if isinstance(error, BaseException):
            self.anomaly = find_anomaly(error)
            if sys.version_info < (3, 13):  # later ones show its causes, too
                tb_or_exc = error.__traceback__
        if self.anomaly is not None:
            tb_or_exc = self.anomaly.__traceback__
            self.failing = self.anomaly.node
            self.land(self.anomaly)
        elif frame is None and isinstance(error, BaseException) and is_refusal(error):
            self.failing = find_refused_input(error)
            self.print_refusal(error)
        super().interaction(frame, tb_or_exc)

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
        """Return the stack and the place in it: after an error, the user's innermost line."""
        stack, place = super().get_stack(f, t)
        if f is None:  # there is no frame that still runs
            users = [i for i, (frame, _) in enumerate(stack) if not is_own_code(frame)]
            place = max(users, default=place)
        return stack, place


def is_refusal(error: BaseException) -> bool:
    """Tell whether this package's own code raised an error.

    >>> try:
    ...     Value("3")
    ... except TypeError as error:
    ...     is_refusal(error)
    True
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and is_own_code(frames[-1])


def find_refused_input(error: BaseException) -> Value | None:
    """Return what an operation was applied to when it failed: of its inputs, the latest result.

    >>> from micrograd_nn import log
    >>> try:
    ...     log(Value(2.0) - 3)
    ... except ValueError as error:
    ...     find_refused_input(error)
    Value(-1.0, grad=None, operation=sub)
    """
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code is record.__code__:
            inputs = [x for x in frame.f_locals["inputs"] if isinstance(x, Value)]
            return max(inputs, key=lambda x: (not x.is_constant, x.created), default=None)
    return None


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
