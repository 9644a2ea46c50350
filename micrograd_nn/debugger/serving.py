"""``serve`` and ``step_back``: editors step forward and back through a graph, by ``adapter/``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..engine.value import Value
from ..graph.graph import Graph


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
    there, and the program goes on at the listing's end. Else it is ``serve`` until the editor that
    connects has left, or Ctrl-C.

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
        wait_for_editors(server, tell)


def wait_for_editors(server: Any, tell: Callable[[str], object]) -> None:
    """Say how to connect, and serve until that is over, or until Ctrl-C."""
    tell(server.describe())
    with suppress(KeyboardInterrupt):
        server.serve_forever()
