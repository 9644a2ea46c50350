"""What other engines call an operation, as a row of the table: where its numbers agree, too."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ...engine.backprop import is_same_number
from ...engine.operation import ARITHMETIC, Operation, Reduction
from ...engine.setting import next_number
from ...engine.table import OPERATIONS
from ...engine.value import Constant, Value

CLOSE = 1e-6  # as a share: an engine may have 32 bits, or its own formula
SLOPES = 0.01, 0.1, 0.2, 0.3  # of leaky_relu, and 1 of elu, where nobody says
SIGNS = {
    "+": "add", "-": "sub", "−": "sub", "*": "mul", "×": "mul", "·": "mul", "/": "truediv",
    "÷": "truediv", "**": "pow", "^": "pow", "div": "truediv", "minus": "sub", "plus": "add",
    "times": "mul", "multiply": "mul", "subtract": "sub", "divide": "truediv", "power": "pow",
    "negate": "neg", "negative": "neg", "ln": "log", "logistic": "sigmoid", "sigm": "sigmoid",
    "σ": "sigmoid", "lrelu": "leaky_relu", "leakyrelu": "leaky_relu", "swish": "silu",
    "square": "pow", "reciprocal": "pow", "inv": "pow", "maximum": "max", "minimum": "min",
    "addition": "add", "multiplication": "mul", "division": "truediv", "subtraction": "sub",
}  # fmt: skip
SEVERAL = "gelu", "elu", "leaky_relu", "softplus", "silu", "neg"  # have several formulas
EXPONENTS = {"square": 2.0, "reciprocal": -1.0, "inv": -1.0}
AFFIXES = re.compile(r"^(scalar|func|fn|op|r)_|(_?(backward|forward|function|node|op|fn))?\d*$")
POWER = re.compile(r"(?:\*\*|\^|pow)\s*\(?\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*\)?$")


class Match(NamedTuple):
    """A row of the table, and what stands where in it: places of inputs, or constant numbers."""

    row: Operation
    places: tuple[int | float, ...]  # an int is the place of an input

    def record(self, value: Value, inputs: Sequence[Value]) -> None:
        """Say of a Value that it is what this row gives of some inputs."""
        given = [inputs[x] if type(x) is int else Constant(x) for x in self.places]
        numbers = [x.number for x in given]
        wanted = [not x.is_constant for x in given]
        value.operation, value.created = self.row, next_number()  # after constants
        value.attach(given, self.row.local_partials(value.number, numbers, wanted), numbers)

    def find_totals(
        self, out: float, inputs: Sequence[Value], nodes: Sequence[Value]
    ) -> tuple[float, ...]:
        """Return what this row hands on to each of some nodes, for a gradient of 1."""
        given = [inputs[x] if type(x) is int else None for x in self.places]
        numbers = [inputs[x].number if type(x) is int else x for x in self.places]
        totals = dict.fromkeys(nodes, 0.0)
        partials = self.row.local_partials(out, numbers, [x in totals for x in given])
        for x, partial in zip(given, partials, strict=True):
            if x in totals:
                totals[x] += float(partial)
        return tuple(totals.values())

    def make_forward(self, inputs: Sequence[Value], nodes: Sequence[Value]) -> Callable[..., float]:
        """Return this row's rule as a function of the numbers of some nodes alone."""

        def forward(*numbers: float) -> float:
            by_node = dict(zip(nodes, numbers, strict=True))
            given = [by_node.get(inputs[x], inputs[x].number) if type(x) is int else x
                     for x in self.places]  # fmt: skip
            return float(self.row.forward(*given))

        return forward

    def is_at_kink(self, numbers: Sequence[float]) -> bool:
        """Tell whether the derivative isn't one there: of a step, or of a tie."""
        given = [numbers[x] if type(x) is int else x for x in self.places]
        distance = self.row.distance
        return given[0] in self.row.kinks or (distance is not None and not distance(*given))


class ByHand(Operation):
    """An operation of which one result is known, its derivatives there, and perhaps its rule."""

    def __init__(
        self, name: str, numbers: Sequence[float], result: float, partials: Sequence[float],
        forward: Callable[..., float] | None = None,
    ) -> None:  # fmt: skip
        self.known = [*numbers], result
        rules = [lambda out, *xs, partial=partial: partial for partial in partials]
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


def find_matches(name: str, numbers: Sequence[float], out: float) -> list[Match]:
    """Return how a node of this name may be a row of the table that gives its number.

    >>> find_matches("tanh", [0.0], 0.0)[0].row.name, find_matches("**2", [3.0], 9.0)[0].places
    ('tanh', (0, 2.0))

    What gives another number is none, nor what nobody knows by name:

    >>> find_matches("*", [2.0, 3.0], 5.0), find_matches("mystery", [2.0], 2.0)
    ([], [])

    Of a set, the order is lost, and a number that stands twice in it:

    >>> [match.places for match in find_matches("-", [2.0, 3.0], 1.0)]
    [(1, 0)]
    >>> [match.places for match in find_matches("+", [2.0], 4.0)]
    [(0, 0)]
    """
    found = []
    for match in list_candidates(name, len(numbers)):
        try:
            given = [numbers[x] if type(x) is int else x for x in match.places]
            number = match.row.forward(*given)
        except ARITHMETIC:
            continue
        if is_close(number, out):
            found.append(match)
    return found


def list_candidates(name: str, count: int) -> Iterator[Match]:
    """Yield what an operation of this name, of so many inputs, may be."""
    known = name.strip().lower()
    power = POWER.search(known)
    plain = "pow" if power else find_row(known)
    row = OPERATIONS.get(plain)
    if row is None:
        return
    everything = tuple(range(count))
    if isinstance(row, Reduction):
        yield Match(row, everything)
    elif len(row.inputs) == 1 == count:
        yield Match(row, (0,))
    elif len(row.inputs) == 2 and count == 2:
        yield Match(row, (0, 1))
        yield Match(row, (1, 0))
    elif len(row.inputs) == 2 and count == 1:
        if power:
            yield Match(row, (0, float(power[1])))
        elif known in EXPONENTS:
            yield Match(row, (0, EXPONENTS[known]))
        elif row.name in ("leaky_relu", "elu"):
            for slope in SLOPES if row.name == "leaky_relu" else (1.0,):
                yield Match(row, (0, slope))
        else:
            yield Match(row, (0, 0))
            if row.name == "sub":
                yield Match(OPERATIONS["neg"], (0,))
    elif row.name == "add":
        yield Match(OPERATIONS["sum"], everything)
    elif row.name == "mul":
        yield Match(OPERATIONS["prod"], everything)


def find_row(name: str) -> str:
    """Return the name of a row in the table for what another engine calls it, "" for none.

    >>> find_row("mulbackward0"), find_row("__add__"), find_row("relu"), find_row("conv")
    ('mul', 'add', 'relu', '')
    """
    for text in (name, AFFIXES.sub("", name.strip("_")), name.strip("_")):
        if (row := SIGNS.get(text, text)) in OPERATIONS:
            return row
    return ""


def is_certain(name: str, count: int) -> bool:
    """Tell whether an operation of this name, of so many inputs, is that of the table alone.

    >>> is_certain("ReLU", 1), is_certain("**3", 1), is_certain("*", 2)
    (True, True, True)

    Some are written in several ways, and a factor may not be among the inputs:

    >>> is_certain("gelu", 1), is_certain("*", 1), is_certain("conv", 2)
    (False, False, False)
    """
    known = name.strip().lower()
    return any(
        ({type(place) for place in match.places} == {int} and len({*match.places}) == count)
        or POWER.search(known) is not None
        for match in list_candidates(name, count)
        if match.row.name not in SEVERAL
    )


def is_close(x: float, y: float) -> bool:
    """Tell whether two numbers may be one, rounded by other formulas.

    >>> is_close(1.0, 1.0 + 1e-9), is_close(float("nan"), float("nan")), is_close(1.0, 1.1)
    (True, True, False)
    """
    return x == y or (x != x and y != y) or math.isclose(x, y, rel_tol=CLOSE, abs_tol=CLOSE**2)
