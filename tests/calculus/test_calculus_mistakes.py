"""Derivatives of functions: every mistake is told in words."""

import numpy as np
import pytest
from derivatives import MODES

from micrograd_nn import Value, no_grad
from micrograd_nn.calculus import (
    derivative,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from micrograd_nn.engine import table as op

# Mistakes


@pytest.mark.parametrize(("argnums", "given"), [(1, 1), (2, 2), (-2, 1), (-3, 2), (7, 1)])
@pytest.mark.parametrize("compute", [grad, value_and_grad, jacobian, hessian])
def test_an_argument_that_is_not_there_is_a_value_error_that_says_how_many_there_are(
    compute, argnums, given
):
    with pytest.raises(ValueError, match="argument") as caught:
        compute(lambda *xs: 1.0, argnums)(*[1.0] * given)
    assert str(caught.value) == f"there is no argument {argnums}: the function got {given}"


def test_without_arguments_what_differentiates_by_a_nets_parameters_is_told():
    w = Value(3.0)
    with pytest.raises(ValueError, match=r"argument 0: the function got 0; .*\(loss, net\)$"):
        value_and_grad(lambda: w * w)()


def test_one_of_several_arguments_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"^there is no argument 2: the function got 2$"):
        grad(lambda x, y: x * y, (0, 2))(1.0, 2.0)


@pytest.mark.parametrize(
    "compute",
    [grad, value_and_grad, jacobian, hessian, vjp, lambda f: jvp(f, (1.0,), (1.0,))],
)
def test_what_is_no_function_is_told(compute):
    with pytest.raises(TypeError, match=r"a function, not a Value: .* gradients\(y, \[x\]\)"):
        compute(Value(3.0) * 2)


@pytest.mark.parametrize("result", [lambda x: [x, x], lambda x: (x,), lambda x: {"a": x}])
@pytest.mark.parametrize("compute", [grad, value_and_grad, hessian])
def test_several_results_are_a_type_error_that_points_to_jacobian(compute, result):
    kind = type(result(1.0)).__name__
    with pytest.raises(TypeError) as caught:
        compute(result)(1.0)
    assert str(caught.value) == (
        f"grad needs a function with one number as its result, not a {kind}: "
        f"jacobian differentiates each of several results"
    )


NO_RESULTS = {
    "str": lambda x: "3",
    "set": lambda x: {x},
    "generator": lambda x: (y for y in [x]),
    "array": lambda x: np.array([x, x]),
    "complex": lambda x: 1j,
    "a forgotten return": lambda x: None,
}


@pytest.mark.parametrize("result", NO_RESULTS.values(), ids=NO_RESULTS)
@pytest.mark.parametrize(
    "compute",
    [
        lambda f: grad(f)(1.0),
        lambda f: jacobian(f)(1.0),
        lambda f: jvp(f, (1.0,), (1.0,)),
        lambda f: vjp(f, 1.0)[1](1.0),
    ],
    ids=["grad", "jacobian", "jvp", "vjp"],
)
def test_a_result_that_is_no_number_is_a_type_error_not_a_gradient_of_zero(compute, result):
    kind = type(result(1.0)).__name__
    with pytest.raises(TypeError, match=f"not an? {kind}"):
        compute(result)


NO_NUMBERS = [
    ("3", "a str"),
    (None, "a NoneType"),
    (1j, "a complex"),
    (True, "a bool"),
    (np.array([1.0]), "a ndarray"),
]


PLACES = {
    "grad": lambda x: grad(lambda x: x)(x),
    "value_and_grad": lambda x: value_and_grad(lambda x: 1.0)(x),
    "in a list": lambda x: grad(lambda v: 1.0)([1.0, x]),
    "jacobian": lambda x: jacobian(lambda x: x)(x),
    "hessian": lambda x: hessian(lambda x: x)(x),
    "derivative": lambda x: derivative(lambda x: x, 2)(x),
    "vjp": lambda x: vjp(lambda x: x, x),
    "jvp": lambda x: jvp(lambda x: x, (x,), (1.0,)),
    "tangent": lambda x: jvp(lambda x: x * x, (1.0,), (x,)),
    "unused tangent": lambda x: jvp(lambda x: 1.0, (1.0,), (x,)),
    "weight": lambda x: vjp(lambda x: x * x, 1.0)[1](x),
}


@pytest.mark.parametrize(("wrong", "told"), NO_NUMBERS, ids=[told for _, told in NO_NUMBERS])
@pytest.mark.parametrize("compute", PLACES.values(), ids=PLACES)
def test_an_argument_that_is_no_number_is_a_type_error_that_says_what_came(compute, wrong, told):
    with pytest.raises(TypeError, match=rf"needs a real number.*, not {told}\b"):
        compute(wrong)


@pytest.mark.parametrize(
    ("arguments", "tangents", "counts"),
    [
        ((1.0, 2.0), (1.0,), "2 numbers, 1 tangents"),
        ((1.0, 2.0), (1.0, 0.0, 0.0), "2 numbers, 3 tangents"),
        (([1.0, 2.0], 3.0), ([1.0], 1.0), "3 numbers, 2 tangents"),
        ((), (1.0,), "0 numbers, 1 tangents"),
    ],
    ids=repr,
)
def test_a_wrong_number_of_tangents_is_a_value_error_with_both_counts(arguments, tangents, counts):
    with pytest.raises(ValueError, match="tangent") as caught:
        jvp(lambda *xs: 1.0, arguments, tangents)
    assert (
        str(caught.value) == f"there must be a tangent for each number, in the same form: {counts}"
    )


@pytest.mark.parametrize(
    ("arguments", "tangents"),
    [
        (([1.0, 2.0],), (1.0, 2.0)),
        (([1.0, 2.0],), ([[1.0], 2.0],)),
        (({"a": 1.0, "b": 2.0},), ([1.0, 2.0],)),
        (({"a": 1.0, "b": 2.0},), ({"a": 1.0, "c": 2.0},)),
    ],
    ids=repr,
)
def test_tangents_of_another_form_than_the_arguments_are_a_value_error(arguments, tangents):
    with pytest.raises(ValueError, match="tangent"):
        jvp(lambda *xs: 1.0, arguments, tangents)


def test_tangents_of_a_dictionary_are_found_by_their_keys():
    """In whatever order they stand, or it is a ValueError; never one key's for another's."""
    try:
        _, along = jvp(lambda p: p["a"] * p["b"], ({"a": 2.0, "b": 3.0},), ({"b": 1.0, "a": 0.0},))
    except ValueError:
        return
    assert along == 2.0


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0, 3.0], 1.0, []], ids=repr)
def test_a_wrong_number_of_weights_is_a_value_error_with_both_counts(weights):
    _, pull = vjp(lambda x: [x, x * x], 3.0)
    count = len(weights) if isinstance(weights, list) else 1
    with pytest.raises(ValueError, match=rf"2 .*{count} weight"):
        pull(weights)


@pytest.mark.parametrize(("arguments", "tangents"), [(3.0, 1.0), ("3", "1"), (3.0, (1.0,))])
def test_arguments_of_jvp_that_are_no_sequence_are_a_type_error_that_asks_for_one(
    arguments, tangents
):
    with pytest.raises(TypeError, match="jvp"):
        jvp(lambda x: x, arguments, tangents)


@pytest.mark.parametrize("wrong", [3.0, "x", None, [Value(1.0)]], ids=lambda x: type(x).__name__)
def test_what_is_no_value_is_no_root_and_nothing_to_differentiate_by(wrong):
    x = Value(3.0)
    for root, wrt in ((wrong, [x]), (x * x, [x, wrong])):
        with pytest.raises(TypeError, match=rf"Value.* not an? {type(wrong).__name__}"):
            gradients(root, wrt)


@pytest.mark.parametrize(
    ("f", "point", "told"),
    [
        (op.sqrt, 0.0, r"^the derivative of sqrt\(x\) needs x > 0; x = 0.0"),
        (lambda x: op.hypot(x, 0.0), 0.0, r"^the derivative of hypot\(x, y\) needs \(x, y\) !="),
        (op.asin, 1.0, r"^the derivative of asin\(x\) needs -1 < x < 1; x = 1.0"),
        (op.log, -1.0, r"^log\(x\) needs x > 0; x = -1.0"),
        (lambda x: 1 / x, 0.0, r"^x / y needs y != 0; x = 1.0, y = 0.0"),
    ],
    ids=["sqrt", "hypot", "asin", "log", "truediv"],
)
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_derivative_that_does_not_exist_is_told_in_the_operations_own_terms(mode, f, point, told):
    with pytest.raises((ValueError, ZeroDivisionError), match=told):
        mode(f)(point)


@pytest.mark.parametrize("derive", MODES.values(), ids=MODES)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * x if x == 2.0 else 0.0 * x,
        lambda x: 0.0 * x if x != 2.0 else x * x,
        lambda x: x * x if x in (2.0,) else 0.0 * x,
        lambda x: 0.0 * x if x not in (2.0,) else x * x,
        lambda x: x * x if (x, 1.0) == (2.0, 1.0) else 0.0 * x,
        lambda x: x * x if [2.0].count(x) else 0.0 * x,
        lambda x: x * x if x == x * 1.0 else 0.0 * x,
    ],
)
def test_whether_a_number_equals_another_is_refused_where_a_value_stands_for_it(derive, f):
    with pytest.raises(TypeError, match="equal to itself alone"):
        derive(f)(2.0)


def test_gradients_of_what_was_not_recorded_are_refused():
    x = Value(2.0)
    with no_grad():
        y = x**3
    for create_graph in (False, True):
        with pytest.raises(ValueError, match="nothing was recorded"):
            gradients(y, [x], create_graph)
