"""``widget``: a page in a notebook, which cells drive and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from .._ground.extras import find_builder
from ..engine.value import Value
from ..graph.graph import Graph
from ..page.options import WidgetOptions, check_options, take_opening
from .subject import LessonSubject

if TYPE_CHECKING:
    from .model import LessonWidget


@overload
def widget(subject: Value | Graph, **options: Unpack[WidgetOptions]) -> LessonWidget: ...
@overload
def widget(subject: Any, **options: Any) -> Any: ...
def widget(subject: Any, **options: Any) -> Any:
    """Return the page of a graph as a widget: cells drive it and read it.

    >>> x = Value(3.0, "x")
    >>> w = widget(x * x, step=2)  # doctest: +SKIP
    >>> w.step, w.inputs  # doctest: +SKIP
    (2, {'x': 3.0})
    >>> w.inputs["x"] = 5.0  # and the page computes with it  # doctest: +SKIP
    >>> x.data = 7.0; w.refresh()  # and with this; Jupyter does it after the cell  # doctest: +SKIP
    >>> w.graph = x * x * x  # and the page shows another graph  # doctest: +SKIP

    ``w.step``, ``w.inputs`` (numbers by name), ``w.broken`` and ``w.paths_from`` (the name of a
    leaf) are traits: what somebody does in the page is in them, too, and ``w.observe`` hears of it.
    What is done in the page leaves the Values in Python as they are. The options are those of
    ``page``.

    Extras add other subjects, such as the history of a training, each with traits of its own.

    It needs anywidget; where that lacks, an ImportError says so.
    """
    try:
        from .model import LessonWidget
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets", "traitlets"):
            raise
        raise ImportError(
            "widget needs anywidget: pip install anywidget, and "
            "restart the notebook; page(…) needs nothing"
        ) from None
    if (build := find_builder("widgets", subject)) is not None:
        return build(subject, **options)
    check_options(options, WidgetOptions.__annotations__, "widget", "a graph")
    names, opening = options.pop("names", None), take_opening(options)
    graph = Graph.of(subject, names, "widget")
    return LessonWidget(LessonSubject(graph, opening=opening, **options), names)
