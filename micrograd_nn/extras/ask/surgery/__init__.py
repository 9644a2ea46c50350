"""Surgery on a recorded graph: ``intervene``, and ``Surgery``, what follows from it."""

from .surgery import Surgery, intervene

__all__ = ["Surgery", "intervene"]
