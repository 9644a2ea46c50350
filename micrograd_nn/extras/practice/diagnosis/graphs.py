"""The graphs that an engine is tried on: all small ones, from the smallest, and random large ones.

A graph is smaller than another if it has fewer operations, or as many and fewer leaves, or as many
of both and plainer numbers. So the first on which an engine errs is the smallest by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from ....checks.samples import Expression, is_near_kink, make_expression
from ....engine.operation import ARITHMETIC, Operation, Reduction
from ....engine.table import OPERATIONS
from ....engine.value import Value

# The numbers of the leaves, the plainest first; all can be reckoned with by hand.
NUMBERS = (
    (2.0, 3.0, 5.0, 4.0), (3.0, 2.0, 4.0, 5.0), (1.0, 2.0, 3.0, 4.0), (-1.0, 2.0, -2.0, 3.0),
    (0.5, 4.0, 2.0, 3.0), (-2.0, -3.0, 1.0, -1.0), (2.0, 0.5, -1.0, 3.0), (0.25, -0.5, 0.5, 1.0),
)  # fmt: skip
USED = {1: 8, 2: 1, 3: 1}  # by the number of operations, how many of them its graphs are tried with
CONSTANTS = {"pow": (2.0, 3.0, -1.0, 0.5, 1.0)}
USUAL_CONSTANTS = (2.0, -3.0)
BINARY = ("add", "mul", "sub", "truediv", "pow")  # from the plainest
UNARY = ("neg", "exp", "log", "tanh", "relu", "sigmoid", "abs", "sqrt", "sin", "cos", "tan",
         "sinh", "cosh", "softplus", "silu", "gelu")  # fmt: skip
MOST_LEAVES = 3
LEAF_NAMES, INNER_NAMES = "abc", "uvwpqrst"
RANDOM_SIZES = (4, 6, 8, 8, 10, 12, 16, 20, 30, 40)
LARGEST_NUMBER = 1e6  # a number or gradient beyond it tells little


class WrittenForm(NamedTuple):
    """An operation as it is written: which of its operands are Values (v), which numbers (n)."""

    name: str
    kinds: str

    @property
    def row(self) -> Operation:
        """What the table says of it."""
        return OPERATIONS[self.name]

    def write(self) -> str:
        """Return how it is written."""
        names = iter("ab")
        return self.row.written(*["2" if kind == "n" else next(names) for kind in self.kinds])


FORMS = [WrittenForm(name, kinds) for kinds in ("vv", "vn", "nv") for name in BINARY]
FORMS += [WrittenForm(name, "v") for name in UNARY]


class Truth(NamedTuple):
    """What a graph's numbers and gradients are, at each place."""

    data: list[float]
    grads: list[float]


class Task(NamedTuple):
    """A graph to run, and its right numbers."""

    graph: Expression
    truth: Truth


@lru_cache(maxsize=16)
def list_graphs(forms: tuple[WrittenForm, ...], primitive: tuple[WrittenForm, ...]) -> list[Task]:
    """Return all small graphs that can be made of some forms of operations, the smallest first.

    Those that aren't ``primitive`` are made of others, and right if these are: they stand alone.
    Of two operations, a bare number stands where that is an operation by itself. Of three, all are
    made of the plainest with two operands and one other.
    """
    pairs_of = [
        form for form in primitive
        if "n" not in form.kinds or form.kinds == "nv"
        or WrittenForm(form.name, "vv") not in primitive
    ]  # fmt: skip
    shapes = [*extend_shapes(1, forms), *extend_shapes(2, pairs_of)]
    whole = [form for form in primitive if "n" not in form.kinds]
    pairs = [form for form in whole if form.kinds == "vv"]
    for form in whole if pairs else ():
        shapes += extend_shapes(3, [*dict.fromkeys([pairs[0], form])])
    found: dict[str, tuple[tuple[int, int, int], Task]] = {}
    for size, leaves, lines in shapes:
        for plainness in range(USED[size]):
            numbers = NUMBERS[plainness][:leaves]
            key = f"{numbers} {lines}"
            if key in found or leaves > MOST_LEAVES:
                continue
            graph = make_graph(lines, numbers)
            truth = find_truth(graph)
            if truth is not None:
                found[key] = (size, leaves, plainness), Task(graph, truth)
    return [task for _, task in sorted(found.values(), key=lambda pair: pair[0])]


def make_graph(lines: Sequence[GraphLine], numbers: Sequence[float]) -> Expression:
    """Return the graph of lines, as ``extend_shapes`` gives them, on leaves of some numbers."""

    def place(x: float) -> float:
        if type(x) is float:
            return x
        return x + len(numbers) if x >= 0 else -1 - x

    return Expression(
        [*numbers], [(OPERATIONS[name], [place(x) for x in inputs]) for name, inputs in lines]
    )


GraphLine = tuple[str, tuple[Any, ...]]  # an operation, and its inputs: see extend_shapes
Shape = tuple[int, int, tuple[GraphLine, ...]]


def extend_shapes(size: int, forms: Sequence[WrittenForm]) -> Iterator[Shape]:
    """Yield all graphs of ``size`` operations: their size, their number of leaves, their lines.

    An input is the place of an earlier line, or -1 - i for leaf i, or a float. Leaves are numbered
    by first use, and each line but the last is used by a later one.
    """

    def extend(
        lines: tuple[GraphLine, ...], leaves: int, unused: frozenset[int]
    ) -> Iterator[Shape]:
        if len(lines) == size:
            yield size, leaves, lines
            return
        left = size - len(lines)
        for form in forms:
            for inputs, count in choose_inputs(form, len(lines), leaves):
                rest = unused - {x for x in inputs if type(x) is int}
                if len(rest) <= left - 1:  # as many as can still be used, together by one line each
                    yield from extend((*lines, (form.name, inputs)), count, rest | {len(lines)})

    for shape in extend((), 0, frozenset()):
        used = {x for _, inputs in shape[2] for x in inputs if type(x) is int}
        if used.issuperset(range(size - 1)):
            yield shape


def choose_inputs(
    form: WrittenForm, lines: int, leaves: int
) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield what an operation may stand on, with how many leaves there are then."""
    choices: list[tuple[tuple[Any, ...], int]] = [((), leaves)]
    for kind in form.kinds:
        longer = []
        for inputs, count in choices:
            if kind == "n":
                numbers: Sequence[float] = CONSTANTS.get(form.name, USUAL_CONSTANTS)
                numbers = numbers[:1] if lines else numbers
                longer += [((*inputs, number), count) for number in numbers]
                continue
            longer += [((*inputs, place), count) for place in range(lines)]
            longer += [((*inputs, -1 - leaf), count) for leaf in range(count)]
            longer.append(((*inputs, -1 - count), count + 1))
        choices = longer
    yield from choices


def find_truth(graph: Expression) -> Truth | None:
    """Return a graph's right numbers, by this package's engine; None where they tell little.

    So they do near a kink, or beyond a million, or where they aren't numbers.

    >>> find_truth(Expression([3.0], [(OPERATIONS["mul"], [0, 0])]))
    Truth(data=[3.0, 9.0], grads=[6.0, 1.0])
    >>> find_truth(Expression([0.0], [(OPERATIONS["relu"], [0])]))
    """
    leaves = [Value(number) for number in graph.leaves]
    nodes: list[Any] = [*leaves]

    def apply(row: Operation, inputs: list[Any]) -> Any:
        numbers = [x.number if isinstance(x, Value) else x for x in inputs]
        if is_near_kink(row, numbers):
            raise ValueError("near a kink")
        if row.name == "pow" and numbers[0] == 0 and isinstance(inputs[1], Value):
            raise ValueError("0 · log 0, which some set to 0, and some have no number for")
        nodes.append(row(*inputs))
        return nodes[-1]

    try:
        root = graph(leaves, apply)
        root.backward()
    except ARITHMETIC:
        return None
    truth = Truth([node.number for node in nodes], [float(node.grad or 0.0) for node in nodes])
    return truth if all(abs(x) <= LARGEST_NUMBER for x in (*truth.data, *truth.grads)) else None


@dataclass(frozen=True)
class Evaluated:
    """A graph with its numbers and local derivatives: once, since many mistakes are tried on it."""

    leaves: int
    lines: list[tuple[Operation, list[int | float]]]
    numbers: list[float]
    partials: list[tuple[float, ...]]
    kinds: list[str]  # of each line: which inputs are nodes (v), which bare numbers (n)
    orders: dict[Any, Any] = field(default_factory=dict)  # of passing back, as far as they're known


def evaluate(graph: Expression) -> Evaluated:
    """Return a graph with its numbers and local derivatives."""
    found = Evaluated(len(graph.leaves), graph.lines, [*graph.leaves], [], [])
    for row, inputs in graph.lines:
        given = [found.numbers[x] if type(x) is int else x for x in inputs]
        found.numbers.append(row.apply(given))
        wanted = [type(x) is int for x in inputs]
        partials = row.local_partials(found.numbers[-1], given, wanted)
        found.partials.append(tuple([x or 0.0 for x in partials]))
        found.kinds.append(find_kinds(inputs))
    return found


def find_forms(graph: Expression) -> set[WrittenForm]:
    """Return the forms of operations that a graph is made of."""
    return {WrittenForm(row.name, find_kinds(inputs)) for row, inputs in graph.lines}


def find_kinds(inputs: Sequence[float]) -> str:
    """Return which inputs are nodes, and which bare numbers, as a WrittenForm has it."""
    return "".join(["v" if type(x) is int else "n" for x in inputs])


def list_random_graphs(forms: Iterable[WrittenForm]) -> list[Expression]:
    """Return larger random graphs of some operations; none without sums and products.

    They are scaled, so that an engine of 32 bits has enough digits for them.
    """
    known = set(forms)
    if not {WrittenForm("add", "vv"), WrittenForm("mul", "vv"), WrittenForm("mul", "vn")} <= known:
        return []
    names = {form.name for form in known if form.kinds in ("vv", "v")}
    rows = [OPERATIONS[name] for name in sorted(names - {"pow", "truediv"})]
    graphs = [lower_mean(make_expression(seed, size, rows)) for seed, size in
              enumerate(RANDOM_SIZES * 8)]  # fmt: skip
    return [
        graph for graph in graphs if find_forms(graph) <= known and find_truth(graph) is not None
    ]


def lower_mean(graph: Expression) -> Expression:
    """Return a graph with sums and a product for the mean that brings loose ends together."""
    *lines, (row, inputs) = graph.lines
    if not isinstance(row, Reduction):
        return graph
    total = inputs[0]
    for x in inputs[1:]:
        lines.append((OPERATIONS["add"], [total, x]))
        total = len(graph.leaves) + len(lines) - 1
    return Expression(graph.leaves, [*lines, (OPERATIONS["mul"], [total, 1 / len(inputs)])])


def shrink(graph: Expression, errs: Callable[[Expression], bool]) -> Expression:
    """Return a smaller graph on which an engine still errs, by leaving out what isn't needed."""
    while True:
        err = (one for one in list_smaller(graph) if find_truth(one) is not None and errs(one))
        smaller = next(err, None)
        if smaller is None:
            return graph
        graph = smaller


def list_smaller(graph: Expression) -> Iterator[Expression]:
    """Yield graphs with one operation left out: an input stands for it, or a leaf of its own."""
    count = len(graph.leaves)
    if len(graph.lines) > 1:
        yield prune(graph, len(graph.lines) - 1)
    for at in range(len(graph.lines) - 1):
        place = count + at
        for x in graph.lines[at][1]:
            if type(x) is int:
                lines = [(row, [x if y == place and type(y) is int else y for y in inputs])
                         for row, inputs in graph.lines]  # fmt: skip
                yield prune(Expression(graph.leaves, lines), len(lines))
    for numbers in NUMBERS:
        if graph.leaves == [*numbers[:count]]:
            return  # none plainer
        if count <= len(numbers):
            yield Expression([*numbers[:count]], graph.lines)


def prune(graph: Expression, lines: int) -> Expression:
    """Return the first lines of a graph without what their last one doesn't need."""
    count = len(graph.leaves)
    needed, waiting = set(), [count + lines - 1]
    while waiting:
        place = waiting.pop()
        if place not in needed:
            needed.add(place)
            if place >= count:
                waiting += [x for x in graph.lines[place - count][1] if type(x) is int]
    kept = {place: i for i, place in enumerate(sorted(needed))}
    return Expression(
        [x for i, x in enumerate(graph.leaves) if i in kept],
        [(row, [kept[x] if type(x) is int else x for x in inputs])
         for i, (row, inputs) in enumerate(graph.lines) if count + i in kept],
    )  # fmt: skip


def record_graph(graph: Expression) -> tuple[Value, list[Value]]:
    """Return a graph in this package's Values, with names: its root, and all in order."""
    names = name_graph(graph)
    nodes = [Value(number, names[i]) for i, number in enumerate(graph.leaves)]
    for row, inputs in graph.lines:
        node = row(*[nodes[x] if type(x) is int else x for x in inputs])
        node.label = names[len(nodes)]
        nodes.append(node)
    return nodes[-1], nodes


def name_graph(graph: Expression) -> list[str]:
    """Return a name for each place of a graph: leaves a, b, c, inside u, v, …, the root y."""
    leaves, inner = len(graph.leaves), len(graph.lines) - 1
    first = [LEAF_NAMES[i] if leaves <= len(LEAF_NAMES) else f"a{i + 1}" for i in range(leaves)]
    between = [INNER_NAMES[i] if inner <= len(INNER_NAMES) else f"u{i + 1}" for i in range(inner)]
    return [*first, *between, "y"]
