"""The requests that begin and end a conversation, and those that move: steps, runs and jumps."""

from __future__ import annotations

from ..._ground.text import InputError
from .session import THREAD, Arguments, Body, Session, answers, take
from .timeline import ALARMS, AT_BEGINNING, AT_END, Stop
from .walkthrough import Walkthrough

SUPPORTED = [
    "StepBack", "ConfigurationDoneRequest", "ConditionalBreakpoints", "DataBreakpoints",
    "EvaluateForHovers", "SetVariable", "CompletionsRequest",
    "TerminateRequest", "DelayedStackTraceLoading", "SteppingGranularity",
]  # fmt: skip


@answers("initialize")
def initialize(session: Session, arguments: Arguments) -> Body:
    """Say what this adapter can do."""
    for name in ("linesStartAt1", "columnsStartAt1"):
        if not take(arguments, name, bool, True):
            raise InputError(f"{name} is true here: lines and columns are counted from 1")
    # A wrong one is refused here, not later.
    take(arguments, "supportsInvalidatedEvent", bool, True)
    session.client = arguments
    return {
        **{f"supports{name}": True for name in SUPPORTED},
        "exceptionBreakpointFilters": [
            {"filter": name, "label": alarm.label, "default": name == "nan"}
            for name, alarm in ALARMS.items()
        ],
    }


@answers("launch")
def launch(session: Session, arguments: Arguments) -> None:
    """Let a script run; what it comes to is told later."""
    if session.script.is_running or session.listings:
        raise InputError("one program is launched at a time: disconnect, and launch")
    session.launched = arguments
    session.script.launch(arguments)


def arrive(session: Session, outcome: Walkthrough | InputError | None) -> None:
    """Step through what a script has come to, or end with it, and tell why."""
    try:
        if isinstance(outcome, InputError):
            raise outcome
        if outcome is None:
            return session.end()
        session.open(outcome)
        for told in outcome.graph.adoption.notes if outcome.graph.adoption else ():
            session.tell("output", category="important", output=f"{told}\n")
        enter(session) if session.listings == 1 else session.tell_entry()
    except InputError as error:
        session.tell("output", category="important", output=f"{error}\n")
        session.tell("terminated")
    return None


def read_beginning(arguments: Arguments, entry: int = 0) -> tuple[int, bool]:
    """Return the step to begin at, and whether to stop there, as asked for."""
    return take(arguments, "step", int, entry), take(arguments, "stopOnEntry", bool, True)


def enter(session: Session) -> None:
    """Stand at the step that is asked for, else where gradients begin to flow."""
    step, _ = read_beginning(session.launched, session.timeline.position)
    if not 0 <= step <= len(session.timeline):
        raise InputError(f"step is 0 to {len(session.timeline)}, not {step}")
    session.timeline.goto(step)
    session.tell("initialized")


@answers("configurationDone")
def finish_configuration(session: Session, arguments: Arguments) -> None:
    """Stand at the entry, or run on to the first breakpoint."""
    _, stops = read_beginning(session.launched)
    if stops or session.walkthrough.stop:
        session.tell_entry()
    else:
        continue_forward(session, arguments)


@answers("terminate")
def terminate(session: Session, arguments: Arguments) -> None:
    """End the program; the client then disconnects."""
    session.has_ended = True
    session.tell("terminated")


@answers("disconnect")
def disconnect(session: Session, arguments: Arguments) -> None:
    """End the conversation."""
    session.is_open = False


def move(session: Session, position: int, reason: str = "step") -> None:
    """Stand at a position and say what the step to it has changed; past the end, end."""
    timeline = session.timeline
    if position > len(timeline):
        session.end()
        return
    timeline.goto(max(0, position))
    text = AT_BEGINNING if position < 0 else ""
    if reason == "step" and timeline.position:
        text = timeline.describe_change(timeline.position)
    session.tell_stop(Stop(reason, text))


@answers("stepIn")  # no line calls anything
@answers("next")
def step_over(session: Session, arguments: Arguments) -> None:
    """Take one step."""
    move(session, session.timeline.position + 1)


@answers("stepBack")
def step_back(session: Session, arguments: Arguments) -> None:
    """Take back one step."""
    move(session, session.timeline.position - 1)


@answers("stepOut")
def step_out(session: Session, arguments: Arguments) -> None:
    """Go past the steps of this node; of the forward pass, to where gradients begin to flow."""
    timeline = session.timeline
    later = [turn for turn in timeline.turns.values() if turn > timeline.position]
    move(session, min(later, default=max(len(timeline), timeline.position + 1)))


@answers("continue")
def continue_forward(session: Session, arguments: Arguments) -> Body:
    """Run forward to what stops it; from the end, end."""
    if session.timeline.position == len(session.timeline):
        session.end()
    else:
        session.tell_stop(session.timeline.run_to_stop(1, session.say))
    return {"allThreadsContinued": True}


@answers("reverseContinue")
def continue_back(session: Session, arguments: Arguments) -> None:
    """Run back to what stops it."""
    session.tell_stop(session.timeline.run_to_stop(-1, session.say))


@answers("pause")
def pause(session: Session, arguments: Arguments) -> None:
    """Stand still, as between requests it always does."""
    session.tell_stop(Stop("pause"))


def jump(session: Session, position: int) -> None:
    """Stand at a position, if it is one."""
    if not 0 <= position <= len(session.timeline):
        raise InputError(f"the steps are 0, {AT_BEGINNING}, to {len(session.timeline)}, {AT_END}")
    move(session, position, "goto")


@answers("threads")
def list_threads(session: Session, arguments: Arguments) -> Body:
    """Return the one thread there is."""
    name = f"∂{session.walkthrough.name}" if session.listings else "the program"
    return {"threads": [{"id": THREAD, "name": name}]}
