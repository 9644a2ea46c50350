"""The loops of a function: what their lines take from one another, and the text of each body.

Forward lines are the rows' written forms; backward lines are what the rows' derivative rules give
when they run on symbols, in the order of ``backward()``: turns from the last to the first. What
arrives at a node is added in that order to -0.0, which changes no number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from functools import partial

from ....engine.operation import Lookup
from ....engine.table import add, mean, mul, truediv
from ....engine.value import Value
from ....graph.loops import CONSTANTS, INPUTS, PARAMETERS, Operand
from ....notation.writing.expressions import Expressions
from ....notation.writing.identifiers import Identifiers
from .blocks import Array, Block, Step, Taken, find_extent, find_sources, is_node
from .listing import MANY_NODES, Listing
from .operands import (
    count_terms,
    find_uses,
    has_runs,
    list_operands,
    list_places,
    pair_terms,
    unpair,
    write_index,
)
from .statements import TURNS_AHEAD, LoopStatements, Run

COUNTERS = "ijk"
RUN_AHEAD = 64  # least run of sums that are made several at once


class Looping:
    """The loops of a function, and the arrays that they and the lines around them share.

    ``constants`` are the numbers that stand in lines, by their places, and ``leaf_names`` the names
    of leaves. A gradient flows to parameters alone, if it is wanted. Of their derivatives, those
    that loops move along are items of ``columns``, and ``slopes`` are the texts of all.
    """

    def __init__(
        self, whole: Block, constants: Sequence[float], leaf_names: Mapping[int, str],
        names: Identifiers, statements: LoopStatements, has_slopes: bool,
    ) -> None:  # fmt: skip
        self.whole = whole
        self.constants = constants
        self.leaf_names = leaf_names
        self.has_slopes = has_slopes
        self.slopes: Sequence[str] = ()
        self.names, self.statements = names, statements
        self.steps = [*whole.list_steps()]
        self.arrays: list[Array] = []
        self.outside = {x.node: x for x in whole.items if isinstance(x, Step)}
        self.from_inside: dict[Value, Step] = {}  # what lines outside take from loops
        self.places: Mapping[Value, int] = {}
        self.leaves: Set[Value] = frozenset()  # that lines outside take
        for step in self.steps:
            step.taken = [*self.list_taken(step)]
        self.find_needed()
        for step in self.steps:
            self.keep_taken(step)
        self.columns = self.find_columns()

    def find_columns(self) -> range:
        """Return the places of the parameters whose derivatives loops add to by an index.

        They are all from the first of these to the last, or all parameters, where the statements
        want them so.
        """
        if self.statements.has_all_columns:
            return range(sum(place < INPUTS for place in self.leaf_names))
        extents = [
            find_extent(taken.operand.place, step.list_moves(taken.operand))
            for step in self.steps
            for taken in step.taken
            if is_in_columns(taken.operand) and self.is_wanted(taken)
        ]
        if not extents:
            return range(0)
        first = min(low for low, _ in extents)
        return range(first - PARAMETERS, max(high for _, high in extents) - PARAMETERS + 1)

    def list_taken(self, step: Step) -> Iterator[Taken]:
        """Yield what a line takes, its pairs of runs side by side if it is a dot product."""
        operands = list_operands(step, self.statements)
        step.uses_result, are_used = find_uses(step.operation, len(operands))
        for operand, is_used in zip(operands, are_used, strict=True):
            if not is_node(operand):
                yield Taken(operand, is_used=is_used)
                continue
            source = self.whole.locate(operand.place)
            if source.is_of_turn(operand, step.blocks):
                yield Taken(operand, [source], source, is_used)
                continue
            sources = find_sources(self.whole, operand.place, step.list_moves(operand))
            yield Taken(operand, self.steps if sources is None else sources, None, is_used)

    def find_needed(self) -> None:
        """Find the lines that a gradient flows through, some by what a turn before gave."""
        is_changed = True
        while is_changed:
            is_changed = False
            for step in self.steps:
                if not step.is_needed and any(map(self.is_wanted, step.taken)):
                    step.is_needed = is_changed = True

    def is_wanted(self, taken: Taken) -> bool:
        """Tell whether a gradient flows to what is taken."""
        if is_node(taken.operand):
            return any(source.is_needed for source in taken.sources)
        return self.has_slopes and PARAMETERS <= taken.operand.place < INPUTS

    def keep_taken(self, step: Step) -> None:
        """Note which results must be in arrays or have names, for what a line takes."""
        if step.is_inside and step.is_needed and step.uses_result:
            self.keep(step)
        for taken in step.taken:
            own = taken.own
            if own is None:
                for source in taken.sources:
                    self.keep(source)
                    source.keeps_slope = source.is_needed
                if taken.sources:
                    self.unite(step, taken)
                continue
            if taken.is_used and step.is_needed and own.is_inside:
                self.keep(own)
            if own.block is not step.block:
                own.is_named = True
                own.is_slope_named = own.is_needed

    def keep(self, step: Step) -> None:
        """Keep the results of a line in an array."""
        step.keeps_value = True
        if step.array is None:
            step.array = Array()
            step.array.add(step)

    def unite(self, step: Step, taken: Taken) -> None:
        """Let all that an operand takes stand in one array."""
        first, *others = dict.fromkeys([source.array for source in taken.sources])
        assert first is not None
        for other in others:
            assert other is not None
            first.take(other)
        first.add_moves(taken.operand.place, step.list_moves(taken.operand))

    def open(
        self, places: Mapping[Value, int], roots: Collection[Value], others: Collection[Value]
    ) -> None:
        """Note what the lines outside of the loops take from them, and name all that is kept.

        ``others`` are nodes and leaves that are needed there, too.
        """
        self.places = places
        taken = {*roots, *others}
        taken.update(x for node in self.outside for x in node.inputs)
        self.leaves = {x for x in taken if x.operation is None}
        for x in taken - self.leaves:
            source = self.whole.locate(places[x])
            if source.is_inside:
                self.keep(source)
                assert source.array is not None
                source.array.add_moves(places[x], [])
                source.keeps_slope = source.is_needed
                self.from_inside[x] = source
        self.settle()

    def list_items(self, graph: Sequence[Value]) -> Iterator[Value | Block]:
        """Yield what a function consists of: leaves, and nodes and loops in their order."""
        yield from [x for x in graph if x in self.leaves]
        for item in self.whole.items:
            yield item if isinstance(item, Block) else item.node

    def list_needed(self) -> set[Value]:
        """Return the nodes outside, and those that they take, that a gradient flows through."""
        found = {**self.outside, **self.from_inside}
        return {x for x, step in found.items() if step.is_needed}

    def list_slopes(self) -> dict[Value, str]:
        """Return where what arrives is added, of what loops take or give."""
        found = {
            x: self.write_own_slope(step)
            for x, step in self.outside.items()
            if step.keeps_slope or step.is_slope_named
        }
        for x, step in self.from_inside.items():
            if step.keeps_slope:
                assert step.array is not None
                place = step.array.find_index(Operand(self.places[x]))
                found[x] = self.write_item(step.array.slope, place, [])
        return found

    def begin_outside(self) -> list[str]:
        """Return the lines that begin the sums of what arrives at single nodes."""
        named = [x for x in self.outside.values() if x.is_slope_named and not x.keeps_slope]
        return [self.statements.begin_sum(step.slope) for step in named]

    def write_outside(self, x: Value) -> str:
        """Return the text of a result of a loop, for a line outside."""
        array = self.from_inside[x].array
        assert array is not None
        return self.write_item(array.name, array.find_index(Operand(self.places[x])), [])

    def settle(self) -> None:
        """Give all that has an array or a name its name, and turns their counters."""
        new = self.names.new
        for step in self.steps:
            label = step.node.label or "v"
            if step.keeps_value or step.keeps_slope:
                assert step.array is not None
                if step.array not in self.arrays:
                    self.arrays.append(step.array)
                    step.array.settle()
                    step.array.name = new(label)
                    step.array.slope = new(f"d_{step.array.name}")
            elif step.is_named or step.is_slope_named:
                step.name = new(label)
            if step.is_slope_named and not step.keeps_slope:
                name = step.name or (step.array.name if step.array else label)
                step.slope = new(f"d_{name}")
        counters: list[str] = []
        for block in self.whole.list_blocks():
            depth = len(block.around)
            if depth > len(counters):
                counters.append(new(COUNTERS[min(depth, len(COUNTERS)) - 1]))
            block.counter = counters[depth - 1]

    def repeats_slopes(self) -> bool:
        """Tell whether some parameter receives more than once from a row."""
        if not self.has_slopes:
            return False
        seen: set[int] = set()
        for step in self.steps:
            wanted = [x for x in step.taken if not is_node(x.operand) and self.is_wanted(x)]
            if wanted and isinstance(step.operation, Lookup):  # to which, only a row tells
                return True
            for taken in wanted:
                operand = taken.operand
                loops = zip(operand.strides, step.blocks[1:], strict=True)
                is_repeated = any(block.turns > 1 for stride, block in loops if not stride)
                if is_repeated or (operand.length > 1 and not operand.step):
                    return True
                places = list_places(operand.place, step.list_moves(operand))
                count = len(seen)
                seen.update(places)
                if len(seen) < count + len(places):
                    return True
        return False

    def declare_values(self) -> list[str]:
        """Return the lines that make room for results."""
        kept = [x for x in self.arrays if any(step.keeps_value for step in x.steps)]
        return [self.statements.declare_array(x.name, x.size) for x in kept]

    def declare_slopes(self) -> list[str]:
        """Return the lines that begin the sums of what arrives."""
        kept = [x for x in self.arrays if any(step.keeps_slope for step in x.steps)]
        return [self.statements.begin_sums(x.slope, x.size) for x in kept]

    def write_item(self, name: str, place: Operand, blocks: Sequence[Block]) -> str:
        """Return an item of an array."""
        return f"{name}[{write_index(place, blocks)}]"

    def find_value(self, taken: Taken) -> tuple[str, Operand]:
        """Return the array that what a line takes is in, and where."""
        operand = taken.operand
        if is_node(operand):
            array = taken.sources[0].array
            assert array is not None
            return array.name, array.find_index(operand)
        if operand.place >= CONSTANTS:
            return "constants", operand._replace(place=operand.place - CONSTANTS)
        if operand.place >= INPUTS:
            return self.statements.row, operand._replace(place=operand.place - INPUTS)
        return "parameters", operand._replace(place=operand.place - PARAMETERS)

    def write_value(self, step: Step, taken: Taken) -> str:
        """Return the text of one number that a line takes."""
        own, operand = taken.own, taken.operand
        if own is not None and not own.keeps_value:
            return own.name
        if operand.place in self.leaf_names and not any(operand.strides):
            return self.leaf_names[operand.place]
        return self.write_item(*self.find_value(taken), step.blocks)

    def write_result(self, step: Step) -> str:
        """Return the text of a line's result."""
        if not step.keeps_value:
            return step.name
        assert step.array is not None
        return self.write_item(step.array.name, step.array.find_index(step.result), step.blocks)

    def write_own_slope(self, step: Step) -> str:
        """Return the text of the sum that arrives at a line's result."""
        if not step.keeps_slope:
            return step.slope
        assert step.array is not None
        return self.write_item(step.array.slope, step.array.find_index(step.result), step.blocks)

    def find_slope(self, taken: Taken) -> tuple[str, Operand]:
        """Return the array that the derivative by what a line takes is in, and where."""
        operand = taken.operand
        if not is_node(operand):
            place = operand.place - PARAMETERS - self.columns.start
            return self.statements.columns, operand._replace(place=place)
        array = taken.sources[0].array
        assert array is not None
        return array.slope, array.find_index(operand)

    def write_slope(self, step: Step, taken: Taken) -> str:
        """Return the text of the derivative by one number that a line takes."""
        own, operand = taken.own, taken.operand
        if own is not None and not own.keeps_slope:
            return own.slope
        if is_node(operand) or is_in_columns(operand):
            return self.write_item(*self.find_slope(taken), step.blocks)
        return self.slopes[operand.place - PARAMETERS]

    def write_forward(self, block: Block) -> list[str]:
        """Return the lines of a loop, forward."""
        body = Body(self, block)
        body.add_forward()
        return self.write_loop(block, body.listing.write_lines())

    def write_backward(self, block: Block) -> list[str]:
        """Return the lines of a loop, backward; none if no gradient flows through it."""
        if not any(step.is_needed for step in block.list_steps()):
            return []
        body = Body(self, block)
        body.add_backward()
        return self.write_loop(block, body.listing.write_lines(), is_reversed=True)

    def write_loop(
        self, block: Block, lines: Sequence[str], is_reversed: bool = False
    ) -> list[str]:
        """Return a loop around the lines of its body; none where all derivatives are 0."""
        statements = self.statements
        if block.turns == 1 or not lines:
            return [part for line in lines for part in line.split("\n")]
        done = dict.fromkeys(step.operation.name for step in block.list_steps())
        told = ", ".join(reversed(done) if is_reversed else done)
        return [
            statements.comment(f"{block.turns} times: {told}"),
            statements.begin_loop(block.counter, block.turns, is_reversed),
            *[statements.indent + part for line in lines for part in line.split("\n")],
            *[statements.end_loop] * bool(statements.end_loop),
        ]


def is_in_columns(operand: Operand) -> bool:
    """Tell whether the derivative by a leaf is an item of ``columns``, in a run or by a stride."""
    return not is_node(operand) and (operand.length > 1 or any(operand.strides))


class Body:
    """The lines of one turn of a loop, forward or backward."""

    def __init__(self, looping: Looping, block: Block) -> None:
        self.looping, self.block = looping, block
        self.statements = looping.statements
        self.expressions = Expressions()
        self.listing = Listing(self.expressions, looping.names, looping.statements, MANY_NODES)
        self.of: dict[Step, int] = {}
        self.leaves: dict[str, int] = {}
        self.arrived: dict[Step, list[int]] = {}

    def find_leaf(self, text: str) -> int:
        """Return the expression of what has a name, or stands in an array: one for each text."""
        if text not in self.leaves:
            self.leaves[text] = self.listing.add_leaf(text)
        return self.leaves[text]

    def read(self, step: Step, taken: Taken) -> int:
        """Return the expression of one number that a line takes."""
        place = taken.operand.place
        if place >= CONSTANTS and not any(taken.operand.strides):
            return self.expressions.constant(self.looping.constants[place - CONSTANTS])
        if taken.own is not None and taken.own in self.of:
            return self.of[taken.own]
        return self.find_leaf(self.looping.write_value(step, taken))

    def add_forward(self) -> None:
        """Add the lines that compute the results of a turn."""
        looping, statements, listing = self.looping, self.statements, self.listing
        for item in self.block.items:
            if isinstance(item, Block):
                self.listing.add_lines(looping.write_forward(item))
                continue
            x = self.add_sum(item) if has_runs(item) else self.apply(item)
            self.of[item] = x
            if item.keeps_value:
                text = looping.write_result(item)
                listing.add(partial(statements.assign, text, is_new=False), x)
            elif item.is_named:
                listing.add(partial(statements.assign, item.name), x)
                self.of[item] = self.find_leaf(item.name)
        listing.forward_end = len(self.expressions)

    def apply(self, step: Step) -> int:
        """Return the expression of an operation on what a line takes."""
        given = [self.read(step, taken) for taken in step.taken]
        return self.expressions.apply(step.operation, tuple(unpair(step.operation, given)))

    def add_sum(self, step: Step) -> int:
        """Add the lines of a long sum, or of a sum of products, and return its expression."""
        name, all_terms = self.looping.names.new("s"), pair_terms(step)
        ahead = self.begin_ahead(step, name, all_terms[0])
        self.listing.add(lambda: ahead or self.statements.begin_sum(name))
        for terms in all_terms[bool(ahead) :]:
            if terms[0].operand.length > 1:
                runs = [self.find_run(step, taken) for taken in terms]
                self.listing.add(partial(self.statements.add_run, name, runs))
                continue
            given = tuple([self.read(step, taken) for taken in terms])
            x = self.expressions.apply(mul, given) if len(given) > 1 else given[0]
            self.listing.add(partial(self.statements.add_term, name), x)
        sum = self.find_leaf(name)
        if step.operation is not mean:
            return sum
        return self.expressions.apply(truediv, (sum, self.expressions.constant(count_terms(step))))

    def begin_ahead(self, step: Step, name: str, terms: Sequence[Taken]) -> str:
        """Return how a sum begins with the products of turns to come, "" where that can't be.

        Each addition waits for the one before it, so that a processor adds to several sums in that
        time. One run is the same in every turn, as a layer's inputs; the other moves by a stride,
        as its weights.
        """
        block = step.block
        is_long = len(terms) == 2 and min(terms[0].operand.length, RUN_AHEAD) == RUN_AHEAD
        is_made_here = any(block in source.blocks for taken in terms for source in taken.sources)
        if not is_long or is_made_here or block.turns < TURNS_AHEAD:
            return ""
        strides = [taken.operand.strides[-1] for taken in terms]
        runs = [self.find_run(step, taken) for taken in terms]
        weights, others = runs if strides[0] else runs[::-1]
        if sum(map(bool, strides)) != 1 or (weights.step, others.step) != (1, 1):
            return ""
        return self.statements.begin_sum_ahead(
            name, self.looping.names.new, weights, others, sum(strides), block
        )

    def find_run(self, step: Step, taken: Taken) -> Run:
        """Return a run of numbers that a line takes."""
        return self.make_run(step, *self.looping.find_value(taken))

    def make_run(self, step: Step, name: str, place: Operand) -> Run:
        """Return a run of the items of an array."""
        last = place._replace(place=place.place + place.step * place.length)
        begin, end = (write_index(x, step.blocks) for x in (place, last))
        return Run(name, begin, end, place.step, place.length)

    def add_backward(self) -> None:
        """Add the lines that pass on what arrives at the results of a turn."""
        looping, statements, listing = self.looping, self.statements, self.listing
        for item in self.block.items:
            if isinstance(item, Step) and item.slope and not item.keeps_slope:
                self.listing.add_lines([statements.begin_sum(item.slope)])
        for item in reversed(self.block.items):
            if isinstance(item, Block):
                self.listing.add_lines(looping.write_backward(item))
            elif item.is_needed and (upstream := self.find_upstream(item)) is not None:
                if has_runs(item):
                    listing.named.add(upstream)
                    self.spread(item, upstream)
                else:
                    self.pass_back(item, upstream)

    def find_upstream(self, step: Step) -> int | None:
        """Return what has arrived at a line, None if nothing does."""
        if step.keeps_slope or step.is_slope_named:
            return self.find_leaf(self.looping.write_own_slope(step))
        amounts = self.arrived.pop(step, None)
        if amounts is None:
            return None
        if len(amounts) == 1:
            return amounts[0]
        return self.expressions.add(add, self.expressions.find_known(add), tuple(amounts))

    def pass_back(self, step: Step, upstream: int) -> None:
        """Pass on what the derivatives of an operation make of what has arrived at it."""
        expressions, unused = self.expressions, self.expressions.leaf()
        given = [
            self.read(step, taken) if taken.is_used or taken.operand.place >= CONSTANTS else unused
            for taken in step.taken
        ]
        out = unused
        if step.uses_result:
            out = self.find_leaf(self.looping.write_result(step))
        there = [upstream, out, *unpair(step.operation, given)]
        pattern = expressions.find_amounts(step.operation, there, None)
        amounts = [*expressions.instantiate(pattern, there)]
        switch = upstream if self.listing.is_switch(upstream) else -1
        if switch >= 0:
            self.listing.named.add(switch)
        for taken, x in zip(unpair(step.operation, step.taken), amounts, strict=True):
            if x is not None:
                self.pass_on(step, taken, x, switch)

    def pass_on(self, step: Step, taken: Taken, x: int, switch: int = -1) -> None:
        """Add what one input receives; a parameter receives nothing where a switch is 0."""
        if not self.looping.is_wanted(taken):
            return
        own = taken.own
        if own is not None and not (own.keeps_slope or own.is_slope_named):
            self.arrived.setdefault(own, []).append(x)
            return
        slope = self.looping.write_slope(step, taken)
        if is_node(taken.operand):
            self.listing.add(partial(self.statements.add_term, slope), x)
            return
        increase = partial(self.statements.increase, slope)
        self.listing.entries.append((len(self.expressions), increase, (x,), switch))

    def spread(self, step: Step, upstream: int) -> None:
        """Pass on what arrives at a sum, or at a sum of products: first to all weights."""
        if step.operation is mean:
            share = self.expressions.constant(1 / count_terms(step))
            upstream = self.expressions.apply(mul, (upstream, share))
            self.listing.named.add(upstream)
        terms = pair_terms(step)
        pairs = [x for x in terms if len(x) == 2]
        others = [x for x in terms if len(x) == 1]
        switch = upstream if self.listing.is_switch(upstream) else -1
        order = [(w, x) for w, x in pairs] + [(x, w) for w, x in pairs]
        for taken, factor in [*order, *[(x, None) for (x,) in others]]:
            if not self.looping.is_wanted(taken):
                continue
            if taken.operand.length > 1:
                target = self.make_run(step, *self.looping.find_slope(taken))
                run = None if factor is None else self.find_run(step, factor)
                spread = partial(self.statements.spread, target, run, not is_node(taken.operand))
                mark = len(self.expressions)
                is_off = -1 if is_node(taken.operand) else switch
                self.listing.entries.append((mark, spread, (upstream,), is_off))
                continue
            amount = upstream
            if factor is not None:
                amount = self.expressions.apply(mul, (upstream, self.read(step, factor)))
            self.pass_on(step, taken, amount, switch)
