"""The mistakes that are tried on an engine's numbers: each known way to be wrong, simulated.

A mistake is one thing that an engine does wrong. Most are about a walk through a graph: in which
order nodes pass their gradient on. A walk takes the nodes that each node was made of, and a root.
Nodes are numbers, inputs before their results. Which child comes first is up to the engine (a set
has its own order), so a walk is told whether to turn a node's children round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import NamedTuple

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

Children = Sequence[Sequence[int]]
Walk = Callable[[Children, int], list[int]]

RESULT = -1  # a receiver: the node itself, in place of one of its inputs


class Passing(NamedTuple):
    """A share on its way from a node to one of its inputs, and what it may be made of."""

    upstream: float
    partial: float
    out: float
    inputs: Sequence[float]
    row: Operation
    position: int
    grads: Sequence[float]  # the gradients that the inputs have so far
    kinds: str  # how the operation is written


Share = Callable[[Passing], float]  # what an operation passes back


@dataclass(frozen=True, eq=False)
class Mistake:
    """One thing that an engine does wrong; ``fault`` is the row that it belongs to.

    An ``operation`` of "" is each, a ``position`` of None each of its inputs, and ``kinds`` of ""
    each way to write it, as a WrittenForm has them. What it ``does`` is told in words of ``DEEDS``.
    """

    fault: str
    operation: str = ""
    position: int | None = None
    kinds: str = ""
    share: Share | None = None
    receiver: int | None = None  # the input that the share goes to, in place of its own
    base: int | None = None  # the input to whose gradient the share is added
    does: str = ""
    rounds: Callable[[float], float] | None = None  # each sum of shares
    walk: Walk | None = None
    seed: Callable[[float], float] | None = None  # of the root's number
    begins: float = 0.0  # what each leaf has from the first
    is_fine: bool = False  # one of many that an operation may have
    title: str = ""  # of the misconception behind it, where there is one
    note: str = ""  # what the engine does, where the row doesn't say it

    def concerns(self, operation: str, position: int, kinds: str = "") -> bool:
        """Tell whether an input of an operation is concerned."""
        return (
            self.operation in ("", operation)
            and self.position in (None, position)
            and (not self.kinds or kinds in ("", self.kinds))
        )

    @cached_property
    def traits(self) -> frozenset[str]:
        """The words of what it does, and the names of what isn't as it is by itself."""
        named = [x.name for x in fields(self) if getattr(self, x.name) != x.default]
        return frozenset([*self.does.split(), *named])


DEEDS = {
    "overwrites": "what was there before the share",
    "keeps": "the first share, and drops those that come later",
    "merges": "both operands, where they are the same node, and counts the last",
    "aliases": "the root's gradient is an array, added to where it is passed unchanged",
    "as_last": "each share is what the last input's should be, and goes there",
    "last_call": "its local derivatives are those of the node that was made last",
    "reads_grads": "the share is made of gradients so far",
    "forgets": "that it was made of this input",
    "by_value": "nodes of one number have one gradient",
    "by_number": "a walk takes nodes of one number for one",
    "descends": "to each input as soon as it has its share, and as often",
    "constants": "are nodes of the walk, too",
    "reseeds": "sets each node to 1 when its turn comes",
    "with_leaves": "them, too",
    "with_inner": "what each leaf has from the first, each other node has",
    "adds_seed": "to what the root has from the last pass",
}
# What passes shares in another order, or to others; and whose numbers depend on the order of what
# an operation is made of.
CHANGES_ORDER = {
    "walk", "forgets", "by_number", "descends", "keeps", "constants", "by_value", "receiver",
}  # fmt: skip
NEEDS_ORDER = {
    "overwrites", "forgets", "reseeds", "descends", "keeps", "by_number", "by_value", "aliases",
    "reads_grads", "receiver", "base", "as_last", "rounds", "walk",
}  # fmt: skip
Mistakes = tuple[Mistake, ...]

MOST_VISITS = 3_000  # a walk that repeats itself may be endless


def go_deep(
    children: Children,
    root: int,
    after: bool = False,
    again: bool = False,
    numbers: Sequence[float] | None = None,
) -> list[int]:
    """Return nodes depth first, before or after their children, once or as often as they are met.

    Of ``numbers``, one for each node but constants, a node is met where one of its number was.

    >>> go_deep([[], [0], [1], [1, 2]], 3), go_deep([[], [0], [0, 1]], 2, after=True)
    ([3, 1, 0, 2], [0, 1, 2])
    >>> go_deep([[], [0], [1, 1]], 2, again=True)
    [2, 1, 0, 1, 0]
    """
    found: list[int] = []
    seen: set[object] = set()

    def visit(node: int) -> None:
        key = numbers[node] if numbers and node < len(numbers) else (node,)
        if key in seen and not again:
            return
        seen.add(key)
        if not after:
            found.append(node)
        for child in children[node]:
            visit(child)
        if after:
            found.append(node)
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")

    visit(root)
    return found


def go_wide(children: Children, root: int, again: bool = False) -> list[int]:
    """Return nodes level by level, as often as they are met, or until their own turn was.

    >>> go_wide([[], [0], [1, 1]], 2)
    [2, 1, 1, 0, 0]
    """
    found, seen = [root], set[int]()
    for node in found:
        found += [child for child in children[node] if again or child not in seen]
        seen.add(node)
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")
    return found


def walk_by_creation(children: Children, root: int) -> list[int]:
    """Walk from the root to the leaves, each node after all that use it: the right way."""
    return sorted(go_deep(children, root), reverse=True)


def walk_in_postorder(children: Children, root: int) -> list[int]:
    """Walk the right way by depth-first search, each node noted after its children, reversed."""
    return go_deep(children, root, after=True)[::-1]


RIGHT: tuple[Walk, ...] = (walk_by_creation, walk_in_postorder)
UNORDERED: tuple[Walk, ...] = (
    go_deep,
    lambda children, root: go_deep(children, root, after=True),  # nobody turned it round
)
REPEATED: tuple[Walk, ...] = (
    lambda children, root: go_deep(children, root, again=True),
    lambda children, root: go_deep(children, root, after=True, again=True)[::-1],
    lambda children, root: go_wide(children, root, again=True),
    go_wide,
)


def skip_first_met(children: Children, root: int) -> list[int]:
    """Walk the right way by a list of results as they were met, left before the first of them."""
    return [node for node in walk_in_postorder(children, root) if children[node]][:-1]


def skip_every_second(children: Children, root: int) -> list[int]:
    """Walk as a loop does that takes nodes out of the list that it goes through."""
    return walk_in_postorder(children, root)[::2]


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
