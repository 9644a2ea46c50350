"""The table of operations as theorems: each written derivative is the derivative of its function.

A theorem is about a row and one of its inputs, over the real numbers: where what the row ``needs``
holds, and off the points at which it says that it jumps, what its rule gives for symbols is the
derivative. Operations of any number of inputs have theorems for a few lengths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from ...engine import table as op
from ...engine.operation import Lookup, Operation, Reduction
from ..writing.notation import Text
from ..writing.symbol import Symbols, derive_partials
from .notation import Coq

LENGTHS = 1, 2, 3, 4  # of the values, or of the weights and inputs of a dot
FRACTION = "(forall n, y <> IZR n) -> x > 0"
# What a row needs, where that isn't a comparison as Python writes it.
NEEDS = {
    "": [], "a finite x": [], "at least one value": [],
    "(x, y) != (0, 0)": [r"x <> 0 \/ y <> 0"], "(y, x) != (0, 0)": [r"x <> 0 \/ y <> 0"],
    "a whole index from 0 to below the number of values": [],  # see list_conditions
    "x != 0 where y < 0, and x > 0 where y is a fraction": ["y < 0 -> x <> 0", FRACTION],
    "x != 0 where y is below 1 and not 0, and x > 0 where |y| is 2 ** 53 or more": [
        r"y < 1 /\ y <> 0 -> x <> 0", "Rabs y >= 2 ^ 53 -> x > 0",
    ],
    "x != 0 where y is below 1 and not 0, and x > 0 where y is a fraction or |y| is 2 ** 53 or "
    "more": [r"y < 1 /\ y <> 0 -> x <> 0", FRACTION, "Rabs y >= 2 ^ 53 -> x > 0"],
}  # fmt: skip
# Where there is no derivative besides: no float is a pole of tan, an angle jumps by 2π, and by the
# exponent a power of what isn't positive has at most a limit.
BESIDES = {
    "tan by x": "cos x <> 0", "atan2 by y": r"y <> 0 \/ x > 0",
    "pow by y": "x > 0", "pow_by_x by y": "x > 0",
    "pow_by_y by x": "x > 0", "pow_by_y by y": "x > 0",
}  # fmt: skip
UNPROVED = {"choose by index": "which is whole"}


class Theorem(NamedTuple):
    """The derivative of a row by one of its inputs, all of it written in Coq.

    >>> theorem = next(list_theorems(op.log))
    >>> print(theorem.statement)
    forall x : R, (x > 0) ->
      let out := ln (x) in is_derive (fun x : R => ln (x)) x (1 / x)
    """

    name: str  # such as "pow by y"
    names: Sequence[str]  # of all inputs
    by: str
    conditions: Sequence[str]
    function: str
    derivative: str

    @property
    def statement(self) -> str:
        """What is to be proved."""
        conditions = "".join(f" ({condition}) ->" for condition in self.conditions)
        return (
            f"forall {' '.join(self.names)} : R,{conditions}\n  let out := {self.function} in "
            f"is_derive (fun {self.by} : R => {self.function}) {self.by} ({self.derivative})"
        )

    @property
    def label(self) -> str:
        """The theorem's name in Coq."""
        return f"derivative_of_{self.name.replace(' ', '_')}_of_{len(self.names)}"


def list_theorems(operation: Operation) -> Iterator[Theorem]:
    """List the theorems about a row of the table; a NoTheoremError where a rule is no formula.

    >>> [theorem.name for theorem in list_theorems(op.mul)]
    ['mul by x', 'mul by y']
    """
    for names in list_names(operation):
        coq, symbols = Coq(), Symbols()
        out, *leaves = [symbols.leaf() for _ in ["out", *names]]
        texts = dict(zip([out, *leaves], map(Text, ["out", *names]), strict=True))
        [function] = coq.write_parts(operation, [texts[leaf] for leaf in leaves])
        partials = derive_partials(operation, out, leaves, [True] * len(leaves))
        for by, partial in zip(names, partials, strict=True):
            name = f"{operation.name} by {by}"
            if name not in UNPROVED:
                besides = [BESIDES[name]] if name in BESIDES else []
                yield Theorem(
                    name, names, by, [*list_conditions(operation, names), *besides],
                    function.text, coq.write_symbol(partial, texts).text,
                )  # fmt: skip


def tell_proved(operation: Operation) -> str:
    """Tell by which inputs of a row its derivative has a theorem, and where.

    >>> tell_proved(op.atan2), tell_proved(op.sum)
    ('y where y ≠ 0 or x > 0, x', '1 to 4 values')
    """
    told = []
    for by in operation.inputs:
        name = f"{operation.name} by {by}"
        where = BESIDES.get(name, "").replace("<>", "≠").replace("\\/", "or")
        if by == "values":
            by = f"{LENGTHS[0]} to {LENGTHS[-1]} values"
        told.append(f"not {by}, {UNPROVED[name]}" if name in UNPROVED else by)
        told[-1] += f" where {where}" * bool(where)
    return ", ".join(sorted(told, key=lambda part: part.startswith("not ")))


def list_names(operation: Operation) -> Iterator[Sequence[str]]:
    """List names for the inputs of a row: one list, or one for each length."""
    if not isinstance(operation, Reduction):
        yield operation.inputs
        return
    for length in LENGTHS:
        values = [f"x{i}" for i in range(1, length + 1)]
        if operation is op.dot:
            pairs = [f"w{i}" for i in range(1, length + 1)] + values
            yield from (pairs, [*pairs, "b"])
        else:
            yield ["index"] * isinstance(operation, Lookup) + values


def list_conditions(operation: Operation, names: Sequence[str]) -> list[str]:
    """List where a row has a derivative: what it needs, off its kinks and jumps."""
    found: list[str] = []
    for needs in dict.fromkeys([operation.needs, operation.partials_need]):
        found += NEEDS[needs] if needs in NEEDS else [needs.replace("!=", "<>")]
    found += [f"{names[0]} <> {kink:.0f}" for kink in operation.kinks]
    if operation.distance is op.measure_gap:
        found += [f"{x} <> {y}" for x, y in combinations(names, 2)]
    elif operation.distance is op.measure_remainder:
        found.append("forall n, x / y <> IZR n")
    elif operation is op.level:
        found.append(f"forall n, maximum [{'; '.join(names)}] <> IZR n")
    elif isinstance(operation, Lookup):
        found.append(r" \/ ".join(f"{names[0]} = {i}" for i in range(len(names) - 1)))
    return list(dict.fromkeys(found))
