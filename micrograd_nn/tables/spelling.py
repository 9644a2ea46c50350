"""How a table's file is written: its encoding, its decimal mark, and what stands for no cell.

Tables differ in this by country and by program; read, they are all alike: points, and empty cells.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

from .._ground.files import LARGEST_FILE, explain_error, read_bytes
from .._ground.text import InputError, quote_text

TOO_LARGE = ": take fewer rows or columns"
UNITS = "", "%", "$", "€", "£", "¥"  # of all of a column's numbers; money's may stand before them
BEFORE = "$", "£", "¥"  # the number, as written here
MISSING = {"?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "nat", "<na>", "nil", "none", "null",
           "missing"}  # fmt: skip
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")  # thousands by commas, as in 1,234
SURELY_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(,\d{3}|\.\d*)")  # which no decimal comma is
BY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")  # thousands, or three decimals
GROUPED_BY_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
OTHER_FORMATS = {
    b"PK\3\4": "read_excel",
    b"\xd0\xcf\x11\xe0": "read_excel",
    b"PAR1": "read_parquet",
}
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Spelling:
    """How a file spells its table; without an ``encoding``, it is UTF-8 or as its mark says.

    >>> german = Spelling(decimal=",", missing=("k. A.",))
    >>> german.read_cells(("1,5", "k. A.", "2,5 %", "1.234 €", "Mai, Juni"), "t.csv, line 2")
    ('1.5', '', '2.5%', '1234€', 'Mai, Juni')
    >>> Spelling(decimal=".").read_cells(("1,234",), "t.csv, line 2")
    ('1234',)

    A number with the other mark, where it isn't for thousands, is refused:

    >>> german.read_cells(("1.5",), "t.csv, line 2")
    Traceback (most recent call last):
    micrograd_nn.InputError: t.csv, line 2: '1.5' has a point that is not for thousands, but the \
decimal mark is a comma
    """

    decimal: str | None = None  # a point; what may be for thousands is asked about
    missing: tuple[str, ...] = ()
    encoding: str | None = None

    def __post_init__(self) -> None:
        if self.decimal not in (None, ".", ","):
            raise InputError(f"decimal: {quote_text(self.decimal)} is neither a point nor a comma")

    @property
    def separators(self) -> str:
        """The marks that may stand between cells, the likeliest first."""
        return ";\t," if self.decimal == "," else ",;\t"

    def read_cells(self, cells: tuple[str, ...], where: str) -> tuple[str, ...]:
        """Return a row's cells, numbers written with points, and empty where they are missing."""
        if self.missing:
            cells = tuple(["" if cell in self.missing else cell for cell in cells])
        if self.decimal is not None:
            cells = tuple([self.write_point(cell, where) for cell in cells])
        return cells

    def write_point(self, cell: str, where: str) -> str:
        """Return a cell as it is, or its number with no other mark than a point."""
        if "," not in cell and "." not in cell:
            return cell
        number, before, after = take_unit(cell)
        if self.decimal == ".":
            plain = number.replace(",", "") if GROUPED.fullmatch(number) else number
        elif GROUPED_BY_POINTS.fullmatch(number):
            plain = number.replace(".", "").replace(",", ".")
        elif "," not in number and read_number(number) is not None:
            told = f"{where}: {quote_text(cell)} has a point that is not for thousands"
            raise InputError(f"{told}, but the decimal mark is a comma")
        else:
            plain = number.replace(",", ".")
        is_new = plain != number and read_number(plain) is not None
        return f"{before}{plain}{after}" if is_new else cell


AS_USUAL = Spelling()


def stands_for_none(cell: str) -> bool:
    """Tell whether a cell among numbers or dates is empty, or says that it is."""
    return not cell or cell.lower() in MISSING


def take_unit(cell: str) -> tuple[str, str, str]:
    """Return the number in a cell, without its unit, and the unit as it stands before or behind.

    >>> take_unit("-$ 4,649"), take_unit("12.5 %"), take_unit("%5"), take_unit("($5)")
    (('-4,649', '$', ''), ('12.5', '', '%'), ('%5', '', ''), ('-5', '$', ''))
    """
    if cell.startswith("(") and cell.endswith(")"):  # as accountants write what is below 0
        number, before, after = take_unit(cell[1:-1].strip())
        return (f"-{number}", before, after) if before + after else (cell, "", "")
    for unit in UNITS[1:]:
        if cell.endswith(unit):
            return cell.removesuffix(unit).rstrip(), "", unit
        sign = cell[:1] if cell.startswith(("+", "-")) else ""
        if unit != "%" and cell.removeprefix(sign).startswith(unit):
            return sign + cell.removeprefix(sign).removeprefix(unit).lstrip(), unit, ""
    return cell, "", ""


@lru_cache(maxsize=100_000)  # most tables have the same texts again and again
def read_number(cell: str, unit: str = "", grouped: bool = False) -> float | None:
    """Return the number, NaN or infinity that a cell spells; None where it spells none.

    >>> read_number("12.5 %", "%"), read_number("12.5", "%"), read_number("12.5%")
    (12.5, None, None)
    >>> read_number("1,234", grouped=True), read_number("1,5", grouped=True), read_number("1,234")
    (1234.0, None, None)
    """
    number = cell
    if unit:
        number, before, after = take_unit(cell)
        if before + after != unit:
            return None
    if grouped and GROUPED.fullmatch(number):
        number = number.replace(",", "")
    try:
        return None if "_" in number else float(number)
    except ValueError:
        return None


def read_table_text(path: str, source: str, spelling: Spelling) -> str:
    """Return the text of a file, without a byte order mark."""
    try:
        data = read_bytes(path, source, TOO_LARGE)
    except InputError:
        raise
    except (OSError, ValueError) as error:  # ValueError: no file system takes such a path
        remedy = "name a CSV file that you may read"
        raise InputError(f"{source} cannot be read ({explain_error(error)}): {remedy}") from None
    data = unpack(data, source)
    for start, reader in OTHER_FORMATS.items():
        if data.startswith(start):
            remedy = f"in pandas, read_{reader}(path).to_csv('table.csv', index=False)"
            raise InputError(f"{source} is no CSV: save it as CSV ({remedy})")
    encoding = spelling.encoding or BYTE_ORDER_MARKS.get(data[:2], "utf-8")
    try:
        text = data.decode(encoding)
        bad, what = text.find("\0"), "a NUL byte"
        if bad >= 0:
            bad = len(text[:bad].encode(encoding))
    except UnicodeDecodeError as error:
        bad = error.start
        what = f"the byte 0x{data[bad]:02x}" if bad < len(data) else "its end"
    except (LookupError, ValueError):
        raise InputError(
            f"encoding: there is no {quote_text(encoding)} of text: try utf-8, cp1252 or utf-16"
        ) from None
    if bad >= 0:
        where = f"{source}, line {len((data[:bad] + b'?').splitlines())}"
        named = "UTF-8" if encoding == "utf-8" else encoding
        remedy = "save the file as CSV in UTF-8, or name its encoding, as in --encoding cp1252"
        told = f"{what} (byte {bad + 1} of the file) is no {named} text"
        raise InputError(f"{where}: {told}: {remedy}") from None
    return text.removeprefix("\ufeff")


def unpack(data: bytes, source: str) -> bytes:
    """Return what gzip has packed, or data that it hasn't as they are."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{source} cannot be unpacked ({error}): pack it anew by gzip") from None
    if len(unpacked) > LARGEST_FILE:
        raise InputError(
            f"{source}, unpacked, is larger than {LARGEST_FILE // 10**6} MB{TOO_LARGE}"
        )
    return unpacked
