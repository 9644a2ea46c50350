"""A scalar that a function computes with JAX, read off the program that JAX makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax.tree_util import tree_flatten_with_path

from ..._ground.text import format_number
from ...engine.operation import Reduction
from ...engine.table import OPERATIONS
from ...engine.value import Value
from .arrays import is_live, larger, multiply, pack, plain, reduce_runs, spread
from .reading import Named, Reading, refuse_size

Rule = Callable[..., Any]
PRECISION = {"float64": 1e-9, "float32": 1e-4, "float16": 3e-2, "bfloat16": 1e-1}
NAMES = {  # of rows, where JAX calls them otherwise
    "div": "truediv", "logistic": "sigmoid", "integer_pow": "pow", "square": "pow",
}  # fmt: skip
MOVES = {  # what only puts numbers elsewhere, or leaves some out
    "broadcast_in_dim", "reshape", "transpose", "squeeze", "expand_dims", "slice", "rev", "gather",
    "concatenate", "dynamic_slice", "copy", "copy_p", "split",
}  # fmt: skip
CONSTANT = {"stop_gradient", "sign", "floor", "ceil", "round"}  # where no gradient flows
WITHIN = "jaxpr", "call_jaxpr", "fun_jaxpr"  # where a call keeps the program that it calls


def read_arrays(compute: Any, arguments: Sequence[Any]) -> Reading:
    """Return the graph of the scalar that a function computes of some arguments with JAX.

    >>> import jax.numpy as jnp
    >>> read_arrays(lambda w: jnp.tanh(w * w), [jnp.array(3.0)]).root.operation.name
    'tanh'
    """
    if not callable(compute) or not arguments:
        raise ValueError("adopt reads what a function computes with JAX: adopt(loss, w, x)")
    program = jax.make_jaxpr(compute)(*arguments)
    if len(program.out_avals) != 1 or program.out_avals[0].size != 1:
        shapes = ", ".join([str(out) for out in program.out_avals])
        raise ValueError(f"adopt takes a scalar: the function returned {shapes}")
    named, given, leaves = {}, [], []
    for path, thing in tree_flatten_with_path(tuple(arguments))[0]:
        array = np.asarray(thing)
        if array.dtype.kind == "f" or str(array.dtype) == "bfloat16":
            refuse_size(array.size, "numbers")
            values = [Value(float(x)) for x in array.reshape(-1)]
            places = [".".join(map(str, at)) for at in np.ndindex(*array.shape)]
            for value, place in zip(values, places, strict=True):
                named[value] = Named(thing, f".{place}" if place else "")
            leaves.append((path, values))
            array = pack(values, array.shape)
        given.append(array)
    reader = Reader()
    (out,) = reader.run(program.jaxpr, program.consts, given)
    root = np.asarray(out).reshape(-1)[0]
    if not isinstance(root, Value):
        raise ValueError("adopt needs a scalar that depends on an argument of real numbers")
    reader.check("result", [out], [compute(*arguments)])
    return Reading(root, named, read_gradients(compute, arguments, leaves), [], "JAX")


def read_gradients(
    compute: Any, arguments: Sequence[Any], leaves: Sequence[tuple[Any, list[Value]]]
) -> dict[Value, float]:
    """Return JAX's own gradient of each leaf."""
    slopes = jax.grad(compute, argnums=tuple(range(len(arguments))), allow_int=True)(*arguments)
    found = dict(tree_flatten_with_path(slopes)[0])
    gradients: dict[Value, float] = {}
    for path, values in leaves:
        gradients |= dict(zip(values, map(float, np.asarray(found[path]).reshape(-1)), strict=True))
    return gradients


class Reader:
    """Runs a program of JAX on arrays of Values."""

    def __init__(self) -> None:
        self.made = 0

    def run(self, program: Any, constants: Sequence[Any], given: Sequence[Any]) -> list[Any]:
        """Return the results of a program."""
        known = dict(zip([*program.constvars, *program.invars], [*constants, *given], strict=True))

        def find(x: Any) -> Any:
            return np.asarray(x.val) if hasattr(x, "val") else np.asarray(known[x])

        for line in program.eqns:
            results = self.compute(line, [find(x) for x in line.invars])
            self.made += sum([np.size(result) for result in results])
            refuse_size(self.made, "numbers")
            known.update(zip(line.outvars, results, strict=True))
        return [find(x) for x in program.outvars]

    def compute(self, line: Any, given: list[Any]) -> list[Any]:
        """Return the results of one operation."""
        name = line.primitive.name
        is_real = any(np.issubdtype(x.aval.dtype, np.floating) for x in line.outvars)
        if not (is_real and any(map(is_live, given))) or name in CONSTANT:
            numbers = [plain(x) for x in given]
            found = line.primitive.bind(*numbers, **line.params)
            return [*found] if line.primitive.multiple_results else [found]
        within = next((line.params[word] for word in WITHIN if word in line.params), None)
        row = OPERATIONS.get(line.params.get("name", ""))
        if within is not None and name not in ("scan", "while", "cond"):
            if (
                name.startswith("custom_jvp")
                and row is not None
                and len(row.inputs) == len(given) == 1
            ):
                return [spread(row, *given)]
            closed = getattr(within, "jaxpr", within)
            return self.run(closed, getattr(within, "consts", ()), given)
        if name in MOVES:
            return move(line, given)
        rule = RULES.get(name) or find_rule(name)
        if rule is None:
            raise ValueError(
                f"adopt doesn't know JAX's {name}: write it by sums, products, exp, tanh, …"
            )
        return [rule(*given, **line.params)]

    def check(self, name: str, made: Sequence[Any], right: Sequence[Any]) -> None:
        """Refuse a graph that gives other numbers than JAX."""
        for x, y in zip(made, right, strict=True):
            found, wanted = float(plain(x).reshape(-1)[0]), float(np.asarray(y).reshape(-1)[0])
            close = PRECISION.get(str(np.asarray(y).dtype), 1e-4)
            if found != wanted and abs(found - wanted) > close * max(1.0, abs(wanted)):
                raise ValueError(
                    f"adopt computes {format_number(found)} as the {name}, and JAX "
                    f"{format_number(wanted)}: it can't show this graph"
                )


def move(line: Any, given: list[Any]) -> list[Any]:
    """Return what an operation puts elsewhere: it says where itself, on places for numbers."""
    own: list[Any] = [*given[0].reshape(-1)]
    places = [np.arange(len(own), dtype=np.int32).reshape(given[0].shape)]
    for x in given[1:]:
        if line.primitive.name == "concatenate":
            first = len(own)
            own += [*x.reshape(-1)]
            x = np.arange(first, len(own), dtype=np.int32).reshape(x.shape)
        places.append(x)
    found = line.primitive.bind(*places, **line.params)
    results = found if line.primitive.multiple_results else [found]
    return [
        pack([own[i] for i in np.asarray(result).reshape(-1)], result.shape) for result in results
    ]


def find_rule(name: str) -> Rule | None:
    """Return the rule of what is a row of the table by its name, for each number."""
    row = OPERATIONS.get(NAMES.get(name, name))
    if row is None or isinstance(row, Reduction):
        return None
    return lambda *given, **more: spread(row, *given)


def reduced(name: str) -> Rule:
    """Return the rule of what makes one number of many along some axes."""
    return lambda x, axes, **more: reduce_runs(OPERATIONS[name], x, axes)


def multiply_matrices(x: Any, y: Any, dimension_numbers: Any, **more: Any) -> Any:
    """Return a product of matrices."""
    return multiply(x, y, *dimension_numbers)


def select(condition: Any, *cases: Any) -> Any:
    """Return what a constant condition chooses for each number."""
    return spread(lambda which, *given: given[int(which)], condition, *cases)


RULES: dict[str, Rule] = {
    "reduce_sum": reduced("sum"), "reduce_max": reduced("max"), "reduce_min": reduced("min"),
    "reduce_prod": reduced("prod"), "dot_general": multiply_matrices, "select_n": select,
    "convert_element_type": lambda x, **more: x,
    "integer_pow": lambda x, y, **more: spread(lambda a: a**y, x),
    "square": lambda x, **more: spread(lambda a: a**2, x),
    "max": larger("max"), "min": larger("min"),
    "rsqrt": lambda x, **more: spread(lambda a: 1 / OPERATIONS["sqrt"](a), x),
    "add_any": lambda x, y, **more: spread(OPERATIONS["add"], x, y),
}  # fmt: skip
