"""What the commands on graphs do with an expression or a script's value: step, graph, page, …."""

from __future__ import annotations

import os
import re
import runpy
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from keyword import iskeyword
from math import isinf, isnan
from typing import Any
from unicodedata import normalize

from rich.console import Console
from rich.table import Table as Grid

from ..engine.value import Constant, Value
from ..files import check_output, reason
from ..gradcheck import GradCheck, comparisons
from ..graph.graph import Graph
from ..graph.naming import DEEPEST, walk_names
from ..tables.report import plain
from ..text import InputError, printable, short, shown, shown_path
from .expressions import ExpressionError, parse

SCRIPT = re.compile(r"(?s)(?P<path>.+\.py)(?::(?P<name>.*))?")
RUN_AS = "micrograd_nn_script"  # a script's __name__: its "if __name__ == '__main__'" doesn't run
UNNAMED = re.compile(r"v\d+")  # what a node without a name is called
MOST_LISTED = 8  # names that a message lists at most


def step(words: Sequence[str], console: Console) -> None:
    """Step through the backward pass by keys, or print all of it.

    >>> step(["2*x", "x=3"], Console(quiet=True))
    """
    from ..terminal import stepper

    graph = read_graph(words)
    if not console.quiet:  # which would wait for keys unseen
        stepper.run(graph, console=console)


def graph(
    words: Sequence[str],
    console: Console,
    output: str | None = None,
    direction: str = "LR",
    collapse: str = "auto",
    paths_from: str | None = None,
) -> None:
    """Draw the graph into a file, or print it as a tree.

    >>> graph(["2*x", "x=3"], Console(quiet=True), "graph.dot")
    >>> os.path.exists("graph.dot")
    True
    """
    from ..draw.drawing import format_of
    from ..draw.picture import draw
    from ..tree import tree

    if output is not None:
        format_of(output)  # which is refused before a script is run
        check_apart(output, words)
    elif (direction, collapse, paths_from) != ("LR", "auto", None):
        raise InputError("--direction, --collapse and --paths-from are for a picture: add -o FILE")
    drawn = read_graph(words)
    if drawn.root.grad is None:  # else the script's own pass is shown, as it was
        for node in drawn.nodes:
            node.grad = None
        drawn.root.backward()
    if output is None:
        console.out(str(tree(drawn)), highlight=False)
    else:
        leaf = None if paths_from is None else find_node(paths_from, drawn)
        depth = None if collapse == "none" else collapse
        draw(drawn, direction, collapse=depth, paths_from=leaf).save(output)
        console.out(f"Graph: {shown_path(output)}", highlight=False)


def page(
    words: Sequence[str], console: Console, output: str, title: str = "", notes: str = ""
) -> None:
    """Write a page of the graph.

    >>> page(["2*x", "x=3"], Console(quiet=True), "lesson.html")
    >>> os.path.exists("lesson.html")
    True
    """
    from ..page.writer import page

    check_apart(output, words)
    graph = read_graph(words)
    if not SCRIPT.fullmatch(words[0]):
        title = title or words[0]
    page(graph, output, title=title, notes=notes)
    console.out(
        f"Page: {shown_path(output)}. Open it in a browser: it needs no network and no other file.",
        highlight=False,
    )


def check_apart(output: str, words: Sequence[str]) -> None:
    """Refuse now to write where it's impossible, or over the script that is to be run."""
    script = SCRIPT.fullmatch(words[0]) if words else None
    check_output(output, *[script["path"]] if script else [])


def explain(words: Sequence[str], console: Console, wrt: str) -> None:
    """Tell where the gradient by one node comes from.

    >>> explain(["2*x", "x=3"], Console(quiet=True), "y")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: there is no 'y' in the graph: there are x, output
    """
    from ..explain import explain

    graph = read_graph(words)
    console.out(str(explain(graph, find_node(wrt, graph))), highlight=False)


def find_node(name: str, graph: Graph) -> Value:
    """Return the node of a name; there are no constants among them."""
    found = {its: node for node, its in graph.names.items() if not isinstance(node, Constant)}
    if name in found:
        return found[name]
    names = graph.namespace
    given = names.get(name) if isinstance(names, Mapping) else None  # one of a node's other names
    if isinstance(given, Value) and given in graph.places and not isinstance(given, Constant):
        return given
    known = suggest_names(name, found)
    if isinstance(given, Constant):
        raise InputError(f"{printable(name)} is a Constant, which receives no gradient: {known}")
    if isinstance(given, Value):
        of = graph.names[graph.root]
        raise InputError(f"{printable(name)} is no part of what {of} was made of: {known}")
    problem = describe_other(name, names) or f"there is no {shown(name)} in the graph"
    raise InputError(f"{problem}: {known}")


def describe_other(name: str, names: Any) -> str:
    """Say what has a name that isn't a Value; "" if nothing has it.

    >>> describe_other("x", {"x": [Value(1.0)]}), describe_other("y", {})
    ('x is of type list, not a Value', '')
    """
    if not isinstance(names, Mapping) or name not in names:
        return ""
    return f"{printable(name)} is of type {type(names[name]).__name__}, not a Value"


def check(words: Sequence[str], console: Console) -> bool:
    """Compare the gradient by each leaf with finite differences; tell whether all are confirmed.

    >>> check(["x*x*y", "x=3", "y=2"], Console(quiet=True))
    True
    """
    found = check_gradients(read_graph(words))
    if not found.comparisons:
        raise InputError("there is nothing to check: the value was made of constants alone")
    grid = Grid()
    for heading in ("by", "gradient", "differences", "±", "verdict"):
        left = heading in ("by", "verdict")
        grid.add_column(heading, justify="left" if left else "right", overflow="fold")
    for one in found.comparisons:
        told = plain(f"{one.verdict}; {one.note}" if one.note else one.verdict)
        is_one = one.verdict != "kink" and not isnan(one.numeric)  # at a kink there are two
        numeric, error = (one.numeric, one.error) if is_one else (None, None)
        numbers = short(one.analytic, 9), short(numeric, 9), short(error, 1)
        grid.add_row(plain(one.name), *numbers, told)
    console.print(grid)
    console.out(str(found).partition("\n")[0], highlight=False)
    return found.ok


def check_gradients(root: Value | Graph) -> GradCheck:
    """Compare the gradient that was recorded with differences of the recorded operations.

    >>> x = Value(3.0, "x")
    >>> print(check_gradients(x * x))
    1 of 1 derivatives agree with differences

    A value that was made of constants alone has none to compare:

    >>> print(check_gradients(Value(3.0).detach()))
    0 of 0 derivatives agree with differences
    """
    graph = Graph.of(root, None, "check")
    leaves = graph.leaves
    if not leaves:
        return GradCheck([])

    def value(numbers: list[float]) -> list[float]:
        return [graph.recompute(dict(zip(leaves, numbers, strict=True)))]

    def gradient(numbers: list[float]) -> list[list[float]]:
        return [[graph.gradients[leaf] for leaf in leaves]]

    recorded = [graph.numbers[leaf] for leaf in leaves]
    return GradCheck(comparisons(value, gradient, recorded, [[graph.names[x] for x in leaves]]))


def read_graph(words: Sequence[str]) -> Graph:
    """Return what the words of a command are about: EXPR NAME=NUMBER …, or FILE.py:NAME.

    >>> read_graph(["w*x", "w=2", "x=3"]).root.data
    6.0
    """
    if not words:
        raise InputError("an expression is missing, such as 'tanh(w*x)' w=2 x=3, or FILE.py:NAME")
    script = SCRIPT.fullmatch(words[0])
    if not script:
        return Graph(parse(words[0], read_assignments(words[1:])))
    path, name = script.groups()
    if words[1:]:
        raise InputError(
            f"{shown(words[1])} is not for a script, whose values have their numbers: leave it out"
        )
    names = run_script(path)
    values = dict(walk_names(names, "", DEEPEST))
    root = names.get(name, values.get(name)) if name else None
    if not isinstance(root, Value):
        said = "needs the name of a Value"
        if name:
            kind = describe_other(name, names)
            said = f"needs a Value: {kind}" if kind else f"has no Value named {shown(name)}"
        known = suggest_names(name or "", values)
        raise InputError(f"{shown_path(path)}:NAME {said}: {known}")
    return Graph(root, names)


def run_script(path: str) -> dict[str, Any]:
    """Run a script as Python does, under another name than __main__; return its globals.

    An error of the script is printed as Python prints it, and is then an InputError.
    """
    try:
        open(path, "rb").close()
    except (OSError, ValueError) as error:
        raise InputError(f"{shown_path(path)}: {reason(error)}") from None
    argv, folders = sys.argv, sys.path[:]
    sys.argv = [path]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))  # for modules beside the script
    try:
        return runpy.run_path(path, run_name=RUN_AS)
    except SystemExit:
        raise InputError(
            f"{shown_path(path)} ended by sys.exit before its values were made"
        ) from None
    except Exception as error:
        at = error.__traceback__
        while at is not None and at.tb_frame.f_code.co_filename != path:
            at = at.tb_next  # what runs the script is none of its concern
        traceback.print_exception(type(error), error, at)
        raise InputError(
            f"{shown_path(path)} stopped by {type(error).__name__}, see above"
        ) from None
    finally:
        sys.argv, sys.path[:] = argv, folders


def read_assignments(words: Iterable[str]) -> dict[str, float]:
    """Return the numbers that words such as ``x=2`` give to names.

    >>> read_assignments(["x=2", "w=-1e-3"])
    {'x': 2.0, 'w': -0.001}

    A number is what ``float`` reads, ``nan`` and ``inf`` too: to see what becomes of them.

    >>> read_assignments(["x=a"])
    Traceback (most recent call last):
    micrograd_nn.terminal.expressions.ExpressionError: x=a: 'a' is not a number, such as -3 or 1e-3
    """
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = normalize("NFKC", name)  # as Python reads names
        said = printable(word)
        if not equals:
            raise ExpressionError(
                f"{shown(word)} is not NAME=NUMBER, such as x=2, without spaces; "
                "an expression is one word in quotes"
            )
        if not name.isidentifier():
            raise ExpressionError(f"{said}: {shown(name)} can't be a name: letters, digits and _")
        if iskeyword(name):
            raise ExpressionError(f"{said}: {name} is a word of Python's: use another name")
        if name in found:
            raise ExpressionError(f"{said}: {name} is given twice")
        try:
            found[name] = float(text)
        except ValueError:
            raise ExpressionError(
                f"{said}: {shown(text)} is not a number, such as -3 or 1e-3"
            ) from None
        if isinf(found[name]) and "inf" not in text.lower():
            raise ExpressionError(f"{said} is beyond the largest float, 1.8e308: scale it")
    return found


def suggest_names(name: str, known: Iterable[str]) -> str:
    """Say which names there are: those within ``name``, or one like it, or the plainest first.

    >>> suggest_names("x", ["x.0", "x.1", "y"]), suggest_names("losss", ["x", "loss"])
    ('there are x.0, x.1', 'did you mean loss?')
    >>> suggest_names("y", ["v1", "w.0", "x"]), suggest_names("x", [])
    ('there are x, w.0, v1', 'there are none')
    """
    known = [printable(other) for other in known]
    within = [other for other in known if name and other.startswith(f"{name}.")]
    close = get_close_matches(name, known, n=1)
    if close and not within:
        return f"did you mean {close[0]}?"
    listed = within or sorted(known, key=lambda x: (bool(UNNAMED.fullmatch(x)), x.count(".")))
    more = f", … ({len(listed):,} in all)" if len(listed) > MOST_LISTED else ""
    return f"there are {', '.join(listed[:MOST_LISTED]) or 'none'}{more}"
