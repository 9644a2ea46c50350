"""What an engine calls what its nodes have: their number, their inputs, their operation."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Complex, Real
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any, NamedTuple

WORDS = {  # what engines of scalars call it, the usual name first
    "data": "data value val _data _value v",
    "grad": "grad gradient _grad derivative adjoint g",
    "inputs": "_children _prev children inputs parents _inputs _parents prev prevs operands "
    "depends_on local_gradients",
    "operation": "_op op operation op_name _operation operator _operator function fn creator",
    "partials": "_local_grads local_grads local_gradients _local_gradients partials locals",
    "label": "label name _label",
    "pass_back": "_backward chain_rule backward_fn _backward_fn grad_fn _grad_fn _backprop",
    "backward": "backward backprop backpropagate backward_pass",
}
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

    def find(field: str, fits: Callable[[Any], bool], *more: str) -> str:
        words = *WORDS.get(field, "").split(), *more
        return next((word for word in words if fits(read(x, word, MISSING))), "")

    data = find("data", lambda thing: read_number(thing) is not None)
    if not data:
        return None
    own = [*getattr(x, "__dict__", ())]
    parts = [name for name in own if read_number(read(x, f"{name}.{data}")) is None]
    within = [f"{part}.{word}" for part in parts for word in WORDS["inputs"].split()]
    inputs = find("inputs", lambda thing: isinstance(thing, COLLECTIONS), *within)
    inputs = inputs or find("", lambda thing: holds_nodes(thing, data), *own)
    if not inputs:
        return None
    part = inputs.rpartition(".")[0]  # an object for the operation, it may be
    kinds = [f"{part}.{word}" for part in parts for word in ("last_fn", "fn")]
    return Conventions(
        data,
        find("grad", lambda grad: grad is None or read_number(grad) is not None),
        inputs,
        find("operation", lambda x: x is not MISSING and type(x) is not MethodType, *kinds, part),
        find("partials", lambda shares: isinstance(shares, (list, tuple))),
        find("label", lambda label: label is not MISSING),
        find("pass_back", callable, f"{part}.backward")
        or find("", lambda rule: isinstance(rule, FunctionType), *own),
        find("backward", callable),
    )


def holds_nodes(thing: Any, data: str) -> bool:
    """Tell whether a thing is a collection of nodes."""
    if not isinstance(thing, COLLECTIONS) or not thing:
        return False
    return all(read_number(read(item, data)) is not None for item in thing)


def explain_lack(x: Any) -> str:
    """Say why an object isn't a scalar of an engine: "" of what has no attributes of its own."""
    if not hasattr(x, "__dict__") or isinstance(x, (type, FunctionType)):
        return ""
    if any(read_number(read(x, word)) is not None for word in WORDS["data"].split()):
        return ", which has no collection of what it was made of, as _children, _prev or inputs"
    return ", which has no number as its data or value"


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
