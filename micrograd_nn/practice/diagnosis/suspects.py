"""The mistakes that are tried on an engine's numbers: each known way to be wrong, simulated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from ...engine.operation import Operation, Rule
from ...engine.table import OPERATIONS
from ...stepping.misconceptions.derivatives import WRONG_LOCALS
from ...stepping.misconceptions.table import NO_LOCAL, SIGN
from .simulation import Mistake, Share
from .walks import REPEATED, UNORDERED, skip_every_second

LEAKS = (0.01, 0.1, 0.2, 0.001, 0.05, 0.3, 0.25, 0.5)  # slopes that people give a leaky relu
ROUNDINGS: tuple[Callable[[float], float], ...] = (
    int, *[lambda x, n=n: round(x, n) for n in (0, 1, 2, 3, 4)],
)  # fmt: skip


def make_share(local: Rule) -> Share:
    """Return what an operation of this local derivative passes back."""
    return lambda upstream, partial, out, inputs: upstream * local(out, *inputs)


WRONG_SHARES: dict[str, Share] = {  # what an operation may pass back instead
    "nothing": lambda upstream, partial, out, inputs: 0.0,
    "local": lambda upstream, partial, out, inputs: partial,
    "upstream": lambda upstream, partial, out, inputs: upstream,
    "opposite": lambda upstream, partial, out, inputs: -upstream * partial,
}


OTHER_SHARES: dict[str, list[tuple[str, Share]]] = {  # which no misconception of the lessons is
    "relu": [("the gradient is asked for its sign",
              lambda upstream, partial, out, inputs: max(upstream, 0.0))],
    "pow": [("1 is taken from the result, not from the exponent",
             lambda upstream, partial, out, inputs: upstream * (inputs[1] * out - 1))],
}  # fmt: skip


def round_share(rounds: Callable[[float], float]) -> Share:
    """Return what is passed back rounded."""
    return lambda upstream, partial, out, inputs: rounds(upstream * partial)


def make_leak(slope: float) -> Share:
    """Return what a leaky relu passes back."""
    return lambda upstream, partial, out, inputs: upstream * (1.0 if inputs[0] > 0 else slope)


def list_suspects(names: Iterable[str]) -> list[Mistake]:
    """Return the mistakes that an engine of these operations may have, the likeliest first."""
    names = [*names]
    rows = [OPERATIONS[name] for name in names]
    found = [mistake for row in rows for mistake in list_local_suspects(row)]
    found += list_structural_suspects(rows)
    found += [Mistake("order", walk=walk) for walk in UNORDERED]
    found += [Mistake("revisits", walk=walk) for walk in REPEATED]
    found.append(Mistake("revisits", descends=True))
    found.append(Mistake("overwrite", overwrites=True, descends=True))
    found += [
        Mistake("mutated", walk=skip_every_second, constants=constants)
        for constants in (True, False)
    ]
    found.append(Mistake("dropped", keeps=True))
    found.append(Mistake("dropped", keeps=True, descends=True))
    found.append(Mistake("equal_nodes", by_number=True))
    found += [Mistake("rounded", rounds=rounds) for rounds in ROUNDINGS]
    found.append(Mistake("rounded", share=round_share(math.floor)))
    found += [Mistake("rounded", name, share=round_share(int)) for name in ("", *names)]
    found.append(Mistake("reseeded", reseeds=True))
    found.append(Mistake("reseeded", reseeds=True, with_leaves=True))
    found.append(Mistake("reseeded", begins=1.0))
    found.append(Mistake("reseeded", begins=1.0, with_inner=True))
    found.append(Mistake("unseeded", seed=lambda number: 0.0))
    found.append(Mistake("unseeded", seed=lambda number: number))
    return found


def list_local_suspects(row: Operation) -> Iterator[Mistake]:
    """Yield what one operation may pass back that is wrong."""
    name = row.name
    for slope in LEAKS if name == "relu" else ():
        yield Mistake("leaky", name, 0, share=make_leak(slope))
    for title, share in OTHER_SHARES.get(name, ()):
        yield Mistake("local_factor", name, 0, share=share, title=title)
    if len(row.inputs) > 1:
        yield Mistake("merged", name, merges=True)
    for i in range(len(row.inputs)):
        wrong = [(one, make_share(local)) for one, local in WRONG_LOCALS.get((name, i), ())]
        wrong += [(SIGN, WRONG_SHARES["opposite"]), (NO_LOCAL, WRONG_SHARES["upstream"])]
        for misconception, share in wrong:
            yield Mistake("local_factor", name, i, share=share, title=misconception.title)
        forgotten = "right_forgotten" if i else "left_forgotten"
        yield Mistake(forgotten, name, i, share=WRONG_SHARES["nothing"])
    for i in (None, *range(len(row.inputs))):
        if len(row.inputs) > 1 or i is None:
            yield Mistake("upstream_forgotten", name, i, share=WRONG_SHARES["local"])


def list_structural_suspects(rows: Iterable[Operation]) -> Iterator[Mistake]:
    """Yield what operations may do to gradients that are there, and what they don't remember."""
    yield Mistake("overwrite", overwrites=True)
    yield Mistake("merged", merges=True)
    for row in rows:
        places = range(len(row.inputs))
        for i in (None, *places) if len(places) > 1 else (None,):
            yield Mistake("overwrite", row.name, i, overwrites=True)
        for i in places:
            fault = "right_forgotten" if i else "left_forgotten"
            yield Mistake(fault, row.name, i, forgets=True)
