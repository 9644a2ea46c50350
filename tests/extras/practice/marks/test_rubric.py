"""Points: each fault costs those of one part, and of what nobody saw nothing is guessed."""

import pytest

from micrograd_nn import InputError
from micrograd_nn.extras.practice.diagnosis.diagnosis import Diagnosis
from micrograd_nn.extras.practice.diagnosis.fault_table import FAULTS
from micrograd_nn.extras.practice.diagnosis.faults import FoundFault
from micrograd_nn.extras.practice.diagnosis.shown import HIDING
from micrograd_nn.extras.practice.marks.marks import LOOK, PARTS, WALK, Rubric, grade, read_rubric

POINTS = {"+": 2, "exp": 3, "shared": 1, "order": 1, "seed": 1, "deep": 1, "second-pass": 1}


def fault(name, *operations, note="", levels=0):
    """Return a fault of a name, on a graph of so many levels of exp."""
    example = {"leaves": [-2.0], "lines": [["exp", [i]] for i in range(levels)]}
    return FoundFault(name, FAULTS[name].title, "", "", "wrong", note=note, operations=operations,
                      example=example if levels else None)  # fmt: skip


def test_every_fault_belongs_to_one_part():
    faults = " ".join(PARTS.values()).split()
    assert sorted(faults) == sorted(FAULTS)


@pytest.mark.parametrize(
    ("found", "lost", "looks"),
    [
        ([], "", ""),
        ([fault("overwrite", "exp")], "shared", ""),
        ([fault("local_factor", "exp")], "exp", ""),
        ([fault("right_forgotten", "a + b"), fault("recursion")], "+ deep", ""),
        ([fault("forward", "2 + a")], "+", ""),
        ([fault("lacking", "exp(a)")], "exp", ""),
        ([fault("unknown", "exp", levels=1)], "exp", ""),
        ([fault("unknown", "exp", levels=2)], "", "exp shared order"),
        ([fault("unknown", levels=3), fault("order")], "order", "exp shared"),
        ([fault("raises", "exp")], "exp", ""),
        ([fault("unseeded", note=f"All gradients are 0, so {HIDING}.")], "seed",
         "+ exp shared order second-pass"),
        ([fault("nothing")], "seed", "+ exp shared order second-pass"),
        ([fault("nudged")], " ".join(POINTS), ""),
    ],
)  # fmt: skip
def test_a_part_gets_its_points_unless_a_fault_of_it_was_found(found, lost, looks):
    marks = grade(Diagnosis("a.py:Value", found), Rubric(points=POINTS))
    assert {mark.part for mark in marks if mark.why == LOOK} == set(looks.split())
    assert {mark.part for mark in marks if mark.why not in ("", LOOK)} == set(lost.split())
    for mark in marks:
        assert mark.points == (0 if mark.why else POINTS[mark.part])


@pytest.mark.parametrize(
    ("unseen", "looks"),
    [
        ("softmax", ""), ("larger graphs", ""), ("exp(a)", "exp"), ("deep graphs", "deep"),
        ("9 of 99 small graphs", "+ exp shared order seed"), ("a second pass", "second-pass"),
    ],
)  # fmt: skip
def test_what_was_not_looked_at_gets_no_points(unseen, looks):
    marks = grade(Diagnosis("a.py:Value", unseen=[unseen]), Rubric(points=POINTS))
    assert {mark.part for mark in marks if not mark.points} == set(looks.split())
    assert {mark.why for mark in marks} <= {"", LOOK}


def test_what_cannot_be_run_gets_nothing_and_says_why():
    marks = grade(Diagnosis("a.py:Value", why="it has no class Value"), Rubric(points=POINTS))
    assert {(m.points, m.why) for m in marks} == {(0, "it can't be run: it has no class Value")}


def test_without_a_rubric_what_there_is_gets_points():
    diagnosis = Diagnosis("a.py:Value", [fault("overwrite")], operations=["add", "exp"])
    marks = grade(diagnosis, Rubric())
    assert {mark.part: mark.points for mark in marks} == {
        "add": 1, "exp": 1, **dict.fromkeys(WALK, 1), "shared": 0,
    }  # fmt: skip


def test_what_has_points_is_expected(folder):
    (folder / "rubric.toml").write_text(
        '\ufeffexpect = ["tanh"]\n[points]\n"+" = 1\nown = 1\ndeep = 0.5'
    )
    rubric = read_rubric("rubric.toml")
    assert (rubric.name, rubric.expected) == ("Value", ["tanh", "+", "deep"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[points", "isn't TOML"), ("weight = 2", "weight isn't known"),
        ("name = 'my class'", "name is a class's name"), ("expect = 'tanh'", "a list of texts"),
        ("points = 3", "a number for each part"), ("[points]\nexp = -1", "0 to 1,000,000"),
        ("[points]\nexp = nan", "0 to 1,000,000"), ("[points]\nexp = 1e308", "0 to 1,000,000"),
        ("[points]\nexp = true", "0 to 1,000,000"), ("[points]\nsinus = 1", "sinus isn't a part"),
        ("expect = ['sinus']", "sinus can't be expected"),
        ("[points]\nreplace = 1\naccumulate = 1", "can't both"),
    ],
)  # fmt: skip
def test_a_rubric_that_cannot_be_is_refused_with_its_name(text, why, folder):
    (folder / "r.toml").write_text(text)
    with pytest.raises(InputError, match=f"r.toml.*{why}"):
        read_rubric("r.toml")
