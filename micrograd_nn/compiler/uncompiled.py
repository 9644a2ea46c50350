"""What a function that is compiled gives by itself, and whether a program's result is the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from numbers import Real
from typing import Any

from ..engine.operation import ARITHMETIC
from ..engine.setting import no_grad, setting
from ..engine.value import Value
from ..nested import change_numbers, iterate_numbers, pair_numbers, rebuild
from .tracing import Tracer
from .variants import is_float


def call_function(function: Callable[..., Any], positional: Any, named: Any) -> Any:
    """Call a function with arguments in a list and a dictionary."""
    return function(*positional, **named)


def run_itself(function: Callable[..., Any], arguments: Any, given: list[Any]) -> Any:
    """Return what a function gives for plain numbers; where it takes none, for Values.

    >>> run_itself(lambda x: x / 4, [(2.0,), {}], [2.0])
    0.5
    >>> run_itself(lambda x: x.exp(), [(0.0,), {}], [0.0])
    1.0

    An error of arithmetic is told in the terms of the operation that failed.
    """
    observers = setting.get().observers
    if observers and not is_traced():  # they look at each node
        return run_on_values(function, arguments, given)
    try:
        with pause_recording():
            return lower_values(call_function(function, *arguments))
    except (AttributeError, TypeError, *ARITHMETIC) as error:
        try:
            result = run_on_values(function, arguments, given)
        except Exception as other:
            if isinstance(error, ARITHMETIC) and not isinstance(other, ARITHMETIC):
                raise error from None
            raise other from None
        if isinstance(error, ARITHMETIC):
            raise
        return result


def run_on_values(function: Callable[..., Any], arguments: Any, given: list[Any]) -> Any:
    """Return what a function gives for Values, as numbers."""
    values = iter([Value(x) if is_float(x) else x for x in given])
    with pause_recording():
        return lower_values(call_function(function, *rebuild(arguments, values)))


def is_traced() -> bool:
    """Tell whether a function that is being compiled calls this."""
    return any(isinstance(observer, Tracer) for observer in setting.get().observers)


def pause_recording() -> AbstractContextManager[None]:
    """Compute without recording, unless the caller's program needs the graph."""
    return nullcontext() if is_traced() else no_grad()


def lower_values(result: Any) -> Any:
    """Return a result with numbers for Values; they go on without a gradient."""
    if not any(isinstance(y, Value) for y in iterate_numbers(result)):
        return result
    if is_traced():
        return change_numbers(result, lambda y: y.detach() if isinstance(y, Value) else y)
    return change_numbers(result, lambda y: y.data if isinstance(y, Value) else y)


def are_close(result: Any, own: Any) -> bool:
    """Tell whether two results are of one form, with numbers that are equal but for rounding.

    >>> are_close([0.1 + 0.2, "a"], [0.3, "a"]), are_close([1.0], (1.0,)), are_close(1.0, 2.0)
    (True, False, False)

    Python's ``sum`` of floats rounds otherwise than that of Values, from 3.12 on.
    """
    for pair in pair_numbers(result, own):
        if pair is None:
            return False
        x, y = pair
        if isinstance(x, Real) and isinstance(y, Real):
            if not (math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) or (x != x and y != y)):
                return False
        elif type(x) is not type(y) or x != y:
            return False
    return True
