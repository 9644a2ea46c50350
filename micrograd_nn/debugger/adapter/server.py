"""The server of the Debug Adapter Protocol: a port of this machine, a thread for each client."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from functools import partial
from itertools import chain
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Semaphore, current_thread
from typing import Any, BinaryIO, cast

from ..._ground.text import InputError
from ...engine.value import Value
from ...graph.graph import Graph
from .conversation import FramingError, Message, answer_all, read_request
from .session import Session
from .walkthrough import Walkthrough

HOST = "127.0.0.1"  # nobody but this machine
MOST_CLIENTS = 16  # at a time
WAIT = 0.1  # seconds, after which a client is waited for again, where one can't be served just now


class Talk(StreamRequestHandler):
    """The conversation with one client."""

    server: StepServer
    disable_nagle_algorithm = True  # an event behind an answer would wait 40 ms for that to arrive
    timeout = 30.0  # seconds, for the first message and within one

    def handle(self) -> None:
        """Answer until the client goes."""
        requests, first = self.receive(), None
        with suppress(FramingError, OSError):
            first = next(requests, None)
        if first is None:  # of a browser's page, say, on which nothing more is spent
            return
        self.server.is_met = True
        session = Session(self.server.walkthrough)
        answer_all(session, chain([first], requests), cast(BinaryIO, self.wfile))
        if self.server.is_once and session.has_begun:
            self.server.shutdown()

    def receive(self) -> Iterator[Message]:
        """Yield requests. Between two, an editor may think as long as it likes."""
        read: Any = self.rfile
        while (request := read_request(read)) is not None:
            self.connection.settimeout(None)
            yield request
            read.peek(1)
            self.connection.settimeout(self.timeout)


class StepServer(ThreadingTCPServer):
    """A server by which editors step through the passes of one graph.

    >>> with StepServer(Value(3.0, "x") * 2) as server:
    ...     print(server.describe().partition(":")[0])
    Stepping through v1

    Without a ``port`` it takes a free one. A port that is in use is an InputError.
    """

    daemon_threads = allow_reuse_address = True
    is_met = False  # by an editor
    request_queue_size = MOST_CLIENTS

    def __init__(
        self, root: Value | Graph, names: Any = None, port: int | None = None, is_once: bool = False
    ) -> None:
        self.is_once = is_once  # until the first editor that steps has left
        self.walkthrough = Walkthrough(Graph.of(root, names, "serve"))
        self.free = Semaphore(MOST_CLIENTS)
        if port is not None and not 0 < port < 1 << 16:
            raise InputError(f"a port is 1 to 65535, not {port}; without one, a free port is taken")
        try:
            super().__init__((HOST, port or 0), Talk)
        except OSError as error:
            raise InputError(
                f"can't listen on port {port}: {error.strerror}; without one, a free port is taken"
            ) from None
        self.port: int = self.server_address[1]

    def get_request(self) -> Any:
        """Return the next client; where there are no means for one just now, wait a little."""
        try:
            return super().get_request()
        except OSError:
            time.sleep(WAIT)
            raise  # which the server passes over

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Tell whether one more client can be served."""
        return self.free.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a client, in a thread of its own, which no debugger shows beside the user's."""
        vars(current_thread())["is_pydev_daemon_thread"] = True  # as pydevd marks its own
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.free.release()

    @property
    def configuration(self) -> dict[str, Any]:
        """What VS Code connects by."""
        return {
            "name": f"Backpropagation of {self.walkthrough.name}",
            "type": "debugpy",
            "request": "attach",
            "connect": {"host": HOST, "port": self.port},
            "debugServer": self.port,
        }

    def describe(self) -> str:
        """Return what to type into an editor, ready to paste."""
        return f"""\
Stepping through {self.walkthrough.name}: editors connect to port {self.port} of this machine.

VS Code, in .vscode/launch.json under "configurations":
  {json.dumps(self.configuration, ensure_ascii=False)}

Neovim with nvim-dap, in init.lua, and then as a command:
  require('dap').adapters.micrograd_nn = {{ type = 'server', host = '{HOST}', port = {self.port} }}
  :lua require('dap').run({{ type = 'micrograd_nn', request = 'attach', name = 'micrograd_nn' }})

Ctrl-C ends this."""


def serve_standard_streams(root: Value | Graph) -> None:
    """Let the editor that started this program step through a graph, by standard input and output.

    What the program prints meanwhile goes to standard error, lest it stands among the messages.
    """
    read, write = sys.stdin.buffer, sys.stdout.buffer
    with redirect_stdout(sys.stderr):
        answer_all(
            Session(Walkthrough(Graph.of(root, None, "serve"))),
            iter(partial(read_request, read), None),
            write,
        )
