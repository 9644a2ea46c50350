"""Pictures of graphs: ``draw``."""

from .picture import draw

__all__ = ["draw"]
