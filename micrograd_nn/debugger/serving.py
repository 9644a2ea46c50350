"""``serve``: editors step forward and back through a graph, by the adapter in ``adapter/``."""

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
        tell(server.describe())
        with suppress(KeyboardInterrupt):
            server.serve_forever()
