"""Lookups: operations that take one of their values, by an index that is data and not varied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .operation import ARITHMETIC, Reduction
from .refusals import require_real


class Lookup(Reduction):
    """An operation that takes one of its values, by an index: a whole number, not to be varied.

    >>> from micrograd_nn import Value, choose
    >>> a, b = Value(1.0), Value(2.0)
    >>> choose(1, [a, b]) is b  # a plain number chooses once and for all
    True
    >>> choose(Value(1.0), [a, b]).inputs == (a, b)  # the first input is the index
    False
    >>> choose(2, [a, b])
    Traceback (most recent call last):
    ValueError: choose(index, values) needs a whole index from 0 to below the number of values; \
index = 2.0, of 2 values
    """

    def __init__(self, *given: Any, **rest: Any) -> None:
        super().__init__(*given, **rest)
        self.inputs = "index", "values"

    def written(self, *names: str) -> str:
        """Return the operation as Python text on these names: the index, then the values."""
        index, *values = names
        listed = "values" if names == self.inputs else f"[{', '.join(values)}]"
        return f"{self.name}({index}, {listed})"

    def __call__(self, index: Any, values: Iterable[Any]) -> Any:  # type: ignore[override]
        """Return one of the values; the node of one, where the index is a Value."""
        values = list(values)
        if hasattr(index, "operate"):
            return self.apply([index, *values])
        index = require_real(index, self.name)
        try:
            value = values[int(self.forward(index, *map(float, range(len(values)))))]
        except ARITHMETIC as error:
            self.fail(error, [index, *values])
        return value if hasattr(value, "operate") else require_real(value, self.name)

    def describe_inputs(self, given: Sequence[Any]) -> str:
        """Tell the index, and how many values there are, as the end of a message."""
        return f"{super().describe_inputs(given[:1])}, of {len(given) - 1} values"
