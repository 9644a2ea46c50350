"""The C of a function that returns a status at a number that isn't finite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ....engine import table as op
from ....engine.operation import Operation
from ..programs.statements import COUNTER, FEWEST_NODES, LoopStatements, Run
from .lanes import LoopedC
from .notation import C, CIdentifiers

# These give no finite number where one of theirs isn't: it is enough to look at the result.
PASS_ON = {op.add, op.sub, op.mul, op.neg}
MACROS = re.compile(r"(M|FP|MATH|HUGE)_\w+|NAN|INFINITY|REQUIRE|linux|unix|math_errhandling|done")


class LocalIdentifiers(CIdentifiers):
    """Identifiers that are no macros, nor any of a header's names."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = f"{prefix}_".lower()

    def new(self, label: str) -> str:
        """Return an identifier like this label that no other number has."""
        name = super().new(label)
        if MACROS.fullmatch(name) or name.lower().startswith(self.prefix):
            return super().new(f"of_{name}")
        return name


class CheckedC(C):
    """C in which each operation that could lose an infinity takes names, which are looked at."""

    def needs_name(self, operation: Operation, i: int) -> bool:
        """Tell whether an operation's form takes its input ``i`` as a name or a number only."""
        return operation not in PASS_ON or super().needs_name(operation, i)


class CheckedStatements(LoopedC):
    """Statements that leave a function of one row at a number that isn't finite.

    What is added to an array is looked at when all of it is there.
    """

    row = "row"
    has_items = False
    looped = LoopStatements.looped  # nothing else would give a mean whose sum overflows
    fewest_nodes = FEWEST_NODES

    def __init__(self, name: str) -> None:
        super().__init__()
        self.notation = CheckedC()
        self.name = name
        self.sums: dict[str, int | str] = {}

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"{'double ' * is_new}{name} = {text}; REQUIRE({name});"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        return f"if ({'!' * outcome}({x} {how} {y})) return {self.name}_OTHER_BRANCH;"

    def keep_all(self, *texts: str) -> str:
        """Keep the results."""
        return "\n".join(
            f"results[{i}] = {text}; REQUIRE(results[{i}]);" for i, text in enumerate(texts)
        )

    def keep(self, text: str) -> str:
        """Keep the result."""
        return self.keep_all(text)

    def begin_sums(self, name: str, size: int) -> str:
        """Make room for sums that begin as -0.0."""
        self.sums[name] = size
        return super().begin_sums(name, size)

    def require_all(self, name: str, size: int | str) -> str:
        """Look at all numbers of an array."""
        return f"{self.count_up(COUNTER, size)} REQUIRE({name}[{COUNTER}]);"

    def add_term(self, name: str, text: str) -> str:
        """Add a number to a sum."""
        line = super().add_term(name, text)
        return line if name.endswith("]") else f"{line} REQUIRE({name});"

    def add_run(self, name: str, runs: Sequence[Run]) -> str:
        """Add the numbers of a run to a sum, or the products of two."""
        return f"{super().add_run(name, runs)}\nREQUIRE({name});"

    def begin_sum_ahead(self, name: str, *given: Any) -> str:
        """Begin a sum with the products of two runs, those of several turns at once."""
        begin = super().begin_sum_ahead(name, *given)
        return f"{begin} REQUIRE({name});" if begin else ""

    def skip_row(self, x: str) -> str:
        """Leave out the rest where a number is 0."""
        return f"if ({x} == 0.0) goto done;"
