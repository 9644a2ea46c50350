"""A scalar that a function computes with JAX, read off the program that JAX makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...engine.operation import ARITHMETIC
from ...engine.table import OPERATIONS
from ...engine.value import Value
from .arrays import (
    EACH,
    OTHERWISE,
    PRECISION,
    Rule,
    blame,
    finish_reading,
    is_live,
    is_packed,
    move,
    multiply,
    pack,
    plain,
    reduce,
    require_same,
    spread,
)
from .reading import Adoption, refuse_size

MOVES = {  # what only puts numbers elsewhere, and of how many arrays, 0 for all
    "broadcast_in_dim": 1, "reshape": 1, "transpose": 1, "squeeze": 1, "expand_dims": 1, "rev": 1,
    "slice": 1, "gather": 1, "dynamic_slice": 1, "copy": 1, "split": 1, "pad": 2, "concatenate": 0,
    "stack": 0, "dynamic_update_slice": 2, "tile": 1,
}  # fmt: skip
CONSTANT = {"stop_gradient", "sign", "floor", "ceil", "round"}  # where no gradient flows
REMEDIES = {
    "scan": "write a loop of Python's", "while": "write a loop of Python's, of a fixed length",
    "cond": "write jnp.where",
}  # fmt: skip


def read_arrays(compute: Any, arguments: Sequence[Any]) -> Adoption:
    """Return the graph of the scalar that a function computes of some arguments with JAX.

    >>> import jax.numpy as jnp
    >>> read_arrays(lambda w: jnp.tanh(w * w), [jnp.array(3.0)]).nodes[-1].operation.name
    'tanh'
    """
    if not callable(compute) or not arguments:
        raise ValueError("adopt reads what a function computes with JAX: adopt(loss, w, x)")
    program = jax.make_jaxpr(compute)(*arguments)
    if len(program.out_avals) != 1 or program.out_avals[0].size != 1:
        raise ValueError(
            f"adopt takes a scalar: the function returned {', '.join(map(str, program.out_avals))}"
        )
    reader, things = Reader(), jax.tree.leaves(tuple(arguments))
    arrays = [*map(reader.open, things, program.in_avals)]
    root = np.asarray(reader.run(program.jaxpr, program.consts, arrays)[0]).item()
    if not isinstance(root, Value) or root.operation is None:
        raise ValueError("adopt needs a scalar computed from an argument of real numbers")
    both = jax.value_and_grad(
        lambda *given: jnp.reshape(jax.tree.leaves(compute(*given))[0], ()),
        tuple(range(len(arguments))), allow_int=True,
    )  # fmt: skip
    number, slopes = jax.jit(both)(*arguments)  # compiled once, not operation by operation
    require_same([root], [float(number)], reader.dtype, "what JAX computes")
    leaves = [
        (thing, array, np.asarray(slope).astype(float).ravel().tolist())
        for thing, array, slope in zip(things, arrays, jax.tree.leaves(slopes), strict=True)
        if is_packed(array)
    ]
    return finish_reading(root, compute, leaves, "JAX", reader.dtype)


class Reader:
    """Runs a program of JAX on arrays of Values."""

    def __init__(self) -> None:
        self.made, self.dtype = 0, "float64"  # the coarsest that was met

    def meet(self, dtype: Any) -> bool:
        """Tell whether a type is one of real numbers."""
        name = str(dtype)
        if name in PRECISION:
            self.dtype = max(self.dtype, name, key=PRECISION.__getitem__)
        elif jnp.issubdtype(dtype, np.inexact):
            raise ValueError(f"adopt reads arrays of real numbers, not of {name}")
        return name in PRECISION

    def open(self, thing: Any, kind: Any) -> Any:
        """Return an argument as an array of Values, or itself where it isn't of real numbers."""
        if not self.meet(kind.dtype):
            return thing
        refuse_size(kind.size, "numbers")
        return pack([Value(float(x)) for x in np.asarray(thing).flat], kind.shape)

    def run(self, program: Any, constants: Sequence[Any], given: Sequence[Any]) -> list[Any]:
        """Return the results of a program."""
        known = dict(zip([*program.constvars, *program.invars], [*constants, *given], strict=True))

        def find(x: Any) -> Any:
            return x.val if hasattr(x, "val") else known[x]

        for line in program.eqns:
            results = self.compute(line, [find(x) for x in line.invars])
            self.made += sum([np.size(result) for result in results])
            refuse_size(self.made, "numbers")
            known.update(zip(line.outvars, results, strict=True))
        return [find(x) for x in program.outvars]

    def compute(self, line: Any, given: Sequence[Any]) -> Sequence[Any]:
        """Return the results of one operation."""
        name, how = line.primitive.name, line.params
        has_gradient = any(map(is_live, given)) and name not in CONSTANT
        if not (has_gradient and True in [self.meet(x.aval.dtype) for x in line.outvars]):
            return bind(line, [
                plain(x).astype(v.aval.dtype) if is_packed(x) else x
                for x, v in zip(given, line.invars, strict=True)
            ])  # fmt: skip
        row = OPERATIONS.get(how.get("name", ""))
        if row is not None and name.startswith("custom_jvp") and len(row.inputs) == len(given) == 1:
            return [spread(row, *given)]
        # Where a call keeps the program that it calls:
        within = how.get("jaxpr") or how.get("call_jaxpr") or how.get("fun_jaxpr")
        if within is not None and name not in REMEDIES:
            return self.run(getattr(within, "jaxpr", within), getattr(within, "consts", ()), given)
        arrays = [*map(np.asarray, given)]
        if name in MOVES:
            many = MOVES[name] or len(given)
            return move(lambda places: bind(line, [*places, *given[many:]]), *arrays[:many])
        try:
            if name in RULES:
                return [RULES[name](*arrays, **how)]
        except ARITHMETIC as error:
            raise blame(error, f"JAX's {name}") from error
        raise ValueError(f"adopt doesn't know JAX's {name}: {REMEDIES.get(name, OTHERWISE)}")


def bind(line: Any, given: Sequence[Any]) -> Sequence[Any]:
    """Return the results of an operation of JAX on numbers."""
    found = line.primitive.bind(*given, **line.params)
    return found if line.primitive.multiple_results else [found]


RULES: Mapping[str, Rule] = {
    **{name: lambda *x, rule=rule, **more: rule(*x) for name, rule in EACH.items()},
    "logistic": lambda x, **more: EACH["sigmoid"](x), "add_any": EACH["add"],
    **{f"reduce_{name}": partial(reduce, name) for name in ("sum", "max", "min", "prod")},
    "dot_general": lambda x, y, dimension_numbers, **more: multiply(x, y, *dimension_numbers),
    "select_n": lambda which, *cases: spread(lambda i, *x: x[int(i)], which, *cases),
    "integer_pow": lambda x, y: spread(lambda a: a**y, x),
    "convert_element_type": lambda x, **more: x,
}  # fmt: skip
