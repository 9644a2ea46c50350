"""The statements that a function's lines are made of: a class of them for each language."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, ClassVar, NamedTuple

from ....engine.operation import Operation
from ....engine.table import mean
from ....notation.writing.notation import Notation
from .blocks import SUMS
from .lookups import Steps

NAME = re.compile(r"\b[^\W\d]\w*")
LIST_WIDTH = 100  # of a line with a list of names
TURNS_AHEAD = 4  # of which sums are made at once
COUNTER = "at"  # of a run
FEWEST_NODES = 100  # of a file that stands alone and has loops


def find_names(lines: Iterable[str]) -> set[str]:
    """Return all names that stand in lines."""
    return {name for line in lines for name in NAME.findall(line)}


def find_called(text: str, parts: Mapping[str, str], names: re.Pattern[str]) -> list[str]:
    """Return the names of the parts that a text calls, and of those that these call, in order."""
    called: set[str] = set()
    waiting = [text]
    while waiting:
        new = {*names.findall(waiting.pop())} & parts.keys() - called
        called |= new
        waiting += [parts[name] for name in new]
    return [name for name in parts if name in called]


def wrap_list(texts: Sequence[str], indent: int, width: int = LIST_WIDTH) -> list[str]:
    """Return a list in lines of a limited width, a comma behind each item."""
    lines, line = [], " " * indent
    for text in texts:
        if line.strip() and len(line) + len(text) + 1 > width:
            lines.append(line.rstrip())
            line = " " * indent
        line += f"{text}, "
    return [*lines, line.rstrip()]


def change_unused(lines: Sequence[str], defined: re.Pattern[str], form: str) -> list[str]:
    """Return lines, in another form those that define a ``name`` that no other line has."""
    counts = Counter(name for line in lines for name in NAME.findall(line))
    return [
        match.expand(form)
        if (match := defined.match(line)) and counts[match["name"]] == 1
        else line
        for line in lines
    ]


class Run(NamedTuple):
    """Items of an array: from the index ``begin`` to before ``end``, ``step`` apart."""

    array: str
    begin: str
    end: str
    step: int
    length: int

    @property
    def item(self) -> str:
        """The item at ``COUNTER``.

        >>> Run("h", "4 * i", "4 * i + 8", 2, 4).item, Run("h", "3", "3", 0, 5).item
        ('h[4 * i + 2 * at]', 'h[3]')
        """
        begin = "" if self.begin == "0" else f"{self.begin} + "
        times = "" if self.step == 1 else f"{self.step} * "
        return f"{self.array}[{f'{begin}{times}{COUNTER}' if self.step else self.begin}]"


class Statements(ABC):
    """The statements that a function's lines are made of, in one language."""

    notation: Notation
    indent: ClassVar[str]
    end_if: ClassVar[str] = ""
    skips: ClassVar[bool] = True  # whether lines may be left out of a row where a number is 0
    has_items: ClassVar[bool] = False  # whether lookups take parameters by their places
    columns: ClassVar[str] = "columns"  # the array of derivatives that have no names
    end: ClassVar[str] = ""  # of a line
    comments: ClassVar[str] = "# {}"
    skip_row: ClassVar[str]  # goes on to the next row where a number is 0
    begin_if: ClassVar[str]  # begins what is left out where a number is 0

    @abstractmethod
    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""

    def increase(self, name: str, text: str) -> str:
        """Add a number to one that has a name."""
        return f"{name} += {text}{self.end}"

    @abstractmethod
    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""

    @abstractmethod
    def keep(self, text: str) -> str:
        """Keep the result of a row."""

    def keep_all(self, *texts: str) -> str:
        """Keep several results of a row."""
        return self.keep(f"[{', '.join(texts)}]")

    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Add a number to an item of a list, at a place that is known when the program runs."""
        return f"{steps.write_item(name, place)} += {text}{self.end}"


class LoopStatements(Statements):
    """The statements of a language that programs with loops are written in.

    Only programs of ``fewest_nodes`` have loops, and those that take fewer than ``most_written``
    numbers in all are written out; so are sums of up to ``longest_written`` numbers, by whichever
    operation of those that are ``looped``.
    """

    row: ClassVar[str] = "row"  # the array that a loop takes inputs from
    has_all_columns: ClassVar[bool] = False  # not just those that loops move along
    end_loop: ClassVar[str] = ""
    fewest_nodes: ClassVar[int] = 0
    most_written: ClassVar[int] = 0
    longest_written: ClassVar[int] = 0
    looped: ClassVar[Set[Operation]] = SUMS - {mean}

    @abstractmethod
    def begin_loop(self, counter: str, turns: int, is_reversed: bool) -> str:
        """Begin a loop of ``turns``, maybe from the last to the first."""

    @abstractmethod
    def declare_array(self, name: str, size: int) -> str:
        """Make room for the results of a loop."""

    @abstractmethod
    def begin_sums(self, name: str, size: int) -> str:
        """Make room for sums that begin as -0.0."""

    @abstractmethod
    def begin_sum(self, name: str) -> str:
        """Begin a sum as -0.0, to which anything can be added without a change."""

    def add_term(self, name: str, text: str) -> str:
        """Add a number to a sum."""
        return f"{name} += {text}{self.end}"

    @abstractmethod
    def add_run(self, name: str, runs: Sequence[Run]) -> str:
        """Add the numbers of a run to a sum, or the products of two."""

    def begin_sum_ahead(
        self, name: str, new_name: Callable[[str], str], weights: Run, others: Run, stride: int,
        block: Any,
    ) -> str:  # fmt: skip
        """Begin a sum with the products of two runs, those of ``TURNS_AHEAD`` turns at once.

        The weights move by a stride with the block's turns, the others don't. It is "" where a
        language has no such statement.
        """
        return ""

    @abstractmethod
    def spread(self, target: Run, factor: Run | None, is_slope: bool, x: str) -> str:
        """Add a number to each of a run, or its products with the factors.

        ``is_slope`` tells whether these are the derivatives by parameters.
        """


class BracedStatements(LoopStatements):
    """The statements of C, and of a language that writes loops as C does."""

    counting: ClassVar[str]  # what declares a counter
    end = ";"
    end_if = end_loop = "}"

    def count_up(self, counter: str, turns: int | str) -> str:
        """Return the head of a loop, from the first turn to the last."""
        return f"for ({self.counting} {counter} = 0; {counter} < {turns}; {counter}++)"

    def begin_loop(self, counter: str, turns: int, is_reversed: bool) -> str:
        """Begin a loop of ``turns``, maybe from the last to the first."""
        if is_reversed:
            return f"for ({self.counting} {counter} = {turns - 1}; {counter} >= 0; {counter}--) {{"
        return f"{self.count_up(counter, turns)} {{"

    def add_run(self, name: str, runs: Sequence[Run]) -> str:
        """Add the numbers of a run to a sum, or the products of two."""
        product = " * ".join([run.item for run in runs])
        return f"{self.count_up(COUNTER, runs[0].length)} {name} += {product};"

    def spread(self, target: Run, factor: Run | None, is_slope: bool, x: str) -> str:
        """Add a number to each of a run, or its products with the factors."""
        amount = x if factor is None else f"{x} * {factor.item}"
        return f"{self.count_up(COUNTER, target.length)} {target.item} += {amount};"
