"""Pictures of computation graphs: ``draw`` and ``draw_change``."""

from .change import draw_change
from .picture import draw

__all__ = ["draw", "draw_change"]
