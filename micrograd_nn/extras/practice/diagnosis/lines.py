"""The lines of an engine that pass back the shares of one operation, seen while they run."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ....checks.samples import Expression
from .examination import Examination
from .graphs import WrittenForm
from .sources import GRADIENTS, Sources

Place = tuple[str, int]


def note_lines(examination: Examination) -> None:
    """Note which lines run in a pass over each operation alone, if there is something to locate."""
    if all(sign.at or sign.error for sign in examination.signs):
        return
    graphs: dict[WrittenForm, Expression] = {}
    for case in examination.cases:
        if len(case.graph.lines) == 1 and case.graph.lines[0][1].count(0) <= 1:
            row = case.graph.lines[0][0]
            kinds = "".join(["v" if type(x) is int else "n" for x in case.graph.lines[0][1]])
            graphs.setdefault(WrittenForm(row.name, kinds), case.graph)
    for sign in examination.signs:
        if sign.fault == "aliased" and sign.graph is not None:
            (answer,) = examination.ask([sign.graph], ran=True)
            sign.at = find_adding_line(
                examination.sources, [(file, line) for file, line in answer.get("ran", ())]
            )
    answers = examination.ask(graphs.values(), ran=True)
    examination.ran = {
        form: [(file, line) for file, line in answer.get("ran", ())]
        for form, answer in zip(graphs, answers, strict=True)
    }


def find_share_line(
    examination: Examination, name: str, kinds: str, position: int | None
) -> Place | None:
    """Return the line that passes a share of an operation, None if it isn't one.

    It runs for that operation and for no other.
    """
    ran = examination.ran
    others = {place for form, lines in ran.items() if form.name != name for place in lines}
    forms = [form for form in ran if form.name == name and kinds in ("", form.kinds)]
    for form in sorted(forms, key=lambda form: form.kinds, reverse=True):
        own = [place for place in ran[form] if place not in others]
        passing = [place for place in own if passes_share(examination.sources, place)]
        if len(passing) == 1:
            return passing[0]
        if position is not None and len(passing) == len(form.kinds):
            return passing[position]
    return None


def find_adding_line(sources: Sources, ran: Sequence[Place]) -> Place | None:
    """Return the line that adds to a gradient in place, None if it isn't one."""
    found = [place for place in ran if any(
        isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute)
        and node.target.attr in GRADIENTS
        for node in find_statements(sources, place)
    )]  # fmt: skip
    return found[0] if len(found) == 1 else None


def passes_share(sources: Sources, place: Place) -> bool:
    """Tell whether a line returns something, changes something of a node's, or calls what does."""
    return any(
        isinstance(node, (ast.Return, ast.Lambda, ast.AugAssign))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        or (isinstance(node, ast.Assign)
            and any(isinstance(one, (ast.Attribute, ast.Subscript)) for one in node.targets))
        for node in find_statements(sources, place)
    )  # fmt: skip


def find_statements(sources: Sources, place: Place) -> Sequence[ast.stmt | ast.Lambda]:
    """Return what begins on a line: its statements, or the functions in them."""
    tree = sources.read_tree(place[0]) or ast.Module([], [])
    return [
        node for node in ast.walk(tree)
        if isinstance(node, (ast.stmt, ast.Lambda)) and node.lineno == place[1]
    ]  # fmt: skip
