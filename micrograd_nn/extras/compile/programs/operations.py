"""Operations that programs have beside the rows of the table, and which of all never fail."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ....engine import table as op
from ....engine.operation import Lookup, Operation
from ....engine.value import Value
from ....notation.writing.expressions import Expressions
from .blocks import SUMS

# A number that goes on without its gradient: what ``detach`` is in a program.
held = Operation(
    "held", lambda x: x, [lambda out, x: 0.0],
    code="(+{0})", c="{0}", arrays="(+{0})",
    doc="The number itself, with no gradient.", example="held(2) == 2.0",
)  # fmt: skip

# What ``choose`` is in a program where the index is a number among a function's arguments: by
# itself the function has no node there, and what flows to the value chosen flows there at once.
taken = Lookup("choose", op.choose.forward, op.choose.partials, code=op.choose.code)


# These give a number for any numbers. Whatever else a function applies may fail, so that a program
# computes it even where the result is of no use: log(x) is the check that x > 0.
NEVER_FAIL = {
    op.add, op.sub, op.mul, op.neg, op.abs, op.sum, op.dot, op.step, op.sign, op.equal, op.relu,
    op.leaky_relu, op.tanh, op.sigmoid, op.softplus, op.silu, op.gelu, op.erf, op.erfc, op.atan,
    held,
}  # fmt: skip


def list_wanted(program: Any, node: Value) -> tuple[bool, ...]:
    """Tell of which inputs of a node there are derivatives."""
    return tuple([x not in program.constants for x in node.inputs])


@lru_cache(maxsize=128)
def has_failing_partials(operation: Operation, wanted: tuple[bool, ...]) -> bool:
    """Tell whether some derivative by the inputs that are wanted may fail for other numbers."""
    if operation is op.truediv or (operation in NEVER_FAIL and operation in SUMS):
        return False  # those of a quotient divide by what it has divided by already
    expressions = Expressions()
    given = [expressions.leaf() for _ in range(1 + len(wanted))]
    pattern = expressions.find_partials(operation, given, wanted)
    list(expressions.instantiate(pattern, given))  # which adds them
    return not NEVER_FAIL.issuperset(filter(None, expressions.operations))
