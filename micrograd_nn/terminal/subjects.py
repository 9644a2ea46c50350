"""What the words of a command are about: an expression with numbers, or a script's value.

What can't be understood is an InputError that says what there is instead.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from keyword import iskeyword
from math import isinf
from typing import Any
from unicodedata import normalize

from .._ground.files import check_output
from .._ground.text import (
    InputError,
    quote_text,
    shorten_text,
    show_line,
    show_path,
)
from ..debugger.scripts import Run, find_shown, run_script
from ..engine.value import Constant, Value
from ..graph.adoption import list_foreign
from ..graph.graph import Graph
from ..graph.naming import suggest_names
from ..graph.places import walk_places
from ..notation.expressions import ExpressionError, parse

SCRIPT = re.compile(r"(?s)(?P<path>.+\.py)(?::(?P<name>.*))?")
WITHIN = (
    "there are none at the top level of the file. Without a name, it is the latest backward pass, "
    "also of a function"
)


def read_graph(words: Sequence[str]) -> Graph:
    """Return what the words of a command are about: EXPR NAME=NUMBER …, or FILE.py:NAME.

    Of a script without a NAME it is the latest backward pass, wherever that began.
    """
    if not words:
        raise InputError("an expression is missing, such as 'tanh(w*x)' w=2 x=3, or FILE.py:NAME")
    script = SCRIPT.fullmatch(words[0])
    if not script:
        return Graph(parse(words[0], read_assignments(words[1:])))
    path, name = script.groups()
    if words[1:]:
        raise InputError(
            f"{quote_text(words[1])} is not for a script, whose values have their numbers: "
            f"leave it out"
        )
    if name is None:  # what an editor's key finds, too
        return run_aside(path, "__main__").find_latest(path)
    names = take_names(run_aside(path))
    values = {place.name: place.thing for place in walk_places(names)}
    graph = find_shown(names.get(name, values.get(name)), names, path)
    if graph is None:
        said = f"has no Value named {quote_text(name)}"
        if kind := describe_other(name, names):
            said = f"needs a Value: {kind}"
        listed = {**values, **list_foreign(names)}
        raise InputError(
            f"{show_path(path)}:NAME {said}: {suggest_names(name, listed) if listed else WITHIN}"
        )
    return graph


def run_aside(path: str, *name: str) -> Run:
    """Run a script with its prints on standard error: what a command prints may be data."""
    with redirect_stdout(sys.stderr):
        return run_script(path, (), *name)


def take_names(run: Run) -> dict[str, Any]:
    """Return a script's globals; one that was ended has none, which is an error."""
    if run.told:
        raise InputError(run.told)
    return run.names


def read_assignments(words: Iterable[str]) -> dict[str, float]:
    """Return the numbers that words such as ``x=2`` give to names.

    A number is what ``float`` reads, ``nan`` and ``inf`` too: to see what becomes of them.
    """
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = normalize("NFKC", name)  # as Python reads names
        said = show_line(word)
        if not equals:
            raise ExpressionError(
                f"{quote_text(word)} is not NAME=NUMBER, such as x=2, without spaces; "
                "an expression is one word in quotes"
            )
        if not name.isidentifier():
            raise ExpressionError(
                f"{said}: {quote_text(name)} can't be a name: letters, digits and _"
            )
        if iskeyword(name):
            raise ExpressionError(f"{said}: {name} is a word of Python's: use another name")
        if name in found:
            raise ExpressionError(f"{said}: {shorten_text(name)} is given twice")
        try:
            found[name] = float(text)
        except ValueError:
            raise ExpressionError(
                f"{said}: {quote_text(text)} is not a number, such as -3 or 1e-3"
            ) from None
        if isinf(found[name]) and "inf" not in text.lower():
            raise ExpressionError(f"{said} is beyond the largest float, 1.8e308: scale it")
    return found


def find_node(name: str, graph: Graph) -> Value:
    """Return the node of a name; there are no constants among them."""
    shown, paths = [
        {its: node for node, its in names.items() if not isinstance(node, Constant)}
        for names in (graph.short_names, graph.names)
    ]
    if name in shown or name in paths:
        return (paths | shown)[name]
    names = graph.namespace
    given = names.get(name) if isinstance(names, Mapping) else None  # one of a node's other names
    if isinstance(given, Value) and given in graph.places and not isinstance(given, Constant):
        return given
    known = suggest_names(name, paths)
    said = show_line(name)
    if isinstance(given, Constant):
        raise InputError(f"{said} is a Constant, which receives no gradient: {known}")
    if isinstance(given, Value):
        root = graph.names[graph.root]
        raise InputError(f"{said} isn't a part of what {root} was made of: {known}")
    there = describe_other(name, names) or f"there is no {quote_text(name)} in the graph"
    raise InputError(f"{there}: {known}")


def describe_other(name: str, names: Any) -> str:
    """Say what has a name that isn't a Value; "" if nothing has it."""
    if isinstance(names, Mapping) and name in names:
        return f"{show_line(name)} is of type {type(names[name]).__name__}, not a Value"
    return ""


def check_apart(output: str, words: Sequence[str]) -> None:
    """Refuse now to write where it's impossible, or over the script that is to be run."""
    script = SCRIPT.fullmatch(words[0]) if words else None
    check_output(output, *[script["path"]] if script else [])
