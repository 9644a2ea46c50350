"""Why not simply recurse? Three recursions race the walk in order, on a graph of your own.

python demos/recursion.py "u*(u+1)" u=3   an expression, with numbers for its names
python demos/recursion.py mine.py:loss    a value of a script

It counts how often each node is visited, and says where a sum begins to go wrong.
"""

import math
import sys
from collections import Counter, defaultdict, namedtuple
from copy import deepcopy

from micrograd_nn import draw
from micrograd_nn._ground.callers import collect_variables
from micrograd_nn._ground.text import InputError, format_number
from micrograd_nn.graph import Graph
from micrograd_nn.graph.paths import format_count
from micrograd_nn.terminal.subjects import read_graph

MOST_VISITS = 100_000  # a recursion that needs more is only counted
ROWS = 16  # of a table: the nodes that have the most visits
NONE_SHARED = "No computed number has two users here,\nas u has in u = 2 * x, f = u * (u + 1)."

# What a node passes on at a visit, what of it had been passed on before, which shares are to come.
Visit = namedtuple("Visit", "node number passed early to_come")


def walk_in_order(graph):
    """Visit each node once, when all that use it have passed on their shares: as backward()."""
    gradients = defaultdict(float, {graph.root: 1.0})
    for node in reversed(graph.nodes):
        for input, partial in node.edges:
            gradients[input] += gradients[node] * partial
    return Counter(gradients.keys()), gradients, []


def follow_paths(graph):
    """Pass each share down at once, all the way: right, with a visit for each path."""
    visits, gradients = Counter(), defaultdict(float)

    def visit(node, share):
        visits[node] += 1
        gradients[node] += share
        for input, partial in node.edges:
            visit(input, share * partial)

    visit(graph.root, 1.0)
    return visits, gradients, []


def pass_on(graph, once=False):
    """Pass on what has arrived so far, then visit the inputs: a sum may be too small or too large.

    With ``once``, no node is visited again. Each visit is told, too.
    """
    visits, gradients, told = Counter(), defaultdict(float, {graph.root: 1.0}), []
    passed, steps_to = defaultdict(float), defaultdict(list)
    for step in graph.steps:
        steps_to[step.input].append(step)

    def visit(node):
        if once and visits[node]:
            return
        visits[node] += 1
        edges = list(node.edges)
        expected = steps_to[node] if visits[node] == 1 else []
        late = [step for step in expected if step.share and not visits[step.node]]
        if edges:
            told.append(Visit(node, visits[node], gradients[node], passed[node], late))
        passed[node] += gradients[node]
        for input, partial in edges:
            gradients[input] += gradients[node] * partial
        for input in dict.fromkeys(input for input, _ in edges):
            visit(input)

    visit(graph.root)
    return visits, gradients, told


WAYS = {
    "in order": walk_in_order,
    "every path": follow_paths,
    "so far": pass_on,
    "so far, once": lambda graph: pass_on(graph, once=True),
}


def count_visits(graph, each=list):
    """Count a recursion's visits without making them: as many as there are paths to a node."""
    counts = Counter({graph.root: 1})
    for node in reversed(graph.nodes):
        for input in each(input for input, _ in node.edges):
            counts[input] += counts[node]
    return counts


class Race:
    """The visits and the gradients of each way; printed, a table with what there is to say."""

    def __init__(self, graph):
        self.graph, self.names = graph, graph.short_names
        self.gradients, self.told, self.stopped = {}, {}, {}
        paths, turns = count_visits(graph), count_visits(graph, dict.fromkeys)
        self.visits = {way: Counter() for way in WAYS} | {"every path": paths, "so far": turns}
        for way, run in WAYS.items():
            if self.count(way) > MOST_VISITS:
                self.stopped[way] = "not run, only counted"
                continue
            try:
                self.visits[way], self.gradients[way], self.told[way] = run(graph)
            except RecursionError:
                self.stopped[way] = f"stopped by Python, at {sys.getrecursionlimit():,} calls deep"

    def count(self, way):
        """Return the visits of all nodes together."""
        return self.visits[way].total()

    def is_right(self, way, node):
        """Tell whether a way found a node's gradient, but for rounding."""
        right, found = self.gradients["in order"][node], self.gradients[way][node]
        return math.isclose(found, right, rel_tol=1e-9, abs_tol=1e-12)

    def find_slip(self, way):
        """Return the first visit that passes on too little for good, or something twice."""
        if way in self.stopped or all(self.is_right(way, node) for node in self.graph.nodes):
            return None
        for visit in self.told[way]:
            if visit.early or (way.endswith("once") and sum(step.share for step in visit.to_come)):
                return visit
        return None

    def describe(self, way):
        """Yield what there is to say of a way: where it goes wrong, visit by visit."""
        slip = self.find_slip(way)
        if way in self.stopped or not slip:
            yield f"{way}: {self.stopped.get(way, 'right')}"
            return
        yield f"{way}: goes wrong at {self.names[slip.node]}"
        for visit in self.told[way]:
            if visit.node is slip.node:
                said = f"  visit {visit.number} passes on {format_number(visit.passed)}"
                yield said + (f", {format_number(visit.early)} of it again" * bool(visit.early))
                for step in visit.to_come:
                    yield f"    {format_number(step.share)} from {self.names[step.node]} is to come"
            if visit is slip:
                return

    def write_cell(self, way, node):
        """Return a node's gradient, a cross where it is wrong, and how often it was visited."""
        visits = f"({format_count(self.visits[way][node])}×)"
        if way in self.stopped:
            return visits if self.visits[way] else "–"
        cross = "" if self.is_right(way, node) else "✗ "
        return f"{cross}{format_number(self.gradients[way][node])} {visits}"

    def __str__(self):
        shown = [node for node in reversed(self.graph.nodes) if node in self.visits["in order"]]
        most = set(sorted(shown, key=lambda node: -self.visits["every path"][node])[:ROWS])
        rows = [["", *WAYS]]
        for node in shown:
            if node in most:
                rows.append([self.names[node], *(self.write_cell(way, node) for way in WAYS)])
        if len(shown) > ROWS:
            rows.append([f"{len(shown) - ROWS:,} more", *["…"] * len(WAYS)])
        rows.append(["visits", *(format_count(self.count(way)) for way in WAYS)])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = []
        for first, *cells in rows:
            padded = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
            lines.append("  ".join([first.ljust(widths[0]), *padded]))
        lines += ["", *(line for way in [*WAYS][1:] for line in self.describe(way))]
        if not any(len(self.graph.users[node]) > 1 for node in shown if node.inputs):
            lines += ["", NONE_SHARED]
        return "\n".join(lines)

    __repr__ = __str__

    def draw(self):
        """Return a picture of the graph with the visits that all its paths need."""
        copies = {}
        root = deepcopy(self.graph.root, copies)
        for node, gradient in self.gradients["in order"].items():
            count, copy = self.visits["every path"][node], copies[id(node)]
            copy.label = f"{self.names[node]}, {count:,} visit{'s' * (count != 1)}"
            copy.grad = gradient
        return draw(root, names={})


def race(root):
    """Return the race on a Value's graph, or on that of another engine's number, or on a Graph.

    Nodes are called as the caller's variables are; a Graph has its names.
    """
    if not isinstance(root, Graph):
        root = Graph.of(root, collect_variables(sys._getframe(1)), "race")
    return Race(root)


if __name__ == "__main__":
    try:
        print(race(read_graph(sys.argv[1:])))
    except InputError as error:
        sys.exit(f"recursion.py: {error}")
