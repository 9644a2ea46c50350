"""PyTorch's operations as ours, on arrays of Values, but for those that it takes apart itself."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import torch

from ...engine.operation import Reduction
from ...engine.table import OPERATIONS, dot, log_softmax, softmax
from ...engine.value import Value
from .arrays import larger, multiply, pack, reduce_runs, replace_runs, spread

Rule = Callable[..., Any]
row: Callable[[str], Any] = OPERATIONS.__getitem__


def with_options(rule: Rule, **usual: Any) -> Rule:
    """Return a rule of one array, whose other arguments must be as usual."""

    def with_usual(x: Any, *given: Any, **more: Any) -> Any:
        options = dict(zip(usual, given, strict=False)) | more
        odd = [f"{name}={it!r}" for name, it in options.items() if it != usual.get(name)]
        if odd:
            raise ValueError(f"adopt doesn't know it with {', '.join(odd)}")
        return rule(x)

    return with_usual


def reduced(name: str) -> Rule:
    """Return the rule of what makes one number of many, along some axes."""
    return lambda x, dim=None, *rest, **more: reduce_runs(row(name), x, dim)


def added(row_name: str) -> Rule:
    """Return the rule of a sum or a difference, whose second term may have a factor."""
    return lambda x, y, alpha=1: spread(row(row_name), x, y if alpha == 1 else y * alpha)


def added_to_product(bias: Any, x: Any, y: Any, beta: float = 1, alpha: float = 1) -> Any:
    """Return a product of matrices plus a bias: a layer's sums."""
    if (beta, alpha) != (1, 1):
        raise ValueError("adopt doesn't know it with beta or alpha")
    return multiply(x, y, ([1], [0]), bias=bias)


def find_patches(x: Any, size: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """Return the places, from 1, that each position of a window sees in a picture; 0 beyond it."""
    places = torch.arange(1.0, x.size + 1, dtype=torch.float64).reshape(x.shape)
    size, stride, padding, dilation = [*size], [*stride] or [*size], [*padding], [*dilation]
    if x.ndim == 3:  # as one line of a picture
        places, size = places.unsqueeze(2), [1, *size]
        stride, padding, dilation = [1, *stride], [0, *padding], [1, *dilation]
    found = torch.nn.functional.unfold(places, size, dilation, padding, stride)
    return found.transpose(1, 2).long().tolist()


def convolved(
    x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
    output_padding: Any, groups: int,
) -> Any:  # fmt: skip
    """Return a convolution along one or two axes: each number a dot product with a patch."""
    if transposed or groups != 1 or x.ndim not in (3, 4):
        raise ValueError("adopt knows convolutions along 1 or 2 axes, in one group, not transposed")
    own, kernels = [None, *x.flat], weight.reshape(len(weight), -1)
    biases = [None] * len(kernels) if bias is None else bias
    made = []
    for patches in find_patches(x, weight.shape[2:], stride, padding, dilation):
        for kernel, b in zip(kernels, biases, strict=True):
            for patch in patches:
                pairs = [(w, own[i]) for w, i in zip(kernel, patch, strict=True) if i]
                made.append(dot([w for w, _ in pairs], [v for _, v in pairs], b))
    return pack(made, [len(made)])


def pooled(
    x: Any, size: Any, stride: Any = (), padding: Any = (0, 0), dilation: Any = (1, 1),
    ceil_mode: bool = False,
) -> Any:  # fmt: skip
    """Return the largest number of each window."""
    if ceil_mode or x.ndim != 4:
        raise ValueError("adopt knows max_pool2d of (N, C, H, W), without ceil_mode")
    planes, made = x.reshape(-1, 1, *x.shape[2:]), []
    for plane in planes:
        own = [None, *plane.flat]
        (patches,) = find_patches(plane[None], size, stride, padding, dilation)
        made += [row("max")([own[i] for i in patch if i]) for patch in patches]
    return pack(made, [len(made)])


def clamped(x: Any, low: Any = None, high: Any = None) -> Any:
    """Return the numbers within bounds as they are, and constants for those beyond."""

    def clamp(a: Any, least: float, most: float) -> Any:
        number = a.number if isinstance(a, Value) else a
        return a if least <= number <= most else min(max(number, least), most)

    return spread(clamp, x, -inf if low is None else low, inf if high is None else high)


def find_variance(x: Any, dim: Any = None, correction: float = 1, **more: Any) -> Any:
    """Return variances along some axes: the squares' sum by their number, less ``correction``."""

    def vary(numbers: list[Any]) -> Any:
        mean = row("mean")(numbers)
        return row("sum")([(a - mean) ** 2 for a in numbers]) / (len(numbers) - correction)

    return reduce_runs(vary, x, dim)


def squared_errors(x: Any, y: Any, reduction: int = 1) -> Any:
    """Return (x - y)²: their mean (1), their sum (2), or each (0)."""
    made = spread(lambda a, b: (a - b) ** 2, x, y)
    return made if reduction == 0 else reduce_runs(row("mean" if reduction == 1 else "sum"), made)


RULES: dict[str, Rule] = {
    name: lambda *given, own=own: spread(own, *given[: len(own.inputs)])
    for name, own in OPERATIONS.items() if not isinstance(own, Reduction)
}  # fmt: skip
RULES |= {
    "add": added("add"), "sub": added("sub"), "div": RULES["truediv"],
    "rsub": lambda x, y, alpha=1: spread(row("sub"), y, x if alpha == 1 else x * alpha),
    "reciprocal": lambda x: spread(lambda a: 1 / a, x),
    "rsqrt": lambda x: spread(lambda a: 1 / row("sqrt")(a), x),
    "gelu": with_options(RULES["gelu"], approximate="none"),
    "softplus": with_options(RULES["softplus"], beta=1, threshold=20),
    "elu": with_options(lambda x: spread(lambda a: row("elu")(a, 1.0), x),
                        alpha=1, scale=1, input_scale=1),
    "leaky_relu": lambda x, slope=0.01: spread(row("leaky_relu"), x, slope),
    "clamp": clamped, "clamp_min": clamped, "hardtanh": clamped,
    "clamp_max": lambda x, high: clamped(x, None, high),
    "sum": reduced("sum"), "mean": reduced("mean"), "prod": reduced("prod"),
    "amax": reduced("max"), "amin": reduced("min"), "max": reduced("max"), "min": reduced("min"),
    "logsumexp": reduced("logsumexp"), "var": find_variance,
    "maximum": larger("max"), "minimum": larger("min"),
    "_softmax": lambda x, dim, *rest: replace_runs(softmax, x, dim),
    "_log_softmax": lambda x, dim, *rest: replace_runs(log_softmax, x, dim),
    "mm": lambda x, y: multiply(x, y, ([1], [0])), "addmm": added_to_product,
    "bmm": lambda x, y: multiply(x, y, ([2], [1]), ([0], [0])),
    "mv": lambda x, y: multiply(x, y, ([1], [0])), "dot": lambda x, y: multiply(x, y, ([0], [0])),
    "convolution": convolved, "max_pool2d_with_indices": pooled, "mse_loss": squared_errors,
    "where": lambda condition, x, y: spread(lambda c, a, b: a if c else b, condition, x, y),
    "masked_fill": lambda x, mask, number: spread(lambda a, c, b: b if c else a, x, mask, number),
    "copy": lambda x, source, *rest: np.broadcast_to(source, x.shape),
    **dict.fromkeys(
        ["log_sigmoid", "log_sigmoid_forward"], lambda x: spread(lambda a: -row("softplus")(-a), x)
    ),
    **dict.fromkeys(["clone", "_to_copy", "convert_element_type"], lambda x, *rest, **more: x),
}  # fmt: skip
MOVES = {  # what only puts numbers elsewhere, or leaves some out
    "cat", "stack", "index_select", "gather", "index", "embedding", "flip", "roll", "repeat",
    "constant_pad_nd", "tril", "triu", "_unsafe_view", "take",
}  # fmt: skip
WITHOUT_GRADIENT = {
    "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "new_zeros",
    "new_ones", "new_full", "new_empty", "new_empty_strided", "empty_strided", "bernoulli",
    "sign", "floor", "ceil", "round", "fill", "zero",
}  # fmt: skip
