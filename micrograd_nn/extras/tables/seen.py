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
DIGITS = 8  # of a number, which is hexadecimal: the order of texts is then that of numbers


def hash_row(example: Example) -> str:
    """Return a number that hardly another row has."""
    inputs, target = example
    return f"{zlib.crc32(struct.pack(f'<{len(inputs) + 1}d', *inputs, target)):0{DIGITS}x}"


def remember_rows(examples: Iterable[Example], earlier: Any = "") -> str:
    """Return the smallest numbers of these rows and of those remembered, as a text.

    >>> remember_rows([([1.0], 0), ([2.0], 1), ([1.0], 0)])
    '0d7fc8cf90f384d2'
    """
    return "".join(sorted({*recall(earlier), *map(hash_row, examples)})[:MOST_HASHES])


def recall(remembered: Any) -> set[str]:
    """Return the numbers in a text; none of a file that has no text there."""
    text = remembered if isinstance(remembered, str) else ""
    return {text[i : i + DIGITS] for i in range(0, len(text), DIGITS)}


def measure_seen(examples: Iterable[Example], remembered: Any) -> float:
    """Return the fraction of rows that were trained on, as far as the numbers can tell."""
    known = recall(remembered)
    largest = max(known) if len(known) == MOST_HASHES else "g"  # of those above, it's unknown
    found = [number in known for row in examples if (number := hash_row(row)) <= largest]
    return sum(found) / len(found) if found else 0.0
