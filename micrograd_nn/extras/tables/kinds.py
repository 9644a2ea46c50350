"""What each column of a table is, as all of its cells say: numbers, dates or texts, or no input."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from ..._ground.text import InputError, list_first, quote_text
from .columns import NumericColumn
from .dates import find_format
from .spelling import CODE, UNITS, read_number, refuse_commas, refuse_points, stands_for_none
from .table import ROW_NAMES, Table

MOST_CATEGORIES = 50  # a text column with more different texts is no use as an input
DAY = re.compile(r"\d{8}")  # as 20261231, which would be a number, too
LIKE_NUMBER = re.compile(r"([A-Z]{3}|[A-Z]?[$€£¥])? ?[-+−]?\d")  # how one begins
NO_NAME = "it has no name, as the numbers of rows that pandas writes without index=False"


@dataclass(frozen=True)
class Kind:
    """What a column is, and how its cells are written; or why it isn't an input."""

    name: str
    is_text: bool = True
    unit: str = ""  # of its numbers; of dates, how they are written
    useless: str = ""  # why it is left out
    empty: int = 0  # cells of numbers or dates that have none


def find_kinds(
    table: Table, target: str, ignore: Collection[str] = (), as_texts: Collection[str] = ()
) -> dict[str, Kind]:
    """Return what each column is that isn't ignored, the target's last.

    >>> rows = (("2026-01-31", "12", "red"), ("2026-02-28", "13", "blue"))
    >>> table = Table("t.csv", ("day", "x", "y"), rows, (2, 3))
    >>> [(kind.name, kind.is_text, kind.unit) for kind in find_kinds(table, "y").values()]
    [('day', False, '%Y-%m-%d'), ('x', False, ''), ('y', True, '')]

    Rows without a target don't count. Cells that don't fit to the others of their columns are one
    error.
    """
    table.require([target], "the target column")
    table.require([*ignore], "columns to ignore")
    table.require([*as_texts], "columns of categories")
    if target in ignore:
        raise InputError(f"{table.source}: do not ignore {quote_text(target)}, it is the target")
    learned = find_kind(table, target, target in as_texts, is_target=True)
    if learned.useless:
        raise InputError(f"{table.source}, column {quote_text(target)}: {learned.useless}")
    table = table.drop_incomplete([target], {target} if learned.is_text else ())
    names = [name for name in table.columns if name not in {target, *ignore}]
    kinds = [*[find_kind(table, name, name in as_texts) for name in names], learned]
    numbers = [NumericColumn(x.name, 0.0, 1.0, x.unit) for x in kinds if not x.is_text]
    for _ in table.convert_columns({column.name: column.read_or_none for column in numbers}):
        pass  # what can't be read is refused
    if all(kind.useless for kind in kinds[:-1]):
        told = [f"{quote_text(kind.name)} ({kind.useless})" for kind in kinds if kind.useless]
        why = f": left out {'is' if len(told) == 1 else 'are'} {list_first(told, 5)}" * bool(told)
        raise InputError(f"{table.source} has no input column left{why}: ignore fewer or add one")
    return {kind.name: kind for kind in kinds}


def find_kind(table: Table, name: str, as_texts: bool = False, is_target: bool = False) -> Kind:
    """Return what a column is: numbers or dates, where more than half of its cells are such."""
    where = f"{table.source}, column {quote_text(name)}"
    counts = table.count(name)
    said = Counter({cell: n for cell, n in counts.items() if not stands_for_none(cell)})
    if not said and not as_texts:
        return Kind(name, useless="every cell is empty")
    if name == ROW_NAMES and not is_target:
        return Kind(name, useless=NO_NAME)
    unit = None if as_texts else find_unit(said, where, name in table.texts, is_target, table.asks)
    if unit is not None:
        return Kind(name, is_text=False, unit=unit, empty=counts.total() - said.total())
    width, most = len({*counts} - {""}), limit_categories(len(table.rows))
    like = 2 * sum([n for cell, n in said.items() if LIKE_NUMBER.match(cell)]) > said.total()
    if width > most and not as_texts and (like or not is_target):
        told = f"{width:,} different texts tell a network nothing"
        hint = "; they look like numbers or dates: write those as 1234.5 or 2026-12-31" * like
        if is_target:
            told, hint = f"{width:,} different texts look like numbers", ""
            told += ": make numbers of them, such as 1234.5, or add --classes"
        return Kind(name, useless=told + hint)
    return Kind(name)


def find_unit(
    said: Counter[str], where: str, are_texts: bool, is_target: bool, asks: bool
) -> str | None:
    """Return the unit of a column's numbers, or how its dates are written; None of texts."""
    if not is_target and all(map(DAY.fullmatch, said)) and (style := find_format(said, where)):
        return style
    for unit in () if are_texts or any(map(CODE.fullmatch, said)) else UNITS:
        fits = [cell for cell in said if read_number(cell, unit) is not None]
        if 2 * sum([said[cell] for cell in fits]) > said.total():
            if asks:
                refuse_points(fits, unit, where)
            return unit
    refuse_commas(said, where)
    style = find_format(said, where)
    if style and is_target:
        raise InputError(f"{where}: dates can't be learned: make numbers or classes of them")
    return style or None


def limit_categories(rows: int) -> float:
    """Return how many different texts a network can learn from, at most, given this many rows.

    >>> limit_categories(10), limit_categories(60), limit_categories(1000)
    (10, 30.0, 50)
    """
    return min(MOST_CATEGORIES, rows / 2 if rows > 10 else rows)
