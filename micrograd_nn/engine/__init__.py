"""The engine: one table of operations, numbers that record them, and the walk back.

In a reader's order: ``operation``, ``table``, ``operators``, ``node``, ``value``, ``backprop``.
"""
