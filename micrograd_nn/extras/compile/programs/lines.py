"""From a recorded graph to the lines of a function: its forward part, and its backward part.

Nothing here knows an operation, nor a language. Forward lines are the rows' written forms on names;
backward lines are what the rows' derivative rules give when they run on symbols, in the order of
``backward()``. Which expressions have a line of their own, and its text, stands in ``listing.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, compress
from typing import Any

from ....engine.operation import Lookup, Operation
from ....engine.table import add, mul, truediv
from ....engine.value import Value
from ....graph.loops import CONSTANTS, INPUTS, PARAMETERS, Line, Loop, find_loops
from ....notation.writing.expressions import Expressions
from ....notation.writing.identifiers import Identifiers
from .blocks import SUMS, Block, Step
from .branches import Branches, sort_branches
from .choosing import Choosing, Spreading
from .listing import Listing
from .looping import Looping
from .operations import NEVER_FAIL, taken
from .statements import LoopStatements, Statements

PREDICT = "predict"  # the function of results alone
FEW_IN_RUN = 4  # which are written out
MOST_SUMMED = 20  # terms in one line of a derivative


class FunctionWriter:
    """Writes one function from a graph: first its forward lines, then its backward lines."""

    def __init__(
        self,
        graph: Sequence[Value],
        leaves: Mapping[Value, str],
        branches: Branches,
        names: Identifiers,
        constants: Collection[Value],
        statements: Statements,
        expressions: Expressions | None = None,
        looping: Looping | None = None,
    ) -> None:
        self.graph = graph
        self.looping = looping
        self.leaves = leaves
        self.constants = constants
        self.branches = branches
        self.names = names
        self.expressions = expressions or Expressions()
        self.of: dict[Value, int] = {} if looping is None else Reading(self)
        self.inputs_of: dict[Value, tuple[Value, ...]] = {}
        self.listing = Listing(self.expressions, names, statements, len(graph))
        self.statements = statements
        self.notation = statements.notation
        self.differentiated: Collection[Value] = ()  # whose derivatives may fail, of use or not
        self.choosing = Choosing(self.listing)

    def add_forward(self) -> None:
        """Add one expression for each node, and a guard for each branch taken."""
        expressions, of, constants = self.expressions, self.of, self.constants
        operations, find_expression = expressions.operations, of.__getitem__
        branches = sort_branches(self.graph, self.branches)
        guarded: set[tuple[int, str, int, bool]] = set()
        labels = self.listing.labels
        looping = self.looping
        if looping is not None:
            self.listing.add_lines(looping.declare_values())
        for node in self.graph if looping is None else looping.list_items(self.graph):
            if isinstance(node, Block):
                assert looping is not None
                self.listing.add_lines(looping.write_forward(node))
                continue
            operation = node.operation
            count = len(operations)
            if node in constants:
                of[node] = expressions.constant(node.number)
            elif operation is None:
                labels[count] = self.leaves[node]
                of[node] = expressions.leaf()
            else:
                self.inputs_of[node] = given = node.inputs
                inputs = tuple(map(find_expression, given))
                count = len(operations)  # some of them may be new
                if isinstance(operation, Lookup):
                    x = self.choosing.take_value(node, inputs)
                else:
                    x = expressions.apply(operation, inputs)
                of[node] = x
                if x >= count and node.label:
                    labels[x] = node.label
                if node in self.differentiated:
                    self.add_checks(node, inputs)
                if looping is not None:
                    self.keep_result(node)
            if node in branches:
                for compared, (how, other, outcome) in branches[node]:
                    first = of[compared]
                    second = of[other] if isinstance(other, Value) else expressions.constant(other)
                    guard = first, how, second, outcome
                    if guard not in guarded and not {first, second} <= expressions.constants.keys():
                        guarded.add(guard)
                        self.listing.named.update((first, second))
                        self.listing.add(
                            partial(self.statements.guard, how, outcome), first, second
                        )
        self.listing.forward_end = len(operations)

    def keep_result(self, node: Value) -> None:
        """Add the line that keeps a result for the loops that take it, if any does."""
        assert self.looping is not None
        step, assign = self.looping.outside[node], self.statements.assign
        if step.keeps_value:
            text = self.looping.write_result(step)
            self.listing.add(partial(assign, text, is_new=False), self.of[node])
        elif step.is_named:
            self.listing.add(partial(assign, step.name), self.of[node])
            self.of[node] = self.listing.add_leaf(step.name)

    def set_parameters(self, parameters: Iterable[Value]) -> None:
        """Tell which leaves are in the list ``parameters``, in their order, as the lines run."""
        self.choosing.listed = {x: i for i, x in enumerate(parameters)}

    def name_slopes(self, wrt: Sequence[Value], in_columns: bool = False) -> dict[Value, str]:
        """Return a name for the derivative by each leaf.

        Those that lookups add to by an index are items of an array, if there may be such.
        """
        columns: Mapping[Value, int] = {}
        array = self.statements.columns
        if self.looping is not None:
            its = self.looping.columns
            columns = {x: i for i, x in enumerate(wrt[its.start : its.stop])}
            self.choosing.columns, self.choosing.first_column = columns, its.start
        elif in_columns:
            columns = self.choosing.find_columns(self.graph, wrt, self.constants)
        slopes = {
            x: f"{array}[{columns[x]}]" if x in columns else self.names.new(f"d_{self.leaves[x]}")
            for x in wrt
        }
        if self.looping is not None:
            self.looping.slopes = [*slopes.values()]
        return slopes

    def list_names(self, leaves: Iterable[Value]) -> list[str]:
        """Return the names of leaves."""
        return [self.leaves[x] for x in leaves]

    def add_results(self, roots: Iterable[Value]) -> None:
        """Add the forward part, and the line that keeps the results of a row."""
        self.add_forward()
        self.listing.add(self.statements.keep_all, *[self.of[root] for root in roots])

    def add_gradient(self, root: Value, slopes: Mapping[Value, str]) -> None:
        """Add the line that keeps a result, and the backward part, behind a forward part."""
        self.listing.add(self.statements.keep, self.of[root])
        self.listing.add(partial(self.statements.comment, "Backward"))
        if self.looping is not None:
            self.listing.add_lines(self.looping.declare_slopes())
        self.add_backward(root, slopes)

    def add_checks(self, node: Value, inputs: Sequence[int]) -> None:
        """Add a line for each derivative of a node that may fail for other numbers."""
        assert node.operation is not None
        expressions, listing = self.expressions, self.listing
        known = len(expressions)  # before its derivatives
        wanted = tuple([x not in self.constants for x in node.inputs])
        if not has_failing_partials(node.operation, wanted):
            return
        given = [self.of[node], *inputs]
        pattern = expressions.find_partials(node.operation, given, wanted)
        partials = [*expressions.instantiate(pattern, given)]
        listing.not_nodes.update(range(known, len(expressions)))
        if not NEVER_FAIL.issuperset(filter(None, expressions.operations[known:])):
            for x in partials:
                if x in listing.not_nodes and x not in listing.labels:
                    listing.labels[x] = "derivative"
                    listing.needed.add(x)

    def add_backward(self, root: Value, wanted: Mapping[Value, str]) -> None:
        """Add what the chain rule gives: the derivatives of the root by the wanted leaves.

        What arrives at a node is one sum when its turn comes: all that use it have had theirs.
        """
        expressions, of, listing = self.expressions, self.of, self.listing
        operations, find_expression = expressions.operations, of.__getitem__
        own = wanted if self.looping is None else self.looping.leaves & wanted.keys()
        increase = {x: partial(self.statements.increase, wanted[x]) for x in own}
        entries, slope_of = listing.entries, listing.slope_of
        sums = expressions.find_known(add)
        looping, needed = self.looping, self.find_needed(wanted)
        seed = self.listing.add_leaf("upstream")
        arrived: dict[Value, list[int]] = {root: [seed]}
        sums_of: Mapping[Value, str] = {}  # of what loops take or give: where what arrives is added
        if looping is not None:
            sums_of = looping.list_slopes()
            self.listing.add_lines(looping.begin_outside())
            increase |= {x: partial(looping.statements.add_term, to) for x, to in sums_of.items()}
            if root in sums_of:
                entries.append((len(operations), increase[root], (seed,), -1))
                arrived = {}
        spreading = Spreading(self.choosing, needed, increase, arrived)
        are_taken = {x for x in self.inputs_of if x.operation is taken}
        for node in reversed(self.graph) if looping is None else reversed(looping.whole.items):
            if isinstance(node, Block):
                assert looping is not None
                self.listing.add_lines(looping.write_backward(node))
                continue
            if isinstance(node, Step):
                node = node.node
            amounts = arrived.pop(node, None)
            if node in sums_of:
                amounts = [self.listing.add_leaf(sums_of[node])]
            if amounts is None or node not in needed:
                continue
            while len(amounts) > 1:
                summed = tuple(amounts[:MOST_SUMMED])
                amounts[:MOST_SUMMED] = [expressions.add(add, sums, summed)]
            (upstream,) = amounts
            if node in wanted:  # the root itself
                entries.append((len(operations), increase[node], (upstream,), -1))
                continue
            operation, out, inputs = node.operation, of[node], self.inputs_of[node]
            assert operation is not None
            if upstream != seed and out not in expressions.constants:
                slope_of.setdefault(upstream, out)
            switch = -1
            if operations[upstream] is mul and listing.is_switch(upstream):
                listing.named.add(upstream)
                if arrived or looping is not None:
                    switch = upstream
                else:  # all to come flows through this node
                    skip = self.statements.skip_row
                    entries.append((len(operations), skip, (upstream,), -1))
            if isinstance(operation, Lookup):
                spreading.spread(node, upstream)
                continue
            are_wanted = None
            if not needed.issuperset(inputs):
                are_wanted = tuple([x in needed for x in inputs])
            there = [upstream, out, *map(find_expression, inputs)]
            pattern = expressions.find_amounts(operation, there, are_wanted)
            receivers = inputs if are_wanted is None else compress(inputs, are_wanted)
            for x, amount in zip(receivers, expressions.instantiate(pattern, there), strict=True):
                if amount is None:  # nothing flows there
                    continue
                if x in are_taken:
                    spreading.spread(x, amount)
                elif x in increase:
                    entries.append((len(operations), increase[x], (amount,), switch))
                else:
                    arrived.setdefault(x, []).append(amount)

    def find_needed(self, wanted: Iterable[Value]) -> set[Value]:
        """Return the nodes that depend on what is wanted: ``find_dependents`` of the graph."""
        needed = set(wanted)
        if self.looping is not None:
            needed |= self.looping.list_needed()
        for node, inputs in self.inputs_of.items():
            if not needed.isdisjoint(inputs):
                needed.add(node)
        return needed

    def write_lines(self) -> Iterable[str]:
        """Return the function's lines, each expression before the first line that needs it."""
        return self.listing.write_lines()


class Reading(dict[Value, int]):
    """The expressions of values, those in loops by where they are kept."""

    def __init__(self, writer: FunctionWriter) -> None:
        super().__init__()
        self.writer = writer

    def __missing__(self, x: Value) -> int:
        looping = self.writer.looping
        assert looping is not None
        self[x] = found = self.writer.listing.add_leaf(looping.write_outside(x))
        return found


def begin_function(
    program: Any, kind: int | str, names: Identifiers, statements: Statements
) -> FunctionWriter:
    """Return a writer of one function of a program, whatever the language.

    ``kind`` is the place of the output whose gradient it has, or the name of another function.
    """
    known = {**program.parameters, **program.inputs}
    leaves = dict(zip(known, names.keep(known.values()), strict=True))
    writer = FunctionWriter(
        program.graph, leaves, program.branches, names, program.constants, statements,
        looping=find_looping(program, kind, leaves, names, statements),
    )  # fmt: skip
    if isinstance(kind, int) or not program.wrt:  # predictions of a training need no derivatives
        writer.differentiated = program.differentiated
    return writer


def loop_over_runs(line: Line, statements: LoopStatements) -> Line | Loop:
    """Return a line as a loop of one turn, if it is a sum over long runs of inputs."""
    longest = max([x.length for x in line.operands], default=0)
    is_sum = line.operation in statements.looped
    if not is_sum or longest <= max(statements.longest_written, FEW_IN_RUN):
        return line
    result, *operands = [x._replace(strides=(0,)) for x in (line.result, *line.operands)]
    return Loop(1, [line._replace(result=result, operands=operands)])


@lru_cache(maxsize=128)
def has_failing_partials(operation: Operation, wanted: tuple[bool, ...]) -> bool:
    """Tell whether some derivative by the inputs that are wanted may fail for other numbers."""
    if operation is truediv or (operation in NEVER_FAIL and operation in SUMS):
        return False  # those of a quotient divide by what it has divided by already
    expressions = Expressions()
    given = [expressions.leaf() for _ in range(1 + len(wanted))]
    pattern = expressions.find_partials(operation, given, wanted)
    list(expressions.instantiate(pattern, given))  # which adds them
    return not NEVER_FAIL.issuperset(filter(None, expressions.operations))


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
            operation, tuple([y not in program.constants for y in x.inputs])
        )

    alone = {x for x in graph if stands_alone(x)}
    at_once = {x for x in alone if x.operation is taken}
    if at_once:  # what flows to these flows on at once, from where they are used
        alone.update(x for x in graph if not at_once.isdisjoint(x.inputs))
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
