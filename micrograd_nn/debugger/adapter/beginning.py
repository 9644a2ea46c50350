"""The requests with which a conversation begins and ends."""

from __future__ import annotations

from ...text import InputError
from .moving import continue_forward
from .session import Arguments, Body, Session, answers, take_text, take_whole
from .timeline import ALARMS, Stop

SUPPORTED = [
    "StepBack", "ConfigurationDoneRequest", "ConditionalBreakpoints", "HitConditionalBreakpoints",
    "LogPoints", "FunctionBreakpoints", "DataBreakpoints", "EvaluateForHovers", "SetVariable",
    "GotoTargetsRequest", "RestartRequest", "RestartFrame", "TerminateRequest",
    "CompletionsRequest", "ExceptionInfoRequest", "LoadedSourcesRequest",
    "BreakpointLocationsRequest", "DelayedStackTraceLoading", "SteppingGranularity",
]  # fmt: skip
SOURCES = ("virtual", "file")


@answers("initialize")
def initialize(session: Session, arguments: Arguments) -> Body:
    """Say what this adapter can do."""
    session.client = arguments
    filters = [
        {"filter": name, "label": alarm.label, "default": name == "nan"}
        for name, alarm in ALARMS.items()
    ]
    supported = {f"supports{name}": True for name in SUPPORTED}
    return {**supported, "exceptionBreakpointFilters": filters}


@answers("launch")
@answers("attach")
def begin(session: Session, arguments: Arguments) -> None:
    """Begin at the step that is asked for, else where gradients begin to flow."""
    source = take_text(arguments, "source", SOURCES[0])
    if source not in SOURCES:
        raise InputError(f"source is {' or '.join(SOURCES)}, not {source}")
    if source == "file":
        session.write_file()
    step = take_whole(arguments, "step", session.entry)
    if not 0 <= step <= len(session.timeline):
        raise InputError(f"step is 0 to {len(session.timeline)}, not {step}")
    session.entry = step
    session.stops_on_entry = arguments.get("stopOnEntry") is not False
    session.timeline.goto(step)
    session.tell("initialized")


@answers("configurationDone")
def finish_configuration(session: Session, arguments: Arguments) -> None:
    """Stand at the entry, or run on to the first breakpoint."""
    if session.stops_on_entry:
        session.tell_stop(Stop("entry"))
    else:
        continue_forward(session, arguments)


@answers("restart")
def restart(session: Session, arguments: Arguments) -> None:
    """Stand at the entry again."""
    session.timeline.goto(session.entry)
    session.tell_stop(Stop("entry"))


@answers("terminate")
def terminate(session: Session, arguments: Arguments) -> None:
    """End the program; the client then disconnects."""
    session.has_ended = False  # whoever asks for it is told, whatever was before
    session.end()


@answers("disconnect")
def disconnect(session: Session, arguments: Arguments) -> None:
    """End the conversation."""
    session.is_open = False
