"""An exercise's answers as other programs take them; which exercises a sheet has, and for whom."""

import math
from dataclasses import dataclass

import pytest
from exercising import make_choice, make_number
from hypothesis import given
from hypothesis import strategies as st
from strategies import searching

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.exercises import TOPICS
from micrograd_nn.extras.practice.exercises.exercise import Exercise, Miss
from micrograd_nn.extras.practice.handouts.item import (
    Selection,
    identify_exercise,
    make_item,
    name_files,
    read_students,
)
from micrograd_nn.stepping.misconceptions import find_range, is_near


@searching
@given(st.floats(-1e100, 1e100), st.floats(-2, 2))
def test_a_range_has_what_is_near_and_nothing_else(number, place):
    low, high = find_range(number)
    assert low <= number <= high
    inside = low + (high - low) * abs(place) / 2
    assert is_near(inside * (1 - 1e-9) + number * 1e-9, number)
    assert is_near(float(f"{number:.2e}"), number)
    if abs(number) > 1e-100:
        beyond = [low - abs(low) * 1e-9, high + abs(high) * 1e-9]
        assert not any(is_near(x, number) for x in beyond)


def test_a_number_has_its_mistakes_and_an_infinite_one_is_left_out():
    item = make_number(2.0, [(-2.0, "Sign"), (math.inf, "Off")])
    assert [(x.text, x.is_right, x.title) for x in item.possible] == [
        ("2", True, ""), ("−2", False, "Sign"),
    ]  # fmt: skip
    assert (item.right_text, [text for text, _ in item.known]) == ("2", ["−2"])


def test_choices_keep_their_order_and_have_letters():
    item = make_choice(misses=[(2, "Kink")])
    assert [x.is_right for x in item.possible] == [False, True, False]
    assert (item.right_text, item.known[0][0]) == ("b) tanh", "c) relu")
    with pytest.raises(TypeError, match="no number"):
        _ = item.right.range


@dataclass(frozen=True)
class Text:
    """An answer that is neither a number nor a choice."""

    text: str

    def show(self):
        return self.text


def ask(seed, *wrong):
    misses = [Miss(text, text.upper(), f"told of {text}") for text in wrong]
    return make_item(Exercise("shared", 1, seed, "?", Text("2x"), misses, "…"))


def test_any_other_answer_is_a_choice_among_those_of_the_mistakes():
    item = ask("a", "x", "2", "x", "2x")
    assert item.is_choice
    assert sorted(x.text for x in item.possible) == ["2", "2x", "x"]
    assert {x.text: x.title for x in item.possible} == {"2x": "", "x": "X", "2": "2"}
    assert item.right.text == "2x"
    with pytest.raises(InputError, match="no wrong answers to choose among"):
        ask("a", "2x")


def test_the_right_one_stands_in_any_place_by_chance_but_always_the_same():
    places = [
        [x.is_right for x in ask(seed, "x", "2", "y").possible].index(True)
        for seed in "abcdefghijkl"
    ]
    assert set(places) == {0, 1, 2, 3}
    assert [x.text for x in ask("a", "x", "2").possible] == [
        x.text for x in ask("a", "x", "2").possible
    ]


def list_exercises(seed=0, **selection):
    return [item.exercise for item in Selection(**selection).make_items(seed)]


def test_topics_come_in_turn_and_by_themselves_all_of_them():
    assert [x.topic for x in list_exercises()] == list(TOPICS)
    first = next(iter(TOPICS))
    assert [x.topic for x in list_exercises(topics=[first], count=3)] == [first] * 3


def test_no_exercise_comes_twice_while_there_are_others():
    found = list_exercises("anna", topics=["shared"], count=8)
    assert len({*map(str, found)}) == len({identify_exercise(x) for x in found}) == 8


def read(text, folder):
    path = folder / "names.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_students(path)


def test_names_are_read_whatever_lines_look_like(tmp_path):
    text = "\ufeffanna\r\n\r\n  Zoë   Núñez \n\n陈\n"
    assert read(text, tmp_path) == ["anna", "Zoë Núñez", "陈"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("anna\nben\n anna ", "in the lines 1, 3: two of one name"),
        ("Zo\u00eb\nx\nZoe\u0308", "in the lines 1, 3: two of one name"),
        ("\n \n", "has no names"),
        ("x" * 201, "line 1: a name has at most 200 letters, not 201"),
        ("\n".join(map(str, range(10_000))), "has 10,000 names, more than the 1,000"),
        ("Zoë".encode("latin-1"), "not UTF-8"),
    ],
)
def test_what_is_no_list_of_names_is_told(text, told, tmp_path):
    with pytest.raises(InputError, match=told):
        read(text, tmp_path)


STRANGE = [
    "anna", "Anna", "ANNA", "../x", "x", "/etc/passwd", "..", ".", "...", "a/b", "a_b", "a\\b",
    "con", "NUL", "com1", "-rf", "a.html", "x" * 200, "x" * 199, "陈" * 100, "🙂", "~", "$HOME",
    "a\x00b", "\u202eabc", "a:b", "*", "a\nb", " ", "sheet", "ﬁ", "fi", "ß", "ss", "answers", "",
]  # fmt: skip


def test_files_of_strange_names_are_plain_and_each_its_own(tmp_path):
    found = name_files(STRANGE, ".html")
    assert len({name.casefold() for name in found}) == len(STRANGE)
    for name in found:
        assert (tmp_path / name).resolve().parent == tmp_path.resolve()
        assert not name.startswith((".", "-"))
        assert len(name.encode()) <= 255
        (tmp_path / name).write_text("x")
    assert len(list(tmp_path.iterdir())) == len(STRANGE)
