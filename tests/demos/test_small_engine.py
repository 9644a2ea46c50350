"""The engine of chapter 5 in one file, beside the package, and before the doctor."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import micrograd_nn
from demos import engine
from micrograd_nn import diagnose

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


def test_the_doctor_finds_no_fault_in_it():
    assert not diagnose(engine.Value).faults


def test_depth_is_no_limit():
    x = total = engine.Value(1.0)
    for _ in range(50_000):
        total = total + x
    total.backward()
    assert (total.data, x.grad) == (50_001, 50_001)
    assert math.isclose(engine.Value(2.0).log().data, math.log(2))
