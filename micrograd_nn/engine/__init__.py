"""The heart: a number that remembers how it was made, the table of operations, the chain rule."""
