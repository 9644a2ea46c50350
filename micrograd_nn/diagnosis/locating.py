"""Where in an engine's source a fault stands: told where it is known, and nowhere else.

A line is known where an error came through it, where it was seen to call itself or to compare, or
where no other of its method sets the gradient concerned. Else the method is told, if it sets any.
"""

from __future__ import annotations

from .examination import Examination, Sign
from .sources import Location

WALKS = ("order", "revisits", "equal_nodes", "kept", "unseeded", "reseeded", "nothing", "mutated")
AT_THE_BEGINNING = ("unseeded", "reseeded")


def locate_fault(sign: Sign, examination: Examination) -> Location | None:
    """Return the line of an engine's source on which a sign shows, None if that isn't known."""
    sources, places = examination.sources, examination.capabilities.places
    error = (sign.error.get("file", ""), sign.error.get("line", 0))
    if sign.fault == "not_reflected":
        return None
    if sign.at or error[1]:
        return sources.quote(*(sign.at or error))
    if sign.forms and sign.graph is None:
        form = sign.forms[0]
        place = places.get("r" * (form.kinds == "nv") + form.name)
        return sources.quote(*place) if place else None
    if sign.fault in WALKS:
        begins = any(mistake.begins for mistake in sign.mistakes)
        place = places.get("Value" if begins else "backward")
        if place is None:
            return None
        lines = [one.line for one in sources.list_gradient_sets(place) if one.number]
        is_known = sign.fault in AT_THE_BEGINNING and len(lines) == 1
        return sources.quote(place[0], lines[0] if is_known else place[1])
    return locate_share(sign, examination)


def locate_share(sign: Sign, examination: Examination) -> Location | None:
    """Return the line that passes a wrong share: the operation's own, or that of the walk."""
    sources, places = examination.sources, examination.capabilities.places
    if sign.graph is None or (not sign.mistakes and len(sign.graph.lines) > 1) or sign.is_second:
        return None
    name, position, overwrites = sign.graph.lines[-1][0].name, None, False
    if sign.mistakes:
        mistake = sign.mistakes[0]
        name, position = mistake.operation or name, mistake.position
        overwrites = mistake.overwrites
        if not (mistake.operation or overwrites):
            return None
    place = places.get(name)
    sets = sources.list_gradient_sets(place) if place else []
    fitting = [
        one.line for one in sets
        if (one.replaces or not overwrites) and (position is None or one.owner == str(position))
    ]  # fmt: skip
    if not sets and overwrites:
        place = places.get("backward")
        sets = sources.list_gradient_sets(place) if place else []
        fitting = [one.line for one in sets if one.replaces and one.number is None]
    elif overwrites:  # each that does is wrong
        fitting = fitting[:1]
    if place is None or not sets or (overwrites and not fitting):
        return None
    return sources.quote(place[0], fitting[0] if len(fitting) == 1 else place[1])
