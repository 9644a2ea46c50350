"""Where in an engine's source a sign shows: at a line that is seen to run, and what it sets.

The lines that run for one operation alone are its own. A pass over a small graph tells which line
sets which gradient, to what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ....checks.samples import Expression
from .alone import find_alone
from .capabilities import Sign
from .examination import Examination
from .graphs import WrittenForm

WALKS = ("order", "revisits", "doubles", "equal_nodes", "kept", "unseeded", "cleared", "reseeded",
         "nothing", "mutated", "nudged", "left_over")  # fmt: skip
Place = tuple[str, int]
Changes = Mapping[int, tuple[float, float]]  # of nodes' gradients: before, after


class Trace(NamedTuple):
    """What was seen while a graph was made and passed back through, each line once."""

    made: Sequence[Place]
    ran: Sequence[Place]
    sets: Sequence[tuple[Place, Changes]]


def trace(examination: Examination, graphs: Iterable[Expression]) -> list[Trace]:
    """Return what is seen on some graphs, nothing where that can't be had."""
    return [
        Trace(
            [(file, line) for file, line in answer.get("made", ())],
            [(file, line) for file, line in answer.get("ran", ())],
            [((file, line), {node: (old or 0.0, new or 0.0) for node, old, new in changes})
             for (file, line), changes in answer.get("sets", ())],
        )
        for answer in examination.ask(graphs, traced=True)
    ]  # fmt: skip


def locate_signs(examination: Examination) -> None:
    """Note the line of each sign, where it isn't known by an error that came through it."""
    for sign in examination.signs:
        if sign.error.get("line"):
            sign.at = sign.error["file"], sign.error["line"]
    waiting = [sign for sign in examination.signs if not sign.at and sign.fault != "not_reflected"]
    cases = examination.cases if any(sign.graph for sign in waiting) else []
    alone = {
        WrittenForm(name, case.evaluated.kinds[0]): case.graph
        for name, of_one in find_alone(cases).items() for case in reversed(of_one)
    }  # fmt: skip
    own = dict(zip(alone, trace(examination, alone.values()), strict=True))
    for sign in waiting:
        sign.at = locate_sign(sign, examination, own)


def locate_sign(
    sign: Sign, examination: Examination, own: Mapping[WrittenForm, Trace]
) -> Place | None:
    """Return the line of a sign, that of a method where no line is alone, None for neither."""
    places = examination.capabilities.places
    if sign.graph is None and sign.forms:
        form = sign.forms[0]
        return places.get("r" * (form.kinds == "nv") + form.name)
    if sign.fault not in (*WALKS, "aliased"):
        return locate_share(sign, examination, own)
    if any(mistake.begins for mistake in sign.mistakes):
        return places.get("Value")
    lines: list[Place] = []
    if sign.graph is not None and sign.fault in ("unseeded", "cleared", "aliased"):
        (seen,) = trace(examination, [sign.graph])
        root = len(sign.graph.leaves) + len(sign.graph.lines) - 1
        tells: dict[str, Callable[[Changes], bool]] = {
            "unseeded": lambda changes: root in changes,
            "cleared": is_cleared,
            "aliased": lambda changes: len(changes) > 1,
        }
        lines = [at for at, changes in seen.sets if tells[sign.fault](changes)]
    if sign.fault == "cleared":
        lines.reverse()
    return lines[0] if lines else places.get("backward")


def is_cleared(changes: Changes) -> bool:
    """Tell whether a gradient is set back to 0."""
    return any(before and not after for before, after in changes.values())


def locate_share(
    sign: Sign, examination: Examination, own: Mapping[WrittenForm, Trace]
) -> Place | None:
    """Return the line that passes a wrong share: the operation's own, or that of the walk."""
    if sign.graph is None or (not sign.mistakes and len(sign.graph.lines) > 1) or sign.is_second:
        return None
    name, kinds, position, overwrites = sign.graph.lines[-1][0].name, "", None, False
    if sign.mistakes:
        first = sign.mistakes[0]
        name, kinds, position = first.operation or name, first.kinds, first.position
        overwrites = "overwrites" in first.traits
        if not (first.operation or overwrites):
            return None
    places = examination.capabilities.places
    forms = [
        form for form in own if form.name == name and kinds in ("", form.kinds)
        and (position is None or form.kinds[position] == "v")
    ]  # fmt: skip
    if not forms:
        return places.get(name)
    form = max(forms, key=lambda form: form.kinds)
    of_others = [one for other, one in own.items() if other.name != name]
    shared = {place for one in of_others for place in (*one.made, *one.ran)}
    seen = own[form] if sign.mistakes else own[form]._replace(made=())
    line = find_own_line(seen, form, position, overwrites, shared)
    if line is None and overwrites:
        sources = examination.sources
        leaves = form.kinds.count("v")
        received = [at for at, changes in own[form].sets if min(changes) < leaves]
        return next((at for at in received if sources.replaces_at(*at)), None)
    if line is None and sign.mistakes:
        line = places.get("r" * (form.kinds == "nv") + name)
    return line


def find_own_line(
    seen: Trace, form: WrittenForm, position: int | None, overwrites: bool, shared: set[Place]
) -> Place | None:
    """Return the line of an operation that passes a share, None where none or several do."""
    leaves = form.kinds.count("v")
    sets = [(at, changes) for at, changes in seen.sets
            if at not in shared and min(changes) < leaves]  # fmt: skip
    leaf = None if position is None else form.kinds[:position].count("v")
    found = [*dict.fromkeys(at for at, changes in sets if leaf is None or leaf in changes)]
    if overwrites:  # each that does is wrong
        return found[0] if found else None
    if not found and position is not None and len(sets) == len(form.kinds):
        return sets[position][0]
    if not found:  # it is handed to the walk, or to the result
        ran, made = [[at for at in lines if at not in shared] for lines in (seen.ran, seen.made)]
        found = (ran or made)[-1:]
    return found[0] if len(found) == 1 else None
