"""The programs of one function: one for each form of its arguments and each way it branched.

A program serves all calls whose arguments differ in numbers alone. Whatever else they are made of,
and numbers that a function can't take as Values (an index, say), is fixed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple, TypeVar

from ..engine.operation import ARITHMETIC
from ..engine.refusals import require_real
from ..engine.value import Value
from ..nested import change_numbers, describe_shape, iterate_numbers
from .program import BranchError, make_program
from .tracing import trace_function

MOST_VARIANTS = 64  # programs of one function

Result = TypeVar("Result")


class NotCompiledError(TypeError):
    """There is no program for these arguments; the message says why."""


class FixedMoreError(Exception):
    """More of the arguments is fixed in programs from now on: begin again."""


class Fixing(NamedTuple):
    """Which numbers are fixed in programs: whole ones, or those behind the first arguments.

    >>> form = [0.5, 2], 3.0
    >>> numbers = [0.5, 2, 3.0]
    >>> Fixing().find_movable(form, numbers), Fixing(True, behind=1).find_movable(form, numbers)
    ([0, 1, 2], [0])
    """

    whole: bool = False
    behind: int | None = None

    def find_movable(self, arguments: Sequence[Any], given: list[Any]) -> list[int]:
        """Return the places of the numbers that may change from call to call, among all given."""
        if self.behind is not None:
            given = list(iterate_numbers(list(arguments[: self.behind])))
        return [
            i
            for i, x in enumerate(given)
            if not isinstance(x, bool) and isinstance(x, Real)
            if not (self.whole and isinstance(x, Integral))
        ]


class CallForm(NamedTuple):
    """Arguments, parted into the numbers that may change and all that is fixed in a program."""

    arguments: Sequence[Any]
    given: list[Any]
    places: list[int]
    row: list[float]
    fixed: list[tuple[type, Any]]
    key: Any  # equal for all arguments that a program may serve


class Variant:
    """A program for one form of a function's arguments and one way through its branches.

    With ``parameters``, it also gives the gradient by them and by the Values that the function
    takes from elsewhere: these are its ``leaves``.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        places: Sequence[int],
        parameters: Sequence[Value] | None = None,
    ) -> None:
        trace = trace_function(function, arguments, places, parameters or ())
        self.result = trace.result
        self.others = trace.others
        self.leaves = (*(parameters or ()), *self.others)
        self.has_branches = bool(trace.branches)
        wrt = () if parameters is None else self.leaves
        is_single = isinstance(trace.result, Value)
        self.program = make_program(
            trace.outputs, trace.inputs, self.leaves, wrt, trace.branches, is_single
        )
        if parameters is not None:
            self.program.load_function(0)  # now, since it may be impossible

    def add_others(self, numbers: Sequence[float] = ()) -> list[float]:
        """Return the numbers of all leaves: those of the parameters, given, and the others'."""
        return [*numbers, *[x.data for x in self.others]]

    def predict(self, row: Sequence[float]) -> Any:
        """Return the function's result for these numbers."""
        found = self.program.predict(self.add_others(), row)
        if self.program.is_single:
            return found
        results = iter(found)
        return change_numbers(self.result, lambda y: next(results) if isinstance(y, Value) else y)


class Variants:
    """The programs of a function; a new one is made when none fits, up to a number of them.

    Where the function can't be traced, more is fixed in its programs: the next of ``fixings``.
    """

    fixings: Sequence[Fixing] = (Fixing(), Fixing(whole=True))
    retried: tuple[type[Exception], ...] = (TypeError, LookupError)  # of a Value as an index, say
    refused: tuple[type[Exception], ...] = ARITHMETIC  # perhaps of a derivative that nobody wants
    what = "arguments"

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        parameters: Sequence[Value] | None = None,
    ) -> None:
        self.function = function
        self.name = name
        self.parameters = parameters
        self.by_key: dict[Any, list[Variant]] = {}
        self.level = 0  # of the fixings
        self.reason = ""  # why more was fixed

    def __len__(self) -> int:
        return sum(map(len, self.by_key.values()))

    def find_movable(self, arguments: Sequence[Any], given: list[Any]) -> list[int]:
        """Return the places of the numbers given that may change in a program."""
        return self.fixings[self.level].find_movable(arguments, given)

    def read_form(self, arguments: Sequence[Any], given: list[Any]) -> CallForm:
        """Return arguments, and the numbers that may change, as a form."""
        places = self.find_movable(arguments, given)
        row = [require_real(given[i], self.name) for i in places]
        movable = set(places)
        fixed = [(type(x), x) for i, x in enumerate(given) if i not in movable]
        key = describe_shape(list(arguments)), tuple(places), tuple(fixed)
        return CallForm(arguments, given, places, row, fixed, key)

    def has_one_way(self, form: CallForm) -> bool:
        """Tell whether one program serves all arguments of a form: it has no branches."""
        known = self.by_key.get(form.key, ())
        return len(known) == 1 and not known[0].has_branches

    def run(self, form: CallForm, compute: Callable[..., Result], *given: Any) -> Result:
        """Return what is computed with the variant whose branches these numbers take."""
        for variant in list(self.by_key.get(form.key, ())):
            try:
                return compute(variant, *given)
            except BranchError:
                pass
        return compute(self.trace(form), *given)

    def trace(self, form: CallForm) -> Variant:
        """Return a new program.

        If there can't be one, that is a NotCompiledError or the function's own error, or, with
        more of the arguments fixed, a FixedMoreError.
        """
        if len(self) >= MOST_VARIANTS:
            raise NotCompiledError(
                f"more than {MOST_VARIANTS} forms of {self.what}, or of branches"
            )
        try:
            variant = Variant(self.function, form.arguments, form.places, self.parameters)
        except Exception as error:
            self.reason = self.reason or str(error)
            if isinstance(error, self.retried) and self.fix_more(form.arguments, form.given):
                raise FixedMoreError from None
            if isinstance(error, self.refused):
                raise NotCompiledError(self.reason) from error
            raise
        self.by_key.setdefault(form.key, []).insert(0, variant)
        return variant

    def fix_more(self, arguments: Sequence[Any], given: list[Any]) -> bool:
        """Go on to the next fixing under which fewer of the numbers given may change, if any."""
        movable = [fixing.find_movable(arguments, given) for fixing in self.fixings]
        for level in range(self.level + 1, len(self.fixings)):
            if movable[level] != movable[self.level]:
                self.level = level
                self.by_key.clear()
                return True
        return False
