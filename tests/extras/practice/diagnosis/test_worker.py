"""The program that runs an engine, and its process: what it answers to each request."""

import io
import json
import math
import sys
from types import SimpleNamespace

import pytest
from student_engines import CLOSURES

from micrograd_nn.extras.practice.diagnosis.process import EngineProcess, read_lines
from micrograd_nn.extras.practice.diagnosis.worker.engine import Engine
from micrograd_nn.extras.practice.diagnosis.worker.loading import describe_error
from micrograd_nn.extras.practice.diagnosis.worker.tracing import take_number


@pytest.fixture(autouse=True)
def path(monkeypatch):
    """Leave the path of modules, and the modules, as they were."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", {**sys.modules})


def make(text, name="Value"):
    return Engine({"how": "source", "text": text, "file": "<engine>", "name": name})


COPIED = """
    def silu(self):
        return self * Value(self.data).exp()

    def abs(self):
        return Value(self.data).exp() * 2
"""


@pytest.mark.parametrize(
    ("name", "kinds", "point", "constants"),
    [("neg", "v", [2.0], [-1.0]), ("mul", "nv", [5.0, 3.0], []), ("sub", "nv", [5.0, 3.0], None),
     ("mul", "vn", [5.0, 3.0], None), ("sub", "vv", [5.0, 3.0], None), ("exp", "v", [1.0], None),
     ("sin", "v", [1.0], "absent"),
     ("silu", "v", [3.0], [math.exp(3.0)]),  # of a copy of its operand: another at another point
     ("abs", "v", [3.0], None)],
)  # fmt: skip
def test_an_operation_is_known_to_be_made_of_others(name, kinds, point, constants):
    engine = make(CLOSURES.replace("    def backward", f"{COPIED}\n    def backward"))
    found = engine.try_form({"name": name, "kinds": kinds, "points": [point]})
    assert found.get("composed", ["absent"]) == [constants]


def test_a_form_that_fails_or_changes_its_operand_is_told():
    engine = make(
        CLOSURES.replace("out = Value(math.tanh", "self.data = 7.0; out = Value(math.tanh")
    )
    found = engine.try_form({"name": "tanh", "kinds": "v", "points": [[2.0]]})
    assert found["changes"] == [7.0]
    found = engine.try_form({"name": "pow", "kinds": "vv", "points": [[2.0, 2.0]]})
    assert found["error"]["type"] == "AssertionError"


def test_numbers_of_any_kind_are_read():
    class Item:
        def item(self):
            return 2

    class Node:
        data = 3.0

    class SilentError(Exception):
        def __str__(self):
            raise ValueError

    assert [take_number(x, "data") for x in (None, 1, True, Item(), Node())] == [None, 1, 1, 2, 3]
    assert describe_error(SilentError())["message"] == ""


@pytest.fixture
def process():
    return EngineProcess({}, "student.py:Value")


GRAPH = {"do": "graph", "leaves": [2.0], "lines": [["neg", [0]]]}
FORM = {"do": "form", "name": "neg", "kinds": "v", "points": [[2.0], [3.0]]}
PASSED = {"stage": "backward", "data": [2.0, -2.0], "after": [2.0, -2.0], "grads": [[-1.0, 1.0]]}
KNOWN = {"places": {"neg": ["student.py", 3]}, "written": {"neg": "{0}.neg()"}}
TRIED = {"numbers": [-2.0, -3.0], "composed": [None, [-1.0]]}


def encode(answer, number):
    return json.dumps({**answer, "number": number}).encode()


def test_an_answer_that_came_too_late_is_none_of_the_next_request(process):
    for number, grads in ((1, [[0.0, 0.0]]), (2, [[-1.0, 1.0]])):
        process.answers.put(encode({**PASSED, "grads": grads}, number))
    assert process.receive(1.0, 2, GRAPH)["grads"] == [[-1.0, 1.0]]


@pytest.mark.parametrize(
    "sent",
    [b"x" * 10_000_000, b"token" + b"1" * 10_000_000 + b"\n", b"token{}\n" * 100_000],
    ids=["no line", "a long line", "many lines"],
)
def test_no_more_is_kept_than_answers_can_be(process, sent):
    read_lines(SimpleNamespace(stdout=io.BytesIO(sent)), b"token", process.answers)
    lines = [process.answers.get() for _ in range(process.answers.qsize())]
    assert lines[-1] is None
    assert sum(len(line) for line in lines[:-1]) < 1_000


def test_a_flood_of_what_nobody_asked_for_ends_with_the_time(process):
    for _ in range(10_000):
        process.answers.put(b'{"number": 1}')
    assert process.receive(0.0, 2, GRAPH) is None


ERROR = {"type": "TypeError", "message": "", "file": "", "line": 0}


@pytest.mark.parametrize(
    "line",
    [b"all is well", b"[" * 500_000, b"[]", b"1" * 100_000, b"\xff", b'{"number": 1'],
    ids=lambda line: str(line[:12]),
)
def test_what_is_no_answer_is_as_good_as_death(process, line):
    process.answers.put(line)
    assert process.receive(1.0, 1, GRAPH) == {"died": True}


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (GRAPH, {}),
        (GRAPH, PASSED | {"stage": "the end"}),
        (GRAPH, PASSED | {"data": [2.0]}),
        (GRAPH, PASSED | {"data": [2.0, "x" * 9]}),
        (GRAPH, PASSED | {"data": [2.0, 10**300]}),
        (GRAPH, PASSED | {"grads": []}),
        (GRAPH, PASSED | {"grads": [[1.0, 1.0], [1.0, 1.0]]}),
        (GRAPH, PASSED | {"grads": {"0": 1.0}}),
        (GRAPH, PASSED | {"error": "no"}),
        (GRAPH, PASSED | {"error": ERROR | {"line": -1}}),
        (GRAPH, PASSED | {"error": ERROR | {"message": "x" * 100_000}}),
        (GRAPH, PASSED | {"gradient": ["grad", "{0:>999999999}"]}),
        (GRAPH, PASSED | {"events": 10**30}),
        (GRAPH, PASSED | {"compares": ["/dev/zero"]}),
        (FORM, TRIED),
        (FORM, {**KNOWN}),
        (FORM, {**KNOWN, **TRIED, "written": {"neg": "{0.__class__}"}}),
        (FORM, {**KNOWN, **TRIED, "places": {"neg": [3, "student.py"]}}),
        (FORM, {**KNOWN, **TRIED, "numbers": [-2.0] * 3}),
        (FORM, {**KNOWN, **TRIED, "composed": [None]}),
        (FORM, {**KNOWN, **TRIED, "composed": [None, 1]}),
        (FORM, {**KNOWN, **TRIED, "changes": []}),
        (None, {"has_equal_nodes": True, "methods": ["\x1b[2J"], "functions": []}),
        (None, {"unusable": "x" * 100_000}),
    ],
)
def test_an_answer_of_another_form_is_none(process, request_, answer):
    process.answers.put(encode(answer, 1))
    assert process.receive(1.0, 1, request_) == {"died": True}


def test_where_no_answer_comes_there_is_none(process):
    process.answers.put(b'{"number": 1}')
    assert process.receive(0.01, 2) is None
    process.answers.put(None)
    assert process.receive(1.0, 3) == {"died": True}


def test_an_engine_has_so_much_time_in_all(process):
    process.deadline = 0.0
    assert [*process.ask([{"do": "graph"}] * 3)] == [{"skipped": True}] * 3
    assert process.given_up == "it takes more than 90 s"
