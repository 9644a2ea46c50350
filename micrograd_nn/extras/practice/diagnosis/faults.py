"""A fault as it was found in an engine, with what shows it, as text and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...._ground.text import count_things
from ....checks.samples import Expression
from ....engine.table import OPERATIONS
from ....graph.graph import Graph
from .fault_table import REMARK
from .graphs import record_graph
from .search import compare_numbers
from .subject import Location

WIDEST = 80  # letters of a line


class GradientPair(NamedTuple):
    """A leaf's gradient, as the engine has it and as it is right."""

    name: str
    theirs: float | None
    right: float

    def __str__(self) -> str:
        return compare_numbers(self.name, self.theirs, self.right)


class Narrated(NamedTuple):
    """A step of the right backward pass in words; ``goes_wrong`` marks where the engine errs."""

    text: str
    goes_wrong: bool


@dataclass(frozen=True, eq=False)
class FoundFault:
    """A fault that an engine has, and what shows it, all of it plain data.

    ``example`` is the smallest graph on which it shows: its ``leaves``, and its ``lines``, each the
    name of an operation and its inputs, as an ``Expression`` has them. ``program`` is that graph in
    the engine's own words, ``gradients`` its numbers beside the right ones, ``where`` the line of
    the engine's source.
    """

    name: str
    title: str
    what: str
    hint: str
    severity: str
    where: Location | None = None
    example: Mapping[str, Any] | None = None
    program: str = ""
    gradients: Sequence[GradientPair] = ()
    steps: Sequence[Narrated] = ()
    note: str = ""
    error: str = ""
    operations: Sequence[str] = ()

    @cached_property
    def graph(self) -> Graph | None:
        """The smallest graph on which it shows, None where it shows without one."""
        if self.example is None:
            return None
        lines = [(OPERATIONS[name], inputs) for name, inputs in self.example["lines"]]
        return Graph(record_graph(Expression(self.example["leaves"], lines))[0], {})

    def __str__(self) -> str:
        return self.tell()

    def tell(self, width: int = WIDEST) -> str:
        """Return all of it as text, in lines of at most ``width`` letters."""
        parts = [self.title, self.what]
        if self.where:
            parts.append(f"Where: {self.where}")
        if self.error:
            parts.append(f"The error: {self.error}")
        if self.program:
            parts.append("The smallest graph that shows it:\n" + move_in(self.program))
        wrong = [one for one in self.gradients if one.theirs != one.right]
        parts += [f"{one}." for one in wrong]
        parts += [self.note] * bool(self.note)
        if self.steps:
            lines = [("→ " if step.goes_wrong else "  ") + step.text for step in self.steps]
            parts.append("The right steps:\n" + move_in("\n".join(lines)))
        parts += [f"Hint: {self.hint}"] * bool(self.hint)
        return "\n".join([wrap(part, width) for part in parts])

    def as_data(self) -> dict[str, Any]:
        """Return what a grader may want to know, as data."""
        return {
            "name": self.name,
            "title": self.title,
            "severity": self.severity,
            "what": self.what,
            "hint": self.hint,
            "operations": [*self.operations],
            "where": self.where._asdict() if self.where else None,
            "error": self.error or None,
            "program": self.program or None,
            "note": self.note or None,
            "gradients": [
                {"of": one.name, "theirs": one.theirs, "right": one.right} for one in self.gradients
            ],
        }


@dataclass(eq=False, repr=False)
class Examined:
    """What was found of an engine: see ``Diagnosis``, which tells it."""

    name: str
    found: InitVar[Sequence[FoundFault]] = ()
    missing: Sequence[str] = ()
    graph_count: int = 0
    unseen: Sequence[str] = ()
    given_up: str = ""
    why: str = ""
    operations: Sequence[str] = ()
    confined: bool = False

    def __post_init__(self, found: Sequence[FoundFault]) -> None:
        self.faults = [fault for fault in found if fault.severity != REMARK]
        self.remarks = [fault for fault in found if fault.severity == REMARK]
        self.status = 1 if self.faults else 2 * bool(self.why or self.given_up)
        self.verdict = (
            "can't be run" if self.why else
            f"{count_things(len(self.faults), 'fault')} found" if self.faults else
            "no fault was found" + " so far" * bool(self.given_up)
        )  # fmt: skip


def move_in(text: str) -> str:
    """Return lines moved in, as those of a program."""
    return textwrap.indent(text, "    ")


def wrap(text: str, width: int) -> str:
    """Return a paragraph in lines of at most ``width`` letters; what is moved in stays as it is."""
    return "\n".join(
        [
            line if line.startswith("    ") else textwrap.fill(line, width, break_long_words=False)
            for line in text.splitlines()
        ]
    )
