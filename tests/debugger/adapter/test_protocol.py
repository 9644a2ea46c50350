"""Each message is one of the protocol; hostile clients are answered, or left, in bounded time."""

import json
import socket
import sys
import threading
from contextlib import suppress
from io import BytesIO

import pytest
from adapter import Local, converse, make_neuron
from dap import Client, Host
from hypothesis import given
from hypothesis import strategies as st
from protocol import HAS_SCHEMA, check_message
from strategies import searching

import micrograd_nn
from micrograd_nn import Value
from micrograd_nn.debugger.adapter import StepServer, server
from micrograd_nn.debugger.adapter.conversation import read_message
from micrograd_nn.debugger.adapter.session import HANDLERS

SCRIPT = """\
from micrograd_nn import Value
x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.88, "b")
print("made")
loss = ((w * x + b).tanh() * w - 0.5) ** 2
"""


def list_requests(begin, **begins):
    """Return requests of every kind, from a client that uses all it may."""
    about = {"clientID": "vscode", "supportsInvalidatedEvent": True, "linesStartAt1": True}
    source = {"sourceReference": 1}
    lines = [{"line": 13, "condition": "d_w < 9"}, {"line": 99}, {"line": 9, "hitCondition": "2"}]
    at_first, at_step = {"frameId": 1}, {"frameId": 12}
    expressions = ["w", "d_w", "x*2", "q", "help", "step", "back", "goto 12", "explain w", "w = 3"]
    return [
        ("threads", {}),
        ("initialize", {"adapterID": "micrograd_nn", **about}),
        (begin, begins),
        (begin, {**begins, "step": "last"}),
        ("setBreakpoints", {"source": source, "breakpoints": lines}),
        ("setBreakpoints", {"source": {"path": "a.py"}, "breakpoints": lines}),
        ("setFunctionBreakpoints", {"breakpoints": [{"name": "v3"}, {"name": "x"}]}),
        ("setExceptionBreakpoints", {"filters": ["zero", "other"]}),
        ("dataBreakpointInfo", {"name": "w"}),
        ("dataBreakpointInfo", {"name": "w.data"}),
        ("setDataBreakpoints", {"breakpoints": [{"dataId": "d_w"}, {"dataId": "q"}]}),
        ("configurationDone", {}),
        ("threads", {}),
        *[("stackTrace", {"threadId": thread}) for thread in (1, 2)],
        ("source", {"source": source, "sourceReference": 1}),
        *[("scopes", frame) for frame in (at_first, at_step)],
        *[("variables", {"variablesReference": i}) for i in range(9)],
        *[("evaluate", {"expression": text, "context": "repl"}) for text in expressions],
        *[("completions", {"text": "d_w", "column": column}) for column in (3, -9, 1 << 70, "3")],
        *[(name, {"threadId": 1}) for name in ("next", "stepIn", "stepBack", "stepOut", "pause")],
        *[(name, {"threadId": 1}) for name in ("continue", "reverseContinue", "exceptionInfo")],
        ("gotoTargets", {"source": source, "line": 5}),
        ("goto", {"threadId": 1, "targetId": 3}),
        ("scopes", at_step),
        *[("setVariable", {"variablesReference": i, "name": "w", "value": "3"}) for i in range(5)],
        *[("continue", {"threadId": 1})] * 9,
        *[
            ("own", {}),
            ("terminate", {}),
            ("next", {"threadId": 1}),
            ("disconnect", {}),
        ],
    ]


def assert_complete(answers):
    """Each kind of request was done, and some were refused."""
    assert {one["command"] for one in answers if one["success"]} == {*HANDLERS} - {
        "launch", "attach"
    } | {answers[2]["command"]}  # fmt: skip
    assert not all(one["success"] for one in answers)


@pytest.mark.parametrize("source", ["virtual", "file"])
def test_what_is_served_keeps_to_the_protocol(source):
    client = Local(begins=False)
    requests = list_requests("attach", source=source)
    assert_complete([client.request(*request) for request in requests])
    client.session.close()


@pytest.mark.parametrize("source", ["virtual", "file"])
def test_what_is_launched_keeps_to_the_protocol(source, tmp_path):
    (tmp_path / "model.py").write_text(SCRIPT)
    with Host(tmp_path) as host:
        requests = list_requests("launch", program="model.py", source=source, lines=True)
        assert_complete([host.ask(command, **arguments) for command, arguments in requests])
        while host.receive() is not None:
            pass
    assert [message["seq"] for message in host.said] == [*range(1, len(host.said) + 1)]


@pytest.mark.skipif(not HAS_SCHEMA, reason="debugpy or jsonschema, of the test extra, lacks")
def test_a_message_that_is_none_of_the_protocol_is_found():
    from jsonschema import ValidationError

    told = {"seq": 1, "type": "response", "request_seq": 1, "success": True, "command": "evaluate"}
    body = {"result": "3.0", "variablesReference": 0}
    check_message({**told, "body": body})
    for wrong in ({"result": "3.0"}, {**body, "own": 1}, {**body, "result": 3.0}, None):
        with pytest.raises(ValidationError):
            check_message({**told, "body": wrong})


# Hostile messages


@pytest.mark.parametrize(
    ("command", "arguments", "told"),
    [
        ("initialize", {"linesStartAt1": "no"}, "linesStartAt1 is true or false, not 'no'"),
        (
            "initialize",
            {"columnsStartAt1": False},
            "columnsStartAt1 is true here: lines and columns are counted from 1",
        ),
        ("attach", {"stopOnEntry": 0}, "stopOnEntry is true or false, not 0"),
        ("attach", {"source": ["file"]}, "source is a text, not ['file']"),
        ("setExceptionBreakpoints", {"filters": "nan"}, "filters is a list of texts, not 'nan'"),
        ("scopes", {"frameId": -(10**99)}, "there is no frame -1000"),
        ("threads", [1], "arguments is an object, not [1]"),
        ("setBreakpoints", {"breakpoints": [[]]}, "breakpoints is a list of objects, not [[]]"),
        ("x" * 100_000, {}, "there is no request 'xxx"),
        ([], {}, "there is no request []"),
    ],
)
def test_arguments_of_a_wrong_kind_are_refused_in_words(command, arguments, told):
    answer = Local().request(command, arguments)
    assert not answer["success"]
    assert answer["message"].startswith(told)
    assert len(answer["message"]) < 200


def test_a_condition_without_end_is_refused():
    given = [{"line": 12, "condition": "x or " * 9_999 + "x"}]
    client = Local()
    (found,) = client.ask("setBreakpoints", source={"sourceReference": 1}, breakpoints=given)[
        "breakpoints"
    ]
    assert found["message"] == "the condition is longer than 2,000 characters: shorten it"


def write_stream(requests):
    """Return requests as an editor sends them."""
    stream = b""
    for content in requests:
        stream += b"Content-Length: %d\r\n\r\n%s" % (len(content), content)
    return stream


BEGIN = write_stream(
    b'{"seq": %d, "type": "request", "command": "%s", "arguments": {"threadId": 1}}' % (i, command)
    for i, command in enumerate([b"initialize", b"attach", b"threads", b"next", b"continue"])
)
spoiled = st.tuples(
    st.integers(0, len(BEGIN)), st.integers(0, 40),
    st.binary(max_size=20) | st.integers(0, len(BEGIN)).map(lambda i: BEGIN[i : i + 90]),
)  # fmt: skip


@searching
@given(st.lists(spoiled, max_size=4))
def test_a_spoiled_stream_is_answered_by_messages_and_ends(changes):
    stream = BEGIN
    for start, length, other in changes:
        stream = stream[:start] + other + stream[start + length :]
    answers = BytesIO()
    converse(stream, answers)
    answers.seek(0)
    while (message := read_message(answers)) is not None:
        check_message(message)


@pytest.mark.parametrize("kind", ["response", "event", None, 3])
def test_what_is_no_request_ends_the_conversation(kind):
    contents = [json.dumps({"seq": 1, "type": type, "command": "threads"}).encode()
                for type in (kind, "request")]  # fmt: skip
    answers = BytesIO()
    converse(write_stream(contents), answers)
    assert answers.getvalue() == b""


@pytest.fixture
def port():
    with StepServer(make_neuron(), {}) as running:
        threading.Thread(target=running.serve_forever, args=[0.05], daemon=True).start()
        yield running.port
        running.shutdown()


POST = b"POST / HTTP/1.1\r\nOrigin: http://other.example\r\nContent-Length: 99\r\n\r\n"


def test_a_page_of_a_browser_is_not_even_given_a_place_in_the_graph(port, monkeypatch):
    begun = []
    monkeypatch.setattr(server, "Session", begun.append)
    content = b'{"seq": 1, "type": "request", "command": "launch"}'
    for method in (POST, POST.replace(b"POST", b"GET"), POST.replace(b"POST", b"OPTIONS")):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as page:
            page.sendall(method + write_stream([content]))
            with suppress(ConnectionError):  # where something was left unread
                assert page.recv(99) == b""
    assert not begun


@pytest.mark.parametrize("sent", [b"", b"Content-Len", b"Content-Length: 9\r\n\r\n{"])
def test_who_begins_nothing_or_stops_within_a_message_is_left(port, sent, monkeypatch):
    monkeypatch.setattr(server.Talk, "timeout", 0.1)
    with Client(port) as thinking:
        thinking.ask("initialize", adapterID="micrograd_nn")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as idle:
            idle.sendall(sent)
            assert idle.recv(99) == b""
        assert thinking.ask("threads")["threads"], "between messages, nobody hurries"


# Scripts that are launched


def test_a_launch_that_is_refused_runs_nothing(tmp_path):
    (tmp_path / "model.py").write_text(f"open('ran', 'a').write('.')\n{SCRIPT}")
    wrong = [
        {"program": 3}, {"program": "\0"}, {"args": [1]}, {"args": "it's"}, {"cwd": []},
        {"env": {"A": 3}}, {"env": ["A"]}, {"env": {"A": "\0"}}, {"value": 3}, {"lines": "yes"},
        {"source": 3}, {"source": "other"}, {"step": "last"}, {"stopOnEntry": "no"},
    ]  # fmt: skip
    with Host(tmp_path) as host:
        for arguments in wrong:
            answer = host.ask("launch", **{"program": "model.py", **arguments})
            assert not answer["success"]
            (name,) = arguments
            assert name in answer["message"] or "null byte" in answer["message"]
        assert not (tmp_path / "ran").exists()
        assert host.ask("launch", program="model.py")["success"]
        again = host.ask("launch", program="model.py")
        assert (
            again["message"]
            == "one program is launched, and none attached to: disconnect, and launch"
        )
        for text in ("__import__('os').remove('ran')", "open('ran').close()"):
            assert not host.ask("evaluate", expression=text, context="repl")["success"]
        host.ask("disconnect")
    assert (tmp_path / "ran").read_text() == "."


WITHOUT_END = "import time\nprint('begun')\nwhile True:\n    time.sleep(0.1)\n"


@pytest.mark.parametrize("how", ["disconnect", "terminate", "close", "event"])
def test_a_launch_is_ended_by_what_comes_right_behind_it(how, tmp_path):
    (tmp_path / "model.py").write_text(WITHOUT_END)
    with Host(tmp_path) as host:
        host.send("launch", program="model.py")
        if how == "close":
            host.process.stdin.close()
        elif how == "event":
            host.process.stdin.write(write_stream([b'{"type": "event"}']))
            host.process.stdin.flush()
        else:
            host.send(how)
            while (message := host.receive()).get("command") != how:
                pass
            assert message["success"]
            host.process.stdin.close()
        assert host.process.wait(30) == 0


def test_thousands_of_requests_that_come_while_a_script_runs_are_answered(tmp_path):
    (tmp_path / "model.py").write_text(WITHOUT_END)
    with Host(tmp_path) as host:
        host.send("launch", program="model.py")
        host.wait_for("output")
        asking = threading.Thread(target=lambda: [host.send("threads") for _ in range(3_000)])
        asking.start()
        for _ in range(3_000):
            while host.receive().get("command") != "threads":
                pass
        asking.join()
        host.send("disconnect")


# Wide nodes


def count_calls(do):
    """Return how many functions are called."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        do()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "logsumexp", "dot"])
def test_the_work_to_begin_grows_as_the_inputs_of_a_node(name):
    def begin(width):
        inputs = [Value(1 + i / width, f"x{i}") for i in range(width)]
        function = getattr(micrograd_nn, name)
        root = function(inputs, inputs) if name == "dot" else function(inputs)

        def look():
            client = Local(root.tanh())
            client.ask("stackTrace", threadId=1)
            client.ask("scopes", frameId=1)

        return count_calls(look)

    few, many = begin(250), begin(1_000)
    assert many < 4.4 * few
