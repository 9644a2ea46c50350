"""Arrays of Values and numbers: what is done to each, to runs of them, and to matrices.

They are NumPy's, of objects, for the libraries of tensors, which stand on it themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...engine.table import OPERATIONS, dot
from ...engine.value import Value


def pack(items: Sequence[Any], shape: Sequence[int]) -> Any:
    """Return Values and numbers as an array of objects."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array.reshape(shape)


def plain(array: Any) -> Any:
    """Return an array with the numbers of its Values.

    >>> plain(pack([Value(3.0), 2.0], [2]))
    array([3., 2.])
    """
    if array.dtype != object:
        return array
    numbers = [x.number if isinstance(x, Value) else float(x) for x in array.flat]
    return np.asarray(numbers, dtype=float).reshape(array.shape)


def is_live(array: Any) -> bool:
    """Tell whether an array has any Value."""
    return array.dtype == object and any(isinstance(x, Value) for x in array.flat)


def spread(function: Callable[..., Any], *given: Any) -> Any:
    """Return what a function gives of each number of some arrays, as broadcasting pairs them."""
    made = np.frompyfunc(function, len(given), 1)(*given)
    return made if isinstance(made, np.ndarray) else pack([made], ())


def reduce_runs(
    function: Callable[[list[Any]], Any], x: Any, axes: int | Sequence[int] | None = None
) -> Any:
    """Return what a function makes of each run along some axes, all by default.

    >>> reduce_runs(len, np.zeros((2, 3)), 1)
    array([3, 3], dtype=object)
    """
    chosen = [axes] if isinstance(axes, int) else [*(axes or range(x.ndim))]
    last = [axis % x.ndim for axis in chosen] if x.ndim else []
    first = [axis for axis in range(x.ndim) if axis not in last]
    size = int(np.prod([x.shape[axis] for axis in last]))
    runs = x.transpose([*first, *last]).reshape(-1, size)
    return pack([function([*run]) for run in runs], [x.shape[axis] for axis in first])


def replace_runs(function: Callable[[list[Any]], list[Any]], x: Any, axis: int) -> Any:
    """Return an array in which each run along an axis is what a function makes of it."""
    runs = np.moveaxis(x, axis, -1)
    made = [item for run in runs.reshape(-1, runs.shape[-1]) for item in function([*run])]
    return np.moveaxis(pack(made, runs.shape), -1, axis)


def multiply(
    x: Any, y: Any, summed: tuple[Sequence[int], Sequence[int]],
    batch: tuple[Sequence[int], Sequence[int]] = ((), ()), bias: Any = None,
) -> Any:  # fmt: skip
    """Return a product of matrices, for each of a batch: each number a dot product.

    ``summed`` and ``batch`` are axes of both; the bias is added within the products.
    """
    rows, left = arrange(x, batch[0], summed[0])
    columns, right = arrange(y, batch[1], summed[1])
    shape = [*[x.shape[axis] for axis in batch[0]], *left, *right]
    biases = iter(
        [None] * int(np.prod(shape)) if bias is None else np.broadcast_to(bias, shape).flat
    )
    made = [
        dot([*column], [*row], next(biases))
        for matrix, other in zip(rows, columns, strict=True) for row in matrix for column in other
    ]  # fmt: skip
    return pack(made, shape)


def arrange(x: Any, batch: Sequence[int], summed: Sequence[int]) -> tuple[Any, list[int]]:
    """Return a factor as matrices, one for each of the batch, and the shape of what is kept."""
    kept = [axis for axis in range(x.ndim) if axis not in (*batch, *summed)]
    sizes = [int(np.prod([x.shape[i] for i in axes])) for axes in (batch, kept, summed)]
    return x.transpose([*batch, *kept, *summed]).reshape(sizes), [x.shape[i] for i in kept]


def larger(name: str) -> Callable[..., Any]:
    """Return the rule of the larger of two numbers each, or of the smaller."""
    row: Any = OPERATIONS[name]
    return lambda x, y, **more: spread(lambda a, b: row([a, b]), x, y)
