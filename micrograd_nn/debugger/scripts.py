"""Scripts whose graphs are stepped through or shown: run as Python runs them."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

from .._ground.callers import collect_variables, find_user, is_own_code
from .._ground.files import explain_error
from .._ground.text import InputError, show_line, show_path
from ..engine.value import Value
from ..graph.adoption import list_foreign
from ..graph.calls import Origin
from ..graph.graph import Graph, find_graph
from ..graph.places import DEEPEST, walk_places

RUN_AS = "micrograd_nn_script"  # a script's __name__: its "if __name__ == '__main__'" doesn't run
LONGEST_TOLD = 300  # characters of an error: an editor may hide what was printed above
NO_VALUE = (
    "has computed no Value that is still there: call backward() on the loss, or "
    "micrograd_nn.debugger.step_back(loss) where it is"
)
DEEPEST_LEFT = 3  # levels of lists and objects that are looked at where an error was raised


class Run(NamedTuple):
    """What a script has come to: its globals, and the graph of its latest backward pass.

    One that was ended, by an error or by itself, has no globals, but ``told`` says how. The
    ``lines`` of the user's led to that, the innermost first, and the graph is what was built last.
    """

    names: dict[str, Any]
    latest: Graph | None
    told: str = ""
    lines: Sequence[Origin] = ()

    def find_latest(self, path: str) -> Graph:
        """Return the graph of its latest backward pass, or else of its latest result.

        >>> x = Value(3.0)
        >>> Run({"x": x, "y": x * x, "losses": [x * 2]}, None).find_latest("model.py")
        <Graph of y: 2 nodes>

        A variable at the top level comes before what a list or an object has, and that before a
        scalar of another engine. Without any it is an InputError.
        """
        names, graph = self.names, self.latest
        if graph is None:
            others = list_foreign(names).values()
            found = [None, *others, *list_latest([names]), *list_latest(names.values(), 0)]
            graph = find_shown(found[-1], names, path)
        if graph is None:
            raise InputError(self.told or f"{show_path(path)} {NO_VALUE}")
        return graph


def list_latest(things: Iterable[object], depth: float = DEEPEST) -> list[Value]:
    """Return the one result that was computed last among some things or within them, if any."""
    found = [place.thing for thing in things for place in walk_places(thing, depth=depth)]
    results = {x.created: x for x in found if x.operation is not None and not x.is_constant}
    return [results[max(results)]] if results else []


@contextmanager
def noting_passes() -> Iterator[list[Graph | None]]:
    """Keep the graph of the user's latest backward pass, named by the variables where it began.

    An observer would be told, too, but while there is one, no compiled program runs.
    """
    latest: list[Graph | None] = [None]
    backward = Value.backward

    @wraps(backward)
    def noting(root: Value, *given: Any, **named: Any) -> None:
        backward(root, *given, **named)
        caller = sys._getframe(1)
        if caller.f_code.co_name == "backward" or not is_own_code(caller):  # not a check's own
            latest[:] = [Graph(root, collect_variables(find_user(caller)))]

    Value.backward = noting  # type: ignore[method-assign, assignment]
    try:
        yield latest
    finally:
        del Value.backward  # and what it has inherited is there again


def run_script(path: str, words: Sequence[str] = (), name: str = RUN_AS, on_exit: str = "") -> Run:
    """Run a script as Python does, with words of its command line; return what it came to.

    Under another ``name`` than __main__, what it does only as a program isn't done. An error of the
    script is printed as Python prints it. ``on_exit`` is added to what is told of sys.exit.
    """
    try:
        open(path, "rb").close()
    except (OSError, ValueError) as error:
        raise InputError(f"{show_path(path)}: {explain_error(error)}") from None
    argv, folders = sys.argv, sys.path[:]
    sys.argv = [path, *words]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))  # for modules beside the script
    with noting_passes() as latest:
        try:
            names = runpy.run_path(path, run_name=name)
            return Run(names, latest[0])
        except SystemExit as error:
            if isinstance(error.code, str):
                print(error.code, file=sys.stderr)
            told = f"{show_path(path)} called sys.exit, so its values are gone{on_exit}"
            return Run({}, latest[0], told)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return end_run(path, error, latest[0])
        finally:
            sys.argv, sys.path[:] = argv, folders


def end_run(path: str, error: BaseException, passed: Graph | None) -> Run:
    """Print an error of a script as Python does, and return what had been built last."""
    at = error.__traceback__
    while at is not None and at.tb_frame.f_code.co_filename != path:
        at = at.tb_next  # what runs the script is none of its concern
    traceback.print_exception(type(error), error, at)
    told = traceback.format_exception_only(error)
    if isinstance(error, SyntaxError):  # whose place is shown in lines of their own
        told = [f"{type(error).__name__}: {error}"]
    frames = [*traceback.walk_tb(at)]
    users = [(frame, line) for frame, line in frames if not is_own_code(frame)]
    lines = [Origin(x.f_code.co_filename, line, x.f_code.co_name) for x, line in users[::-1]]
    place = f"{show_path(lines[0].file)}, line {lines[0].line}," if lines else show_path(path)
    there = [*(dict(frame.f_locals) for frame, _ in frames), passed and passed.root]
    for root in list_latest(there, DEEPEST_LEFT):  # also in the frames of the operation that failed
        if passed is None or root is not passed.root:
            seen = [collect_variables(frame) for frame, _ in users]
            passed = Graph(root, {name: x for names in seen for name, x in names.items()})
    error_told = show_line("".join(told).strip(), LONGEST_TOLD)
    return Run({}, passed, f"{place} stopped by {error_told} (see its traceback)", lines)


def find_shown(thing: object, names: Mapping[str, Any], path: str) -> Graph | None:
    """Return the graph of what a script computed, also by another engine; None of anything else."""
    try:
        return find_graph(thing, names)
    except Exception as error:  # also of a function of the user's
        kind = "" if isinstance(error, (TypeError, ValueError)) else f"{type(error).__name__}: "
        raise InputError(f"{show_path(path)}: {kind}{error}") from None
