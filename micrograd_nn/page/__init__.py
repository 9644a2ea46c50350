"""One HTML file in which anyone steps through backpropagation, or looks at a training: ``page``."""

from .writer import page

__all__ = ["page"]
