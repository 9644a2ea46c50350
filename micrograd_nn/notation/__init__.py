"""A graph or a rule as text: in Python, C, JavaScript, over arrays, in LaTeX, and in Coq."""
