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


@pytest.mark.parametrize(
    ("name", "kinds", "point", "is_composed"),
    [("neg", "v", [2.0], True), ("sub", "nv", [5.0, 3.0], False), ("mul", "nv", [5.0, 3.0], True),
     ("mul", "vn", [5.0, 3.0], False), ("sub", "vv", [5.0, 3.0], False), ("exp", "v", [1.0], False),
     ("sin", "v", [1.0], None)],
)  # fmt: skip
def test_an_operation_is_known_to_be_made_of_others(name, kinds, point, is_composed):
    found = make(CLOSURES).try_form({"name": name, "kinds": kinds, "points": [point]})
    assert found.get("composed", [None]) == [is_composed]


def test_what_is_made_of_a_copy_of_its_operand_is_not_made_of_others():
    copied = "    def silu(self):\n        return Value(self.data).exp() * 2\n"
    found = make(CLOSURES + copied).try_form({"name": "silu", "kinds": "v", "points": [[2.0]]})
    assert found["composed"] == [False]


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
