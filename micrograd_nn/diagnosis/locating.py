"""Where in an engine's source a fault shows, if that can be told."""

from __future__ import annotations

from .examination import Examination, Sign
from .source import Location


def locate_fault(sign: Sign, examination: Examination) -> Location | None:
    """Return the line of an engine's source on which a sign shows, None if that can't be told."""
    sources, places = examination.sources, examination.capabilities.places
    if sign.error.get("line") and sign.fault not in ("not_reflected", "recursion"):
        return sources.quote(sign.error["file"], sign.error["line"])
    place, line = places.get("backward"), None
    if sign.fault in ("order", "mutated"):
        line = sources.find_recursion(place) or sources.find_loop(place)
        if sign.fault == "mutated" and sign.forms:
            place, line = places.get(sign.forms[0].name), None
    elif sign.fault in ("revisits", "recursion"):
        line = sources.find_recursion(place) or sources.find_loop(place)
    elif sign.fault in ("kept", "unseeded", "reseeded"):
        line = sources.find_constant_set(place)
    elif sign.fault == "not_reflected":
        place = None
    elif sign.fault in ("relu_side", "relu_at_zero"):
        place = places.get("relu")
        line = sources.find_gradient_line(place, 0, False)
    elif sign.mistakes or sign.forms:
        name, position, overwriting = read_concern(sign)
        place = places.get(name)
        line = sources.find_gradient_line(place, position, overwriting)
    if place is None:
        return None
    return sources.quote(place[0], line or place[1])


def read_concern(sign: Sign) -> tuple[str, int | None, bool]:
    """Return which operation and input a sign is about, and whether its gradient is replaced."""
    if sign.mistakes:
        mistake = sign.mistakes[0]
        name = mistake.operation
        if not name and sign.graph is not None:
            name = sign.graph.lines[-1][0].name
        return name, mistake.position, mistake.overwrites
    form = sign.forms[0]
    return "r" * (form.kinds == "nv") + form.name, None, False
