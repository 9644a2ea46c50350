"""The notebook in which this runs, if any: its cell of now, and an output that changes in place.

It is asked without being imported: where it runs, its modules are there already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def find_shell() -> Any:
    """Return IPython's shell where a notebook's kernel runs it, else None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "kernel") else None


def find_cell() -> int | None:
    """Return the number of the cell that is being run; None outside Jupyter's notebooks."""
    shell = find_shell()
    return None if shell is None else shell.execution_count


def open_output() -> Callable[[Any], object] | None:
    """Return what shows a thing in the cell of now, in place of the one before, if there is one."""
    marimo = sys.modules.get("marimo")
    if marimo and marimo.running_in_notebook():
        return marimo.output.replace  # type: ignore[no-any-return]
    if find_shell() is None:
        return None
    handle: Any = None

    def show(thing: Any) -> None:
        nonlocal handle
        if handle is None:
            handle = sys.modules["IPython"].display.display(thing, display_id=True)
        else:
            handle.update(thing)

    return show
