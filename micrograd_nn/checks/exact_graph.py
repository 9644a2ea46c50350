"""A recorded graph and its gradient in 60-digit decimal arithmetic: what exports are measured by.

The derivatives are written down once more, or else are difference quotients: none comes from the
table of operations.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from ..engine.table import OPERATIONS
from ..engine.value import Value
from ..programs.operations import held, taken
from .exact import CONTEXT, FUNCTIONS, D, DecimalFunction, compute_more, log, power

Slopes = Callable[..., list[Decimal]]  # of the result and the inputs: a derivative for each


class NoExactError(ValueError):
    """An operation has no form in 60-digit arithmetic, such as one of your own."""


def share_ties(out: Decimal, *values: Decimal) -> list[Decimal]:
    """Return the derivatives of a maximum or a minimum: equal values share_ties it."""
    count = values.count(out)
    return [D(x == out) / count for x in values]


def turn_around(out: Decimal, *factors: Decimal) -> list[Decimal]:
    """Return the derivatives of w·x + b."""
    half = len(factors) // 2
    return [*factors[half : 2 * half], *factors[:half], *[D(1)] * (len(factors) % 2)]


def stay(out: Decimal, *values: Decimal) -> list[Decimal]:
    """Return the derivatives of a step."""
    return [D(0)] * len(values)


def slope_of_power(out: Decimal, x: Decimal, y: Decimal) -> list[Decimal]:
    """Return the derivatives of x to the power y; that by y needs x > 0, or is 0 at x = 0."""
    by_base = y * power(x, y - 1) if y else D(0)
    by_exponent = out * log(x) if x > 0 else D(0) if not x and y > 0 else D("nan")
    return [by_base, by_exponent]


# At kinks, and where a difference quotient would cost much or lie across a step.
SLOPES: dict[str, Slopes] = {
    "add": lambda out, x, y: [D(1), D(1)],
    "sub": lambda out, x, y: [D(1), D(-1)],
    "mul": lambda out, x, y: [y, x],
    "truediv": lambda out, x, y: [1 / y, -out / y],
    "neg": lambda out, x: [D(-1)],
    "pow": slope_of_power,
    "mod": lambda out, x, y: [D(1), -FUNCTIONS["floordiv"](x, y)],
    "abs": lambda out, x: [D((x > 0) - (x < 0))],
    "relu": lambda out, x: [D(x > 0)],
    "leaky_relu": lambda out, x, slope: [D(1) if x > 0 else slope, min(x, D(0))],
    "elu": lambda out, x, alpha: [D(1) if x > 0 else out + alpha, FUNCTIONS["expm1"](min(x, D(0)))],
    "where": lambda out, condition, x, y: [D(0), D(condition > 0), D(condition <= 0)],
    "sum": lambda out, *values: [D(1)] * len(values),
    "mean": lambda out, *values: [D(1) / len(values)] * len(values),
    "dot": turn_around,
    "logsumexp": lambda out, *values: [(x - out).exp() for x in values],
    "choose": lambda out, index, *values: [D(0), *[D(i == index) for i in range(len(values))]],
    "held": stay,
    **dict.fromkeys(("max", "min"), share_ties),
    **dict.fromkeys(("floordiv", "step", "sign", "equal", "level"), stay),
}


def find_slopes(
    name: str, f: DecimalFunction, out: Decimal, inputs: Sequence[Decimal]
) -> list[Decimal]:
    """Return an operation's derivative by each input, right to 30 digits."""
    if name in SLOPES:
        return SLOPES[name](out, *inputs)
    slopes = []
    most = max([abs(x.adjusted()) for x in inputs], default=0)
    with compute_more(most):  # beside a number of any size, the step is seen
        for i, x in enumerate(inputs):
            h = D(10) ** -20 * (min(D(1), abs(x)) or 1)
            above, below = ([*inputs[:i], x + step, *inputs[i + 1 :]] for step in (h, -h))
            slopes.append((f(*above) - f(*below)) / (2 * h))
    return [+slope for slope in slopes]


class ExactGraph:
    """Nodes in their order, computed anew for numbers of the leaves; constants stay as they are.

    >>> x = Value(2.0)
    >>> y = x.sqrt()
    >>> graph = ExactGraph([x, y])
    >>> results = graph.compute({x: D(4)})
    >>> [slope] = graph.find_gradient(results, [y], [x])
    >>> float(results[y]), float(slope)
    (2.0, 0.25)

    An operation of your own is a NoExactError:

    >>> from micrograd_nn import Operation
    >>> ExactGraph([Operation("own", lambda x: x, [lambda out, x: 1.0])(x)])
    Traceback (most recent call last):
    micrograd_nn.checks.exact_graph.NoExactError: own has no form in 60-digit arithmetic
    """

    def __init__(self, nodes: Sequence[Value]) -> None:
        self.nodes = nodes
        self.functions: dict[str, DecimalFunction] = {**FUNCTIONS, "held": lambda x: x}
        for node in nodes:
            row = node.operation
            if row is not None and row not in (OPERATIONS.get(row.name), held, taken):
                raise NoExactError(f"{row.name} has no form in 60-digit arithmetic")

    def compute(self, leaves: Mapping[Value, Decimal]) -> dict[Value, Decimal]:
        """Return the number of every node."""
        results: dict[Value, Decimal] = {}
        with decimal.localcontext(CONTEXT):
            for node in self.nodes:
                if node.operation is None:
                    results[node] = leaves[node] if node in leaves else D(node.data)
                else:
                    f = self.functions[node.operation.name]
                    results[node] = f(*[results[x] for x in node.inputs])
        return results

    def find_gradient(
        self, results: Mapping[Value, Decimal], roots: Sequence[Value], wrt: Sequence[Value]
    ) -> list[Decimal]:
        """Return the derivatives of the sum of nodes, at the numbers that were computed."""
        needed = set(wrt)
        for node in self.nodes:
            if not needed.isdisjoint(node.inputs):
                needed.add(node)
        upstream = dict.fromkeys(self.nodes, D(0))
        for root in roots:
            upstream[root] += 1
        with decimal.localcontext(CONTEXT):
            for node in reversed(self.nodes):
                if node.operation is None or node not in needed or not upstream[node]:
                    continue
                name, inputs = node.operation.name, [results[x] for x in node.inputs]
                slopes = find_slopes(name, self.functions[name], results[node], inputs)
                for x, slope in zip(node.inputs, slopes, strict=True):
                    if x in needed:
                        upstream[x] += upstream[node] * slope
        return [upstream.get(x, D(0)) for x in wrt]
