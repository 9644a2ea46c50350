"""Where right numbers come from: a backward pass of one's own, another engine, or nudges."""

from __future__ import annotations

import struct
from math import isclose

from ....checks.samples import Expression
from .capabilities import Sign
from .examination import Examination
from .search import Observed, are_same

EXACT = 1e-12  # how far sums and products may be off
ROUGH = {"add", "sub", "mul", "neg"}  # operations whose gradients of whole numbers are exact


def probe_origins(examination: Examination) -> None:
    """Note it where another engine does the work, or where gradients aren't passed back."""
    probe_borrowing(examination)
    right = [case for case in examination.cases if are_same(case.grads, case.right)]
    sign = find_nudged(right) or find_narrow(right)
    if sign is not None and not any(other.fault == "rounded" for other in examination.signs):
        examination.signs.append(sign)


def probe_borrowing(examination: Examination) -> None:
    """Note the other engine that is called while graphs are computed and passed back through."""
    graphs: dict[str, Expression] = {}  # one of each operation
    for case in examination.cases:
        graphs.setdefault(case.graph.lines[-1][0].name, case.graph)
    answers = examination.ask(graphs.values(), watched=True)
    borrowed = {name: (file, line) for a in answers for name, file, line in a.get("borrowed", ())}
    for name, place in borrowed.items():
        examination.signs.append(Sign("borrowed", note=f"It calls {name}.", at=place))


def find_nudged(cases: list[Observed]) -> Sign | None:
    """Return the sign of gradients that aren't exact where a product's are.

    Of whole numbers, what a pass adds and multiplies is exact, in float32, too.
    """
    for case in cases:
        if {row.name for row, _ in case.graph.lines} <= ROUGH:
            for x, y in zip(case.grads, case.right, strict=True):
                if not isclose(x, y, rel_tol=EXACT, abs_tol=EXACT):
                    note = f"A gradient is {x!r}, and should be {y!r}."  # in all digits
                    return Sign("nudged", graph=case.graph, note=note)
    return None


def find_narrow(cases: list[Observed]) -> Sign | None:
    """Return the sign of gradients that all have but the digits of a float32."""
    long = [
        case for case in cases
        if any(not isclose(x, narrow(x), rel_tol=EXACT, abs_tol=0.0) for x in case.right)
    ]  # fmt: skip
    grads = [x for case in long for x in case.grads]
    if any(grads) and all(x == narrow(x) for x in grads):
        return Sign("narrow", graph=long[0].graph, grads=long[0].grads)
    return None


def narrow(number: float) -> float:
    """Return a number as 32 bits hold it."""
    try:
        (narrowed,) = struct.unpack("f", struct.pack("f", number))
    except OverflowError:
        return number
    return float(narrowed)
