"""The requests that say what to stop at: lines, changes of a number, and alarms."""

from __future__ import annotations

from typing import Any

from ..._ground.text import InputError, quote_text
from .conditions import Condition
from .looking import NodeRows
from .session import Arguments, Body, Session, answers, take, take_list
from .timeline import ALARMS
from .walkthrough import Quantity


def read_condition(session: Session, given: Arguments) -> Condition | None:
    """Return what a client's breakpoint depends on; what can't be understood is an InputError."""
    for key in ("hitCondition", "logMessage"):
        if take(given, key, str, "").strip():
            raise InputError(f"{key} isn't understood here: give a condition, such as d_w > 1")
    text = take(given, "condition", str, "").strip()
    condition = Condition(text) if text else None
    for name in condition.names if condition else ():
        session.timeline.find_quantity(name)
    return condition


def answer(session: Session, **more: Any) -> dict[str, Any]:
    """Return a breakpoint as the protocol has it."""
    return {"id": next(session.breakpoint_ids), **more}


@answers("setBreakpoints")
def set_line_breakpoints(session: Session, arguments: Arguments) -> Body:
    """Stop at these lines of the listing, or at the next below that are steps."""
    wanted, source = take_list(arguments, "breakpoints", dict), arguments.get("source")
    if not isinstance(source, dict):
        raise InputError(f"source is an object, not {quote_text(source)}")
    if not session.is_source(source):
        message = "this is not the program of the backpropagation that is stepped through"
        return {"breakpoints": [answer(session, verified=False, message=message) for _ in wanted]}
    walkthrough, lines, found = session.walkthrough, {}, []
    for given in wanted:
        line = take(given, "line", int)
        position = walkthrough.find_position(line)
        told: dict[str, Any] = {
            "verified": False,
            "line": line,
            "source": session.source,
        }
        try:
            condition = read_condition(session, given)
            if position is None:
                raise InputError("there is no step at this line or below")
            lines[position] = condition
            told |= {"verified": True, "line": walkthrough.line_at[position]}
        except InputError as error:
            told["message"] = str(error)
        found.append(answer(session, **told))
    session.timeline.lines = lines
    return {"breakpoints": found}


@answers("setExceptionBreakpoints")
def set_alarms(session: Session, arguments: Arguments) -> Body:
    """Stop where these things go wrong."""
    session.asked["setExceptionBreakpoints"] = arguments
    wanted = take_list(arguments, "filters", str)
    session.timeline.alarms = {name for name in ALARMS if name in wanted}
    return {"breakpoints": [{"verified": name in [*ALARMS]} for name in wanted]}


@answers("dataBreakpointInfo")
def find_data(session: Session, arguments: Arguments) -> Body:
    """Return by which name a number can be watched: a node means its gradient."""
    name, timeline = take(arguments, "name", str), session.timeline
    try:
        rows = session.find_rows(arguments) if arguments.get("variablesReference") else None
        name = f"{rows.name}.{name}" if isinstance(rows, NodeRows) else name
        node = timeline.find_quantity(name).node
        # A node may have such a name itself.
        if name.endswith(".data") and name not in session.walkthrough.quantities:
            raise InputError(
                "a number changes once, where it is computed: break at that line, or watch grad"
            )
        watched = session.walkthrough.gradient_names[node]
    except InputError as error:
        return {"dataId": None, "description": str(error)}
    return {
        "dataId": watched,
        "description": f"{watched} changes",
        "accessTypes": ["write"],
        "canPersist": True,
    }


@answers("setDataBreakpoints")
def set_data_breakpoints(session: Session, arguments: Arguments) -> Body:
    """Stop where these gradients change, instead of those before; in later listings, too."""
    wanted, found = take_list(arguments, "breakpoints", dict), []
    session.asked["setDataBreakpoints"] = arguments
    timeline = session.timeline
    timeline.changes.clear()
    for given in wanted:
        try:
            node = timeline.find_quantity(take(given, "dataId", str)).node
            timeline.changes[Quantity(node, True)] = read_condition(session, given)
            found.append(answer(session, verified=True))
        except InputError as error:
            found.append(answer(session, verified=False, message=str(error)))
    return {"breakpoints": found}
