"""What plots and matrices have in common: how they are shown, saved and described."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from ..._ground.files import Written, write_file
from ..._ground.text import InputError, show_path
from .canvas import Canvas


class Figure(ABC):
    """A picture in SVG with a title, which a notebook shows and ``save`` writes."""

    title: str

    @abstractmethod
    def draw(self) -> Canvas:
        """Return the picture."""

    @abstractmethod
    def tell(self) -> str:
        """Return in words what stands below the title."""

    @abstractmethod
    def count(self) -> str:
        """Return how many there are of what it shows."""

    def describe(self) -> str:
        """Return in words what the picture shows."""
        return f"{self.title}: {self.tell()}" if self.title else self.tell()

    def __repr__(self) -> str:
        kind, title = type(self).__name__, f" “{self.title}”" if self.title else ""
        return f'<{kind}{title}: {self.count()}; .save("{kind.lower()}.svg") writes it>'

    @property
    def svg(self) -> str:
        """The picture as SVG, which stands alone and has the colours of light and dark."""
        return self.draw().write()

    def animate(self) -> str:
        """Return the picture as an SVG that plays; what has no steps is a ValueError."""
        raise ValueError("this picture has no steps to play: a Plot with a line of arrows has some")

    def save(self, path: str | os.PathLike[str], *, animate: bool = False) -> Written:
        """Write the picture to a file, whose name ends with .svg; with ``animate``, it plays."""
        if Path(path).suffix.lower() != ".svg":
            raise InputError(f"{show_path(path)}: a plot is SVG: write a name that ends with .svg")
        write_file(path, self.animate() if animate else self.svg)
        return Written(path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.describe()}
