"""What may be asked of a page, and of a widget."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypedDict

from ..engine.value import Value
from .opening import Opening


class WidgetOptions(TypedDict, total=False):
    """The options for a graph: what names it, what stands above it, and how it opens."""

    names: Any
    title: str
    notes: str
    step: int | None
    paths_from: Value | None
    broken: str | Sequence[str]
    quiz: bool


class LessonOptions(WidgetOptions, total=False):
    """Those of a page, which has a data set, too: the leaves that hold an example, and the rows."""

    inputs: Sequence[Value]
    rows: Sequence[Sequence[float]]


def check_options(options: Iterable[str], known: Collection[str], caller: str, kind: str) -> None:
    """Refuse an option that there isn't for a kind of subject, such as "a graph"."""
    for name in options:
        if name not in known:
            raise TypeError(f"{caller} takes no {name} for {kind}: it takes {', '.join(known)}")


def take_opening(options: dict[str, Any]) -> Opening:
    """Return how a page of a graph is to open, which the options are then without."""
    asked = {name: options.pop(name) for name in Opening._fields if name in options}
    return Opening(**asked)
