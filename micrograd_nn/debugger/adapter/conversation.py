"""A conversation with one client: each request is answered, and then the events are told."""

from __future__ import annotations

from typing import BinaryIO

from ...text import show_line
from . import beginning, breakpoints, console, looking, moving  # noqa: F401 (they register answers)
from .framing import FramingError, Message, read_message, write_message
from .session import HANDLERS, Session
from .walkthrough import Walkthrough

LONGEST_TOLD = 2_000  # characters of an error


def converse(walkthrough: Walkthrough, read: BinaryIO, write: BinaryIO) -> None:
    r"""Answer a client until it disconnects, vanishes, or sends what is no message.

    >>> from io import BytesIO
    >>> from micrograd_nn import Value
    >>> from micrograd_nn.graph import Graph
    >>> request = b'Content-Length: 49\r\n\r\n{"seq":1,"type":"request","command":"disconnect"}'
    >>> answers = BytesIO()
    >>> converse(Walkthrough(Graph(-Value(3.0), {})), BytesIO(request), answers)
    >>> read_message(BytesIO(answers.getvalue()))["success"]
    True
    """
    session = Session(walkthrough)
    sent = 0
    try:
        while session.is_open and (request := read_message(read)) is not None:
            for message in answer_request(session, request):
                sent += 1
                write_message(write, {"seq": sent, **message})
    except (FramingError, OSError):
        pass  # of a stream that is closed or holds no messages: there is nobody to tell
    finally:
        session.close()


def answer_request(session: Session, request: Message) -> list[Message]:
    """Return the answer to a request and the events that follow it.

    A mistake of the client's ends no conversation: it is told, and nothing has happened.
    """
    if request.get("type") != "request":
        return []
    command, arguments = request.get("command"), request.get("arguments")
    session.is_typed = command == "evaluate"
    sequence = request.get("seq")
    answer: Message = {
        "type": "response",
        "request_seq": sequence if type(sequence) is int else 0,
        "command": command if isinstance(command, str) else "",
    }
    try:
        function = HANDLERS.get(answer["command"])
        if function is None:
            raise ValueError(f"there is no request {show_line(str(command))}")
        body = function(session, arguments if isinstance(arguments, dict) else {})
        answer["success"] = True
        if body is not None:  # an empty one is refused by Helix
            answer["body"] = body
    except Exception as error:
        session.events.clear()
        told = str(error)[:LONGEST_TOLD] or type(error).__name__
        answer |= {"success": False, "message": told.partition("\n")[0]}
        # In "format", braces would be places to fill.
        shown = told.replace("{", "(").replace("}", ")")
        answer["body"] = {"error": {"id": 1, "format": shown, "showUser": False}}
    messages, session.events = [answer, *session.events], []
    return messages
