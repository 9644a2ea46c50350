"""What other engines call an operation, as a row of the table: where its numbers agree, too."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from ...engine.backprop import is_same_number
from ...engine.operation import ARITHMETIC, Operation, Reduction
from ...engine.table import OPERATIONS
from ...engine.value import Constant, Value

CLOSE = 1e-5  # as a share: an engine may have 32 bits, or its own formula
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


class Match(NamedTuple):
    """A row of the table, and what stands where in it: places of inputs, or constant numbers."""

    row: Operation
    places: tuple[int | float, ...]  # an int is the place of an input

    @property
    def is_twice(self) -> bool:
        """Tell whether one input stands twice, as a set can't say."""
        return self.places == (0, 0)

    @property
    def is_solved(self) -> bool:
        """Tell whether a constant is among the places."""
        return any(type(x) is float for x in self.places)

    def fill(self, inputs: Sequence[Any]) -> list[Any]:
        """Return what stands in the row's places, of some inputs, or of their numbers."""
        return [inputs[x] if type(x) is int else x for x in self.places]

    def compute(self, *numbers: float) -> float:
        """Return what the row gives of its inputs' numbers."""
        return float(self.row.forward(*self.fill(numbers)))

    def gives(self, out: float, numbers: Sequence[float]) -> bool:
        """Tell whether the row gives a number of its inputs' numbers, and has derivatives there."""
        wanted = [type(x) is int for x in self.places]
        try:
            self.row.local_partials(out, self.fill(numbers), wanted)
            return is_close(self.compute(*numbers), out)
        except ARITHMETIC:
            return False

    def apply(self, out: float, inputs: Sequence[Value], nodes: Sequence[Value]) -> Applied:
        """Return the row with what it takes of some inputs, and its derivatives by some nodes."""
        given = [x if isinstance(x, Value) else Constant(x) for x in self.fill(inputs)]
        wanted = map({*nodes}.__contains__, given)
        partials = self.row.local_partials(out, [x.number for x in given], [*wanted])
        return Applied(self.row, given, partials)

    def restrict(self, inputs: Sequence[Value], nodes: Sequence[Value]) -> Match:
        """Return the row as one of some nodes alone, the other inputs being constant."""
        places = {x: i for i, x in enumerate(nodes)}
        given = self.fill([places.get(x, x.number) for x in inputs])
        return Match(self.row, tuple(given))

    def is_at_kink(self, numbers: Sequence[float]) -> bool:
        """Tell whether the derivative isn't one there: of a step, or of a tie."""
        given, distance = self.fill(numbers), self.row.distance
        return given[0] in self.row.kinks or (distance is not None and not distance(*given))


class Applied(NamedTuple):
    """An operation, its inputs and its derivatives by them, None by a constant."""

    operation: Operation
    inputs: Sequence[Value]
    partials: Sequence[float | None]

    def add_up(self, nodes: Sequence[Value]) -> list[float]:
        """Return what is passed on to each of some nodes, of which one may be an input twice."""
        totals = dict.fromkeys(nodes, 0.0)
        for x, share in zip(self.inputs, self.partials, strict=True):
            if share is not None and x in totals:
                totals[x] += float(share)
        return [*totals.values()]


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


def find_matches(name: str, numbers: Sequence[float], out: float, is_set: bool) -> list[Match]:
    """Return how a node of this name may be a row of the table that gives its number.

    >>> find_matches("tanh", [0.0], 0.0, False)[0].row.name
    'tanh'
    >>> find_matches("**2", [3.0], 9.0, False)[0].places
    (0, 2.0)

    What gives another number is none, nor what nobody knows by name:

    >>> find_matches("*", [2.0, 3.0], 5.0, False), find_matches("mystery", [2.0], 2.0, False)
    ([], [])

    Of a set, the order is lost, and a number that stands twice in it. A constant may not be told:

    >>> [match.places for match in find_matches("-", [2.0, 3.0], 1.0, True)]
    [(1, 0)]
    >>> [match.places for match in find_matches("+", [2.0], 4.0, True)]
    [(0, 0), (0, 2.0)]
    """
    candidates = list_candidates(name, numbers, out, is_set)
    return [match for match in candidates if match.gives(out, numbers)]


def list_candidates(
    name: str, numbers: Sequence[float], out: float, is_set: bool
) -> Iterator[Match]:
    """Yield what an operation of this name may be, whether or not its number is given."""
    count = len(numbers)
    if not name:
        for known in NAMELESS[min(count, 2) - 1]:
            yield from list_candidates(known, numbers, out, is_set)
        return
    power = POWER.search(name)
    row = OPERATIONS.get("pow" if power and count == 1 else find_row(name))
    everything = tuple(range(count))
    if row is None:
        return
    if isinstance(row, Reduction) or len(row.inputs) == 1 == count:
        yield Match(row, everything)
    elif power and count == 1:
        yield Match(row, (0, float(power[1])))
    elif len(row.inputs) == count == 2:
        yield Match(row, (0, 1))
        if row.name not in ("add", "mul"):
            yield Match(row, (1, 0))
    elif len(row.inputs) == 2 and count == 1:
        if is_set:
            yield Match(row, (0, 0))
        if row.name == "sub":
            yield Match(OPERATIONS["neg"], (0,))
        for place, solve in HIDDEN.get(row.name, ()):
            try:
                constant = float(f"{solve(numbers[0], out):.12g}")
            except ARITHMETIC:
                continue
            yield Match(row, (0, constant) if place else (constant, 0))
    elif row.name in ("add", "mul"):
        yield Match(OPERATIONS["sum" if row.name == "add" else "prod"], everything)


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


def find_certain(name: str, numbers: Sequence[float], out: float) -> float | None:
    """Return what an operation gives that no constant and no formula of its own can make another.

    >>> find_certain("ReLU", [2.0], 7.0), find_certain("**3", [2.0], 7.0)
    (2.0, 8.0)
    >>> find_certain("gelu", [2.0], 7.0), find_certain("*", [2.0], 7.0)
    (None, None)
    """
    matches = [*list_candidates(name, numbers, out, False)] if name else []
    known = [match for match in matches if match.row.name not in SEVERAL]
    if not known or (any(x.is_solved for x in known) and not POWER.search(name)):
        return None
    try:
        return known[0].compute(*numbers)
    except ARITHMETIC:
        return None


def is_close(x: float, y: float) -> bool:
    """Tell whether two numbers may be one, rounded by other formulas.

    >>> is_close(1.0, 1.0 + 1e-9), is_close(float("nan"), float("nan")), is_close(1.0, 1.1)
    (True, True, False)
    """
    return x == y or (x != x and y != y) or math.isclose(x, y, rel_tol=CLOSE, abs_tol=CLOSE**2)
