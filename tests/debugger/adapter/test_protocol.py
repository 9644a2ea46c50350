"""Each message is one of the protocol; hostile clients are answered, or left, in bounded time."""

import json
import sys
import threading
from functools import partial
from io import BytesIO

import pytest
from adapter import Local, converse
from dap import Host
from hypothesis import given
from hypothesis import strategies as st
from protocol import HAS_SCHEMA, check_message
from strategies import searching

import micrograd_nn
from micrograd_nn import Value
from micrograd_nn.debugger.adapter.conversation import read_message
from micrograd_nn.debugger.adapter.session import HANDLERS

SCRIPT = """\
from micrograd_nn import Value
x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.88, "b")
print("made")
loss = ((w * x + b).tanh() * w - 0.5) ** 2
"""


def list_requests(**begins):
    """Return requests of every kind, from a client that uses all it may."""
    about = {"clientID": "vscode", "supportsInvalidatedEvent": True, "linesStartAt1": True}
    source = {"sourceReference": 1}
    lines = [{"line": 13, "condition": "d_w < 9"}, {"line": 99}, {"line": 9, "hitCondition": "2"}]
    at_first, at_step = {"frameId": 1}, {"frameId": 12}
    expressions = ["w", "d_w", "x*2", "q", "help", "step", "back", "goto 12", "explain w", "w = 3"]
    return [
        ("threads", {}),
        ("initialize", {"adapterID": "micrograd_nn", **about}),
        ("launch", begins),
        ("launch", {**begins, "step": "last"}),
        ("setBreakpoints", {"source": source, "breakpoints": lines}),
        ("setBreakpoints", {"source": {"path": "a.py"}, "breakpoints": lines}),
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
        *[(name, {"threadId": 1}) for name in ("continue", "reverseContinue")],
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
    assert {one["command"] for one in answers if one["success"]} == {*HANDLERS}
    assert not all(one["success"] for one in answers)


def test_what_is_launched_keeps_to_the_protocol(tmp_path):
    (tmp_path / "model.py").write_text(SCRIPT)
    with Host(tmp_path) as host:
        answers = []
        for command, arguments in list_requests(program="model.py"):
            ask = host.launch if command == "launch" else partial(host.ask, command)
            answers.append(ask(**arguments))
        assert_complete(answers)
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
    for i, command in enumerate([b"initialize", b"launch", b"threads", b"next", b"continue"])
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


# Scripts that are launched


def test_a_launch_that_is_refused_runs_nothing(tmp_path):
    (tmp_path / "model.py").write_text(f"open('ran', 'a').write('.')\n{SCRIPT}")
    wrong = [
        {"program": 3}, {"args": [1]}, {"args": "it's"}, {"cwd": []}, {"env": {"A": 3}},
        {"env": ["A"]}, {"step": "last"}, {"stopOnEntry": 0},
    ]  # fmt: skip
    impossible = [
        {"program": "\0"},
        {"env": {"A": "\0"}},
        {"env": {"A=B": "1"}},
        {"cwd": "/no/such"},
    ]
    with Host(tmp_path) as host:
        for arguments in wrong:
            answer = host.ask("launch", **{"program": "model.py", **arguments})
            assert not answer["success"]
            (name,) = arguments
            assert name in answer["message"]
        for arguments in impossible:
            assert host.launch(**{"program": "model.py", **arguments})["success"]
            told = host.said[-2]["body"]["output"]
            assert "it can't be launched: " in told or "null byte" in told
        assert not (tmp_path / "ran").exists()
        assert host.launch(program="model.py")["success"]
        again = host.ask("launch", program="model.py")
        assert again["message"] == "one program is launched at a time: disconnect, and launch"
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
