"""A graph or a function as a program: ``compile``."""
