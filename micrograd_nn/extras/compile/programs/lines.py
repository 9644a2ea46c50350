"""From a recorded graph to the lines of a function: its forward part, and its backward part.

Nothing here knows an operation, nor a language. Forward lines are the rows' written forms on names;
backward lines (``backward.py``) are what the rows' derivative rules give when they run on symbols,
in the order of ``backward()``. Which expressions have a line of their own, and its text, stands in
``listing.py``; what is kept between loops in ``looping.py``, and their bodies in ``bodies.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from ....engine.operation import Lookup, Operation
from ....engine.table import truediv
from ....engine.value import Value
from ....graph.loops import CONSTANTS, INPUTS, PARAMETERS, Line, Loop, find_loops
from ....notation.writing.expressions import Expressions
from ....notation.writing.identifiers import Identifiers
from .backward import Backward
from .blocks import SUMS, Block
from .bodies import write_loop
from .branches import sort_branches
from .listing import Listing
from .lookups import Choosing
from .looping import Looping
from .operations import NEVER_FAIL, taken
from .statements import LoopStatements, Statements

PREDICT = "predict"  # the function of results alone
FEW_IN_RUN = 4  # which are written out
FEW_NAMES = 6  # which are told


class FunctionWriter:
    """Writes one function of a program, whatever the language: forward lines, then backward lines.

    ``kind`` is the place of the output whose gradient it has, or the name of another function.
    """

    def __init__(
        self, program: Any, kind: int | str, names: Identifiers, statements: Statements
    ) -> None:
        known = {**program.parameters, **program.inputs}
        self.leaves = dict(zip(known, names.keep(known.values()), strict=True))
        self.program, self.kind, self.graph = program, kind, program.graph
        self.names, self.statements = names, statements
        self.notation: Any = statements.notation
        self.parameters, self.inputs, self.wrt = (
            [self.leaves[x] for x in these]
            for these in (program.parameters, program.inputs, program.wrt)
        )
        self.listing = Listing(names, statements, len(self.graph))
        self.expressions = self.listing.expressions
        listed = [*program.parameters] if statements.has_items else []
        self.choosing = Choosing(self.expressions, listed)
        looping = find_looping(program, kind, self.leaves, names, statements)
        self.looping: Any = looping  # None where nothing repeats itself
        self.items: Sequence[Value | Block] = self.graph
        self.of: dict[Value, int] = {}
        if looping is not None:
            self.items = [*looping.list_items(self.graph)]
            self.of = {x: self.listing.find_leaf(looping.write_outside(x)) for x in looping.inside}
        self.inputs_of: dict[Value, tuple[Value, ...]] = {}
        # Nodes whose derivatives may fail, of use or not: predictions of a training need none.
        is_checked = isinstance(kind, int) or not program.wrt
        self.differentiated: Collection[Value] = program.differentiated if is_checked else ()
        self.columns = range(0)  # the places of the derivatives that are items of an array
        self.slopes: dict[Value, str] = {}

    def add_forward(self) -> None:
        """Add one expression for each node, and a guard for each branch taken."""
        expressions, of, listing = self.expressions, self.of, self.listing
        branches = sort_branches(self.graph, self.program.branches)
        guarded: set[tuple[int, str, int, bool]] = set()
        if self.looping is not None:
            listing.add_lines(self.looping.declare_values())
        for node in self.items:
            if isinstance(node, Block):
                listing.add_lines(write_loop(self.looping, node))
                continue
            of[node] = self.add_node(node)
            for compared, (how, other, outcome) in branches.get(node, ()):
                first = of[compared]
                second = of[other] if isinstance(other, Value) else expressions.constant(other)
                guard = first, how, second, outcome
                if guard not in guarded and not {first, second} <= expressions.constants.keys():
                    guarded.add(guard)
                    listing.named.update((first, second))
                    listing.add(partial(self.statements.guard, how, outcome), first, second)
        listing.forward_end = len(expressions)

    def add_node(self, node: Value) -> int:
        """Return the expression of a leaf or a node."""
        expressions, operation = self.expressions, node.operation
        if node in self.program.constants:
            return expressions.constant(node.number)
        if operation is None:
            return self.listing.find_leaf(self.leaves[node])
        self.inputs_of[node] = given = node.inputs
        inputs = tuple(map(self.of.__getitem__, given))
        count = len(expressions)  # some of the inputs may be new
        if isinstance(operation, Lookup):
            x = self.choosing.take_value(node, inputs)
        else:
            x = expressions.apply(operation, inputs)
        if x >= count and node.label:
            self.listing.labels[x] = node.label
        if node in self.differentiated:
            self.add_checks(operation, [x, *inputs], list_wanted(self.program, node))
        return x if self.looping is None else self.listing.keep(self.looping.outside[node], x)

    def add_checks(
        self, operation: Operation, given: Sequence[int], wanted: tuple[bool, ...]
    ) -> None:
        """Add a line for each derivative of a node that may fail for other numbers."""
        expressions, listing = self.expressions, self.listing
        known = len(expressions)  # before its derivatives
        if not has_failing_partials(operation, wanted):
            return
        pattern = expressions.find_partials(operation, given, wanted)
        partials = [*expressions.instantiate(pattern, given)]
        listing.not_nodes.update(range(known, len(expressions)))
        if not NEVER_FAIL.issuperset(filter(None, expressions.operations[known:])):
            for x in partials:
                if x in listing.not_nodes and x not in listing.labels:
                    listing.labels[x] = "derivative"
                    listing.needed.add(x)

    def name_slopes(self) -> dict[Value, str]:
        """Return a name for the derivative by each leaf that is wanted.

        Those that lookups or loops add to by an index are items of an array.
        """
        wrt, array = [*self.program.wrt], self.statements.columns
        if self.looping is not None:
            self.columns = self.looping.columns
        elif self.statements.has_items:
            constants = self.program.constants
            self.columns = self.choosing.find_columns(self.graph, wrt, constants)
        columns = {x: i for i, x in enumerate(wrt[self.columns.start : self.columns.stop])}
        self.choosing.columns = columns
        self.slopes = {
            x: f"{array}[{columns[x]}]" if x in columns else self.names.new(f"d_{self.leaves[x]}")
            for x in wrt
        }
        if self.looping is not None:
            self.looping.slopes = [*self.slopes.values()]
        return self.slopes

    def tell_wrt(self) -> str:
        """Return what the derivatives are by, in words."""
        if len(self.wrt) > FEW_NAMES:
            return f"{len(self.wrt)} numbers"
        return ", ".join(self.wrt) or "nothing"

    def add_results(self, keep: Callable[..., str], roots: Sequence[Value]) -> None:
        """Add the line that keeps the results of a row."""
        self.listing.add(keep, *[self.of[root] for root in roots])

    def write_lines(self) -> list[str]:
        """Return the function's lines: those of the results, or of one result and its gradient."""
        listing, statements, outputs = self.listing, self.statements, self.program.outputs
        if not isinstance(self.kind, int):
            self.add_forward()
            self.add_results(statements.keep_all, outputs)
        else:
            root, slopes = outputs[self.kind], self.name_slopes()
            self.add_forward()
            self.add_results(statements.keep, [root])
            listing.add(partial(statements.comment, "Backward"))
            if self.looping is not None:
                listing.add_lines(self.looping.declare_slopes())
            Backward(self, slopes).add_lines(root)
        return [line for text in listing.write_lines() for line in text.split("\n") if line]


def loop_over_runs(line: Line, statements: LoopStatements) -> Line | Loop:
    """Return a line as a loop of one turn, if it is a sum over long runs of inputs."""
    longest = max([x.length for x in line.operands], default=0)
    is_sum = line.operation in statements.looped
    if not is_sum or longest <= max(statements.longest_written, FEW_IN_RUN):
        return line
    result, *operands = [x._replace(strides=(0,)) for x in (line.result, *line.operands)]
    return Loop(1, [line._replace(result=result, operands=operands)])


def list_wanted(program: Any, node: Value) -> tuple[bool, ...]:
    """Tell of which inputs of a node there are derivatives."""
    return tuple([x not in program.constants for x in node.inputs])


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
            operation, list_wanted(program, x)
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
