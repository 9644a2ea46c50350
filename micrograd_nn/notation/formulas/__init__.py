"""Formulas for people: plain text, LaTeX and MathML, and a step of backpropagation in words."""
