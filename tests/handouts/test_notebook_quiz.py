"""Exercises for jupyterquiz: judged as its scripts judge, which take the first answer that fits."""

import json
import math
import re

from exercising import HOSTILE, make_choice, make_hostile, make_number

from micrograd_nn.exercises import TOPICS
from micrograd_nn.handouts.collection import collect_exercises
from micrograd_nn.handouts.item import make_item
from micrograd_nn.handouts.notebook_quiz import write_notebook_quiz


def read(*items):
    return json.loads(write_notebook_quiz(items))


def judge(question, number):
    """Return whether a number is right, and what is said of it."""
    for answer in question["answers"]:
        if "value" in answer and number == answer["value"]:
            return answer["correct"], answer["feedback"]
        if "range" in answer and answer["range"][0] <= number < answer["range"][1]:
            return answer["correct"], answer["feedback"]
    return False, question["answers"][-1]["feedback"]


def test_numbers_are_judged_as_the_exercise_judges_them():
    items = [make_item(x) for x in collect_exercises(TOPICS, seed="anna")]
    for question, item in zip(read(*items), items, strict=True):
        if item.is_choice:
            continue
        assert judge(question, item.right.number)[0]
        for end in item.right.range:
            assert judge(question, end)[0]
        for one in item.possible[1:]:
            is_right, said = judge(question, one.number)
            assert not is_right
            assert any(x.title in said for x in item.possible if x.title)


def test_zero_is_a_value_and_the_other_numbers_are_ranges_with_both_ends():
    (question,) = read(make_number(0.0, [(2.0, "Two")]))
    assert question["answers"][0]["value"] == 0.0
    assert question["answers"][1]["range"] == [1.995, math.nextafter(2.005, 3)]
    assert judge(question, 2.005)[1].startswith("<b>Two.</b>")
    assert judge(question, 5.0) == (False, "Not yet. Try again.")


def test_each_choice_has_what_is_said_of_it():
    (question,) = read(make_choice(misses=[(0, "Grows")]))
    assert [x["answer"] for x in question["answers"]] == ["exp", "tanh", "relu"]
    assert [x["correct"] for x in question["answers"]] == [False, True, False]
    assert "Grows" in question["answers"][0]["feedback"]
    assert question["answers"][2]["feedback"] == "Not yet. Try again."


def test_what_it_has_to_be_by_the_schema_of_jupyterquiz():
    for question in read(*make_hostile(), make_number(), make_choice()):
        assert set(question) <= {"question", "type", "answers", "code"}
        assert question["type"] in ("numeric", "multiple_choice")
        for answer in question["answers"]:
            kinds = [kind for kind in ("answer", "value", "range", "type") if kind in answer]
            assert len(kinds) == 1
            assert isinstance(answer["feedback"], str)
            assert kinds == ["type"] or isinstance(answer["correct"], bool)


def test_hostile_texts_make_no_elements_no_formulas_and_no_links():
    text = write_notebook_quiz(make_hostile())
    assert text.isascii()  # which is read in any encoding
    for said in re.findall(r'"(?:question|answer|feedback)": "((?:[^"\\]|\\.)*)"', text):
        shown = json.loads(f'"{said}"')
        assert "$" not in shown
        assert "[a](b)" not in shown
        assert set(re.findall(r"<(\w+)", shown)) <= {"p", "code", "b", "img"}
    assert "<" not in json.loads(text)[0]["code"]  # which is shown as it is
    assert HOSTILE not in text
