"""What one row of the table of operations holds, and what it does with numbers.

A row says an operation once: its forward rule and its local derivatives, which are written in
ordinary arithmetic and other rows. So the same lines serve floats (numbers for backpropagation) and
Values (graphs, for derivatives of derivatives). The table itself is in ``table.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, Protocol, TypeVar, overload

from .._ground.text import add_article, count_things, make_printable
from .refusals import as_float, require_partials, require_rule, tell_input

Rule = Callable[..., Any]
Interval = tuple[float, float]


class Applicable(Protocol):
    """What an operation applies to beside numbers: Values, duals and symbols know how."""

    @property
    def operate(self) -> Callable[..., Any]:
        """Apply an operation to inputs of which at least one is of this class."""


T = TypeVar("T", bound=Applicable)

ARITHMETIC = (ZeroDivisionError, OverflowError, ValueError)  # what a forward rule may raise
MOST_TOLD = 5  # values in a message


class Operation:
    """A differentiable operation with a fixed number of inputs; calling it applies it.

    ``forward`` takes the inputs as floats. ``partials`` has one rule an input: it takes the
    result and the inputs, and returns ∂out/∂input. Numbers give a number:

    >>> square = Operation("square", lambda x: x * x, [lambda out, x: 2 * x])
    >>> square(3)
    9.0

    Values give a Value, whose gradient needs nothing more than the row:

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> square(x).backward()
    >>> x.grad
    6.0

    The rest is for people and for checks. ``inputs`` names the inputs, ``python`` is how the
    operation is written in Python, ``code`` how a compiled program writes it if not so (a form, or
    a function of the inputs' texts that returns one; "" for a call of the forward rule), ``symbol``
    how in a picture, ``latex`` how in a formula (a form, or a command that stands before the inputs
    in parentheses; "" for the name), ``javascript`` how in a page that recomputes its graph, ``c``
    how in a program in C and ``arrays`` how over whole columns, with the functions of a namespace
    ``xp`` (a row of the table needs none of the three). ``needs`` is the condition on the inputs
    that an error message quotes, ``partials_need`` the stricter one for a finite derivative.
    ``domain`` has one interval an input from which checks draw, ``kinks`` are the points of the
    first input at which the derivative jumps, ``distance`` tells how far inputs are from where it
    jumps otherwise, ``defaults`` belong to the last inputs. ``example`` is a true statement in
    Python.
    """

    def __init__(
        self, name: str, forward: Callable[..., float], partials: Sequence[Rule] = (), *,
        inputs: tuple[str, ...] = ("x",), defaults: tuple[float, ...] = (),
        python: str = "", code: str | Callable[..., str] = "", symbol: str = "", latex: str = "",
        javascript: str = "", c: str = "", arrays: str = "",
        needs: str = "", partials_need: str = "",
        domain: tuple[Interval, ...] = (), kinks: tuple[float, ...] = (),
        distance: Callable[..., float] | None = None,
        doc: str = "", example: str = "",
    ) -> None:  # fmt: skip
        require_rule(name, forward)
        if type(self) is Operation:
            require_partials(name, forward, partials, inputs)
        self.name = name = make_printable(name)
        self.forward, self.partials = forward, partials
        self.inputs, self.defaults = inputs, defaults
        called = name.replace("{", "{{").replace("}", "}}")  # as it stands in a form
        slots = ", ".join(f"{{{i}}}" for i in range(len(inputs)))
        call = f"{called}({slots})"
        self.python = python or call
        self.code = code or (python if python != call else "")
        self.symbol = symbol or name
        is_command = latex.startswith("\\") and "{0}" not in latex
        self.latex = rf"{latex}\left({slots}\right)" if is_command else latex
        self.javascript, self.c, self.arrays = javascript, c, arrays
        self.needs, self.partials_need = needs, partials_need or needs
        self.domain = domain or ((-3.0, 3.0),) * len(inputs)
        self.kinks, self.distance = kinks, distance
        self.example = example
        # A row of the table, whose rules the tests have seen to give floats; and of a fixed number
        # of inputs, with a rule for each.
        self.is_row = self.is_plain = False
        self.__doc__ = f"{doc}\n\n>>> {example}\nTrue" if example else doc

    def __repr__(self) -> str:
        return f"<operation {self.written(*self.inputs)}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Operation:
        return self

    def written(self, *names: str) -> str:
        """Return the operation as Python text on these names.

        >>> from micrograd_nn import hypot
        >>> hypot.written("a", "b")
        'hypot(a, b)'

        It is no more than the row's own form: names that are expressions need parentheses.
        """
        return self.python.format(*names)

    @overload
    def __call__(  # type: ignore[overload-overlap]  # all numbers
        self, *inputs: float, **named: float
    ) -> float: ...
    @overload
    def __call__(self, *inputs: T | float, **named: T | float) -> T: ...
    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Return the number that numbers give, or the node that any Value among them gives."""
        if named or len(inputs) != len(self.inputs):
            inputs = self._completed(inputs, named)
        for x in inputs:
            if type(x) is not float:
                operate = getattr(x, "operate", None)
                return self.apply(inputs) if operate is None else operate(self, inputs)
        try:  # of floats at once, since the rules of derivatives call other rows with them
            out = self.forward(*inputs)
        except ARITHMETIC as error:
            self.fail(error, inputs)
        return out if type(out) is float else self.require_result(out)

    def _completed(self, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """Return all inputs: those given, then those by name, then the defaults."""
        defaults = zip(self.inputs[-len(self.defaults) :], self.defaults, strict=False)
        rest, known = self.inputs[len(given) :], {**dict(defaults), **named}
        if len(given) > len(self.inputs) or not set(named) <= set(rest) <= set(known):
            takes = count_things(len(self.inputs), "input")
            by_name = f" and {', '.join(named)}" if named else ""
            raise TypeError(
                f"{self.name}({', '.join(self.inputs)}) takes {takes}, not {len(given)}{by_name}"
            )
        return given + tuple([known[name] for name in rest])

    def apply(self, inputs: Sequence[Any]) -> Any:
        """Apply the operation to a sequence of all its inputs.

        An input that isn't a number knows what operating on it means: a Value records a node.

        >>> from micrograd_nn import add
        >>> add.apply([1, 2])
        3.0
        """
        for x in inputs:
            if type(x) is not float and hasattr(x, "operate"):
                return x.operate(self, inputs)
        numbers = [as_float(x, self.name) for x in inputs]
        return self.compute(numbers, numbers)

    def compute(self, numbers: Sequence[float], given: Sequence[Any]) -> float:
        """Return what the forward rule gives of floats; an error tells of what was given."""
        try:
            out = self.forward(*numbers)
        except ARITHMETIC as error:
            self.fail(error, given)
        return out if type(out) is float else self.require_result(out)

    def require_result(self, given: object, what: str = "result") -> float:
        """Return what one of the rules gave as a float; what isn't a number is a TypeError."""
        return as_float(given, f"the {what} of {self.name}", "a real number")

    def local_partials(
        self, out: Any, inputs: Sequence[Any], wanted: Sequence[bool] | None = None
    ) -> tuple[Any, ...]:
        """Return ∂out/∂input for each input: floats give floats, Values give graphs.

        A position that is not ``wanted`` gives None, and its rule does not run: ``x ** 2``
        at x = -3 has no use for log(-3).

        >>> from micrograd_nn import mul
        >>> mul.local_partials(6.0, (2.0, 3.0))
        (3.0, 2.0)
        >>> mul.local_partials(6.0, (2.0, 3.0), wanted=(True, False))
        (3.0, None)
        """
        rules = zip(self.partials, wanted or [True] * len(self.partials), strict=True)
        return tuple([rule(out, *inputs) if is_wanted else None for rule, is_wanted in rules])

    def float_partials(
        self, out: float, numbers: Sequence[float], wanted: Sequence[bool] | None
    ) -> tuple[float | None, ...]:
        """Return ``local_partials`` of numbers, which must be floats; a rule may give anything."""
        partials = self.local_partials(out, numbers, wanted)
        if self.is_row:  # whose rules give floats, as the tests see
            return partials
        chosen = zip(partials, wanted or [True] * len(partials), strict=True)
        return tuple([self.require_result(x, "derivative") if y else None for x, y in chosen])

    def describe_inputs(self, given: Sequence[Any]) -> str:
        """Tell the inputs' numbers and labels, as the end of a message.

        >>> from micrograd_nn import Value, mul
        >>> mul.describe_inputs((Value(3.0, label="p"), 2.0))
        "; x = 3.0 (label 'p'), y = 2.0"
        """
        parts = [f"{name} = {tell_input(x)}" for name, x in zip(self.inputs, given, strict=False)]
        return "; " + ", ".join(parts) if parts else ""

    def fail(self, error: Exception, given: Sequence[Any], derivative: bool = False) -> NoReturn:
        """Raise the same class of error, in the operation's own terms.

        >>> from micrograd_nn import log
        >>> log(-0.5)
        Traceback (most recent call last):
        ValueError: log(x) needs x > 0; x = -0.5

        Its ``said`` is what stands before and behind the operation.
        """
        before = "the derivative of " if derivative else ""
        needs = self.partials_need if derivative else self.needs
        if isinstance(error, OverflowError):
            claim = " is beyond the largest float, 1.8e308"
        else:
            claim = f" needs {needs}" if needs else f" failed: {error}"
        text = f"{before}{self.written(*self.inputs)}{claim}{self.describe_inputs(given)}"
        told: Any = next(kind for kind in ARITHMETIC if isinstance(error, kind))(text)
        told.said = before, claim
        raise told from None


class Choice(Operation):
    """An operation whose first input is a condition, which may be a truth value, too.

    >>> from micrograd_nn import where
    >>> where(True, 2.0, 3.0), where(-1.0, 2.0, 3.0)
    (2.0, 3.0)
    """

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Return what the operation gives, true as 1.0 and false as 0.0."""
        condition, *others = self._completed(inputs, named)
        if type(condition).__name__ in ("bool", "bool_"):  # NumPy's, too, by either of its names
            condition = float(condition)
        return super().__call__(condition, *others)


class Reduction(Operation):
    """An operation of any number of inputs, such as a sum; calling it takes a list.

    ``partials`` is one rule that returns the list of all local derivatives. One that Python
    writes with an operator between terms gives it as ``joiner``; ``terms`` makes the terms of
    the names, and ``empty`` is how the result of no inputs is written. The {0} of its ``latex``
    is the list of its inputs.

    >>> total = Reduction("total", lambda *xs: float(len(xs)), lambda out, *xs: [0.0] * len(xs))
    >>> total([5, 6, 7]), total(5, 6)
    (3.0, 2.0)
    """

    partials: Rule  # type: ignore[assignment]  # one rule for all inputs, not one an input

    def __init__(
        self, name: str, forward: Callable[..., float], partials: Rule, *,
        inputs: tuple[str, ...] = ("values",), joiner: str = "",
        terms: Callable[..., Sequence[str]] | None = None, empty: str = "0.0",
        arrange: Callable[..., Sequence[Any]] | None = None, **rest: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, forward, partials, inputs=inputs, **rest)  # type: ignore[arg-type]
        self.joiner, self.terms, self.empty, self._arrange = joiner, terms, empty, arrange

    def written(self, *names: str) -> str:
        """Return the operation as Python text on these names.

        >>> from micrograd_nn import sum
        >>> sum.written("a", "b", "c")
        'a + b + c'
        """
        if not self.joiner or names == self.inputs:
            return f"{self.name}({', '.join(names)})"
        return self.joiner.join(self.terms(*names) if self.terms else names) or self.empty

    @overload
    def __call__(  # type: ignore[overload-overlap]  # all numbers
        self, *inputs: float | Iterable[float], **named: float
    ) -> float: ...
    @overload
    def __call__(
        self, *inputs: T | float | Iterable[T | float] | None, **named: T | float | None
    ) -> T: ...
    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Return the number that numbers give, or the node that any Value among them gives."""
        if self._arrange is not None:
            return self.apply(self._arrange(*inputs, **named))
        if named:
            raise TypeError(f"{self.name} takes its values only, not {', '.join(named)}")
        if len(inputs) == 1 and isinstance(inputs[0], Iterable):
            inputs = tuple(inputs[0])
        return self.apply(inputs)

    def local_partials(
        self, out: Any, inputs: Sequence[Any], wanted: Sequence[bool] | None = None
    ) -> tuple[Any, ...]:
        """Return ∂out/∂input for each input, None where it isn't ``wanted``."""
        partials = self.partials(out, *inputs)
        if not isinstance(partials, (list, tuple)):
            raise TypeError(
                f"the derivative rule of {self.name} gives {add_article(type(partials).__name__)},"
                f" not a list of one derivative for each input"
            )
        if len(partials) != len(inputs):
            raise ValueError(f"its rule gives {len(partials)} for {len(inputs)} inputs")
        if wanted is None:
            return tuple(partials)
        chosen = zip(partials, wanted, strict=True)
        return tuple([partial if is_wanted else None for partial, is_wanted in chosen])

    def describe_inputs(self, given: Sequence[Any]) -> str:
        """Tell the first of the values, and how many there are."""
        told = [*map(tell_input, given[:MOST_TOLD]), f"… of {len(given)}"]
        return f"; values = {', '.join(told[: len(given)])}" if given else ""


class Lookup(Reduction):
    """An operation that takes one of its values, by an index: a whole number, not to be varied.

    >>> from micrograd_nn import Value, choose
    >>> a, b = Value(1.0), Value(2.0)
    >>> choose(1, [a, b]) is b  # a plain number chooses once and for all
    True
    >>> choose(Value(1.0), [a, b]).inputs == (a, b)  # the first input is the index
    False
    >>> choose(2, [a, b])
    Traceback (most recent call last):
    ValueError: choose(index, values) needs a whole index from 0 to below the number of values; \
index = 2.0, of 2 values
    """

    def written(self, *names: str) -> str:
        """Return the operation as Python text on these names: the index, then the values."""
        index, *values = names
        listed = "values" if names == self.inputs else f"[{', '.join(values)}]"
        return f"{self.name}({index}, {listed})"

    def __call__(self, index: Any, values: Iterable[Any]) -> Any:  # type: ignore[override]
        """Return one of the values; the node of one, where the index is a Value."""
        values = list(values)
        if hasattr(index, "operate"):
            return self.apply([index, *values])
        index = as_float(index, self.name)
        places = map(float, range(len(values)))
        value = values[int(self.compute([index, *places], [index, *values]))]
        return value if hasattr(value, "operate") else as_float(value, self.name)

    def describe_inputs(self, given: Sequence[Any]) -> str:
        """Tell the index, and how many values there are, as the end of a message."""
        return f"; index = {tell_input(given[0])}, of {len(given) - 1} values"
