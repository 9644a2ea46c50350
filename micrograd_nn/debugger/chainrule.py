"""Stepping line by line through ``Value.backward``: each stop is a use of the chain rule."""

from __future__ import annotations

import linecache
import pdb
from types import FrameType
from typing import Any

from ..engine.value import Value
from ..graph.frames import is_own_code

MARK = "# the chain rule"  # at the end of its line
CODE_OF_BACKWARD = Value.backward.__code__


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
            line = linecache.getline(CODE_OF_BACKWARD.co_filename, at.f_lineno)
            return at is not frame or not line.rstrip().endswith(MARK)
        at = at.f_back
    return False
