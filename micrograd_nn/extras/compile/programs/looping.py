"""The loops of a function: what their lines take from one another, what is kept, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import Any

from ....engine.operation import Lookup
from ....engine.value import Value
from ....graph.loops import CONSTANTS, INPUTS, PARAMETERS, Line, Loop, Operand, find_loops
from ....notation.writing.identifiers import Identifiers
from .blocks import Array, Block, Step, Taken, find_extent, find_sources, is_node, write_item
from .operands import find_uses, list_operands, list_places
from .operations import has_failing_partials, list_wanted
from .operations import taken as at_once
from .statements import LoopStatements, Statements

COUNTERS = "ijk"
FEW_IN_RUN = 4  # which are written out


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
        self.inside: dict[Value, Step] = {}  # what lines outside take from loops
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
            step.keeps_value = True
        for taken in step.taken:
            own = taken.own
            if own is None:
                for source in taken.sources:
                    source.keeps_value = True
                    source.keeps_slope = source.is_needed
                if taken.sources:
                    self.unite(step, taken)
                continue
            if taken.is_used and step.is_needed and own.is_inside:
                own.keeps_value = True
            if own.block is not step.block:
                own.is_named = True
                own.is_slope_named = own.is_needed

    def unite(self, step: Step, taken: Taken) -> None:
        """Let all that an operand takes stand in one array."""
        first, *others = dict.fromkeys([source.array for source in taken.sources])
        for other in others:
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
                source.keeps_value = True
                source.array.add_moves(places[x], [])
                source.keeps_slope = source.is_needed
                self.inside[x] = source
        self.settle()

    def list_items(self, graph: Sequence[Value]) -> Iterator[Value | Block]:
        """Yield what a function consists of: leaves, and nodes and loops in their order."""
        yield from [x for x in graph if x in self.leaves]
        for item in self.whole.items:
            yield item if isinstance(item, Block) else item.node

    def list_needed(self) -> set[Value]:
        """Return the nodes outside, and those that they take, that a gradient flows through."""
        found = {**self.outside, **self.inside}
        return {x for x, step in found.items() if step.is_needed}

    def list_slopes(self) -> dict[Value, str]:
        """Return where what arrives is added, of what loops take or give."""
        found = {
            x: step.slope_text
            for x, step in self.outside.items()
            if step.keeps_slope or step.is_slope_named
        }
        for x, step in self.inside.items():
            if step.keeps_slope:
                place = step.array.find_index(Operand(self.places[x]))
                found[x] = write_item(step.array.slope, place)
        return found

    def write_outside(self, x: Value) -> str:
        """Return the text of a result of a loop, for a line outside."""
        array = self.inside[x].array
        return write_item(array.name, array.find_index(Operand(self.places[x])))

    def settle(self) -> None:
        """Give all that has an array or a name its name, and turns their counters."""
        new = self.names.new
        for step in self.steps:
            label = step.node.label or "v"
            if step.keeps_value or step.keeps_slope:
                if step.array not in self.arrays:
                    self.arrays.append(step.array)
                    step.array.settle()
                    step.array.name = new(label)
                    step.array.slope = new(f"d_{step.array.name}")
            elif step.is_named or step.is_slope_named:
                step.name = new(label)
            if step.is_slope_named and not step.keeps_slope:
                step.slope = new(f"d_{step.name or step.array.name}")
        counters: list[str] = []
        for block in dict.fromkeys(block for step in self.steps for block in step.blocks[1:]):
            depth = len(block.around)
            if depth > len(counters):
                counters.append(new(COUNTERS[min(depth, len(COUNTERS)) - 1]))
            block.counter = counters[depth - 1]

    def repeats_slopes(self) -> bool:
        """Tell whether some parameter receives more than once from a row."""
        wanted = [
            (step, taken.operand)
            for step in self.steps
            for taken in step.taken
            if not is_node(taken.operand) and self.is_wanted(taken)
        ]
        places = [x for step, of in wanted for x in list_places(of.place, step.list_turns(of))]
        is_chosen = any(isinstance(step.operation, Lookup) for step, _ in wanted)
        return is_chosen or len({*places}) < len(places)  # to which it goes, only a row tells

    def declare_values(self) -> list[str]:
        """Return the lines that make room for results."""
        kept = [x for x in self.arrays if any(step.keeps_value for step in x.steps)]
        return [self.statements.declare_array(x.name, x.size) for x in kept]

    def declare_slopes(self) -> list[str]:
        """Return the lines that begin the sums of what arrives, in arrays and at single nodes."""
        kept = [x for x in self.arrays if any(step.keeps_slope for step in x.steps)]
        named = [x for x in self.outside.values() if x.is_slope_named and not x.keeps_slope]
        sums = [self.statements.begin_sums(x.slope, x.size) for x in kept]
        return [*sums, *[self.statements.begin_sum(step.slope) for step in named]]

    def find_value(self, taken: Taken) -> tuple[str, Operand]:
        """Return the array that what a line takes is in, and where."""
        operand = taken.operand
        if is_node(operand):
            array = taken.sources[0].array
            return array.name, array.find_index(operand)
        leaves = (CONSTANTS, "constants"), (INPUTS, self.statements.row), (PARAMETERS, "parameters")
        first, name = next(x for x in leaves if operand.place >= x[0])
        return name, operand._replace(place=operand.place - first)

    def write_value(self, step: Step, taken: Taken) -> str:
        """Return the text of one number that a line takes."""
        own, operand = taken.own, taken.operand
        if own is not None and not own.keeps_value:
            return own.name
        if operand.place in self.leaf_names and not any(operand.strides):
            return self.leaf_names[operand.place]
        return write_item(*self.find_value(taken), step.blocks)

    def find_slope(self, taken: Taken) -> tuple[str, Operand]:
        """Return the array that the derivative by what a line takes is in, and where."""
        operand = taken.operand
        if not is_node(operand):
            place = operand.place - PARAMETERS - self.columns.start
            return self.statements.columns, operand._replace(place=place)
        array = taken.sources[0].array
        return array.slope, array.find_index(operand)

    def write_slope(self, step: Step, taken: Taken) -> str:
        """Return the text of the derivative by one number that a line takes."""
        own, operand = taken.own, taken.operand
        if own is not None and not own.keeps_slope:
            return own.slope
        if is_node(operand) or is_in_columns(operand):
            return write_item(*self.find_slope(taken), step.blocks)
        return self.slopes[operand.place - PARAMETERS]


def is_in_columns(operand: Operand) -> bool:
    """Tell whether the derivative by a leaf is an item of ``columns``, in a run or by a stride."""
    return not is_node(operand) and (operand.length > 1 or any(operand.strides))


def find_looping(
    program: Any, kind: int | str, leaves: Mapping[Value, str], names: Identifiers,
    statements: Statements,
) -> Looping | None:  # fmt: skip
    """Return the loops of a function, None if it has no large one."""
    graph, parameters = program.graph, [*program.parameters]
    is_gradient = isinstance(kind, int)
    if (
        not isinstance(statements, LoopStatements)
        or len(graph) < statements.fewest_nodes
        or not (is_gradient or kind == "predict")
        or (is_gradient and (len(program.outputs) > 1 or [*program.wrt] != parameters))
    ):
        return None
    roots = [program.outputs[kind]] if is_gradient else program.outputs
    compared = {*program.branches}
    compared.update(x for _, x, _ in chain(*program.branches.values()) if isinstance(x, Value))

    def stands_alone(x: Value) -> bool:
        """Tell whether a node is compared, looked up, somebody's own or may fail."""
        operation = x.operation
        if operation is None:
            return False
        if x in compared or isinstance(operation, Lookup) or not operation.is_row:
            return True
        return x in program.differentiated and has_failing_partials(
            operation, list_wanted(program, x)
        )

    alone = {x for x in graph if stands_alone(x)}
    chosen = {x for x in alone if x.operation is at_once}
    if chosen:  # what flows to these flows on at once, from where they are used
        alone.update(x for x in graph if not chosen.isdisjoint(x.inputs))
    places = {x: PARAMETERS + i for i, x in enumerate(parameters)}
    places |= {x: INPUTS + i for i, x in enumerate(program.inputs)}
    leaf_names = {place: leaves[x] for x, place in places.items()}
    items = [
        item if isinstance(item, Loop) or item.node in alone else loop_over_runs(item, statements)
        for item in find_loops(graph, places, alone, statements.most_written)
    ]
    if not any(isinstance(item, Loop) for item in items):
        return None
    constants = [x.number for x, place in places.items() if place >= CONSTANTS]
    looping = Looping(Block(items), constants, leaf_names, names, statements, is_gradient)
    looping.open(places, roots, compared)
    return looping


def loop_over_runs(line: Line, statements: LoopStatements) -> Line | Loop:
    """Return a line as a loop of one turn, if it is a sum over long runs of inputs."""
    longest = max([x.length for x in line.operands], default=0)
    is_sum = line.operation in statements.looped
    if not is_sum or longest <= max(statements.longest_written, FEW_IN_RUN):
        return line
    result, *operands = [x._replace(strides=(0,)) for x in (line.result, *line.operands)]
    return Loop(1, [line._replace(result=result, operands=operands)])
