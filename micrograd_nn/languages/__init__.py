"""A graph or a rule as text and as a program, in Python, C, JavaScript, over arrays, in LaTeX, in Coq."""
