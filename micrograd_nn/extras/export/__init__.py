"""The way out: a trained model or a program as a file that needs nothing of this package."""

from .export import export

__all__ = ["export"]
