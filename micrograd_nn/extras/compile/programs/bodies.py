"""The text of loops: the lines of each body, forward and backward.

Forward lines are the rows' written forms; backward lines are what the rows' derivative rules give
when they run on symbols, in the order of ``backward()``: turns from the last to the first. What
arrives at a node is added in that order to -0.0, which changes no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ....engine.table import mean, mul, truediv
from ....graph.loops import CONSTANTS, Operand
from .blocks import Block, Step, Taken, is_node, write_index
from .listing import MANY_NODES, Listing
from .looping import Looping
from .operands import count_terms, has_runs, pair_terms, unpair
from .statements import TURNS_AHEAD, Run

RUN_AHEAD = 64  # least run of sums that are made several at once


def write_loop(looping: Looping, block: Block, is_backward: bool = False) -> list[str]:
    """Return the lines of a loop; none backward if no gradient flows, or all derivatives are 0."""
    body = Body(looping, block)
    if not is_backward:
        body.add_forward()
    elif any(step.is_needed for step in block.list_steps()):
        body.add_backward()
    lines = [part for line in body.listing.write_lines() for part in line.split("\n")]
    if block.turns == 1 or not lines:
        return lines
    statements = looping.statements
    done = dict.fromkeys(step.operation.name for step in block.list_steps())
    told = ", ".join(reversed(done) if is_backward else done)
    return [
        statements.comments.format(f"{block.turns} times: {told}"),
        statements.begin_loop(block.counter, block.turns, is_backward),
        *[statements.indent + line for line in lines],
        *filter(None, [statements.end_loop]),
    ]


class Body:
    """The lines of one turn of a loop, forward or backward."""

    def __init__(self, looping: Looping, block: Block) -> None:
        self.looping, self.block = looping, block
        self.statements = looping.statements
        self.listing = Listing(looping.names, looping.statements, MANY_NODES)
        self.expressions = self.listing.expressions
        self.of: dict[Step, int] = {}
        self.arrived: dict[Step, list[int]] = {}

    def read(self, step: Step, taken: Taken) -> int:
        """Return the expression of one number that a line takes."""
        place = taken.operand.place
        if place >= CONSTANTS and not any(taken.operand.strides):
            return self.expressions.constant(self.looping.constants[place - CONSTANTS])
        if taken.own is not None and taken.own in self.of:
            return self.of[taken.own]
        return self.listing.find_leaf(self.looping.write_value(step, taken))

    def add_forward(self) -> None:
        """Add the lines that compute the results of a turn."""
        for item in self.block.items:
            if isinstance(item, Block):
                self.listing.add_lines(write_loop(self.looping, item))
            else:
                x = self.add_sum(item) if has_runs(item) else self.apply(item)
                self.of[item] = self.listing.keep(item, x)
        self.listing.forward_end = len(self.expressions)

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
        sum = self.listing.find_leaf(name)
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
        listing = self.listing
        for item in self.block.items:
            if isinstance(item, Step) and item.slope and not item.keeps_slope:
                listing.add_lines([self.statements.begin_sum(item.slope)])
        for item in reversed(self.block.items):
            if isinstance(item, Block):
                listing.add_lines(write_loop(self.looping, item, is_backward=True))
                continue
            amounts = self.arrived.pop(item, [])
            if item.keeps_slope or item.is_slope_named:
                amounts = [listing.find_leaf(item.slope_text)]
            if amounts and item.is_needed:
                upstream = listing.add_up(amounts)
                if has_runs(item):
                    self.spread(item, upstream)
                else:
                    self.pass_back(item, upstream)

    def pass_back(self, step: Step, upstream: int) -> None:
        """Pass on what the derivatives of an operation make of what has arrived at it."""
        expressions, unused = self.expressions, self.expressions.leaf()
        given = [
            self.read(step, taken) if taken.is_used or taken.operand.place >= CONSTANTS else unused
            for taken in step.taken
        ]
        out = unused
        if step.uses_result:
            out = self.listing.find_leaf(step.text)
        there = [upstream, out, *unpair(step.operation, given)]
        pattern = expressions.find_amounts(step.operation, there, None)
        amounts = [*expressions.instantiate(pattern, there)]
        switch = self.listing.find_switch(upstream)
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
        self.listing.add(partial(self.statements.increase, slope), x, switch=switch)

    def spread(self, step: Step, upstream: int) -> None:
        """Pass on what arrives at a sum, or at a sum of products: first to all weights."""
        self.listing.named.add(upstream)
        if step.operation is mean:
            share = self.expressions.constant(1 / count_terms(step))
            upstream = self.expressions.apply(mul, (upstream, share))
            self.listing.named.add(upstream)
        terms = pair_terms(step)
        pairs = [x for x in terms if len(x) == 2]
        others = [x for x in terms if len(x) == 1]
        switch = self.listing.find_switch(upstream)
        order = [(w, x) for w, x in pairs] + [(x, w) for w, x in pairs]
        for taken, factor in [*order, *[(x, None) for (x,) in others]]:
            if not self.looping.is_wanted(taken):
                continue
            if taken.operand.length > 1:
                target = self.make_run(step, *self.looping.find_slope(taken))
                run = None if factor is None else self.find_run(step, factor)
                is_slope = not is_node(taken.operand)
                spread = partial(self.statements.spread, target, run, is_slope)
                self.listing.add(spread, upstream, switch=switch if is_slope else -1)
                continue
            amount = upstream
            if factor is not None:
                amount = self.expressions.apply(mul, (upstream, self.read(step, factor)))
            self.pass_on(step, taken, amount, switch)
