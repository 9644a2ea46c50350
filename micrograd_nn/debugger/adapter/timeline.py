"""``Timeline``: a place in a walkthrough, and what it stops at, forward and back alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf, isnan
from typing import NamedTuple

from ..._ground.text import InputError, list_first, quote_text
from ...engine.backprop import Step
from ...engine.value import Value
from ...graph.calls import Origin
from ...graph.rebuilding import Changes, name_copies, rebuild_graph
from ...stepping.backprop import changes
from ...stepping.passes import Computed, Passes, Seed
from .conditions import NO_NUMBER_YET, Condition, NotThereError
from .walkthrough import Quantity, Walkthrough

AT_BEGINNING, AT_END = "the beginning", "the end"
DIGITS = 6  # of a number beside a line; ``data`` has all of them
MOST_SUGGESTED = 8  # names that a message lists
MOST_FRAMES = 1_000  # of a stack: of a deeper path, those nearest to the step
LONGEST_RUN = 2.0  # seconds, after which a run pauses: a client's requests wait meanwhile
STEPS_UNTIMED = 1_000  # between two looks at the clock


def show_short(number: float | None) -> str:
    """Return a number with as many digits as one reads beside a line."""
    return NO_NUMBER_YET if number is None else f"{number:.{DIGITS}g}"


class Stop(NamedTuple):
    """Why a run has stopped: a reason of the protocol, and what happened in words.

    ``lines`` are those of the user's that led to it, the innermost first, if it was an error.
    """

    reason: str
    text: str = ""
    lines: Sequence[Origin] = ()


class Alarm(NamedTuple):
    """What may go wrong in a step: its name, and how a step that does it is described."""

    label: str
    happens: Callable[[Step], bool]


ALARMS = {
    "nan": Alarm("A gradient turns NaN", lambda s: isnan(s.after) and not isnan(s.before)),
    "overflow": Alarm(
        "A gradient overflows", lambda s: abs(s.after) == inf and abs(s.before) < inf
    ),
    "zero": Alarm("Nothing flows on: a local derivative is 0", lambda s: s.partial == 0.0),
}


class Timeline(Passes):
    """A place in a graph's passes, which begins where gradients begin to flow.

    In reverse it stops before the change. Nothing is changed but the place.
    """

    def __init__(self, walkthrough: Walkthrough) -> None:
        super().__init__(walkthrough.graph)
        self.walkthrough = self.original = walkthrough
        self.pins: Mapping[Value, float] = {}  # of the original's leaves, what was set since
        self.originals = {node: node for node in walkthrough.graph.nodes}  # of nodes, if copied
        # What to stop at, and on which condition.
        self.lines: dict[int, Condition | None] = {}  # by position
        self.changes: dict[Quantity, Condition | None] = {}
        self.alarms: set[str] = set()
        self.turns: dict[Value, int] = {}  # the position where a node begins to pass on
        self.first: dict[Value, int] = {}  # the step back with a node's first share
        self._largest: dict[Value, int] = {}  # that with its largest
        for number, step in enumerate(self.backprop.steps, start=self.start + 1):
            self.turns.setdefault(step.node, number - 1)
            self.first.setdefault(step.input, number)
            known = self._largest.get(step.input)
            if known is None or abs(step.share) > abs(self._get_back(known).share):
                self._largest[step.input] = number
        self.goto(self.start)

    # What is known at this place.

    def find_quantity(self, name: str) -> Quantity:
        """Return what a name stands for: one of the program, or of the graph, or ``x.grad``."""
        known = self.walkthrough.quantities
        node_name, _, kind = name.rpartition(".")
        if name in known:
            return known[name]
        if kind in ("grad", "data") and node_name in known:
            return Quantity(known[node_name].node, kind == "grad")
        there = list_first([*known], MOST_SUGGESTED)
        raise InputError(f"there is no {quote_text(name)} here: there are {there}")

    def read_quantity(self, quantity: Quantity) -> float | None:
        """Return a number as it is at this place, None where there is none yet."""
        if quantity.is_gradient:
            return self.gradient(quantity.node)
        if self.is_computed(quantity.node):
            return self.walkthrough.numbers[quantity.node]
        return None

    def find_number(self, name: str) -> float:
        """Return the number of a name; one that isn't there yet is an error."""
        quantity = self.find_quantity(name)
        number = self.read_quantity(quantity)
        if number is None and quantity.is_gradient:
            raise NotThereError(f"{name} has no number yet: nothing has flowed back to it")
        if number is None:
            raise InputError(f"{name} has no number yet: step forward to where it is computed")
        return number

    def describe_change(self, number: int) -> str:
        """Say what a step changes: the numbers first, since a name may be cut off."""
        step, its = self.get_step(number), self.walkthrough
        if isinstance(step, Computed):
            return f"{show_short(its.numbers[step.node])} in {its.data_names[step.node]}"
        if isinstance(step, Seed):
            return f"1 in {its.gradient_names[step.node]}"
        before, after = show_short(self.find_before(number)), show_short(step.after)
        if before == after:  # a change is told, however small
            before, after = repr(step.before), repr(step.after)
        return f"{before} → {after} in {its.gradient_names[step.input]}"

    def find_before(self, number: int) -> float | None:
        """Return the gradient to which a step back adds, None where nothing has arrived before."""
        step = self._get_back(number)
        return None if self.first[step.input] == number else step.before

    # Moving until something is met.

    def run_to_stop(self, way: int, say: Callable[[str], object] = print) -> Stop:
        """Go on forward (1) or back (−1) until something is met, and say why it stopped.

        Where that takes long, it pauses: to go on is asked for again.
        """
        position = begin = self.position
        end = time.monotonic() + LONGEST_RUN
        while 0 <= position + way <= len(self):
            if abs(position - begin) % STEPS_UNTIMED == 1 and time.monotonic() > end:
                self.goto(position)
                return Stop("pause", f"{LONGEST_RUN:g} s have passed: continue goes on")
            number = position + 1 if way > 0 else position  # of the step taken, or taken back
            position += way
            for stop, condition, seen_at in self._list_reasons(number, position):
                self.goto(seen_at)  # the same numbers whichever way it was reached
                if condition is None or self._is_met(condition, say):
                    self.goto(position)
                    return stop
        self.goto(position)
        return Stop("step", AT_END if way > 0 else AT_BEGINNING)

    def _list_reasons(
        self, number: int, position: int
    ) -> Iterator[tuple[Stop, Condition | None, int]]:
        """Yield the reasons to stop after a step: each with its condition and where it is judged.

        A condition on a change is judged after the change, also in reverse.
        """
        step = self.get_step(number)
        if isinstance(step, Step):
            for name in self.alarms:
                if ALARMS[name].happens(step):
                    told = f"{ALARMS[name].label}: {self.describe_change(number)}"
                    yield Stop("exception", told), None, position
        quantity = self.find_changed(step)
        if quantity in self.changes and (not isinstance(step, Step) or changes(step)):
            stop = Stop("data breakpoint", self.describe_change(number))
            yield stop, self.changes[quantity], number
        if position in self.lines:
            yield Stop("breakpoint"), self.lines[position], position

    @staticmethod
    def find_changed(step: Computed | Seed | Step) -> Quantity:
        """Return what a step is about."""
        node = step.input if isinstance(step, Step) else step.node
        return Quantity(node, not isinstance(step, Computed))

    def _is_met(self, condition: Condition, say: Callable[[str], object]) -> bool:
        """Tell whether a condition holds; one that can't be judged does, and it is said why."""
        try:
            return condition.is_met(self.find_number)
        except InputError as error:
            say(str(error))
            return True

    # The path from the root.

    def list_frames(self) -> list[tuple[str, int]]:
        """Return the path from the next step up to the root: what is done, and its position.

        A node is reached by its largest share. In the forward pass, the path is that by which its
        gradient will come.
        """
        step, names = self.next, self.graph.names
        if step is None:
            return [(AT_END, self.position)]
        node = step.node
        if isinstance(step, Step):
            name = f"{names[node]} → {names[step.input]}"
        else:
            name = f"{'compute' if isinstance(step, Computed) else 'back from'} {names[node]}"
        found = [(name, self.position)]
        while node in self._largest and len(found) < MOST_FRAMES:
            number = self._largest[node]
            above = self._get_back(number).node
            found.append((f"{names[above]} → {names[node]}", number - 1))
            node = above
        return found

    def _get_back(self, number: int) -> Step:
        """Return a step of the backward pass by its number."""
        return self.backprop.steps[number - self.start - 1]

    # The same with other numbers.

    def with_number(self, leaf: Value, number: float) -> Timeline:
        """Return the timeline of a copy of the graph in which a leaf has another number.

        It stands at the same place, and stops at the same lines and changes. A branch that the
        number would turn is an error, as in surgery.
        """
        original, pins = self.original, {**self.pins, self.originals[leaf]: number}
        copies = rebuild_graph(original.graph, Changes(pins=pins))
        walkthrough = Walkthrough(name_copies(original.graph, copies))
        walkthrough.parameters = {copies[node] for node in original.parameters}
        other = Timeline(walkthrough)
        other.original, other.pins = original, pins
        other.originals = {copy: node for node, copy in copies.items()}
        other.lines, other.alarms = self.lines, self.alarms
        other.changes = {
            Quantity(copies[self.originals[node]], is_gradient): condition
            for (node, is_gradient), condition in self.changes.items()
        }
        other.goto(self.position)
        return other
