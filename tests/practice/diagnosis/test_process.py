"""The process of an engine under test: an answer is that of its own request."""

import pytest

from micrograd_nn.practice.diagnosis.process import EngineProcess


@pytest.fixture
def process():
    return EngineProcess({}, "student.py:Value")


def test_an_answer_that_came_too_late_is_none_of_the_next_request(process):
    for line in (b'{"number": 1, "data": 5}', b'{"number": 2, "data": 6}'):
        process.answers.put(line)
    assert process.receive(1.0, 2)["data"] == 6


def test_where_no_answer_comes_there_is_none(process):
    process.answers.put(b'{"number": 1}')
    assert process.receive(0.01, 2) is None
    process.answers.put(None)
    assert process.receive(1.0, 3) == {"died": True}


def test_an_engine_has_so_much_time_in_all(process):
    process.deadline = 0.0
    assert [*process.ask([{"do": "graph"}] * 3)] == [{"skipped": True}] * 3
    assert process.given_up == "it takes more than 90 s"
