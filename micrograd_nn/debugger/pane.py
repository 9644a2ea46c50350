"""What a debugger's variables show of a Value: one line, which an editor opens to five rows.

VS Code, JupyterLab and PyCharm debug with pydevd, which asks providers. It looks for those in a
package named ``pydevd_plugins``, which would have to be installed beside this one. Instead, this
package adds one to its lists, when a program that runs in it imports the package. A program that
calls ``debugpy.listen()`` only later shows Values as any object, by their ``repr`` and ``dir``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from itertools import islice
from types import FrameType
from typing import Any

from .._ground.callers import collect_variables, find_user, is_own_code, select_named
from .._ground.text import format_number, make_printable, shorten_text
from ..engine.value import Value
from ..graph.places import walk_places
from ..notation.formulas.mathematics import SPELLED_OUT
from ..notation.formulas.narration import write_node
from .hosts import find_host
from .own_lines import follow
from .stopping import RAISED, end_at_user

ROWS = ("data", "grad", "operation", "inputs", "partials")
DIGITS = 6  # of a number in a line; the rows have all of them
MOST_LOOKED_AT = 100  # items of one list, which may be a data set
# What runs between this and the program that has stopped.
DEBUGGERS = {
    "_pydev_bundle", "_pydevd_bundle", "_pydevd_frame_eval", "_pydevd_sys_monitoring", "bdb",
    "pudb", "pydevd", "urwid",
}  # fmt: skip
AS_PYTHON = ("repl", "clipboard")  # where what is shown is a result, or is pasted


class Pane:
    """The answers to what pydevd asks of its providers.

    >>> losses = [Value(1.5), Value(0.25)]
    >>> total = losses[0] + losses[1]
    >>> Pane().get_str(total)
    '1.75 ∂ – = losses.0 + losses.1'
    >>> Pane().get_dictionary(total)["partials"]
    (1.0, 1.0)
    """

    def can_provide(self, kind: type, name: str) -> bool:
        """Tell whether things of a type are shown by this."""
        return issubclass(kind, Value)

    def get_str(self, node: Value) -> str:
        """Return the line of a node."""
        return show_line(node)

    def get_str_in_context(self, node: Value, context: str) -> str:
        """Return the text of a node in a place of the editor."""
        return repr(node) if context in AS_PYTHON else show_line(node)

    def get_dictionary(self, node: Value) -> dict[str, Any]:
        """Return the rows of a node; to look at its number decides nothing that is recorded."""
        return {name: self.resolve(node, name) for name in ROWS}

    def resolve(self, node: Value, name: str) -> Any:
        """Return what is in a row."""
        return getattr(node, "number" if name == "data" else name)

    def get_contents_debug_adapter_protocol(
        self, node: Value, fmt: Any = None
    ) -> list[tuple[str, Any, str]]:
        """Return the rows in order, each with what to type behind the node, to see or set it."""
        return [(name, thing, f".{name}") for name, thing in self.get_dictionary(node).items()]


def show_line(node: Value) -> str:
    """Return a node's number and gradient, and what it was made of: its inputs' names or numbers.

    >>> x = Value(3.0)
    >>> show_line(-2 * x + x**2), show_line(x), show_line(x.detach())
    ('3 ∂ – = (−6) + 9', '3 ∂ –', '3')

    It raises nothing, whatever was set: where that isn't a number, it is the ``repr``.
    """
    try:
        return write_line(node)
    except Exception:
        return repr(node)


def write_line(node: Value) -> str:
    """Return the line of a node whose gradient is a number or None."""
    line = format_number(node.number, DIGITS)
    if not node.is_constant:
        line += f" ∂ {format_number(node.grad, DIGITS)}"
    inputs = list(islice(zip(node.inputs, node.numbers, strict=True), SPELLED_OUT))
    names = {x: x.label or format_number(number, DIGITS) for x, number in inputs}
    here = find_stopped(sys._getframe())
    # In this package, a variable doesn't say what its user calls the node.
    wanted = [node] * is_own_code(here) + [x for x in names if not x.label]
    places = find_places(wanted, find_user(here))
    if name := node.label or places.get(node):
        line = f"{shorten_text(make_printable(name))} = {line}"
    return write_node(node, {**names, **places, node: line})


def find_places(nodes: Sequence[Value], user: FrameType) -> dict[Value, str]:
    """Return what nodes are called in a frame of the user's: a variable, or a place in a list.

    It is asked for each Value that is shown, at each stop: what is deeper has its number.
    """
    variables = collect_variables(user) if nodes else {}
    places = [
        place
        for name, thing in select_named(variables)
        if name.isidentifier()
        for place in walk_places(
            thing, name, most=MOST_LOOKED_AT, depth=type(thing) in (list, tuple)
        )
    ]
    places.sort(key=lambda place: "." in place.name)  # a variable's name comes first
    return {place.thing: place.name for place in reversed(places) if place.thing in nodes}


def find_stopped(frame: FrameType) -> FrameType:
    """Return the frame where the program has stopped: behind what shows it, and the debugger."""
    frame = find_user(frame)
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] in DEBUGGERS:
        frame = frame.f_back
    return frame


def settle_in() -> None:
    """Let what this program runs in, an editor's debugger or IPython, stop and show as this does.

    IPython has one place for what shows the errors of cells, which may be taken.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell and not shell.custom_exceptions:
        shell.set_custom_exc(RAISED, end_at_user)
    if shell:  # whose debugger may come at any cell
        shell.events.register("pre_run_cell", follow_debugger)
    if "_pydevd_bundle" in sys.modules:
        show_in_editors()
    follow_debugger()


def follow_debugger(cell: object = None) -> None:
    """Let a debugger, if there is one, step back through the user's own lines."""
    if find_host() is not None:
        follow()


def show_in_editors() -> None:
    """Let the debugger of an editor, which is here, show Values by these answers."""
    with suppress(Exception):  # of a debugger to come, which then shows them as any object
        api = import_module("_pydevd_bundle.pydevd_extension_api")
        utils = import_module("_pydevd_bundle.pydevd_extension_utils")
        for kind in (api.TypeResolveProvider, api.StrPresentationProvider):
            utils.extensions_of_type(kind).insert(0, Pane())
