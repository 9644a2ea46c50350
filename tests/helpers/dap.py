"""A client of the Debug Adapter Protocol, by which editors talk to a debugger; all is bounded."""

import json
import socket
import time


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
        self.stream = self.socket.makefile("rb")
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
        request = {"seq": self.sent, "type": "request", "command": command, "arguments": arguments}
        content = json.dumps(request).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        return self.sent

    def receive(self):
        """Return the next message."""
        self.socket.settimeout(max(0.1, self.end - time.monotonic()))
        length = 0
        while line := self.stream.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise ConnectionError("the adapter has closed the connection")
        return json.loads(self.stream.read(length))

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
