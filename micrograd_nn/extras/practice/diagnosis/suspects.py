"""The mistakes that are tried on an engine's numbers: each known way to be wrong, simulated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ....engine.operation import Operation, Rule
from ....engine.table import OPERATIONS
from ....stepping.misconceptions.derivatives import WRONG_LOCALS
from ....stepping.misconceptions.table import (
    LEFT_OUT,
    MISCONCEPTIONS,
    NO_LOCAL,
    NO_UPSTREAM,
    SIGN,
    Misconception,
)
from .mistakes import (
    REPEATED,
    RESULT,
    UNORDERED,
    Mistake,
    Passing,
    Share,
    skip_every_second,
    skip_first_met,
)

LEAKS = (0.01, 0.1, 0.2, 0.001, 0.05, 0.3, 0.25, 0.5)  # slopes that people give a leaky relu
ENDS_EARLY = "The last result of the walk is never asked: it ends one too early."
OTHER_NUMBER = "one number in place of another"
GRADIENT = "a gradient in place of a number"
COPIED = "The share is added to the other operand's gradient, not to what stood there before."
ONE_GRADIENT = "Nodes of the same number have one gradient here, also where that is a constant's."
AS_LAST = "All shares of a result go to its last operand: a loop's variable is read after the loop."
ROUNDINGS: tuple[Callable[[float], float], ...] = (
    int, *[lambda x, n=n: round(x, n) for n in (0, 1, 2, 3, 4)],
)  # fmt: skip


def make_share(local: Rule) -> Share:
    """Return what an operation of this local derivative passes back."""
    return lambda passing: passing.upstream * local(passing.out, *passing.inputs)


def pass_wrongly(wrong: Misconception, needs: Sequence[str], passing: Passing) -> float:
    """Return what an operation passes back by a misconception, where nothing arrived before."""
    given = [getattr(passing, name, 0.0) for name in needs]
    found = float(wrong.rule(*given))  # type: ignore[misc]
    return passing.upstream * found if wrong.is_local else found


# The misconceptions about any operation's share: of what they make it. The others have a row in
# WRONG_LOCALS, or are about the order of shares and what they are added to.
WRONG_SHARES: dict[Misconception, Share] = {
    wrong: partial(pass_wrongly, wrong, wrong.needs)
    for wrong in MISCONCEPTIONS
    if wrong.rule and {*wrong.needs} <= {"before", "upstream", "partial"}
}
RARE = [x for x in WRONG_SHARES if x not in (SIGN, NO_LOCAL, NO_UPSTREAM, LEFT_OUT)]


OTHER_SHARES: dict[str, list[tuple[str, Share]]] = {  # which no misconception of the lessons is
    "relu": [("the gradient is asked for its sign",
              lambda passing: max(passing.upstream, 0.0))],
    "pow": [("1 is taken from the result, not from the exponent",
             lambda passing: passing.upstream * (passing.inputs[1] * passing.out - 1))],
}  # fmt: skip


def round_share(passing: Passing) -> float:
    """Return what is passed back without its digits behind the point."""
    return int(passing.upstream * passing.partial)


OF_THE_WALK = (  # the likeliest first
    *[Mistake("order", walk=walk) for walk in UNORDERED],
    Mistake("order", walk=skip_first_met, note=ENDS_EARLY),
    *[Mistake("revisits", walk=walk) for walk in REPEATED],
    Mistake("revisits", does="descends"),
    Mistake("overwrite", does="overwrites descends"),
    Mistake("mutated", walk=skip_every_second, does="constants"),
    Mistake("dropped", does="keeps"),
    Mistake("equal_nodes", does="by_number"),
    Mistake("equal_nodes", does="by_value", note=ONE_GRADIENT),
    Mistake("aliased", does="aliases"),
    Mistake("misdirected", does="as_last", note=AS_LAST),
    *[Mistake("rounded", rounds=rounds) for rounds in ROUNDINGS],
    Mistake("rounded", share=round_share),
    Mistake("reseeded", does="reseeds"),
    Mistake("reseeded", does="reseeds with_leaves"),
    Mistake("reseeded", begins=1.0),
    Mistake("reseeded", begins=1.0, does="with_inner"),
    Mistake("unseeded", seed=lambda number: 0.0),
    Mistake("unseeded", seed=lambda number: number),
)


def list_suspects(names: Iterable[str]) -> list[Mistake]:
    """Return the mistakes that an engine of these operations may have, the likeliest first."""
    rows = [OPERATIONS[name] for name in names]
    found = [mistake for row in rows for mistake in list_local_suspects(row)]
    found += list_structural_suspects(rows)
    return [*found, *OF_THE_WALK, *[Mistake("rounded", x.name, share=round_share) for x in rows]]


def list_local_suspects(row: Operation) -> Iterator[Mistake]:
    """Yield what one operation may pass back that is wrong."""
    name = row.name
    for slope in LEAKS if name == "relu" else ():
        leak = make_share(lambda out, x, slope=slope: 1.0 if x > 0 else slope)
        yield Mistake("leaky", name, 0, share=leak)
    for title, share in OTHER_SHARES.get(name, ()):
        yield Mistake("local_factor", name, 0, share=share, title=title)
    yield Mistake("last_call", name, does="last_call")
    if len(row.inputs) > 1:
        yield Mistake("merged", name, does="merges")
        yield Mistake("misdirected", name, does="as_last", note=AS_LAST)
    for i in range(len(row.inputs)):
        wrong = [(one, make_share(local)) for one, local in WRONG_LOCALS.get((name, i), ())]
        wrong += [(one, WRONG_SHARES[one]) for one in (SIGN, NO_LOCAL)]
        for misconception, share in wrong:
            yield Mistake("local_factor", name, i, share=share, title=misconception.title)
        forgotten = "right_forgotten" if i else "left_forgotten"
        yield Mistake(forgotten, name, i, share=WRONG_SHARES[LEFT_OUT])
    for i in (None, *range(len(row.inputs))):
        if len(row.inputs) > 1 or i is None:
            yield Mistake("upstream_forgotten", name, i, share=WRONG_SHARES[NO_UPSTREAM])


def list_structural_suspects(rows: Iterable[Operation]) -> Iterator[Mistake]:
    """Yield what operations may do to gradients that are there, and what they don't remember."""
    yield Mistake("overwrite", does="overwrites")
    yield Mistake("merged", does="merges")
    yield Mistake("last_call", does="last_call")
    for row in rows:
        places = range(len(row.inputs))
        for i in (None, *places) if len(places) > 1 else (None,):
            yield Mistake("overwrite", row.name, i, does="overwrites")
        for i in places:
            fault = "right_forgotten" if i else "left_forgotten"
            yield Mistake(fault, row.name, i, does="forgets")


def list_finer_suspects(row: Operation, kinds: Iterable[str]) -> Iterator[Mistake]:
    """Yield what one operation may do by mixing up what it is given, or in one way to write it.

    They are many; each shows in a graph of that operation alone.
    """
    name, places = row.name, range(len(row.inputs))
    for i in places:
        for wrong in RARE:
            yield Mistake("local_factor", name, i, share=WRONG_SHARES[wrong], title=wrong.title)
        yield from list_mixed_up(row, i)
        for j in [other for other in (*places, RESULT) if other != i and len(row.inputs) > 1]:
            yield Mistake("misdirected", name, i, receiver=j)
        for j in [other for other in places if other != i]:
            yield Mistake("misdirected", name, i, base=j, note=COPIED)
    for mistake in list_local_suspects(row):
        at = mistake.position
        for written in kinds:
            if "n" in written and mistake.share and (at is None or written[at] == "v"):
                yield replace(mistake, kinds=written)


def list_mixed_up(row: Operation, position: int) -> Iterator[Mistake]:
    """Yield shares whose local derivative has one thing in place of another.

    A gradient may stand in place of a number, or the number of one node in place of another's.
    """
    rule, count = row.partials[position], len(row.inputs)
    for old in range(count + 1):
        for new in range(2 * count + 2):  # numbers, the result's, gradients, the result's

            def share(passing: Passing, old: int = old, new: int = new) -> float:
                given = [*passing.inputs, passing.out]
                given[old] = [*given, *passing.grads, passing.upstream][new]
                return float(passing.upstream * rule(given[-1], *given[:-1]))

            title, does = (GRADIENT, "reads_grads") if new > count else (OTHER_NUMBER, "")
            if new != old:
                yield Mistake(
                    "local_factor", row.name, position, share=share, title=title, does=does
                )
