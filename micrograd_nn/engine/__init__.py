"""The heart: a number that remembers how it was made, the table of operations, the chain rule."""

from .record import record as record  # with which operations on Values are recorded
