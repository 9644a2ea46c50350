"""The programs of one function: one for each form of its arguments and each way it branched.

A program serves all calls whose arguments differ in floats alone. Whatever else they are made of
is fixed in it: whole numbers are counts, indices or classes, texts are names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from ...._ground.nested import change_numbers, describe_shape, iterate_numbers
from ...._ground.text import add_article
from ....engine.refusals import as_float
from ....engine.value import Value
from ....graph.rebuilding import BranchError
from ..native.building import NoNativeError
from ..native.choice import NativeChoice
from ..programs.lines import PREDICT
from .errors import LastingError, NotCompiledError
from .kinds import is_datum, is_float, is_formable
from .outside import Outside, iterate_mutable
from .program import Program
from .reading import Reader
from .tracing import trace_function

MOST_VARIANTS = 64  # programs of one function, and traces in vain
MOST_CHANGES = 8  # of what a function takes from elsewhere
OFTEN = 1000  # uses after which a program is checked again, at least

Result = TypeVar("Result")


class FixedMoreError(Exception):
    """More of the arguments is fixed in programs from now on: begin again."""


class CallForm(NamedTuple):
    """Arguments, and which of the numbers in them may change in a program."""

    arguments: Sequence[Any]
    given: list[Any]
    places: list[int]
    row: list[float]
    key: Any  # equal for all arguments that a program may serve
    is_twice: bool = False  # whether some container stands in two places


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
        parameters: Iterable[Value] | None = None,
        native: bool | None = None,
        known: Sequence[Value] | None = None,
    ) -> None:
        trace = trace_function(function, arguments, places, parameters or (), known)
        self.result = trace.result
        self.others = trace.others
        self.leaves = (*(parameters or ()), *self.others)
        self.uses = 0
        self.compared = 0  # of the examples that it served
        wrt = () if parameters is None else self.leaves
        is_single = isinstance(trace.result, Value)
        if parameters is not None and trace.result in self.leaves:
            raise LastingError("its result is a parameter itself: add 0.0 to it")
        self.program = Program(
            trace.outputs, trace.inputs, self.leaves, wrt, is_single=is_single,
            branches=trace.branches, checks=trace.checks, constants=trace.constants,
            differentiated=trace.differentiated, native=native,
        )  # fmt: skip
        if parameters is not None:
            self.program.source_of(0)  # now, since it may be impossible

    def add_others(self, numbers: Sequence[float] = ()) -> list[float]:
        """Return the numbers of all leaves: those of the parameters, given, and the others'."""
        return [*numbers, *[x.number for x in self.others]]

    def predict(self, row: Sequence[float]) -> Any:
        """Return the function's result for these numbers, or raise what an operation raises."""
        (found,) = self.program.load_fastest(PREDICT, 1)(self.add_others(), [row])
        if self.program.is_single:
            return found[0]
        results = iter(found)
        return change_numbers(
            self.result, lambda y: next(results) if isinstance(y, Value) else y, computed=True
        )

    def attempt(self, compute: Callable[..., Result], *given: Any) -> Result:
        """Return what a program gives; what the function may catch is a NotCompiledError."""
        try:
            return compute(*given)
        except (BranchError, NoNativeError):
            raise
        except Exception as error:
            raise NotCompiledError(str(error)) from error

    def is_due(self) -> bool:
        """Count a use, and tell whether it is to be checked: more and more rarely.

        >>> square = Variant(lambda x: x * x, [3.0], [0])
        >>> [use for use in range(1, 3001) if square.is_due()]
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1024, 2000, 2048, 3000]
        """
        self.uses += 1
        return not self.uses & (self.uses - 1) or self.uses % OFTEN == 0


class Variants:
    """The programs of a function; a new one is made when none fits, up to a number of them.

    ``written`` is what other people wrote of the function: it is read before it is traced, unless
    it is ``unchecked``. ``whole`` says in how many of the first arguments whole numbers may change,
    too: they are data. Where the function can't be traced so (it takes one as an index, say), the
    next of it holds.
    """

    moves = staticmethod(is_float)  # tells whether a number may change wherever it stands
    whole: Sequence[int] = (0,)
    what = "arguments"

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        written: Sequence[Any],
        parameters: Iterable[Value] | None = None,
        native: bool | None = None,
        unchecked: bool = False,
    ) -> None:
        self.function = function
        self.name = name
        self.written = written
        self.parameters: Any = parameters
        self.native = native
        self.unchecked = unchecked
        self.by_key: dict[Any, list[Variant]] = {}
        self.outside: dict[Any, Outside] = {}  # what those of a key take from elsewhere
        self.level = 0  # of ``whole``
        self.reason = ""  # why less may change
        self.in_vain = 0
        self.changes = 0

    def __len__(self) -> int:
        return sum(map(len, self.by_key.values()))

    def forget_all(self) -> None:
        """Forget all programs."""
        self.by_key.clear()
        self.outside.clear()

    def list_choices(self) -> list[NativeChoice]:
        """Return which of their functions run in C, for each program."""
        return [variant.program.choice for known in self.by_key.values() for variant in known]

    def find_movable(self, arguments: Sequence[Any], given: list[Any]) -> list[int]:
        """Return the places of the numbers given that may change in a program."""
        data = [*arguments][: self.whole[self.level]]
        behind = len(list(iterate_numbers(data)))
        moves = self.moves
        return [i for i, x in enumerate(given) if moves(x) or (i < behind and is_datum(x))]

    def read_form(self, arguments: Sequence[Any], given: list[Any]) -> CallForm:
        """Return arguments, and the numbers that may change, as a form."""
        containers = [*map(id, iterate_mutable(arguments))]
        is_twice = len({*containers}) < len(containers)
        places = self.find_movable(arguments, given)
        row = [as_float(given[i], self.name) for i in places]
        movable = set(places)
        fixed = tuple([(type(x), x) for i, x in enumerate(given) if i not in movable])
        if others := [x for _, x in fixed if not is_formable(x)]:
            kind = add_article(type(others[0]).__name__)
            raise NotCompiledError(f"among the {self.what} is {kind}, whose parts may change")
        kinds = tuple([type(given[i]) for i in places])
        try:
            key = describe_shape(list(arguments)), tuple(places), kinds, fixed, is_twice
            hash(key)
        except TypeError as error:
            raise NotCompiledError(str(error)) from None
        return CallForm(arguments, given, places, row, key, is_twice)

    def has_one_way(self, form: CallForm) -> bool:
        """Tell whether one program serves all arguments of a form: it has no branches."""
        known = self.by_key.get(form.key, ())
        return len(known) == 1 and not known[0].program.branches

    def run(self, form: CallForm, compute: Callable[..., Result], *given: Any) -> Result:
        """Return what is computed with the variant whose branches these numbers take."""
        if form.key in self.outside:
            self.require_single(form, self.outside[form.key])
        for variant in list(self.by_key.get(form.key, ())):
            try:
                return compute(variant, *given)
            except BranchError:
                pass
        variant = self.trace(form)
        try:
            return compute(variant, *given)
        except BranchError as error:  # of numbers of another kind, say
            raise NotCompiledError(str(error)) from error

    def require_single(self, form: CallForm, outside: Outside) -> None:
        """Refuse a container in two places if the function may change containers: it sees both."""
        if outside.may_change and (form.is_twice or outside.has_in(form.arguments)):
            raise NotCompiledError("one container is found in two places, and may be changed")

    def look_outside(self, keys: Iterable[Any]) -> None:
        """Forget the programs for these keys that take from elsewhere what is another by now."""
        change = ""
        for key in [key for key in keys if key in self.outside]:
            if found := self.outside[key].find_change():
                del self.outside[key]
                self.by_key.pop(key, None)
                change = found
        self.changes += bool(change)
        if change and self.changes > MOST_CHANGES:
            raise LastingError(f"{change} changes again and again: hand it in as an argument")

    def read(self, form: CallForm) -> Outside:
        """Return what the function takes from elsewhere, or refuse what a trace can't follow."""
        if self.unchecked:
            return Outside()
        return Reader().read(*self.written, arguments=form.arguments)

    def trace(self, form: CallForm) -> Variant:
        """Return a new program.

        If there can't be one, that is a NotCompiledError, or, with more of the arguments fixed, a
        FixedMoreError.
        """
        if len(self) >= MOST_VARIANTS:
            raise NotCompiledError(
                f"more than {MOST_VARIANTS} forms of {self.what}, or of branches"
            )
        outside = self.outside.get(form.key) or self.read(form)
        self.require_single(form, outside)
        failure: Exception | None = None
        try:
            known = None if self.unchecked else outside.list_leaves()
            variant = Variant(
                self.function, form.arguments, form.places, self.parameters, self.native, known
            )
        except NoNativeError:
            raise
        except Exception as error:
            failure = error
        if change := outside.put_back():
            raise LastingError(f"it changes {change}, outside of it, or another thread does")
        if failure is None and outside.has_in(variant.result):
            failure = LastingError("it returns a container from elsewhere, not a new one")
        if failure is not None:
            self.reason = self.reason or str(failure)
            if self.fix_more(form):
                raise FixedMoreError
            self.in_vain += 1
            is_lasting = isinstance(failure, LastingError) or self.in_vain >= MOST_VARIANTS
            told = self.reason if self.level else str(failure)
            raise (LastingError if is_lasting else NotCompiledError)(told) from failure
        self.in_vain = 0
        self.by_key.setdefault(form.key, []).insert(0, variant)
        self.outside[form.key] = outside
        return variant

    def fix_more(self, form: CallForm) -> bool:
        """Go on to where fewer whole numbers may change, if that makes a difference to a form."""
        before = self.level
        for level in range(before + 1, len(self.whole)):
            self.level = level
            if self.find_movable(form.arguments, form.given) != form.places:
                self.forget_all()
                return True
        self.level = before
        return False
