"""A fault as it was found in an engine, with what shows it, as text and as data.

It is made of a sign: the line of the engine, the smallest graph, the numbers, in words.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...._ground.text import add_article, count_things, join_words, list_first, show_line
from ....checks.samples import Expression
from ....engine.backprop import Step
from ....engine.table import OPERATIONS
from ....graph.graph import Graph
from ....notation.formulas.narration import narrate
from .capabilities import Sign
from .examination import Examination
from .fault_table import FAULTS, REMARK, Fault
from .graphs import WrittenForm, name_graph, record_graph
from .search import compare_numbers
from .subject import Location
from .suspects import Mistakes

WIDEST = 80  # letters of a line
HIDING = "nothing else can be judged until this is mended"
MOST_MISSING = 8  # operations that are listed


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


def describe_rest(examined: Examined) -> Iterator[str]:
    """Yield what there is to say beside the faults: remarks, what is missing or unseen."""
    for one in examined.remarks:
        yield f"{one.title}. {one.what}"
    if examined.missing:
        missing = list_first(examined.missing, MOST_MISSING, " and {left} more")
        yield f"It has no {missing}, which isn't a fault."
    if examined.given_up:
        yield f"No more was asked of it: {examined.given_up}."
    if examined.unseen:
        yield f"Not looked at: {join_words(examined.unseen)}."


def describe_sign(sign: Sign, examination: Examination, severity: str) -> FoundFault:
    """Return a sign as it is reported, as a fault or a remark."""
    fault = FAULTS[sign.fault]
    operations = list_operations(sign)
    title, what = write_fault(fault, sign, operations)
    error = sign.error
    return FoundFault(
        fault.name,
        title,
        what,
        fault.hint.replace("{operation}", join_words(operations) or "the operation"),
        severity,
        where=examination.sources.quote(*sign.at) if sign.at else None,
        **show_graph(sign, examination),
        note=" ".join(describe_note(sign, examination)),
        error=show_line(": ".join(filter(None, [error["type"], error["message"]])), 200)
        if error.get("type")
        else "",
        operations=operations,
    )


def describe_note(sign: Sign, examination: Examination) -> Iterator[str]:
    """Yield sentences on what was seen, and on what can't be."""
    if sign.note:
        yield sign.note
    if sign.fault in ("unseeded", "cleared") and sign.mistakes and not any(sign.grads):
        yield f"All gradients are 0, so {HIDING}."
    yield from dict.fromkeys([mistake.note for mistake in sign.mistakes if mistake.note])
    if any("with_leaves" in mistake.traits for mistake in sign.mistakes):
        yield f"All gradients are 1, so {HIDING}."
    lines = sorted(sign.lines - {sign.error.get("line", 0)})
    if lines:
        named = f"line{'s' * (len(lines) > 1)} {join_words([str(line) for line in lines])}"
        yield f"The same error comes from {named}."


def write_fault(fault: Fault, sign: Sign, operations: Sequence[str]) -> tuple[str, str]:
    """Return a fault's title and what it is, of the operations concerned."""
    named = join_words(operations) or "each operation"
    if fault.name == "raises":
        kind = sign.error.get("type")
        stops = "stops" if len(operations) == 1 else "stop"
        named = f"{named} {stops} with {add_article(kind)}." if kind and operations else (
            f"This graph stops with {add_article(kind)}." if kind else "")  # fmt: skip
    if fault.name == "overwrite" and not operations:
        named = "in all operations"
    title, what = [text.replace("{operation}", named) for text in (fault.title, fault.what)]
    misconceptions = dict.fromkeys(
        m.title[0].lower() + m.title[1:] for m in sign.mistakes if m.title
    )
    if misconceptions:
        title = f"{named}: {join_words([*misconceptions])}"
    return title[:1].upper() + title[1:] if named[:1].isupper() else title, what


def list_operations(sign: Sign) -> list[str]:
    """Return the operations that a sign is about, as they are written: a · b, tanh."""
    names = dict.fromkeys(
        WrittenForm(m.operation, m.kinds).write() if m.kinds else write_operation(m.operation)
        for m in sign.mistakes if m.operation
    )  # fmt: skip
    return [form.write() for form in sign.forms] + [*names]


def write_operation(name: str) -> str:
    """Return an operation as a sentence names it."""
    row = WrittenForm(name, "").row
    text = row.written(*"ab"[: len(row.inputs)])
    return row.name if text.startswith(row.name) else text


def show_graph(sign: Sign, examination: Examination) -> dict[str, Any]:
    """Return the smallest graph of a sign: recorded, as a program, in numbers and in steps."""
    if sign.graph is None:
        return {}
    written = examination.capabilities.written
    lines = write_graph_program(sign.graph, written) + write_passes(sign, examination)
    root, nodes = record_graph(sign.graph)
    graph = Graph(root, {})
    right = [graph.gradients.get(node, 0.0) for node in nodes[: len(sign.graph.leaves)]]
    gradients = [
        GradientPair(f"∂y/∂{node.own_label}", theirs, number)
        for node, theirs, number in zip(nodes, sign.grads, right, strict=False)
    ]
    steps = [
        Narrated(
            " · ".join([narrate(step, root, graph.names)[i] for i in (0, -1)]),
            goes_wrong(step, sign.mistakes),
        )
        for step in graph.steps
    ]
    example = {
        "leaves": sign.graph.leaves,
        "lines": [[row.name, inputs] for row, inputs in sign.graph.lines],
    }
    return {"example": example, "program": "\n".join(lines), "gradients": gradients, "steps": steps}


def write_passes(sign: Sign, examination: Examination) -> list[str]:
    """Return the lines of a program that call ``backward`` as the doctor did, once or twice."""
    written, options = examination.capabilities.written, examination.options
    grad, blank = written.get("grad", "{0}.grad"), written.get("blank", "0.0")
    one_pass = [f"{grad.format('y')} = 1.0"] * bool(options.get("assist"))
    one_pass *= sign.fault != "unseeded"
    one_pass.append(written["backward"].format("y", "1.0" * bool(options.get("argument"))))
    if not sign.is_second or sign.graph is None:
        return one_pass
    count = len(sign.graph.leaves)
    zeroed = [f"{grad.format(name)} = {blank}" for name in name_graph(sign.graph)[:count]]
    again = write_graph_program(sign.graph, written)[count:] if sign.is_made_again else []
    return [*one_pass, *zeroed, *again, *one_pass]


def write_graph_program(graph: Expression, written: Mapping[str, str]) -> list[str]:
    """Return a graph as a program for the engine itself, in the calls that the doctor made."""
    names = name_graph(graph)
    lines = [
        f"{name} = {written['leaf'].format(repr(number))}"
        for name, number in zip(names, graph.leaves, strict=False)
    ]
    for place, (row, inputs) in enumerate(graph.lines, len(graph.leaves)):
        given = [names[x] if type(x) is int else repr(x) for x in inputs]
        text = row.written(*given)
        if len(inputs) == 1 and row.name in written:
            text = written[row.name].format(*given)
        if len(inputs) == 2 and row.name == "pow":
            text = " ** ".join([f"({x})" if x.startswith("-") else x for x in given])
        lines.append(f"{names[place]} = {text}")
    return lines


def goes_wrong(step: Step, mistakes: Mistakes) -> bool:
    """Tell whether a right step is one that mistakes change."""
    for m in mistakes:
        operation = step.node.operation
        if operation is None or not m.concerns(operation.name, step.position):
            continue
        if m.traits & {"share", "forgets", "rounds", "receiver", "base"}:
            return True
        if "overwrites" in m.traits and step.before != 0.0:
            return True
        if m.walk and step.before != 0.0 and step.input.operation is not None:
            return True
    return False
