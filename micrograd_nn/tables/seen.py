"""Which rows a model was trained on, remembered in a few kilobytes of its file.

Of each row there is one number of 32 bits, made from its inputs and its target. Of a large table
only the smallest numbers are kept: they stand for all.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Any

from ..train.examples import Example

MOST_HASHES = 1000


def hash_row(example: Example) -> int:
    """Return a number that hardly another row has."""
    inputs, target = example
    return zlib.crc32(struct.pack(f"<{len(inputs) + 1}d", *inputs, target))


def remember_rows(examples: Iterable[Example], earlier: Any = "") -> str:
    """Return the smallest numbers of these rows and of those remembered, as a text.

    >>> remember_rows([([1.0], 0), ([2.0], 1), ([1.0], 0)])
    '0d7fc8cf90f384d2'
    """
    numbers = sorted({*recall_numbers(earlier), *map(hash_row, examples)})[:MOST_HASHES]
    return struct.pack(f">{len(numbers)}I", *numbers).hex()


def recall_numbers(remembered: Any) -> list[int]:
    """Return the numbers in a text; none where it's damaged, or of a file that has none."""
    try:
        return [number for (number,) in struct.iter_unpack(">I", bytes.fromhex(remembered))]
    except (TypeError, ValueError, struct.error):
        return []


def measure_seen(examples: Iterable[Example], remembered: Any) -> float:
    """Return the fraction of rows that were trained on, as far as the numbers can tell."""
    numbers = recall_numbers(remembered)
    known, largest = set(numbers), 2**32
    if len(numbers) == MOST_HASHES:
        largest = max(numbers)  # of those above, it's unknown
    found = [number in known for row in examples if (number := hash_row(row)) <= largest]
    return sum(found) / len(found) if found else 0.0
