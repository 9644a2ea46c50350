"""An operation that somebody else applied, of which no more is known than one result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..engine.backprop import is_same_number
from ..engine.operation import Operation


class ByHand(Operation):
    """An operation of which one result is known, its derivatives there, and perhaps its rule."""

    def __init__(
        self, name: str, numbers: Sequence[float], result: float,
        partials: Sequence[float | None], forward: Callable[..., float] | None = None,
    ) -> None:  # fmt: skip
        self.known, self.result, self.is_unknown = [*numbers], result, forward is None
        super().__init__(
            name or "by_hand", forward or self.recall,
            [partial(recall_share, share or 0.0) for share in partials],
            inputs=tuple([f"x{i + 1}" for i in range(len(numbers))]),
        )  # fmt: skip

    def recall(self, *numbers: float) -> float:
        """Return the one result; of other numbers, nobody knows it."""
        if not all(map(is_same_number, numbers, self.known)):
            raise ValueError(
                f"the node {self.name!r} was made by hand, of one result: for others, its rule "
                f"must be known, as an Operation({self.name!r}, …)"
            )
        return self.result


def recall_share(share: float, out: float, *numbers: float) -> float:
    """Return the one derivative that is known."""
    return share
