"""Engines of students diagnosed: each fault by its name, no other, and none in a right engine."""

import json
import math
import re
import subprocess
import sys
import types
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT
from student_engines import BRIEF, BROKEN, CLOSURES, FEW, STYLES, break_engine, leave_only

from micrograd_nn import OPERATIONS, Value, diagnose, micrograd
from micrograd_nn._ground.text import InputError
from micrograd_nn.checks.samples import Expression
from micrograd_nn.extras.practice.diagnosis import Diagnosis
from micrograd_nn.extras.practice.diagnosis.fault_table import FAULT_ROWS, FAULTS, REMARK
from micrograd_nn.extras.practice.diagnosis.faults import FoundFault, GradientPair
from micrograd_nn.extras.practice.diagnosis.graphs import (
    WrittenForm,
    find_truth,
    list_graphs,
    make_graph,
    shrink,
)

QUICK = [  # of what is found, and of probes
    "two at once", "takes the graph apart", "three at once", "an unknown factor", "wrong value",
    "an error in a closure", "no reflected operators", "seeds with nothing", "relu at 0",
    "keeps inner gradients", "clears gradients in the pass", "gradients in 32 bits",
    "visits again in breadth",
]  # fmt: skip


def edit(name):
    """Return the text of a broken engine by its name."""
    return break_engine(next(edits for other, edits, _ in BROKEN if other == name))


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """Return a function that writes an engine into a file and returns its path."""
    folder = tmp_path_factory.mktemp("engines")

    def write(text, name):
        path = folder / f"{re.sub('[^a-z0-9]+', '_', name)}.py"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(scope="module")
def find(write):
    """Return a function that diagnoses a broken engine by its name, once for all tests.

    Those of QUICK are wrong in what an engine of a few operations has, too.
    """

    @cache
    def find(name):
        text = edit(name)
        return diagnose(write(leave_only(text, *FEW) if name in QUICK else text, name))

    return find


@pytest.mark.parametrize(
    ("name", "edits", "faults"),
    [
        pytest.param(*one, id=one[0], marks=[] if one[0] in QUICK else pytest.mark.slow)
        for one in BROKEN
    ],
)
def test_a_broken_engine_is_diagnosed_by_the_name_of_its_fault(name, edits, faults, find):
    diagnosis = find(name)
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
def test_a_right_engine_has_no_fault(style, write):
    diagnosis = diagnose(write(STYLES[style], style))
    assert diagnosis.faults == []
    assert diagnosis.status == 0
    assert diagnosis.graph_count > 500
    assert [one.name for one in diagnosis.remarks] == ["replaces"] * (style == "classes")


@pytest.mark.slow
def test_the_line_that_errs_is_told_with_both_numbers_and_the_step(find):
    fault, _ = find(QUICK[0]).faults
    assert fault.where.text == "self.grad = (1 - out.data**2) * out.grad"
    assert fault.where.line == 1 + [
        line.strip() for line in BRIEF.splitlines()
    ].index("self.grad += (1 - out.data**2) * out.grad")  # fmt: skip
    (fault,) = find("overwrites everywhere").faults
    assert fault.program == "a = Value(2.0)\ny = a + a\ny.backward()"
    assert [(one.name, one.theirs, one.right) for one in fault.gradients] == [("∂y/∂a", 1.0, 2.0)]
    assert [step.goes_wrong for step in fault.steps] == [False, True]
    assert "∂y/∂a: 1 + 1 × 1 = 2" in fault.steps[1].text


@pytest.mark.slow
def test_overwriting_is_told_of_the_operations_that_do(find):
    fault, other = find("overwrites in + and *, and tanh by its input").faults
    assert (fault.name, other.name) == ("overwrite", "local_factor")
    assert fault.operations == ["a + b", "a * b"]
    assert "(a + b and a * b)" in fault.what


@pytest.mark.slow
def test_what_is_printed_fits_a_terminal_and_gives_a_hint_not_the_solution(find):
    printed = str(find("exp's factor"))
    assert "1. exp: the local derivative is forgotten" in printed
    assert "∂y/∂a is 1, and should be 7.389." in printed
    assert "Hint: " in printed
    assert "out.data" not in printed.replace("out.data * out.grad", "")
    assert max(map(len, printed.splitlines())) <= 100


# The smallest graph

OPERATORS = ("add", "mul", "sub", "exp", "tanh", "relu", "neg")
FORMS = [WrittenForm(name, "v" * len(OPERATIONS[name].inputs)) for name in OPERATORS]


@st.composite
def small_graphs(draw, most):
    """Draw a graph of a few operations, in which all is used."""
    size = draw(st.integers(1, most))
    numbers = st.sampled_from([2.0, 3.0, 1.0, -1.0, 0.5, -2.0, 4.0])
    leaves = draw(st.lists(numbers, min_size=1, max_size=3))
    lines = []
    for i in range(size):
        row = OPERATIONS[draw(st.sampled_from(OPERATORS))]
        places = st.integers(0, len(leaves) + i - 1)
        lines.append((row, [draw(places) for _ in row.inputs]))
    return Expression(leaves, lines)


def run_engine(text, graph):
    """Return the gradients that an engine gives the leaves of a graph."""
    names = {}
    exec(text, names)
    nodes = [names["Value"](x) for x in graph.leaves]
    leaves = [*nodes]

    def apply(row, inputs):
        if hasattr(inputs[0], row.name):
            return getattr(inputs[0], row.name)()
        return row.forward(*inputs)

    graph(leaves, apply).backward()
    return [leaf.grad for leaf in leaves]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["walks forward", "overwrites in tanh", "upstream forgotten", "walks in breadth"]
)
def test_hypothesis_finds_no_smaller_graph(name, find):
    text = edit(name)
    (fault,) = find(name).faults
    operations = sum(node.operation is not None for node in fault.graph.nodes)
    assert operations >= 2

    @settings(max_examples=60)
    @given(small_graphs(operations - 1))
    def search(graph):
        truth = find_truth(graph)
        if truth is not None:
            found = run_engine(text, graph)
            assert found == pytest.approx(truth.grads[: len(found)]), graph

    search()


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


def test_random_graphs_are_shrunk_to_what_errs():
    large = make_graph(
        [("mul", (-1, -2)), ("tanh", (0,)), ("add", (1, -3)), ("exp", (2,)), ("mul", (3, 0))],
        [0.3, 0.7, -0.2],
    )
    small = shrink(large, lambda graph: any(row.name == "tanh" for row, _ in graph.lines))
    assert [row.name for row, _ in small.lines] == ["tanh"]
    assert small.leaves == [2.0]


# Engines that aren't files


def make_module(text, name):
    module = types.ModuleType(name)
    exec(compile(text, f"<{name}>", "exec"), vars(module))
    return module


@pytest.mark.slow
def test_a_class_of_a_module_is_diagnosed(write, monkeypatch):
    path = write(edit("pow's factor"), "powers")
    monkeypatch.syspath_prepend(path.rpartition("/")[0])
    powers = pytest.importorskip("powers")
    diagnosis = diagnose(powers.Value)
    assert [one.name for one in diagnosis.faults] == ["local_factor"]
    assert diagnosis.name.endswith("powers.py:Value")


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
    made = make_module(CLOSURES, "nowhere").Value
    with pytest.raises(InputError, match="its source can't be had; put the class into a file"):
        diagnose(made)


def test_json_has_what_is_printed(find):
    diagnosis = find(QUICK[0])
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
