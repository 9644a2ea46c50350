"""What other engines call an operation, as a row of the table: where its numbers agree, too."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from ...engine.backprop import is_same_number
from ...engine.operation import ARITHMETIC, Operation, Reduction
from ...engine.table import OPERATIONS
from ...engine.value import Constant, Value
from .reading import is_close

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
# The constant that isn't among the inputs, by its place, where x and the result tell it.
HIDDEN: dict[str, list[tuple[int, Callable[[float, float], float]]]] = {
    "add": [(1, lambda x, out: out - x)],
    "sub": [(1, lambda x, out: x - out), (0, lambda x, out: out + x)],
    "mul": [(1, lambda x, out: out / x)],
    "truediv": [(1, lambda x, out: x / out), (0, lambda x, out: out * x)],
    "pow": [(1, lambda x, out: math.log(abs(out)) / math.log(abs(x)))],
}
NAMELESS = (  # what a node may be that doesn't say it, of one input or of two
    ("exp", "log", "tanh", "sigmoid", "relu", "neg", "pow"), ("add", "sub", "mul", "truediv", "pow")
)  # fmt: skip


class Made(NamedTuple):
    """An operation with what it takes, its derivatives, and what some nodes get by them."""

    operation: Operation
    inputs: Sequence[Value]
    partials: Sequence[float | None]  # None by what is none of these nodes
    shares: Sequence[float]  # of each of these nodes once, which may be an input twice

    @property
    def is_at_kink(self) -> bool:
        """Tell whether the derivative isn't one there: of a step, or of a tie."""
        numbers, distance = [x.number for x in self.inputs], self.operation.distance
        return numbers[0] in self.operation.kinks or (
            distance is not None and not distance(*numbers)
        )


class ByHand(Operation):
    """An operation of which one result is known, its derivatives there, and perhaps its rule."""

    def __init__(
        self, name: str, numbers: Sequence[float], result: float, partials: Sequence[float],
        forward: Callable[..., float] | None = None,
    ) -> None:  # fmt: skip
        self.known = [*numbers], result
        rules = [partial(recall_share, share) for share in partials]
        super().__init__(
            name or "by_hand", forward or self.recall, rules,
            inputs=tuple([f"x{i + 1}" for i in range(len(numbers))]),
        )  # fmt: skip

    def recall(self, *numbers: float) -> float:
        """Return the one result; of other numbers, nobody knows it."""
        known, result = self.known
        if not all(map(is_same_number, numbers, known)):
            raise ValueError(
                f"the node {self.name!r} was made by hand, of one result: for others, its rule "
                f"must be known, as an Operation({self.name!r}, …)"
            )
        return result


def recall_share(share: float, out: float, *numbers: float) -> float:
    """Return the one derivative that is known."""
    return share


def recall_row(row: Operation, given: Sequence[int | float], *numbers: float) -> float:
    """Return what a row gives of some numbers, by their places, and of others, which are given."""
    return float(row.forward(*[numbers[x] if type(x) is int else x for x in given]))


def add_up(nodes: Iterable[Value], shares: Iterable[tuple[Value, float | None]]) -> list[float]:
    """Return what each of some nodes gets of all shares."""
    totals = dict.fromkeys(nodes, 0.0)
    for x, share in shares:
        if share is not None and x in totals:
            totals[x] += float(share)
    return [*totals.values()]


def find_rows(
    name: str, inputs: Sequence[Value], nodes: Iterable[Value], out: float, is_set: bool
) -> list[Made]:
    """Return how a result of this name may be a row of the table that gives its number.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [made.partials for made in find_rows("**2", [y], [y], 9.0, False)]
    [(6.0, None)]

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
    for row, given in list_candidates(name, inputs, out, is_set):
        numbers = [x.number for x in given]
        with suppress(*ARITHMETIC):
            partials = row.local_partials(out, numbers, [x in wanted for x in given])
            shares = add_up(wanted, zip(given, partials, strict=True))
            if is_close(float(row.forward(*numbers)), out):
                found.append(Made(row, given, partials, shares))
    return found


def list_candidates(
    name: str, inputs: Sequence[Value], out: float, is_set: bool
) -> Iterator[tuple[Operation, Sequence[Value]]]:
    """Yield what an operation of this name may be, whether or not its number is given."""
    count = len(inputs)
    if not name:
        for known in NAMELESS[min(count, 2) - 1]:
            yield from list_candidates(known, inputs, out, is_set)
        return
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
            try:
                hidden = Constant(float(f"{solve(inputs[0].number, out):.12g}"))
            except ARITHMETIC:
                continue
            yield row, [*inputs, hidden] if place else [hidden, *inputs]
    elif row.name in ("add", "mul"):
        yield OPERATIONS["sum" if row.name == "add" else "prod"], inputs


def find_row(name: str) -> str:
    """Return the name of a row in the table for what another engine calls it, "" for none.

    >>> find_row("MulBackward0"), find_row("__radd__"), find_row("relu"), find_row("conv")
    ('mul', 'add', 'relu', '')
    """
    plain = name.strip().lower()
    for text in (plain, AFFIXES.sub("", plain.strip("_")), plain.strip("_")):
        if (row := SIGNS.get(text, text)) in OPERATIONS:
            return row
    return ""


def compute_named(name: str, inputs: Sequence[Value], out: float) -> float | None:
    """Return what an operation gives that no constant and no formula of its own can make another.

    >>> x = Value(2.0)
    >>> compute_named("ReLU", [x], 7.0), compute_named("**3", [x], 7.0)
    (2.0, 8.0)
    >>> compute_named("gelu", [x], 7.0), compute_named("*", [x], 7.0)
    (None, None)
    """
    made = [*list_candidates(name, inputs, out, False)] if name else []
    known = [(row, given) for row, given in made if row.name not in SEVERAL]
    is_told = all(len(given) == len(inputs) for _, given in known) or POWER.search(name)
    for row, given in known[:1] if is_told else ():
        with suppress(*ARITHMETIC):
            return recall_row(row, [x.number for x in given])
    return None
