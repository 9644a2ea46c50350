"""Engines whose walk is wrong, or odd, as students write them: what is named is true, once."""

import pytest
from student_engines import run_program

pytestmark = pytest.mark.slow

ENGINE = """
import math


class Value:
    def __init__(self, data, inputs=()):
        self.data, self.inputs, self.grad = data, inputs, 0.0

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        out = math.exp(self.data)
        return Value(out, [(self, out)])
"""
RIGHT = """
    def backward(self):
        order, waiting = [], [(self, False)]
        seen = []
        while waiting:
            node, is_done = waiting.pop()
            if is_done:
                order.append(node)
            elif node not in seen:
                seen.append(node)
                waiting.append((node, True))
                waiting += [(x, False) for x, _ in node.inputs]
        for node in order:
            if node.inputs:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for x, local in node.inputs:
                x.grad += node.grad * local
"""
GOES_DOWN = """
    def backward(self, is_root=True):
        if is_root:
            self.grad = 1.0
        for x, local in self.inputs:
            x.grad += self.grad * local
            x.backward(False)
"""
SETS_ITSELF = """
    def backward(self, upstream=1.0):
        self.grad = upstream
        for x, local in self.inputs:
            x.backward(upstream * local)
"""
EQUAL = """
    def __eq__(self, other):
        return self.data == other.data
"""
HELPER = """
    def backward(self):
        order = []
        note(self, order)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for x, local in node.inputs:
                x.grad += node.grad * local


def note(node, order):
    if node not in order:
        for x, _ in node.inputs:
            note(x, order)
        order.append(node)
"""


WALKS = {
    "goes down": (GOES_DOWN, ["revisits", "kept", "recursion"], "x.backward(False)"),
    "sets itself": (SETS_ITSELF, ["overwrite", "revisits", "recursion"], "self.grad = upstream"),
    "equal nodes": (RIGHT + EQUAL, ["equal_nodes"], "elif node not in seen:"),
    "nothing": ("\n    def backward(self):\n        pass\n", ["nothing"], "def backward(self):"),
    "resets to 1": (
        RIGHT.replace("for x, l", "node.grad = 1.0\n            for x, l"),
        ["reseeded"],
        "def backward(self):",
    ),
    "helper": (HELPER, ["recursion"], "note(x, order)"),
    "overwrites": (
        RIGHT.replace("+= node", "= node"), ["overwrite"], "x.grad = node.grad * local",
    ),
    "right": (RIGHT, [], ""),
}  # fmt: skip


@pytest.mark.parametrize(("walk", "faults", "line"), WALKS.values(), ids=WALKS)
def test_a_walk_is_told_by_its_fault_and_its_line(walk, faults, line, find):
    found = find(ENGINE + walk).faults
    assert sorted(one.name for one in found) == sorted(faults)
    assert [one.where.text for one in found[:1]] == [line] * bool(line)
    assert not any("are right" in one.note for one in found)


def test_a_gradient_that_begins_with_1_is_told(find):
    text = ENGINE.replace("inputs, 0.0", "inputs, 1.0") + RIGHT
    (fault,) = find(text).faults
    assert fault.name == "reseeded"
    text = text.replace(
        "            if node.inputs:\n                node.grad = 0.0\n", "            pass\n"
    )
    assert "reseeded" in [one.name for one in find(text).faults]


def test_the_program_of_a_fault_seeds_the_root_where_the_engine_does_not(find):
    text = ENGINE + RIGHT.replace("        self.grad = 1.0\n", "").replace(
        "if node.inputs:", "if node.inputs and node is not self:"
    ).replace("+= node", "= node")  # fmt: skip
    overwrite, unseeded = find(text).faults
    assert (overwrite.name, unseeded.name) == ("overwrite", "unseeded")
    run_program(text, overwrite)


def test_what_fails_is_told_once_and_not_as_missing(find):
    text = ENGINE.replace("self.data * other.data, [", "self.data * othr.data, [")
    text += "\n    def __sub__(self, other):\n        return self + other\n"
    diagnosis = find(text + RIGHT)
    assert [one.name for one in diagnosis.faults] == ["forward", "raises"]
    assert diagnosis.faults[1].what == "a * b stops with a NameError."
    assert not {"a * 2", "a - 2"} & {*diagnosis.missing}


def test_what_a_float_does_by_itself_is_no_operation_of_an_engine(find):
    text = ENGINE.replace("class Value:", "class Value(float):").replace(
        "    def __init__(self, data", "    def __new__(cls, data, inputs=()):\n"
        "        return super().__new__(cls, data)\n\n    def __init__(self, data",
    )  # fmt: skip
    diagnosis = find(text + RIGHT)
    assert {"a - b", "-a", "abs(a)"} <= {*diagnosis.missing}
    # a float is equal to another of the same number
    assert [one.name for one in diagnosis.faults] == ["equal_nodes"]


def test_numbers_that_numpy_has_and_python_has_not_hide_no_fault(find):
    pytest.importorskip("numpy")
    text = ENGINE.replace("import math", "import numpy as np").replace("math.exp", "np.exp")
    text += """
    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data - other.data, [(self, 1.0), (other, 1.0)])

    def __pow__(self, n):
        n = n if isinstance(n, Value) else Value(n)
        with np.errstate(all="ignore"):
            x, y = np.float64(self.data), np.float64(n.data)
            return Value(x**y, [(self, y * x ** (y - 1)), (n, x**y * np.log(y))])
"""
    assert [one.operations for one in find(text + RIGHT).faults] == [["a - b"], ["a ** b"]]
