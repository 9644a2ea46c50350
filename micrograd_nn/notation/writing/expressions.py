"""The expressions of one program, as numbers in parallel lists, and patterns that add several.

A rule runs on symbols, which takes long, but once for each kind of use. What comes out is a
``Pattern``: steps to look up, or to add, at each node that uses the rule in that way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from ...engine.operation import ARITHMETIC, Operation
from ...engine.table import neg
from .symbol import SIMPLER, Symbol, Symbols, derive_partials

Ids = tuple[int, ...]
Known = dict[Ids, int]
Wanted = tuple[bool, ...] | None  # which inputs' derivatives are wanted; None for all
Make = Callable[[Symbols, Sequence[Any]], Iterable[Any]]

# Kinds of inputs: what isn't constant; a constant that simplifies nothing
VARYING, UNTOUCHED = -1, -2
SIMPLIFYING = {0.0, 1.0, -1.0}  # the constants that something is simpler for


class PatternStep(NamedTuple):
    """An operation of a pattern, what is known of it, and its inputs among what is there."""

    operation: Operation
    known: Known
    pick: Callable[[Sequence[int]], Ids]


class Pattern(NamedTuple):
    """Results in terms of any inputs, which these constants follow.

    Each result is the steps that lead to it, and its place among what is there then.
    """

    constants: list[int]
    results: list[tuple[list[PatternStep], int | None]]  # None: nothing


class Expressions:
    """The expressions of one program, inputs before results, each once.

    >>> from micrograd_nn import mul
    >>> expressions = Expressions()
    >>> x = expressions.leaf()
    >>> square = expressions.apply(mul, (x, x))
    >>> expressions.inputs[square], expressions.apply(mul, (x, x)) == square
    ((0, 0), True)
    >>> expressions.apply(mul, (expressions.constant(1.0), x)) == x
    True

    An ``add`` of more than two inputs is their sum from left to right.
    """

    def __init__(self) -> None:
        self.operations: list[Operation | None] = []  # None for leaves and constants
        self.inputs: list[Ids] = []
        self.known: dict[Operation, Known] = {}
        self.constants: dict[int, float] = {}
        self.numbers: dict[str, int] = {}  # by their text: as keys, 0.0 and -0.0 would be equal
        self.patterns: dict[Any, Pattern] = {}
        self.by_number: set[Any] = set()  # uses in which constants are computed with
        self.rules: dict[tuple[Operation, int], Operation] = {}  # those that look at numbers

    def __len__(self) -> int:
        return len(self.operations)

    def leaf(self) -> int:
        """Return a new expression, which stands for a number given from outside."""
        self.operations.append(None)
        self.inputs.append(())
        return len(self.inputs) - 1

    def constant(self, x: float) -> int:
        """Return the expression of a number."""
        text = repr(x)
        if text not in self.numbers:
            self.numbers[text] = self.leaf()
            self.constants[self.numbers[text]] = x
        return self.numbers[text]

    def find_known(self, operation: Operation) -> Known:
        """Return the known expressions of an operation by their inputs."""
        return self.known.setdefault(operation, {})

    def add(self, operation: Operation, known: Known, inputs: Ids) -> int:
        """Return the expression of an operation; a double minus is the number itself."""
        found = known.get(inputs)
        if found is None:
            if operation is neg and self.operations[inputs[0]] is neg:
                (found,) = self.inputs[inputs[0]]
            else:
                found = len(self.inputs)
                self.operations.append(operation)
                self.inputs.append(inputs)
            known[inputs] = found
        return found

    def apply(self, operation: Operation, inputs: Ids) -> int:
        """Return an operation on expressions in its simplest form, every zero kept."""
        constants = self.constants
        if not constants.keys().isdisjoint(inputs) and (
            operation in SIMPLER or constants.keys() >= set(inputs)
        ):
            pattern = self.find_pattern(
                operation, ("apply", operation, len(inputs)), inputs,
                lambda symbols, given: [symbols.apply(operation, given, zeros=False)],
            )  # fmt: skip
            (found,) = self.instantiate(pattern, inputs)
            assert found is not None
            return found
        if not inputs:  # a sum of nothing, say
            return self.constant(operation.apply(()))
        return self.add(operation, self.find_known(operation), inputs)

    def instantiate(self, pattern: Pattern, inputs: Sequence[int]) -> Iterator[int | None]:
        """Yield a pattern's results for these inputs, and add the operations of each before it."""
        there = [*inputs, *pattern.constants]
        for steps, place in pattern.results:
            for operation, known, pick in steps:
                there.append(self.add(operation, known, pick(there)))
            yield None if place is None else there[place]

    def find_partials(self, operation: Operation, given: Sequence[int], wanted: Wanted) -> Pattern:
        """Return the wanted derivatives of an operation, given its result and its inputs."""

        def make(symbols: Symbols, given: Sequence[Any]) -> Iterable[Any]:
            out, *inputs = given
            partials = derive_partials(operation, out, inputs, wanted or [True] * len(inputs))
            return [x for x in partials if x is not None]

        use = "partials", operation, len(given), wanted
        return self.find_pattern(operation, use, given, make)

    def find_amounts(self, operation: Operation, given: Sequence[int], wanted: Wanted) -> Pattern:
        """Return what flows back to the wanted inputs, given upstream, result and inputs."""

        def make(symbols: Symbols, given: Sequence[Any]) -> Iterable[Any]:
            upstream, out, *inputs = given
            partials = derive_partials(operation, out, inputs, wanted or [True] * len(inputs))
            for partial in partials:
                if partial is not None:
                    amount = upstream * partial
                    yield amount if isinstance(amount, Symbol) else None  # 0.0

        return self.find_pattern(operation, (operation, len(given), wanted), given, make)

    def find_pattern(
        self, operation: Operation, use: Any, inputs: Sequence[int], make: Make
    ) -> Pattern:
        """Return the pattern of a use of an operation for inputs of these kinds.

        It is made at the first. If possible, it serves all ordinary constants: unless a rule
        computes with them, or isn't one of the table's, and may look at what it is given.
        """
        key = use
        if not self.constants.keys().isdisjoint(inputs):
            key = use, self.list_kinds(inputs)
            if operation.is_row and key not in self.patterns and key not in self.by_number:
                pattern = self.make_pattern(inputs, make, by_number=False)
                if pattern is None:
                    self.by_number.add(key)
                else:
                    self.patterns[key] = pattern
            if key not in self.patterns:
                key = use, tuple([x if x in self.constants else VARYING for x in inputs])
        if key not in self.patterns:
            pattern = self.make_pattern(inputs, make)
            assert pattern is not None
            self.patterns[key] = pattern
        return self.patterns[key]

    def list_kinds(self, inputs: Sequence[int]) -> Ids:
        """Return the constants among inputs as far as they count."""
        found = map(self.constants.get, inputs)
        return tuple(
            [
                VARYING if number is None else x if number in SIMPLIFYING else UNTOUCHED
                for x, number in zip(inputs, found, strict=True)
            ]
        )

    def make_pattern(
        self, inputs: Sequence[int], make: Make, by_number: bool = True
    ) -> Pattern | None:
        """Return a new pattern for the constants among inputs, or for all ordinary ones.

        If there is none for those, since their numbers are needed, that is None.
        """
        symbols = Symbols()
        symbols.is_of_a_rule = True
        symbols.rules = self.rules
        given: list[Symbol | float] = []
        fixed: set[Symbol] = set()
        for x in inputs:
            number = self.constants.get(x)
            if number is None:
                given.append(symbols.leaf())
            elif by_number or number in SIMPLIFYING:
                given.append(number)
            else:
                leaf = symbols.leaf()
                given.append(leaf)
                fixed.add(leaf)
        try:
            results = [(x, len(symbols.known)) for x in make(symbols, given)]
        except ARITHMETIC:
            if by_number:
                raise
            return None
        if not by_number and uses_numbers(symbols, fixed, self.rules.values()):
            return None
        return self.read_pattern(symbols, given, results)

    def read_pattern(
        self, symbols: Symbols, given: Sequence[Any], results: Sequence[tuple[Any, int]]
    ) -> Pattern:
        """Return what a rule gave on symbols, and how many were known then, as a pattern."""
        needed = {result for result, _ in results if isinstance(result, Symbol)}
        numbers: dict[str, float] = {
            repr(float(x)): float(x)
            for x, _ in results
            if x is not None and not isinstance(x, Symbol)
        }
        for symbol in reversed(symbols.known.values()):
            if symbol in needed:
                needed.update(x for x in symbol.inputs if isinstance(x, Symbol))
                numbers |= {repr(x): x for x in symbol.inputs if not isinstance(x, Symbol)}
        constants = [self.constant(x) for x in numbers.values()]
        place: dict[Any, int] = {x: i for i, x in enumerate(given) if isinstance(x, Symbol)}
        place |= {text: i for i, text in enumerate(numbers, start=len(given))}
        waiting = enumerate(symbols.known.values(), start=1)
        count, done = len(given) + len(constants), 0
        found: list[tuple[list[PatternStep], int | None]] = []
        for result, mark in results:
            steps = []
            while done < mark:
                done, symbol = next(waiting)
                if symbol in needed:
                    assert symbol.operation is not None
                    places = [place[x if isinstance(x, Symbol) else repr(x)] for x in symbol.inputs]
                    known = self.find_known(symbol.operation)
                    steps.append(PatternStep(symbol.operation, known, make_picker(places)))
                    place[symbol] = count
                    count += 1
            if result is None:
                found.append((steps, None))
            else:
                key = result if isinstance(result, Symbol) else repr(float(result))
                found.append((steps, place[key]))
        return Pattern(constants, found)


def make_picker(places: Sequence[int]) -> Callable[[Sequence[int]], Ids]:
    """Return a function that gives what stands at these places, as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda there: tuple([there[i] for i in places])


def uses_numbers(symbols: Symbols, fixed: set[Symbol], rules: Iterable[Operation]) -> bool:
    """Tell whether a rule computed with constants alone, or looked at numbers.

    >>> symbols = Symbols()
    >>> x, constant = symbols.leaf(), symbols.leaf()
    >>> product = x * constant
    >>> uses_numbers(symbols, {constant}, []), uses_numbers(symbols, {x, constant}, [])
    (False, True)
    """
    called = set(rules)
    return any(
        symbol.operation in called
        or all(x in fixed if isinstance(x, Symbol) else True for x in symbol.inputs)
        for symbol in symbols.known.values()
    )
