"""What the command ``diff`` compares: expressions, what scripts build, saved models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from rich.console import Console

from ..._ground.callers import select_named
from ..._ground.text import InputError, quote_text, show_line, show_path
from ...debugger.scripts import find_shown
from ...engine.value import Value
from ...graph.adoption import list_foreign
from ...graph.graph import Graph
from ...graph.naming import suggest_names
from ...graph.places import walk_places
from ...notation.expressions import list_leaf_names, parse
from ...terminal.parser import Settings
from ...terminal.subjects import (
    SCRIPT,
    check_apart,
    describe_other,
    read_assignments,
    run_aside,
    take_names,
)
from ..tables.storage import load_model
from ..train.history import History
from .comparing import diff

OPTIONS: Settings = {  # of ``diff``, beside two things to compare
    "-o --output": {
        "metavar": "OUT.html", "help": "write a page there, or a picture: .html, .svg",
    },
}  # fmt: skip
UNNAMED_SIDES = "first", "second"  # what two things are called that have no names of their own


def run_diff(words: Sequence[str], console: Console, output: str | None = None) -> None:
    """Print what two things differ in, and write it as a page or a picture."""
    pair, called = read_pair(words)
    if output is not None:
        for word in words[:2]:
            check_apart(output, [word])
    try:
        found = diff(*pair, called=called)
        console.out(str(found), highlight=False)
        if output is not None:
            found.save(output)
            console.out(f"Difference: {show_path(output)}", highlight=False)
    except (TypeError, ValueError) as error:
        raise InputError(str(error)) from None


def read_pair(words: Sequence[str]) -> tuple[list[Any], tuple[str, str]]:
    """Return two things to compare, and what they are called: see the command ``diff``.

    A script that both name is run once.
    """
    if len(words) < 2:
        raise InputError("diff compares two: 'w*x' 'w*x + b' w=2 x=3 b=1, or A.json B.json")
    pair, given = words[:2], words[2:]
    if any(SCRIPT.fullmatch(x) or x.endswith(".json") for x in pair):
        if given:
            told = "is for two expressions, whose names need numbers: leave it out"
            raise InputError(f"{quote_text(given[0])} {told}")
        scripts: dict[str, dict[str, Any]] = {}
        a, b = map(show_path, pair)
        return [read_thing(word, scripts) for word in pair], (a, b) if a != b else UNNAMED_SIDES
    numbers, names = read_assignments(given), [list_leaf_names(word) for word in pair]
    unused = [text for text in given if text.partition("=")[0] not in chain(*names)]
    if unused:
        raise InputError(f"{show_line(min(unused))}: neither expression has that name")
    graphs = [
        Graph(parse(word, {name: x for name, x in numbers.items() if name in own}))
        for word, own in zip(pair, names, strict=True)
    ]
    return graphs, UNNAMED_SIDES


def read_thing(word: str, scripts: dict[str, dict[str, Any]]) -> Any:
    """Return the model of a file, or what a script calls by a name."""
    script = SCRIPT.fullmatch(word)
    if word.endswith(".json"):
        return load_model(word).model
    if not script:
        raise InputError(
            f"{quote_text(word)} is an expression, the other a file: give two of a kind"
        )
    path, name = script.groups()
    names = scripts.get(path) or scripts.setdefault(path, take_names(run_aside(path)))
    found = list_comparable(names)
    if name in found and not isinstance(found[name], Value):
        return found[name]
    values = {place.name: place.thing for place in walk_places(names)}
    graph = find_shown(names.get(name, values.get(name)), names, path)
    if graph is not None:
        return graph
    said = f"has no {quote_text(name)}" if name else "needs a name"
    if kind := describe_other(name, names).removesuffix(", not a Value"):
        said = f"needs a Value, a model or a history: {kind}"
    known = suggest_names(name or "", {**found, **values, **list_foreign(names)})
    raise InputError(f"{show_path(path)}:NAME {said}: {known}")


def list_comparable(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``diff`` can compare: Values, models and histories."""
    return {
        name: thing
        for name, thing in select_named(names)
        if isinstance(thing, (Value, History)) or hasattr(type(thing), "parameters")
    }
