"""One HTML file in which anyone steps through backpropagation: ``page``."""

from .writer import page

__all__ = ["page"]
