"""Losses of one example: how wrong a prediction is, as one Value to minimise.

A training loop takes their mean over a batch. Predictions are Values (or lists of them, one an
output); targets are numbers (lists, class indices).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import index
from typing import Any

from ._ground.text import quote_text
from .engine import table as op
from .engine.operators import Operand
from .engine.value import Value

Many = Sequence[Value]


def squared_error(prediction: Value | Many, target: float | Sequence[float]) -> Value:
    """Return the sum of (prediction - target)² over the outputs.

    >>> squared_error(Value(3.0), 1.0).data
    4.0
    >>> squared_error([Value(3.0), Value(0.0)], [1.0, 1.0]).data
    5.0

    One large error weighs more than many small ones: 10 against 2 counts 25 times, not 5.
    """
    return op.sum([(p - t) ** 2 for p, t in pair_targets(prediction, target)])


def mean_absolute_error(prediction: Value | Many, target: float | Sequence[float]) -> Value:
    """Return the mean of ``|prediction - target|`` over the outputs.

    >>> mean_absolute_error([Value(3.0), Value(0.0)], [1.0, 1.0]).data
    1.5

    Its derivative where they are equal is taken as 0.
    """
    return op.mean([abs(p - t) for p, t in pair_targets(prediction, target)])


def hinge(score: Value, target: float) -> Value:
    """Return max(0, 1 - target * score) for a target of -1 or 1.

    >>> hinge(Value(0.25), 1).data, hinge(Value(-3.0), -1).data
    (0.75, 0.0)

    Any other target is a ValueError.
    """
    if target not in (-1, 1):
        raise ValueError(f"hinge takes a target of -1 or 1, not {target!r}")
    return op.relu(1 - target * score)


def binary_cross_entropy(logit: Value, target: float) -> Value:
    """Return -log of the probability that sigmoid(logit) gives to a target from 0 to 1.

    >>> binary_cross_entropy(Value(0.0), 1).data  # log 2
    0.6931471805599453

    Neither a large error nor a small one is lost:

    >>> binary_cross_entropy(Value(-1000.0), 1).data, binary_cross_entropy(Value(40.0), 1).data
    (1000.0, 4.248354255291589e-18)
    """
    if target == 1:
        return op.softplus(-logit)
    if target == 0:
        return op.softplus(logit)
    if not 0 < target < 1:
        raise ValueError(f"binary_cross_entropy takes a target from 0 to 1, not {target!r}")
    loss: Value = target * op.softplus(-logit) + (1 - target) * op.softplus(logit)
    return loss


def cross_entropy(logits: Many, target: int) -> Value:
    """Return -log of the probability that softmax(logits) gives to the class ``target``.

    >>> cross_entropy([Value(0.0), Value(0.0)], 1).data  # log 2
    0.6931471805599453

    It is the logsumexp of how far each logit is above the target's: neither does it overflow, nor
    does it lose a small loss, or what large logits differ by.

    >>> cross_entropy([Value(1000.0), Value(0.0)], 1).data
    1000.0
    >>> cross_entropy([Value(0.0), Value(-40.0)], 0).data
    4.248354255291589e-18
    >>> cross_entropy([Value(1e16), Value(1e16)], 0).data
    0.6931471805599453
    """
    if not isinstance(logits, (list, tuple)):
        raise TypeError(
            f"cross_entropy takes a list of logits, one a class, not a {type(logits).__name__}; "
            f"of one logit there is binary_cross_entropy"
        )
    is_data = isinstance(target, Operand)  # of a program, which serves all classes
    if not (is_data or 0 <= index(target) < len(logits)):
        raise ValueError(f"cross_entropy of {len(logits)} logits has no class {target!r}")
    minus = -op.choose(target, logits)
    above: list[Value | float] = []
    for i, x in enumerate(logits):
        # The target's is 0.0, not x - x, whose two gradients cancel but for their rounding.
        if len(logits) == 1:
            above.append(x + minus)
        elif is_data:
            above.append(op.where(op.equal(target, i), 0.0, x + minus))
        else:
            above.append(0.0 if i == target else x + minus)
    loss: Value = op.logsumexp(above)
    return loss


def weighted(loss: Callable[[Any, Any], Value]) -> Callable[[Any, Any], Value]:
    """Return a loss whose targets have weights, (target, weight): the weight times the loss.

    >>> weighted(squared_error)(Value(3.0), (1.0, 0.5)).data
    2.0

    A batch's mean counts its examples, whatever they weigh: it is the weighted mean where the
    weights of all have a mean of 1.
    """
    return partial(weigh, loss)


def weigh(loss: Callable[[Any, Any], Value], prediction: Any, target: tuple[Any, float]) -> Value:
    """Return what a loss is, times the weight that stands beside the target."""
    plain, weight = target
    return weight * loss(prediction, plain)


def l1_penalty(parameters: Iterable[Value], strength: float = 1e-4) -> Value:
    """Return strength times the sum of the parameters' sizes, to add to a batch's loss.

    >>> l1_penalty([Value(3.0), Value(-4.0)], strength=0.5).data
    3.5

    Its derivative by a parameter is strength, with the parameter's sign: however small a weight
    is, it pulls as hard, until the weight is about 0. At 0 it is taken as 0.
    """
    total: Value = strength * op.sum([abs(p) for p in list_parameters(parameters, "l1_penalty")])
    return total


def l2_penalty(parameters: Iterable[Value], strength: float = 1e-4) -> Value:
    """Return strength times the sum of the squared parameters, to add to a batch's loss.

    >>> l2_penalty([Value(3.0), Value(4.0)], strength=0.1).data
    2.5

    Its derivative by a parameter p is 2 * strength * p.
    """
    listed = list_parameters(parameters, "l2_penalty")
    return strength * op.dot(listed, listed)


def list_parameters(parameters: Iterable[Value], name: str) -> list[Value]:
    """Return what a penalty is of, or say what that is: not its strength, as in fit's argument."""
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"{name} takes the parameters and then a strength, not {quote_text(parameters)}: write "
            f"penalty={name}, or penalty=lambda parameters: {name}(parameters, 0.01)"
        )
    return list(parameters)


def pair_targets(prediction: Any, target: Any) -> Iterable[tuple[Value, float]]:
    """Pair predictions with targets, single ones or lists of one length."""
    if isinstance(prediction, (list, tuple)):
        if not isinstance(target, (list, tuple)) or len(target) != len(prediction):
            raise ValueError(f"{len(prediction)} predictions need as many targets, not {target!r}")
        return zip(prediction, target, strict=True)
    return [(prediction, target)]
