"""Debuggers: Python's with commands for graphs, one's own on one's own lines, and an editor's.

Enter it with ``PYTHONBREAKPOINT=micrograd_nn.debugger.set_trace`` at each ``breakpoint()``, with
``micrograd_nn.debugger.set_trace()``, or as ``python -m micrograd_nn.debugger script.py``.
``stop_in_backward()`` lets the breakpoints of any debugger stop in a backward pass, too.
``step_back(loss)`` lets an editor step forward and back through backpropagation instead, while the
program waits.
"""

from .commands import Debugger, main, post_mortem, set_trace
from .own_lines import stop_in_backward
from .serving import step_back

__all__ = ["Debugger", "main", "post_mortem", "set_trace", "step_back", "stop_in_backward"]
