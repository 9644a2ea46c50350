"""How a table's file is written: its encoding, its decimal mark, and what stands for no cell.

Tables differ in this by country and by program; read, they are all alike: points, and empty cells.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import lru_cache

from .._ground.files import explain_error, read_bytes
from .._ground.text import InputError, quote_text

TOO_LARGE = ": take fewer rows or columns"
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Spelling:
    """How a file spells its table; without an ``encoding``, it is UTF-8 or as its mark says.

    >>> german = Spelling(decimal=",", missing=("k. A.",))
    >>> german.read_cells(("1,5", "k. A.", "2,5 %", "Mai, Juni"), "t.csv, line 2")
    ('1.5', '', '2.5%', 'Mai, Juni')

    A number with a point might be thousands there, and is refused:

    >>> german.read_cells(("1.234",), "t.csv, line 2")
    Traceback (most recent call last):
    micrograd_nn.InputError: t.csv, line 2: '1.234' has a point, but the decimal mark is a \
comma: write thousands with nothing between them
    """

    decimal: str = "."
    missing: tuple[str, ...] = ()
    encoding: str | None = None

    def __post_init__(self) -> None:
        if self.decimal not in (".", ","):
            raise InputError(f"decimal: {quote_text(self.decimal)} is neither a point nor a comma")

    @property
    def separators(self) -> str:
        """The marks that may stand between cells, the likeliest first."""
        return ",;\t" if self.decimal == "." else ";\t,"

    def read_cells(self, cells: tuple[str, ...], where: str) -> tuple[str, ...]:
        """Return a row's cells, numbers written with points, and empty where they are missing."""
        if self.missing:
            cells = tuple(["" if cell in self.missing else cell for cell in cells])
        if self.decimal == ",":
            cells = tuple([write_point(cell, where) for cell in cells])
        return cells


AS_USUAL = Spelling()


def write_point(cell: str, where: str) -> str:
    """Return a cell with a point where it is a number with a comma."""
    number = cell.removesuffix("%").rstrip()
    if "." in number and read_number(number) is not None:
        raise InputError(
            f"{where}: {quote_text(cell)} has a point, but the decimal mark is a comma: "
            f"write thousands with nothing between them"
        )
    pointed = number.replace(",", ".")
    if "," in number and read_number(pointed) is not None:
        return pointed + "%" * cell.endswith("%")
    return cell


@lru_cache(maxsize=100_000)  # most tables have the same texts again and again
def read_number(cell: str, unit: str = "") -> float | None:
    """Return the number, NaN or infinity that a cell spells; None where it spells none.

    >>> read_number("12.5 %", "%"), read_number("12.5", "%"), read_number("12.5%")
    (12.5, None, None)
    """
    if not cell.endswith(unit) or "_" in cell:
        return None
    try:
        return float(cell.removesuffix(unit))
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
