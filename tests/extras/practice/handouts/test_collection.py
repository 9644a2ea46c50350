"""Which exercises a sheet has, and the names of students: strange ones, many, two alike."""

import pytest

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.exercises import TOPICS
from micrograd_nn.extras.practice.handouts.item import (
    Selection,
    identify_exercise,
    name_files,
    read_students,
)


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
