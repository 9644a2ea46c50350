"""``compile``: from a recorded graph, or from a function, to a program that runs fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, overload

from ..engine.operand import Operand
from ..engine.order import is_leaf
from ..engine.setting import no_grad, setting
from ..engine.value import Constant, Value
from ..nested import change_numbers, iterate_numbers, rebuild
from ..text import add_article
from .branches import collect_branches
from .program import Program, make_program
from .variants import FixedMoreError, NotCompiledError, Variant, Variants

NEEDS = "compile needs a function or recorded Values"
FIXABLE = (str, bytes, bool, int, float, type(None), type, FunctionType, BuiltinFunctionType, Enum)


@overload
def compile(
    outputs: Value | Sequence[Value],
    inputs: Iterable[Value] = (),
    parameters: Iterable[Value] = (),
    wrt: Iterable[Value] | None = None,
    names: Any = None,
) -> Program: ...
@overload
def compile(outputs: Callable[..., Any]) -> CompiledFunction: ...
def compile(
    outputs: Any,
    inputs: Iterable[Value] = (),
    parameters: Iterable[Value] = (),
    wrt: Iterable[Value] | None = None,
    names: Any = None,
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

    A comparison that would go another way than when it was recorded is a ``BranchError`` in a
    program; a compiled function traces the other branch, too.
    """
    if callable(outputs) and not isinstance(outputs, Value):
        return CompiledFunction(outputs)
    is_single = isinstance(outputs, Value)
    if not (is_single or isinstance(outputs, Iterable)):
        raise TypeError(f"{NEEDS}, not {add_article(type(outputs).__name__)}")
    for name, given in (("inputs", inputs), ("parameters", parameters), ("wrt", wrt)):
        if isinstance(given, Value):
            raise TypeError(f"compile takes {name} as a list of Values: {name}=[…]")
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
    return make_program(
        roots, inputs, parameters, parameters if wrt is None else list(wrt),
        collect_branches(inputs, parameters), is_single, names,
    )  # fmt: skip


class CompiledFunction:
    """A function that runs as a program for each form of its arguments; ``compile`` makes it.

    Numbers among the arguments, in lists, tuples and dictionaries too, may differ from call to
    call; texts, functions and the like are part of the form. With a Value among them, the function
    itself runs, and records; with an object of another kind, whose attributes may change, it runs
    uncompiled. Values that it takes from elsewhere (a model's parameters) are read at each call.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = getattr(function, "__doc__", None)
        self.__name__ = getattr(function, "__name__", "function")
        self.variants = Variants(partial(call_function, function), self.__name__)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the method of an object whose class has this function."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}: {len(self.variants)} programs>"

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Return what the function returns, with numbers for Values."""
        arguments = [positional, named]
        given = list(iterate_numbers(arguments))
        if any(isinstance(x, Operand) for x in given):
            return self.function(*positional, **named)
        while True:
            try:
                return self.compute(arguments, given)
            except FixedMoreError:
                pass

    def compute(self, arguments: Sequence[Any], given: list[Any]) -> Any:
        """Return the result by a program if there can be one, else by the function itself."""
        if setting.get().observers:  # which look at each node
            return self.run_uncompiled(arguments, given)
        form = self.variants.read_form(arguments, given)
        if not all(isinstance(x, FIXABLE) for _, x in form.fixed):
            return self.run_uncompiled(arguments, given)
        try:
            return self.variants.run(form, Variant.predict, form.row)
        except NotCompiledError:
            return self.run_uncompiled(arguments, given)

    def run_uncompiled(self, arguments: Sequence[Any], given: list[Any]) -> Any:
        """Return what the function itself gives for Values, as numbers."""
        values = list(given)
        for i in self.variants.find_movable(arguments, given):
            values[i] = Value(values[i])
        try:
            with no_grad():
                result = self.variants.function(*rebuild(arguments, iter(values)))
        except self.variants.retried:
            if self.variants.fix_more(arguments, given):
                raise FixedMoreError from None
            raise
        return change_numbers(result, lambda y: y.data if isinstance(y, Value) else y)


def call_function(function: Callable[..., Any], positional: Any, named: Any) -> Any:
    """Call a function with arguments in a list and a dictionary."""
    return function(*positional, **named)
