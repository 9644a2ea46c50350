"""Where in an engine's source a sign shows."""

from __future__ import annotations

from .capabilities import Sign
from .examination import Examination
from .lines import find_share_line
from .lowering import HELPER
from .sources import Location

WALKS = ("order", "revisits", "doubles", "equal_nodes", "kept", "unseeded", "cleared", "reseeded",
         "nothing", "mutated", "nudged", "left_over")  # fmt: skip
FORGOTTEN = ("left_forgotten", "right_forgotten")
AT_THE_BEGINNING = ("unseeded", "reseeded")


def locate_fault(sign: Sign, examination: Examination) -> Location | None:
    """Return the line of an engine's source on which a sign shows, None if that isn't known.

    It is known where an error came through it, where it was seen to call itself or to compare, or
    where no other of its method sets the gradient concerned. Else it is the method's, if that sets
    any.
    """
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
        sets = sources.list_gradient_sets(place)
        lines = [
            one.line for one in sets if sign.fault in AT_THE_BEGINNING
            and (one.number or (one.owner == "0" and one.replaces and one.number is None))
        ]  # fmt: skip
        if sign.fault == "cleared":
            lines = [max([one.line for one in sets if one.number == 0])]
        return sources.quote(place[0], lines[0] if len(lines) == 1 else place[1])
    found = locate_share(sign, examination)
    if found is not None and not found.text.startswith(("def ", "@")):
        return found
    line = find_own_line(sign, examination)
    if line is None and found is None and sign.fault in FORGOTTEN:
        line = find_result_line(sign, examination)
    return sources.quote(*line) if line else found


def find_result_line(sign: Sign, examination: Examination) -> tuple[str, int] | None:
    """Return the line on which an operation makes a result that remembers no operand."""
    first = sign.mistakes[0]
    written = "r" * (first.kinds == "nv") + first.operation
    place = examination.capabilities.places.get(written)
    lines = examination.sources.list_returns(place) if place else []
    return (place[0], lines[0]) if place and len(lines) == 1 else place


def find_own_line(sign: Sign, examination: Examination) -> tuple[str, int] | None:
    """Return the line that runs for the operation of a sign alone, and passes its share."""
    if sign.graph is None or sign.is_second or (not sign.mistakes and len(sign.graph.lines) > 1):
        return None
    row, inputs = sign.graph.lines[-1]
    if not sign.mistakes:
        kinds = "".join(["v" if type(x) is int else "n" for x in inputs])
        return find_share_line(examination, row.name, kinds, None)
    first = sign.mistakes[0]
    if len({m.operation for m in sign.mistakes}) > 1 or not first.operation:
        return None
    position = first.position if len({m.position for m in sign.mistakes}) == 1 else None
    return find_share_line(examination, first.operation, first.kinds, position)


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
    of_row = [inputs for row, inputs in sign.graph.lines if row.name == name]
    reflected = "r" * (bool(of_row) and all(type(of[0]) is not int for of in of_row))
    place = places.get(reflected + name) or places.get(name)
    if sign.mistakes and sign.mistakes[0].kinds.startswith(HELPER):
        place = places.get(HELPER + name)
    position = 0 if reflected and position == 1 else position
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
    elif not sets and place and sign.mistakes:  # its local derivatives may be given to the result
        lines = sources.list_makings(place, examination.capabilities.written["leaf"])
        return sources.quote(place[0], lines[0] if len(lines) == 1 else place[1]) if lines else None
    if place is None or not sets or (overwrites and not fitting):
        return None
    return sources.quote(place[0], fitting[0] if len(fitting) == 1 else place[1])
