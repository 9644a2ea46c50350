"""What an engine calls what its nodes have: their number, their inputs, their operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Complex, Real
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any, NamedTuple

# What engines of scalars call it, the usual name first. A dot leads to a part of a part.
DATA = "data", "value", "val", "_data", "_value", "v"
GRAD = "grad", "gradient", "_grad", "derivative", "adjoint", "g"
INPUTS = (
    "_children", "_prev", "children", "inputs", "parents", "_inputs", "_parents", "prev", "prevs",
    "_childs", "parent_nodes", "operands", "depends_on", "local_gradients", "args",
    "history.inputs", "creator.inputs",
)  # fmt: skip
OPERATION = (
    "_op", "op", "operation", "op_name", "_operation", "operator", "_operator", "parent_op",
    "prev_op", "history.last_fn", "history.fn", "function", "fn", "creator",
)  # fmt: skip
PARTIALS = "_local_grads", "local_grads", "local_gradients", "_local_gradients", "grad_wrt"
LABEL = "label", "name", "_label"
PASS_BACK = (
    "_backward", "chain_rule", "backward_fn", "_backward_fn", "grad_fn", "_grad_fn", "_backprop",
    "creator.backward",
)  # fmt: skip
BACKWARD = "backward", "backprop", "backpropagate", "backward_pass"
COLLECTIONS = (list, tuple, set, frozenset)
MISSING = object()


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

    def find(words: tuple[str, ...], fits: Callable[[Any], bool]) -> str:
        return next((word for word in words if fits(read(x, word, MISSING))), "")

    data = find(DATA, lambda thing: read_number(thing) is not None)
    inputs = find(INPUTS, lambda thing: isinstance(thing, COLLECTIONS))
    if not (data and inputs):
        return None
    return Conventions(
        data,
        find(GRAD, lambda grad: grad is None or read_number(grad) is not None),
        inputs,
        find(OPERATION, lambda name: name is not MISSING and not isinstance(name, MethodType)),
        find(PARTIALS, lambda shares: isinstance(shares, (list, tuple, Mapping))),
        find(LABEL, lambda label: label is not MISSING),
        find(PASS_BACK, callable),
        find(BACKWARD, callable),
    )


def read(x: Any, word: str, missing: Any = None) -> Any:
    """Return what a thing has by a name, whatever a stranger's property raises."""
    try:
        return attrgetter(word)(x) if word else missing
    except Exception:
        return missing


def read_number(thing: Any) -> float | None:
    """Return a real number as a float: Python's, or an array of one from another library.

    >>> read_number(3), read_number("3"), read_number([3.0]), read_number(3j)
    (3.0, None, None, None)
    """
    if type(thing) is float:
        return thing
    try:
        thing = thing.item() if hasattr(thing, "item") else thing
        is_real = isinstance(thing, Real) or not isinstance(thing, (str, bytes, Complex))
        return float(thing) if is_real else None
    except Exception:
        return None


def read_name(node: Any, words: Conventions) -> str:
    """Return what an engine calls a node's operation: a text, a class, or where it was written.

    >>> class Scalar:
    ...     data, _prev = 3.0, ()
    ...     def tanh(self):
    ...         out = Scalar()
    ...         out._backward = lambda: None
    ...         return out
    >>> out = Scalar().tanh()
    >>> read_name(out, find_conventions(out))
    'tanh'
    """
    name = read(node, words.operation)
    if isinstance(name, str) and name:
        return name
    if name is not None and name != "":
        return str(getattr(name, "name", None) or getattr(name, "__name__", type(name).__name__))
    rule = read(node, words.pass_back)
    place = rule.__qualname__ if isinstance(rule, FunctionType) else ""
    within = place.rpartition(".<locals>.")[0] or place.rpartition(".")[0]
    return within.rpartition(".")[2].strip("_")
