"""Python's debugger with commands for graphs: ``set_trace``, ``post_mortem``.

Enter it with ``PYTHONBREAKPOINT=micrograd_nn.debugger.set_trace`` at each ``breakpoint()``, with
``micrograd_nn.debugger.set_trace()``, or as ``python -m micrograd_nn.debugger script.py``.
"""

from .commands import Debugger, main, post_mortem, set_trace

__all__ = ["Debugger", "main", "post_mortem", "set_trace"]
