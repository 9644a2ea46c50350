"""What other engines call an operation, as a row of the table: where its numbers agree, too."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from ...engine.operation import ARITHMETIC, Operation, Reduction
from ...engine.table import OPERATIONS
from ...engine.value import Constant, Value
from .reading import CLOSE, is_close
from .shares import add_up

SIGNS = {
    "+": "add", "-": "sub", "−": "sub", "*": "mul", "×": "mul", "·": "mul", "x": "mul",
    "/": "truediv", "÷": "truediv", "**": "pow", "^": "pow", "div": "truediv", "minus": "sub",
    "plus": "add", "times": "mul", "multiply": "mul", "subtract": "sub", "divide": "truediv",
    "power": "pow", "negate": "neg", "negative": "neg", "ln": "log", "logistic": "sigmoid",
    "sigm": "sigmoid", "σ": "sigmoid", "lrelu": "leaky_relu", "leakyrelu": "leaky_relu",
    "swish": "silu", "square": "pow", "reciprocal": "truediv", "inv": "truediv", "maximum": "max",
    "minimum": "min", "addition": "add", "multiplication": "mul", "division": "truediv",
    "subtraction": "sub",
}  # fmt: skip
SEVERAL = "gelu", "elu", "leaky_relu", "softplus", "silu", "log"  # have several formulas
AFFIXES = re.compile(
    r"^(?:(?:scalar|func|fn|op)_|r(?=add|sub|mul|truediv|pow))"
    r"|(?:_?(?:backward|forward|function|node|op|fn))?\d*$"
)
POWER = re.compile(r"(?:\*\*|\^|pow)\s*\(?\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*\)?$")
# The constant that isn't among the inputs, by its place, of x, the result, and the derivative by x,
# which is nan where it isn't known; the derivative may be wrong, so that the number tells it, too.
HIDDEN: dict[str, list[tuple[int, Callable[[float, float, float], float]]]] = {
    "add": [(1, lambda x, out, slope: out - x)],
    "sub": [(1, lambda x, out, slope: x - out), (0, lambda x, out, slope: out + x)],
    "mul": [(1, lambda x, out, slope: slope), (1, lambda x, out, slope: out / x)],
    "truediv": [
        (1, lambda x, out, slope: 1 / slope), (1, lambda x, out, slope: x / out),
        (0, lambda x, out, slope: out * x),
    ],
    "pow": [
        (1, lambda x, out, slope: round(slope * x / out, 15)),  # at 1 and −1, too
        (1, lambda x, out, slope: math.log(abs(out)) / math.log(abs(x))),
        *[(1, lambda x, out, slope, k=k: k + 0 * slope) for k in (2.0, 3.0, 4.0)],  # at 0
    ],
}  # fmt: skip
USUAL = "exp", "log", "relu", "tanh", "sigmoid", "neg", "pow", "add", "sub", "mul", "truediv"
SMOOTH = [name for name, row in OPERATIONS.items() if row.inputs == ("x",) and not row.kinks]
PAIRS = USUAL[6:]
NAMELESS = [*dict.fromkeys([*USUAL[:7], *SMOOTH])], PAIRS  # of one input, or of two
DOUBLE, SINGLE = 2.0**-52, 2.0**-23  # what a 1 is rounded by
LAST_DIGITS = 4 * DOUBLE  # as a share: two numbers that are one but for these


class Made(NamedTuple):
    """An operation with what it takes, its derivatives, and what some nodes get by them."""

    operation: Operation
    inputs: Sequence[Value]
    partials: Sequence[float | None]  # None by what is none of these nodes
    shares: Sequence[float]  # of each of these nodes once, which may be an input twice
    rounding: Sequence[float] = ()  # by which each share may differ in an engine of its precision

    @property
    def is_at_kink(self) -> bool:
        """Tell whether the derivative isn't one there: of a step, or of a tie."""
        numbers, distance = [x.number for x in self.inputs], self.operation.distance
        return numbers[0] in self.operation.kinks or (
            distance is not None and not distance(*numbers)
        )

    def fits(self, once: Sequence[float], is_named: bool) -> bool:
        """Tell whether it passes on just that: to the last digits, where nobody names it."""
        return all(
            is_close(x, y, near, CLOSE if is_named else LAST_DIGITS)
            for x, y, near in zip(self.shares, once, self.rounding, strict=True)
        )


def find_rows(
    name: str, inputs: Sequence[Value], nodes: Iterable[Value], out: float, is_set: bool,
    slope: float = math.nan, unit: float = DOUBLE,
) -> list[Made]:  # fmt: skip
    """Return how a result of this name may be a row of the table that gives its number.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [made.partials for made in find_rows("**2", [y], [y], 9.0, False)]
    [(6.0, None)]

    The ``slope`` is what is passed on by a single input, and the ``unit`` what an engine rounds a
    1 by: a row's numbers are rounded so, too. A number that nobody names has to fit to the last
    digits of double precision.

    What gives another number is none, nor what nobody knows by name:

    >>> find_rows("*", [x, y], [x, y], 5.0, False), find_rows("mystery", [x], [x], 2.0, False)
    ([], [])

    Of a set, the order is lost, and a number that stands twice in it. A constant may not be told:

    >>> [made.inputs == [y, x] for made in find_rows("-", [x, y], [x, y], 1.0, True)]
    [True]
    >>> [made.partials for made in find_rows("+", [x], [x], 4.0, True)]
    [(1.0, 1.0), (1.0, None)]
    """
    found, wanted = [], dict.fromkeys(nodes)
    names = [name] if name else NAMELESS[min(len(inputs), 2) - 1]
    for row, given in [
        candidate
        for known in names for candidate in list_candidates(known, inputs, out, is_set, slope)
    ]:  # fmt: skip
        numbers = [x.number for x in given]
        with suppress(*ARITHMETIC):
            result = round_to(unit if name else DOUBLE, float(row.forward(*numbers)))
            # Where terms of the size of 1 cancel, as in 1 − tanh², or those of a sum.
            has_terms = len(row.inputs) == 1 or isinstance(row, Reduction)
            near = 16 * unit * max([1.0, *map(abs, numbers)]) if has_terms and name else 0.0
            if not (is_close(result, out, near, CLOSE if name else LAST_DIGITS)):
                continue
            partials = row.local_partials(out, numbers, [x in wanted for x in given])
            shares = add_up(wanted, zip(given, partials, strict=True))
            sizes = add_up(wanted, zip(given, [x and abs(x) for x in partials], strict=True))
            rounding = [near + 4 * unit * (x - abs(y)) for x, y in zip(sizes, shares, strict=True)]
            found.append(Made(row, given, partials, shares, rounding))
    return found


def round_to(unit: float, x: float) -> float:
    """Return a number as an engine of this precision has it: beyond its largest it is infinite.

    >>> round_to(SINGLE, 0.1), round_to(SINGLE, -1e39), round_to(DOUBLE, 0.1)
    (0.10000000149011612, -inf, 0.1)
    """
    return x if unit == DOUBLE else array("f", [x])[0]


def choose_row(rows: Sequence[Made], is_named: bool) -> Made | None:
    """Return which of some rows that fit alike a node is, None where nobody knows.

    Of what has a name it is the first, unless its constant may be another. Of what has none, it is
    the only one that is usual:

    >>> x = Value(1e-9)
    >>> rows = find_rows("", [x], [x], 1e-9, False, 1.0)
    >>> [row.operation.name for row in rows][:3]
    ['relu', 'tanh', 'sin']
    >>> choose_row(rows, False) is None
    True
    >>> choose_row(rows[1:], False).operation.name
    'tanh'
    """
    alike = (
        [x for x in rows if x.operation is rows[0].operation]
        if is_named
        else [x for x in rows if x.operation.name in USUAL] or rows
    )
    kinds = {  # the first of each: an operation, with its constants
        (row.operation.name, *[f"{x.number:.6g}" for x in row.inputs if x.is_constant]): row
        for row in reversed(alike)
    }
    return kinds.popitem()[1] if len(kinds) == 1 else None


def list_candidates(
    name: str, inputs: Sequence[Value], out: float, is_set: bool, slope: float = math.nan
) -> Iterator[tuple[Operation, Sequence[Value]]]:
    """Yield what an operation of this name may be, whether or not its number is given.

    A power of 1 is none that is looked for: nobody writes it, and relu(x) is x, too.
    """
    count = len(inputs)
    power = POWER.search(name) if count == 1 else None
    row = OPERATIONS.get("pow" if power else find_row(name))
    if row is None:
        return
    if isinstance(row, Reduction) or len(row.inputs) == 1 == count:
        yield row, inputs
    elif power:
        yield row, [*inputs, Constant(float(power[1]))]
    elif len(row.inputs) == count == 2:
        yield row, inputs
        if row.name not in ("add", "mul"):
            yield row, inputs[::-1]
    elif len(row.inputs) == 2 and count == 1:
        if is_set:
            yield row, [*inputs, *inputs]
        if row.name == "sub":
            yield OPERATIONS["neg"], inputs
        for place, solve in HIDDEN.get(row.name, ()):
            with suppress(*ARITHMETIC):
                solved = solve(inputs[0].number, out, slope)
                short = float(f"{solved:.12g}")
                wanted = {short: 0, solved: 0} if (row.name, short) != ("pow", 1.0) else {}
                for hidden in map(Constant, wanted):
                    yield row, [*inputs, hidden] if place else [hidden, *inputs]
    elif row.name in ("add", "mul"):
        yield OPERATIONS["sum" if row.name == "add" else "prod"], inputs


@lru_cache(1_000)
def find_row(name: str) -> str:
    """Return the name of a row in the table for what another engine calls it, "" for none.

    >>> find_row("MulBackward0"), find_row("__radd__"), find_row("relu"), find_row("conv")
    ('mul', 'add', 'relu', '')
    """
    plain = name.strip().lower()
    rows = [
        SIGNS.get(text, text)
        for text in (plain, AFFIXES.sub("", plain.strip("_")), plain.strip("_"))
    ]
    return next((row for row in rows if row in OPERATIONS), "")


def compute_named(name: str, inputs: Sequence[Value], out: float) -> float | None:
    """Return what an operation gives that no constant and no formula of its own can make another.

    >>> x = Value(2.0)
    >>> compute_named("ReLU", [x], 7.0), compute_named("**3", [x], 7.0)
    (2.0, 8.0)
    >>> compute_named("gelu", [x], 7.0), compute_named("*", [x], 7.0)
    (None, None)
    """
    known = [
        (row, given)
        for row, given in list_candidates(name, inputs, out, is_set=False)
        if row.name not in SEVERAL
    ]
    is_told = all(len(given) == len(inputs) for _, given in known) or POWER.search(name)
    for row, given in known[:1] if is_told else ():
        with suppress(*ARITHMETIC):
            return float(row.forward(*[x.number for x in given]))
    return None
