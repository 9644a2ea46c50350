"""How messages of the Debug Adapter Protocol stand in a stream: a header, then JSON of that length.

Whatever isn't such a message ends the conversation: a browser that posts here, or a length
that nobody could mean.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

LARGEST_MESSAGE = 1 << 20  # bytes; a client's requests are small
LONGEST_HEADER = 200  # bytes of a line
HEADERS = {b"content-length", b"content-type"}  # a browser would send others, too

Message = dict[str, Any]


class FramingError(ValueError):
    """A stream that holds no messages of the protocol.

    >>> raise FramingError("no header of the protocol: b'GET /'")
    Traceback (most recent call last):
    micrograd_nn.debugger.adapter.framing.FramingError: no header of the protocol: b'GET /'
    """


def read_message(stream: BinaryIO) -> Message | None:
    r"""Return the next message of a stream, None where it ends.

    >>> from io import BytesIO
    >>> read_message(BytesIO(b'Content-Length: 9\r\n\r\n{"seq":1}'))
    {'seq': 1}

    A stream that ends within a message has no more of them.

    >>> read_message(BytesIO(b"Content-Length: 9\r\n\r\n{"))
    """
    length = read_length(stream)
    if length is None:
        return None
    content = stream.read(length)
    if len(content) < length:
        return None
    try:
        message = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FramingError(f"a message that is no JSON: {error}") from None
    if not isinstance(message, dict):
        raise FramingError(f"a message is a JSON object, not {content[:40]!r}")
    return message


def read_length(stream: BinaryIO) -> int | None:
    r"""Read a message's header and return its length, None where the stream ends.

    >>> from io import BytesIO
    >>> read_length(BytesIO(b"GET /\r\n"))
    Traceback (most recent call last):
    micrograd_nn.debugger.adapter.framing.FramingError: no header of the protocol: b'GET /\r\n'
    """
    found: dict[bytes, bytes] = {}
    while (line := stream.readline(LONGEST_HEADER)) not in (b"", b"\r\n"):
        name, _, text = line.partition(b":")
        name = name.lower()
        if name not in HEADERS or name in found or not line.endswith(b"\r\n"):
            raise FramingError(f"no header of the protocol: {line[:40]!r}")
        found[name] = text.strip()
    if not line:
        return None
    length = found.get(b"content-length", b"")
    if not length.isdigit() or len(length) > 9 or int(length) > LARGEST_MESSAGE:
        raise FramingError(f"a message of {length[:20]!r} bytes: {LARGEST_MESSAGE:,} at most")
    return int(length)


def write_message(stream: BinaryIO, message: Message) -> None:
    r"""Write a message to a stream.

    >>> from io import BytesIO
    >>> stream = BytesIO()
    >>> write_message(stream, {"seq": 1})
    >>> stream.getvalue()
    b'Content-Length: 10\r\n\r\n{"seq": 1}'
    """
    content = json.dumps(message, allow_nan=False).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
    stream.flush()
