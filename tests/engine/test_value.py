"""What a Value is: a number, a node, and never a silent loss of its gradient."""

import contextlib
import copy
import math
import operator
import pickle
import subprocess
import sys
import threading
from contextvars import Context
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, searching

from micrograd_nn import Constant, Value, no_grad, nodes
from micrograd_nn.calculus.dual import Dual
from micrograd_nn.engine import table as op

# Made of a number and of nothing else


@pytest.mark.parametrize(
    "x",
    [3, 3.0, Fraction(3), np.float64(3), np.float32(3), np.int64(3), np.uint8(3)],
    ids=lambda x: type(x).__name__,
)
def test_any_kind_of_real_number_becomes_a_plain_float(x):
    assert type(Value(x).data) is float
    assert Value(x).data == 3.0


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan, -0.0, 5e-324])
def test_special_numbers_are_numbers(x):
    assert repr(Value(x).data) == repr(x)


NOT_NUMBERS = ["3", True, 1j, None, [1.0], (1.0,), np.array([1.0]), Decimal(1), np.bool_(True)]
each_not_a_number = pytest.mark.parametrize("thing", NOT_NUMBERS, ids=lambda x: type(x).__name__)


@each_not_a_number
def test_anything_else_is_a_type_error_that_says_what_came(thing):
    for kind in (Value, Constant):
        with pytest.raises(TypeError, match=f"^Value needs .*, not an? {type(thing).__name__}\\b"):
            kind(thing)


def test_a_value_of_a_value_is_refused_with_the_two_ways_out():
    with pytest.raises(TypeError) as caught:
        Value(Value(1.0))
    told = "Value needs a real number, not a Value: use it as it is, or .detach() it"
    assert str(caught.value) == told


def test_a_number_beyond_the_largest_float_is_an_overflow_error():
    with pytest.raises(OverflowError, match="Value got an int beyond the largest float"):
        Value(10**400)


@pytest.mark.skipif(
    not np.isfinite(np.longdouble("1e4000")), reason="long doubles are doubles here"
)
def test_a_long_double_beyond_the_largest_float_is_an_overflow_error_and_no_infinity():
    with pytest.raises(OverflowError, match="Value got a longdouble beyond the largest float"):
        Value(np.longdouble("1e4000"))
    assert Value(np.longdouble("-inf")).data == -math.inf


@pytest.mark.parametrize(
    ("label", "kind"),
    [(3, "an int"), (b"x", "a bytes"), (["x"], "a list"), (Value(1.0), "a Value")],
)
def test_a_label_is_a_text(label, kind):
    with pytest.raises(TypeError, match=f"a text or None, not {kind}$"):
        Value(1.0, label)
    x = Value(1.0, "x")
    with pytest.raises(TypeError, match=f"a text or None, not {kind}$"):
        x.label = label
    assert x.label == "x"
    x.label = None
    assert x.label is None


# What a debugger shows


def test_a_leaf_has_a_number_a_label_and_no_history():
    x = Value(3, label="x")
    assert (x.data, x.grad, x.label) == (3.0, None, "x")
    assert (x.operation, x.inputs, x.partials) == (None, (), ())


def test_an_inner_node_remembers_its_operation_inputs_and_partials_in_order():
    x, y = Value(3.0), Value(4.0)
    out = x * y
    assert (out.data, out.grad, out.label) == (12.0, None, None)
    assert (out.operation, out.inputs, out.partials) == (op.mul, (x, y), (4.0, 3.0))


def test_a_constant_has_no_gradient_label_or_history():
    x = Value(3.0)
    out = x * 2
    two = out.inputs[1]
    assert type(two) is Constant
    assert isinstance(two, Value)
    assert (two.data, two.grad, two.label) == (2.0, None, None)
    assert (two.operation, two.inputs, two.partials) == (None, (), ())
    assert out.partials == (2.0, None)
    out.backward()
    assert two.grad is None


def test_a_misspelled_attribute_is_an_error():
    with pytest.raises(AttributeError):
        Value(1.0).gard = 0.0


def test_editing_data_afterwards_does_not_falsify_a_gradient():
    x, y = Value(3.0), Value(4.0)
    out = (x * y).tanh() * x.exp()
    expected = Value(3.0), Value(4.0)
    ((expected[0] * expected[1]).tanh() * expected[0].exp()).backward()
    x.data, y.data, out.inputs[0].data = -1.0, 100.0, 5.0
    out.backward()
    assert (x.grad, y.grad) == (expected[0].grad, expected[1].grad)


# Operand with everything on both sides

BINARY = {
    "+": (operator.add, op.add),
    "-": (operator.sub, op.sub),
    "*": (operator.mul, op.mul),
    "/": (operator.truediv, op.truediv),
    "**": (operator.pow, op.pow),
}
BESIDE = [2, 2.0, 0.5, Fraction(1, 2), np.float64(0.5), np.float32(0.5), np.int64(2), np.uint8(2)]
each_binary = pytest.mark.parametrize(("operate", "row"), BINARY.values(), ids=BINARY)


@each_binary
@pytest.mark.parametrize("other", BESIDE, ids=lambda x: f"{type(x).__name__} {x}")
def test_an_operator_beside_a_number_gives_one_node_of_what_floats_give(operate, row, other):
    x = Value(3.0)
    left, right = operate(x, other), operate(other, x)
    assert left.data == operate(3.0, float(other))
    assert right.data == operate(float(other), 3.0)
    assert type(left) is type(right) is Value
    assert left.operation is right.operation is row
    assert [type(i) for i in left.inputs] == [Value, Constant]
    assert [type(i) for i in right.inputs] == [Constant, Value]
    assert left.inputs[0] is right.inputs[1] is x
    assert left.partials[0] == row.local_partials(left.data, (3.0, float(other)))[0]
    assert right.partials[1] == row.local_partials(right.data, (float(other), 3.0))[1]


def test_an_array_of_no_dimensions_is_what_it_holds():
    x = Value(3.0)
    held = np.array(x, dtype=object)
    assert [(held * y).data for y in (x, 2)] == [9.0, 6.0]
    assert (np.array(2.0) * x).data == 6.0


class Vector:
    """A class of somebody else's that has operators of its own, item by item."""

    def __init__(self, *items):
        self.items = items

    def __radd__(self, other):
        return Vector(*(other + x for x in self.items))

    def __rsub__(self, other):
        return Vector(*(other - x for x in self.items))

    def __rmul__(self, other):
        return Vector(*(other * x for x in self.items))

    def __rtruediv__(self, other):
        return Vector(*(other / x for x in self.items))

    def __rpow__(self, other):
        return Vector(*(other**x for x in self.items))

    def __gt__(self, other):
        return all(other < x for x in self.items)

    def __ge__(self, other):
        return all(other <= x for x in self.items)

    def __lt__(self, other):
        return all(other > x for x in self.items)

    def __le__(self, other):
        return all(other >= x for x in self.items)


class Parameter(Value):
    pass


MAKERS = [Value, Parameter, Constant, lambda x: Dual(x, 1.0, 1), lambda x: Dual(Value(x), 1.0, 1)]
each_maker = pytest.mark.parametrize(
    "make", MAKERS, ids=["Value", "subclass", "Constant", "Dual", "Dual of a Value"]
)


@each_binary
@each_maker
@each_not_a_number
def test_an_operator_beside_what_is_no_number_is_a_type_error(operate, row, make, thing):
    for left, right in ((make(1.0), thing), (thing, make(1.0))):
        told = f"^{row.name} needs a real number .* not a {type(thing).__name__}\\b"
        with pytest.raises(TypeError, match=told):
            operate(left, right)


@each_binary
@each_maker
@pytest.mark.parametrize("within", [contextlib.nullcontext, no_grad])
def test_an_operator_asks_another_class_that_has_the_mirrored_one(operate, row, make, within):
    with within():
        x = make(3.0)
        out = operate(x, Vector(2.0, make(4.0)))
    assert [item.data for item in out.items] == [operate(3.0, 2.0), operate(3.0, 4.0)]


@each_maker
def test_a_comparison_asks_another_class_that_has_the_mirrored_one(make):
    x = make(3.0)
    assert [x < Vector(4.0), x <= Vector(3.0), x > Vector(4.0), x >= Vector(4.0)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_an_operation_by_its_name_asks_no_other_class():
    for add in (op.add, op.max):
        with pytest.raises(TypeError, match="needs a real number or a Value, not a Vector"):
            add(Value(1.0), Vector(2.0))


def test_a_class_without_the_mirrored_operator_is_refused_as_ever():
    class Plain:
        pass

    with pytest.raises(TypeError, match=r"^add needs a real number or a Value, not a Plain"):
        Value(1.0) + Plain()
    with pytest.raises(TypeError, match=r"^a comparison needs a real number .*, not a Plain"):
        Value(1.0) < Plain()  # noqa: B015


def test_unary_operators():
    x = Value(-3.0)
    assert (-x).data == 3.0
    assert (-x).operation is op.neg
    assert abs(x).data == 3.0
    assert abs(x).operation is op.abs
    assert +x is x


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu"])
def test_everyday_operations_are_methods(name):
    x = Value(0.7)
    out = getattr(x, name)()
    assert out.operation is getattr(op, name)
    assert out.inputs == (x,)
    assert out.data == out.operation(0.7)


def test_sum_starts_without_a_phantom_node():
    x, y = Value(1.0), Value(2.0)
    assert sum([x]) is x
    total = sum([x, y])
    assert nodes(total) == [x, y, total]


@pytest.mark.parametrize("zero", [0.0, np.int64(0), Fraction(0)], ids=lambda x: type(x).__name__)
def test_a_zero_that_someone_wrote_is_shown(zero):
    out = zero + Value(1.0)
    assert out.operation is op.add
    assert out.inputs[0].data == 0.0


def test_operators_without_a_meaning_here_are_refused():
    for operate in (operator.matmul, divmod):
        with pytest.raises(TypeError):
            operate(Value(3.0), 2)


# Comparisons

COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", COMPARISONS)
@searching
@given(a=st.floats(), b=st.one_of(st.floats(), st.integers(-5, 5), st.fractions()))
def test_comparisons_are_of_the_numbers(compare, a, b):
    expected = compare(a, float(b))
    assert compare(Value(a), Value(b)) is expected
    assert compare(Value(a), b) is expected
    assert compare(a, Value(b)) is expected


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("two", [np.float64(2), np.int64(2)], ids=lambda x: type(x).__name__)
def test_comparisons_with_numpy_scalars_are_of_the_numbers(compare, two):
    assert compare(two, Value(3.0)) is compare(2.0, 3.0)
    assert compare(Value(3.0), two) is compare(3.0, 2.0)


@pytest.mark.parametrize("compare", COMPARISONS)
@each_maker
@pytest.mark.parametrize("other", ["3", None, True, [1.0]])
def test_a_comparison_with_what_is_no_number_is_a_type_error(compare, make, other):
    for left, right in ((make(1.0), other), (other, make(1.0))):
        told = f"^a comparison needs a real number .* not a {type(other).__name__}"
        with pytest.raises(TypeError, match=told):
            compare(left, right)


@each_maker
def test_values_sort_and_have_a_largest(make):
    a, b, c = make(3.0), make(1.0), make(2.0)
    assert sorted([a, b, c]) == [b, c, a]
    assert max(a, b, c, 2.0) is a
    assert min(a, b, c) is b


@each_maker
@pytest.mark.parametrize("other", [2**53 + 1, Fraction(2**54 + 1, 2), -(2**53) - 1], ids=str)
def test_a_number_that_is_no_float_is_compared_exactly(make, other):
    x = float(2**53)
    compares = [operator.lt, operator.le, operator.gt, operator.ge]
    assert [of(make(x), other) for of in compares] == [of(x, other) for of in compares]
    assert [of(other, make(x)) for of in compares] == [of(other, x) for of in compares]


@each_maker
def test_equality_is_identity_and_values_are_keys(make):
    a, b = make(1.0), make(1.0)
    assert a == a
    assert a != "a"
    if isinstance(a, Dual):  # which stands for a number, as a Value does within a derivative
        with pytest.raises(TypeError, match="equal to itself alone"):
            assert a == b
    else:
        assert a != b
    assert {a: "a", b: "b"}[a] == "a"
    assert len({a, b, a}) == 2


@each_maker
@pytest.mark.parametrize("number", [1.0, 1, True, np.float64(1.0), Fraction(1)], ids=repr)
def test_to_be_equal_to_a_number_is_refused_since_it_would_never_be(make, number):
    a = make(1.0)
    for compare in (operator.eq, operator.ne, lambda x, y: x in [y]):
        for x, y in ((a, number), (number, a)):
            with pytest.raises(TypeError, match="equal to itself alone"):
                compare(x, y)


def test_the_hash_stays_when_the_numbers_change():
    x = Value(1.0)
    before = hash(x)
    x.data, x.grad, x.label = 2.0, 3.0, "x"
    assert hash(x) == before


# Formats and conversions


@pytest.mark.parametrize("spec", [".3f", "+.2e", "10.4g", "<12", "%", "_.1f"])
@searching
@given(x=st.floats())
def test_format_is_that_of_the_number(spec, x):
    assert format(Value(x), spec) == format(x, spec)


def test_without_a_format_the_repr_is_shown():
    x = Value(1.5, "x")
    assert f"{x}" == str(x) == repr(x)


def test_an_impossible_format_is_a_value_error():
    with pytest.raises(ValueError, match="format"):
        format(Value(1.0), "d")


LOSES = (
    "float(v), round(v), math.exp(v) and the like would lose the gradient: "
    "micrograd_nn.exp(v) and its like keep it; v.data is the number"
)


@each_maker
@pytest.mark.parametrize(
    "convert",
    [
        float, int, complex, round, lambda v: round(v, 2), math.exp, math.floor, math.isnan,
        lambda v: math.hypot(v, 1.0), lambda v: math.fsum([v]),
        lambda v: np.array([v], dtype=float),
    ],
    ids=[
        "float", "int", "complex", "round", "digits", "exp", "floor", "isnan", "hypot", "fsum",
        "array",
    ],
)  # fmt: skip
def test_a_conversion_to_a_number_is_refused_for_it_would_lose_the_gradient(make, convert):
    with pytest.raises(TypeError) as caught:
        convert(make(1.0))
    assert LOSES in (str(caught.value), str(caught.value.__cause__))


@each_maker
@pytest.mark.parametrize("use", [range, operator.index, lambda v: [1, 2][v]])
def test_a_use_as_an_index_or_count_is_refused(make, use):
    with pytest.raises(TypeError) as caught:
        use(make(1.0))
    assert str(caught.value) == (
        "a Value can't be an index or a count, which have no gradient: "
        "int(v.data) is the whole number"
    )


@each_maker
def test_a_truth_value_is_refused_and_the_comparison_shown(make):
    with pytest.raises(TypeError, match=r"is neither true nor false: compare .*, v.data != 0"):
        bool(make(0.0))


# repr

differentiated = Value(3.0) * 3
differentiated.backward()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Value(2.0), "Value(2.0, grad=None)"),
        (Value(-1.5, "x"), "Value(-1.5, grad=None, label='x')"),
        (Value(1.0) + 2, "Value(3.0, grad=None, operation=add)"),
        (differentiated, "Value(9.0, grad=1.0, operation=mul)"),
        (Constant(2.0), "Constant(2.0)"),
        (Constant(2.0, "c"), "Constant(2.0, label='c')"),
        (Value(1.0, "two\nlines"), r"Value(1.0, grad=None, label='two\nlines')"),
        (Value(1.0, "x" * 100), f"Value(1.0, grad=None, label='{'x' * 49}…)"),
    ],
)
def test_repr_shows_the_facts(value, shown):
    assert repr(value) == shown


hostile = st.text() | st.sampled_from(
    ["\n" * 50, "\x1b[31m", "\u2028", "\x85", "\ud800", "\\" * 90]
)


@searching
@given(
    data=st.floats(), grad=st.none() | st.floats(), label=st.none() | hostile, inner=st.booleans()
)
def test_repr_is_one_line_of_at_most_80_characters(data, grad, label, inner):
    value = -Value(data) if inner else Value(data)
    value.label = label
    value.grad = grad
    text = repr(value)
    assert len(text) <= 80
    assert len(text.splitlines()) == 1
    assert text.isprintable()
    assert text.startswith("Value(")
    assert text.endswith(")")


def test_repr_is_shortened_only_where_it_must_be():
    for length in range(120):
        full = f"Value(1.0, grad=None, label='{'x' * length}')"
        assert len(repr(Value(1.0, "x" * length))) == min(len(full), 80)
        assert (repr(Value(1.0, "x" * length)) == full) == (len(full) <= 80)


# Constants, detach and no_grad


def test_detach_keeps_the_number_and_the_label_and_lets_no_gradient_through():
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    still = y.detach()
    assert type(still) is Constant
    assert (still.data, still.label, still.inputs) == (9.0, "y", ())
    out = still * x
    out.backward()
    assert x.grad == 9.0
    assert y.grad is None


def test_no_grad_records_nothing():
    x = Value(3.0)
    with no_grad():
        out = x * x + 1
    assert type(out) is Constant
    assert (out.data, out.inputs) == (10.0, ())
    assert type(x * x) is Value


def test_a_leaf_made_within_no_grad_is_a_leaf():
    with no_grad():
        x = Value(3.0)
    out = x * x
    out.backward()
    assert x.grad == 6.0


def test_no_grad_ends_with_an_exception():
    x = Value(3.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        x / 0
    assert type(x * x) is Value


def test_other_threads_go_on_recording():
    x = Value(3.0)
    kinds = []

    def work():
        kinds.append(type(x * x))
        with no_grad():
            kinds.append(type(x * x))

    with no_grad():
        thread = threading.Thread(target=Context().run, args=[work])  # as most Pythons begin one
        thread.start()
        thread.join()
        kinds.append(type(x * x))
    assert kinds == [Value, Constant, Constant]


# Graphs


def test_nodes_lists_inputs_before_results_and_each_once():
    x = Value(2.0)
    y = x * x
    z = y + x
    assert nodes(z) == [x, y, z]
    assert nodes(x) == [x]


def test_nodes_of_several_roots_share_what_is_below():
    x = Value(2.0)
    y, z = x * x, -x
    assert nodes(z, y, z) == [x, y, z]
    assert nodes() == []


@searching
@given(graph=graphs())
def test_every_node_stands_after_its_inputs(graph):
    place = {}
    listed = nodes(graph([Value(x) for x in graph.leaves]))
    for node in listed:
        assert all(input in place for input in node.inputs)
        place[node] = len(place)
    assert len(place) == len(listed)


def test_a_pickled_graph_goes_on_in_another_process():
    """Whose nodes are fewer, so that an old number may not come after a new one's."""
    x = Value(3.0, "x")
    [Value(0.0) for _ in range(1000)]
    program = (
        "import pickle, sys\n"
        "y = pickle.load(sys.stdin.buffer)\n"
        "x = y.inputs[0]\n"
        "z = y * 2 + x\n"
        "(z * z).backward()\n"
        "print(z.data, x.grad)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(x * x), capture_output=True, check=True
    )
    assert done.stdout.split() == [b"21.0", b"546.0"]  # z = 2x² + x; (z²)' = 2z (4x + 1)


def test_a_dual_of_a_value_detaches_from_both():
    x = Value(3.0, label="x")
    detached = Dual(Dual(x, 1.0, 1), 1.0, 2).detach()
    assert type(detached) is Constant
    assert (detached.data, detached.label) == (3.0, "x")


@pytest.mark.parametrize(
    ("thing", "error", "told"),
    [("3", TypeError, "needs a real number, not a str"), (10**400, OverflowError, "got an int")],
)
def test_setting_data_to_what_is_no_number_is_an_error_that_names_the_value(thing, error, told):
    w = Value(1.0, label="w")
    with pytest.raises(error, match=rf"^the data of Value\(1.0, grad=None, label='w'\) {told}"):
        w.data = thing
    assert w.data == 1.0


def test_what_was_computed_with_no_gradient_says_that_backward_comes_first():
    x = Value(3.0, "x")
    for fails in (lambda: x * x.grad, lambda: x + None, lambda: setattr(x, "data", x.grad)):
        with pytest.raises(TypeError, match=r"NoneType: .* is it a grad before backward\(\)"):
            fails()
    assert x.data == 3.0


def test_setting_data_to_a_value_is_refused_with_what_to_write():
    w = Value(1.0, label="w")
    with pytest.raises(TypeError) as refused:
        w.data = w.data - 0.1 * w
    assert str(refused.value) == (
        "the data of Value(1.0, grad=None, label='w') needs a real number, not a Value: compute it "
        "from numbers, as in w.data = w.data - 0.1 * w.grad"
    )


@pytest.mark.parametrize("number", [3, Fraction(3), np.float32(3), np.int64(3)])
def test_data_set_to_any_kind_of_real_number_is_a_plain_float(number):
    w = Value(1.0)
    w.data = number
    assert (type(w.data), w.data) == (float, 3.0)


class Weighted(Value):
    __slots__ = ("__dict__", "m", "velocity")

    def __init__(self, data, m, *, velocity):
        super().__init__(data, "weighted")
        self.m, self.velocity = m, velocity


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_what_a_subclass_adds_survives_a_copy(again):
    x = Weighted(2.0, [1.0], velocity=3.0)
    x.note = "kept"
    copied = again(x)
    assert type(copied) is Weighted
    assert (copied.data, copied.label, copied.m, copied.velocity) == (2.0, "weighted", [1.0], 3.0)
    assert copied.note == "kept"
    assert copied is not x


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_what_a_subclass_adds_is_copied_with_the_values_in_it(again):
    p = Weighted(2.0, [1.0], velocity=3.0)
    p.average = p * 0.9
    copied = again(p)
    assert copied.m == p.m
    assert copied.m is not p.m
    assert copied.average.inputs[0] is copied
    assert (copied.average.data, p.average.inputs[0] is p) == (1.8, True)


def test_a_pass_that_fails_leaves_all_gradients_as_they_were(monkeypatch):
    x, w = Value(3.0), Value(2.0)
    y = x * w
    y.backward()
    z = y * x
    y.by_y = "no number"
    with pytest.raises(TypeError):
        z.backward()
    assert [node.grad for node in (x, w, y, z)] == [2.0, 3.0, 1.0, None]
    assert (x.passes, w.passes) == (1, 1)
