"""``page``: one HTML file in which anyone steps through backpropagation, or looks at a training."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, overload

from ..engine.value import Value
from ..files import Written, write_file
from ..graph.graph import Graph
from ..text import InputError, show_path
from ..train.history import History
from .lesson import Examples, write_lesson
from .training import write_training


@overload
def page(
    subject: Value | Graph,
    path: str | os.PathLike[str],
    *,
    names: Any = None,
    title: str = "",
    notes: str = "",
    inputs: Sequence[Value] = (),
    rows: Sequence[Sequence[float]] = (),
) -> Written: ...
@overload
def page(
    subject: History,
    path: str | os.PathLike[str],
    *,
    title: str = "",
    notes: str = "",
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    classes: Sequence[str] = (),
) -> Written: ...
def page(
    subject: Value | Graph | History,
    path: str | os.PathLike[str],
    *,
    names: Any = None,
    title: str = "",
    notes: str = "",
    inputs: Sequence[Any] = (),
    rows: Sequence[Sequence[float]] = (),
    **of_training: Any,
) -> Written:
    """Write a page of a graph, or of a training: a file that needs no network and no other file.

    >>> x = Value(3.0, label="x")
    >>> page(x * x, "lesson.html", title="A square", notes="Move x: the gradient is 2x.")
    wrote lesson.html

    ``names`` names the nodes that have no label: a model or a dictionary of Values, by itself the
    caller's variables, and ``{}`` for none; ``notes`` are shown above the
    graph, a blank line between paragraphs. With ``rows``, a data set, one chooses which example
    the leaves in ``inputs`` hold:

    >>> w = Value(0.5, label="w")
    >>> page(w * x, "lesson.html", inputs=[x], rows=[[1.0], [2.0]])
    wrote lesson.html

    A row that doesn't fit is a ValueError, and nothing is written:

    >>> page(w * x, "lesson.html", inputs=[x], rows=[[1.0, 2.0]])
    Traceback (most recent call last):
    ValueError: page needs one number an input in each row: row 0 has 2 for 1 input

    Of the history of ``fit(..., record=True)``, ``inputs``, ``outputs`` and ``classes`` are names,
    see ``write_training``.
    """
    if os.path.splitext(path)[1].lower() not in (".html", ".htm"):
        raise InputError(f"{show_path(path)}: a page's name ends in .html")
    if isinstance(subject, History):
        if rows or names is not None:
            raise TypeError("page takes rows and names for a graph, not for a training")
        text = write_training(subject, title=title, notes=notes, inputs=inputs, **of_training)
    else:
        for name in of_training:
            raise TypeError(f"page takes no {name} for a graph: see help(page)")
        text = write_lesson(subject, names, title, notes, Examples(inputs, rows))
    write_file(path, text)
    return Written(path)
