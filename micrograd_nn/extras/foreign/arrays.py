"""Arrays of Values and numbers: what is done to each, to runs and windows of them, and to matrices.

They are NumPy's, of objects, for the libraries of tensors, which stand on it themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from ..._ground.text import format_number
from ...engine.node import nodes
from ...engine.operation import ARITHMETIC, Choice, Reduction
from ...engine.table import OPERATIONS, dot
from ...engine.value import Constant, Value
from ...graph.gradients import compute_gradients
from .reading import Adoption, Mistake, is_close, refuse_size

PRECISION = {"float64": 1e-9, "float32": 1e-4, "float16": 3e-2, "bfloat16": 1e-1}
LARGEST = {"float64": 1.7e308, "float32": 3.4e38, "float16": 65504.0, "bfloat16": 3.3e38}

Rule = Callable[..., Any]  # of an operation of theirs, on arrays
OTHERWISE = "write it by sums, products, exp, tanh, …"  # what isn't known


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
    return np.asarray([*map(get_number, array.flat)], dtype=float).reshape(array.shape)


def get_number(x: Any) -> Any:
    """Return the number of a Value, or a number."""
    return x.number if isinstance(x, Value) else x


def is_packed(array: Any) -> bool:
    """Tell whether an array is of objects, which may be Values."""
    return getattr(getattr(array, "dtype", None), "kind", "") == "O"


def is_live(array: Any) -> bool:
    """Tell whether an array has any Value."""
    return is_packed(array) and any(isinstance(x, Value) for x in array.flat)


def require_same(made: Iterable[Any], numbers: Sequence[float], dtype: str, what: str) -> None:
    """Refuse what isn't the same as another library's numbers but for the rounding of a type.

    >>> require_same([Value(1.0)], [1.0 + 1e-12], "float64", "it")
    >>> require_same([Value(1.0), 2.0], [1.0, 3.0], "float64", "it")
    Traceback (most recent call last):
    ValueError: adopt can't show it: 3 there, and 2 here
    """
    close = PRECISION[dtype] * max([1.0, *[abs(x) for x in numbers if isfinite(x)]])
    for found, theirs in zip(map(get_number, made), numbers, strict=True):
        if not is_close(found, theirs, close, share=0.0):
            raise ValueError(
                f"adopt can't show {what}: {format_number(theirs)} there, "
                f"and {format_number(found)} here"
            )


def settle(value: Any, number: float, largest: float) -> Any:
    """Return a Value with another library's number where that overflows, and else itself.

    >>> settle(Value(1e30) * 1e10, inf, 3.4e38)
    Value(inf, grad=None, operation=mul)

    What isn't finite for another reason, ``require_same`` refuses.
    """
    if (
        isfinite(number) or not isinstance(value, Value) or value.operation is None
        or is_close(value.number, number, share=0.0)  # of what was only put elsewhere, too
        or all(abs(x) < largest**0.5 for x in (value.number, *value.numbers))
    ):  # fmt: skip
        return value
    made, partials = Value(number), value.partials
    with suppress(*ARITHMETIC):
        wanted = [partial is not None for partial in partials]
        partials = value.operation.local_partials(number, value.numbers, wanted)
    made.operation = value.operation
    made.attach(value.inputs, partials, value.numbers)
    return made


def spread(function: Callable[..., Any], *given: Any) -> Any:
    """Return what a function gives of each number of some arrays, as broadcasting pairs them."""
    numbers = [x.astype(float) if str(getattr(x, "dtype", "")) == "bool" else x for x in given]
    with np.errstate(all="ignore"):  # of numbers that aren't finite
        made = np.frompyfunc(function, len(given), 1)(*numbers)
    return made if isinstance(made, np.ndarray) else pack([made], ())


def each(name: str) -> Rule:
    """Return the rule of a row of the table, for each number of some arrays."""
    row: Any = OPERATIONS[name]
    rule = (lambda a, b: row([a, b])) if isinstance(row, Reduction) else row
    return lambda *given: spread(rule, *given)


EACH: dict[str, Rule] = {
    name: each(name) for name, row in OPERATIONS.items() if not isinstance(row, (Choice, Reduction))
} | {
    "div": each("truediv"), "square": lambda x: spread(lambda a: a**2, x),
    "reciprocal": lambda x: spread(lambda a: 1 / a, x),
    "rsqrt": lambda x: spread(lambda a: 1 / OPERATIONS["sqrt"](a), x),
    "max": each("max"), "min": each("min"),
}  # fmt: skip


def move(put: Callable[[list[Any]], Any], *given: Any) -> list[Any]:
    """Return what only puts numbers elsewhere makes of some arrays: it does so with their places.

    >>> x = Value(3.0)
    >>> move(lambda places: [np.flip(places[0])], pack([x, 2.0], [2]))[0][1] is x
    True

    The place 0 is that of the 0 which it adds, and beyond all is what isn't a number.
    """
    own, places = [0.0], []
    for array in given:
        places.append(np.arange(len(own), len(own) + array.size).reshape(array.shape))
        own += [*array.flat]
    return [
        pack([own[i] if 0 <= i < len(own) else nan for i in found.flat], found.shape)
        for found in map(np.asarray, put(places))
    ]


def reduce_runs(
    function: Callable[[list[Any]], Any], x: Any, axes: int | Sequence[int] | None = None
) -> Any:
    """Return what a function makes of each run along some axes, all by default.

    >>> reduce_runs(len, np.zeros((2, 3)), 1)
    array([3, 3], dtype=object)
    """
    chosen = range(x.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
    runs, kept = arrange(x, (), [axis % x.ndim for axis in chosen] if x.ndim else [])
    return pack([function([*run]) for run in runs[0]], kept)


def reduce(name: str, x: Any, axes: Any = None, *rest: Any, dim: Any = None, **more: Any) -> Any:
    """Return what a row of the table makes of many numbers, along some axes, all by default."""
    return reduce_runs(OPERATIONS[name], x, dim if axes in (None, []) else axes)


def replace_runs(function: Callable[[list[Any]], list[Any]], x: Any, axis: int) -> Any:
    """Return an array in which each run along an axis is what a function makes of it."""
    return np.apply_along_axis(lambda run: pack(function([*run]), run.shape), axis, x)


def multiply(
    x: Any, y: Any, summed: tuple[Sequence[int], Sequence[int]],
    batch: tuple[Sequence[int], Sequence[int]] = ((), ()), bias: Any = None,
) -> Any:  # fmt: skip
    """Return a product of matrices, for each of a batch: each number a dot product.

    ``summed`` and ``batch`` are axes of both; the bias is added within the products.
    """
    rows, left = arrange(share_numbers(x), batch[0], summed[0])
    columns, right = arrange(share_numbers(y), batch[1], summed[1])
    shape = [*[x.shape[axis] for axis in batch[0]], *left, *right]
    biases = iter(np.broadcast_to(bias, shape).flat)  # of None, too
    refuse_size(int(np.prod(shape)) * rows.shape[2], "products of numbers")
    made = [
        weigh(column, row, next(biases))
        for matrix, other in zip(rows, columns, strict=True) for row in matrix for column in other
    ]  # fmt: skip
    return pack([x.number if isinstance(x, Constant) else x for x in made], shape)


def share_numbers(x: Any) -> Any:
    """Return an array whose numbers are one node each, however many products take them."""
    return spread(lambda a: a if a is None or isinstance(a, Value) else Constant(float(a)), x)


def weigh(weights: Iterable[Any], numbers: Iterable[Any], bias: Any) -> Any:
    """Return a dot product, without what is None, of padding."""
    pairs = [pair for pair in zip(weights, numbers, strict=True) if pair[1] is not None]
    return dot([w for w, _ in pairs], [x for _, x in pairs], bias)


def arrange(x: Any, batch: Sequence[int], summed: Sequence[int]) -> tuple[Any, list[int]]:
    """Return an array as matrices, one for each of the batch, and the shape of what is kept.

    >>> arrange(np.zeros((2, 3, 4)), [], [0])[0].shape
    (1, 12, 2)
    """
    kept = [axis for axis in range(x.ndim) if axis not in (*batch, *summed)]
    sizes = [int(np.prod([x.shape[i] for i in axes])) for axes in (batch, kept, summed)]
    return x.transpose([*batch, *kept, *summed]).reshape(sizes), [x.shape[i] for i in kept]


def blame(error: Exception, what: str) -> ValueError:
    """Return an error that says what can't be read, unless it says so itself."""
    begin = "" if str(error).startswith("adopt") else f"adopt can't read {what}: "
    return ValueError(f"{begin}{error}").with_traceback(error.__traceback__)


def finish_reading(
    root: Value,
    compute: Any,
    leaves: Sequence[tuple[Any, Any, list[float]]],
    source: str,
    dtype: str,
) -> Adoption:
    """Return a graph with what names its leaves, and their gradients by whoever computed it.

    ``leaves`` are things with an array of Values for each, and a list of gradients.
    A gradient that isn't this graph's is reported, or refused where no way leads to its leaf.
    """
    name = getattr(compute, "__name__", "")
    root.label = name if name.isidentifier() else "loss"
    graph = nodes(root)
    own = compute_gradients(graph)
    named = {
        value: (thing, "".join([f".{i}" for i in place]))
        for thing, values, _ in leaves for place, value in np.ndenumerate(values)
    }  # fmt: skip
    theirs = {
        value: slope
        for _, values, slopes in leaves for value, slope in zip(values.flat, slopes, strict=True)
    }  # fmt: skip
    largest = max([abs(slope) for slope in theirs.values() if isfinite(slope)], default=0.0)
    close = 0.0 if dtype == "float64" else PRECISION[dtype] * largest
    overflows = not all(  # nor is one not-a-number
        abs(x) <= LARGEST[dtype] for x in (*own.values(), *[x.number for x in own])
    )
    rounding = {
        x: inf if overflows and not isfinite(slope + own.get(x, 0.0)) else close
        for x, slope in theirs.items()
    }
    adoption = Adoption(graph, named, theirs, [], source, rounding, passed={})
    for x, slope, right in adoption.find_differing(own):
        told = f"gets {format_number(slope)} from {source}"
        if x not in own:
            raise ValueError(
                f"adopt sees no way to a number that {told} as its gradient: what has a "
                f"derivative of its own can't be read"
            )
        adoption.faults.append(Mistake(x, f"{told}, and {format_number(right)} by its graph"))
    return adoption
