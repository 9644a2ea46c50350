"""The listing of a function: which of its expressions have a line and a name, and their text.

An expression that is used once stands within the line that uses it. A node has a line of its own,
for those who read or step through a program; in a large one, only where that is of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import compress, repeat
from typing import NamedTuple

from ....engine.operation import Operation, Reduction
from ....engine.table import add, mul, step
from ....notation.writing.expressions import Expressions
from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import MOST_TERMS, Layout, Text
from .blocks import Step
from .operations import NEVER_FAIL
from .statements import Statements

MANY_NODES = 1000  # from this number on, a node without a label may stand within another's line
MOST_SUMMED = 20  # terms in one line of a derivative


class Entry(NamedTuple):
    """A line that must stand in a program, behind the first ``known`` expressions.

    Its text is written of those of the expressions ``given``. The ``switch`` is a factor of it that
    is often 0, which saves the line; -1 if there is none.
    """

    known: int
    write: Callable[..., str] | None
    given: tuple[int, ...] = ()
    switch: int = -1


class Listing:
    """The lines of one function: what must stand there, and what that needs."""

    def __init__(self, names: Identifiers, statements: Statements, nodes: int) -> None:
        self.expressions = Expressions()
        self.names = names
        self.statements = statements
        self.notation = statements.notation
        self.folds_nodes = nodes >= MANY_NODES
        self.entries: list[Entry] = []
        self.labels: dict[int, str] = {}  # of leaves: their names
        self.leaves: dict[str, int] = {}  # the other way around
        self.slope_of: dict[int, int] = {}  # of which node's expression one is the derivative
        self.forward_end = 0  # where the expressions of nodes end
        self.not_nodes: set[int] = set()  # of the expressions up to there
        self.needed: set[int] = set()  # besides what entries and nodes need
        self.named: set[int] = set()  # what an entry takes by its name only
        self.layouts: dict[tuple[Operation, int], Layout | None] = {}

    def add(self, write: Callable[..., str], *expressions: int, switch: int = -1) -> None:
        """Add a line after all expressions that are known by now."""
        known = len(self.expressions.operations)
        self.entries.append(Entry(known, write, expressions, switch))

    def add_lines(self, lines: Sequence[str]) -> None:
        """Add lines as they are, after all expressions that are known by now."""
        if lines:
            text = "\n".join(lines)
            self.add(lambda: text)

    def find_leaf(self, text: str) -> int:
        """Return the expression of what has a name, or stands in an array: one for each text."""
        if text not in self.leaves:
            self.leaves[text] = self.expressions.leaf()
            self.labels[self.leaves[text]] = text
        return self.leaves[text]

    def keep(self, line: Step, x: int) -> int:
        """Add what keeps a line's result for others that take it, if any does, and return it."""
        assign = self.statements.assign
        if line.keeps_value:
            self.add(partial(assign, line.text, is_new=False), x)
        elif line.is_named:
            self.add(partial(assign, line.name), x)
            return self.find_leaf(line.name)
        return x

    def add_up(self, amounts: list[int]) -> int:
        """Return the sum of what has arrived somewhere, if that is much, in parts."""
        expressions = self.expressions
        while len(amounts) > 1:
            summed = tuple(amounts[:MOST_SUMMED])
            amounts[:MOST_SUMMED] = [expressions.add(add, expressions.find_known(add), summed)]
        return amounts[0]

    def find_switch(self, x: int) -> int:
        """Return a gradient that is nothing where a step is off, as behind every relu; -1 if not.

        A line that multiplies by it needn't run then: half of a network's neurons may be off.
        """
        operations = self.expressions.operations
        if not self.statements.skips or operations[x] is not mul:
            return -1
        if all(operations[y] is not step for y in self.expressions.inputs[x]):
            return -1
        self.named.add(x)
        return x

    def write_lines(self) -> list[str]:
        """Return the lines, each expression before the first line that needs it."""
        operations, all_inputs = self.expressions.operations, self.expressions.inputs
        statements, parentheses = self.statements, self.notation.parentheses
        labels, layouts, slope_of = self.labels, self.layouts, self.slope_of
        folds_nodes, assign = self.folds_nodes, statements.assign
        uses, nodes, not_nodes = self.count_uses(), self.forward_end, self.not_nodes
        taken = self.names.taken
        unnamed, temporary = self.names.count_up("v"), self.names.count_up("t")
        count = len(operations)
        # The text of each expression, its outermost operator, and how many operations it has; the
        # sign of a number is one.
        texts, operators, sizes = [""] * count, [""] * count, [0] * count
        for x, number in self.expressions.constants.items():
            if uses[x]:  # C can't write all that simplifying has made needless
                texts[x], operators[x], _ = self.notation.write_number(number)
                sizes[x] = int(operators[x] != "")
        for x, label in labels.items():
            if operations[x] is None:
                texts[x] = label
        start = 0
        find_text = texts.__getitem__
        lines: list[str] = []
        switch = -1
        for known, write, given, its_switch in [*self.entries, Entry(count, None)]:
            for x in range(start, known):
                operation, used = operations[x], uses[x]
                if operation is None or not used:
                    continue
                inputs = all_inputs[x]
                size = 1
                for a in inputs:
                    size += sizes[a]
                rest: Sequence[str] = ()
                key = operation, len(inputs)
                layout = layouts[key] if key in layouts else self.find_layout(*key)
                if layout is None:
                    (text, operator, size), *more = self.notation.write_parts(
                        operation, [Text(texts[a], operators[a], sizes[a]) for a in inputs]
                    )
                    rest = [part.text for part in more]
                elif size == 1:  # of names alone
                    text, operator = layout.format(*map(find_text, inputs)), layout.operator
                else:
                    operands = [
                        parentheses.format(texts[a]) if operators[a] in enclosed else texts[a]
                        for a, enclosed in zip(inputs, layout.enclosed)  # noqa: B905 (for speed)
                    ]
                    text, operator = layout.format(*operands), layout.operator
                is_node, slope = x < nodes and x not in not_nodes, -1
                if not is_node and x in slope_of and texts[slope_of[x]].isidentifier():
                    slope = slope_of[x]
                if not (
                    used > 1
                    or size > MOST_TERMS
                    or slope >= 0
                    or x in labels
                    or rest
                    or (is_node and not (folds_nodes and operation in NEVER_FAIL))
                ):
                    texts[x], operators[x], sizes[x] = text, operator, size
                    continue
                if x in labels:
                    name = self.names.new(labels[x])
                elif is_node:
                    name = next(unnamed)
                elif slope < 0:
                    name = next(temporary)
                else:
                    name = f"d_{texts[slope]}"
                    name = self.names.new(name) if name in taken else name
                    taken.add(name)
                texts[x] = name
                if switch >= 0:
                    lines += self.end_switch()
                    switch = -1
                lines.append(assign(name, text))
                for part in rest:
                    lines.append(assign(name, f"{name}{part}", is_new=False))
            start = known
            if its_switch != switch:
                if switch >= 0:
                    lines += self.end_switch()
                switch = its_switch
                if switch >= 0:
                    lines.append(statements.begin_if.format(texts[switch]))
            if write is not None:
                line = write(*map(find_text, given))
                if switch >= 0:
                    line = statements.indent + line.replace("\n", f"\n{statements.indent}")
                lines.append(line)
        return lines

    def end_switch(self) -> list[str]:
        """Return what ends the lines that are left out where a switch is off, if anything does."""
        return [self.statements.end_if] if self.statements.end_if else []

    def find_layout(self, operation: Operation, count: int) -> Layout | None:
        """Return how an operation of ``count`` inputs is written, if always alike."""
        layout: Layout | None
        if operation is add and count > 2:  # a sum from left to right
            two = self.find_layout(add, 2)
            assert two is not None
            form = "{0}"
            for i in range(1, count):
                form = two.format(form, f"{{{i}}}")
            first, other = two.enclosed
            layout = Layout(form.format, (first, *[other] * (count - 1)), two.operator)
        else:
            layout = self.notation.find_layout(operation, count)
        self.layouts[operation, count] = layout
        return layout

    def count_uses(self) -> list[int]:
        """Return how often each expression is used; once more for each use that needs a name."""
        operations, all_inputs = self.expressions.operations, self.expressions.inputs
        uses = [0] * len(operations)
        for x in self.needed:
            uses[x] += 2
        for x in self.named:
            uses[x] += 2
        for entry in self.entries:
            for x in entry.given:
                uses[x] += 1
        whole = {operation: self.find_whole(operation) for operation in self.expressions.known}
        slope_of, nodes, not_nodes = self.slope_of, self.forward_end, self.not_nodes
        for x in range(len(operations) - 1, -1, -1):  # results before inputs
            operation = operations[x]
            if operation is None:
                continue
            if not uses[x]:
                # A line whose result nobody needs may still be the check of a domain.
                if not (x in slope_of or (x < nodes and x not in not_nodes)):
                    continue
                uses[x] = 2
            inputs, places = all_inputs[x], whole[operation]
            for y in inputs:
                uses[y] += 1
            if places is not None:
                for y in compress(inputs, places):
                    uses[y] += 1
        return uses

    def find_whole(self, operation: Operation) -> Iterable[bool] | None:
        """Tell which inputs an operation's form takes as names only, None if it takes any text."""
        needs_name = self.notation.needs_name
        if isinstance(operation, Reduction):
            return repeat(True) if needs_name(operation, 0) else None
        found = [needs_name(operation, i) for i in range(len(operation.inputs))]
        return found if any(found) else None
