"""What each column of a table is, as all of its cells say: numbers, dates or texts, or no input."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from .._ground.text import InputError, list_first, quote_text
from .columns import read_or_none
from .dates import find_format
from .spelling import (
    BEFORE,
    BY_POINTS,
    GROUPED,
    SURELY_GROUPED,
    UNITS,
    read_number,
    stands_for_none,
    take_unit,
)
from .table import ROW_NAMES, Table, convert_columns

MOST_CATEGORIES = 50  # a text column with more different texts is no use as an input
CODE = re.compile(r"0\d+")  # as a postal code, and no amount
DAY = re.compile(r"\d{8}")  # as 20261231, which would be a number, too
LIKE_NUMBER = re.compile(
    r"([A-Z]{3}|[A-Z]?[$€£¥])? ?[-+−]?\d[\d.,' \xa0\u202f]*[A-Za-z]{0,3}-?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d\d|\d{1,2} [A-Z][a-z]+ \d{4}"
)
NO_NAME = "it has no name, as the numbers of rows that pandas writes without index=False"


@dataclass(frozen=True)
class Kind:
    """What a column is, and how its cells are written; or why it is no input."""

    name: str
    is_number: bool = False
    unit: str = ""
    grouped: bool = False  # thousands by commas
    date_format: str = ""
    useless: str = ""  # why it is left out

    @property
    def is_text(self) -> bool:
        """Whether its cells are texts."""
        return not (self.is_number or self.date_format)


def find_kinds(
    table: Table, target: str, ignore: Collection[str] = (), as_texts: Collection[str] = ()
) -> dict[str, Kind]:
    """Return what each column is that isn't ignored, the target's last.

    >>> rows = (("2026-01-31", "12", "red"), ("2026-02-28", "13", "blue"))
    >>> table = Table("t.csv", ("day", "x", "y"), rows, (2, 3))
    >>> [(kind.name, kind.date_format, kind.is_number) for kind in find_kinds(table, "y").values()]
    [('day', '%Y-%m-%d', False), ('x', '', True), ('y', '', False)]

    Cells that don't fit to the others of their columns are one error.
    """
    table.require([target], "the target column")
    table.require([*ignore], "columns to ignore")
    table.require([*as_texts], "columns of categories")
    if target in ignore:
        raise InputError(f"{table.source}: do not ignore {quote_text(target)}, it is the target")
    names = [name for name in table.columns if name not in {target, *ignore}]
    kinds = convert_columns(
        [*names, target],
        lambda name: find_kind(table, name, name in as_texts, is_target=name == target),
    )
    if kinds[-1].useless:
        raise InputError(f"{table.source}, column {quote_text(target)}: {kinds[-1].useless}")
    if all(kind.useless for kind in kinds[:-1]):
        told = [f"{quote_text(kind.name)} ({kind.useless})" for kind in kinds if kind.useless]
        why = f": left out {'is' if len(told) == 1 else 'are'} {list_first(told, 5)}" * bool(told)
        remedy = "ignore fewer or add one"
        raise InputError(f"{table.source} has no input column left{why}: {remedy}")
    return {kind.name: kind for kind in kinds}


def find_kind(table: Table, name: str, as_texts: bool = False, is_target: bool = False) -> Kind:
    """Return what a column is: numbers or dates, where more than half of its cells are such."""
    where = f"{table.source}, column {quote_text(name)}"
    counts = Counter(table.column(name))  # many a column has few that differ
    said = Counter({cell: n for cell, n in counts.items() if not stands_for_none(cell)})
    if not said and not as_texts:
        return Kind(name, useless="every cell is empty")
    if name == ROW_NAMES and not is_target:
        return Kind(name, useless=NO_NAME)
    is_day = not (as_texts or is_target) and all(map(DAY.fullmatch, said))
    if is_day and (style := find_format(said, where)):
        return Kind(name, date_format=style)
    if not (as_texts or name in table.texts or any(map(CODE.fullmatch, said))):
        for unit in UNITS:
            grouped = are_grouped(said, unit)
            fits = {cell for cell in said if read_number(cell, unit, grouped) is not None}
            if 2 * sum([said[cell] for cell in fits]) > said.total():
                if table.asks:
                    refuse_points(fits, unit, where)
                table.convert(name, partial(read_or_none, unit=unit, grouped=grouped))
                return Kind(name, is_number=True, unit=unit, grouped=grouped)
    if not as_texts:
        refuse_commas(said, where)
        if style := find_format(said, where):
            if is_target:
                raise InputError(
                    f"{where}: dates can't be learned: make numbers or classes of them"
                )
            return Kind(name, date_format=style)
    width, most = len({*counts} - {""}), limit_categories(len(table.rows))
    if width > most and not (is_target or as_texts):
        told = f"{width:,} different texts tell a network nothing"
        like = sum([n for cell, n in said.items() if LIKE_NUMBER.fullmatch(cell)])
        hint = "; they look like numbers or dates: write those as 1234.5 or 2026-12-31"
        return Kind(name, useless=told + hint * (2 * like > said.total()))
    return Kind(name)


def are_grouped(counts: Iterable[str], unit: str) -> bool:
    """Tell whether commas in cells are surely those of thousands: in money, or as 1,234.5 has it.

    >>> are_grouped(["1,234", "12"], ""), are_grouped(["1,234", "12,345.6"], "")
    (False, True)
    >>> are_grouped(["$1,234"], "$"), are_grouped(["$1,5"], "$")
    (True, False)
    """
    with_comma = [take_unit(cell)[0] for cell in counts if "," in cell]
    return (
        bool(with_comma)
        and all(map(GROUPED.fullmatch, with_comma))
        and (unit in BEFORE or any(map(SURELY_GROUPED.fullmatch, with_comma)))
    )


def refuse_points(cells: Collection[str], unit: str, where: str) -> None:
    """Refuse numbers of which nobody can tell whether their points are for thousands.

    All points have three digits behind them, and some numbers have none, as three decimals
    wouldn't; or they are of euros, which hardly have three decimals:

    >>> refuse_points(["1.234", "12.5"], "", "column 'x'")
    >>> refuse_points(["1.234", "12"], "", "column 'x'")
    Traceback (most recent call last):
    micrograd_nn.InputError: column 'x': numbers with a point, as '1.234': if it is the decimal \
mark, use --decimal . and if it is for thousands, --decimal ,
    """
    with_point = [cell for cell in cells if "." in cell]
    if not with_point or not all(BY_POINTS.fullmatch(take_unit(cell)[0]) for cell in with_point):
        return
    if unit == "€" or len(with_point) < len(cells):
        raise ask_for_mark(where, "point", min(with_point))


def refuse_commas(counts: Counter[str], where: str) -> None:
    """Refuse a column of numbers of which nobody can tell what their commas are."""
    with_comma = [cell for cell in counts if "," in cell]
    plain = {cell: take_unit(cell)[0].replace(",", "") for cell in counts}
    numbers = sum([n for cell, n in counts.items() if read_number(plain[cell]) is not None])
    if with_comma and 2 * numbers > counts.total():
        raise ask_for_mark(where, "comma", with_comma[0])


def ask_for_mark(where: str, mark: str, cell: str) -> InputError:
    """Return the error of numbers whose mark may be the decimal one, or one for thousands."""
    one, other = (".", ",") if mark == "point" else (",", ".")
    return InputError(
        f"{where}: numbers with a {mark}, as {quote_text(cell)}: if it is the decimal mark, use "
        f"--decimal {one} and if it is for thousands, --decimal {other}"
    )


def limit_categories(rows: int) -> float:
    """Return how many different texts of so many rows a network can learn from, at most.

    >>> limit_categories(10), limit_categories(60), limit_categories(1000)
    (10, 30.0, 50)
    """
    return min(MOST_CATEGORIES, rows / 2 if rows > 10 else rows)
