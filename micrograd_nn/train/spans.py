"""A batch cut in shares of a fixed size, whose sums are added up in one order.

Which process computes a share, and how many there are, changes no bit of the sum: shares are added
by twos, the sums of those by twos, and so on. So whoever has shares that follow one another adds up
as much of that as is theirs, and sends one gradient.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from operator import add
from typing import NamedTuple, TypeVar

IN_A_SHARE = 64  # examples at most

T = TypeVar("T")


class Span(NamedTuple):
    """Shares of a batch that follow one another: the first, and the one behind the last."""

    first: int
    end: int

    def halve(self) -> tuple[Span, Span]:
        """Return its two spans, of which the first has as many shares as a power of two.

        >>> Span(0, 5).halve()
        (Span(first=0, end=4), Span(first=4, end=5))
        """
        middle = self.first + (1 << (self.end - self.first - 1).bit_length() - 1)
        return Span(self.first, middle), Span(middle, self.end)

    def take(self, batch: Sequence[T]) -> Sequence[T]:
        """Return the examples of a batch that it has."""
        return batch[self.first * IN_A_SHARE : self.end * IN_A_SHARE]


def cut_spans(shares: int, count: int) -> list[Span]:
    """Return the spans of so many shares that are given to a number of workers, in their order.

    >>> cut_spans(4, 2)
    [Span(first=0, end=2), Span(first=2, end=4)]

    For three, two of the spans are halved once more; no span has less than a share:

    >>> len(cut_spans(32, 3)), cut_spans(1, 3)
    (6, [Span(first=0, end=1)])
    """
    if count & (count - 1):  # no power of two, as the spans would be
        count *= 2
    spans = [Span(0, shares)]
    while len(spans) < min(count, shares):
        sizes = [span.end - span.first for span in spans]
        largest = sizes.index(max(sizes))
        spans[largest : largest + 1] = spans[largest].halve()
    return spans


def add_up(span: Span, find: Callable[[Span], Sequence[float] | None]) -> Sequence[float]:
    """Return the sum of a span, number by number: as it is found, or that of its halves.

    >>> ones = {Span(0, 2): [1.0, 2.0], Span(2, 3): [10.0, 20.0]}
    >>> add_up(Span(0, 3), ones.get)
    array('d', [11.0, 22.0])
    """
    known = find(span)
    if known is not None:
        return known
    left, right = (add_up(half, find) for half in span.halve())
    return array("d", map(add, left, right))


def count_shares(examples: int) -> int:
    """Return in how many shares so many examples are cut.

    >>> count_shares(64), count_shares(65)
    (1, 2)
    """
    return -(-examples // IN_A_SHARE)
