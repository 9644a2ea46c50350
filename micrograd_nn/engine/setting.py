"""How operations are recorded: as a graph or not at all, and who looks on.

The setting is of each thread and task by itself; a ``with`` statement changes it and restores it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar, Token
from functools import wraps
from itertools import count
from typing import Any, TypeVar

from .._ground.blocks import Parenthesised, refuse_generator

F = TypeVar("F", bound=Callable[..., Any])

# Nodes are numbered as they are made, each after its inputs; a moment is the number of the next.
next_number = count().__next__


class Observer:
    """Something that is told of what happens while it is at work; by itself it does nothing."""

    def made(self, node: Any) -> None:
        """Look at a node that was just made."""

    def compared(self, node: Any, how: str, other: Any, outcome: bool) -> bool:
        """Look at a comparison that a program decides by; True if this sees to what it decides."""
        return False

    def looked_at(self, node: Any) -> None:
        """Look at a node that is copied, or whose ``data`` somebody reads or is about to set."""

    def detached(self, node: Any) -> None:
        """Look at a node whose number is about to go on without its gradient."""

    def derived(self, node: Any, since: int) -> None:
        """Look at what a derivative gives, computed in nodes from this number on."""

    def passes_back(self, root: Any) -> None:
        """Look at a graph before gradients flow through it."""


class Setting:
    """What holds within some blocks, of which later ones win.

    ``recording`` says whether operations are recorded, ``observers`` look on, and ``began`` is the
    number of the next node when the outermost derivative that is being computed began, or None.
    """

    __slots__ = ("__weakref__", "began", "blocks", "observers", "recording")

    def __init__(self, blocks: Iterable[change_setting] = ()) -> None:
        self.make(blocks)
        if self.blocks:
            special_settings.add(weakref.ref(self, special_settings.discard))

    def make(self, blocks: Iterable[change_setting]) -> None:
        """Begin with what is ordinary, and make the changes of the blocks."""
        self.blocks = tuple(blocks)
        self.recording = True
        self.observers: tuple[Observer, ...] = ()
        self.began: int | None = None
        for block in self.blocks:
            block.change(self)


# A reference to each setting of blocks that lives, in whatever thread, task or copied context.
# While there is none, nobody has to look for what holds, which costs as much as an addition.
special_settings: set[weakref.ref[Setting]] = set()

ORDINARY = Setting()
setting: ContextVar[Setting] = ContextVar("setting", default=ORDINARY)


class change_setting(metaclass=Parenthesised):  # noqa: N801 - as contextlib names such classes
    """Change the setting in a ``with`` block or in a function that it decorates.

    ``observers`` join those that are there.

    A generator may hand its caller an item in the middle of a block, and the change would hold for
    the caller: there it is a RuntimeError.
    """

    recording: bool | None = None  # as before
    observers: tuple[Observer, ...] = ()
    token: Token[Setting] | None = None  # to restore what held before, while it lasts

    def change(self, setting: Setting) -> None:
        """Make the change in a setting."""
        if self.recording is not None:
            setting.recording = self.recording
        setting.observers += self.observers

    def __enter__(self) -> Any:
        name = type(self).__name__
        if self.token is not None:
            raise RuntimeError(f"this {name}() has a block already: write another with {name}()")
        refuse_generator(name)
        self.token = setting.set(Setting((*setting.get().blocks, self)))

    def __exit__(self, *error: object) -> None:
        token, self.token = self.token, None
        if token is None:
            return
        others = tuple([block for block in setting.get().blocks if block is not self])
        try:
            setting.reset(token)
        except ValueError:  # this is another context: nobody would ever end the block in its own
            for reference in [*special_settings]:
                changed = reference()
                if changed is not None and self in changed.blocks:
                    changed.make([block for block in changed.blocks if block is not self])
        else:
            if setting.get().blocks != others:  # blocks that began before this one have ended
                setting.set(Setting(others) if others else ORDINARY)

    def __call__(self, function: F) -> F:
        """Return the function with a block of its own around each call."""
        from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction

        kinds = isgeneratorfunction, isasyncgenfunction, iscoroutinefunction
        if any(is_one(function) for is_one in kinds):
            raise TypeError(
                f"@{type(self).__name__}() would hold for what runs while "
                f"{getattr(function, '__name__', 'function')}() waits: in it, write with "
                f"{type(self).__name__}() around each computation that doesn't wait"
            )

        @wraps(function)
        def within(*given: Any, **named: Any) -> Any:
            block = object.__new__(type(self))
            vars(block).update(vars(self), token=None)
            with block:
                return function(*given, **named)

        return within  # type: ignore[return-value]  # which has the same arguments


class no_grad(change_setting):  # noqa: N801 - as contextlib does
    """Compute without recording, as a trained model's predictions need no graph.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y
    Constant(9.0)

    Other threads go on recording; a task that is begun in the block does not, nor a thread where
    Python gives it a copy of the context (free-threaded, from 3.14 on). ``@no_grad()`` before a
    function is a block around each of its calls. In a generator it is a RuntimeError: its caller
    would run within the block, too.
    """

    recording = False


class graphs(change_setting):  # noqa: N801 - as contextlib does
    """Record, even within ``no_grad``: a derivative of a function needs its graph."""

    recording = True


class observed_by(change_setting):  # noqa: N801 - as contextlib does
    """Tell the observers of every node that is made, and every backward pass, until the end."""

    def __init__(self, *observers: Observer) -> None:
        self.observers = observers
