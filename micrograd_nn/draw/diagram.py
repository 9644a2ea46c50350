"""A picture before it is written: boxes and arrows, with what each of them says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from .faces import Face, Flow

T = TypeVar("T")


class Box(NamedTuple):
    """A box of a picture: its kind gives its look, ``within`` the clusters that it stands in."""

    id: str
    kind: str
    marked: bool = False
    shade: int | None = None
    within: tuple[str, ...] = ()
    face: Face = Face("")


class Arrow(NamedTuple):
    """An arrow from one box to another; ``part`` tells arrows between the same two apart.

    A dashed one, ``from_before``, takes from the repetition before.
    """

    tail: str
    head: str
    part: int
    marked: bool = False
    tooltip: str = ""
    flow: Flow = Flow()
    from_before: bool = False

    @property
    def id(self) -> str:
        """What it is called in a picture.

        >>> Arrow("n0", "n1", 0).id
        'n0-n1-0'
        """
        return f"{self.tail}-{self.head}-{self.part}" + "-before" * self.from_before

    @property
    def lines(self) -> list[str]:
        """What is written beside it: nothing where a tooltip says it.

        >>> Arrow("n0", "n1", 0, flow=Flow("3")).lines
        ['× 3']
        """
        return [] if self.tooltip else self.flow.lines


class Diagram(NamedTuple):
    """The boxes and arrows of a picture, and which box is the root's."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    root: str

    def keep_nearest(self, limit: int) -> Diagram:
        """Return the boxes nearest to the root against the arrows, so many at most.

        >>> boxes = [Box(id, "leaf") for id in "abc"]
        >>> chain = Diagram(boxes, [Arrow("a", "b", 0), Arrow("b", "c", 0)], "c")
        >>> [box.id for box in chain.keep_nearest(2).boxes]
        ['b', 'c']
        """
        tails: dict[str, list[str]] = {}
        for arrow in self.arrows:
            tails.setdefault(arrow.head, []).append(arrow.tail)
        kept = find_nearest(self.root, lambda id: tails.get(id, ()), limit)
        boxes = [box for box in self.boxes if box.id in kept]
        arrows = [arrow for arrow in self.arrows if arrow.tail in kept and arrow.head in kept]
        return Diagram(boxes, arrows, self.root)


def find_nearest(
    start: T, beside: Callable[[T], Iterable[T]], limit: int | None, radius: int | None = None
) -> dict[T, int]:
    """Return how far things are from one, nearest first: so many, or none farther than a radius.

    >>> find_nearest("a", lambda letter: {"a": ["b"], "b": ["c"]}.get(letter, ()), 2)
    {'a': 0, 'b': 1}
    """
    found = {start: 0}
    waiting = deque(found)
    while waiting and (limit is None or len(found) < limit):
        thing = waiting.popleft()
        if radius is not None and found[thing] >= radius:
            break
        for other in beside(thing):
            if other not in found:
                if limit is not None and len(found) >= limit:
                    break
                found[other] = found[thing] + 1
                waiting.append(other)
    return found


def add_notes(box: Box, notes: Sequence[str]) -> Box:
    """Return a box that says more.

    >>> add_notes(Box("n0", "leaf", face=Face("x")), ["+ 1 use"]).face.notes
    ['+ 1 use']
    """
    return box._replace(face=box.face._replace(notes=[*box.face.notes, *notes]))
