"""What a recorded graph can be asked: ``Graph``."""

from .graph import Graph

__all__ = ["Graph"]
