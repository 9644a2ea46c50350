"""``compile``: from a recorded graph, or from a function, to a program that runs fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from types import MethodType
from typing import Any

from ...._ground.callers import warn_user
from ...._ground.nested import iterate_numbers, rebuild
from ...._ground.text import add_article, quote_text
from ....engine.node import is_compared, is_leaf
from ....engine.operators import Operand
from ....engine.setting import setting
from ....engine.value import Constant, Value
from ....graph.rebuilding import BranchError
from ..native.building import require_choice
from .arrays import ArrayProgram
from .compiled import Compiled, are_close, call_function, lower_values, run_itself
from .compiled_loss import CompiledLoss
from .errors import DiffersError, LastingError, NotCompiledError
from .kinds import is_formable
from .program import Program
from .traced import TracedNumber
from .variants import CallForm, Variant, Variants

NOTHING: tuple[Value, ...] = ()
NEEDS = "compile needs a function or recorded Values"
RECORDS = "was called with Values: that records a graph, no faster than without compile"
REMEDY = (
    ". Give it numbers. For a loss, write quick = compile(loss, net), where loss takes the data "
    "alone: quick(…) returns the number and sets .grad of the net's parameters"
)
COMPARED = (
    "Values were compared (x > 0) since the oldest leaf of this graph was made, and a graph "
    "doesn't tell what that decided: compile the function that records it, compile(f); or record "
    "the graph again, from new leaves, and compare numbers (x.data > 0) where that decides nothing"
)


def compile(
    outputs: Any,
    inputs: Any = NOTHING,
    parameters: Any = NOTHING,
    wrt: Iterable[Value] | None = None,
    names: Any = None,
    native: bool | None = None,
    over: str = "rows",
    unchecked: bool = False,
) -> Any:
    """Return a program that computes a recorded graph and its gradient for any numbers, fast.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> program = compile((w * x).tanh(), inputs=[x], parameters=[w])
    >>> total, gradient = program([0.5], [[0.0], [2.0]])  # w, and a row for each example
    >>> round(total, 6), gradient == [2 * (1 - total * total)]
    (0.761594, True)

    The gradient is by the parameters, or by the leaves ``wrt``. ``names`` is a module or a
    dictionary whose names the source shows for parameters without labels; ``program.source`` is
    the source.

    Of a function, ``compile`` makes one that traces it at the first call with each form of its
    arguments, and then runs the program:

    >>> square = compile(lambda x: x * x)
    >>> square(3.0)
    9.0

    Of a loss of your own and its net, ``compile(loss, net)`` makes one that returns the number and
    sets the ``grad`` of each parameter, so that your loop stays as it is. The net has
    ``parameters()``, or is a list or a dictionary of Values:

    >>> quick = compile(lambda x, y: (w * x - y) ** 2, [w])
    >>> quick(2.0, 5.0), w.grad
    (1.0, 4.0)

    The gradient is what ``zero_grad()`` and ``backward()`` leave, bit for bit; it doesn't add up,
    and is 0.0 by a parameter that the loss doesn't reach.

    A program runs in C once that pays, where there is a C compiler: the numbers are the same, bit
    for bit. ``native=True`` compiles it at once, or is a NoNativeError that says why it can't be;
    ``native=False`` stays with Python.

    A compiled function is traced once for each way through its branches. A graph doesn't tell what
    comparisons (``x > 0``) decided: where Values were compared since its oldest leaf was made, that
    is a ``BranchError``. A function that does more than to compute, compare and gather numbers runs
    as it is, with a RuntimeWarning that names the place. ``unchecked=True`` is your word that its
    result depends on the numbers by operations and comparisons alone, not on their type or text: it
    is compiled all the same.

    ``over="array"`` makes an ``ArrayProgram`` of a recorded graph, for whole columns of NumPy,
    PyTorch, JAX or Dask: all rows at once.

    >>> columns = compile((w * x).tanh(), inputs=[x], parameters=[w], over="array")
    >>> columns.predictions([0.5], [[0.0, 2.0]]).round(6)
    array([0.      , 0.761594])
    """
    require_choice(native)
    if over not in ("rows", "array"):
        raise ValueError(f'over is "rows" or "array", not {over!r}')
    if callable(outputs) and not isinstance(outputs, Value):
        if over == "array":
            raise TypeError(
                'over="array" needs a recorded graph, not a function: call it with Values, and '
                'compile(result, inputs=[…], over="array")'
            )
        net = inputs if parameters is NOTHING else parameters
        if net is not NOTHING:
            return CompiledLoss(outputs, net, native, unchecked)
        return CompiledFunction(outputs, native, unchecked)
    is_single = isinstance(outputs, Value)
    if not (is_single or isinstance(outputs, Iterable)):
        raise TypeError(f"{NEEDS}, not {add_article(type(outputs).__name__)}")
    for name, given in (("inputs", inputs), ("parameters", parameters), ("wrt", wrt)):
        if isinstance(given, Value) or hasattr(given, "parameters"):
            raise TypeError(
                f"compile takes {name} of a Value as a list of Values, {name}=[…]; "
                f"compile(loss, net) takes the function that computes the loss, not its result"
            )
    roots: list[Any] = [outputs] if is_single else list(outputs)
    if not roots:
        raise ValueError(f"{NEEDS}, not an empty list")
    inputs, parameters = list(inputs), list(parameters)
    for x in roots:
        if not isinstance(x, Value):
            raise TypeError(f"{NEEDS}, not {add_article(type(x).__name__)}")
        if isinstance(x, Constant) and inputs:
            raise ValueError(
                f"{x!r} depends on no input: was it recorded under no_grad, or detached?"
            )
    for x in (*inputs, *parameters):
        if not (isinstance(x, Value) and is_leaf(x)):
            raise TypeError(
                f"inputs and parameters of a program are leaves of its graph, not {x!r}"
            )
    if over == "array" and native:
        raise ValueError('native=True is of programs in C, and over="array" of whole columns')
    wrt = parameters if wrt is None else list(wrt)
    program = Program(
        roots, inputs, parameters, wrt, is_single=is_single, names=names, native=native
    )
    if is_compared([*program.graph, *inputs, *parameters]):
        raise BranchError(COMPARED)
    return ArrayProgram(program) if over == "array" else program


class CompiledFunction(Compiled):
    """A function that runs as a program for each form of its arguments; ``compile`` makes it.

    Fractional numbers among the arguments, in lists, tuples, dictionaries and dataclasses too, may
    differ from call to call; whole numbers, texts, functions and the like are part of the form.
    With a Value among them, the function itself runs, and records; with an object of another kind,
    whose attributes may change, it runs as it is. Values that it takes from elsewhere (a model's
    parameters) are read at each call; where it takes another thing from there than before, it is
    traced again.

    Each program is compared with the function itself now and then. If they differ, a RuntimeWarning
    says how, and the function runs as it is from then on.
    """

    def __init__(
        self, function: Callable[..., Any], native: bool | None = None, unchecked: bool = False
    ) -> None:
        name = getattr(function, "__name__", "function")
        call = partial(call_function, function)
        variants = Variants(call, name, [function], None, native, unchecked)
        super().__init__(variants, function, native, unchecked)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the method of an object whose class has this function."""
        return self if instance is None else MethodType(self, instance)

    def __call__(self, /, *positional: Any, **named: Any) -> Any:
        """Return what the function returns, with numbers for Values."""
        arguments = [positional, named]
        try:
            given = list(iterate_numbers(arguments))
        except RecursionError:  # something in them leads back to itself
            return self.function(*positional, **named)
        operands = [x for x in given if isinstance(x, Operand)]
        now = setting.get()
        # Inside a derivative, it may close over the variable of that.
        is_watched = bool(now.observers) or now.began is not None
        if not all(isinstance(x, TracedNumber) for x in operands):
            if not (is_watched or self.records or self.variants):
                self.records = f", {RECORDS}"
                warn_user(f"{self.__name__} {RECORDS}{REMEDY}", RuntimeWarning)
            return self.function(*positional, **named)
        if operands or self.reason or not all(map(is_formable, given)):
            return lower_values(self.function(*positional, **named))
        if not is_watched:
            try:
                form = self.variants.read_form(arguments, given)
                if any(x != x for x in form.row):
                    raise NotCompiledError("Python finds a NaN in a list by its identity")
                self.variants.look_outside([form.key])
                return self.variants.run(form, self.run_variant, form)
            except LastingError as error:
                self.give_up(error)
                return lower_values(self.function(*positional, **named))
            except NotCompiledError:  # for these arguments
                pass
        return run_itself(self.function, arguments, given)

    def run_variant(self, variant: Variant, form: CallForm) -> Any:
        """Return what a program gives."""
        result = variant.attempt(variant.predict, form.row)
        if any(y != y for y in iterate_numbers(result)):
            raise NotCompiledError("a product with 0 may be left out by the function itself")
        if variant.is_due():
            self.compare(result, form)
        return result

    def compare(self, result: Any, form: CallForm) -> None:
        """Refuse a program whose result isn't that of the function itself."""
        try:
            own = run_itself(self.function, rebuild(form.arguments, iter(form.given)), form.given)
        except Exception as error:
            own = error
        if not are_close(result, own):
            is_error = isinstance(own, Exception)
            told = add_article(type(own).__name__) if is_error else quote_text(own)
            raise DiffersError(
                f"its program gave {quote_text(result)}, and the function itself {told}: it "
                f"depends on more than the numbers in its arguments, such as a count, a random "
                f"number, or their type"
            )
