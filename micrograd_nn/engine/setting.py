"""How operations are recorded: as a graph or not at all, and who looks on.

The setting is of each thread and task by itself; a ``with`` statement changes it and restores it.
One that stands in a generator changes it for what the generator runs, and not for whoever goes on
while the generator waits at a ``yield``.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar, Token
from types import FrameType
from typing import Any, TypeVar

from .blocks import Parenthesised, find_block, is_suspendable, run_within
from .order import next_number

F = TypeVar("F", bound=Callable[..., Any])


class Observer:
    """Something that is told of what happens while it is at work; by itself it does nothing."""

    def made(self, node: Any) -> None:
        """Look at a node that was just made."""

    def compared(self, node: Any, how: str, other: Any, outcome: bool) -> None:
        """Look at a comparison, such as ``node > other``, that a program decides by."""

    def looked_at(self, node: Any) -> None:
        """Look at a node whose number somebody reads or is about to set, as ``data``."""

    def failed(self, error: Exception) -> None:
        """Look at the error of an operation, which the program may catch."""

    def detached(self, node: Any) -> None:
        """Look at a node whose number is about to go on without its gradient."""

    def passes_back(self, root: Any) -> None:
        """Look at a graph before gradients flow through it."""


class Setting:
    """How operations are recorded: as is ordinary, but for changes of which later ones win."""

    __slots__ = ("__weakref__", "changes", "observers", "recording")

    def __init__(self, changes: Iterable[change_setting] = ()) -> None:
        self.make(changes)

    def make(self, changes: Iterable[change_setting]) -> None:
        """Begin with what is ordinary, and make the changes."""
        self.changes = tuple(changes)
        recording = True
        observers: tuple[Observer, ...] = ()
        for change in self.changes:
            recording = recording if change.recording is None else change.recording
            observers = observers if change.observers is None else change.observers
            observers += change.more_observers
        self.recording, self.observers = recording, observers


# A reference to each setting with changes that lives, in whatever thread, task or copied context.
# While there is none, nobody has to look for what holds, which costs as much as an addition.
special_settings: set[weakref.ref[Setting]] = set()

ORDINARY = Setting()
of_context: ContextVar[Setting] = ContextVar("of_context", default=ORDINARY)

# The changes in generators belong to no context: each holds wherever the generator's frame runs.
of_generators: dict[change_setting, Setting] = {}

# The same changes are the same setting, as long as somebody holds it.
of_changes: weakref.WeakValueDictionary[tuple[change_setting, ...], Setting]
of_changes = weakref.WeakValueDictionary()


def make_special(changes: Iterable[change_setting]) -> Setting:
    """Return a setting with changes, for which all look as long as it lives."""
    setting = Setting(changes)
    special_settings.add(weakref.ref(setting, special_settings.discard))
    return setting


class CurrentSetting:
    """The setting that holds here and now; ``get()`` returns it."""

    def get(self) -> Setting:
        """Return the setting of the context, changed by the generators that run here."""
        now = of_context.get()
        return add_running(now) if of_generators else now


setting = CurrentSetting()


def add_running(now: Setting) -> Setting:
    """Return a setting with the changes in generators that run here: inner blocks win."""
    waiting = set()
    for change in [*of_generators]:  # a copy, since other threads go on
        frame = change.frame
        if frame is not None and frame.f_back is not None:  # not suspended, here or elsewhere
            waiting.add(frame)
    inner: list[change_setting] = []
    frame = sys._getframe(1) if waiting else None
    while frame is not None and waiting:
        if frame in waiting:
            waiting.remove(frame)
            inner += [change for change in reversed([*of_generators]) if change.frame is frame]
        elif now.changes:
            inner += [change for change in reversed(now.changes) if change.frame is frame]
        frame = frame.f_back
    if not inner:
        return now
    if len(inner) == 1 and not now.changes:
        return of_generators[inner[0]]
    outer = [change for change in now.changes if change not in inner]
    changes = (*outer, *reversed(inner))
    known = of_changes.get(changes)
    if known is None:
        known = of_changes[changes] = Setting(changes)
    return known


class change_setting(metaclass=Parenthesised):  # noqa: N801 - as contextlib names such classes
    """Change the setting in a ``with`` block or in a function that it decorates.

    ``observers`` take the place of those that are there, ``more_observers`` join them.
    """

    def __init__(
        self,
        recording: bool | None = None,
        observers: tuple[Observer, ...] | None = None,
        more_observers: tuple[Observer, ...] = (),
    ) -> None:
        self.recording = recording
        self.observers = observers
        self.more_observers = more_observers
        self.frame: FrameType | None = None  # of the block, while that lasts
        self.token: Token[Setting] | None = None  # to restore the context with

    def __enter__(self) -> Any:
        if self.frame is not None:
            name = type(self).__name__
            raise RuntimeError(f"this {name}() has a block already: write with {name}() anew")
        self.frame = find_block(sys._getframe(1))
        if is_suspendable(self.frame):
            of_generators[self] = make_special([self])
        else:
            self.token = of_context.set(make_special((*of_context.get().changes, self)))

    def __exit__(self, *error: object) -> None:
        of_generators.pop(self, None)
        self.frame = None
        if self.token is None:
            return
        others = tuple([change for change in of_context.get().changes if change is not self])
        try:
            of_context.reset(self.token)
        except ValueError:  # this is another context: nobody would ever end the block in its own
            for reference in [*special_settings]:
                changed = reference()
                if changed is not None and self in changed.changes:
                    changed.make([x for x in changed.changes if x is not self])
                    if not changed.changes:
                        special_settings.discard(reference)
        else:
            if of_context.get().changes != others:  # blocks that began before this one have ended
                of_context.set(make_special(others) if others else ORDINARY)
        self.token = None

    def __call__(self, function: F) -> F:
        """Return the function with a block of its own around each call."""
        fields = self.recording, self.observers, self.more_observers
        return run_within(lambda: change_setting(*fields), function)  # type: ignore[return-value]


class no_grad(change_setting):  # noqa: N801 - as contextlib does
    """Compute without recording, as a trained model's predictions need no graph.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y
    Constant(9.0)

    Other threads go on recording, and so does who waits for the next item of a generator that
    has such a block. ``@no_grad()`` before a function is a block around each of its calls.
    """

    def __init__(self) -> None:
        super().__init__(recording=False)


class graphs(change_setting):  # noqa: N801 - as contextlib does
    """Record, even within ``no_grad``: a derivative of a function needs its graph."""

    def __init__(self) -> None:
        super().__init__(recording=True)


class differentiation(graphs):  # noqa: N801 - as contextlib names such classes
    """Record a function that is being differentiated; gives the moment when that began."""

    def __enter__(self) -> int:
        super().__enter__()
        self.start = next_number()
        return self.start


def find_beginning() -> int | None:
    """Return when the outermost derivative that is being computed here began, if there is one.

    >>> from micrograd_nn.calculus import grad
    >>> find_beginning(), grad(lambda x: x if find_beginning() is None else 2 * x)(3.0)
    (None, 2.0)
    """
    changes = setting.get().changes
    return min((x.start for x in changes if isinstance(x, differentiation)), default=None)


class observed_by(change_setting):  # noqa: N801 - as contextlib does
    """Tell the observers of every node that is made, and every backward pass, until the end."""

    def __init__(self, *observers: Observer) -> None:
        super().__init__(more_observers=observers)
