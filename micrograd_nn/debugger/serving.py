"""``serve`` and ``step_back``: editors step forward and back through a graph, by ``adapter/``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from threading import Timer
from typing import Any

from ..engine.value import Value
from ..graph.graph import Graph

PATIENCE = 3.0  # seconds for an editor to open a session that it was asked for


def serve(
    root: Value | Graph,
    names: Any = None,
    port: int | None = None,
    tell: Callable[[str], object] = print,
) -> None:
    """Let editors step forward and back through a graph, until Ctrl-C.

    It prints the port and what to type into an editor:

    >>> loss = (Value(3.0, "w") * 2 - 1) ** 2
    >>> serve(loss, port=5688)  # doctest: +SKIP
    Stepping through loss: editors connect to port 5688 of this machine.
    ...

    ``names`` are as in ``draw``: without them, nodes are called by the caller's variables. The
    graph stays as it is, whatever is set in an editor.
    """
    from .adapter.server import StepServer  # which a prompt has no use for

    with StepServer(root, names, port) as server:
        wait_for_editors(server, tell)


def step_back(
    root: Value | Graph,
    names: Any = None,
    port: int | None = None,
    tell: Callable[[str], object] = print,
) -> None:
    """Step through a graph in an editor, here, while the program waits; then it goes on.

    Where an editor launched the program (see ``micrograd-nn dap --vscode``), the listing opens
    there, and the program goes on at the listing's end. Where debugpy runs it, as in VS Code, the
    editor is asked to open the listing as a session beside that of Python. Else, or if no editor
    has come after 3 seconds, it is ``serve`` until the editor that connects has left, or Ctrl-C.

    >>> loss = (Value(3.0, "w") * 2 - 1) ** 2
    >>> step_back(loss)  # doctest: +SKIP
    """
    from .adapter.hosting import hosted
    from .adapter.server import StepServer

    graph = Graph.of(root, names, "step_back")
    if hosted:
        hosted[-1].offer(graph)
        return
    with StepServer(graph, None, port, is_once=True) as server:
        wait_for_editors(server, tell, ask_debugpy(server.configuration) * PATIENCE)


def ask_debugpy(configuration: dict[str, Any]) -> bool:
    """Ask the editor that debugs this program to open a session; False if there is none to ask.

    The event is that by which debugpy has an editor debug a child process, too. It isn't answered:
    an editor that knows it connects.
    """
    with suppress(Exception):  # of a debugger to come, or since there is none
        if sys.modules["debugpy"].is_client_connected():
            command = import_module("_pydevd_bundle.pydevd_net_command").NetCommand
            event = {"type": "event", "event": "debugpyAttach", "body": configuration}
            writer = sys.modules["pydevd"].get_global_debugger().writer
            writer.add_command(command(0, 0, event, is_json=True))
            return True
    return False


def wait_for_editors(server: Any, tell: Callable[[str], object], patience: float = 0.0) -> None:
    """Serve until that is over, or until Ctrl-C; say how to connect, if nobody has by then."""
    timer = Timer(patience, lambda: server.is_met or tell(server.describe()))
    timer.daemon = True
    vars(timer)["is_pydev_daemon_thread"] = True  # no debugger shows it beside the user's
    with suppress(KeyboardInterrupt):  # also while it says so
        timer.start() if patience else timer.function()
        server.serve_forever()
