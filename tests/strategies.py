"""What the tests draw from: numbers and inputs for any row, and random expression graphs.

``EXAMPLES=2000 pytest tests`` searches longer than the usual run does.
"""

import os
from dataclasses import dataclass
from itertools import combinations
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from micrograd_nn import OPERATIONS, Operation, Reduction

EXAMPLES = int(os.environ.get("EXAMPLES", "20"))
searching = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

MARGIN = 0.01  # the distance that numbers keep from a kink
APART = {"equal", "max", "min"}  # rows with a kink wherever two of their inputs meet

every_row = list(OPERATIONS.values())
finite = st.floats(allow_nan=False, allow_infinity=False)


def interval(row, position):
    """Return the domain of a row's input; the inputs of a Reduction share one."""
    return row.domain[0 if isinstance(row, Reduction) else position]


def near_kink(row, inputs):
    if any(abs(inputs[0] - kink) < MARGIN for kink in row.kinks):
        return True
    return row.name in APART and any(abs(x - y) < MARGIN for x, y in combinations(inputs, 2))


def numbers_in(row, position=0):
    """Draw one input of a row from its domain."""
    return st.floats(*interval(row, position))


def inputs_of(row, max_size=6):
    """Draw all inputs of a row, as its ``apply`` takes them, away from kinks.

    A Reduction gets 1 to ``max_size`` of them. ``dot`` reads any count: the weights, as many
    inputs and, if the count is odd, a bias.
    """
    if isinstance(row, Reduction):
        inputs = st.lists(numbers_in(row), min_size=1, max_size=max_size)
    else:
        inputs = st.tuples(*[numbers_in(row, i) for i in range(len(row.inputs))]).map(list)
    return inputs.filter(lambda drawn: not near_kink(row, drawn))


@dataclass(frozen=True)
class Graph:
    """A random expression as plain data, so that anybody can compute it from any leaves.

    ``lines`` are its operations in order, each with its arguments: an int is the place of an
    earlier number (the leaves come first), a float is a constant.
    """

    leaves: list[float]
    lines: list[tuple[Operation, list[int | float]]]

    def __call__(self, leaves, apply=Operation.apply):
        """Compute the expression; ``apply(row, inputs)`` says what applying a row means."""
        results = list(leaves)
        for row, arguments in self.lines:
            inputs = [results[a] if type(a) is int else a for a in arguments]
            results.append(apply(row, inputs))
        return results[-1]


def random_graph(seed, size):
    """Return a graph of about ``size`` operations, on 1 to 4 leaves, with everything used.

    Rows of the whole table are applied inside their domains and away from kinks. Where a number
    or a bound on its derivatives grows large, a line that scales it down follows, so that a graph
    of hundreds of nodes stays well-conditioned.
    """
    random = Random(seed)
    leaves = [random.uniform(-1.5, 1.5) for _ in range(random.randint(1, 4))]
    lines = []
    results = list(leaves)
    slopes = [1.0] * len(leaves)  # a bound on the sum of |∂result/∂leaf|
    unused = set(range(len(leaves)))

    def argument(row, position):
        if random.random() < 0.25:
            return random.uniform(*interval(row, position))
        recent = max(0, len(results) - 12) if random.random() < 0.7 else 0
        return random.randrange(recent, len(results))

    def append(row, arguments, inputs):
        out = row.apply(inputs)
        partials = row.local_partials(out, inputs)
        lines.append((row, arguments))
        results.append(out)
        slopes.append(
            sum(
                abs(partial) * slopes[a]
                for a, partial in zip(arguments, partials, strict=True)
                if type(a) is int
            )
        )
        unused.difference_update(a for a in arguments if type(a) is int)
        unused.add(len(results) - 1)

    while len(lines) < size:
        row = random.choice(every_row)
        count = random.randint(1, 6) if isinstance(row, Reduction) else len(row.inputs)
        arguments = [argument(row, i) for i in range(count)]
        inputs = [results[a] if type(a) is int else a for a in arguments]
        bounds = [interval(row, i) for i in range(count)]
        inside = all(low <= x <= high for x, (low, high) in zip(inputs, bounds, strict=True))
        if not inside or near_kink(row, inputs):
            continue
        append(row, arguments, inputs)
        scale = max(abs(results[-1]) / 2, slopes[-1] / 2)
        if scale > 1:
            place = len(results) - 1
            append(OPERATIONS["mul"], [place, 1 / scale], [results[place], 1 / scale])
    if len(unused) > 1:
        places = sorted(unused)
        append(OPERATIONS["mean"], places, [results[place] for place in places])
    return Graph(leaves, lines)


def graphs(max_size=200):
    """Draw a random graph; a failing one shrinks to a small one of the same seed."""
    return st.builds(random_graph, st.integers(0, 2**32), st.integers(1, max_size))
