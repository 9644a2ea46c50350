"""Pictures: ``draw`` of a graph, ``draw_change`` of two, before and after a training step."""

from .change import draw_change
from .picture import draw

__all__ = ["draw", "draw_change"]
