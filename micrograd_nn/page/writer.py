"""``page``: one HTML file in which anyone steps through backpropagation."""

from __future__ import annotations

import os
from typing import Any, Unpack, overload

from .._ground.extras import find_builder
from .._ground.files import Written
from ..engine.value import Value
from ..graph.graph import Graph
from .frame import Page, check_name
from .lesson import build_lesson
from .options import LessonOptions, check_options, take_opening


@overload
def page(subject: Value | Graph, path: None = None, **options: Unpack[LessonOptions]) -> Page: ...
@overload
def page(
    subject: Value | Graph, path: str | os.PathLike[str], **options: Unpack[LessonOptions]
) -> Written: ...
@overload
def page(subject: Any, path: None = None, **options: Any) -> Page: ...
@overload
def page(subject: Any, path: str | os.PathLike[str], **options: Any) -> Written: ...
def page(
    subject: Any, path: str | os.PathLike[str] | None = None, **options: Any
) -> Page | Written:
    """Return the page of a graph, which a notebook shows; or write it to a file.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> page(y, title="A square", notes="Move x: the gradient is 2x.")
    <page of y: 4 steps; .save("lesson.html") writes it>
    >>> page(y, "lesson.html")
    wrote lesson.html

    The file needs no network and no other file. ``names`` names the nodes that have no label: a
    model or a dictionary of Values, by itself the caller's variables, and ``{}`` for none;
    ``notes`` are shown above the graph, a blank line between paragraphs. With ``rows``, a data
    set, one chooses which example the leaves in ``inputs`` hold:

    >>> w = Value(0.5, label="w")
    >>> page(w * x, "lesson.html", inputs=[x], rows=[[1.0], [2.0]])
    wrote lesson.html

    A row that doesn't fit is a ValueError, and nothing is written:

    >>> page(w * x, "lesson.html", inputs=[x], rows=[[1.0, 2.0]])
    Traceback (most recent call last):
    ValueError: page needs one number an input in each row: row 0 has 2 for 1 input

    It opens at ``step``, with the paths of the leaf ``paths_from`` marked, and with the engine
    ``broken`` by "overwrite", "unordered" or another mistake of its loop. The page counts every
    fact: a step for each result forward, one for the root's own gradient, then one for each share.
    So its step is that of ``Backprop`` plus the forward steps plus 1, and that of ``Passes``. Where
    repetitions are folded the page takes the steps of all but one together, and opens at the last
    of those.

    >>> page(y, step=2, paths_from=x)
    <page of y: 4 steps; .save("lesson.html") writes it>
    >>> page(y, step=5)
    Traceback (most recent call last):
    ValueError: page has the steps 0 to 4 for y, not 5

    With ``quiz`` it asks for each step back before it shows it, and tells a wrong answer by the
    mistake that leads to it. The questions are about the right engine:

    >>> page(y, quiz=True)
    <page of y: 4 steps; .save("lesson.html") writes it>
    >>> page(y, quiz=True, broken="overwrite")
    Traceback (most recent call last):
    ValueError: page asks about the right engine: leave out quiz, or broken='overwrite'

    Extras add other subjects, such as the history of a training, each with options of its own.
    """
    if path is not None:
        check_name(path)
    if (build := find_builder("pages", subject)) is not None:
        made: Page = build(subject, **options)
    else:
        check_options(options, LessonOptions.__annotations__, "page", "a graph")
        made = build_lesson(subject, opening=take_opening(options), **options)
    return made if path is None else made.save(path)
