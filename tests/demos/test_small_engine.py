"""The engine of chapter 6 in one file, and a learner's with mistakes: before the doctor."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT

import micrograd_nn
from demos import engine
from micrograd_nn import adopt, diagnose

FUNCTIONS = {
    "neuron": lambda x, y: ((x * y + 0.5).tanh() - y) ** 2,
    "reused": lambda x, y: (x + y) * (x * y) + x * x * x,
    "gate": lambda x, y: (3 * x - y).sigmoid() * (1 - y).relu() + 2 / (1 + y * y),
    "growth": lambda x, y: (x * 0.1).exp() * -y + (x * x + 1).log() - 2,
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=st.floats(-5, 5), y=st.floats(-5, 5))
def test_it_computes_what_the_package_does(name, x, y):
    found = []
    for value in (engine.Value, micrograd_nn.Value):
        leaves = [value(x), value(y)]
        out = FUNCTIONS[name](*leaves)
        out.backward()
        out.backward()  # which adds
        found.append([out.data, *[leaf.grad for leaf in leaves]])
    assert found[0] == pytest.approx(found[1], rel=1e-12, abs=1e-12)


@given(x1=st.floats(-2, 2), x2=st.floats(-2, 2), y=st.floats(0, 1))
def test_a_network_of_two_hidden_neurons_is_equal_to_the_last_bit(x1, x2, y):
    found = []
    for value in (engine.Value, micrograd_nn.Value):
        leaves = [value(x) for x in (x1, x2, y)]
        h1 = (0.5 * leaves[0] - 2 * leaves[1] + 1).sigmoid()
        h2 = (-leaves[0] + leaves[1] + 1).sigmoid()
        e = leaves[2] - (2 * h1 - 2 * h2).sigmoid()
        loss = e * e
        loss.backward()
        found.append([loss.data, *[leaf.grad for leaf in leaves]])
    assert found[0] == found[1]


def test_the_doctor_finds_no_fault_in_it():
    assert not diagnose(engine.Value).faults


def test_a_page_takes_its_graph_by_the_local_derivatives_that_it_records():
    x, y = engine.Value(1.5), engine.Value(-0.3)
    assert "Its gradients are right: " in str(adopt(FUNCTIONS["gate"](x, y)))
    swapped = engine.Value(x.data * y.data, (x, y), (x.data, y.data))
    assert "passes on 1.5 × its gradient to x, but its derivative is −0.3" in str(adopt(swapped))


def test_depth_is_no_limit():
    x = total = engine.Value(1.0)
    for _ in range(50_000):
        total = total + x
    total.backward()
    assert (total.data, x.grad) == (50_001, 50_001)
    assert math.isclose(engine.Value(2.0).log().data, math.log(2))


def test_the_doctor_finds_both_mistakes_of_the_learners_engine():
    source = (ROOT / "demos" / "student.py").read_text(encoding="utf-8").splitlines()
    found = diagnose(ROOT / "demos" / "student.py").faults
    assert [fault.title for fault in found] == [
        "Overwrites shared gradients", "tanh: the input in place of the output",
    ]  # fmt: skip
    for fault, line in zip(found, ["other.data * out.grad", "1 - self.data**2"], strict=True):
        number = int(re.search(r"line (\d+)", str(fault.where))[1])
        assert line in source[number - 1]
