"""Engines of students in many styles: walks, mistakes of one operation, several files."""

import pytest
from other_styles import BROKEN_STYLES, DICTIONARY, FUNCTIONS, NAMES, TAPE, break_style
from student_engines import ADD, CLASSES, CLOSURES, MUL, run_program

from micrograd_nn import diagnose

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


@pytest.mark.parametrize(
    ("engine", "edits", "faults", "line"), BROKEN_STYLES.values(), ids=BROKEN_STYLES
)
def test_a_mistake_is_named_in_each_style(engine, edits, faults, line, find):
    found = [
        one for one in find(break_style(engine, edits), NAMES[engine]).faults
        if one.name not in ("kept", "recursion")
    ]  # fmt: skip
    assert sorted(one.name for one in found) == sorted(faults)
    assert [one.where.text for one in found[:1] if one.where] == [line] * bool(line)


def test_a_walk_over_all_paths_is_right_unless_each_node_is_to_be_visited_once(find):
    diagnosis = find(BROKEN_STYLES["paths"][0], "Num", expect=())
    assert diagnosis.is_right
    assert "doubles" in [one.name for one in diagnosis.remarks]


OWN_BACKWARD = """
class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0
        self.backward = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data)

        def backward():
            for x in (self, other):
                x.grad += out.grad
                x.backward()

        out.backward = backward
        return out
"""


def test_a_backward_that_each_node_has_of_its_own_is_run(find):
    first, *others = find(OWN_BACKWARD).faults
    assert (first.name, first.where.text) == ("revisits", "x.backward()")
    assert {one.name for one in others} == {"recursion", "kept", "unseeded"}


OPERATIONS = """
import engine


def add(a, b):
    return engine.Var(a.data + b.data, ((a, 1.0), (b, 1.0)))
"""


@pytest.mark.parametrize("package", ["", "own"])
def test_modules_that_import_one_another_have_one_class(folder, package):
    place = folder / package
    place.mkdir(exist_ok=True)
    name = f"{package}." if package else ""
    text = TAPE.replace("import math\n", f"import math\n\nimport {name}operations\n")
    made = "Var(self.data + other.data, ((self, 1.0), (other, 1.0)))"
    assert made in text
    (place / "engine.py").write_text(text.replace(made, f"{name}operations.add(self, other)"))
    beside = OPERATIONS.replace("import engine", f"import {name}engine")
    (place / "operations.py").write_text(beside.replace("engine.Var", f"{name}engine.Var"))
    if package:
        (place / "__init__.py").write_text("")
    assert diagnose(str(place / "engine.py") + ":Var").is_right


GELU = """
    def gelu(self):
        return self * 0.5 * (1 + (0.7978845608 * (self + 0.044715 * self**3)).tanh())
"""
REFLECTED_POWER = """
    def __rpow__(self, base):
        out = Value(base**self.data, (self,))

        def _backward():
            self.grad += math.log(base) * out.data * out.grad

        out._backward = _backward
        return out
"""
NO_CHECK = ('        assert isinstance(n, (int, float)), "only numbers as exponents"\n', "")


def test_the_line_of_a_power_of_a_number_is_told(find):
    (fault,) = find(CLOSURES + REFLECTED_POWER.replace("math.log(base) * ", "")).faults
    assert fault.where.text == "self.grad += out.data * out.grad"


POWER_OF_VALUES = """
    def __pow__(self, n):
        n = n if isinstance(n, Value) else Value(n)
        out = Value(self.data**n.data, (self, n))

        def _backward():
            self.grad += n.data * self.data ** (n.data - 1) * out.grad
            log = math.log(self.data) if self.data > 0 else math.nan
            n.grad += log * out.data * out.grad

        out._backward = _backward
        return out
"""


# Of the exponent of 0: some set 0 · log 0 to 0, and some have no number for it. A power of two
# Values that comes about by accident is none.
CONVENTIONS = {
    "gelu by its formula": (CLOSURES + GELU, ["approximated"]),
    "an accidental power": (CLOSURES.replace(*NO_CHECK) + REFLECTED_POWER, []),
    "a power of 0": (CLOSURES + POWER_OF_VALUES, []),
}


@pytest.mark.parametrize(("text", "remarks"), CONVENTIONS.values(), ids=CONVENTIONS)
def test_what_is_a_convention_is_right(text, remarks, find):
    diagnosis = find(text)
    assert diagnosis.is_right
    assert [one.name for one in diagnosis.remarks] == remarks
    assert ("a ** b" in diagnosis.missing) == (text is not CONVENTIONS["a power of 0"][0])


ERROR_BY_NODE = """\
        seen = {id(self): 1}
        for node in self._prev:
            if node.data < 0:
                seen[id(node)]
"""


def test_errors_of_one_line_are_one_fault_whatever_their_message_names(find):
    text = CLOSURES.replace(
        "        self.grad = 1.0\n", ERROR_BY_NODE + "        self.grad = 1.0\n"
    )
    assert [one.error.partition(":")[0] for one in find(text).faults] == ["KeyError"]
