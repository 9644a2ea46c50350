"""A gradient that programs add to, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.value import Value
from ..compile.compiler.variants import Variant


class Gradient:
    """A gradient that program after program adds to, each by leaves of its own."""

    def __init__(self) -> None:
        self.found: dict[Value, float] = {}
        self.leaves: Sequence[Value] = ()
        self.slopes: Sequence[float] = ()  # by the leaves, not yet among those found

    def get(self, leaves: Sequence[Value]) -> Sequence[float]:
        """Return the derivatives by these leaves so far."""
        if leaves != self.leaves:
            found = self.by_leaf()
            return [found.get(x, 0.0) for x in leaves] if found else [0.0] * len(leaves)
        return self.slopes

    def put(self, leaves: Sequence[Value], slopes: Sequence[float]) -> None:
        """Set the derivatives by these leaves."""
        if leaves != self.leaves:
            self.by_leaf()
        self.leaves, self.slopes = leaves, slopes

    def by_leaf(self) -> dict[Value, float]:
        """Return the derivatives by all leaves."""
        self.found.update(zip(self.leaves, self.slopes, strict=True))
        return self.found

    def add(
        self, variant: Variant, numbers: Sequence[float], rows: Sequence[Any], upstream: float
    ) -> float:
        """Return what a program gives, summed over rows, and add its gradient."""
        program = variant.program.load_fastest(0, len(rows))
        start = self.get(variant.leaves)
        total, slopes = program(variant.add_others(numbers), rows, upstream, start)
        self.put(variant.leaves, slopes)
        return total  # type: ignore[no-any-return]
