"""How operations are recorded: as a graph or not at all, and who looks on.

The setting is of each thread and task by itself; a context manager changes it and restores it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple


class Observer:
    """Something that is told of what happens while it is at work; by itself it does nothing."""

    def made(self, node: Any) -> None:
        """Look at a node that was just made."""

    def compared(self, node: Any, how: str, other: Any, outcome: bool) -> None:
        """Look at a comparison, such as ``node > other``, that a program decides by."""

    def detached(self, node: Any) -> None:
        """Look at a node whose number is about to go on without its gradient."""

    def passes_back(self, root: Any) -> None:
        """Look at a graph before gradients flow through it."""


class Setting(NamedTuple):
    """How operations are recorded: for each thread and task by itself."""

    recording: bool = True
    observers: tuple[Observer, ...] = ()


ORDINARY = Setting()
setting: ContextVar[Setting] = ContextVar("setting", default=ORDINARY)


# Has an entry for each setting anywhere that isn't ordinary: while it is empty, nobody has to look
# at the context, which costs as much as an addition.
special: list[Setting] = []


@contextmanager
def change_setting(**fields: Any) -> Iterator[None]:
    """Change fields of the setting, and restore it whatever happens."""
    changed = setting.get()._replace(**fields)
    special.append(changed)
    token = setting.set(changed)
    try:
        yield
    finally:
        setting.reset(token)
        special.pop()


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
