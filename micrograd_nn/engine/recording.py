"""How operations are recorded: as a graph or not at all, and who looks on.

The setting is of each thread and task by itself; a context manager changes it and restores it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .value import Value

RECORDER = "<recorder of "  # how the file names of functions begin that recorder.py writes


class Observer:
    """Something that is told of what happens while it is at work; by itself it does nothing."""

    def made(self, node: Value) -> None:
        """Look at a node that was just made."""

    def compared(self, node: Value, how: str, other: Value | float, outcome: bool) -> None:
        """Look at a comparison, such as ``node > other``, that a program decides by."""

    def detached(self, node: Value) -> None:
        """Look at a node whose number is about to go on without its gradient."""

    def passes_back(self, root: Value) -> None:
        """Look at a graph before gradients flow through it."""


class Setting(NamedTuple):
    """How operations are recorded: for each thread and task by itself."""

    recording: bool = True
    observers: tuple[Observer, ...] = ()


ORDINARY = Setting()
setting: ContextVar[Setting] = ContextVar("setting", default=ORDINARY)


@contextmanager
def changed(**fields: Any) -> Iterator[None]:
    """Change fields of the setting, and restore it whatever happens."""
    token = setting.set(setting.get()._replace(**fields))
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
    with changed(recording=False):
        yield


@contextmanager
def graphs() -> Iterator[None]:
    """Record, even within ``no_grad``: a derivative of a function needs its graph."""
    with changed(recording=True):
        yield


@contextmanager
def observed_by(*observers: Observer) -> Iterator[None]:
    """Tell the observers of every node that is made, and every backward pass, until the end."""
    with changed(observers=setting.get().observers + observers):
        yield
