"""Little tables, written or already read, and the one line that refuses one."""

import pytest

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables.table import Table


def parse_table(text: str, source: str = "t.csv") -> Table:
    """Return the table that a text of comma-separated cells spells, its lines numbered from 2."""
    header, *rows = (tuple(line.split(",")) for line in text.split())
    return Table(source, header, tuple(rows), tuple(range(2, 2 + len(rows))))


def write_fruit(count: int, pear_every: int) -> str:
    """Return a file's text of apples and pears: of these numbers, texts and classes one learns."""
    return "weight,colour,fruit\n" + "".join(
        f"{100 + 7 * (i % 5)},{'red' if i % 2 else 'green'},"
        f"{'apple' if i % pear_every else 'pear'}\n"
        for i in range(count)
    )


def read_refusal(call, *arguments, **options) -> str:
    """Return what a call's InputError says, which has to be one line."""
    with pytest.raises(InputError) as caught:
        call(*arguments, **options)
    told = str(caught.value)
    assert told.isprintable(), "an error is one line"
    return told
