"""Many trainings on a table, to choose how to train: ``search``."""

from .found import Search
from .search import search

__all__ = ["Search", "search"]
