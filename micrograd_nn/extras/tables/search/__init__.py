"""Many trainings on a table, to choose how to train: ``search``."""

from .search import Search, search

__all__ = ["Search", "search"]
