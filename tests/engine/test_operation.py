"""What an operation does with what it is given: numbers, Values, and things that are neither."""

import copy
import functools
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from micrograd_nn import OPERATIONS, Constant, Operation, Reduction, Value
from micrograd_nn._ground.text import add_article
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import ARITHMETIC

NOT_NUMBERS = {
    "str": ("0.5", "a str ('0.5'): convert it with float(...)"),
    "long str": ("x" * 50, "a str: convert it with float(...)"),
    "True": (True, "a bool (True): write 1.0 or 0.0"),
    "complex": (1j, "a complex (1j): this engine differentiates real functions only"),
    "None": (
        None,
        "a NoneType: is a return statement or an argument missing, or is it a grad before "
        "backward()?",
    ),
    "list": ([1.0], "a list: give its items one by one, or use sum, mean or dot for all of them"),
    "tuple": (
        (1.0,),
        "a tuple: give its items one by one, or use sum, mean or dot for all of them",
    ),
    "array": (
        np.array([1.0, 2.0]),
        "a ndarray: give its items one by one, as in [Value(x) for x in array.ravel()]",
    ),
    "array without dimensions": (
        np.array(1.0),
        "a ndarray: give its items one by one, as in [Value(x) for x in array.ravel()]",
    ),
    "Decimal": (Decimal("0.5"), "a Decimal: convert it with float(...)"),
    "dict": ({}, "a dict: take a number out of it first"),
    "bytes": (b"1", "a bytes: take a number out of it first"),
    "type": (Value, "a type: take a number out of it first"),
}

each_not_a_number = pytest.mark.parametrize(
    ("thing", "told"), NOT_NUMBERS.values(), ids=NOT_NUMBERS
)


@each_not_a_number
def test_an_operation_refuses_what_is_no_number_beside_a_number_and_beside_a_value(thing, told):
    for other in (1.0, Value(1.0)):
        for inputs in ((thing, other), (other, thing)):
            with pytest.raises(TypeError) as caught:
                op.hypot(*inputs)
            assert str(caught.value) == f"hypot needs a real number or a Value, not {told}"


@pytest.mark.parametrize("thing", [np.bool_(True), np.complex128(1.0)])
def test_a_numpy_truth_value_or_complex_number_is_refused(thing):
    told = f"tanh needs a real number or a Value, not a {type(thing).__name__}"
    with pytest.raises(TypeError, match=told):
        op.tanh(thing)


@pytest.mark.parametrize(("x", "a"), [(10**400, "an int"), (Fraction(10**400), "a Fraction")])
def test_a_number_beyond_the_largest_float_is_an_overflow_error_that_says_so(x, a):
    with pytest.raises(OverflowError) as caught:
        op.tanh(x)
    assert str(caught.value) == f"tanh got {a} beyond the largest float, 1.8e308: scale it"


# Calls


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: op.tanh(), "tanh(x) takes 1 input, not 0"),
        (lambda: op.add(Value(1.0)), "add(x, y) takes 2 inputs, not 1"),
        (lambda: op.leaky_relu(), "leaky_relu(x, slope) takes 2 inputs, not 0"),
        (lambda: op.leaky_relu(1.0, 2.0, 3.0), "leaky_relu(x, slope) takes 2 inputs, not 3"),
        (lambda: op.add(1.0, z=2.0), "add(x, y) takes 2 inputs, not 1 and z"),
        (lambda: op.add(1.0, x=2.0), "add(x, y) takes 2 inputs, not 1 and x"),
        (lambda: op.add(1.0, 2.0, a=3.0, b=4.0), "add(x, y) takes 2 inputs, not 2 and a, b"),
        (lambda: op.leaky_relu(slope=2.0), "leaky_relu(x, slope) takes 2 inputs, not 0 and slope"),
        (
            lambda: op.max([1.0], key=abs, default=0.0),
            "max takes its values only, not key, default",
        ),
    ],
)
def test_wrong_inputs_are_a_type_error_with_the_right_ones(call, told):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == told


def test_inputs_can_be_named():
    assert op.leaky_relu(-2.0, slope=0.5) == -1.0
    assert op.atan2(x=1.0, y=0.0) == 0.0
    assert op.hypot(3.0, y=Value(4.0)).data == 5.0
    assert op.elu(Value(-2.0), alpha=2.0).inputs[1].data == 2.0


def test_defaults_stand_in_for_the_last_inputs():
    affine = Operation(
        "affine",
        lambda x, a, b: a * x + b,
        [lambda out, x, a, b: a, lambda out, x, a, b: x, lambda out, x, a, b: 1.0],
        inputs=("x", "a", "b"),
        defaults=(10.0, 5.0),
    )
    assert affine(2.0) == 25.0
    assert affine(2.0, 3.0) == 11.0
    assert affine(2.0, 3.0, 4.0) == 10.0


def test_a_default_is_a_constant_of_the_graph():
    out = op.leaky_relu(Value(-2.0))
    assert out.data == -0.02
    assert type(out.inputs[1]) is Constant
    assert out.partials == (0.01, None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: op.mean([1.0, 2.0, 6.0]),
        lambda: op.mean((1.0, 2.0, 6.0)),
        lambda: op.mean(x for x in (1.0, 2.0, 6.0)),
        lambda: op.mean({1.0: "a", 2.0: "b", 6.0: "c"}),
        lambda: op.mean(np.array([1.0, 2.0, 6.0])),
        lambda: op.mean(1.0, 2.0, 6.0),
        lambda: op.mean(1, Fraction(2), np.float64(6.0)),
    ],
)
def test_a_reduction_takes_its_inputs_in_any_iterable_or_singly(call):
    assert call() == 3.0


def test_a_reduction_of_one_single_input_takes_it_as_it_is():
    assert op.mean(3.0) == 3.0
    x = Value(3.0)
    assert op.mean(x).inputs == (x,)


def test_dot_takes_weights_inputs_and_a_bias_by_place_or_name():
    assert op.dot([2, 3], [10, 100]) == 320.0
    assert op.dot([2, 3], [10, 100], 1) == 321.0
    assert op.dot([2, 3], [10, 100], bias=1) == 321.0
    assert op.dot(iter([2, 3]), (x for x in (10, 100)), Value(1)).data == 321.0
    assert op.dot([], [], 1) == 1.0


def test_dot_needs_as_many_weights_as_inputs():
    with pytest.raises(ValueError, match="as many weights as inputs; 1 weights, 2 inputs"):
        op.dot([Value(1.0)], [2.0, 3.0])


# Partials


def unneeded(out, *inputs):
    raise AssertionError("this partial is not needed")


def test_a_partial_that_is_not_wanted_is_not_computed():
    row = Operation("half", lambda x, y: x, [lambda out, x, y: 1.0, unneeded], inputs=("x", "y"))
    assert row.local_partials(2.0, (2.0, 3.0), (True, False)) == (1.0, None)
    assert row(Value(2.0), 3.0).partials == (1.0, None)


def test_no_partial_is_computed_for_numbers_alone():
    row = Operation("id", lambda x: x, [unneeded])
    assert row(2.0) == 2.0
    assert row(2) == 2.0


def test_partials_are_a_tuple_with_one_for_each_input():
    three = Operation(
        "three", lambda x, y, z: x, [lambda out, x, y, z: x + y + z] * 3, inputs=("x", "y", "z")
    )
    assert op.exp.local_partials(2.0, (0.5,)) == (2.0,)
    assert op.mul.local_partials(6.0, (2.0, 3.0)) == (3.0, 2.0)
    assert three.local_partials(1.0, (1.0, 2.0, 3.0)) == (6.0, 6.0, 6.0)
    assert op.mean.local_partials(1.5, [1.0, 2.0]) == (0.5, 0.5)
    assert op.mean.local_partials(1.5, [1.0, 2.0], [False, True]) == (None, 0.5)


def test_an_operation_of_your_own_has_gradients_of_both_orders():
    cube = Operation("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x])
    x = Value(2.0)
    (slope,) = cube.local_partials(cube(x), (x,))
    slope.backward()
    assert cube(x).partials == (12.0,)
    assert x.grad == 12.0  # the derivative of 3x²


def test_a_reduction_of_your_own_has_gradients():
    squares = Reduction(
        "squares", lambda *xs: sum(x * x for x in xs), lambda out, *xs: [2 * x for x in xs]
    )
    x, y = Value(2.0), Value(3.0)
    squares([x, y, 1.0]).backward()
    assert (x.grad, y.grad) == (4.0, 6.0)


# Errors of a forward rule


def raising(error):
    def forward(x):
        raise error

    return Operation("odd", forward, [lambda out, x: 1.0])


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (ValueError("no"), ValueError, "odd(x) failed: no; x = 2.0"),
        (ZeroDivisionError("no"), ZeroDivisionError, "odd(x) failed: no; x = 2.0"),
        (
            OverflowError("no"),
            OverflowError,
            "odd(x) is beyond the largest float, 1.8e308; x = 2.0",
        ),
        (UnicodeError("no"), ValueError, "odd(x) failed: no; x = 2.0"),
    ],
)
def test_an_arithmetic_error_keeps_its_class_and_names_operation_and_input(error, kind, told):
    for given, called in (
        (2.0, ""),
        (Value(2.0), " (your given)"),
        (Value(2.0, "p"), " (label 'p')"),
    ):
        with pytest.raises(kind) as caught:
            raising(error)(given)
        assert type(caught.value) is kind
        assert str(caught.value) == told + called
        assert caught.value.__cause__ is None  # the traceback shows this error alone
        assert caught.value.__suppress_context__


def test_another_error_of_a_forward_rule_passes_as_it_is():
    with pytest.raises(RuntimeError, match=r"^no$"):
        raising(RuntimeError("no"))(Value(2.0))


def test_an_error_shows_every_input_with_its_label():
    with pytest.raises(ZeroDivisionError) as caught:
        Value(1.5, "top") / Value(0.0, "bottom\n")
    assert str(caught.value) == (
        "x / y needs y != 0; x = 1.5 (label 'top'), y = 0.0 (label 'bottom\\n')"
    )


def told_by(program, **variables):
    """Return the message of the error that a function of these statements raises."""
    names = {"Value": Value, "atan2": op.atan2, "log": op.log, "sqrt": op.sqrt, **variables}
    exec(f"def work(): {program}", names)
    with pytest.raises(ARITHMETIC) as caught:
        names["work"]()
    return str(caught.value)


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("x = Value(0.0); h = x * 2; y = 1 / h", "x = 1.0, y = 0.0 (your h)"),
        ("x = Value(0.0); y = Value(3.0); y / x", "x = 3.0 (your y), y = 0.0 (your x)"),
        ("a = Value(0.0); 3 // a", "x = 3.0, y = 0.0 (your a)"),
        ("a = Value(3.0); a % 0", "x = 3.0 (your a), y = 0.0"),
        ("a = Value(0.0); a ** -1", "x = 0.0 (your a), y = -1.0"),
        ("a = Value(0.0, 'p'); sqrt(a)", "x = 0.0 (label 'p')"),
        ("b = Value(0.0); a = b; log(a)", "x = 0.0"),  # which of the two, nobody knows
        ("_a = Value(0.0); log(_a)", "x = 0.0"),
        ("log(shared)", "x = 0.0 (your shared)"),  # of the module
        ("own = shared; log(own)", "x = 0.0 (your own)"),
        ("[log(item) for item in [Value(0.0)]]", "x = 0.0 (your item)"),
        ("log([Value(0.0)][0])", "x = 0.0"),
        ("x = Value(4.0); log(x - 4)", "x = 0.0 (your x - 4.0)"),
        ("a = b = Value(0.0); 1 / (a * b)", "x = 1.0, y = 0.0"),
        ("a = Value(0.0); 1 / (a * 2 * 3)", "x = 1.0, y = 0.0"),
        ("f = lambda p: 1 / p; x = Value(0.0); f(x)", "x = 1.0, y = 0.0 (your p)"),
        ("a = Value(0.0); atan2(a, -a)", "y = 0.0 (your a), x = -0.0 (your -a)"),
        ("a = 0.0; log(a)", "x = 0.0"),  # a number may be anybody's
    ],
)
def test_an_error_names_the_one_variable_that_is_the_input(program, told):
    assert told_by(program, shared=Value(0.0)).partition("; ")[2] == told


class Unreadable(dict):
    def keys(self):
        raise RuntimeError("no")

    items = __iter__ = keys


def test_variables_that_cant_be_read_leave_the_error_as_it_is():
    with pytest.raises(ValueError, match=r"x = 0\.0$"):
        exec("a = Value(0.0); a.log()", {"Value": Value}, Unreadable())


# How it is written and shown


def test_the_written_form_defaults_to_a_call():
    row = Operation("odd", lambda x, y: x, [lambda out, x, y: 1.0] * 2, inputs=("x", "y"))
    assert row.written("a", "b") == "odd(a, b)"
    assert op.mean.written("a", "b", "c") == "mean(a, b, c)"


@pytest.mark.parametrize(
    ("row", "names", "written"),
    [
        (op.add, "ab", "a + b"),
        (op.neg, "a", "-a"),
        (op.pow, "ab", "a ** b"),
        (op.sum, "abc", "a + b + c"),
        (op.sum, "", "0.0"),
        (op.prod, "ab", "a * b"),
        (op.prod, "", "1.0"),
        (op.dot, "wxyz", "w * y + x * z"),
        (op.dot, "wxb", "w * x + b"),
        (op.dot, "b", "b"),
        (op.dot, "", "0.0"),
        (op.logsumexp, "ab", "logsumexp(a, b)"),
    ],
)
def test_the_written_form_puts_names_where_python_wants_them(row, names, written):
    assert row.written(*names) == written


def test_repr_shows_how_the_operation_is_written():
    assert repr(op.add) == "<operation x + y>"
    assert repr(op.tanh) == "<operation tanh(x)>"
    assert repr(op.sum) == "<operation sum(values)>"


def test_help_shows_the_rows_own_words_and_example():
    assert op.tanh.__doc__.startswith("The hyperbolic tangent")
    assert op.tanh.__doc__.endswith("\n\n>>> tanh(1000) == 1.0\nTrue")
    assert Operation("odd", abs, [lambda out, x: 1.0], doc="Odd.").__doc__ == "Odd."


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda row: pickle.loads(pickle.dumps(row))]
)
def test_a_copied_or_pickled_operation_is_the_operation_itself(again):
    assert [again(row) for row in OPERATIONS.values()] == list(OPERATIONS.values())


def test_an_operation_outside_of_the_table_is_copied_but_refuses_to_be_pickled_with_the_way_out():
    for row in (
        Operation("odd", abs, [lambda out, x: 1.0]),
        Operation("tanh", abs, [lambda out, x: 1.0]),
    ):
        assert copy.deepcopy(row) is row
        with pytest.raises(TypeError, match=rf"put it there first, .*OPERATIONS\['{row.name}'\]"):
            pickle.dumps(row)


def test_a_row_without_a_rule_for_each_input_is_refused():
    with pytest.raises(ValueError, match=r"'half' needs one derivative rule for each .*\(x, y\)"):
        Operation("half", lambda x, y: x * y, [lambda out, x, y: y], inputs=("x", "y"))
    short = Reduction("short", lambda *xs: xs[0], lambda out, *xs: [1.0])
    with pytest.raises(ValueError, match="its rule gives 1 for 2 inputs"):
        short([Value(1.0), Value(2.0)])


# What a row holds


def test_a_row_needs_no_more_than_a_name_and_its_rules():
    rules = [lambda out, x: 2.0]
    row = Operation("double", lambda x: 2 * x, rules)
    assert (row.name, row.partials, row.inputs) == ("double", rules, ("x",))
    assert (row.python, row.code, row.symbol) == ("double({0})", "", "double")
    assert (row.needs, row.partials_need) == ("", "")
    assert (row.domain, row.kinks, row.defaults) == (((-3.0, 3.0),), (), ())
    assert (row.__doc__, row.example) == ("", "")
    assert Operation("double", lambda x: 2 * x, rules, python="double({0})").code == ""


def test_what_a_row_does_not_say_follows_from_the_rest():
    row = Operation(
        "far", lambda x, y: x - y, [lambda *_: 1.0, lambda *_: -1.0],
        inputs=("x", "y"), python="{0} - {1}", needs="x > y",
    )  # fmt: skip
    assert row.code == "{0} - {1}"
    assert row.partials_need == "x > y"
    assert row.domain == ((-3.0, 3.0), (-3.0, 3.0))


@pytest.mark.parametrize(
    ("noun", "told"),
    [("Array", "an Array"), ("Object", "an Object"), ("Xray", "a Xray"), ("Tensor", "a Tensor")],
)
def test_a_capital_vowel_takes_an_and_any_other_letter_a(noun, told):
    assert add_article(noun) == told


def half(x):
    return x / 2


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        (lambda x: 0.5, "1 argument"),
        (lambda: 0.5, "0 arguments"),
        (lambda out, x, y: 0.5, "3 arguments"),
        (lambda out, x, y, z=0.0: 0.5, "4 arguments"),
    ],
    ids=["one", "none", "three", "four, one optional"],
)
def test_a_derivative_rule_of_another_number_of_arguments_is_refused_at_once(rule, takes):
    told = rf"^the derivative rule of 'half' by x is called with \(out, x\), and takes {takes}$"
    with pytest.raises(TypeError, match=told):
        Operation("half", half, [rule])


def test_each_rule_of_several_is_looked_at():
    with pytest.raises(TypeError, match=r"rule of 'product' by y is called with \(out, x, y\)"):
        Operation(
            "product",
            lambda x, y: x * y,
            [lambda out, x, y: y, lambda out, x: x],
            inputs=("x", "y"),
        )


def test_a_forward_rule_of_another_number_of_arguments_is_refused_with_the_remedy():
    told = (
        r"""'product' is called with \(x\), and takes 2 arguments: .*, as in inputs=\("x", "y"\)"""
    )
    with pytest.raises(TypeError, match=told):
        Operation("product", lambda x, y: x * y, [lambda out, x, y: y, lambda out, x, y: x])


@pytest.mark.parametrize(
    "rule",
    [
        lambda out, x, scale=0.5: scale,
        lambda *given: 0.5,
        lambda out, *given: 0.5,
        functools.partial(lambda scale, out, x: scale, 0.5),
    ],
    ids=["optional", "any number", "the rest", "partial"],
)
def test_a_rule_may_have_optional_arguments_or_take_any_number(rule):
    x = Value(3.0)
    Operation("half", half, [rule])(x).backward()
    assert x.grad == 0.5


@pytest.mark.parametrize("rest", [([lambda out, x: 0.5],), (half, [lambda out, x: 0.5])])
def test_an_operation_without_a_name_is_refused_with_how_to_write_it(rest):
    told = r'begins with its name, as in Operation\("half", half, \[.*\]\), not with a function$'
    with pytest.raises(TypeError, match=told):
        Operation(half, *rest)


def test_an_operation_without_rules_is_refused():
    with pytest.raises(ValueError, match="'half' needs one derivative rule for each of its inputs"):
        Operation("half", half)
    with pytest.raises(
        TypeError, match=r"the forward rule of 'half' is a function .*, not an int$"
    ):
        Operation("half", 3, [lambda out, x: 0.5])


def test_a_command_of_latex_stands_before_the_inputs_and_a_form_as_it_is():
    rules = [lambda out, x, y: 1.0] * 2
    forms = {
        latex: Operation("f", lambda x, y: x, rules, inputs=("x", "y"), latex=latex).latex
        for latex in (r"\f", r"\f{0}", "{0}", "")
    }
    assert forms == {r"\f": r"\f\left({0}, {1}\right)", r"\f{0}": r"\f{0}", "{0}": "{0}", "": ""}
