"""What the facts of a training's epochs say went wrong first, and by which rule that is said."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, takewhile
from typing import NamedTuple

from ...._ground.text import count_things, format_number
from .replay import Facts, Unit

FADED = 1e-4  # a layer's gradient to the largest one's, below which it has vanished
GROWN = 1e3  # the gradient to that of the start, above which it has exploded
OUTWEIGHS = 1e2  # an example's gradient to that of the others, from which on it outweighs them
FEW = 0.1  # of the examples, at most, that outweigh the others

LOOKED_FOR = (
    "- examples, a tenth of all at most, with 100 times the gradient of any other at the start",
    "- relu units that are 0 for every example, up to the last epoch",
    "- tanh and sigmoid units within the network that are flat (under 1 % of their steepest slope) "
    "for every example, up to the last epoch",
    "- layers whose gradient is less than 1/10,000 of another layer's, up to the last epoch; "
    "examples without any gradient",
    "- gradients 1,000 times those of the start, with a higher loss",
    "- losses and gradients that aren't finite",
)


class Judgement(NamedTuple):
    """What went wrong, from which of the epochs on, and with what: a unit, a layer or nothing."""

    kind: str
    place: int  # among the epochs that were looked at
    told: str
    unit: Unit | None = None
    layer: str = ""


def judge_epochs(epochs: Sequence[Facts], count: int = 0) -> list[Judgement]:
    """Return what went wrong, the earliest first, one judgement for each kind.

    >>> unit = Unit("layers.0.neurons.1", "relu")
    >>> epochs = [Facts(i, 1.0, {unit: i < 2}, {"layers.0": 1.0}) for i in range(4)]
    >>> judge_epochs(epochs)[0].told
    'layers.0.neurons.1 (relu) is 0 for every example from epoch 2 on'

    ``count`` is how many examples there are, of which fewer may have been looked at. Of a healthy
    training there is no judgement:

    >>> judge_epochs(epochs[:2])
    []
    """
    whole = [place for place, facts in enumerate(epochs) if facts.broken is None]
    found = chain(
        find_outweighing(epochs[0]),
        find_broken(epochs),
        find_exploded(epochs),
        find_flat(epochs, whole, count, "dead", lambda unit: unit.operation == "relu"),
        find_flat(epochs, whole, count, "saturated", lambda unit: unit.operation != "relu"),
        find_vanished(epochs, whole, count),
    )
    return sorted(found, key=lambda one: one.place)


def find_outweighing(start: Facts) -> Iterator[Judgement]:
    """Yield the few examples whose gradient is far above that of all others at the start."""
    sizes = sorted(start.examples.values(), reverse=True)
    most = 0 if start.broken is not None else int(FEW * len(sizes))
    gaps = [i for i in range(1, 1 + most) if sizes[i - 1] > OUTWEIGHS * sizes[i] > 0]
    if gaps:
        i = gaps[0]
        which = "1 example is" if i == 1 else f"{i:,} examples is at least"
        times = format_number(sizes[i - 1] / sizes[i])
        yield Judgement(
            "outweighed", 0, f"the gradient of {which} {times} times that of any other at the start"
        )


def find_broken(epochs: Sequence[Facts]) -> Iterator[Judgement]:
    """Yield the first epoch with a number that isn't finite."""
    broken = [place for place, facts in enumerate(epochs) if facts.broken is not None]
    for place in broken[:1]:
        what = epochs[place].error or "a loss or a gradient isn't finite"
        yield Judgement("broken", place, f"{what}, {name_when(epochs, place)}")


def find_exploded(epochs: Sequence[Facts]) -> Iterator[Judgement]:
    """Yield the first epoch with a gradient far above that of the start, and a higher loss."""
    start = epochs[0]
    for place, facts in enumerate(takewhile(lambda facts: facts.broken is None, epochs)):
        if facts.size > GROWN * start.size > 0 and facts.loss > start.loss:
            times = format_number(facts.size / start.size)
            layer = max(facts.layers, key=lambda name: facts.layers[name])
            when = name_when(epochs, place)
            yield Judgement(
                "exploded",
                place,
                f"the gradient is {times} times that of epoch {start.epoch} {when}",
                layer=layer,
            )
            return


def find_flat(
    epochs: Sequence[Facts],
    whole: Sequence[int],
    count: int,
    kind: str,
    concerns: Callable[[Unit], bool],
) -> Iterator[Judgement]:
    """Yield the first unit that is flat for every example, from some epoch on to the last."""
    units = filter(concerns, epochs[whole[-1]].alive if whole else ())
    since = {
        unit: place
        for unit in units
        for place in count_last(epochs, whole, partial(is_flat_unit, unit))
    }
    if since:
        unit = min(since, key=lambda one: since[one])
        place = since[unit]
        how = "is 0" if kind == "dead" else "is flat"
        sample, since_when = name_sample(epochs, place, count), name_since(epochs, place)
        told = f"{unit.name} ({unit.operation}) {how} for every example{sample} {since_when}"
        if len(since) > 1:
            told += f"; by the end, so {'is' if len(since) == 2 else 'are'} "
            told += count_things(len(since) - 1, "more unit")
        yield Judgement(kind, place, told, unit)


def is_flat_unit(unit: Unit, facts: Facts) -> bool:
    """Tell whether a unit is flat for every example of an epoch."""
    return not facts.alive.get(unit, True)


def find_vanished(epochs: Sequence[Facts], whole: Sequence[int], count: int) -> Iterator[Judgement]:
    """Yield from when on a layer's gradient is too small beside another's, or all is 0."""
    for place in count_last(epochs, whole, lambda facts: facts.loss != 0 and facts.size == 0):
        sample, since = name_sample(epochs, place, count), name_since(epochs, place)
        yield Judgement("vanished", place, f"no example{sample} has a gradient {since}")
        return
    for place in count_last(epochs, whole, has_faded):
        layers, since = epochs[place].layers, name_since(epochs, place)
        least, most = (choose(layers, key=lambda name: layers[name]) for choose in (min, max))
        ratio = format_number(layers[least] / layers[most])
        told = f"the gradient of {least} is {ratio} of that of {most} {since}"
        if not layers[least]:
            sample = name_sample(epochs, place, count)
            told = f"no example{sample} has a gradient by {least} {since}"
        yield Judgement("vanished", place, told, layer=least)


def has_faded(facts: Facts) -> bool:
    """Tell whether a layer's gradient is too small beside another's."""
    sizes = facts.layers.values()
    return bool(sizes) and math.isfinite(max(sizes)) and min(sizes) < FADED * max(sizes)


def count_last(
    epochs: Sequence[Facts], whole: Sequence[int], holds: Callable[[Facts], bool]
) -> list[int]:
    """Return the first of some places from which on something holds to the end, in a list."""
    return [*takewhile(lambda place: holds(epochs[place]), reversed(whole))][-1:]


def name_since(epochs: Sequence[Facts], place: int) -> str:
    """Return since when something is, in words."""
    if not place:
        return "from the start on"
    return find_gap(epochs, place, "since") or f"from epoch {epochs[place].epoch} on"


def name_when(epochs: Sequence[Facts], place: int) -> str:
    """Return when something is first seen, in words.

    >>> [name_when([Facts(0), Facts(4), Facts(5)], place) for place in (0, 1, 2)]
    ['at the start', 'at epoch 4; it began between the epochs 0 and 4', 'at epoch 5']
    """
    gap = find_gap(epochs, place, "; it began")
    return f"at epoch {epochs[place].epoch}{gap}" if place else "at the start"


def find_gap(epochs: Sequence[Facts], place: int, begin: str) -> str:
    """Return between which epochs something began, where none between them was looked at."""
    last, now = epochs[place - 1].epoch, epochs[place].epoch
    return f"{begin} between the epochs {last} and {now}" if now - last > 1 else ""


def name_sample(epochs: Sequence[Facts], place: int, count: int) -> str:
    """Return of how many examples something is said, where fewer than all were looked at."""
    least = min(len(facts.examples) for facts in epochs[place:] if facts.broken is None)
    return f" of the {least:,} of {count:,} looked at" if least < count else ""
