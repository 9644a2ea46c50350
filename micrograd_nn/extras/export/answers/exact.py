"""What 60-digit arithmetic answers to the question that a written file is asked.

The derivatives are written down once more, or else are difference quotients: none comes from the
table of operations.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import mpmath

from ....checks.exact import DIGITS, FUNCTIONS, STEP, Exact, ExactFunction, differ
from ....engine.node import nodes as list_nodes
from ....engine.table import OPERATIONS
from ....engine.value import Value
from ...compile.compiler.program import Program
from ...compile.programs.operations import held, taken
from ...tables.columns import NumericColumn, TextColumn
from ...tables.storage import SavedModel
from ..blueprint import find_target, list_columns_of

MOST_WORK = 50_000  # nodes' inputs times rows: some seconds
ExactOrNone = list[Exact] | None


class ExactAnswers(NamedTuple):
    """Values and gradients as in ``Answers``, of some rows; None where there is no number."""

    rows: list[int]
    values: list[ExactOrNone]
    gradients: list[ExactOrNone]


class ExactSource:
    """A model or a program in 60-digit arithmetic."""

    def __init__(self, source: SavedModel | Program) -> None:
        self.columns, self.target = list_columns_of(source), find_target(source)
        if isinstance(source, Program):
            self.inputs, self.outputs, self.wrt = [*source.inputs], [*source.outputs], source.wrt
            parameters, numbers = [*source.parameters], [x.data for x in source.parameters]
            nodes = source.graph
        else:
            model = copy.deepcopy(source.model)
            parameters = model.parameters()
            numbers = [parameter.data for parameter in parameters]
            for parameter in parameters:  # lest recording overflows
                parameter.data = 0.0
            self.inputs, self.wrt = [Value(0.0) for _ in range(model.sizes[0])], ()
            found: Any = model(self.inputs)
            self.outputs = found if isinstance(found, list) else [found]
            nodes = list_nodes(*self.outputs)
        self.leaves = dict(zip(parameters, map(mpmath.mpf, numbers), strict=True))
        self.graph = ExactGraph(nodes)
        self.work = sum([len(node.inputs) for node in nodes])

    def answer(self, rows: Sequence[Sequence[float | str]]) -> ExactAnswers:
        """Return the answers, of few rows where there is much to compute, these spread evenly."""
        step = -(-len(rows) * self.work // MOST_WORK) or 1
        chosen = [*range(0, len(rows), step)]
        found = [self.answer_row(rows[i]) for i in chosen]
        return ExactAnswers(chosen, [value for value, _ in found], [slopes for _, slopes in found])

    def answer_row(self, row: Sequence[float | str]) -> tuple[ExactOrNone, ExactOrNone]:
        """Return what a row gives, and its gradient; None for what isn't a number."""
        value = gradient = None
        with mpmath.workdps(DIGITS):
            try:
                results = self.graph.compute({**self.leaves, **self.encode(row)})
                value = self.decode([results[x] for x in self.outputs])
                gradient = self.graph.find_gradient(results, self.outputs, self.wrt)
            except (ArithmeticError, IndexError, ValueError):  # where the engine refuses, too
                pass
        return value, gradient if gradient and all(map(is_real, gradient)) else None

    def encode(self, row: Sequence[float | str]) -> dict[Value, Exact]:
        """Return what a row's cells are for the leaves."""
        numbers: list[Exact] = []
        for column, cell in zip(self.columns, row, strict=True):
            if isinstance(column, TextColumn):
                numbers += map(mpmath.mpf, column.encode(str(cell)))
            else:
                numbers.append((mpmath.mpf(cell) - column.mean) / column.scale)
        return dict(zip(self.inputs, numbers, strict=True))

    def decode(self, outputs: list[Exact]) -> list[Exact]:
        """Return what the outputs mean: a prediction, or probabilities."""
        if self.target is None:
            return outputs
        if isinstance(self.target, NumericColumn):
            return [outputs[0] * self.target.scale + self.target.mean]
        largest = max(outputs)
        shares = [mpmath.exp(x - largest) for x in outputs]
        return [x / sum(shares) for x in shares]


Slopes = Callable[..., list[Exact]]  # of the result and the inputs: a derivative for each


class NoExactError(ValueError):
    """An operation has no form in 60-digit arithmetic, such as one of your own."""


def is_real(x: Exact) -> bool:
    """Tell whether a number is real and finite."""
    return isinstance(x, mpmath.mpf) and bool(mpmath.isfinite(x))


def share_ties(out: Exact, *values: Exact) -> list[Exact]:
    """Return the derivatives of a maximum or a minimum: equal values share it."""
    return [mpmath.mpf(x == out) / values.count(out) for x in values]


def turn_around(out: Exact, *factors: Exact) -> list[Exact]:
    """Return the derivatives of w·x + b."""
    half = len(factors) // 2
    return [*factors[half : 2 * half], *factors[:half], *[1] * (len(factors) % 2)]


def stay(out: Exact, *values: Exact) -> list[Exact]:
    """Return the derivatives of a step."""
    return [0] * len(values)


def slope_of_power(out: Exact, x: Exact, y: Exact) -> list[Exact]:
    """Return the derivatives of x to the power y; that by y needs x > 0, or is 0 at x = 0."""
    by_base = y * x ** (y - 1) if y else 0
    return [by_base, out * mpmath.log(x) if x > 0 else 0 if not x and y > 0 else mpmath.nan]


# At kinks, and where a difference quotient would cost much or lie across a step.
SLOPES: dict[str, Slopes] = {
    "add": lambda out, x, y: [1, 1],
    "sub": lambda out, x, y: [1, -1],
    "mul": lambda out, x, y: [y, x],
    "truediv": lambda out, x, y: [1 / y, -out / y],
    "neg": lambda out, x: [-1],
    "pow": slope_of_power,
    "mod": lambda out, x, y: [1, -mpmath.floor(x / y)],
    "abs": lambda out, x: [mpmath.sign(x)],
    "relu": lambda out, x: [int(x > 0)],
    "leaky_relu": lambda out, x, slope: [1 if x > 0 else slope, min(x, 0)],
    "elu": lambda out, x, alpha: [1 if x > 0 else out + alpha, mpmath.expm1(min(x, 0))],
    "where": lambda out, condition, x, y: [0, int(condition > 0), int(condition <= 0)],
    "sum": lambda out, *values: [1] * len(values),
    "mean": lambda out, *values: [mpmath.mpf(1) / len(values)] * len(values),
    "dot": turn_around,
    "logsumexp": lambda out, *values: [mpmath.exp(x - out) for x in values],
    "choose": lambda out, index, *values: [0, *[int(index == i) for i in range(len(values))]],
    "held": stay,
    **dict.fromkeys(("max", "min"), share_ties),
    **dict.fromkeys(("floordiv", "step", "sign", "equal", "level"), stay),
}


def find_slopes(name: str, f: ExactFunction, out: Exact, inputs: Sequence[Exact]) -> list[Exact]:
    """Return an operation's derivative by each input, right to 30 digits."""
    if name in SLOPES:
        return SLOPES[name](out, *inputs)
    most = max([abs(mpmath.mag(x)) for x in inputs if x], default=0)  # in bits
    with mpmath.extraprec(most):  # beside a number of any size, the step is seen
        steps = [STEP * (min(1, abs(x)) or 1) for x in inputs]
        return [differ(f, inputs, [i], h) for i, h in enumerate(steps)]


class ExactGraph:
    """Nodes in their order, computed again for numbers of the leaves; constants stay as they are.

    >>> x = Value(2.0)
    >>> y = x.sqrt()
    >>> graph = ExactGraph([x, y])
    >>> results = graph.compute({x: mpmath.mpf(4)})
    >>> [slope] = graph.find_gradient(results, [y], [x])
    >>> float(results[y]), float(slope)
    (2.0, 0.25)

    What isn't a real, finite number is an ArithmeticError, an operation of your own a NoExactError:

    >>> from micrograd_nn import Operation
    >>> ExactGraph([Operation("own", lambda x: x, [lambda out, x: 1.0])(x)])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn....NoExactError: own has no form in 60-digit arithmetic
    """

    def __init__(self, nodes: Sequence[Value]) -> None:
        self.nodes = nodes
        self.functions: dict[str, ExactFunction] = {**FUNCTIONS, "held": lambda x: x}
        for node in nodes:
            row = node.operation
            if row is not None and row not in (OPERATIONS.get(row.name), held, taken):
                raise NoExactError(f"{row.name} has no form in 60-digit arithmetic")

    def compute(self, leaves: Mapping[Value, Exact]) -> dict[Value, Exact]:
        """Return the number of every node."""
        results: dict[Value, Exact] = {}
        with mpmath.workdps(DIGITS):
            for node in self.nodes:
                if node.operation is None:
                    results[node] = leaves[node] if node in leaves else mpmath.mpf(node.data)
                    continue
                out = self.functions[node.operation.name](*[results[x] for x in node.inputs])
                if not is_real(out):
                    raise ArithmeticError(f"{node.operation.name} gives {out}")
                results[node] = out
        return results

    def find_gradient(
        self, results: Mapping[Value, Exact], roots: Sequence[Value], wrt: Sequence[Value]
    ) -> list[Exact]:
        """Return the derivatives of the sum of nodes, at the numbers that were computed."""
        needed = set(wrt)
        for node in self.nodes:
            if not needed.isdisjoint(node.inputs):
                needed.add(node)
        upstream = dict.fromkeys(self.nodes, mpmath.mpf(0))
        for root in roots:
            upstream[root] += 1
        with mpmath.workdps(DIGITS):
            for node in reversed(self.nodes):
                if node.operation is None or node not in needed or not upstream[node]:
                    continue
                name, inputs = node.operation.name, [results[x] for x in node.inputs]
                slopes = find_slopes(name, self.functions[name], results[node], inputs)
                for x, slope in zip(node.inputs, slopes, strict=True):
                    if x in needed:
                        upstream[x] += upstream[node] * slope
        return [upstream.get(x, mpmath.mpf(0)) for x in wrt]
