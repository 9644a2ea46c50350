"""What the doctor looks at, whose work it sees, and the calls that show a fault."""

import pytest
from student_engines import BRIEF, CLASSES, CLOSURES, leave_only, run_program

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.diagnosis import process

EXP = ("self.grad += out.data * out.grad", "self.grad += out.grad")


def edit(text, *edits):
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.mark.slow
def test_when_time_is_over_what_was_found_is_told_and_what_was_left(find, monkeypatch):
    monkeypatch.setattr(process, "ALL_SECONDS", 12.0)
    slow = ("def backward(self):", "def backward(self):\n        __import__('time').sleep(0.03)")
    for edits, names, verdict in (
        ([EXP], ["local_factor"], "1 fault found"), ([], [], "no fault was found so far"),
    ):  # fmt: skip
        diagnosis = find(edit(CLOSURES, slow, *edits))
        assert [fault.name for fault in diagnosis.faults] == names
        assert (diagnosis.status, diagnosis.verdict) == (2 - bool(names), verdict)
        assert diagnosis.unseen[0].endswith(" small graphs")
        assert {"a second pass", "larger graphs", "deep graphs"} <= {*diagnosis.unseen}
        assert "No more was asked of it: it takes more than 12 s." in str(diagnosis)


@pytest.mark.slow
def test_a_value_that_was_seen_to_be_wrong_is_told_where_no_graph_was_run(find, monkeypatch):
    monkeypatch.setattr(process, "ALL_SECONDS", 10.0)
    text = edit(
        CLOSURES,
        ("self.data + other.data", "self.data + other.data + 1"),
        ("self.data = data", "self.data = __import__('time').sleep(0.12) or data"),
    )
    diagnosis = find(text)
    assert [fault.name for fault in diagnosis.faults] == ["forward"]
    assert diagnosis.graph_count == 0
    assert "tanh(a)" in diagnosis.unseen


def test_what_is_not_looked_at_is_told(find):
    own = """    def __iadd__(self, other):
        return self + other

    def square(self):
        return self * self

    def backward"""
    text = edit(BRIEF, ("    def backward", own))
    diagnosis = find(text + "\n\ndef softmax(values):\n    pass\n\n\ndef main():\n    pass\n")
    assert diagnosis.unseen == ["square", "softmax"]
    assert "Not looked at: square and softmax." in str(diagnosis)
    assert diagnosis.status == 0


@pytest.mark.parametrize(
    ("edits", "fault", "note"),
    [
        ([("(self.data > 0)", "(1 if self.data > 0 else 0.01)")], "leaky", ""),
        ([("max(self.data, 0.0)", "max(self.data, 0.1 * self.data)")], "leaky",
         "relu(−1) is −0.1, and should be 0."),
        ([("+= other.data * out.grad", "+= int(other.data * out.grad)"),
          ("+= self.data * out.grad", "+= int(self.data * out.grad)")], "rounded", ""),
        ([("math.exp(self.data)", "round(math.exp(self.data), 2)")], "rounded",
         "exp(2) is 7.39, and should be 7.389."),
        ([("class Value:", "class Value:\n    def __setattr__(self, name, x):\n        super()."
           "__setattr__(name, int(x) if name == 'grad' else x)\n")], "rounded", ""),
    ],
)  # fmt: skip
def test_a_leak_and_lost_digits_are_named(edits, fault, note, find):
    (found,) = find(edit(BRIEF, *edits)).faults
    assert (found.name, found.note) == (fault, note)


def test_gradients_may_be_ints_where_nothing_is_lost(find):
    ints = [("self.grad = 0.0", "self.grad = 0"), ("self.grad = 1.0", "self.grad = 1")]
    assert find(edit(BRIEF, *ints)).is_right


@pytest.mark.parametrize("name", ["__rsub__", "__rtruediv__"])
def test_what_a_number_on_the_left_lacks_is_missing_and_no_fault(name, find):
    few = leave_only(CLOSURES, "add", "radd", "mul", "rmul", name.strip("_"), name.strip("_")[1:])
    diagnosis = find(edit(few, (f"def {name}", "def _nothing")))
    assert diagnosis.is_right
    assert {"__rsub__": "2 - a", "__rtruediv__": "2 / a"}[name] in diagnosis.missing


def test_an_error_that_comes_from_many_lines_is_told_once(find):
    pytest.importorskip("numpy")
    text = BRIEF.replace(".grad = 0.0", ".grad = numpy.array(0)")
    (fault,) = find(f"import numpy\n{text}".replace("1.0\n", "numpy.array(1)\n")).faults
    assert fault.name == "raises"
    assert fault.note.startswith("The same error comes from lines ")


RENAMED = edit(
    BRIEF, EXP, ("        for node in order:\n            if node._prev:\n"
                    "                node.grad = 0.0\n", ""),
    ("Value", "Scalar"), ("def backward(self):", "def backprop(self, upstream):"),
    ("self.grad = 1.0", "self.grad = upstream"), ("__init__(self, data,", "__init__(self, value,"),
    ("self.data = data", "self.data = value"), (".data", ".value"), (".grad", ".gradient"),
    ("_op=\"\"", "_op=\"\", *, requires_grad=False"),
)  # fmt: skip


def test_a_fault_is_shown_by_the_calls_that_the_engine_has(find):
    kept, factor = find(RENAMED, "Scalar").faults
    assert factor.program == ("a = Scalar(2.0, requires_grad=True)\ny = a.exp()\ny.backprop(1.0)")
    for fault in (factor, kept):
        run_program(RENAMED, fault, "gradient")
    assert "a.gradient = 0.0\ny.backprop(1.0)" in kept.program


def test_a_gradient_that_is_not_found_is_no_gradient_of_zero(find):
    with pytest.raises(InputError, match=r"backward\(\) leaves no gradient in grad \(nor in"):
        find(BRIEF.replace(".grad", ".dx"))


def test_a_line_is_told_that_was_seen(find):
    # the line that sets the share, of two that replace what is there
    text = edit(CLASSES, ("x.grad += share", "x.grad = share"))
    (fault,) = find(text).faults
    assert (fault.name, fault.where.text) == ("overwrite", "x.grad = share")
    # the line that runs for this operation alone, far from where its shares are passed on
    text = edit(CLASSES, ("(1 - self.out),)", "(1 - self.out) * self.out,)"))
    (fault,) = find(text).faults
    assert fault.where.text == "return (g * self.out * (1 - self.out) * self.out,)"


@pytest.mark.parametrize(
    ("edit_of", "fault"),
    [
        (("    def backward(self):\n", "    def backward(self):\n        if self.depth > 5:\n"
          "            self.grad = 1.0\n            return\n"), "unknown"),
        (("        self._op = _op\n", "        self.data = data + (self.depth > 5)\n"), "forward"),
    ],
    ids=["its gradients", "its numbers"],
)  # fmt: skip
def test_what_deep_graphs_alone_show_is_shown_on_the_smallest_of_them(edit_of, fault, find):
    depth = "        self.depth = 1 + max([child.depth for child in _children], default=0)\n"
    prev = "        self._prev = _children\n"
    (found,) = find(edit(BRIEF, (prev, prev + depth), edit_of)).faults
    assert found.name == fault
    assert sum(node.operation is not None for node in found.graph.nodes) == 5


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


def test_what_is_made_of_a_copy_of_its_operand_is_not_right_because_its_parts_are(find):
    copied = "        return self * (1 + (Value(self.data) * 0.5).tanh()) * 0.5\n\n    def backward"
    (fault,) = find(edit(BRIEF, ("    def backward", f"    def silu(self):\n{copied}"))).faults
    assert (fault.name, fault.operations) == ("local_factor", ["silu"])
