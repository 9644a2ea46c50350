"""An exercise as one meets it: its text, what a notebook shows, and what is said of answers."""

import re
from base64 import b64decode
from functools import cache

import pytest

from micrograd_nn._ground.text import InputError
from micrograd_nn.draw import drawing
from micrograd_nn.draw.layout import LayoutError
from micrograd_nn.explain.tree import tree
from micrograd_nn.extras.practice.exercises import Miss, make_exercise
from micrograd_nn.extras.practice.exercises.answers import NumberAnswer
from micrograd_nn.extras.practice.exercises.making import merge_misses


@pytest.fixture
def shared():
    return make_exercise("shared", 1, 3)


SECOND = r"That is none of the known mistakes\.(\n|.)*= 1 × 25 \+ 5 × 10 = 75, through y and a"
SAID = {  # an exercise, answers to it, and what is said of the last
    "the step that shows a mistake": (
        ("shared", 1, 3), ["50"],
        r"Overwritten instead .* had 25 from another use\. \(This is the step from a back to x\.\)"
        r" Or else: A path is left out\. [^\n]*$",
    ),
    "the same once more is no second": (("shared", 1, 3), ["50", "50,0"], r"[^\n]*$"),
    "a second one shows the working": (("shared", 1, 3), ["50", "52"], SECOND),
    "right": (("shared", 1, 3), ["50", "52", "75"], r"Right\.$"),
    "a first miss isn't told all": (("diamond", 1, 4), ["-12"], "((?!Shares add up).|\n)*$"),
    "a negative number behind a sign": (
        ("diamond", 1, 4), ["1e4", "-12"], r"[^\n]*Shares add up: 8 \+ \(−12\)\.\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "typed", "said"), SAID.values(), ids=SAID)
def test_what_is_said_of_answers(asked, typed, said):
    exercise = make_exercise(*asked)
    assert re.match(said, [str(exercise.check(text)) for text in typed][-1])


def test_a_turned_sign_is_told_as_one_though_a_difference_has_it_too():
    exercises = [make_exercise("neuron", 2, seed) for seed in range(20)]
    titles = [exercise.check(-exercise.answer.number).title for exercise in exercises]
    assert titles.count("The sign is turned") > 10
    assert "The derivative by the other input" not in titles


def test_what_is_no_answer_is_refused_and_counts_for_nothing(shared):
    with pytest.raises(InputError, match="isn't a number"):
        shared.check("seventy")
    assert shared.wrong == []


def test_the_graph_is_shown_without_gradients_even_after_a_backward_pass(shared):
    shared.graph.root.backward()
    assert "value 125  gradient" in str(tree(shared.graph))
    assert "value 125\n" in str(shared)
    (picture,) = re.findall(';base64,([^"]*)', shared._repr_html_())
    assert b"125" in b64decode(picture)
    assert b"grad" not in b64decode(picture)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (("engine", 1, 1), ['<img src="data:image/svg+xml;base64,', 'alt="Let a = ', "<p>a) "]),
        (("second", 2, 1), ["<pre>x = Value("]),
    ],
)
def test_a_notebook_shows_question_program_picture_and_choices(asked, shown):
    found = make_exercise(*asked)._repr_html_()
    assert [text for text in shown if text not in found] == []
    assert "`" not in found


def test_where_nothing_can_be_drawn_there_is_a_tree(shared, monkeypatch):
    def refuse(*args, **options):
        raise LayoutError("no dot")

    monkeypatch.setattr(drawing, "layout", refuse)
    assert "<pre>y = a · x  value 125\n├─ a" in shared._repr_html_()


def test_a_verdict_is_markdown_in_a_notebook(shared):
    assert shared.check("75")._repr_markdown_() == "**Right.**"
    shared.check("50")
    shown = shared.check("25")._repr_markdown_()
    assert shown.startswith("**The sign is turned.** ")
    assert shown.endswith("through y and a\n```")


def test_mistakes_of_the_same_number_are_one_miss_the_likelier_first():
    misses = [Miss(2.0, "A", "It is a."), Miss(2.001, "B", "It is b."), Miss(2.0, "C", "It is c.")]
    (found,) = merge_misses(NumberAnswer(3.0), [*misses, Miss(3.0, "D", "It is right.")])
    assert found == Miss(2.0, "A", "It is a. Or else: B. It is b.")


@pytest.mark.parametrize(
    ("topic", "level", "seed", "given", "title"),
    [
        ("descent", 1, "new1-1", "-4.6", "The factor of the power is forgotten"),
        ("neuron", 2, "bea-1", "-3.375", "The factor of the power is forgotten"),
        ("chain", 1, "new1-1", "2.5", "The factor of the power is forgotten"),
        ("neuron", 1, "new1-1", "2.4", "The square is forgotten"),
        ("neuron", 1, "new1-1", "4", "The local derivative is forgotten"),  # at tanh, and not at +
        ("second", 1, "new1-1", "-40", "An inner gradient taken for one that adds up"),
        ("diamond", 2, "bea-1", "-4", "The sign is turned"),  # minus taken for plus
        ("shared", 3, "bea-1", "-80", "The sign is turned"),
        ("chain", 1, "new1-1", "0", "That is none of the known mistakes"),  # it has one path
    ],
)
def test_what_learners_type_is_told_by_the_likeliest_mistake(topic, level, seed, given, title):
    assert make_exercise(topic, level, seed).check(given).title == title


def test_a_path_that_is_left_out_adds_what_is_missing():
    exercise = make_exercise("diamond", 3, 0)
    (miss,) = [miss for miss in exercise.misses if miss.title == "A path is left out"]
    (adds,) = re.fullmatch(r"It adds (.*) to ∂y/∂x\.", miss.remedy).groups()
    missing = float(adds.strip("()").replace("−", "-"))
    assert miss.answer + missing == pytest.approx(exercise.answer.number, rel=1e-3)


def test_a_formulas_working_says_at_which_numbers_its_example_is():
    exercise = make_exercise("chain", 3, "bea-1")
    (said,) = re.findall("For instance at (.*):", exercise.working)
    assert re.fullmatch(r"\w = \d(\.\d)?", said)
    assert ")*(" not in exercise.answer.show()


make_once = cache(make_exercise)


def find_exercise(topic, level, said):
    """Return the first exercise that asks about something."""
    for seed in range(1000):
        exercise = make_once(topic, level, seed)
        if said in exercise.question:
            return exercise
    raise AssertionError(f"no exercise of {topic} says {said}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("topic", "said", "typed", "title"),
    [
        ("local", "`t = tanh(n)`", "1 - n^2", "The input in place of the output"),
        ("local", "`t = tanh(n)`", "t*(1-t)", "The rule of sigmoid"),
        ("local", "`t = tanh(n)`", "tanh(n)**2 - 1", "The sign is turned"),
        ("local", "`t = sigmoid(n)`", "(1-t)*(1+t)", "The rule of tanh"),
        ("local", "`v = u**3`", "u*u", "The factor of the power is forgotten"),
        ("local", "`v = u**3`", "3*u*u*u", "The exponent isn't lowered"),
        ("local", "`v = exp(u)`", "u*exp(u - 1)", "The rule of powers for exp"),
        ("local", "`v = 1/u`", "ln(u)", "Integrated and not differentiated"),
        ("chain", "and `y = tanh(u)`", "1 - y^2", "The inner derivative is forgotten"),
        ("chain", "`u = x**2` and `y = exp(u)`", "2*x", "The outer derivative is forgotten"),
    ],
)  # fmt: skip
def test_a_wrong_formula_is_told_by_its_mistake_in_any_writing(topic, said, typed, title):
    assert find_exercise(topic, 3, said).check(typed).title == title
