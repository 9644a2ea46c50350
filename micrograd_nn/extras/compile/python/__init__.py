"""Python: the notation, a program's functions, and a module that stands alone."""
