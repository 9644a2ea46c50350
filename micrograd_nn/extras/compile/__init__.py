"""A graph or a function as a program: in Python, in C, in JavaScript, on arrays."""
