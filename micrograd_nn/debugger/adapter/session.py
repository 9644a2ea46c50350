"""``Session``: what an adapter knows of one client, and the answers to its requests by their names.

A request's answer is a function of the session and the request's arguments, registered where its
subject is: ``moving``, ``breakpoints``, ``looking``, ``console``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from ..._ground.text import InputError, quote_text
from .timeline import AT_END, Stop, Timeline
from .walkthrough import Walkthrough

Arguments = dict[str, Any]
Body = dict[str, Any] | None
MakeRows = Callable[[], Iterator[dict[str, Any]]]
T = TypeVar("T")

NUMBERED = re.compile(r"\[\d+\]$")  # as Vimspector ends the names of its buffers
LISTING = "backpropagation of "  # as the name of a listing begins
THREAD = 1  # there is one: backpropagation
KINDS: dict[Any, str] = {str: "a text", int: "a whole number", bool: "true or false"}
LISTS: dict[Any, str] = {str: "a list of texts", dict: "a list of objects"}

HANDLERS: dict[str, Callable[[Session, Arguments], Body]] = {}


def answers(command: str) -> Callable[[Any], Any]:
    """Register a function as what answers a request of that name."""

    def register(function: Any) -> Any:
        HANDLERS[command] = function
        return function

    return register


class Session:
    """One client's place in a walkthrough, and what it has been told."""

    def __init__(self, script: Any) -> None:
        self.script = script  # that is launched, and has graphs one after the other
        self.listings = 0  # that were opened so far
        self.texts: dict[int, str] = {}  # of the listings before, by their references
        self.asked: dict[str, Arguments] = {}  # what to stop at in any listing
        self.breakpoint_ids = count(1)
        self.place: Timeline | None = None  # in the program that is stepped through
        self.client: Arguments = {}  # what it said of itself
        self.launched: Arguments = {}  # how it began
        self.stop = Stop("entry")
        self.is_open = True
        self.has_ended = False  # which is told once, until one steps back
        self.events: list[dict[str, Any]] = []  # to be sent after the answer
        self.send: Callable[[dict[str, Any]], None] = self.events.append  # at once, in talking
        self.rows: list[MakeRows] = []  # of what can be expanded until the next move
        self.references: dict[Hashable, int] = {}  # of what was told of already

    def open(self, walkthrough: Walkthrough) -> None:
        """Begin to step through a program."""
        before = self.place
        if before is not None:
            self.texts[self.listings] = before.walkthrough.text
        self.place = Timeline(walkthrough)
        self.listings += 1
        for command, arguments in self.asked.items():  # by the names of the new graph
            HANDLERS[command](self, arguments)
        if before is not None and before.walkthrough.text == walkthrough.text:
            self.timeline.lines = before.lines

    @property
    def timeline(self) -> Timeline:
        """The place in the program that is stepped through."""
        if self.place is None:
            raise InputError("nothing is stepped through yet: launch a program")
        return self.place

    @property
    def walkthrough(self) -> Walkthrough:
        """The program that is stepped through."""
        return self.timeline.walkthrough

    def tell(self, event: str, **body: Any) -> None:
        """Put an event behind the answer: a client that hears of a stop first thinks it runs on."""
        self.events.append({"type": "event", "event": event, "body": body})

    def say(self, text: str) -> None:
        """Print a line into the client's console."""
        self.tell("output", category="console", output=f"{text}\n")

    def tell_stop(self, stop: Stop) -> None:
        """Tell the client that and why the program stands still."""
        self.refuse_running()
        self.stop = stop
        self.has_ended &= self.timeline.position == len(self.timeline)
        self.rows.clear()
        self.references.clear()
        told: dict[str, Any] = {"description": stop.text, "text": stop.text} if stop.text else {}
        self.tell("stopped", reason=stop.reason, threadId=THREAD, allThreadsStopped=True, **told)

    def tell_entry(self) -> None:
        """Tell the client that a listing has opened, as a place to stop at.

        "entry" would be before a script's first line, and VS Code's view of numbers stays shut.
        One that an error has ended stops at the user's line.
        """
        self.tell_stop(self.walkthrough.stop or Stop("breakpoint"))

    def end(self) -> None:
        """Tell the client that the program has ended; one that goes on then stands at the end.

        A script that waits runs on first, and may come to another graph.
        """
        self.refuse_running()
        if self.script.go_on():
            return
        if self.has_ended:
            self.tell_stop(Stop("step", AT_END))
        else:
            self.has_ended = True
            self.tell("terminated")

    def refuse_running(self) -> None:
        """Refuse to move where the listing is that of before."""
        if self.script.is_running:
            raise InputError("the program runs: it stops at its next step_back, or at its end")

    def take_events(self) -> list[dict[str, Any]]:
        """Return the events that weren't sent yet."""
        events, self.events = self.events, []
        return events

    # The listing, as a source of the client's.

    @property
    def source(self) -> dict[str, Any]:
        """The listing as the protocol names it."""
        name = f"{LISTING}{make_file_name(self.walkthrough.name)}.py"
        number = self.listings
        if number > 1:
            name = f"{number}, {name}"
        path = str(Path(self.script.program, name))
        return {"name": name, "path": path, "sourceReference": number, "origin": "micrograd_nn"}

    def is_source(self, given: Any) -> bool:
        """Tell whether a client means the listing: by a reference, by a path, or by a name."""
        if not isinstance(given, dict):
            return False
        path, own = given.get("path"), self.source
        if isinstance(path, str) and path:  # of a virtual source, some clients prefix a folder
            return bool(NUMBERED.sub("", Path(path).name) == own["name"])
        reference = given.get("sourceReference") or -1
        return bool(reference == own["sourceReference"] or given.get("name") == own["name"])

    # What can be expanded.

    def keep_rows(self, key: Hashable, rows: MakeRows) -> int:
        """Return the reference under which a client may ask for these rows.

        What has the same key has one reference until the next move, however often it is told.
        """
        if key not in self.references:
            self.rows.append(rows)
            self.references[key] = len(self.rows)
        return self.references[key]

    def find_rows(self, arguments: Arguments) -> MakeRows:
        """Return the rows of a reference."""
        reference = take(arguments, "variablesReference", int)
        if not 0 < reference <= len(self.rows):
            raise InputError(f"nothing has the reference {reference} since the last move")
        return self.rows[reference - 1]


def take(arguments: Arguments, name: str, kind: type[T], default: T | None = None) -> T:
    """Return what a request gives by a name, of this kind; without a default, it must be given."""
    given = arguments.get(name)
    if given is None and default is not None:
        return default
    if type(given) is not kind:
        raise InputError(f"{name} is {KINDS[kind]}, not {quote_text(given)}")
    return given


def take_list(arguments: Arguments, name: str, kind: type[T]) -> list[T]:
    """Return a list of things of this kind among a request's arguments; without one, it's empty."""
    found = arguments.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, kind) for item in found):
        raise InputError(f"{name} is {LISTS[kind]}, not {quote_text(found)}")
    return found


def make_file_name(name: str) -> str:
    """Return a name as part of a file's, whatever it is."""
    kept = "".join([sign if sign.isalnum() or sign in " ._-" else "_" for sign in name])
    return kept.strip(" ._")[:60] or "value"
