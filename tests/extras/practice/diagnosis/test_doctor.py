"""Engines of students diagnosed: each fault by its name, no other, and none in a right engine."""

import json
import math
import re
import subprocess
import sys
import types

import pytest
from commands import run_command
from places import ROOT
from student_engines import (
    BRIEF,
    BROKEN,
    CLASSES,
    CLOSURES,
    FEW,
    RECURSIVE,
    STYLES,
    WALK,
    break_engine,
    leave_only,
)

from micrograd_nn import OPERATIONS, Value, diagnose, micrograd
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.diagnosis import Diagnosis
from micrograd_nn.extras.practice.diagnosis.fault_table import FAULT_ROWS, FAULTS, REMARK
from micrograd_nn.extras.practice.diagnosis.faults import FoundFault, GradientPair
from micrograd_nn.extras.practice.diagnosis.graphs import WrittenForm, list_graphs

QUICK = [  # of what is found, and of probes
    "two at once", "takes the graph apart", "three at once", "an unknown factor", "wrong value",
    "an error in a closure", "no reflected operators", "seeds with nothing", "relu at 0",
    "keeps inner gradients", "clears gradients in the pass", "gradients in 32 bits",
    "visits again in breadth",
]  # fmt: skip


def edit(name):
    """Return the text of a broken engine by its name."""
    return break_engine(next(edits for other, edits, _ in BROKEN if other == name))


@pytest.mark.parametrize(
    ("name", "edits", "faults"),
    [
        pytest.param(*one, id=one[0], marks=[] if one[0] in QUICK else pytest.mark.slow)
        for one in BROKEN
    ],
)
def test_a_broken_engine_is_diagnosed_by_the_name_of_its_fault(name, edits, faults, find):
    text = edit(name)
    diagnosis = find(leave_only(text, *FEW) if name in QUICK else text, expect=())
    found = diagnosis.faults + diagnosis.remarks
    found = [one.title if one.name == "local_factor" else one.name for one in found]
    assert sorted(found) == sorted(faults), str(diagnosis)
    assert diagnosis.is_right == all(
        name in FAULTS and FAULTS[name].severity == REMARK for name in faults
    )
    for one in diagnosis.faults:
        assert one.title[0] != " "
        assert one.hint
        assert "{" not in one.title + one.what + one.hint
        assert one.program or one.note or one.error


@pytest.mark.parametrize(
    "style",
    [pytest.param(one, marks=[] if one == "locals" else pytest.mark.slow) for one in STYLES],
)
def test_a_right_engine_has_no_fault(style, find):
    diagnosis = find(STYLES[style], expect=())
    assert diagnosis.faults == []
    assert diagnosis.status == 0
    assert diagnosis.graph_count > 500
    assert [one.name for one in diagnosis.remarks] == ["replaces"] * (style == "classes")


@pytest.mark.slow
def test_overwriting_is_told_of_the_operations_that_do(find):
    fault, other = find(edit("overwrites in + and *, and tanh by its input")).faults
    assert (fault.name, other.name) == ("overwrite", "local_factor")
    assert fault.operations == ["a + b", "a * b"]
    assert "(a + b and a * b)" in fault.what


# The smallest graph

OPERATORS = ("add", "mul", "sub", "exp", "tanh", "relu", "neg")
FORMS = [WrittenForm(name, "v" * len(OPERATIONS[name].inputs)) for name in OPERATORS]


def test_graphs_are_listed_from_the_smallest_and_none_twice():
    forms = tuple(FORMS)
    tasks = list_graphs(forms, forms)
    sizes = [(len(graph.lines), len(graph.leaves)) for graph, _ in tasks]
    assert sizes == sorted(sizes)
    assert len({repr(task.graph) for task in tasks}) == len(tasks)
    # of two operations: one on the other's result, alone or with itself, or with a leaf
    alone = tuple(form for form in FORMS if form.name in ("add", "neg"))
    two = [graph for graph, _ in list_graphs(alone, alone) if len(graph.lines) == 2]
    # neg and a + a, a + b below; neg, u + u, u + leaf and leaf + u above, of each leaf or a new one
    assert len(two) == 2 * (2 + 2 * 2) + (2 + 2 * 3)


# Engines that aren't files


@pytest.mark.slow
def test_a_class_of_a_notebook_is_diagnosed_by_the_text_of_its_cells(monkeypatch):
    import linecache

    cell, helper = "<cell 2>", "<cell 1>"
    text = edit("exp's factor").replace("import math\n", "").replace("math.exp(", "exp_of(")
    one = "import math\nSMALL = 1e-300\ndef exp_of(x):\n    return math.exp(x) + SMALL\n"
    notebook = types.ModuleType("notebook")
    notebook.math = math
    monkeypatch.setitem(sys.modules, "notebook", notebook)
    for name, source in ((helper, one), (cell, text)):
        monkeypatch.setitem(
            linecache.cache, name, (len(source), None, source.splitlines(keepends=True), name)
        )
        exec(compile(source, name, "exec"), vars(notebook))
    diagnosis = diagnose(notebook.Value)
    assert [one.name for one in diagnosis.faults] == ["local_factor"]
    assert diagnosis.faults[0].where.text == "self.grad += out.grad"


def test_a_class_without_a_source_is_refused_in_words():
    names = {"__name__": "nowhere"}
    exec(compile(CLOSURES, "<nowhere>", "exec"), names)
    with pytest.raises(InputError, match="its source can't be had; put the class into a file"):
        diagnose(names["Value"])


def test_json_has_what_is_printed_which_fits_a_terminal(find):
    diagnosis = find(leave_only(edit("two at once"), *FEW), expect=())
    printed = str(diagnosis)
    assert max(map(len, printed.splitlines())) <= 100
    assert "1. Overwrites shared gradients" in printed
    assert "∂y/∂a is 1, and should be 7.389." in printed
    assert [step.goes_wrong for step in diagnosis.faults[1].steps] == [True]
    (data,) = json.loads(diagnosis.as_json())["engines"]
    assert data["status"] == 1
    assert [one["name"] for one in data["faults"]] == ["overwrite", "local_factor"]
    assert data["faults"][1]["gradients"] == [
        {"of": "∂y/∂a", "theirs": 1.0, "right": pytest.approx(math.e**2)}
    ]
    assert data["faults"][1]["where"]["text"] == "self.grad += out.grad"


PEERS = {  # of the package index, at a version: the file and its class
    "micrograd==0.1.0": ("micrograd/engine.py:Value", ["kept", "recursion"]),
    "scalargrad==1.0.5": ("scalargrad/core.py:Scalar", ["kept", "recursion"]),
    "micrograd-hk==0.1.1":
        ("micrograd_hk/engen.py:Value", ["kept", "narrow", "not_reflected", "recursion"]),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PEERS)
def test_peers_from_the_package_index_are_right(name, tmp_path):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--retries=0",
               "--disable-pip-version-check", f"--target={tmp_path}", name]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"pip can't install {name} here")
    file, remarks = PEERS[name]
    diagnosis = diagnose(str(tmp_path / file))
    assert diagnosis.is_right
    assert sorted(one.name for one in diagnosis.remarks) == remarks


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Value, micrograd.Value])
def test_our_own_engine_has_no_fault(kind):
    assert diagnose(kind).faults == []


def test_the_guide_names_each_fault():
    text = (ROOT / "docs" / "do" / "engine-doctor.md").read_text(encoding="utf-8")
    tables = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    rows = {row.name for row in FAULT_ROWS}
    assert {name for cell in tables for name in re.findall("`([a-z_]+)`", cell)} <= rows
    assert rows <= set(re.findall("`([a-z_]+)`", text))


def test_numbers_that_json_lacks_are_texts():
    found = [FoundFault("unknown", "", "", "", "wrong",
                        gradients=[GradientPair("∂y/∂a", math.nan, math.inf)])]  # fmt: skip
    (data,) = json.loads(Diagnosis("engine.py:Value", found, [], 1).as_json())["engines"]
    assert data["faults"][0]["gradients"] == [{"of": "∂y/∂a", "theirs": "NaN", "right": "Infinity"}]


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
