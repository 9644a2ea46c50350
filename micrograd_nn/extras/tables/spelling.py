"""How a table spells its numbers: their marks and units, and what stands for no number.

Tables differ in this by country and by program; read, they are all alike: points, and empty cells.
What nobody can tell, as what the mark in 1.234 is, is asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ..._ground.text import InputError, quote_text
from .dates import FORMATS, count_years, read_date

UNITS = "", "%", "$", "€", "£", "¥"  # of all of a column's numbers; money's may stand before them
BEFORE = "$", "£", "¥"  # the number, as written here
MISSING = {"?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "nat", "<na>", "nil", "none", "null",
           "missing"}  # fmt: skip
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")  # thousands by commas, as in 1,234
SURELY_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(,\d{3}|\.\d*)")  # which no decimal comma is
BY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")  # thousands, or three decimals
GROUPED_BY_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
THOUSANDS = {".": (GROUPED, ","), ",": (GROUPED_BY_POINTS, ".")}  # by the other, decimal mark
SPACES = "'’ \u00a0\u2009\u202f"  # for thousands alone, as in 1'024.47 and 1 024,47
SPACED = re.compile(rf"[+-]?[1-9]\d{{0,2}}([{SPACES}]\d{{3}})+([.,]\d*)?")
SPACE, MARK = re.compile(f"[{SPACES}]"), re.compile(f"[.,{SPACES}]")
CODE = re.compile(r"0\d+")  # as a postal code, and no amount
WHOLE = re.compile(r"-?\d+\.0")


@dataclass(frozen=True)
class Spelling:
    """How a file spells its table; without an ``encoding``, it is UTF-8 or as its mark says.

    >>> german = Spelling(decimal=",", missing=("k. A.",))
    >>> [german.read_cell(cell) for cell in ("1,5", "k. A.", "2,5 %", "1.234 €", "Mai, Juni")]
    ['1.5', '', '2.5%', '1234€', 'Mai, Juni']
    >>> Spelling(decimal=".").read_cell("1,234"), Spelling(missing=("-999",)).read_cell("-999.0")
    ('1234', '')

    Apostrophes and spaces are for thousands, whatever the decimal mark is:

    >>> Spelling().read_cell("1'024.47"), german.read_cell("1 024,47 €")
    ('1024.47', '1024.47€')

    A number with the other mark, where it isn't for thousands, is refused:

    >>> german.read_cell("1.5")
    Traceback (most recent call last):
    micrograd_nn.InputError: '1.5' has a point that is not for thousands, but the decimal mark is \
a comma
    """

    decimal: str | None = None  # a point; what may be for thousands is asked about
    missing: tuple[str, ...] = ()
    encoding: str | None = None

    def __post_init__(self) -> None:
        missing: Any = self.missing
        if isinstance(missing, str):  # whose letters would be missing
            raise TypeError(f"missing is a text: write missing=({quote_text(missing)},)")
        if self.decimal not in (None, ".", ","):
            raise InputError(f"decimal: {quote_text(self.decimal)} is neither a point nor a comma")

    def read_cell(self, cell: str) -> str:
        """Return a cell, a number in it written with a point, and empty where it is missing."""
        return self.drop_missing("" if cell in self.missing else self.write_plainly(cell))

    @cached_property
    def missing_numbers(self) -> set[float]:
        """The numbers among what is missing: -999 is -999.0, too."""
        return read_numbers(self.missing)

    def find_unmet(self, cells: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """Return what of the missing no cell was, given each as it was written and as it is now."""
        empty = {old for old, new in cells if not new} if self.missing else set()
        numbers = read_numbers(empty)
        return tuple(
            [x for x in self.missing if x not in empty and not read_numbers([x]) & numbers]
        )

    def drop_missing(self, cell: str) -> str:
        """Return a cell whose number is written with a point, or an empty one if it is missing."""
        is_number = self.missing_numbers and not CODE.fullmatch(cell)
        is_missing = is_number and read_number(cell) in self.missing_numbers
        return "" if is_missing or cell in self.missing else cell

    def write_plainly(self, cell: str) -> str:
        """Return a cell with a number in it written with a point, and no other marks."""
        if not (MARK if self.decimal else SPACE).search(cell):
            return cell
        number, before, after = take_unit(cell)
        plain = SPACE.sub("", number) if SPACED.fullmatch(number) else number
        if self.decimal:
            grouped, mark = THOUSANDS[self.decimal]
            if grouped.fullmatch(plain):
                plain = plain.replace(mark, "")
            elif mark == "." and mark in plain and read_number(plain) is not None:
                raise InputError(
                    f"{quote_text(cell)} has a point that is not for thousands, but the decimal "
                    "mark is a comma"
                )
            plain = plain.replace(self.decimal, ".")
        is_new = plain != number and read_number(plain.replace(",", ".")) is not None
        return f"{before}{plain}{after}" if is_new else cell


AS_USUAL = Spelling()


def read_numbers(texts: Iterable[str]) -> set[float]:
    """Return the numbers among texts, whichever decimal mark they have."""
    return {x for text in texts if (x := read_number(text.replace(",", "."))) is not None}


def simplify(text: str) -> str:
    """Return a text in small letters; of a whole number, without the ``.0`` that pandas adds.

    >>> simplify("TRUE"), simplify("1102.0"), simplify("v1.0")
    ('true', '1102', 'v1.0')
    """
    return (text.removesuffix(".0") if WHOLE.fullmatch(text) else text).casefold()


def stands_for_none(cell: str) -> bool:
    """Tell whether a cell among numbers or dates is empty, or says that it is."""
    return not cell or cell.lower() in MISSING


def take_unit(cell: str) -> tuple[str, str, str]:
    """Return the number in a cell, without its unit, and the unit as it stands before or behind.

    >>> take_unit("-$ 4,649"), take_unit("12.5 %"), take_unit("%5")
    (('-4,649', '$', ''), ('12.5', '', '%'), ('%5', '', ''))
    """
    for unit in UNITS[1:]:
        if cell.endswith(unit):
            return cell.removesuffix(unit).rstrip(), "", unit
        sign = cell[:1] if cell.startswith(("+", "-")) else ""
        if unit != "%" and cell.removeprefix(sign).startswith(unit):
            return sign + cell.removeprefix(sign).removeprefix(unit).lstrip(), unit, ""
    return cell, "", ""


@lru_cache(maxsize=100_000)  # most tables have the same texts again and again
def read_number(cell: str, unit: str = "") -> float | None:
    """Return the number, NaN or infinity that a cell spells; None where it spells none.

    >>> read_number("12.5 %", "%"), read_number("12.5", "%"), read_number("12.5%")
    (12.5, None, None)

    A unit may be a format of dates, which are years:

    >>> round(read_number("2026-07-02T09:30", "%Y-%m-%d"), 1)
    2026.5
    """
    if unit in FORMATS:
        day = read_date(cell, unit)
        return count_years(day) if day else None
    number = cell
    if unit:
        number, before, after = take_unit(cell)
        if before + after != unit:
            return None
    try:
        return None if "_" in number else float(number)
    except ValueError:
        return None


def are_grouped(cells: Iterable[str]) -> bool:
    """Tell whether a column's commas are surely those of thousands: in money, or as in 1,234.5.

    >>> are_grouped(["1,234", "12"]), are_grouped(["1,234", "12,345.6"])
    (False, True)
    >>> are_grouped(["$1,234"]), are_grouped(["$1,5"])
    (True, False)
    """
    with_comma = [take_unit(cell) for cell in cells if "," in cell]
    return all(GROUPED.fullmatch(number) for number, _, _ in with_comma) and any(
        before + after in BEFORE or SURELY_GROUPED.fullmatch(number)
        for number, before, after in with_comma
    )


def refuse_points(cells: Collection[str], unit: str, where: str) -> None:
    """Refuse numbers of which nobody can tell whether their points are for thousands.

    All points have three digits behind them, and some numbers have none, as three decimals
    wouldn't; or they are of euros, which hardly have three decimals:

    >>> refuse_points(["1.234", "12.5"], "", "column 'x'")
    >>> refuse_points(["1.234", "12"], "", "column 'x'")
    Traceback (most recent call last):
    micrograd_nn.InputError: column 'x' has numbers such as '1.234': say whether their decimal \
mark is a point or a comma, with --decimal . or --decimal ,
    """
    with_point = [cell for cell in cells if "." in cell]
    may_be = all(BY_POINTS.fullmatch(take_unit(cell)[0]) for cell in with_point)
    if with_point and may_be and (unit == "€" or len(with_point) < len(cells)):
        raise ask_for_mark(min(with_point), where)


def refuse_commas(counts: Counter[str], where: str) -> None:
    """Refuse a column of numbers of which nobody can tell what their commas are."""
    with_comma = [cell for cell in counts if "," in cell]
    plain = {cell: take_unit(cell)[0].replace(",", "") for cell in counts}
    numbers = sum([n for cell, n in counts.items() if read_number(plain[cell]) is not None])
    if with_comma and 2 * numbers > counts.total():
        raise ask_for_mark(with_comma[0], where)


def ask_for_mark(cell: str, where: str) -> InputError:
    """Return the error of numbers whose mark may be the decimal one, or one for thousands."""
    return InputError(
        f"{where} has numbers such as {quote_text(cell)}: say whether their decimal mark is "
        "a point or a comma, with --decimal . or --decimal ,"
    )
