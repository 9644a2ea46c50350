"""How each column of a table was read, as one sees it before a training: ten lines at most."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from operator import eq, gt, lt
from typing import Any

from .._ground.text import count_things, list_first, quote_text
from .columns import EMPTY, NumericColumn, TableColumn, TextColumn, read_or_none
from .encoding import Encoding
from .kinds import Kind
from .spelling import read_number, stands_for_none
from .table import Table

MOST_LINES = 9  # under the first
MOST_ODD = 6  # of them, where there are more columns than lines
FEWEST_ROWS = 10  # from which on a column can seem odd
SOME_ROWS = 200  # which mostly tell that a column doesn't give the target away
TIME = re.compile(r"[T ].*[1-9]")  # of a day, but for midnight
TELLING = 0.9999  # a correlation with the target that gives it away


def describe_columns(table: Table, encoding: Encoding, kinds: Mapping[str, Kind]) -> list[str]:
    r"""Return how a table's columns were read; of many, the odd ones each, the others together.

    >>> from .kinds import find_kinds
    >>> rows = (("12", "red", "a"), ("", "red", "b"), ("14", "Red", "a"))
    >>> table = Table("t.csv", ("x", "colour", "y"), rows, (2, 3, 4))
    >>> kinds = find_kinds(table, "y")
    >>> print(*describe_columns(table, Encoding.learn(table, "y"), kinds), sep="\n")
    t.csv, 3 rows: y (2 classes) is learned from 2 columns
      x: 12 to 14; 1 empty: taken as the median, 13
      colour: 2 texts, Red, red; 'Red' and 'red' differ in capitals or spaces alone
    """
    target, targets = encoding.target, table.column(encoding.target.name)
    what = f"{target.width} classes"
    if isinstance(target, NumericColumn):
        what = describe_range(target, targets)
    first = f"{table.source}, {count_things(len(table.rows), 'row')}: {target.name} ({what})"
    columns = {column.name: column for column in encoding.input_columns}
    lines, odd, others = list[str](), list[str](), defaultdict[str, list[str]](list)
    for name, kind in kinds.items():
        if name != target.name:
            parts = [*describe_column(table, kind, encoding, columns)]
            column = columns.get(name)
            is_telling = column and gives_away(table.column(name), targets, column, target)
            if is_telling:  # the worst, so it is told first
                parts.append(f"gives {target.name} away: if it's known no sooner, --ignore it")
            lines.append(f"  {name}: {'; '.join(parts)}")
            if len(parts) > 1 or kind.useless:
                odd.insert(0 if is_telling else len(odd), lines[-1])
            else:
                word = "numbers" if kind.is_number else "dates" if kind.date_format else "texts"
                others[word].append(name)
    if len(lines) > MOST_LINES:
        more = len(odd) - MOST_ODD
        rest = list_first([line.split(":")[0].strip() for line in odd[MOST_ODD:]], 4)
        lines = odd[:MOST_ODD] + [f"  and {more} more with something odd: {rest}"] * (more > 0)
        lines += [
            f"  {count_things(len(names), 'column')} of {word}: {list_first(names, 6)}"
            for word, names in others.items()
        ]
    if isinstance(target, TextColumn):
        lines += [f"  {target.name}: {told}" for told in find_words(target.categories)]
    few = len({*targets})
    if not encoding.is_classification and few <= 10 < len(table.rows):
        told = f"has only {few} different numbers: if they stand for classes, add --classes"
        lines.append(f"  {target.name} {told}")
    return [f"{first} is learned from {count_things(len(encoding.names), 'column')}", *lines]


def describe_column(
    table: Table, kind: Kind, encoding: Encoding, columns: Mapping[str, TableColumn]
) -> Iterator[str]:
    """Yield how a column was read, and what is odd about it."""
    if kind.useless:
        yield f"left out: {kind.useless}"
        return
    cells = table.column(kind.name)
    if kind.date_format:
        date = next(date for date in encoding.dates if date.name == kind.name)
        yield f"dates from {date.first}, as month, day of the week and years since then"
        yield from describe_empty(cells, "of no month, day or year in particular")
        if any(TIME.search(cell) for cell in {*cells}):
            yield "the time of day isn't used: an hour of its own would be"
        return
    column = columns[kind.name]
    if isinstance(column, NumericColumn):
        yield describe_range(column, cells)
        yield from describe_empty(
            cells, f"taken as the median, {column.write(column.middle or 0.0)}"
        )
        if is_row_number(kind.name, cells, column):
            yield "seems to number the rows: if so, --ignore it"
    else:
        texts = [text for text in column.categories if text != EMPTY]
        yield f"{count_things(len(texts), 'text')}, {list_first(texts, 4)}"
        own = EMPTY in column.categories
        yield from describe_empty(
            [cell and "x" for cell in cells],
            "a category of their own" if own else "taken as the average of all",
        )
        if len(column.categories) == 1:
            yield "always the same"
        yield from find_words(texts)
        yield from find_twins(texts)


def describe_range(column: NumericColumn, cells: Sequence[str]) -> str:
    """Return from where to where a column's numbers go, in all of its cells."""
    read = [read_or_none(cell, column.unit, column.grouped) for cell in {*cells}]
    numbers = [number for number in read if number is not None]
    low, high = column.write(min(numbers)), column.write(max(numbers))
    return f"always {low}" if low == high else f"{low} to {high}"


def describe_empty(cells: Sequence[str], how: str) -> Iterator[str]:
    """Yield how many cells are empty, or stand for that, and what is made of them."""
    counts = {cell: n for cell, n in Counter(cells).items() if stands_for_none(cell)}
    if counts:
        words = ["empty"] * ("" in counts) + [quote_text(cell) for cell in counts if cell]
        yield f"{sum(counts.values()):,} {' or '.join(words[:4])}: {how}"


def find_words(texts: Sequence[str]) -> Iterator[str]:
    """Yield which texts may stand for an empty cell, and are texts here."""
    words = [text for text in texts if stands_for_none(text)]
    if words:
        shown = quote_text(words[0])
        yield f"{shown} is a text, too: if it stands for an empty cell, --missing {shown}"


def find_twins(texts: Sequence[str]) -> Iterator[str]:
    """Yield which texts are the same but for capitals and spaces, if any are."""
    known = dict[str, str]()
    for text in texts:
        plain = "".join(text.casefold().split())
        if plain in known:
            both = f"{quote_text(known[plain])} and {quote_text(text)}"
            yield f"{both} differ in capitals or spaces alone"
            return
        known[plain] = text


def is_row_number(name: str, cells: Sequence[str], column: NumericColumn) -> bool:
    """Tell whether a column has whole numbers without a gap, or in order, or is called an id.

    >>> cells = ["5", "3", "4", *map(str, range(6, 14))]
    >>> is_row_number("x", cells, NumericColumn("x", 0.0, 1.0))
    True
    >>> is_row_number("x", ["1", "2"], NumericColumn("x", 0.0, 1.0))
    False
    """
    if len(cells) < FEWEST_ROWS or len({*cells}) < len(cells) or column.unit:
        return False
    numbers = [read_number(cell, grouped=column.grouped) for cell in cells]
    whole = [x for x in numbers if x is not None and x == x // 1]
    rising = sorted(whole)
    if len(whole) < len(cells) or any(map(eq, rising, rising[1:])):
        return False
    without_gap = rising[-1] - rising[0] == len(rising) - 1
    in_order = all(map(lt, whole, whole[1:])) or all(map(gt, whole, whole[1:]))
    return in_order or without_gap or bool(re.search(r"(?i)(^|[^a-z])id$", name))


def gives_away(
    cells: Sequence[str], targets: Sequence[str], column: TableColumn, target: TableColumn
) -> bool:
    """Tell whether a column has the target in other words: by each of its cells, or on a line.

    >>> cells, targets = ["S", "M"] * 9, ["small", "medium"] * 9
    >>> both = TextColumn("size", ("M", "S")), TextColumn("name", ("medium", "small"))
    >>> gives_away(cells, targets, *both), gives_away(cells, [*targets[:-1], "small"], *both)
    (True, False)
    """
    if len(cells) < FEWEST_ROWS:
        return False
    is_telling = is_on_a_line if isinstance(target, NumericColumn) else is_by_cell
    if isinstance(column, TextColumn):
        is_telling = is_by_cell
    return all(
        is_telling(cells[:count], targets[:count], column, target) for count in (SOME_ROWS, None)
    )


def is_by_cell(cells: Sequence[str], targets: Sequence[str], *_: TableColumn) -> bool:
    """Tell whether rows of the same cell, of which there are some, have the same target."""
    different, pairs = {*cells}, {*zip(cells, targets, strict=True)}
    return len(pairs) == len(different) <= len(cells) / 2 and len({*targets}) > 1


def is_on_a_line(cells: Sequence[str], targets: Sequence[str], column: Any, target: Any) -> bool:
    """Tell whether the target's numbers are a column's, but for a factor and a constant."""
    pairs = [
        (column.encode(cell)[0], target.encode(y)[0])
        for cell, y in zip(cells, targets, strict=True)
        if not stands_for_none(cell)
    ]
    try:
        return abs(statistics.correlation(*zip(*pairs, strict=True))) > TELLING
    except (statistics.StatisticsError, OverflowError, TypeError):  # of a constant, say
        return False
