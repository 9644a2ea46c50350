"""What a program over columns of NumPy takes, against the same program row by row."""

from __future__ import annotations

import random
from typing import Any

from measure import Effort, MissingError, Pair, peer, race, same, same_gradients
from registry import costs, faster

from micrograd_nn import MLP, Value, compile
from micrograd_nn.extras.compile.native.building import NoNativeError
from micrograd_nn.losses import squared_error

ROWS_AT_ONCE = 10_000


def race_columns(effort: Effort, native: bool) -> list[Pair]:
    """Time the loss and the gradient of a 2-16-16-1 network on many rows."""
    numpy = peer("numpy")
    rng = random.Random(0)
    model = MLP(2, effort.size([16, 16, 1], [3, 1]), "tanh", rng=rng)
    inputs = [Value(0.0, name) for name in ("x1", "x2", "y")]
    loss = squared_error(model(inputs[:2]), inputs[2])
    given: list[Any] = [loss, inputs, model.parameters()]
    rows = [[rng.gauss(0, 1) for _ in inputs] for _ in range(effort.size(ROWS_AT_ONCE, 20))]
    columns = [numpy.asarray(column) for column in zip(*rows, strict=True)]
    numbers = [p.data for p in model.parameters()]
    over, by_rows = compile(*given, over="array"), compile(*given, native=native)
    try:
        expected, slopes = by_rows(numbers, rows)
    except NoNativeError as error:
        raise MissingError(str(error)) from None
    total, gradient = over(numbers, columns)
    same("the loss", float(total), expected)
    same_gradients("all rows", gradient.tolist(), slopes)
    return race(lambda: over(numbers, columns), lambda: by_rows(numbers, rows), effort)


@faster("10,000 rows over columns of NumPy", "the compiled Python program", at_least=10)
def columns_against_python(effort):
    return race_columns(effort, native=False)


@costs("10,000 rows over columns of NumPy", "the program in C", at_most=None)
def columns_against_c(effort):
    return race_columns(effort, native=True)
