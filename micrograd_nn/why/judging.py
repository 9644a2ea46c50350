"""What the facts of a training's epochs say went wrong first, and by which rule that is said."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ..text import count_things, format_number
from .replay import Facts, Unit

FADED = 1e-4  # a layer's gradient to the largest one's, below which it has vanished
GROWN = 1e3  # the gradient to that of the start, above which it has exploded

LOOKED_FOR = (
    "relu units that are 0 for every example, up to the last epoch",
    "tanh and sigmoid units within the network that are flat (under 1 % of their steepest slope) "
    "for every example, up to the last epoch",
    "layers whose gradient is less than 1/10,000 of another layer's, up to the last epoch; "
    "examples without any gradient",
    "gradients 1,000 times those of the start, with a higher loss",
    "losses and gradients that aren't finite",
)


class Judgement(NamedTuple):
    """What went wrong, from which of the epochs on, and with what: a unit, a layer or nothing."""

    kind: str
    place: int  # among the epochs that were looked at
    told: str
    unit: Unit | None = None
    layer: str = ""


def judge_epochs(epochs: Sequence[Facts]) -> list[Judgement]:
    """Return what went wrong, the earliest first, one judgement for each kind.

    >>> unit = Unit("layers.0.neurons.1", "relu")
    >>> epochs = [Facts(i, 1.0, {unit: i < 2}, {"layers.0": 1.0}) for i in range(4)]
    >>> judge_epochs(epochs)[0].told
    'layers.0.neurons.1 (relu) is 0 for every example from epoch 2 on'

    Of a healthy training there is none:

    >>> judge_epochs(epochs[:2])
    []
    """
    found = [
        find_broken(epochs),
        find_exploded(epochs),
        find_flat(epochs, "dead", lambda unit: unit.operation == "relu"),
        find_flat(epochs, "saturated", lambda unit: unit.operation != "relu"),
        find_vanished(epochs),
    ]
    return sorted([one for one in found if one], key=lambda one: one.place)


def find_broken(epochs: Sequence[Facts]) -> Judgement | None:
    """Return the first epoch with a number that isn't finite."""
    for place, facts in enumerate(epochs):
        if facts.broken is not None:
            what = facts.error or "a loss or a gradient isn't finite"
            return Judgement("broken", place, f"{what}, at epoch {facts.epoch}")
    return None


def find_exploded(epochs: Sequence[Facts]) -> Judgement | None:
    """Return the first epoch with a gradient far above that of the start, and a higher loss."""
    start = epochs[0]
    for place, facts in enumerate(epochs):
        if facts.broken is not None:
            return None
        if facts.size > GROWN * start.size > 0 and facts.loss > start.loss:
            times = format_number(facts.size / start.size)
            layer = max(facts.layers, key=lambda name: facts.layers[name])
            told = (
                f"the gradient is {times} times that of epoch {start.epoch} at epoch {facts.epoch}"
            )
            return Judgement("exploded", place, told, layer=layer)
    return None


def find_flat(
    epochs: Sequence[Facts], kind: str, concerns: Callable[[Unit], bool]
) -> Judgement | None:
    """Return the first unit that is flat for every example, from some epoch on to the last."""
    whole = [facts for facts in epochs if facts.broken is None]
    if not whole:
        return None
    since: dict[Unit, int] = {}
    for one in filter(concerns, whole[-1].alive):
        place = count_last(whole, partial(is_flat_unit, one))
        if place is not None:
            since[one] = place
    if not since:
        return None
    unit = min(since, key=lambda one: since[one])
    place, epoch = epochs.index(whole[since[unit]]), whole[since[unit]].epoch
    how = "is 0" if kind == "dead" else "is flat"
    told = (
        f"{unit.name} ({unit.operation}) {how} for every example from {name_epoch(place, epoch)} on"
    )
    if len(since) > 1:
        told += f"; {count_things(len(since) - 1, 'more unit')} sooner or later"
    return Judgement(kind, place, told, unit)


def is_flat_unit(unit: Unit, facts: Facts) -> bool:
    """Tell whether a unit is flat for every example of an epoch."""
    return not facts.alive.get(unit, True)


def find_vanished(epochs: Sequence[Facts]) -> Judgement | None:
    """Return from when on a layer's gradient is too small beside another's, or all is 0."""
    whole = [facts for facts in epochs if facts.broken is None]
    if not whole:
        return None
    place = count_last(whole, lambda facts: facts.loss != 0 and facts.size == 0)
    if place is not None:
        told = f"no example has a gradient from {name_epoch(place, whole[place].epoch)} on"
        return Judgement("vanished", epochs.index(whole[place]), told)
    place = count_last(whole, has_faded)
    if place is None:
        return None
    layers = whole[place].layers
    least, most = (choose(layers, key=lambda name: layers[name]) for choose in (min, max))
    since = f"from {name_epoch(place, whole[place].epoch)} on"
    ratio = format_number(layers[least] / layers[most])
    told = f"the gradient of {least} is {ratio} of that of {most} {since}"
    if not layers[least]:
        told = f"no example has a gradient by {least} {since}"
    return Judgement("vanished", epochs.index(whole[place]), told, layer=least)


def has_faded(facts: Facts) -> bool:
    """Tell whether a layer's gradient is too small beside another's."""
    sizes = facts.layers.values()
    return bool(sizes) and math.isfinite(max(sizes)) and min(sizes) < FADED * max(sizes)


def count_last(epochs: Sequence[Facts], holds: Callable[[Facts], bool]) -> int | None:
    """Return the first place from which on something holds to the end, None if it doesn't.

    >>> count_last([Facts(i) for i in range(5)], lambda facts: facts.epoch > 2)
    3
    """
    place = None
    for i in range(len(epochs) - 1, -1, -1):
        if not holds(epochs[i]):
            break
        place = i
    return place


def name_epoch(place: int, epoch: int) -> str:
    """Return an epoch in words.

    >>> name_epoch(0, 0), name_epoch(3, 7)
    ('the start', 'epoch 7')
    """
    return f"epoch {epoch}" if place else "the start"
