"""The requests that look: the listing, the path from the root, and the numbers, in groups."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..._ground.text import InputError, count_things
from ...notation.expressions import ParsedExpression
from ...stepping.passes import Computed, Seed
from .conditions import NO_NUMBER_YET, compute_expression
from .session import Arguments, Body, MakeRows, Session, answers, take
from .timeline import Stop, show_short
from .walkthrough import Quantity

MOST_ROWS = 100  # in one list; more are in groups of it
OWN_LINES = 1 << 20  # is added to the number of a frame that is a line of the user's
CHANGED = "◂"  # at what the step just taken has changed

Row = dict[str, Any]


@answers("source")
def show_source(session: Session, arguments: Arguments) -> Body:
    """Return a listing, by its reference: that of now, or one before."""
    source = arguments.get("source")
    given = source if isinstance(source, dict) else {}
    number = given.get("sourceReference") or arguments.get("sourceReference")
    if number == session.listings or (not number and session.is_source(source)):
        text = session.walkthrough.text
    elif type(number) is int and number in session.texts:
        text = session.texts[number]
    else:
        raise InputError("there is no such source: there is the program of the backpropagation")
    return {"content": text, "mimeType": "text/x-python"}


@answers("stackTrace")
def show_path_to_root(session: Session, arguments: Arguments) -> Body:
    """Return the path from the next step up to the root, as a stack."""
    start, levels = take(arguments, "startFrame", int, 0), take(arguments, "levels", int, 0)
    line_at = session.walkthrough.line_at
    frames: list[Row] = [
        {
            "id": position + 1,
            "name": name,
            "line": line_at[position],
            "column": 5,
            "source": session.source,
        }
        for name, position in session.timeline.list_frames()
    ]
    # On top are the user's own lines that led to an error, which an editor then opens.
    raised = [
        {
            "id": frames[0]["id"] + OWN_LINES * number,
            "name": f"raised in {line.function}",
            "line": line.line,
            "column": 1,
            "source": {"name": Path(line.file).name, "path": line.file},
        }
        for number, line in enumerate(session.stop.lines[:MOST_ROWS], start=1)
    ]
    frames = raised + frames
    shown = frames[max(start, 0) :]
    return {
        "stackFrames": shown[:levels] if levels > 0 else shown,
        "totalFrames": len(frames),
    }


@answers("scopes")
def list_scopes(session: Session, arguments: Arguments) -> Body:
    """Return the groups of numbers: of the step of a frame, and of the whole graph."""
    frame = take(arguments, "frameId", int)
    position = (frame - 1) % OWN_LINES
    if not 0 <= position <= len(session.timeline):
        raise InputError(f"there is no frame {frame}")
    groups = session.walkthrough.groups
    scopes: dict[str, tuple[Hashable, MakeRows]] = {
        "This step": (position, lambda: show_step(session, position)),
        "Gradients": ("Gradients", lambda: show_gradients(session)),
    }
    scopes |= {title: (title, group_rows(session, its)) for title, its in groups.items() if its}
    return {
        "scopes": [
            {
                "name": title,
                "variablesReference": session.keep_rows(*rows),
                "expensive": False,
                **({"presentationHint": "locals"} if title == "This step" else {}),
            }
            for title, rows in scopes.items()
        ]
    }


@answers("variables")
def list_variables(session: Session, arguments: Arguments) -> Body:
    """Return the rows of a group or of a node: all of them, since a long list is in groups."""
    return {"variables": [*session.find_rows(arguments)()]}


def make_row(name: str, value: str, kind: str = "", reference: int = 0, **more: Any) -> Row:
    """Return a row as the protocol has it."""
    return {"name": name, "value": value, "type": kind, "variablesReference": reference, **more}


def show_number(number: float | None) -> str:
    """Return a number with all its digits, since a client hands the text back to be edited."""
    return NO_NUMBER_YET if number is None else repr(number)


def show_step(session: Session, position: int) -> Iterator[Row]:
    """Yield what the step at a position is made of: short words, and long names as types."""
    timeline, walkthrough = session.timeline, session.walkthrough
    if position == len(timeline):
        return
    step = timeline.get_step(position + 1)
    result = "after" if timeline.position > position else "will be"
    data, gradients = walkthrough.data_names, walkthrough.gradient_names
    if isinstance(step, Computed):
        inputs = zip(step.node.inputs, step.node.numbers, strict=True)
        for i, (input, number) in enumerate(inputs, start=1):
            yield make_row(f"input {i}", repr(number), data.get(input, "a constant"))
        yield make_row(result, repr(walkthrough.numbers[step.node]), data[step.node])
    elif isinstance(step, Seed):
        yield make_row(result, "1.0", gradients[step.node])
    else:
        upstream, gradient = gradients[step.node], gradients[step.input]
        yield make_row("upstream", repr(step.upstream), upstream, evaluateName=upstream)
        yield make_row("local", repr(step.partial), f"∂{data[step.node]}/∂{data[step.input]}")
        yield make_row("share", repr(step.share), "upstream × local")
        yield make_row("before", show_number(timeline.find_before(position + 1)), gradient)
        yield make_row(result, repr(step.after), gradient)


def show_gradients(session: Session) -> Iterator[Row]:
    """Yield the gradients that have arrived, by their names in the listing, for its margin.

    Of many, those of the latest steps are told: an editor shows no more than a few.
    """
    timeline, names = session.timeline, session.walkthrough.gradient_names
    if timeline.position < timeline.start:
        return
    backprop = timeline.backprop
    nodes = backprop.list_latest(MOST_ROWS)[::-1]
    if (more := len(backprop.state) - len(nodes)) == 0:
        nodes.sort(key=timeline.graph.places.__getitem__)
    for node in nodes:
        quantity, name = Quantity(node, True), names[node]
        text = show_short(timeline.read_quantity(quantity)) + mark_change(session, quantity)
        yield make_row(name, text, "gradient", evaluateName=name)
    if more:
        yield make_row("before", f"{more:,} more, each with its node")


class NodeRows:
    """What a node expands to; it goes by its name, which a copy of the graph has, too."""

    def __init__(self, session: Session, name: str) -> None:
        self.session = session
        self.name = name

    def __call__(self) -> Iterator[Row]:
        """Yield the rows: its number, its gradient, what is to come, and how it was made."""
        timeline, name = self.session.timeline, self.name
        walkthrough, (node, _) = timeline.walkthrough, timeline.find_quantity(name)
        fixed: Row = {"presentationHint": {"attributes": ["readOnly"]}}
        hint: Row = {} if node.operation is None else fixed
        number = timeline.read_quantity(Quantity(node, False))
        yield make_row("data", show_number(number), "number", evaluateName=name, **hint)
        gradient = timeline.read_quantity(Quantity(node, True))
        slope = walkthrough.gradient_names[node]
        yield make_row("grad", show_number(gradient), "gradient", evaluateName=slope, **fixed)
        pending = timeline.backprop.pending(node)
        yield make_row("to come", count_things(pending, "step"), **fixed)
        if node.operation is not None:
            position = (timeline.number_of(node) or 0) - 1
            yield make_row("made by", walkthrough.line(position), **fixed)


def mark_change(session: Session, quantity: Quantity) -> str:
    """Return the mark behind a number that the step just taken has changed."""
    step = session.timeline.current
    return f" {CHANGED}" if step and session.timeline.find_changed(step) == quantity else ""


def make_node_row(session: Session, name: str) -> Row:
    """Return a node in one row: its number alone, which stands beside lines and is edited."""
    timeline, walkthrough = session.timeline, session.walkthrough
    node, _ = timeline.find_quantity(name)
    quantity = Quantity(node, False)
    text = show_short(timeline.read_quantity(quantity)) + mark_change(session, quantity)
    kind = node.operation.symbol if node.operation is not None else "input"
    kind = "parameter" if node in walkthrough.parameters else kind
    reference = session.keep_rows((name,), NodeRows(session, name))
    return make_row(name, text, kind, reference, evaluateName=name)


def group_rows(session: Session, names: Sequence[str]) -> MakeRows:
    """Return a row for each of these names, in groups within groups where they are many."""

    def list_rows() -> Iterator[Row]:
        if len(names) <= MOST_ROWS:
            for name in names:
                yield make_node_row(session, name)
            return
        size = MOST_ROWS
        while size * MOST_ROWS < len(names):
            size *= MOST_ROWS
        for start in range(0, len(names), size):
            part = names[start : start + size]
            reference = session.keep_rows(("group", *part), group_rows(session, part))
            title = f"{start + 1} to {start + len(part)}"
            yield make_row(title, f"{part[0]} … {part[-1]}", "", reference)

    return list_rows


@answers("setVariable")
def set_leaf(session: Session, arguments: Arguments) -> Body:
    """Give a leaf another number, in a copy of the graph: the user's own stays as it is."""
    name, timeline = take(arguments, "name", str), session.timeline
    if isinstance(rows := session.find_rows(arguments), NodeRows):
        name = rows.name if name == "data" else f"{rows.name}.{name}"
    node, is_gradient = timeline.find_quantity(name)
    if is_gradient or node.operation is not None:
        raise InputError("only the number of a leaf can be set: all else follows from those")
    number = compute_expression(
        ParsedExpression(take(arguments, "value", str)), timeline.find_number
    )
    session.place = timeline.with_number(node, number)
    if take(session.client, "supportsInvalidatedEvent", bool, False):
        # But VS Code would tell its last stop again then, with the numbers that it had.
        position = session.timeline.position
        text = session.timeline.describe_change(position) if position else ""
        session.tell_stop(Stop("step", text))
    return {"value": repr(number), "type": "number", "variablesReference": 0}
