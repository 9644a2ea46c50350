"""Programs at random whose parts repeat themselves, or nearly so: what may become loops.

    case = make_case(7)
    case.function(parameters, row)  # a graph of these Values

Stages stand on one another: an expression at each place of a run, a scan, a layer of dot products,
a cell whose state goes on. Each takes its numbers at a stride, and some differ at one place. A case
has a ``twist``, which programs of the usual kinds don't have.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micrograd_nn import Value
from micrograd_nn.engine import table as op

TWISTS = ["none", "one parameter", "no derivative", "odd runs", "almost", "branches"]
SMOOTH = [op.tanh, op.sigmoid, op.sin, op.cos, op.atan, op.erf, op.silu, op.softplus, op.neg]
KINKED = [op.relu, op.abs, op.leaky_relu, op.elu]
FLAT = [op.step, op.sign]
ARITHMETIC = [op.add, op.sub, op.mul]
SUMS = [op.sum, op.mean]
REDUCTIONS = [*SUMS, op.max, op.min, op.prod, op.logsumexp]
LENGTHS = [1, 2, 3, 4, 5, 8, 12, 16, 24, 40]
ODD = [1, 3, 5, 7, 9, 13]
NUMBERS = [0.0, 1.0, -1.0, 0.5]  # where kinks, ties and products with nothing are


@dataclass
class Case:
    """A function of parameters and a row, with numbers for both."""

    seed: int
    twist: str
    parameters: list[float]
    rows: list[list[float]]

    def function(self, parameters: Sequence[Value], row: Sequence[Value]) -> Value:
        """Return the result, recorded with these Values: the same graph at each call."""
        return Structure(self.seed, self.twist, parameters, row).make_result()


def make_case(seed: int) -> Case:
    """Return the case of a number: the same one each time, the twists in turn."""
    rng = random.Random(f"numbers {seed}")

    def draw(count: int, chosen: float) -> list[float]:
        return [
            rng.choice(NUMBERS) if rng.random() < chosen else rng.uniform(-1.5, 1.5)
            for _ in range(count)
        ]

    parameters = draw(rng.choice([1, 2, 3, 5, 8, 20, 60]), 0.1)
    width = rng.choice([1, 2, 3, 4, 8, 16])
    rows = [draw(width, 0.3) for _ in range(rng.choice([1, 2, 7, 8, 9, 17]))]
    return Case(seed, TWISTS[seed % len(TWISTS)], parameters, rows)


At = Callable[[int], Value | float]  # what stands at each place of a run


class Structure:
    """The stages of one case, and what they may take: lists of Values, the latest last."""

    def __init__(
        self, seed: int, twist: str, parameters: Sequence[Value], row: Sequence[Value]
    ) -> None:
        self.rng = random.Random(f"parts {seed}")
        self.twist = twist
        self.parameters, self.row = [*parameters], [*row]
        self.pools = [self.parameters, self.row]
        self.is_off = twist == "branches" and row[0] > 0.25

    def make_result(self) -> Value:
        """Return the number that all stages lead to."""
        rng = self.rng
        stages = [self.add_run, self.add_run, self.add_scan, self.add_layer, self.add_cell]
        for _ in range(rng.randint(1, 4)):
            rng.choice(stages)(rng.choice(ODD if self.twist == "odd runs" else LENGTHS))
        if self.is_off:
            self.pools.append([op.sin(x) for x in self.pools[-1]])
        total = rng.choice(REDUCTIONS)(self.pools[-1])
        if rng.random() < 0.3:
            total = total + op.sum(rng.choice(self.pools))
        if self.twist == "one parameter":
            total = total + self.take_one_often()
        if self.twist == "no derivative":
            at, operation = self.draw_source(30), rng.choice([*FLAT, op.equal])
            given = [at(i) for i in range(30)]
            other = [rng.choice(self.row)] if operation is op.equal else []
            total = total + op.mean([operation(x, *other) for x in given])
        return total * rng.choice(self.parameters) if rng.random() < 0.2 else total + 0.0

    def take_one_often(self) -> Value:
        """Return a long sum, or dot product, in which one parameter stands at every place."""
        rng = self.rng
        one, count = rng.choice(self.parameters), rng.choice([5, 7, 30])
        others = [rng.choice(self.pools)[0]] * count
        at = self.draw_source(count)
        if rng.random() < 0.6:
            others = [at(i) for i in range(count)]
        pairs = [[one] * count, others]
        rng.shuffle(pairs)
        found = op.dot(*pairs) if rng.random() < 0.6 else op.sum([*pairs[0], *pairs[1]])
        some = self.parameters[rng.randrange(len(self.parameters)) :]
        return found + op.dot(some, some[::-1])  # loops move along these alone

    def add_run(self, length: int) -> None:
        """Add an expression at each place of a run."""
        at = self.draw_expression(length, self.rng.randint(1, 3))
        self.keep([op.tanh(at(i)) for i in range(length)])

    def add_scan(self, length: int) -> None:
        """Add results each of which takes the one before."""
        rng = self.rng
        at, operation = self.draw_expression(length, rng.randint(0, 2)), rng.choice(ARITHMETIC)
        after = rng.choice([None, op.tanh, op.sigmoid, op.relu])
        odd = rng.randrange(length) if self.is_almost() else -1
        state, found = rng.choice(rng.choice(self.pools)), []
        for i in range(length):
            pair = (at(i), state) if i == odd else (state, at(i))
            state = operation(*pair)
            state = after(state) if after else state
            found.append(state)
        self.keep([op.tanh(x) for x in found] if rng.random() < 0.5 or not after else found)

    def add_layer(self, length: int) -> None:
        """Add a dot product at each place, its weights at a stride, with a bias or without."""
        rng, weights, inputs = self.rng, self.draw_pool(), self.draw_pool()
        width = rng.choice([1, 2, 3, 5, 8, 11])
        by, step = rng.choice([0, 1, width, width]), rng.choice([1, 1, 1, -1, 2, 0])
        move, start = rng.choice([0, 0, 1]), rng.randrange(len(weights))
        bias = self.draw_source(length) if rng.random() < 0.5 else None
        after = rng.choice([*SMOOTH, *KINKED])
        found = []
        for i in range(length):
            these = [weights[(start + by * i + step * j) % len(weights)] for j in range(width)]
            those = [inputs[(move * i + j) % len(inputs)] for j in range(width)]
            if self.is_almost() and rng.random() < 0.1:
                these, those = these[:1], those[:1]
            found.append(after(op.dot(these, those, *([bias(i)] if bias else []))))
        self.keep(found)

    def add_cell(self, length: int) -> None:
        """Add a state of several numbers that goes on, by weights of its own or the same."""
        rng, weights = self.rng, self.draw_pool()
        size, is_shared = rng.choice([2, 3, 4]), rng.random() < 0.6
        first, given = self.draw_source(size), self.draw_source(size + length)
        state, found = [first(i) for i in range(size)], []
        for t in range(min(length, 12)):
            begin = 0 if is_shared else t * size * size
            rows = [
                [weights[(begin + i * size + j) % len(weights)] for j in range(size)]
                for i in range(size)
            ]
            state = [op.tanh(op.dot(row, state, given(i + t))) for i, row in enumerate(rows)]
            found += state
        self.keep(found)

    def keep(self, values: Sequence[Value | float]) -> None:
        """Let later stages take what a stage gave."""
        self.pools.append([x for x in values if isinstance(x, Value)] or self.pools[-1])

    def is_almost(self) -> bool:
        """Tell whether something differs at one place, as often as the twist has it."""
        return self.rng.random() < (0.6 if self.twist == "almost" else 0.1)

    def draw_pool(self) -> Sequence[Value]:
        """Return what a stage takes from, the later ones more often."""
        return self.rng.choice([*self.pools, *self.pools[2:] * 2])

    def draw_source(self, length: int) -> At:
        """Return a run: at a stride, one value all the time, constants, or nearly one of these."""
        rng, pool = self.rng, self.draw_pool()
        if rng.random() < 0.12:
            numbers = [rng.choice([*NUMBERS, 0.75, 2.0]) for _ in range(rng.choice([1, 3]))]
            return lambda i: numbers[i % len(numbers)]
        stride, start = rng.choice([0, 1, 1, 1, 2, -1, 3]), rng.randrange(len(pool))
        reach = (length - 1) * abs(stride)
        if reach < len(pool):  # so that it needn't begin again
            start = rng.randint(0, len(pool) - 1 - reach) + (reach if stride < 0 else 0)
        if not self.is_almost():
            return lambda i: pool[(start + stride * i) % len(pool)]
        odd, other = rng.randrange(length), rng.choice(self.draw_pool())
        return lambda i: other if i == odd else pool[(start + stride * i) % len(pool)]

    def draw_expression(self, length: int, depth: int) -> At:
        """Return an expression at each place of a run."""
        rng = self.rng
        if not depth or rng.random() < 0.2:
            return self.draw_source(length)
        kind = rng.random()
        first = self.draw_expression(length, depth - 1)
        if kind < 0.4:
            operation, other = rng.choice([*SMOOTH, *KINKED, *FLAT]), rng.choice(SMOOTH)
            odd = rng.randrange(length) if self.is_almost() else -1
            return lambda i: (other if i == odd else operation)(first(i))
        second = first if rng.random() < 0.1 else self.draw_expression(length, depth - 1)
        if kind < 0.75:
            operation = rng.choice([*ARITHMETIC, op.equal])
            odd = rng.randrange(length) if self.is_almost() else -1
            return lambda i: operation(*[first(i), second(i)][:: -1 if i == odd else 1])
        if kind < 0.85:
            return lambda i: op.hypot(op.abs(first(i)) + 0.5, second(i))
        third = self.draw_expression(length, depth - 1)
        return lambda i: op.where(op.sub(first(i), 0.1), second(i), third(i))
