"""A page that isn't a file yet: a notebook shows it in a frame, ``save`` writes it."""

from __future__ import annotations

import html
import os

from .._ground.files import Written, write_file
from .._ground.text import InputError, add_article, make_printable, show_path
from .document import Document

BORDER = "box-sizing: border-box; border: 1px solid #8886; border-radius: 8px"
TALL = 560  # pixels: a picture, the step and the player, as wide as a column of text


class Page:
    """A whole page as text: shown in a notebook as a frame, in a prompt as what it is."""

    def __init__(
        self, document: Document, title: str, subject: str, extent: str, name: str = "lesson.html"
    ) -> None:
        self.text, self.policy = document
        self.title = title
        self.subject = subject
        self.extent = extent
        self.name = name

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write the page, whose name ends in .html."""
        check_name(path)
        write_file(path, self.text)
        return Written(path)

    def __repr__(self) -> str:
        subject = make_printable(self.subject)
        return f'<page of {subject}: {self.extent}; .save("{self.name}") writes it>'

    def _repr_html_(self) -> str:
        title = html.escape(make_printable(self.title))
        return (
            f'<iframe class="micrograd-nn-page" title="{title}" loading="lazy" width="100%" '
            f'height="{TALL}" style="{BORDER}" '
            f"srcdoc='{escape_document(self.text)}'>{title}: trust this notebook to see it</iframe>"
        )  # where frames are taken out, the text within is left


def check_name(path: object) -> None:
    """Refuse a name that no browser would open as a page."""
    if not isinstance(path, (str, os.PathLike)):
        kind = add_article(type(path).__name__)
        raise TypeError(f"a page's name is a path such as 'lesson.html', not {kind}: give names "
                        "of nodes as names=")  # fmt: skip
    if os.path.splitext(path)[1].lower() not in (".html", ".htm"):
        raise InputError(f"{show_path(path)}: a page's name ends in .html")


def escape_document(text: str) -> str:
    """Return a document as it stands between single quotes, of which pages have the fewest.

    >>> print(escape_document("<p>It's &amp;"))
    &lt;p>It&#39;s &amp;amp;
    """
    return text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
