"""The debugger that a program runs in: what it was asked for, and how it stops at a frame.

Two families are known: that of Python's own ``bdb`` (pdb, ipdb, PuDB), and ``pydevd`` (debugpy in
VS Code, Neovim and Emacs, PyCharm, Spyder, JupyterLab), whose private names are used here alone.
What else traces a program, such as coverage or a profiler, is no debugger.
"""

from __future__ import annotations

import bdb
import os
import sys
import threading
import weakref
from functools import wraps
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

from .frames import is_at_line

HIDDEN = {  # modules that no debugger steps into, and their files
    f"{__package__}.{name}": os.path.join(os.path.dirname(__file__), f"{name}.py")
    for name in ("frames", "hosts", "own_lines")
}
INTO, OVER, OUT, ON = "into", "over", "out", "on"  # what may be asked for at a stop
COMMANDS = {  # pydevd's, each also as one that stops at the user's code alone
    INTO: ("CMD_STEP_INTO", "CMD_STEP_INTO_MY_CODE", "CMD_STEP_INTO_COROUTINE"),
    OVER: ("CMD_STEP_OVER", "CMD_STEP_OVER_MY_CODE"),
    OUT: ("CMD_STEP_RETURN", "CMD_STEP_RETURN_MY_CODE"),
}


class Bdb:
    """Python's own debugger, or one made of it."""

    def __init__(self, debugger: Any) -> None:
        self.debugger = weakref.proxy(debugger)  # whose frames' code has this: no such cycle ends
        debugger.skip = {*(debugger.skip or ()), *HIDDEN}

    def is_stepping_in(self) -> bool:
        """Tell whether the next call is to be stepped into."""
        return (self.debugger.stopframe, self.debugger.returnframe) == (None, None)

    def has_breakpoint(self, file: str, line: int) -> bool:
        """Tell whether a breakpoint stands at a line that always stops there."""
        found = self.debugger.get_breaks(file, line)
        return any(x.enabled and not (x.cond or x.ignore or x.temporary) for x in found)

    def hide(self) -> None:
        """Stop nowhere from now on."""
        sys.settrace(None)

    def stop_in(self, code: CodeType, scope: Any, names: dict[str, Any]) -> str:
        """Stop at the line of some code, which hides in the end; return what was asked for there.

        The debugger isn't told of the call: there, it would stop once more.
        """

        def trace(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "line" and is_at_line(frame):
                self.debugger.trace_dispatch(frame, event, arg)
            return trace

        self.debugger.set_step()
        sys.settrace(trace)
        try:
            exec(code, scope, names)
        finally:
            sys.settrace(None)
        if self.debugger.returnframe is not None:
            return OUT
        stopped = self.debugger.stopframe
        if stopped is None:
            return INTO
        return OVER if is_at_line(stopped) and self.debugger.stoplineno != -1 else ON

    def show(self, asked: str) -> None:
        """Stop at the user's next line, or as it was asked to go on, at the next breakpoint."""
        if asked != ON and not self.debugger.quitting:
            self.debugger.set_step()
        if asked != ON or self.debugger.breaks:
            sys.settrace(self.debugger.trace_dispatch)


class Pydevd:
    """The debugger of editors, one for all threads."""

    def __init__(self, debugger: Any) -> None:
        self.debugger = debugger
        self.thread: Any = threading.current_thread().additional_info  # type: ignore[attr-defined]

    def is_stepping_in(self) -> bool:
        """Tell whether the next call is to be stepped into."""
        return bool(self.debugger.asked_by_step.get(self.thread.pydev_step_cmd) == INTO)

    def has_breakpoint(self, file: str, line: int) -> bool:
        """Tell whether a breakpoint stands at a line that always stops there."""
        file = import_module("pydevd_file_utils").canonical_normalized_path(file)
        found = self.debugger.breakpoints.get(file, {}).get(line)
        return found is not None and not (found.has_condition or found.is_logpoint)

    def hide(self) -> None:
        """Stop nowhere from now on, but at a breakpoint in this package."""
        self.step(-1)

    def stop_in(self, code: CodeType, scope: Any, names: dict[str, Any]) -> str:
        """Stop at the line of some code, which hides in the end; return what was asked there."""
        self.step(self.debugger.step_into)
        try:
            exec(code, scope, names)
        finally:
            self.hide()
        asked: str = self.debugger.asked_by_step.get(self.thread.pydev_original_step_cmd, ON)
        return asked

    def show(self, asked: str) -> None:
        """Stop at the user's next line, or as it was asked to go on, at the next breakpoint."""
        if asked != ON:
            self.step(self.debugger.step_into)

    def step(self, command: int) -> None:
        """Make the debugger believe that it was asked for a step."""
        self.thread.pydev_step_cmd, self.thread.pydev_step_stop = command, None
        self.thread.update_stepping_info()


here = threading.local()  # of pydevd, the host of a thread


def find_host() -> Bdb | Pydevd | None:
    """Return the debugger that this thread runs in, None without one that is known.

    It calls nothing that a debugger may be stepping into: only what is in C, here, or its own.
    """
    debugger = getattr(sys.gettrace(), "__self__", None)
    if isinstance(debugger, bdb.Bdb):
        return Bdb(debugger)
    pydevd: Any = sys.modules.get("pydevd")
    debugger = pydevd and pydevd.get_global_debugger()
    if debugger and debugger is not getattr(here, "debugger", None):
        here.debugger = debugger
        try:
            if not hasattr(debugger, "asked_by_step"):
                settle_in(debugger)
            here.host = Pydevd(debugger)
        except (AttributeError, ImportError):  # of one to come, with other private names
            here.host = None
    return here.host if debugger else None


def settle_in(debugger: Any) -> None:
    """Let pydevd hide what is hidden, and look at no breakpoint's condition on the way back."""
    named = import_module("_pydevd_bundle.pydevd_comm_constants")
    is_external = debugger.dont_trace_external_files
    meets, tell = debugger.handle_breakpoint_condition, debugger.handle_breakpoint_expression

    @wraps(is_external)  # whose patterns are attributes
    def is_hidden(path: str) -> bool:
        return path in HIDDEN.values() or is_external(path)

    def meets_condition(thread: Any, breakpoint: Any, frame: FrameType) -> Any:
        return not is_at_line(frame) and meets(thread, breakpoint, frame)

    def tell_message(breakpoint: Any, thread: Any, frame: FrameType) -> None:
        if is_at_line(frame):
            thread.pydev_message = ""  # or the latest one were printed again
        else:
            tell(breakpoint, thread, frame)

    debugger.step_into = named.CMD_STEP_INTO
    debugger.asked_by_step = {
        getattr(named, name): asked for asked, names in COMMANDS.items() for name in names
    }
    debugger.dont_trace_external_files = is_hidden
    debugger.handle_breakpoint_condition = meets_condition
    debugger.handle_breakpoint_expression = tell_message
    debugger.clear_dont_trace_start_end_patterns_caches()  # of what has run here already
