"""A picture before it is written: boxes and arrows, with what each of them says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Face(NamedTuple):
    """What a box says: a name and an operation, a value and a gradient, and what else there is."""

    name: str
    operation: str = ""
    value: str = ""
    gradient: str = ""
    notes: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What stands below the name, each with what it is: a value, a gradient, or a note."""
        rows = [("value", self.value), ("gradient", self.gradient)]
        return [(part, text) for part, text in rows if text] + [("note", x) for x in self.notes]


class Flow(NamedTuple):
    """What an arrow says: the local derivative, the share that flows back, and what else.

    ``size`` is that of the largest share, for a picture that tells it by the arrow's width.
    """

    partial: str = ""
    share: str = ""
    note: str = ""
    size: float = 0.0

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The same as texts, each with what it is: a derivative, a note, or a share."""
        rows = [("partial", "× ", self.partial), ("note", "", self.note)]
        rows += [("share", "◂ ", self.share)]
        return [(part, sign + text) for part, sign, text in rows if text]

    @property
    def lines(self) -> list[str]:
        """The same as lines of text."""
        return [text for _, text in self.rows]


class Box(NamedTuple):
    """A box of a picture: its kind gives its look, ``within`` the clusters that it stands in.

    ``path`` is its name in Python where the face has a short one: a tooltip.
    """

    id: str
    kind: str
    marked: bool = False
    shade: int | None = None
    within: tuple[str, ...] = ()
    face: Face = Face("")
    path: str = ""
    faint: bool = False  # beside what is marked

    def add_notes(self, notes: Sequence[str]) -> Box:
        """Return a box that says more."""
        return self._replace(face=self.face._replace(notes=[*self.face.notes, *notes]))


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
    faint: bool = False

    @property
    def id(self) -> str:
        """What it is called in a picture."""
        return f"{self.tail}-{self.head}-{self.part}" + "-before" * self.from_before

    @property
    def lines(self) -> list[str]:
        """What is written beside it: nothing where a tooltip says it."""
        return [] if self.tooltip else self.flow.lines


class Diagram(NamedTuple):
    """The boxes and arrows of a picture."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
