"""The program that runs an engine, here in this process: what it answers to each request."""

import sys

import pytest
from student_engines import CLOSURES

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


def run(engine, leaves, lines, **options):
    for name, inputs in lines:
        kinds = "".join("v" if type(x) is int else "n" for x in inputs)
        engine.try_form({"name": name, "kinds": kinds, "points": [[2.0] * len(inputs)]})
    return engine.run_graph({"leaves": leaves, "lines": lines, **options})


def test_a_graph_gives_its_numbers_and_gradients_pass_after_pass():
    answer = run(make(CLOSURES), [2.0, 3.0], [["mul", [0, 1]], ["exp", [2]]], passes=2, zeroed=True)
    e6 = pytest.approx(403.428793)
    assert answer["data"] == answer["after"] == [2.0, 3.0, 6.0, e6]
    assert answer["grads"][0] == answer["grads"][1]
    assert answer["grads"][0][1] == pytest.approx(2 * 403.428793)


def test_an_operation_is_known_by_what_it_is_made_of():
    engine = make(CLOSURES)
    found = engine.try_form({"name": "neg", "kinds": "v", "points": [[2.0], [3.0]]})
    assert found["recipes"] == [[["mul", [["input", 0], ["number", -1.0]]]]] * 2
    found = engine.try_form({"name": "sub", "kinds": "nv", "points": [[5.0, 3.0]]})
    assert found["numbers"] == [2.0]
    assert found["recipes"] == [[["sub", [["number", 5.0], ["input", 1]]]]]
    assert engine.try_form({"name": "sin", "kinds": "v", "points": []}) == {"absent": True}


def test_errors_and_calls_are_told():
    engine = make(CLOSURES.replace("out.data * out.grad", "out.nothing"))
    answer = run(engine, [2.0], [["exp", [0]]])
    assert (answer["stage"], answer["error"]["type"]) == ("backward", "AttributeError")
    assert answer["error"]["line"] > 60
    request = {"leaves": [2.0], "lines": [["add", [-1, -1]]], "times": 5, "traced": True}
    engine.try_form({"name": "add", "kinds": "vv", "points": [[1.0, 1.0]]})
    answer = engine.run_graph(request)
    assert "error" not in answer
    assert 20 < answer["events"] < 200


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
