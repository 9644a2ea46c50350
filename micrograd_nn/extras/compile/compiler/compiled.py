"""What functions that are compiled have in common: their programs, or why there are none.

And what such a function gives by itself, and whether a program's result is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from numbers import Real
from typing import Any

from ...._ground.callers import warn_user
from ...._ground.nested import change_numbers, iterate_numbers, pair_numbers, rebuild
from ...._ground.text import count_things
from ....engine.node import is_leaf, nodes
from ....engine.setting import no_grad, setting
from ....engine.value import Value
from .errors import LastingError, UnreadError
from .kinds import is_float
from .tracing import Tracer
from .variants import Variants


class Compiled:
    """A function of somebody's and its programs; ``made_of`` is what it was made of."""

    def __init__(self, variants: Variants, function: Callable[..., Any], *made_of: Any) -> None:
        self.function = self.__wrapped__ = function
        self.__doc__ = getattr(function, "__doc__", None)
        self.__name__ = variants.name
        self.variants = variants
        self.made_of = made_of
        self.reason = ""  # why it isn't compiled any more
        self.records = ""  # that it was called where no program can serve

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle the function alone: new programs are made, for its own parameters."""
        return type(self), (self.function, *self.made_of)

    def __repr__(self) -> str:
        if self.reason:
            return f"<{self.__name__}, not compiled: {self.reason}>"
        told = f"<compiled {self.__name__}: {count_things(len(self.variants), 'program')}"
        runs = [*dict.fromkeys(map(str, self.variants.list_choices()))]
        return ", ".join([told, *runs]) + f"{self.records}>"

    def give_up(self, error: LastingError) -> None:
        """Run as it is from now on, and say why."""
        self.reason = str(error)
        self.variants.forget_all()
        remedy = (
            ". If its result depends on the numbers by operations and comparisons alone, not on "
            "their type or text, unchecked=True compiles it all the same"
        )
        told = f"{self.__name__} runs as it is, not compiled: {error}"
        warn_user(told + remedy * isinstance(error, UnreadError), RuntimeWarning)


def call_function(function: Callable[..., Any], positional: Any, named: Any) -> Any:
    """Call a function with arguments in a list and a dictionary."""
    return function(*positional, **named)


def run_itself(function: Callable[..., Any], arguments: Any, given: list[Any]) -> Any:
    """Return what a function gives for plain numbers; where they lack a method, for Values."""
    if setting.get().observers and not is_traced():  # they look at each node
        return run_on_values(function, arguments, given)
    try:
        return lower_values(call_function(function, *arguments))
    except AttributeError as error:
        if not is_float(getattr(error, "obj", None)):
            raise
        return run_on_values(function, arguments, given)


def run_on_values(function: Callable[..., Any], arguments: Any, given: list[Any]) -> Any:
    """Return what a function gives for Values, as numbers."""
    values = iter([Value(x) if is_float(x) else x for x in given])
    is_wanted = is_traced() or setting.get().began is not None  # by the caller, or a derivative
    with nullcontext() if is_wanted else no_grad():
        return lower_values(call_function(function, *rebuild(arguments, values)))


def is_traced() -> bool:
    """Tell whether a function that is being compiled calls this."""
    return any(isinstance(observer, Tracer) for observer in setting.get().observers)


def lower_values(result: Any) -> Any:
    """Return a result with numbers for Values, which go on without a gradient.

    What depends on the variable of a derivative that is being computed stays a Value.
    """
    try:
        has_values = any(isinstance(y, Value) for y in iterate_numbers(result))
    except RecursionError:  # it leads back to itself
        return result
    if not has_values:
        return result
    traced, since = is_traced(), setting.get().began

    def lower(y: Any) -> Any:
        if not isinstance(y, Value):
            return y
        # While it is traced, that variable isn't a leaf.
        if since is not None and (
            traced or any(is_leaf(x) and x.created > since for x in nodes(y))
        ):
            return y
        if not traced:
            return y.data
        held = y.detach()
        for observer in setting.get().observers:
            if isinstance(observer, Tracer):
                observer.mark_number(held)
        return held

    return change_numbers(result, lower, computed=True)


def is_rounded(x: Any, y: Any) -> bool:
    """Tell whether two numbers differ by rounding alone.

    >>> is_rounded(0.1 + 0.2, 0.3), is_rounded(1.0, 10**400)
    (True, False)
    """
    try:
        return math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)
    except OverflowError:  # of a whole number beyond all floats
        return False


def are_close(result: Any, own: Any) -> bool:
    """Tell whether two results are of one form, with numbers that are equal but for rounding.

    Python's ``sum`` of floats rounds otherwise than that of Values, from 3.12 on.
    """
    for pair in pair_numbers(result, own):
        if pair is None:
            return False
        x, y = pair
        if isinstance(x, Real) and isinstance(y, Real):
            if not (x == y or (x != x and y != y) or is_rounded(x, y)):
                return False
        elif type(x) is not type(y) or x != y:
            return False
    return True
