"""Engines of other styles, right and broken, and those that span files, as they are submitted."""

import pytest
from other_styles import BROKEN_STYLES, NAMES, TAPE, break_style
from student_engines import CLOSURES

from micrograd_nn import diagnose

pytestmark = pytest.mark.slow


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
RIGHT = {
    "gelu by its formula": (CLOSURES + GELU, ["approximated"]),
    "an accidental power": (CLOSURES.replace(*NO_CHECK) + REFLECTED_POWER, []),
    "a power of 0": (CLOSURES + POWER_OF_VALUES, []),
}


@pytest.mark.parametrize(("text", "remarks"), RIGHT.values(), ids=RIGHT)
def test_what_is_a_convention_is_right(text, remarks, find):
    diagnosis = find(text)
    assert diagnosis.is_right
    assert [one.name for one in diagnosis.remarks] == remarks
    assert ("a ** b" in diagnosis.missing) == (text is not RIGHT["a power of 0"][0])


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
