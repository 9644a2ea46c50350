"""Where a ``with`` statement stands: in which frame, and whether that frame can be suspended.

A generator hands its caller an item in the middle of a block, and whatever the block has changed
would be changed for the caller. So a block needs to know its frame.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FrameType, FunctionType
from typing import Any, NoReturn

# Functions that enter a block and leave it open, for their caller: a context manager that is made
# of others, or of a generator, as contextlib does it, and a fixture that pytest makes of one.
OPENERS = {"__enter__", "__aenter__", "enter_context", "enter_async_context", "call_fixture_func"}

GENERATOR, ITERABLE_COROUTINE, ASYNC_GENERATOR = 0x20, 0x100, 0x200  # flags, as in inspect


class Parenthesised(type):
    """Tells whoever writes the class where a call of it is meant, as in ``with no_grad:``."""

    def __call__(cls, *given: Any, **named: Any) -> Any:
        """Return a new object; of a function, as ``@no_grad`` calls for, there is none."""
        if given and isinstance(given[0], FunctionType):
            raise TypeError(f"{cls.__name__} lacks its parentheses: write @{cls.__name__}()")
        return super().__call__(*given, **named)

    def __enter__(cls) -> NoReturn:
        raise TypeError(f"{cls.__name__} lacks its parentheses: write with {cls.__name__}():")

    def __exit__(cls, *error: object) -> None:
        """Do nothing: no block begins. Python asks for this first."""


def is_suspendable(frame: FrameType) -> bool:
    """Tell whether a frame is a generator's, which waits while its caller goes on.

    >>> import sys
    >>> letters = (letter for letter in "abc")
    >>> is_suspendable(letters.gi_frame), is_suspendable(sys._getframe())
    (True, False)

    A coroutine waits as well, but its whole task does, and that has a context of its own.
    """
    flags = frame.f_code.co_flags
    return bool(flags & (GENERATOR | ASYNC_GENERATOR)) and not flags & ITERABLE_COROUTINE


def find_block(frame: FrameType) -> FrameType:
    """Return the frame of the block that is entered in a frame, maybe for a caller of it."""
    while frame.f_back is not None and (
        frame.f_code.co_name in OPENERS
        or (is_suspendable(frame) and frame.f_back.f_code.co_name in OPENERS)
    ):
        frame = frame.f_back
    return frame


def run_within(enter: Callable[[], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the same kind that runs in a block: also one that waits now and then.

    >>> from contextlib import nullcontext
    >>> def count():
    ...     yield from (1, 2)
    >>> list(run_within(nullcontext, count)())
    [1, 2]
    """
    from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction

    if isgeneratorfunction(function):

        @wraps(function)
        def within(*given: Any, **named: Any) -> Any:
            with enter():
                return (yield from function(*given, **named))

    elif iscoroutinefunction(function):

        @wraps(function)
        async def within(*given: Any, **named: Any) -> Any:
            with enter():
                return await function(*given, **named)

    elif isasyncgenfunction(function):

        @wraps(function)
        async def within(*given: Any, **named: Any) -> Any:
            generator = function(*given, **named)
            go_on, sent = generator.asend, None
            with enter():
                try:
                    while True:
                        try:
                            item = await go_on(sent)
                        except StopAsyncIteration:
                            return
                        try:
                            go_on, sent = generator.asend, (yield item)
                        except Exception as error:
                            go_on, sent = generator.athrow, error
                finally:
                    await generator.aclose()

    else:

        @wraps(function)
        def within(*given: Any, **named: Any) -> Any:
            with enter():
                return function(*given, **named)

    return within
