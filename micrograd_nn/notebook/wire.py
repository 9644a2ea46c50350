"""What each page in a notebook has: its frame, and the wire between it and Python's traits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from .._ground.files import read_web
from ..engine.operation import ARITHMETIC

# What a widget has for cells, by what it shows: one of the other kind is refused, and not just set.
FACES = {
    "a graph": ["step", "inputs", "broken", "paths_from", "graph"],
    "a training": ["epoch", "history"],
}
ALL_OF_FACES = frozenset(name for names in FACES.values() for name in names)


class Checked(traitlets.Any):
    """A trait that its widget checks, whatever is set: ``traitlets.Any`` takes None unseen."""

    allow_none = False


class PageWidget(anywidget.AnyWidget):
    """A page in a notebook, which shares some traits with whoever reads and sets them.

    Each page that it shows has a number. What a page tells says of which one it is, so that a
    message of the old page, under way while another one takes its place, changes nothing.
    """

    _shows = ""  # a graph, or a training
    _esm = read_web(__package__, "widget.js")
    _page = traitlets.Dict().tag(sync=True)  # its number, and its frame as HTML
    _shared = traitlets.List().tag(sync=True)  # the names of the traits that the page has, too
    _told_by = traitlets.List([0, 0]).tag(sync=True)  # the page that told last, and when

    def __setattr__(self, name: str, value: object) -> None:
        if name in ALL_OF_FACES and name not in FACES[self._shows]:
            raise AttributeError(self._explain_lack(name))
        try:
            super().__setattr__(name, value)
        except (TypeError, ValueError) as error:  # without the lines of traitlets, which are many
            raise error.with_traceback(None) from None

    def __getattr__(self, name: str) -> Any:  # what isn't there
        hint = ": a cell shows its last line, and display(…) the rest" * (
            name in ("show", "display")
        )
        told = f"{type(self).__name__!r} object has no attribute {name!r}{hint}"
        raise AttributeError(self._explain_lack(name) if name in ALL_OF_FACES else told)

    def _explain_lack(self, name: str) -> str:
        return f"the widget of {self._shows} has no {name}: it has {', '.join(FACES[self._shows])}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget, and for where there are none a picture of its numbers of now."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle
        try:
            return {**self._draw_still(), **data}, metadata
        except ARITHMETIC as error:
            return {**data, "text/plain": f"{self!r}, without a picture: {error}"}, metadata

    def show_page(self, html: str, traits: Mapping[str, Any]) -> None:
        """Show another page, at once with the traits as they are in it."""
        with self.hold_sync(), self.hold_trait_notifications():
            self._page = {"number": self._page["number"] + 1, "html": html}
            for name, value in traits.items():
                setattr(self, name, value)

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take over what a page tells; one that isn't shown any more, or errs, is told what is."""
        number, before = self._page["number"], {name: getattr(self, name) for name in self._shared}
        try:
            if sync_data.get("_told_by", [number])[0] == number:
                super().set_state(sync_data)
                return
        except (TypeError, ValueError):  # whose traits are checked when all of them are set
            for name, value in before.items():
                setattr(self, name, value)
            self.send_state(self._shared)
            raise
        self.send_state(self._shared)
