"""The playground in Python: an expression with its numbers, its page, and what is wrong with it."""

import runpy

import pytest
from places import ROOT


@pytest.fixture(scope="module")
def make_lesson():
    return runpy.run_path(str(ROOT / "docs" / "web" / "python" / "playing.py"))["make_lesson"]


def test_names_come_in_the_order_of_the_expression_with_first_numbers(make_lesson):
    made = make_lesson({"expression": " tanh(w*x + b) + w", "numbers": []})
    assert made["names"] == ["w", "x", "b"]
    assert made["numbers"] == made["recorded"] == [("w", "2"), ("x", "-3"), ("b", "1")]
    assert made["error"] is None
    assert "<title>tanh(w*x + b) + w</title>" in made["page"]


def test_numbers_that_are_given_are_taken_and_those_of_other_names_are_not(make_lesson):
    given = [("x", "0.5"), ("y", "7"), ("b", "nan")]
    made = make_lesson({"expression": "w*x + b", "numbers": given})
    assert made["numbers"] == [("w", "2"), ("x", "0.5"), ("b", "nan")]


@pytest.mark.parametrize(
    "expression",
    [
        "log(x)*sqrt(y)",
        "log(-x)",
        "acosh(x) + acosh(y)",
        "asin(x) + atanh(y)",
        "sqrt(x - y)",
        "1/x",
    ],
)
def test_first_numbers_are_such_that_the_expression_can_be_computed(make_lesson, expression):
    made = make_lesson({"expression": expression, "numbers": []})
    assert made["error"] is None
    assert made["page"]


def test_numbers_out_of_a_domain_are_told_and_kept_beside_a_page_of_others(make_lesson):
    made = make_lesson({"expression": "3 + log(x)", "numbers": [("x", "-1")]})
    assert made["numbers"] == [("x", "-1")]
    assert made["recorded"] == [("x", "2")]
    assert made["page"]
    assert made["error"] == {
        "reason": "log(x) needs x > 0; x = -1",
        "pointer": "  3 + log(x)\n      ^",
        "at": 4,
    }


@pytest.mark.parametrize(
    ("expression", "names", "at"),
    [
        ("", None, None),
        ("tanh(w*x", None, 4),
        ("x = 2", None, 2),
        ("é*foo(x)", ["é", "x"], 2),
        ("1/(x - x)", ["x"], 1),
        ("[x, y]", ["x", "y"], 0),
        (" x²·y² + foo(x)", ["x", "y"], 8),
        ("x² + log(−x²)", ["x"], 5),
        ("(" * 300 + "x" + ")" * 300, None, 200),
    ],
)
def test_what_has_no_page_is_told_with_its_place(make_lesson, expression, names, at):
    made = make_lesson({"expression": expression, "numbers": []})
    assert made["names"] == names
    assert made.get("page") is None
    assert made["error"]["reason"]
    assert made["error"]["at"] == at


def test_an_expression_of_numbers_alone_has_a_page(make_lesson):
    made = make_lesson({"expression": "2 + 3", "numbers": []})
    assert made["names"] == []
    assert made["page"]
