"""Code that runs as if it stood at a line of the user's, for whatever asks where a frame is."""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Any, NamedTuple

ONE_LINE = 0x80 | 13 << 3  # an entry of a line table (PEP 626): a step to a line, and no columns
LONGEST = 8  # instructions of an entry


class Line(NamedTuple):
    """A line of a program, in a function."""

    file: str
    number: int
    function: str
    qualified: str  # the function's name with those of what is around it
    first: int  # the line that the function begins at


def place_at(line: Line, code: CodeType, **constants: Any) -> CodeType:
    """Return code that stands at a line, with other things in the place of some constants.

    >>> code = compile("seen = 'look'.__call__()", "", "exec")
    >>> names = {}
    >>> import sys
    >>> exec(place_at(Line("model.py", 7, "train", "train", 5), code, look=sys._getframe), names)
    >>> names["seen"].f_lineno, names["seen"].f_code.co_name, is_at_line(names["seen"])
    (7, 'train', True)

    Code of two files is equal, and may be taken for each other, unless a constant differs: the
    line is one, and told from others by its identity.
    """
    count = len(code.co_code) // 2
    entries = [min(LONGEST, count - i) for i in range(0, count, LONGEST)]
    tables = [bytes([ONE_LINE | entry - 1, 0]) for entry in entries]
    first = min(line.first, line.number)  # of generated code, it may be below
    tables[0] = tables[0][:1] + write_varint(2 * (line.number - first))
    given = [constants.get(x, x) if isinstance(x, str) else x for x in code.co_consts]
    return code.replace(
        co_filename=line.file, co_firstlineno=first, co_name=line.function,
        co_qualname=line.qualified, co_consts=(*given, line),
        co_linetable=b"".join(tables),
    )  # fmt: skip


def write_varint(number: int) -> bytes:
    """Return a number from 0 up as a line table has it: six bits a byte, the lowest first."""
    *lower, last = [number >> i & 63 for i in range(0, max(number.bit_length(), 1), 6)]
    return bytes([*(part | 64 for part in lower), last])


def is_at_line(frame: FrameType) -> bool:
    """Tell whether the code of a frame was placed at a line."""
    return type((None, *frame.f_code.co_consts)[-1]) is Line
