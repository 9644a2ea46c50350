"""What an exercise expects is a fault where it lacks, and a remark where nobody expects it."""

import json

import pytest
from commands import run_command
from student_engines import (
    BRIEF,
    BROKEN,
    CLASSES,
    CLOSURES,
    FEW,
    RECURSIVE,
    WALK,
    break_engine,
    leave_only,
)

from micrograd_nn._ground.text import InputError

EDITS = {name: edits for name, edits, _ in BROKEN}


@pytest.mark.parametrize(
    ("text", "expect", "fault"),
    [
        (BRIEF.replace(WALK, RECURSIVE), "deep", "recursion"),
        (leave_only(break_engine(EDITS["keeps inner gradients"]), *FEW), "second-pass", "kept"),
        *[
            pytest.param(*one, marks=pytest.mark.slow)
            for one in (
                (break_engine(EDITS["no reflected operators"]), "reflected", "not_reflected"),
                (CLASSES, "accumulate", "replaces"),
                (CLOSURES, "replace", "adds_up"),
                (CLOSURES, "sigmoid", "lacking"),
            )
        ],
    ],
)
def test_what_is_expected_is_a_fault_where_it_lacks(text, expect, fault, find):
    assert fault not in [one.name for one in find(text, expect=()).faults]
    diagnosis = find(text, expect=expect)  # a text alone, as the command has it
    assert [one.name for one in diagnosis.faults] == [fault]
    assert diagnosis.faults[0].hint
    assert diagnosis.status == 1


def test_all_that_is_there_may_be_expected(find):
    expect = ["+", "*", "/", "**", "exp", "tanh", "relu", "deep", "second-pass", "reflected"]
    assert find(CLOSURES, expect=[*expect, "accumulate"]).is_right


@pytest.mark.parametrize(
    ("expect", "why"),
    [
        (["tan h"], "tan h can't be expected: expect operations"),
        (["replace", "accumulate"], "can't both accumulate and replace"),
    ],
)
def test_what_nobody_can_expect_is_refused_in_words(expect, why, find):
    with pytest.raises(InputError, match=why):
        find(BRIEF, expect=expect)


def test_the_command_takes_what_is_expected(folder, capsys):
    (folder / "student.py").write_text(BRIEF)
    status = run_command(["diagnose", "student.py", "--expect", "sigmoid,deep", "--json"])
    (one,) = json.loads(capsys.readouterr().out)["engines"]
    assert [fault["title"] for fault in one["faults"]] == ["Lacks sigmoid(a)"]
    assert status == 1
