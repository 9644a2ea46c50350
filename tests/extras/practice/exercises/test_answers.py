"""Answers as they are typed: numbers, choices and formulas that count, and what is refused."""

import json
import re
import time

import pytest
from places import WEB

from micrograd_nn._ground.text import InputError, read_typed_number
from micrograd_nn.extras.practice.exercises.answers import ChoiceAnswer, FormulaAnswer, NumberAnswer

# Each has a text, the number that it is and the answer that it is, None for none: as pages read it.
TYPED = json.loads((WEB / "typed.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "number", "answer"), TYPED)
def test_numbers_are_read_as_pages_read_them(text, number, answer):
    assert repr(read_typed_number(text)) == repr(number if number is None else float(number))
    if answer is None:
        with pytest.raises(InputError, match=r": write |the number without it"):
            NumberAnswer(1.0).read(text)
    else:
        assert repr(NumberAnswer(1.0).read(text)) == repr(float(answer))


REFUSED = [
    ("", "a number is missing: write one such as −1.5, 0,5 or 1/2"),
    ("1,000", "the comma of 1,000 may divide thousands or decimals: write the number without it"),
    ("-12,345.6", "the comma of -12,345.6 may divide"),
    ("nan", "'nan' isn't a number"),
    ("inf", "'inf' isn't a number"),
    ("1/0", "1/0 divides by zero"),
    ("1e999999999", "1e999999999 is beyond a float"),
    ("1e-999999999", "1e-999999999 is beyond a float"),
    ("1/1,234", "the comma of 1,234 may divide"),
    ("1/1e-999", "1/1e-999 is beyond a float"),
    ("1e-200/1e200", "is beyond a float"),
    ("9" * 400, "is beyond a float"),
    ("9" * 100_000 + "x", "isn't a number"),
    ("1/2/3", "isn't a number"),
    ("\udcff", "isn't a number"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_no_number_is_refused_with_a_remedy(text, reason):
    begin = time.process_time()
    with pytest.raises(InputError, match=rf"^(?=.{{,200}}$)(?=.*:).*{re.escape(reason)}"):
        NumberAnswer(1.0).read(text)
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("right", "given", "told"),
    [
        (6.0, -6.0, "The size is right, but not the sign."),
        (6.0, 0.6, "The digits are right, but not the decimal point."),
        (6.0, -60.0, ""),
        (4.0, 0.25, "That is 1 divided by the right number."),
        (10.0, 0.1, "The digits are right, but not the decimal point."),
        (10.0, 0.0996, ""),  # other digits
        (1 / 3, 33.0, "The digits are right, but not the decimal point."),
        (1 / 3, 33.1, ""),
        (1 / 3, 0.33, "Nearly. It has to be right to three digits."),
        (6.0, 3.0, "It is off by a factor of 2."),
        (6.0, 18.0, "It is off by a factor of 3."),
        (6.0, 7.0, ""),
        (6.0, 0.0, ""),
        (6.0, 1e-320, ""),
        (6.0, 1.7e308, ""),
        (6.0, 6e300, "The digits are right, but not the decimal point."),
    ],
)
def test_of_a_wrong_number_only_what_is_true_is_said(right, given, told):
    assert NumberAnswer(right).describe_difference(given) == told


def test_a_choice_is_a_letter_or_its_text():
    answer = ChoiceAnswer(("b", "Ab", "x"), 1)
    assert [answer.read(text) for text in ("a", "B", "b)", " c. ", "ab", "X")] == [0, 1, 1, 2, 1, 2]
    for text in ("(b)", "b) Ab", "(B)ab", "b. Ab", "b: ab", "b ab", " Ab. "):
        assert answer.read(text) == 1
    for text in ("", "d", "ac", "1", "é" * 10_000, "b) x", "(", "a) b)"):
        with pytest.raises(InputError, match="is none of the choices: write a letter from a to c"):
            answer.read(text)


TANH = FormulaAnswer("1 - t**2", {"n": (-2.0, 2.0)}, {"t": "tanh(n)"})


@pytest.mark.parametrize(
    "text",
    ["1 - t**2", "(1-t)*(1+t)", "1−t²", "1 - t^2", "1 - tanh(n)**2", "1-t·t", "-t**2+1",
     "1/cosh(n)^2", "1 - t**2 + 0*n", " 1 - t * t "],
)  # fmt: skip
def test_a_formula_is_right_in_any_writing(text):
    assert TANH.is_same(TANH.read(text))


@pytest.mark.parametrize("text", ["1 - n**2", "t**2 - 1", "1 - t", "1", "1 - t**3", "t", "0.42"])
def test_a_wrong_formula_is_wrong(text):
    given = TANH.read(text)
    assert not TANH.is_same(given)
    assert TANH.describe_difference(given).startswith("At n = ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a formula is missing: write one in n and t"),
        ("q + 1", "q isn't a name here: write the formula in n and t"),
        ("2t", "a product needs its sign: write 2*x, not 2x"),
        ("1 - t*", "not an expression"),
        ("tanh", "tanh is a function: call it"),
        ("f(t)", "f isn't a function here"),
        ("__import__('os')", "isn't a function here"),
        ("0,5*t", "a comma here is not allowed"),
        ("1/0", ""),
        ("log(-1 - t*t)", "log"),
        ("9**9**9**9", ""),
        ("t" + "+t" * 2000, "longer than 2,000 characters"),
        ("(" * 900 + "t" + ")" * 900, "too many nested parentheses"),
    ],
)
def test_what_is_no_formula_is_refused(text, reason):
    with pytest.raises(InputError) as caught:
        TANH.read(text)
    assert reason in str(caught.value)


def test_a_formula_without_a_number_at_some_points_is_wrong_and_told_so():
    slope = FormulaAnswer("1/x", {"x": (-2.0, 2.0)}, {})
    given = slope.read("exp(log(x)) / x**2")
    assert not slope.is_same(given)
    assert "it gives no number" in slope.describe_difference(given)


def test_points_lie_on_both_sides_of_0_where_the_formula_has_a_number_there():
    root = FormulaAnswer("x/y", {"x": (0.5, 1.5)}, {"y": "sqrt(x**2)"})
    assert "it gives 1, and the derivative is −1" in root.describe_difference("1")
    assert root.is_same("abs(x)/x")
    log = FormulaAnswer("1/x", {"x": (1.5, 4.0)}, {"y": "log(x)"})
    assert all(point["x"] > 0 for point in log.list_points())


def test_formulas_that_have_no_number_at_the_same_points_are_the_same():
    slope = FormulaAnswer("-1/x**2", {"x": (0.5, 3.0)}, {"y": "1/x"})
    assert slope.are_same("log(x)", "-log(1/x)")
    assert not slope.are_same("log(x)", "log(x) + 1")
