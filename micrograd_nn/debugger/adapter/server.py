"""The server of the Debug Adapter Protocol: a port of this machine, a thread for each client."""

from __future__ import annotations

import errno
import json
import socket
import sys
import threading
import time
from contextlib import redirect_stdout, suppress
from typing import Any

from ...engine.value import Value
from ...graph.graph import Graph
from ...text import InputError
from .conversation import converse
from .walkthrough import Walkthrough

HOST = "127.0.0.1"  # nobody but this machine
MOST_CLIENTS = 16  # at a time
PASSING = {  # errors of accept that are over after a while
    errno.ECONNABORTED, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPROTO,
    errno.EINTR, errno.EAGAIN,
}  # fmt: skip
WAIT = 0.1  # seconds, until then


class StepServer:
    """A server by which editors step through the passes of one graph.

    >>> with StepServer(Value(3.0) * 2) as server:
    ...     server.start()
    ...     client = socket.create_connection((HOST, server.port))
    ...     client.close()

    Without a ``port`` it takes a free one. A port that is in use is an InputError.
    """

    def __init__(self, root: Value | Graph, names: Any = None, port: int | None = None) -> None:
        self.walkthrough = Walkthrough(Graph.of(root, names, "serve"))
        if port is not None and not 0 < port < 1 << 16:
            raise InputError(f"a port is 1 to 65535, not {port}; without one, a free port is taken")
        try:
            self.listening = socket.create_server((HOST, port or 0))
        except OSError as error:
            raise InputError(
                f"can't listen on port {port}: {error.strerror}; without one, a free port is taken"
            ) from None
        self.port: int = self.listening.getsockname()[1]
        self.free = threading.Semaphore(MOST_CLIENTS)
        self.is_closed = False

    def __enter__(self) -> StepServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more; who is connected stays so."""
        self.is_closed = True
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)  # which wakes up who waits for a client
        self.listening.close()

    def start(self) -> None:
        """Serve clients while this program goes on."""
        threading.Thread(target=self.accept_clients, daemon=True).start()

    def accept_clients(self) -> None:
        """Serve each client in a thread of its own, until this is closed.

        A client that gives up, or that there are no means for just now, ends nothing.
        """
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError as error:
                if self.is_closed:
                    return
                if error.errno not in PASSING:
                    raise
                time.sleep(WAIT)
                continue
            if self.free.acquire(blocking=False):
                threading.Thread(target=self._talk, args=[connection], daemon=True).start()
            else:
                connection.close()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with (
                connection,
                suppress(OSError),
                connection.makefile("rb") as read,
                connection.makefile("wb") as write,
            ):
                # An event right behind an answer would wait 40 ms for that to be acknowledged.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                converse(self.walkthrough, read, write)
        finally:
            self.free.release()

    def describe(self) -> str:
        """Return what to type into an editor, ready to paste."""
        return describe_editors(
            self.walkthrough.graph.names[self.walkthrough.graph.root], self.port
        )


def describe_editors(name: str, port: int) -> str:
    """Return the configurations by which editors connect to a port.

    >>> print(describe_editors("loss", 5688).splitlines()[0])
    Stepping through loss: editors connect to port 5688 of this machine.
    """
    configuration = {
        "name": f"Backpropagation of {name}",
        "type": "debugpy",
        "request": "attach",
        "connect": {"host": HOST, "port": port},
        "debugServer": port,
    }
    return f"""\
Stepping through {name}: editors connect to port {port} of this machine.

VS Code, in .vscode/launch.json under "configurations":
  {json.dumps(configuration, ensure_ascii=False)}

Neovim with nvim-dap, in init.lua, and then as a command:
  require('dap').adapters.micrograd_nn = {{ type = 'server', host = '{HOST}', port = {port} }}
  :lua require('dap').run({{ type = 'micrograd_nn', request = 'attach', name = 'micrograd_nn' }})

Ctrl-C ends this."""


def serve_standard_streams(root: Value | Graph) -> None:
    """Let the editor that started this program step through a graph, by standard input and output.

    What the program prints meanwhile goes to standard error, lest it stands among the messages.
    """
    read, write = sys.stdin.buffer, sys.stdout.buffer
    with redirect_stdout(sys.stderr):
        converse(Walkthrough(Graph.of(root, None, "serve")), read, write)
