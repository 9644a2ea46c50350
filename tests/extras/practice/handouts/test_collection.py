"""Which exercises a sheet has, and the names of students: strange ones, many, two alike."""

import pytest

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.exercises import TOPICS
from micrograd_nn.extras.practice.handouts.collection import (
    Selection,
    identify_exercise,
    name_files,
    read_students,
)


@pytest.fixture
def names(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "names.txt"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def list_exercises(seed=0, **selection):
    return [item.exercise for item in Selection(**selection).make_items(seed)]


def test_topics_come_in_turn_and_by_themselves_all_of_them():
    assert [x.topic for x in list_exercises()] == list(TOPICS)
    first = next(iter(TOPICS))
    assert [x.topic for x in list_exercises(topics=[first], count=3)] == [first] * 3


@pytest.mark.slow
def test_a_class_has_as_many_different_sheets_and_the_same_seed_gives_the_same():
    names = [*range(30), 0]
    sheets = [tuple(map(str, list_exercises(seed=f"s{i}", count=4))) for i in names]
    assert len(set(sheets)) == 30
    assert sheets[-1] == sheets[0]


def test_no_exercise_comes_twice_while_there_are_others():
    found = list_exercises("anna", topics=["shared"], count=8)
    assert len({*map(str, found)}) == len({identify_exercise(x) for x in found}) == 8


@pytest.mark.parametrize("count", [0, -1, 201])
def test_a_sheet_has_some_exercises_and_not_too_many(count):
    with pytest.raises(InputError, match="1 to 200 exercises"):
        list_exercises(count=count)


def test_names_are_read_whatever_lines_look_like(names):
    path = names("\ufeffanna\r\n\r\n  Zoë   Núñez \n\n陈\n")
    assert read_students(path) == ["anna", "Zoë Núñez", "陈"]


@pytest.mark.parametrize("text", ["anna\nben\n anna ", "Zo\u00eb\nx\nZoe\u0308"])
def test_two_of_one_name_are_told(names, text):
    with pytest.raises(InputError, match="in the lines 1, 3: two of one name"):
        read_students(names(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n \n", "has no names"),
        ("x" * 201, "line 1: a name has at most 200 letters, not 201"),
        ("\n".join(map(str, range(10_000))), "has 10,000 names, more than the 1,000"),
    ],
)
def test_what_is_no_list_of_names_is_told(names, text, told):
    with pytest.raises(InputError, match=told):
        read_students(names(text))


def test_names_in_another_encoding_are_told(names):
    with pytest.raises(InputError, match="not UTF-8"):
        read_students(names("Zoë", "latin-1"))


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


def test_files_stand_in_the_order_of_the_list():
    for count in (3, 100):
        found = name_files([f"{chr(122 - i % 26)}{i}" for i in range(count)], "")
        assert found == sorted(found)
