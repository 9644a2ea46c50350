"""Plots of numbers as SVG: ``Plot`` for curves and points, ``Matrix`` for numbers in cells."""

from .matrix import Matrix
from .plot import Plot

__all__ = ["Matrix", "Plot"]
