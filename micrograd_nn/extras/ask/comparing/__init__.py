"""Two graphs, two trainings or two models side by side: ``diff``."""

from .diff import diff

__all__ = ["diff"]
