"""How operations are recorded: as a graph or not at all, and who looks on.

The setting is of each thread and task by itself; a context manager changes it and restores it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Observer:
    """Something that is told of what happens while it is at work; by itself it does nothing."""

    def made(self, node: Any) -> None:
        """Look at a node that was just made."""

    def compared(self, node: Any, how: str, other: Any, outcome: bool) -> None:
        """Look at a comparison, such as ``node > other``, that a program decides by."""

    def failed(self, error: Exception) -> None:
        """Look at the error of an operation, which the program may catch."""

    def detached(self, node: Any) -> None:
        """Look at a node whose number is about to go on without its gradient."""

    def passes_back(self, root: Any) -> None:
        """Look at a graph before gradients flow through it."""


class Setting:
    """How operations are recorded: for each thread and task by itself."""

    __slots__ = ("__weakref__", "observers", "recording")

    def __init__(self, recording: bool = True, observers: tuple[Observer, ...] = ()) -> None:
        self.recording = recording
        self.observers = observers


setting: ContextVar[Setting] = ContextVar("setting", default=Setting())  # noqa: B039 - unchanging

# A reference to each other setting that lives, in whatever thread, task or copied context. While
# there is none, nobody has to look at the context, which costs as much as an addition.
special_settings: set[weakref.ref[Setting]] = set()


@contextmanager
def change_setting(**fields: Any) -> Iterator[None]:
    """Change fields of the setting, and restore it whatever happens."""
    now = setting.get()
    changed = Setting(**{"recording": now.recording, "observers": now.observers, **fields})
    special_settings.add(weakref.ref(changed, special_settings.discard))
    token = setting.set(changed)
    try:
        yield
    finally:
        setting.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording, as a trained model's predictions need no graph.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y
    Constant(9.0)

    Other threads go on recording.
    """
    with change_setting(recording=False):
        yield


@contextmanager
def graphs() -> Iterator[None]:
    """Record, even within ``no_grad``: a derivative of a function needs its graph."""
    with change_setting(recording=True):
        yield


@contextmanager
def observed_by(*observers: Observer) -> Iterator[None]:
    """Tell the observers of every node that is made, and every backward pass, until the end."""
    with change_setting(observers=setting.get().observers + observers):
        yield
