"""What an engine calls what its nodes have: their number, their inputs, their operation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from contextlib import suppress
from numbers import Complex, Real
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any, NoReturn

from ..._ground.callers import select_named
from ..._ground.text import add_article

WORDS = {  # what engines of scalars call it, the usual name first
    "data": "data value val _data _value v",
    "grad": "grad gradient _grad derivative adjoint g",
    "inputs": "_children _prev children inputs parents _inputs _parents prev prevs operands "
    "depends_on local_gradients",
    "operation": "_op op operation op_name _operation operator _operator function fn creator",
    "partials": "_local_grads local_grads local_gradients _local_gradients partials locals",
    "label": "label name _label",
    # What hands one node's gradient on to its inputs, and what does so for the whole graph:
    "pass_back": "_backward chain_rule backward_fn _backward_fn grad_fn _grad_fn _backprop",
    "backward": "backward backprop backpropagate backward_pass",
}
Conventions = Mapping[str, str]  # what an engine calls each of these; "" for what it lacks
COLLECTIONS = (list, tuple, set, frozenset)
MISSING = object()
Edge = tuple[Any, float | None]  # what a node was made of, a node or a number, and its share


def find_conventions(x: Any) -> Conventions | None:
    """Return what the engine of a scalar calls what it has; None where it is no such thing.

    >>> class Scalar:
    ...     def __init__(self, data, children=(), op=""):
    ...         self.data, self.grad, self._prev, self._op = data, 0.0, set(children), op
    >>> words = find_conventions(Scalar(3.0))
    >>> words["data"], words["inputs"], words["operation"], words["backward"]
    ('data', '_prev', '_op', '')
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
    inputs = find("inputs", lambda thing: isinstance(thing, COLLECTIONS), *within) or find(
        "",
        lambda thing: (
            isinstance(thing, COLLECTIONS) and bool(thing) and all(is_node(x, data) for x in thing)
        ),
        *own,
    )
    if not inputs:
        return None
    part = inputs.rpartition(".")[0]  # an object for the operation, it may be
    kinds = [f"{part}.{word}" for part in parts for word in ("last_fn", "fn")]
    return {
        "data": data,
        "grad": find("grad", lambda grad: grad is None or read_number(grad) is not None),
        "inputs": inputs,
        "operation": find(
            "operation", lambda x: x is not MISSING and type(x) is not MethodType, *kinds, part
        ),
        "partials": find("partials", lambda shares: isinstance(shares, (list, tuple))),
        "label": find("label", lambda label: label is not MISSING),
        "pass_back": find("pass_back", callable, f"{part}.backward")
        or find("", lambda rule: isinstance(rule, FunctionType), *own),
        "backward": find("backward", callable),
    }


def list_computed(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of some variables that are scalars which another engine computed, by name."""
    return {
        name: thing
        for name, thing in select_named(names) if not isinstance(thing, type)
        if (words := find_conventions(thing)) and words["backward"] and read(thing, words["inputs"])
    }  # fmt: skip


def is_node(thing: Any, data: str) -> bool:
    """Tell whether a thing is a node, whose number has this name, and not a bare number."""
    return not isinstance(thing, (int, float)) and read_number(read(thing, data)) is not None


def read_edges(node: Any, words: Conventions) -> list[Edge]:
    """Return what a node was made of, with its share where the node says it itself.

    >>> class Scalar:
    ...     def __init__(self, data, children=()):
    ...         self.data, self.children = data, children
    >>> x = Scalar(3.0)
    >>> [share for _, share in read_edges(Scalar(6.0, [(x, 2.0)]), find_conventions(x))]
    [2.0]
    """
    inputs = read(node, words["inputs"]) or ()
    if not isinstance(inputs, COLLECTIONS):
        refuse(node, f"{add_article(type(inputs).__name__)} as its {words['inputs']}, not a list")
    if isinstance(inputs, Set):
        inputs = sort_inputs(node, inputs, words)
    shares: Any = read(node, words["partials"]) if words["partials"] != words["inputs"] else None
    is_told = isinstance(shares, (list, tuple)) and len(shares) == len(inputs)
    edges = []
    for item, share in zip(inputs, shares if is_told else [None] * len(inputs), strict=True):
        if isinstance(item, tuple) and len(item) == 2:  # an input with its derivative
            item, share = item
        if not is_node(item, words["data"]) and read_number(item) is None:
            refuse(
                node,
                f"{add_article(type(item).__name__)} among its {words['inputs']}, "
                f"neither a node nor a number",
            )
        edges.append((item, read_number(share)))
    return edges


def refuse(node: Any, what: str) -> NoReturn:
    """Say of a node that it has what can't be read."""
    raise ValueError(f"adopt reads scalars: {add_article(type(node).__name__)} has {what}")


def explain_lack(x: Any) -> str:
    """Say why an object isn't a scalar of an engine: "" of what has no attributes of its own."""
    if not hasattr(x, "__dict__") or isinstance(x, (type, FunctionType)):
        return ""
    has_number = any(read_number(read(x, word)) is not None for word in WORDS["data"].split())
    return ", which has no " + (
        "collection of what it was made of, as _children, _prev or inputs"
        if has_number
        else "number as its data or value"
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
    try:
        thing = thing.item() if hasattr(thing, "item") else thing
        is_real = isinstance(thing, Real) or not isinstance(thing, (str, bytes, Complex))
        return float(thing) if is_real else None
    except Exception:
        return None


def sort_inputs(node: Any, inputs: Collection[Any], words: Conventions) -> list[Any]:
    """Return a set's nodes in an order of their own: first whose method computed the node."""
    rule = read(node, words["pass_back"])
    names, closure = read(rule, "__code__.co_freevars", ()), read(rule, "__closure__") or ()
    first = read(dict(zip(names, closure, strict=True)).get("self"), "cell_contents")
    return sorted(inputs, key=lambda x: (x is not first, read_number(read(x, words["data"]))))


def holds_twice(node: Any, x: Any, words: Conventions) -> bool:
    """Tell whether a node's rule knows one input by two names: a + a, of which a set has one."""
    closure = read(read(node, words["pass_back"]), "__closure__") or ()
    return sum(read(cell, "cell_contents") is x for cell in closure) > 1


def needs_none(node: Any) -> bool:
    """Tell whether a node says of itself that it needs no gradient."""
    with suppress(Exception):
        return read(node, "requires_grad") is False or node.is_constant() is True
    return False


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
    name = read(node, words["operation"])
    if name is not None and name != "":
        kind = getattr(name, "name", None) or getattr(name, "__name__", type(name).__name__)
        return name if isinstance(name, str) else str(kind)
    rule = read(node, words["pass_back"])
    place = rule.__qualname__ if isinstance(rule, FunctionType) else ""
    within = place.rpartition(".<locals>.")[0] or place.rpartition(".")[0]
    return within.rpartition(".")[2].strip("_")
