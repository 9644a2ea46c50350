"""A recorded graph as the text of a program, in Python, C or JavaScript."""
