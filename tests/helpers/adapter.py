"""A client of the debug adapter within this process: what it is answered, and the events."""

from functools import partial
from io import BytesIO

from protocol import check_message

from micrograd_nn import Value
from micrograd_nn.debugger.adapter.conversation import (
    answer_all,
    answer_request,
    read_request,
)
from micrograd_nn.debugger.adapter.moving import arrive, read_beginning
from micrograd_nn.debugger.adapter.session import Session
from micrograd_nn.debugger.adapter.walkthrough import Walkthrough
from micrograd_nn.graph import Graph


def make_neuron():
    """Return the loss of one neuron whose weight gets its gradient in two shares."""
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.88, "b")
    return ((w * x + b).tanh() * w - 0.5) ** 2


def converse(content, answers):
    """Answer a client that sends this at once, and write what it is answered."""
    requests = iter(partial(read_request, BytesIO(content)), None)
    answer_all(Local(begins=False).session, requests, answers)


class Local:
    """A client that has begun at the first step back, unless it says otherwise."""

    def __init__(self, root=None, names=None, begins=True, **about):
        root = make_neuron() if root is None else root
        graph = root if isinstance(root, Graph) else Graph(root, names or {})
        self.walkthrough = Walkthrough(graph)
        self.session = Session(self)
        self.trace, self.events = [], []
        if begins:
            self.ask("initialize", adapterID="micrograd_nn", **about)
            self.ask("launch")
            self.ask("configurationDone")

    # What a session asks of a script, which here has computed but one graph.

    program, is_running = "model.py", False

    def launch(self, arguments):
        read_beginning(arguments)
        arrive(self.session, self.walkthrough)

    def go_on(self):
        return False

    def request(self, command, arguments):
        """Send a request with these arguments, of whatever kind; return the whole answer."""
        message = {"seq": 1, "type": "request", "command": command, "arguments": arguments}
        answer, *self.events = answer_request(self.session, message)
        for number, message in enumerate([answer, *self.events], start=1):
            check_message({"seq": number, **message})
            self.trace.append(message)
        assert all(event["type"] == "event" for event in self.events)
        return answer

    def ask(self, command, **arguments):
        """Return the body of an answer."""
        answer = self.request(command, arguments)
        assert answer["success"], answer
        return answer.get("body")

    def refuse(self, command, **arguments):
        """Return why a request is refused."""
        answer = self.request(command, arguments)
        assert not answer["success"]
        assert not self.events
        return answer["message"]

    @property
    def told(self):
        """The events after the latest answer, by name: what they say."""
        return {event["event"]: event.get("body") for event in self.events}

    @property
    def line(self):
        """The line at which the program stands."""
        frame = self.ask("stackTrace", threadId=1, levels=1)["stackFrames"][0]
        return self.session.walkthrough.lines[frame["line"] - 1].strip()

    def move(self, command, **arguments):
        """Move, and return the line and the reason of the stop."""
        self.ask(command, threadId=1, **arguments)
        self.stop = self.told["stopped"]
        return self.line, self.stop["reason"]

    def rows(self, scope, frame=None):
        """Return the rows of a scope, by name, at the latest stop."""
        return self.expand(self.scopes(frame)[scope])

    def scopes(self, frame=None):
        """Return the references of the scopes, by name, at the latest stop."""
        frames = self.ask("stackTrace", threadId=1)["stackFrames"]
        scopes = self.ask("scopes", frameId=frames[frame or 0]["id"])["scopes"]
        return {scope["name"]: scope["variablesReference"] for scope in scopes}

    def leaves(self):
        """Return the rows of parameters and of inputs, by name, at the latest stop."""
        found = self.scopes()
        groups = [found[name] for name in ("Parameters", "Inputs") if name in found]
        return {name: row for group in groups for name, row in self.expand(group).items()}

    def expand(self, reference):
        """Return the rows of a reference, by name."""
        rows = self.ask("variables", variablesReference=reference)["variables"]
        return {row["name"]: row for row in rows}
