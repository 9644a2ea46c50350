"""The program that runs an engine under test, in a process of its own that may die of it.

``process.py`` starts it, and nobody else, outside of this package: it is written with the standard
library alone, so that an engine finds no module by accident.
"""
