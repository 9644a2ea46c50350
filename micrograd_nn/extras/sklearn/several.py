"""Several numbers to predict by one network: what stands where an encoding has its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..tables.columns import NumericColumn
from ..tables.encoding import Encoding
from ..tables.replay import describe_columns
from ..train.pages.predictions import Columns


@dataclass(frozen=True)
class SeveralNumbers:
    """Several columns of numbers, predicted together.

    >>> both = SeveralNumbers((NumericColumn("a", 1.0, 2.0), NumericColumn("b", 0.0, 1.0)))
    >>> both.name, both.encode_number((5.0, 3.0))
    ('a, b', (2.0, 3.0))
    """

    columns: tuple[NumericColumn, ...]

    @property
    def name(self) -> str:
        """The names of all."""
        return ", ".join([column.name for column in self.columns])

    @property
    def width(self) -> int:
        """How many there are."""
        return len(self.columns)

    def encode_number(self, numbers: Sequence[float]) -> tuple[float, ...]:
        """Return the standardised numbers of a row."""
        return tuple(
            [column.encode_number(x) for column, x in zip(self.columns, numbers, strict=True)]
        )


def part_targets(encoding: Encoding) -> list[Encoding]:
    """Return an encoding for each of the targets, of one target itself."""
    target: Any = encoding.target
    if not isinstance(target, SeveralNumbers):
        return [encoding]
    return [replace(encoding, target=column) for column in target.columns]


def decode_outputs(encoding: Encoding, outputs: Sequence[float]) -> list[Any]:
    """Return what a network's outputs stand for, by target."""
    parts = part_targets(encoding)
    if len(parts) == 1:
        return [encoding.decode(outputs)]
    return [part.decode([x]) for part, x in zip(parts, outputs, strict=True)]


def describe_all(encoding: Encoding) -> Columns:
    """Return what a network's inputs and outputs stand for, as a page shows it."""
    found = [describe_columns(part) for part in part_targets(encoding)]
    outputs = [output for columns in found for output in columns.outputs]
    return Columns(found[0].inputs, outputs, found[0].classes)


def name_targets(y: Any, count: int, taken: set[str]) -> list[str]:
    """Return the names of targets: those of a Series or a DataFrame, or y, or y0, y1 and so on.

    >>> name_targets([1.0, 2.0], 1, {"y"}), name_targets([[1.0, 2.0]], 2, set())
    (['y_'], ['y0', 'y1'])
    """
    usual = [f"y{place}" for place in range(count)] if count > 1 else ["y"]
    given = [*getattr(y, "columns", usual)] if count > 1 else [getattr(y, "name", None)]
    names: list[str] = []
    for name, other in zip(given, usual, strict=True):
        name = name if isinstance(name, str) and name else other
        while name in taken or name in names:
            name += "_"
        names.append(name)
    return names
