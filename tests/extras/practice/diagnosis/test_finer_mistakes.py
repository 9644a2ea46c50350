"""Engines with one operation's mistake that no misconception is, or with an odd state: named."""

import pytest
from other_styles import DICTIONARY, FUNCTIONS, NAMES, TAPE, break_style
from student_engines import ADD, CLASSES, CLOSURES, MUL, run_program

pytestmark = pytest.mark.slow

PASS_ON = """
    def pass_on(self, share):
        self.grad += share
"""
LATE = (
    MUL + "\n        out._backward = _backward\n        return out\n",
    """\
            for call in calls:
                call()

        calls = [lambda: x.pass_on(y.data * out.grad) for x, y in ((self, other), (other, self))]
        out._backward = _backward
        return out
"""
    + PASS_ON,
)
WEIGHT = (
    "    def __rmul__(self, other):\n        return self * other\n",
    """\
    def __rmul__(self, other):
        out = Value(self.data * other, (self,))

        def _backward():
            self.grad += out.grad

        out._backward = _backward
        return out
""",
)
RECIPROCAL = (
    "    def __neg__(self):",
    """\
    def reciprocal(self):
        out = Value(1 / self.data, (self,))

        def _backward():
            self.grad += -out.grad / self.data**2

        out._backward = _backward
        return out

    def __neg__(self):""",
)
DIVIDE = CLOSURES.index("        out = Value(self.data / other")
BY_RECIPROCAL = (
    CLOSURES[DIVIDE : CLOSURES.index("    def __pow")],
    "        return self * other.reciprocal()\n\n",
)
SAVED = [("self.out = 1 /", "Sigmoid.out = 1 /"), ("return self.out\n", "return Sigmoid.out\n"),
         ("g * self.out * (1 - self.out)", "g * Sigmoid.out * (1 - Sigmoid.out)")]  # fmt: skip
ONE_ARRAY = [("x.grad = x.grad + g", "x.grad += g"), ("= 1.0\n", "= np.array(1.0)\n"),
             ("class Function", "import numpy as np\n\n\nclass Function")]  # fmt: skip
BY_NUMBER = [("id(self)", "self.value"), ("id(parent)", "parent.value"),
             ("grads[id(node)]", "grads[node.value]")]  # fmt: skip
NOT_EMPTIED = [("        for node in TAPE:\n            if node.inputs:\n"
                "                node.grad = 0.0\n", "")]  # fmt: skip

# An engine, its edits, the fault's name, what its title begins with, and its line.
ENGINES = {
    "a factor of no misconception": (
        CLOSURES, [("(1 - out.data**2)", "(1 - out.data) ** 2")], "local_factor", "tanh",
        "self.grad += (1 - out.data) ** 2 * out.grad",
    ),
    "a sum by the rule of a product": (
        CLOSURES, [(ADD, MUL)], "local_factor", "a + b passes back", "def __add__(self, other):",
    ),
    "a gradient in place of a number": (
        CLOSURES, [("+= self.data * out.grad\n", "+= self.grad * out.grad\n")],
        "local_factor", "a * b: a gradient in place of a number",
        "other.grad += self.grad * out.grad",
    ),
    "a factor that is added": (
        CLOSURES, [("(1 - out.data**2) * out.grad", "(1 - out.data**2) + out.grad")],
        "local_factor", "tanh: added where it has to be multiplied",
        "self.grad += (1 - out.data**2) + out.grad",
    ),
    "both shares to one": (
        CLOSURES, [(ADD, ADD.replace("other", "self"))], "misdirected", "a + b passes a share",
        "self.grad += out.grad",
    ),
    "added to the other's": (
        CLOSURES, [(ADD, ADD.replace("other.grad += ", "other.grad = self.grad + "))],
        "misdirected", "a + b passes a share", "other.grad = self.grad + out.grad",
    ),
    "a loop's variable": (CLOSURES, [LATE], "misdirected", "a * b passes a share", None),
    "a weight's factor": (
        CLOSURES, [WEIGHT], "local_factor", "2 * a: the local derivative", "self.grad += out.grad",
    ),
    "a class that saves": (
        CLASSES, SAVED, "last_call", "sigmoid remembers",
        "return (g * Sigmoid.out * (1 - Sigmoid.out),)",
    ),
    "one array": (FUNCTIONS, ONE_ARRAY, "aliased", "Two gradients", "x.grad += g"),
    "gradients by number": (DICTIONARY, BY_NUMBER, "equal_nodes", "Takes two", None),
    "the first is left out": (
        CLOSURES, [("in reversed(order)", "in [x for x in order if x._prev][:0:-1]")],
        "order", "Walks in", "def backward(self):",
    ),
    "a tape that nobody empties": (TAPE, NOT_EMPTIED, "left_over", "Walks what", None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "edits", "name", "title", "line"), ENGINES.values(), ids=ENGINES
)
def test_it_is_named_with_its_line_and_nothing_else(engine, edits, name, title, line, find):
    found = find(break_style(engine, edits), NAMES.get(engine, "Value"), expect=()).faults
    assert [one.name for one in found] == [name]
    assert found[0].title.startswith(title)
    assert line is None or found[0].where.text == line


def test_an_engine_that_divides_by_a_reciprocal_of_its_own_is_right(find):
    assert find(break_style(CLOSURES, [BY_RECIPROCAL, RECIPROCAL])).is_right


def test_a_program_makes_the_graph_again_where_the_next_one_is_wrong(find):
    found = find(break_style(TAPE, NOT_EMPTIED), "Var").faults
    fault = next(one for one in found if one.name == "left_over")
    run_program(break_style(TAPE, NOT_EMPTIED), fault)
