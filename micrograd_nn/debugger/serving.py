"""``step_back``: an editor steps forward and back through a graph, while the program waits."""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..graph.graph import Graph

NO_EDITOR = (
    "step_back waits for the editor that launched the program, and none did: set yours up by "
    "micrograd-nn dap --vscode, --nvim, --emacs or --vim. Any debugger steps into loss.backward()"
)


def step_back(root: Value | Graph, names: Any = None) -> None:
    """Step through a graph in an editor, here, while the program waits; then it goes on.

    The editor has to have launched the program: see ``micrograd-nn dap --vscode``. The listing
    opens there, and the program goes on at the listing's end.

    >>> loss = (Value(3.0, "w") * 2 - 1) ** 2
    >>> step_back(loss)  # doctest: +SKIP

    ``names`` are as in ``draw``: without them, nodes are called by the caller's variables. Without
    an editor, it is a RuntimeError.
    """
    from .adapter.hosting import hosted  # which a prompt has no use for

    graph = Graph.of(root, names, "step_back")
    if not hosted:
        raise RuntimeError(NO_EDITOR)
    hosted[-1].offer(graph)
