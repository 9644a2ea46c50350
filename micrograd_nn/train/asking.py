"""The numbers of steps to come: an optimizer is asked ahead, if they depend on the step alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from ..engine.value import Value
from ..optim import Optimizer
from ..programs.rule import UnwrittenRuleError


class OwnWayError(UnwrittenRuleError):
    """An optimizer whose steps can't be foreseen, and why."""


looked: dict[int, bool] = {}  # of threads that ask: whether a parameter was looked at
SLOT, GRAD_SLOT = (vars(Value)[name] for name in ("number", "grad"))


class Watched(Value):
    """A parameter while an optimizer is asked: it is noted if its number or gradient is read."""

    __slots__ = ()

    @property
    def number(self) -> float:
        """Its number."""
        note_look()
        return SLOT.__get__(self)  # type: ignore[no-any-return]

    @number.setter
    def number(self, number: float) -> None:
        note_look()
        SLOT.__set__(self, number)

    @property
    def grad(self) -> float | None:
        """Its gradient."""
        note_look()
        return GRAD_SLOT.__get__(self)  # type: ignore[no-any-return]

    @grad.setter
    def grad(self, grad: float | None) -> None:
        note_look()
        GRAD_SLOT.__set__(self, grad)


def note_look() -> None:
    """Note that a parameter was looked at, if this thread is asking an optimizer."""
    if get_ident() in looked:
        looked[get_ident()] = True


@contextmanager
def asked_ahead(optimizer: Optimizer) -> Iterator[None]:
    """Leave an optimizer as it was; one that looked at more than its steps is an OwnWayError."""
    before = dict(vars(optimizer))
    given = before | dict.fromkeys(optimizer.states)  # which would be those of now
    vars(optimizer).update(given)
    parameters = [] if is_foreseeable(optimizer) else optimizer.parameters
    kinds: list[Any] = []
    looked[get_ident()] = False
    try:
        for x in parameters:
            kinds.append(x.__class__)
            x.__class__ = Watched
        yield
    except TypeError as error:  # of a Value of another layout, too
        raise OwnWayError(f"its numbers can't be foreseen: {error}") from None
    finally:
        for x, kind in zip(parameters, kinds, strict=False):
            x.__class__ = kind
        has_looked = looked.pop(get_ident())
        after = dict(vars(optimizer), steps=before["steps"])
        if after.keys() != before.keys():
            vars(optimizer).clear()
        vars(optimizer).update(before)
    if has_looked:
        raise OwnWayError("the numbers of its steps depend on the parameters")
    if after.keys() != given.keys() or any(after[name] is not given[name] for name in given):
        raise OwnWayError("it changes when it is asked for the numbers of a step")


def is_foreseeable(optimizer: Optimizer) -> bool:
    """Tell whether its numbers and its schedule are this package's own, made of the step alone."""
    kind = type(optimizer)
    rules = kind.numbers, kind.lr_at, optimizer.schedule
    return {getattr(rule, "__module__", "") for rule in rules} == {Optimizer.__module__}


def count_numbers(optimizer: Optimizer) -> int:
    """Return how many numbers its rule takes; an OwnWayError if that can't be foreseen."""
    try:
        with asked_ahead(optimizer):
            return len(optimizer.numbers(optimizer.lr))
    except OwnWayError:
        raise
    except Exception as error:  # which comes again when the step does
        raise OwnWayError(f"it has no numbers: {error}") from None


def foresee_numbers(optimizer: Optimizer, batches: int) -> list[tuple[float, ...]]:
    """Return the rule's numbers for the next steps, up to one where its schedule fails.

    Other numbers than floats and ints, which may round in a way of their own, are an OwnWayError.
    """
    found: list[tuple[float, ...]] = []
    steps = optimizer.steps
    with asked_ahead(optimizer):
        try:
            for step in range(steps, steps + batches):
                lr = optimizer.lr_at(step)
                optimizer.steps = step + 1
                found.append((*optimizer.numbers(lr),))
        except TypeError:
            raise
        except Exception:  # it comes again when its step does
            pass
    if not all(isinstance(x, (float, int)) for numbers in found for x in numbers):
        raise OwnWayError("not all of its numbers are floats")
    return found
