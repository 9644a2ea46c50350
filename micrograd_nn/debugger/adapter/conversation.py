"""A conversation with one client, message by message: a request, its answer, and the events.

A message is a header, then JSON of that length. Whatever isn't one ends the conversation, such as a
length that nobody could mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import count
from threading import Lock
from typing import Any, BinaryIO

from ..._ground.text import quote_text
from . import breakpoints, console, looking, moving  # noqa: F401 (they register answers)
from .session import HANDLERS, Session

LARGEST_MESSAGE = 1 << 20  # bytes; a client's requests are small
LONGEST_HEADER = 200  # bytes of a line
LONGEST_TOLD = 2_000  # characters of an error

Message = dict[str, Any]


def answer_all(session: Session, requests: Iterable[Message], write: BinaryIO) -> None:
    """Answer a client until it disconnects, vanishes, or sends what isn't a message."""
    numbers, turn = count(1), Lock()

    def send(message: Message) -> None:
        with turn:  # of several threads, where a script runs
            write_message(write, {"seq": next(numbers), **message})

    session.send = send
    try:
        for request in requests:
            for message in answer_request(session, request):
                send(message)
            if not session.is_open:
                break
    except (FramingError, OSError):
        pass  # of a stream that is closed or holds no messages: there is nobody to tell


def answer_request(session: Session, request: Message) -> list[Message]:
    """Return the answer to a request and the events that follow it.

    A mistake of the client's ends no conversation: it is reported, and nothing has happened.
    """
    sequence, command = request.get("seq"), request.get("command")
    arguments = {} if request.get("arguments") is None else request["arguments"]
    answer: Message = {
        "type": "response",
        "request_seq": sequence if type(sequence) is int else 0,
        "command": command if isinstance(command, str) else "",
    }
    try:
        function = HANDLERS.get(answer["command"])
        if function is None:
            raise ValueError(f"there is no request {quote_text(command)}")
        if not isinstance(arguments, dict):
            raise ValueError(f"arguments is an object, not {quote_text(arguments)}")
        body = function(session, arguments)
        answer["success"] = True
        if body is not None:
            answer["body"] = body
    except Exception as error:
        session.events.clear()
        told = str(error)[:LONGEST_TOLD] or type(error).__name__
        answer |= {"success": False, "message": told.partition("\n")[0]}
        # In "format", braces would be places to fill.
        shown = told.replace("{", "(").replace("}", ")")
        answer["body"] = {"error": {"id": 1, "format": shown}}
    return [answer, *session.take_events()]


class FramingError(ValueError):
    """A stream that holds no messages of the protocol."""


def read_request(stream: BinaryIO) -> Message | None:
    """Return the next message of an editor, which is a request, or None."""
    message = read_message(stream)
    if message is not None and message.get("type") != "request":
        raise FramingError(f"an editor sends requests, not {quote_text(message.get('type'))}")
    return message


def read_message(stream: BinaryIO) -> Message | None:
    """Return the next message of a stream, None where it ends, also within a message."""
    length = read_length(stream)
    if length is None:
        return None
    content = stream.read(length)
    if len(content) < length:
        return None
    try:
        message = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FramingError(f"a message that isn't JSON: {error}") from None
    if not isinstance(message, dict):
        raise FramingError(f"a message is a JSON object, not {content[:40]!r}")
    return message


def read_length(stream: BinaryIO) -> int | None:
    """Read a message's header and return its length, None where the stream ends."""
    length = b""
    while (line := stream.readline(LONGEST_HEADER)) not in (b"", b"\r\n"):
        name, _, text = line.partition(b":")
        if name.lower() == b"content-length":
            length = text.strip()
    if not line:
        return None
    if not length.isdigit() or len(length) > 9 or int(length) > LARGEST_MESSAGE:
        raise FramingError(f"a message of {length[:20]!r} bytes: {LARGEST_MESSAGE:,} at most")
    return int(length)


def write_message(stream: BinaryIO, message: Message) -> None:
    """Write a message to a stream."""
    content = json.dumps(message, allow_nan=False).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
    stream.flush()
