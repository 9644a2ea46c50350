"""A table that needn't fit in memory: it is read in pieces, and its numbers stand on disk.

The file is read twice: for what each column is, and for its numbers, a file for each column. What a
network learns of a column, and the three parts of the rows, are the same as if all were in memory;
a training then takes windows of rows.
"""

from __future__ import annotations

import math
import os
import shutil
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from ..files import explain_error, is_device
from ..text import InputError, quote_text, show_path
from ..train.examples import Window
from ..train.windows import Windows
from .columns import NumericColumn, TableColumn, TextColumn, read_finite, require_text, standardise
from .encoding import Encoding, list_inputs, refuse_same, refuse_useless, require_two_rows
from .kinds import CellCounts, is_row_number
from .options import Options
from .parts import ExampleParts, cut_places, refuse_held_back, tell_left_out
from .reading import iterate_tables
from .spelling import AS_USUAL, Spelling
from .table import BadCellsError, Table, convert_columns

WINDOW = 32_768  # rows in memory at a time
PARTS = "training", "validation", "test"
BYTES = 8  # of a number
WHERE_ELSE = "make room, or name another folder as TMPDIR"


class Source:
    """The file of a table, read in pieces as often as one asks, and how many rows were left out."""

    def __init__(self, path: str | os.PathLike[str], spelling: Spelling = AS_USUAL) -> None:
        if is_device(path):
            raise InputError(f"{show_path(path)}: --stream reads twice: save the rows as a file")
        self.path, self.spelling, self.name = path, spelling, show_path(path)
        self.needed: Collection[str] = ()  # columns of which no cell may be empty
        self.left_out = 0
        self.version = self.find_version()

    def look_at_header(self) -> Table:
        """Return the first rows."""
        with closing(iterate_tables(self.path, self.spelling)) as pieces:
            return next(pieces)

    def find_version(self) -> tuple[int, ...]:
        """Return what changes when the file does; nothing of one that can't be read."""
        with suppress(OSError, ValueError):
            found = os.stat(self.path)
            return found.st_ino, found.st_size, found.st_mtime_ns
        return ()

    def require_unchanged(self) -> None:
        """Refuse a file that has changed since it was first looked at."""
        if self.find_version() != self.version:
            raise InputError(f"{self.name} has changed while it was read: train again")

    def iterate(self) -> Iterator[Table]:
        """Yield the table in pieces, without rows that lack a needed cell."""
        self.left_out = 0
        self.require_unchanged()
        for piece in iterate_tables(self.path, self.spelling):
            places = [piece.places[name] for name in self.needed]
            kept = [i for i, row in enumerate(piece.rows) if all(row[x] for x in places)]
            self.left_out += len(piece.rows) - len(kept)
            if len(kept) == len(piece.rows):
                yield piece
            elif kept:
                yield piece.take(kept)
        self.require_unchanged()


class StoredColumn:
    """A column's numbers in a file, in the table's order; texts stand for themselves by number."""

    def __init__(self, path: Path, name: str, unit: str | None) -> None:
        self.path, self.name, self.unit = path, name, unit  # no unit at all: texts
        self.texts: dict[str, int] = {}

    def append(self, piece: Table) -> None:
        """Write the cells of more rows; those that can't be used are a BadCellsError."""
        numbers = self.read_cells(piece)
        with write_stored(self.path) as file:
            numbers.tofile(file)

    def read_cells(self, piece: Table) -> array[float]:
        """Return the numbers of a piece's cells."""
        if self.unit is None:
            number = partial(number_text, self.texts)
            return array("d", piece.convert(self.name, number))
        cells = piece.column(self.name)
        if not self.unit and "_" not in "".join(cells):
            with suppress(ValueError):  # the fast way, where all cells are as they should be
                numbers = array("d", map(float, cells))
                if all(map(math.isfinite, numbers)):
                    return numbers
        return array("d", piece.convert(self.name, partial(read_finite, unit=self.unit)))

    def load(self) -> array[float]:
        """Return the numbers of all rows."""
        numbers = array("d")
        with open(self.path, "rb") as file:
            numbers.frombytes(file.read())
        return numbers

    def learn(self, source: str, numbers: Sequence[float]) -> TableColumn:
        """Return what the numbers of the training rows tell of the column."""
        if self.unit is None:
            texts = [*self.texts]
            return TextColumn(self.name, tuple(sorted([texts[int(x)] for x in {*numbers}])))
        where = f"{source}, column {quote_text(self.name)}"
        return NumericColumn(self.name, *standardise(numbers, where), self.unit)


class StoredWindows(Windows):
    """Examples on disk, a file for each number of a row: the inputs, and the target at last."""

    def __init__(self, files: Sequence[Path], rows: int, size: int, has_classes: bool) -> None:
        super().__init__([min(size, rows - start) for start in range(0, rows, size)])
        self.files, self.size, self.has_classes = files, size, has_classes

    def load(self, place: int) -> Window:
        """Return a window by its place, from 0."""
        width, count = len(self.files), self.sizes[place]
        numbers = array("d", bytes(BYTES * width * count))
        for i, path in enumerate(self.files):
            column = array("d")
            with open(path, "rb") as file:
                file.seek(BYTES * self.size * place)
                column.frombytes(file.read(BYTES * count))
            numbers[i::width] = column
        return Window(numbers, width, self.has_classes)


class Streaming:
    """A table on its way to disk: what its columns are, its numbers, and its parts as examples."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source, self.folder = source, folder
        self.columns: dict[str, StoredColumn] = {}
        self.rows = 0
        self.cut: list[array[int]] = []  # the places of the rows of each part
        self.row_numbers: list[str] = []  # inputs that seem to number the rows

    def survey(self, target: str, ignore: Sequence[str], classes: bool) -> dict[str, CellCounts]:
        """Read the file for what each column is, the target's at last; return their counts."""
        names = [*list_inputs(self.source.look_at_header(), target, ignore), target]
        counts = {name: CellCounts() for name in names}
        for piece in self.source.iterate():
            for name, count in counts.items():
                count.add(piece.column(name))
        units = {
            name: None
            if classes and name == target
            else count.find_unit(f"{self.source.name}, column {quote_text(name)}")
            for name, count in counts.items()
        }
        self.rows = counts[target].cells
        self.require_rows()
        require_two_rows(self.source.name, self.rows)
        widths = {name: len(counts[name].different) for name in names[:-1] if units[name] is None}
        refuse_useless(self.source.name, self.rows, widths)  # before all their texts are in memory
        self.store(units)
        return counts

    def require_rows(self) -> None:
        """Refuse a table without rows that can be used."""
        if not self.rows:
            told = "every row has an empty cell, or one that --missing takes for empty"
            raise InputError(f"{self.source.name}: {told}: fill in what matters")

    def store(self, units: Mapping[str, str | None]) -> None:
        """Read the file for the numbers of columns of these units; bad cells are one error."""
        for i, (name, unit) in enumerate(units.items()):
            self.columns[name] = StoredColumn(self.folder / f"column-{i}", name, unit)
        self.require_room(len(units) * self.rows)
        self.rows, first, found = 0, "", Counter[str]()
        for piece in self.source.iterate():
            self.rows += len(piece.rows)
            piece.require([*units], "columns trained on")
            try:
                convert_columns(units, partial(self.append, piece))
            except BadCellsError as error:
                first = first or error.first
                found.update(error.counts)
        if found:
            raise BadCellsError(first, found, set())
        self.require_rows()

    def append(self, piece: Table, name: str) -> None:
        """Write the cells that a column has in more rows."""
        self.columns[name].append(piece)

    def require_room(self, numbers: int) -> None:
        """Refuse to begin what the disk has no room for."""
        needed, free = BYTES * numbers, shutil.disk_usage(self.folder).free
        if needed > free:
            told = f"{needed / 1e9:.1f} GB, and {show_path(self.folder)} has {free / 1e9:.1f} GB"
            raise InputError(f"--stream needs {told}: {WHERE_ELSE}")

    def learn(self, options: Options, target: str) -> Encoding:
        """Return what the training rows tell of each column."""
        training = self.cut_places(options)[0]
        learnt = []
        for column in self.columns.values():
            numbers = column.load()
            learnt.append(column.learn(self.source.name, [numbers[i] for i in training]))
            if column.unit == "" and column.name != target and is_row_number(column.name, numbers):
                self.row_numbers.append(column.name)
        *inputs, last = learnt
        encoding = Encoding(tuple(inputs), last)
        stored, targets = self.columns[target], self.columns[target].load()
        if encoding.n_outputs == 1 and len({targets[i] for i in training}) == 1:
            texts, number = [*stored.texts], targets[training[0]]
            cell = texts[int(number)] if texts else f"{number!r}{stored.unit or ''}"
            refuse_same(self.source.name, target, cell, "target of a training row")
        return encoding

    def cut_places(self, options: Options) -> list[array[int]]:
        """Return the places of the rows of each part, always the same ones."""
        if not self.cut:
            cut = cut_places(self.rows, options, self.source.name)
            self.cut = [array("l", places) for places in cut]
        return self.cut

    def encode(self, encoding: Encoding, options: Options) -> ExampleParts:
        """Return the parts of the rows as examples, in windows."""
        size = max(1, WINDOW // options.batch_size) * options.batch_size
        columns = [*encoding.input_columns, encoding.target]
        self.require_room(self.rows * (encoding.n_inputs + 1))
        parts: dict[str, Any] = {}
        left_out: list[str] = []
        for name, places in zip(PARTS, self.cut_places(options), strict=True):
            if name != "training" and places:
                places, told = self.drop_unusable(columns, places, name)
                left_out += [told] * bool(told)
            files = [*self.write_part(columns, places, name)] if places else []
            windows = StoredWindows(files, len(places), size, encoding.is_classification)
            parts[name] = windows if places else []
        for column in self.columns.values():
            column.path.unlink()
        return ExampleParts(**parts, left_out=left_out, source=self.source.name)

    def drop_unusable(
        self, columns: Iterable[TableColumn], places: array[int], part: str
    ) -> tuple[array[int], str]:
        """Return the places of rows that can be predicted, and what is left out, and why."""
        bad: dict[int, str] = {}
        *_, target = columns
        for column in columns:
            encode, numbers = self.find_rule(column), self.columns[column.name].load()
            for i in places:
                if encode(numbers[i]) is None and i not in bad:
                    bad[i] = self.explain(column, numbers[i])
                    if column is target:
                        refuse_held_back(bad[i])
        if len(bad) == len(places):
            raise InputError(f"no {part} row can be predicted: {next(iter(bad.values()))}")
        kept = array("l", [i for i in places if i not in bad])
        first = next(iter(bad.values()), "")
        return kept, tell_left_out(part, len(bad), len(places), first) if bad else ""

    def explain(self, column: TableColumn, number: float) -> str:
        """Tell what is wrong with a cell that has no number."""
        stored = self.columns[column.name]
        cell = [*stored.texts][int(number)] if stored.unit is None else f"{number!r}{stored.unit}"
        try:
            column.encode(cell)
        except InputError as error:
            return f"{self.source.name}, column {quote_text(column.name)}: {error}"
        raise AssertionError(cell)

    def find_rule(self, column: TableColumn) -> Callable[[float], float | None]:
        """Return what makes a stored number one that a network takes: of texts, a category's place.

        What has none gives None.
        """
        if isinstance(column, NumericColumn):
            mean, scale = column.mean, column.scale

            def encode(x: float) -> float | None:
                number = (x - mean) / scale
                return number if math.isfinite(number) else None

            return encode
        known = {text: float(i) for i, text in enumerate(column.categories)}
        places = [known.get(text) for text in self.columns[column.name].texts]
        return lambda x: places[int(x)]

    def write_part(
        self, columns: Sequence[TableColumn], places: array[int], part: str
    ) -> Iterator[Path]:
        """Write the numbers of a part's rows, a file for each number of a row."""
        *_, target = columns
        for i, column in enumerate(columns):
            encode, numbers = self.find_rule(column), self.columns[column.name].load()
            found: Any = [encode(numbers[place]) for place in places]
            if unusable := found.count(None):  # trained on, as others were left out
                told = self.explain(column, numbers[places[found.index(None)]])
                told += "; correct the cell or delete its row"
                raise BadCellsError(told, {column.name: unusable}, set())
            if isinstance(column, TextColumn) and column is not target:
                for k in range(column.width):
                    yield self.write_numbers(f"{part}-{i}-{k}", [float(x == k) for x in found])
            else:
                yield self.write_numbers(f"{part}-{i}", found)

    def write_numbers(self, name: str, numbers: Iterable[float]) -> Path:
        """Write numbers into a file of the folder and return its path."""
        path = self.folder / name
        with write_stored(path) as file:
            array("d", numbers).tofile(file)
        return path


@contextmanager
def write_stored(path: Path) -> Iterator[BinaryIO]:
    """Open a file of numbers to write more of them; what prevents it is an InputError."""
    try:
        with open(path, "ab") as file:
            yield file
    except OSError as error:
        told = f"--stream can't write in {show_path(path.parent)} ({explain_error(error)})"
        raise InputError(f"{told}: {WHERE_ELSE}") from None


def number_text(texts: dict[str, int], cell: str) -> int:
    """Return the number of a text, a new one at its first time; an empty cell is refused."""
    return texts.setdefault(require_text(cell), len(texts))
