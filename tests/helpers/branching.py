"""Random programs that branch by numbers, and edit some: what surgery must never get wrong."""

import operator
from contextlib import suppress
from typing import NamedTuple

from hypothesis import strategies as st

from micrograd_nn import Value, max, relu, tanh

OPERATIONS = {
    "+": operator.add, "*": operator.mul, "-": operator.sub, "max": lambda x, y: max([x, y]),
    "tanh": lambda x, y: tanh(x), "relu": lambda x, y: relu(x), "**": lambda x, y: x**2,
}  # fmt: skip
COMPARISONS = {"<": operator.lt, ">=": operator.ge, ">": operator.gt}

numbers = st.integers(-4, 4).map(lambda i: i / 2)
places = st.integers(0, 99)  # each counted around among the results so far
computing = st.tuples(st.just("compute"), st.sampled_from(sorted(OPERATIONS)), places, places)
branching = st.tuples(
    st.just("branch"), st.sampled_from(sorted(COMPARISONS)), places, places | numbers
)
# To what nothing computes: of an edit to the number that was there, a record knows nothing.
editing = st.tuples(st.just("edit"), places, numbers.map(lambda x: x + 0.037))


def programs(edits=True):
    """Return a strategy for programs: the numbers of their leaves, and their lines."""
    lines = st.one_of(computing, computing, branching, *[editing] * edits)
    return st.tuples(st.lists(numbers, min_size=2, max_size=4), st.lists(lines, max_size=14))


class Run(NamedTuple):
    """What a program has made: its results, the leaves first, and how its comparisons went."""

    results: list
    path: list

    @property
    def root(self):
        """The last result: a sum, which nothing has edited."""
        return self.results[-1]


def run_program(program, held=None):
    """Run a program as Python does, with some results held at numbers from the beginning."""
    held = held or {}
    leaves, its_lines = program
    results, path = [], []

    def keep(result):
        place = len(results)
        results.append(Value(held[place]) if place in held else result)

    for x in leaves:
        keep(Value(x))
    for kind, *line in its_lines:
        if kind == "compute":
            name, i, j = line
            keep(OPERATIONS[name](results[i % len(results)], results[j % len(results)]))
        elif kind == "branch":
            how, i, other = line
            x, y = results[i % len(results)], other
            if isinstance(other, int):
                y = results[other % len(results)]
            path.append(COMPARISONS[how](x, y))
            keep(results[-1] * 2 if path[-1] else results[0] + 3)
        else:
            i, new = line
            i %= len(results)
            if i not in held:
                with suppress(AttributeError):
                    results[i].data = new
    used = results[len(leaves) :] or results
    keep(sum(used[-3:]) + results[0])
    return Run(results, path)
