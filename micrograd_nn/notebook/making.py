"""``widget``: the page of a graph in a notebook, whose step and inputs a cell can set and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..engine.value import Value
from ..graph.graph import Graph
from ..page.opening import Opening
from .subject import LessonSubject

if TYPE_CHECKING:
    from .model import LessonWidget


def widget(
    root: Value | Graph,
    *,
    names: Any = None,
    title: str = "",
    notes: str = "",
    step: int | None = None,
    paths_from: Value | None = None,
    broken: str | Sequence[str] = (),
    quiz: bool = False,
) -> LessonWidget:
    """Return the page of a graph as a widget: a notebook shows it, and cells drive and read it.

    >>> x = Value(3.0, "x")
    >>> w = widget(x * x, step=2)  # doctest: +SKIP
    >>> w.step, w.inputs  # doctest: +SKIP
    (2, {'x': 3.0})
    >>> w.inputs["x"] = 5.0  # and the page computes with it  # doctest: +SKIP
    >>> w.graph = x * x * x  # and the page shows another graph  # doctest: +SKIP

    ``w.step``, ``w.inputs`` (numbers by name), ``w.broken`` and ``w.paths_from`` (the name of a
    leaf) are traits: what somebody does in the page is in them, too, and ``w.observe`` hears of it.
    The Values in Python keep their numbers. The options are those of ``page``.

    It needs anywidget; where that lacks, an ImportError says so.
    """
    try:
        from .model import LessonWidget
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets", "traitlets"):
            raise
        raise ImportError(
            f"widget needs {error.name}: pip install 'micrograd-nn[notebook]' (or anywidget), and "
            "restart the notebook; page(…) needs nothing"
        ) from None
    graph = Graph.of(root, names, "widget")
    return LessonWidget(
        LessonSubject(graph, title, notes, Opening(step, paths_from, broken, quiz)), names
    )
