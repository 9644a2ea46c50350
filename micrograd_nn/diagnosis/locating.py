"""Where in an engine's source a fault shows, if that can be told."""

from __future__ import annotations

from .examination import Examination, Sign
from .source import Location

FORGOTTEN = ("right_forgotten", "left_forgotten")


def locate_fault(sign: Sign, examination: Examination) -> Location | None:
    """Return the line of an engine's source on which a sign shows, None if that can't be told."""
    sources, places = examination.sources, examination.capabilities.places
    error = (sign.error.get("file", ""), sign.error.get("line", 0))
    if error[1] and sign.fault not in ("not_reflected", "recursion"):
        return sources.quote(*error)
    place, line = places.get("backward"), None
    if sign.fault == "mutated" and sign.forms:
        place = places.get(sign.forms[0].name)
    elif sign.fault in ("order", "mutated"):
        line = sources.find_loop(place) or sources.find_recursion(place)
    elif sign.fault == "revisits":
        line = sources.find_recursion(place) or sources.find_loop(place)
    elif sign.fault == "recursion":
        line = sources.find_recursion(place)
        if line is None:  # not in a function that is in the same file
            return sources.quote(*error)
    elif sign.fault == "equal_nodes":
        line = sources.find_membership(place)
    elif sign.fault == "unknown" and sign.graph is not None and len(sign.graph.lines) > 1:
        place = None  # it may be an operation's, or the walk's
    elif sign.fault in ("unseeded", "reseeded"):
        if any(mistake.begins for mistake in sign.mistakes):
            place = places.get("Value")
        line = sources.find_seed(place)
    elif sign.fault == "not_reflected":
        place = None
    elif sign.fault == "relu_at_zero":
        place = places.get("relu")
        line = sources.find_gradient_line(place, 0, False)
    elif sign.mistakes and sign.fault != "kept":
        place, line = find_share(sign, examination)
    elif sign.forms:
        form = sign.forms[0]
        place = places.get("r" * (form.kinds == "nv") + form.name)
    return sources.quote(place[0], line or place[1]) if place else None


def find_share(sign: Sign, examination: Examination) -> tuple[tuple[str, int] | None, int | None]:
    """Return the method that passes a wrong share, and the line: in it, or else in ``backward``.

    What was forgotten has no line; there the method is told.
    """
    mistake = sign.mistakes[0]
    sources, places = examination.sources, examination.capabilities.places
    name = mistake.operation
    if not name and sign.graph is not None:
        name = sign.graph.lines[-1][0].name
    place = places.get(name)
    if mistake.forgets:
        return place, None
    line = sources.find_gradient_line(place, mistake.position, mistake.overwrites)
    if line is not None or sign.fault in FORGOTTEN:
        return place, line
    if mistake.overwrites:
        place = places.get("backward")
        line = sources.find_gradient_line(place, None, True, in_walk=True)
    return (place, line) if line is not None else (None, None)
