"""Why a recorded training went wrong: ``why`` finds where it began, or says what it looked at."""

from .why import why

__all__ = ["why"]
