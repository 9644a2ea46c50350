"""Engines whose right numbers are another engine's, or nudges: and some that may look so."""

import pytest
from student_engines import BRIEF, CLOSURES

WRAPPER = """\
class Value:
    def __init__(self, data, inner=None):
        self.inner = engine.Value(data) if inner is None else inner
        self.data = self.inner.data
    @property
    def grad(self):
        return self.inner.grad or 0.0
    @grad.setter
    def grad(self, number):
        self.inner.grad = number
    def __add__(self, other):
        out = self.inner + other.inner
        return Value(out.data, out)
    def __mul__(self, other):
        out = self.inner * other.inner
        return Value(out.data, out)
    def backward(self):
        self.inner.backward()
"""
NUDGED = """\
class Value:
    def __init__(self, data, rule=None, inputs=()):
        self.data, self.rule, self.inputs, self.grad = data, rule, inputs, 0.0
    def __add__(self, other):
        return Value(self.data + other.data, lambda a, b: a + b, (self, other))
    def __mul__(self, other):
        return Value(self.data * other.data, lambda a, b: a * b, (self, other))
    def compute(self):
        return self.rule(*[x.compute() for x in self.inputs]) if self.rule else self.data
    def backward(self):
        leaves, waiting = [], [self]
        while waiting:
            node = waiting.pop()
            if not node.inputs and node not in leaves:
                leaves.append(node)
            waiting += node.inputs
        for leaf in leaves:
            before = leaf.data
            leaf.data = before + 1e-6
            up = self.compute()
            leaf.data = before - 1e-6
            leaf.grad += (up - self.compute()) / 2e-6
            leaf.data = before
"""
READ = """\
import importlib.util
folder = importlib.util.find_spec("micrograd_nn").submodule_search_locations[0]
with open(folder + "/engine/table.py") as file:
    text = file.read()
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("from micrograd_nn import Value\n", "from micrograd_nn import Value"),
        ("import micrograd_nn as engine\n" + WRAPPER,
         "self.inner = engine.Value(data) if inner is None else inner"),
        ("import importlib\nengine = importlib.import_module('micro' + 'grad_nn')\n" + WRAPPER,
         "self.inner = engine.Value(data) if inner is None else inner"),
        (READ + BRIEF, 'with open(folder + "/engine/table.py") as file:'),
    ],
    ids=["imported", "wrapped", "hidden", "read"],
)  # fmt: skip
def test_another_engines_work_is_told_with_the_line_that_calls_it(text, line, find):
    fault, *_ = find(text, expect=()).faults
    assert fault.name == "borrowed"
    assert fault.where.text == line
    assert "micrograd_nn" in fault.note


def test_a_tensor_library_that_computes_is_told_and_one_that_is_imported_is_not(find):
    pytest.importorskip("torch")
    assert find("import torch\n" + CLOSURES, expect=()).faults == []
    text = CLOSURES.replace("math.exp(self.data)", "torch.tensor(self.data).exp().item()")
    assert [one.name for one in find("import torch\n" + text).faults[:1]] == ["borrowed"]


def test_nudges_are_told_from_a_pass_by_the_last_digits(find):
    faults = find(NUDGED, expect=()).faults
    assert [one.name for one in faults] == ["nudged"]
    assert "and should be 2.0" in faults[0].note
