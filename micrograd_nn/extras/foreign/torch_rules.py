"""PyTorch's operations as ours, on arrays of Values, but for those that it takes apart itself.

And what they are given: tensors, whose numbers lie at places of a storage.

A rule takes what its operation does where that is as usual; what it doesn't take, a TypeError, is
taken apart, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch.utils._pytree import tree_leaves, tree_map_only

from ...engine.table import OPERATIONS, log_softmax, softmax
from .arrays import (
    EACH,
    Rule,
    each,
    move,
    multiply,
    plain,
    reduce,
    reduce_runs,
    replace_runs,
    share_numbers,
    spread,
)

row: Callable[[str], Any] = OPERATIONS.__getitem__


def find_variance(numbers: list[Any], correction: Any) -> Any:
    """Return a variance: the sum of the squares by their number, less ``correction``."""
    mean = row("mean")(numbers)
    return row("sum")([(a - mean) ** 2 for a in numbers]) / (len(numbers) - correction)


def embedded(weight: Any, indices: Any, padding: int = -1, *rest: Any) -> Any:
    """Return the rows of a matrix at some indices, those of the padding as constants."""
    is_padding, found = (indices == padding)[..., None], weight[indices]
    return np.where(is_padding, plain(found), found)


def find_windows(x: Any, size: Any, stride: Any, padding: Any = 0, dilation: Any = 1) -> Any:
    """Return what a window sees at each position of an array's last axes, None beyond it.

    >>> find_windows(np.array([3.0, 4.0, 5.0]), [3], 2, 1).tolist()
    [[None, 3.0, 4.0], [4.0, 5.0, None]]

    But for its size, one number may be that of each axis.
    """
    axes, pad = range(x.ndim - len(size), x.ndim), np.pad  # type: Any, Any
    stride, padding, dilation = (np.broadcast_to(n, len(size)) for n in (stride, padding, dilation))
    around = [(0, 0)] * axes[0] + [(p, p) for p in padding]
    padded = pad(x.astype(object), around, constant_values=None)
    seen = sliding_window_view(padded, dilation * (np.array(size) - 1) + 1, axes)
    every: Any = [slice(None, None, step) for step in (*stride, *dilation)]
    return seen[(..., *every)]


def convolved(
    x: Any, kernels: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
    out: Any, groups: int,
) -> Any:  # fmt: skip
    """Return a convolution: each number a kernel's product with what a window sees."""
    if transposed or groups > 1:
        raise ValueError("it is transposed, or has groups")
    windows = find_windows(share_numbers(x), kernels.shape[2:], stride, padding, dilation)
    summed = [1, *range(x.ndim, windows.ndim)], [*range(1, kernels.ndim)]
    return np.moveaxis(multiply(windows, kernels, summed, bias=bias), -1, 1)


def pool(name: str, x: Any, size: Any, stride: Any = (), padding: Any = 0, *more: Any) -> Any:
    """Return the largest number of each window, or the mean without padding."""
    dilation, *rest = more if name == "max" and more else (1, *more)
    if any(rest) or (name == "mean" and np.any(padding)):
        raise ValueError("only whole windows are known (no ceil_mode, no padding of a mean)")
    windows = find_windows(x, size, stride or size, padding, dilation)
    return reduce_runs(
        lambda seen: row(name)([n for n in seen if n is not None]),
        windows, range(x.ndim, windows.ndim),
    )  # fmt: skip


RULES: dict[str, Rule] = {
    **EACH, "remainder": each("mod"),
    "leaky_relu": lambda x, slope=0.01: spread(row("leaky_relu"), x, slope),
    "elu": lambda x, alpha=1.0: spread(row("elu"), x, alpha),
    **{x: partial(reduce, x) for x in ("sum", "mean", "prod", "max", "min", "logsumexp")},
    "amax": partial(reduce, "max"), "amin": partial(reduce, "min"),
    "var": lambda x, dim=None, correction=1, **more: reduce_runs(
        lambda numbers: find_variance(numbers, correction), x, dim
    ),
    "maximum": each("max"), "minimum": each("min"),
    "_softmax": lambda x, dim, half: replace_runs(softmax, x, dim),
    "_log_softmax": lambda x, dim, half: replace_runs(log_softmax, x, dim),
    "embedding": embedded,
    "mm": lambda x, y: multiply(x, y, ([1], [0])),
    "addmm": lambda bias, x, y: multiply(x, y, ([1], [0]), bias=bias),
    "bmm": lambda x, y: multiply(x, y, ([2], [1]), ([0], [0])),
    "mv": lambda x, y: multiply(x, y, ([1], [0])), "dot": lambda x, y: multiply(x, y, ([0], [0])),
    "where": lambda chosen, x, y: spread(lambda is_x, a, b: a if is_x else b, chosen, x, y),
    "fill": lambda x, number: np.broadcast_to(number, x.shape),
    "convolution": convolved,
    "max_pool2d_with_indices": partial(pool, "max"), "avg_pool2d": partial(pool, "mean"),
    **dict.fromkeys(["clone", "_to_copy", "convert_element_type"], lambda x, *rest, **more: x),
}  # fmt: skip
MOVES = {  # what only puts numbers elsewhere, leaves some out, or adds zeros
    "cat", "stack", "index_select", "gather", "index", "flip", "roll", "repeat", "tril", "triu",
    "copy", "index_put", "select_scatter", "slice_scatter", "diagonal_scatter", "im2col",
    "constant_pad_nd", "as_strided_scatter", "diag_embed", "masked_select",
}  # fmt: skip
AIMS = {"index", "indices", "mask"}  # arguments that say where
CONSTANT = {  # what passes no gradient back
    "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "new_zeros",
    "new_ones", "new_full", "new_empty", "new_empty_strided", "bernoulli", "sign", "floor", "ceil",
    "round", "trunc", "zero",
}  # fmt: skip


def move_numbers(func: Any, bound: Mapping[str, Any], arrays: Mapping[int, Any]) -> list[Any]:
    """Return what an operation puts elsewhere, found by what it does with places."""
    numbers = {name: thing for name, thing in bound.items() if name not in AIMS}

    def put(places: list[Any]) -> list[Any]:
        rest = iter([torch.from_numpy(place).double() for place in places])
        given = {**bound, **tree_map_only(torch.Tensor, lambda x: next(rest), numbers)}
        return [func(**given).long().numpy()]

    return move(put, *[arrays[id(x)] for x in list_tensors(numbers)])


def bind(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an operation by their names, the usual ones, too."""
    known = func._schema.arguments
    usual = {each.name: each.default_value for each in known if each.has_default_value()}
    return usual | dict(zip([each.name for each in known], args, strict=False)) | {**kwargs}


def list_tensors(tree: Any) -> list[Any]:
    """Return the tensors among some arguments, or results."""
    return [x for x in tree_leaves(tree) if isinstance(x, torch.Tensor)]


def read_type(x: Any) -> str:
    """Return the type of a tensor's numbers by its name."""
    return str(x.dtype).removeprefix("torch.")


def find_storage(x: Any) -> int:
    """Return what tells a tensor's storage from others."""
    return x.untyped_storage()._cdata if x.layout is torch.strided else id(x)


def list_places(x: Any) -> Any:
    """Return the place in its storage of each number of a tensor, in order.

    >>> list_places(torch.zeros(2, 3).T).tolist()
    [0, 3, 1, 4, 2, 5]
    """
    steps = np.tensordot(x.stride(), np.indices(x.shape), 1)
    return (steps + x.storage_offset()).astype(int).ravel()
