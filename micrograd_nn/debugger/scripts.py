"""Scripts whose graphs are stepped through or shown: run as Python runs them."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from .._ground.files import explain_error
from .._ground.text import InputError, show_line, show_path
from ..graph.graph import Graph, find_graph

RUN_AS = "micrograd_nn_script"  # a script's __name__: its "if __name__ == '__main__'" doesn't run
LONGEST_TOLD = 300  # characters of an error: an editor may hide what was printed above


def run_script(
    path: str, words: Sequence[str] = (), name: str = RUN_AS, on_exit: str = ""
) -> dict[str, Any]:
    """Run a script as Python does, with words of its command line; return its globals.

    Under another ``name`` than __main__, what it does only as a program isn't done. An error of the
    script is printed as Python prints it, and is then an InputError; ``on_exit`` is added to that
    of a script that ends by sys.exit.
    """
    try:
        open(path, "rb").close()
    except (OSError, ValueError) as error:
        raise InputError(f"{show_path(path)}: {explain_error(error)}") from None
    argv, folders = sys.argv, sys.path[:]
    sys.argv = [path, *words]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))  # for modules beside the script
    try:
        return runpy.run_path(path, run_name=name)
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        told = f"{show_path(path)} called sys.exit, so its values are gone{on_exit}"
        raise InputError(told) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        at = error.__traceback__
        while at is not None and at.tb_frame.f_code.co_filename != path:
            at = at.tb_next  # what runs the script is none of its concern
        traceback.print_exception(type(error), error, at)
        lines = traceback.format_exception_only(error)
        if isinstance(error, SyntaxError):  # whose place is shown in lines of their own
            lines = [f"{type(error).__name__}: {error}"]
        told = show_line("".join(lines).strip(), LONGEST_TOLD)
        raise InputError(f"{show_path(path)} stopped by {told} (see its traceback)") from None
    finally:
        sys.argv, sys.path[:] = argv, folders


def find_shown(thing: object, names: dict[str, Any], path: str) -> Graph | None:
    """Return the graph of what a script computed, also by another engine; None of anything else."""
    try:
        return find_graph(thing, names)
    except ValueError as error:
        raise InputError(f"{show_path(path)}: {error}") from None
