"""The engine: an operation, the table of them, nodes that record them, and the walk back."""
