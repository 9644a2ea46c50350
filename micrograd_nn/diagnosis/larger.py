"""Random graphs of many operations, for what small ones don't show, and how one is made smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..checks.samples import Expression, make_expression
from ..engine.operation import Operation, Reduction
from ..engine.table import OPERATIONS
from .graphs import NUMBERS, WrittenForm, find_forms, find_truth

RANDOM_SIZES = (4, 6, 8, 8, 10, 12, 16, 20, 30, 40)


def list_random_graphs(forms: Iterable[WrittenForm]) -> list[Expression]:
    """Return random graphs of some operations, larger ones; none without sums and products.

    >>> forms = [WrittenForm("add", "vv"), WrittenForm("mul", "vv"), WrittenForm("mul", "vn")]
    >>> len(list_random_graphs(forms)) > 5
    True
    """
    known = set(forms)
    if not {WrittenForm("add", "vv"), WrittenForm("mul", "vv"), WrittenForm("mul", "vn")} <= known:
        return []
    names = {form.name for form in known if form.kinds in ("vv", "v")}
    rows = [OPERATIONS[name] for name in sorted(names - {"pow", "truediv"})]
    graphs = [lower_means(make_expression(seed, size, rows)) for seed, size in
              enumerate(RANDOM_SIZES * 8)]  # fmt: skip
    return [
        graph for graph in graphs if find_forms(graph) <= known and find_truth(graph) is not None
    ]


def lower_means(graph: Expression) -> Expression:
    """Return a graph with sums and a product for each mean."""
    places = [*range(len(graph.leaves))]
    lines: list[tuple[Operation, list[int | float]]] = []

    def append(row: str, inputs: list[int | float]) -> int:
        lines.append((OPERATIONS[row], inputs))
        return len(graph.leaves) + len(lines) - 1

    for row, inputs in graph.lines:
        moved = [places[x] if type(x) is int else x for x in inputs]
        if isinstance(row, Reduction):
            total = moved[0]
            for x in moved[1:]:
                total = append("add", [total, x])
            places.append(append("mul", [total, 1 / len(moved)]))
        else:
            places.append(append(row.name, moved))
    return Expression(graph.leaves, lines)


def shrink(graph: Expression, errs: Callable[[Expression], bool]) -> Expression:
    """Return a smaller graph on which an engine still errs, by leaving out what isn't needed.

    >>> large = Expression([2.0, 3.0], [(OPERATIONS["exp"], [0]), (OPERATIONS["mul"], [1, 1])])
    >>> shrink(large, lambda graph: graph.lines[0][0].name == "exp").lines
    [(<operation exp(x)>, [0])]
    """
    smaller = True
    while smaller:
        smaller = False
        for other in list_smaller(graph):
            if find_truth(other) is not None and errs(other):
                graph, smaller = other, True
                break
    return graph


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
    rounded = [float(round(x)) or 1.0 for x in graph.leaves]
    if rounded != graph.leaves:
        yield Expression(rounded, graph.lines)
    for number in NUMBERS:
        if len(graph.leaves) <= len(number) and [*number[:count]] != graph.leaves:
            plain = [*number[:count]]
            if number == NUMBERS[0] or graph.leaves not in [[*n[:count]] for n in NUMBERS]:
                yield Expression(plain, graph.lines)


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
