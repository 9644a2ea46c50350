"""Python's debugger with commands for graphs (``set_trace``, ``post_mortem``), and ``serve``.

Enter it with ``PYTHONBREAKPOINT=micrograd_nn.debugger.set_trace`` at each ``breakpoint()``, with
``micrograd_nn.debugger.set_trace()``, or as ``python -m micrograd_nn.debugger script.py``.
``step_back(loss)`` lets an editor step forward and back through backpropagation instead, while the
program waits; ``serve(loss)`` lets editors do so until Ctrl-C.
"""

from .commands import Debugger, main, post_mortem, set_trace
from .serving import serve, step_back

__all__ = ["Debugger", "main", "post_mortem", "serve", "set_trace", "step_back"]
