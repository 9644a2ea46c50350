"""A client of the Debug Adapter Protocol, by which editors talk to a debugger; all is bounded."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from threading import Timer

import pytest
from hosts import find_port
from places import ROOT
from protocol import check_message

from micrograd_nn.debugger.adapter.conversation import read_message

needs_debugpy = pytest.mark.skipif(
    importlib.util.find_spec("debugpy") is None,
    reason="debugpy, of the test extra, is not installed",
)
LIMIT = 60.0  # seconds for all that one adapter is asked
STARTED = "-m", "micrograd_nn.debugger.adapter"


def send_request(stream, number, command, arguments):
    """Send a request to an adapter."""
    request = {"seq": number, "type": "request", "command": command, "arguments": arguments}
    content = json.dumps(request).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
    stream.flush()


class Client:
    """A connection to a debug adapter that listens on this machine."""

    def __init__(self, port, seconds=30):
        self.end = time.monotonic() + seconds
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
                break
            except OSError:
                if time.monotonic() > self.end:
                    raise
                time.sleep(0.1)
        self.stream = self.socket.makefile("rwb")
        self.sent = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stream.close()
        self.socket.close()

    def send(self, command, **arguments):
        """Send a request and return its number."""
        self.sent += 1
        send_request(self.stream, self.sent, command, arguments)
        return self.sent

    def receive(self):
        """Return the next message."""
        self.socket.settimeout(max(0.1, self.end - time.monotonic()))
        message = read_message(self.stream)
        if message is None:
            raise ConnectionError("the adapter has closed the connection")
        return message

    def ask(self, command, **arguments):
        """Send a request and return the body of its answer."""
        number = self.send(command, **arguments)
        while (message := self.receive()).get("request_seq") != number:
            self.events.append(message)
        assert message["success"], message
        return message.get("body", {})

    def wait_for(self, event):
        """Return the body of the next event of this name."""
        while True:
            message = self.events.pop(0) if self.events else self.receive()
            if message.get("event") == event:
                return message.get("body", {})

    def variables(self, reference):
        """Return the variables inside of a scope or of a variable, by name."""
        answer = self.ask("variables", variablesReference=reference)
        return {variable["name"]: variable for variable in answer["variables"]}

    def stop_at(self, file, *lines):
        """Set the breakpoints of a file, and return what is said of the first."""
        source, asked = {"path": str(file)}, [{"line": line} for line in lines]
        return self.ask("setBreakpoints", source=source, breakpoints=asked)["breakpoints"][0]

    def frames(self, thread):
        """Return where a thread stands, the innermost frame first."""
        return self.ask("stackTrace", threadId=thread)["stackFrames"]

    def locals(self, frame):
        """Return the local variables of a frame, by name."""
        scopes = self.ask("scopes", frameId=frame["id"])["scopes"]
        return self.variables(scopes[0]["variablesReference"])


@contextmanager
def debugging(script, breakpoints, just_my_code=False, **environment):
    """Run a script in debugpy, as an editor does, with breakpoints at lines of files."""
    port = find_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--wait-for-client",
         str(script)],
        env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=os.path.dirname(script),  # what lies where it runs is never taken for installed
    )  # fmt: skip
    try:
        with Client(port, seconds=50) as client:
            client.ask("initialize", adapterID="test", pathFormat="path")
            client.send("attach", justMyCode=just_my_code)
            client.wait_for("initialized")
            for file, *lines in breakpoints:
                client.stop_at(file, *lines)
            client.ask("configurationDone")
            yield client
            client.ask("disconnect", terminateDebuggee=True)
        process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()


class Host:
    """An adapter that was started as an editor starts it, and what it has said so far."""

    def __init__(self, folder, start=STARTED):
        self.process = subprocess.Popen(
            [sys.executable, *start],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.timer = Timer(LIMIT, self.process.kill)  # whose end is that of all waiting
        self.timer.start()
        self.said = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.timer.cancel()
        with suppress(OSError):  # of what is still to be sent to one that has gone
            self.process.stdin.close()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.stdout.close()

    def send(self, command, **arguments):
        """Send a request."""
        send_request(self.process.stdin, len(self.said), command, arguments)

    def receive(self):
        """Return the next message, None where there are no more."""
        message = read_message(self.process.stdout)
        if message is not None:
            check_message(message)
            self.said.append(message)
        return message

    def ask(self, command, **arguments):
        """Send a request and wait for its answer."""
        self.send(command, **arguments)
        while (message := self.receive())["type"] != "response":
            pass
        assert message["command"] == command
        return message

    def launch(self, **arguments):
        """Launch a script, and wait until it has come to something; return the answer."""
        answer = self.ask("launch", **arguments)
        if answer["success"]:
            self.wait_for("initialized", "terminated")
        return answer

    def wait_for(self, *events):
        """Wait for one of these events and return what it tells."""
        while (message := self.receive()).get("event") not in events:
            pass
        return message.get("body")

    def run(self, command="continue"):
        """Let the program run, and return why it stops, None where it ends."""
        assert self.ask(command, threadId=1)["success"]
        return (self.wait_for("stopped", "terminated") or {}).get("reason")
