"""The lesson page alive in a notebook, which cells drive and read: ``widget``."""

from .making import widget

__all__ = ["widget"]
