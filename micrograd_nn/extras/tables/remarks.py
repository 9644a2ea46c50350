"""How each column of a table was read, as one sees it before a training: ten lines at most."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..._ground.text import count_things, list_first, quote_text
from .columns import EMPTY, NumericColumn, TableColumn, TextColumn, count_numbers
from .encoding import Encoding
from .kinds import Kind
from .spelling import stands_for_none
from .table import Table

MOST_LINES = 9  # under the first
MOST_ODD = 6  # of them, where there are more columns than lines
FEWEST_ROWS = 10  # from which on a column can seem odd
SOME_ROWS = 200  # which mostly tell that a column doesn't give the target away
TOTAL = re.compile(r"(?i)((grand )?total|sum|summe|gesamt)")  # of the rows above, in the last
TIME = re.compile(r"[T ].*[1-9]")  # of a day, but for midnight
NINES = re.compile(r"-?9+\.0")
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
    columns = {column.name: column for column in encoding.input_columns}
    lines, odd, others = list[str](), list[str](), defaultdict[str, list[str]](list)
    for name, kind in kinds.items():
        if name == target.name:
            continue
        parts, column = [f"left out: {kind.useless}"], columns.get(name)
        if column:
            parts = [*describe_column(table, column)]
        if column and gives_away(table.column(name), targets, column, target):
            parts.append(f"gives {target.name} away: if it's known no sooner, --ignore it")
            odd.insert(0, f"  {name}: {'; '.join(parts)}")  # the worst, so it is told first
        elif len(parts) > 1 or kind.useless:
            odd.append(f"  {name}: {'; '.join(parts)}")
        else:
            is_date = isinstance(column, NumericColumn) and column.is_date
            others["texts" if kind.is_text else "dates" if is_date else "numbers"].append(name)
        lines.append(f"  {name}: {'; '.join(parts)}")
    if len(lines) > MOST_LINES:
        more = [line.split(":")[0].strip() for line in odd[MOST_ODD:]]
        told = f"  and {len(more)} more with something odd: {list_first(more, 4)}"
        lines = odd[:MOST_ODD] + [told] * bool(more)
        lines += [
            f"  {count_things(len(names), 'column')} of {word}: {list_first(names, 6)}"
            for word, names in others.items()
        ]
    if any(map(TOTAL.fullmatch, table.rows[-1])):
        lines.append(f"  line {table.lines[-1]} seems to sum up the others: if so, delete it")
    if isinstance(target, TextColumn):
        what = f"{target.width} classes"
        lines += [f"  {target.name}: {told}" for told in find_words(target.categories)]
    else:
        counts = table.count(target.name)
        what, few = describe_range(target, counts), len(counts)
        if few <= 10 < len(table.rows):
            told = f"has only {few} different numbers: if they stand for classes, add --classes"
            lines.append(f"  {target.name} {told}")
        lines += [f"  {target.name}: {told}" for told in find_nines(counts, target)]
    lines += [f"  no cell is {quote_text(text)}, which --missing names" for text in table.unmet]
    first = f"{table.source}, {count_things(len(table.rows), 'row')}: {target.name} ({what})"
    return [f"{first} is learned from {count_things(len(encoding.names), 'column')}", *lines]


def describe_column(table: Table, column: TableColumn) -> Iterator[str]:
    """Yield how a column's cells were read, and what is odd about them."""
    counts = table.count(column.name)
    if isinstance(column, NumericColumn):
        more = ", with month and day of the week" * column.is_date
        yield describe_range(column, counts) + more
        middle = column.write(column.mean if column.middle is None else column.middle)
        yield from describe_empty(counts, f"taken as the median, {middle}")
        if column.is_date and any(map(TIME.search, counts)):
            yield "the time of day isn't used: a column for the hour would be"
        yield from find_nines(counts, column)
        is_new = len(counts) == len(table.rows)  # in each row
        if is_new and is_row_number(table.column(column.name), column):
            yield "seems to number the rows: if so, --ignore it"
        return
    texts = sorted({*counts} - {""})
    yield f"{count_things(len(texts), 'text')}, {list_first(texts, 4)}"
    own = "a category of their own" if EMPTY in column.categories else "taken as the average of all"
    yield from describe_empty({"": counts[""]} if "" in counts else {}, own)
    if len(counts) == 1:
        yield "always the same"
    yield from find_words(texts)
    yield from find_twins(texts)


def describe_range(column: NumericColumn, cells: Iterable[str]) -> str:
    """Return from where to where a column's numbers go, in all of its cells."""
    numbers = [x for x in map(column.read_or_none, cells) if x is not None]
    low, high = min(numbers), max(numbers)
    least = column.write(low)
    return f"{least} to {column.write(high)}" if low < high else f"always {least}"


def describe_empty(counts: Mapping[str, int], how: str) -> Iterator[str]:
    """Yield how many cells are empty, or stand for that, and what is made of them."""
    counts = {cell: n for cell, n in counts.items() if stands_for_none(cell)}
    if counts:
        words = ["empty"] * ("" in counts) + [quote_text(cell) for cell in counts if cell]
        yield f"{sum(counts.values()):,} {' or '.join(words[:4])}: {how}"


def find_nines(cells: Mapping[str, int], column: NumericColumn) -> Iterator[str]:
    """Yield which end of a column's range may stand for an empty cell, as -999 does in many tables.

    >>> cells = {"-999": 1, "3": 2, "4.5": 1, "-999.0": 1}
    >>> [*find_nines(cells, NumericColumn("x", 0.0, 1.0))]
    ["2 cells are -999: if that stands for an empty cell, --missing '-999'"]
    """
    if column.unit:
        return
    counts = count_numbers(cells, {cell: column.read_or_none(cell) for cell in cells})
    for number in [x for x in counts if NINES.fullmatch(str(x))]:
        count, others = counts[number], [x for x in counts if x != number]
        if count < 2 or len(others) < 2:
            continue
        low, high = min(others), max(others)
        if max(low - number, number - high) > high - low:
            shown = f"{number:.0f}"
            yield (
                f"{count:,} cells are {shown}: if that stands for an empty cell, --missing "
                f"'{shown}'"
            )


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
            yield (
                f"{quote_text(known[plain])} and {quote_text(text)} differ in capitals or "
                "spaces alone"
            )
            return
        known[plain] = text


def is_row_number(cells: Sequence[str], column: NumericColumn) -> bool:
    """Tell whether cells, no two alike, are whole numbers without a gap, or in order, or ids.

    >>> cells = ["5", "3", "4", *map(str, range(6, 14))]
    >>> is_row_number(cells, NumericColumn("x", 0.0, 1.0))
    True
    >>> is_row_number(["1", "2"], NumericColumn("x", 0.0, 1.0))
    False
    """
    if column.unit or len(cells) < FEWEST_ROWS:
        return False
    numbers = [*map(column.read_or_none, cells)]
    rising = sorted({x for x in numbers if x is not None and x % 1 == 0})
    if len(rising) < len(cells):
        return False
    without_gap = rising[-1] - rising[0] == len(rising) - 1
    in_order = numbers in (rising, rising[::-1])
    return without_gap or in_order or bool(re.search(r"(?i)(^|[^a-z])id$", column.name))


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
    are_numbers = isinstance(column, NumericColumn) and isinstance(target, NumericColumn)
    is_telling = is_on_a_line if are_numbers else is_by_cell
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
