"""What an engine calls what its nodes have: their number, their inputs, their operation."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from ..._ground.text import add_article

# What engines of scalars call it, the usual name first. A dot leads to a part of a part.
DATA = "data", "value", "val", "_data", "_value", "v"
GRAD = "grad", "gradient", "_grad", "derivative", "adjoint", "g"
INPUTS = (
    "_children", "_prev", "children", "inputs", "parents", "_inputs", "_parents", "prev",
    "operands", "depends_on", "local_gradients", "args", "history.inputs",
)  # fmt: skip
OPERATION = "_op", "op", "operation", "op_name", "_operation", "history.last_fn", "function", "fn"
PARTIALS = "_local_grads", "local_grads", "local_gradients", "partials"
LABEL = "label", "name"
PASS_BACK = "_backward", "backward_fn", "_backward_fn", "grad_fn", "_grad_fn"
BACKWARD = "backward", "backprop", "backpropagate", "backward_pass"
COLLECTIONS = (list, tuple, set, frozenset)


class Conventions(NamedTuple):
    """What an engine calls what its nodes have; "" for what they lack."""

    data: str
    grad: str
    inputs: str
    operation: str
    partials: str
    label: str
    pass_back: str  # what hands one node's gradient on to its inputs
    backward: str  # what does so for the whole graph


def find_conventions(x: Any) -> Conventions | None:
    """Return what the engine of a scalar calls what it has; None where it is no such thing.

    >>> class Scalar:
    ...     def __init__(self, data, children=(), op=""):
    ...         self.data, self.grad, self._prev, self._op = data, 0.0, set(children), op
    >>> find_conventions(Scalar(3.0))[:4]
    ('data', 'grad', '_prev', '_op')
    >>> find_conventions([3.0]) is None
    True
    """
    data = next((word for word in DATA if read_number(read(x, word)) is not None), "")
    inputs = next((word for word in INPUTS if isinstance(read(x, word), COLLECTIONS)), "")
    if not (data and inputs):
        return None
    return Conventions(
        data,
        find_word(x, GRAD),
        inputs,
        find_word(x, OPERATION),
        next((word for word in PARTIALS if isinstance(read(x, word), (list, tuple))), ""),
        find_word(x, LABEL),
        next((word for word in PASS_BACK if callable(read(x, word))), ""),
        next((word for word in BACKWARD if callable(read(x, word))), ""),
    )


def find_word(x: Any, words: Iterable[str]) -> str:
    """Return the first of some attributes that a thing has."""
    return next((word for word in words if read(x, word, x) is not x), "")


def read(x: Any, word: str, missing: Any = None) -> Any:
    """Return what a thing has by a name, whatever a stranger's property raises."""
    try:
        return attrgetter(word)(x) if word else missing
    except Exception:
        return missing


def read_number(thing: Any) -> float | None:
    """Return a real number as a float: Python's, or an array of one from another library.

    >>> read_number(3), read_number("3"), read_number([3.0])
    (3.0, None, None)
    """
    if isinstance(thing, (str, bytes, complex)) or thing is None:
        return None
    try:
        return float(thing)
    except Exception:
        return None


def require_number(x: Any, word: str, what: str) -> float:
    """Return the number that a node has, or refuse the node."""
    number = read_number(read(x, word))
    if number is None:
        kind = add_article(type(read(x, word)).__name__)
        raise ValueError(f"{what} has {kind} as its {word}, not one number: adopt takes scalars")
    return number
