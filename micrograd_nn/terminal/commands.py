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
from typing import Any, NamedTuple
from unicodedata import normalize

from rich.console import Console
from rich.table import Table as Grid

from ..calculus import gradients
from ..checks.differences import Comparison
from ..engine.order import nodes
from ..engine.value import Constant, Value, is_leaf
from ..files import check_output, reason
from ..gradcheck import GradCheck, comparisons
from ..graph.naming import DEEPEST, named_in, names_of
from ..graph.numbers import made_from, recomputed
from ..tables.report import escape_text
from ..text import InputError, printable, short, shown, shown_path
from .expressions import ExpressionError, parse

SCRIPT = re.compile(r"(?s)(?P<path>.+\.py)(?::(?P<name>.*))?")
RUN_AS = "micrograd_nn_script"  # a script's __name__: its "if __name__ == '__main__'" doesn't run
UNNAMED = re.compile(r"v\d+")  # what a node without a name is called
LISTED = 8  # names that a message lists at most


class Subject(NamedTuple):
    """The value that a command is about, and where the names of its nodes come from."""

    root: Value
    names: Any = None


def step(words: Sequence[str], console: Console) -> None:
    """Step through the backward pass by keys, or print all of it.

    >>> step(["2*x", "x=3"], Console(quiet=True))
    """
    from ..terminal import stepper

    root, names = subject(words)
    if not console.quiet:  # which would wait for keys unseen
        stepper.run(root, names, console)


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
    root, names = subject(words)
    if root.grad is None:  # else the script's own pass is shown, as it was
        for node in nodes(root):
            node.grad = None
        root.backward()
    if output is None:
        console.out(str(tree(root, names)), highlight=False)
    else:
        leaf = None if paths_from is None else node_named(paths_from, root, names)
        folded: Any = None if collapse == "none" else collapse
        draw(root, direction, names=names, collapse=folded, paths_from=leaf).save(output)
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
    root, names = subject(words)
    if not SCRIPT.fullmatch(words[0]):
        title = title or words[0]
    page(root, output, names=names, title=title, notes=notes)
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

    root, names = subject(words)
    console.out(str(explain(root, node_named(wrt, root, names), names)), highlight=False)


def node_named(name: str, root: Value, names: Any) -> Value:
    """Return the node of a name; there are no constants among them."""
    name_of = names_of(root, names)
    found = {name: node for node, name in name_of.items() if not isinstance(node, Constant)}
    if name in found:
        return found[name]
    given = names.get(name) if isinstance(names, Mapping) else None  # one of a node's other names
    if isinstance(given, Value) and given in name_of and not isinstance(given, Constant):
        return given
    known = others(name, found)
    if isinstance(given, Constant):
        raise InputError(f"{printable(name)} is a Constant, which receives no gradient: {known}")
    if isinstance(given, Value):
        of = name_of[root]
        raise InputError(f"{printable(name)} is no part of what {of} was made of: {known}")
    raise InputError(
        f"{missing(name, names) or f'there is no {shown(name)} in the graph'}: {known}"
    )


def missing(name: str, names: Any) -> str:
    """Say what has a name that isn't a Value; "" if nothing has it.

    >>> missing("x", {"x": [Value(1.0)]}), missing("y", {})
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
    root, names = subject(words)
    found = checked(root, names)
    if not found.comparisons:
        raise InputError("there is nothing to check: the value was made of constants alone")
    grid = Grid()
    for heading in ("by", "gradient", "differences", "±", "verdict"):
        left = heading in ("by", "verdict")
        grid.add_column(heading, justify="left" if left else "right", overflow="fold")
    for one in found.comparisons:
        told = escape_text(f"{one.verdict}; {one.note}" if one.note else one.verdict)
        is_one = one.verdict != "kink" and not isnan(one.numeric)  # at a kink there are two
        numeric, error = (one.numeric, one.error) if is_one else (None, None)
        numbers = short(one.analytic, 9), short(numeric, 9), short(error, 1)
        grid.add_row(escape_text(one.name), *numbers, told)
    console.print(grid)
    console.out(str(found).partition("\n")[0], highlight=False)
    return found.ok


def checked(root: Value, names: Any = None) -> GradCheck:
    """Compare the gradient that was recorded with differences of the recorded operations.

    >>> x = Value(3.0, "x")
    >>> print(checked(x * x))
    1 of 1 derivatives agree with differences

    A value that was made of constants alone has none to compare:

    >>> print(checked(Value(3.0).detach()))
    0 of 0 derivatives agree with differences
    """
    graph, name_of = nodes(root), names_of(root, names)
    leaves = [node for node in graph if is_leaf(node)]

    def value(numbers: list[float]) -> list[float]:
        return [recomputed(graph, dict(zip(leaves, numbers, strict=True)))]

    def gradient(numbers: list[float]) -> list[list[float]]:
        return [gradients(root, leaves)]

    found: list[Comparison] = []
    if leaves:
        recorded = made_from(root)
        at = [recorded[leaf] for leaf in leaves]
        found = comparisons(value, gradient, at, [[name_of[leaf] for leaf in leaves]])
    return GradCheck(found)


def subject(words: Sequence[str]) -> Subject:
    """Return what the words of a command are about: EXPR NAME=NUMBER …, or FILE.py:NAME.

    >>> subject(["w*x", "w=2", "x=3"]).root.data
    6.0
    """
    if not words:
        raise InputError("an expression is missing, such as 'tanh(w*x)' w=2 x=3, or FILE.py:NAME")
    script = SCRIPT.fullmatch(words[0])
    if not script:
        return Subject(parse(words[0], assignments(words[1:])))
    path, name = script.groups()
    if words[1:]:
        raise InputError(
            f"{shown(words[1])} is not for a script, whose values have their numbers: leave it out"
        )
    names = run_script(path)
    values = dict(named_in(names, "", DEEPEST))
    root = names.get(name, values.get(name)) if name else None
    if not isinstance(root, Value):
        said = "needs the name of a Value"
        if name:
            kind = missing(name, names)
            said = f"needs a Value: {kind}" if kind else f"has no Value named {shown(name)}"
        raise InputError(f"{shown_path(path)}:NAME {said}: {others(name or '', values)}")
    return Subject(root, names)


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


def assignments(words: Iterable[str]) -> dict[str, float]:
    """Return the numbers that words such as ``x=2`` give to names.

    >>> assignments(["x=2", "w=-1e-3"])
    {'x': 2.0, 'w': -0.001}

    A number is what ``float`` reads, ``nan`` and ``inf`` too: to see what becomes of them.

    >>> assignments(["x=a"])
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


def others(name: str, known: Iterable[str]) -> str:
    """Say which names there are: those within ``name``, or one like it, or the plainest first.

    >>> others("x", ["x.0", "x.1", "y"]), others("losss", ["x", "loss"])
    ('there are x.0, x.1', 'did you mean loss?')
    >>> others("y", ["v1", "w.0", "x"]), others("x", [])
    ('there are x, w.0, v1', 'there are none')
    """
    known = [printable(other) for other in known]
    within = [other for other in known if name and other.startswith(f"{name}.")]
    close = get_close_matches(name, known, n=1)
    if close and not within:
        return f"did you mean {close[0]}?"
    listed = within or sorted(known, key=lambda x: (bool(UNNAMED.fullmatch(x)), x.count(".")))
    more = f", … ({len(listed):,} in all)" if len(listed) > LISTED else ""
    return f"there are {', '.join(listed[:LISTED]) or 'none'}{more}"
