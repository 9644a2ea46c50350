"""Where a ``with`` block of this package may begin: by a call, and not in a generator."""

from __future__ import annotations

import sys
from types import FrameType, FunctionType
from typing import Any, NoReturn

# Flags of code, as in inspect, which is too heavy to import here.
GENERATOR, ITERABLE_COROUTINE, ASYNC_GENERATOR = 0x20, 0x100, 0x200

# Functions that enter a block and leave it open, for their caller: a context manager that is made
# of others, or of a generator, as contextlib does it, and a fixture that pytest makes of one.
OPENERS = {"__enter__", "__aenter__", "enter_context", "enter_async_context", "call_fixture_func"}


class Parenthesised(type):
    """Says where a call of the class is meant but its name is written, as in ``with no_grad:``."""

    def __call__(cls, *given: Any, **named: Any) -> Any:
        """Return a new object; of a function, as ``@no_grad`` calls for, there is none."""
        if given and isinstance(given[0], FunctionType):
            raise TypeError(f"{cls.__name__} lacks its parentheses: write @{cls.__name__}()")
        return super().__call__(*given, **named)

    def __enter__(cls) -> NoReturn:
        raise TypeError(f"{cls.__name__} lacks its parentheses: write with {cls.__name__}():")

    def __exit__(cls, *error: object) -> None:
        """Do nothing: no block begins. Python asks for this first."""


def refuse_generator(name: str) -> None:
    """Refuse to begin a block in a generator, which waits for its caller in the middle of it.

    A context manager or a fixture that is made of a generator begins it for its own caller.
    """
    frame = sys._getframe(2)
    while frame.f_back is not None and (
        frame.f_code.co_name in OPENERS
        or (is_suspendable(frame) and frame.f_back.f_code.co_name in OPENERS)
    ):
        frame = frame.f_back
    if is_suspendable(frame):
        raise RuntimeError(
            f"with {name}() in the generator {frame.f_code.co_name}() might hold for what runs "
            f"while it waits: put the block into a function that returns each item"
        )


def is_suspendable(frame: FrameType) -> bool:
    """Tell whether a frame is a generator's; a coroutine waits, too, in a context of its own."""
    flags = frame.f_code.co_flags
    return bool(flags & (GENERATOR | ASYNC_GENERATOR)) and not flags & ITERABLE_COROUTINE
