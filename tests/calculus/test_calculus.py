"""Derivatives of functions: the right form, whatever the arguments and results."""

from fractions import Fraction

import numpy as np
import pytest
from derivatives import read_number

from micrograd_nn import OPERATIONS, Constant, Operation
from micrograd_nn.calculus import grad, hessian, jacobian, jvp, value_and_grad, vjp
from micrograd_nn.engine import table as op

# grad and value_and_grad: the form of arguments and results


def test_the_gradient_of_a_function_of_a_list_or_tuple_is_one():
    assert grad(lambda v: v[0] * v[1] + v[2])([2.0, 3.0, 5.0]) == [3.0, 2.0, 1.0]
    assert grad(lambda v: v[0] * v[1])((2.0, 3.0)) == (3.0, 2.0)


def test_the_gradient_of_a_function_of_nested_lists_is_nested_alike():
    def trace_of_square(m):
        return op.sum(m[i][k] * m[k][i] for i in range(2) for k in range(2))

    assert grad(trace_of_square)([[1.0, 2.0], [3.0, 4.0]]) == [[2.0, 6.0], [4.0, 8.0]]


def test_the_gradient_of_a_function_of_a_dictionary_has_its_keys_in_its_order():
    def f(p):
        return p["w"][0] * p["x"] + p["w"][1] ** 2 * p["b"][0][0]

    slopes = grad(f)({"w": [2.0, 3.0], "x": 5.0, "b": ((7.0,),)})
    assert slopes == {"w": [5.0, 42.0], "x": 2.0, "b": ((9.0,),)}
    assert list(slopes) == ["w", "x", "b"]


def test_the_gradient_of_a_function_of_nothing_is_empty():
    assert grad(lambda v: 3.0)([]) == []
    assert grad(lambda v: 3.0)({"a": [], "b": ()}) == {"a": [], "b": ()}


@pytest.mark.parametrize(
    "three",
    [3, Fraction(3), np.float64(3), np.int64(3), Constant(3.0)],
    ids=lambda x: repr(type(x)),
)
def test_any_kind_of_number_gives_plain_floats(three):
    value, slope = value_and_grad(lambda x: x * x)(three)
    assert (type(value), type(slope)) == (float, float)
    assert (value, slope) == (9.0, 6.0)


def f_of_three(x, y, z):
    return x * y**2 * z[0] ** 3


SLOPES_OF_THREE = (72.0, 96.0, [216.0])  # at (2, 3, [2])


@pytest.mark.parametrize(
    ("argnums", "positions"),
    [
        (0, 0),
        (1, 1),
        (2, 2),
        (-1, 2),
        (-3, 0),
        ((0, 1), (0, 1)),
        ([2, 0], (2, 0)),
        ((-1, 1), (2, 1)),
        (range(3), (0, 1, 2)),
        ((1,), (1,)),
        ((), ()),
    ],
    ids=repr,
)
def test_argnums_choose_the_arguments_and_their_order(argnums, positions):
    value, slopes = value_and_grad(f_of_three, argnums)(2.0, 3.0, [2.0])
    expected = SLOPES_OF_THREE[positions] if isinstance(positions, int) else None
    expected = expected or tuple([SLOPES_OF_THREE[i] for i in positions])
    assert value == 144.0
    assert slopes == expected
    assert grad(f_of_three, argnums)(2.0, 3.0, [2.0]) == expected


@pytest.mark.parametrize("argnums", [(0, 0), (0, -1)], ids=repr)
def test_an_argument_chosen_twice_has_its_gradient_twice_and_as_numbers(argnums):
    slopes = grad(lambda x: x * x, argnums)(3.0)
    assert [read_number(slope) for slope in slopes] == [6.0, 6.0]
    assert [type(slope) for slope in slopes] == [float, float]


def test_arguments_that_are_not_chosen_may_be_anything():
    def apply(name, x, bias=None):
        return OPERATIONS[name](x) + bias["b"]

    assert grad(apply, 1)("sinh", 0.0, {"b": 2}) == 1.0


def test_the_function_is_called_once_with_its_own_structures():
    calls = []

    def f(v, other):
        calls.append((type(v), type(v["a"]), other))
        return v["a"][0] * other

    grad(f)({"a": [2.0]}, 3.0)
    jacobian(f)({"a": [2.0]}, 3.0)
    assert calls == [(dict, list, 3.0)] * 2


def test_the_arguments_given_are_not_changed():
    point = {"a": [2.0, 3.0]}
    grad(lambda p: p["a"][0] * p["a"][1])(point)
    jvp(lambda p: p["a"][0] * p["a"][1], (point,), ({"a": [1.0, 0.0]},))
    assert point == {"a": [2.0, 3.0]}


def test_a_function_that_does_not_use_its_argument_has_a_gradient_of_zero():
    assert value_and_grad(lambda x: 7.0)(3.0) == (7.0, 0.0)
    assert value_and_grad(lambda x: Constant(7.0))(3.0) == (7.0, 0.0)
    assert grad(lambda v: v[0] * 2)([1.0, 5.0]) == [2.0, 0.0]


def test_the_identity_has_the_gradient_one():
    assert value_and_grad(lambda x: x)(3.0) == (3.0, 1.0)


# jacobian and hessian


def test_a_jacobian_has_the_form_of_the_result_with_the_argument_in_place_of_each_number():
    def f(p):
        return {"sum": p["a"] + p["b"][0], "rest": [p["a"] * p["b"][1], (p["b"][0] ** 2,)]}

    assert jacobian(f)({"a": 2.0, "b": [3.0, 5.0]}) == {
        "sum": {"a": 1.0, "b": [1.0, 0.0]},
        "rest": [{"a": 5.0, "b": [0.0, 2.0]}, ({"a": 0.0, "b": [6.0, 0.0]},)],
    }


@pytest.mark.parametrize("argnums", [1, -1])
def test_a_jacobian_or_hessian_by_another_argument(argnums):
    assert jacobian(lambda x, y: [x * y, x, y * y], argnums)(2.0, 3.0) == [2.0, 0.0, 6.0]
    assert hessian(lambda x, y: x * y**3, argnums)(2.0, 3.0) == 36.0


def test_results_that_depend_on_nothing_have_rows_of_zeros():
    assert (
        jacobian(lambda v: [v[0], 3.0, Constant(4.0)])([1.0, 2.0])
        == [[1.0, 0.0]] + [[0.0, 0.0]] * 2
    )
    assert jacobian(lambda v: [])([1.0]) == []


def test_a_hessian_has_the_form_of_the_argument_twice():
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda p: p["a"] ** 2 * p["b"][0])({"a": 3.0, "b": [5.0]}) == {
        "a": {"a": 10.0, "b": [6.0]},
        "b": [{"a": 6.0, "b": [0.0]}],
    }


# jvp and vjp


def test_a_jvp_moves_all_arguments_of_any_form_at_once():
    result, along = jvp(
        lambda x, p: [x * p["a"][0], p["b"]],
        (2.0, {"a": [3.0], "b": 7.0}),
        (1.0, {"a": [10.0], "b": -1.0}),
    )
    assert (result, along) == ([6.0, 7.0], [23.0, -1.0])


def test_a_jvp_has_the_form_of_the_result_and_zero_where_nothing_moves():
    result, along = jvp(lambda x: {"a": (x * x, 3.0), "b": [x]}, (2.0,), (5.0,))
    assert result == {"a": (4.0, 3.0), "b": [2.0]}
    assert along == {"a": (20.0, 0.0), "b": [5.0]}


@pytest.mark.parametrize("one", [1, Fraction(1), np.float64(1), np.int64(1)], ids=lambda x: repr(x))
def test_a_jvp_of_any_kind_of_number_gives_plain_floats(one):
    for f in (lambda x: x * x, lambda x: op.sin(x) + 2, lambda x: x):
        result, along = jvp(f, (3 * one,), (one,))
        assert (type(result), type(along)) == (float, float)
        assert (result, along) == jvp(f, (3.0,), (1.0,))


def test_a_vjp_gives_one_gradient_for_each_argument_in_its_form():
    result, pull = vjp(lambda x, p: [x * p["a"][0], p["b"]], 2.0, {"a": [3.0], "b": 7.0})
    assert result == [6.0, 7.0]
    assert pull([1.0, 10.0]) == (3.0, {"a": [2.0], "b": 10.0})
    assert pull([0.0, 1.0]) == (0.0, {"a": [0.0], "b": 1.0})


def test_a_vjp_calls_the_function_once_however_often_it_pulls():
    calls = []

    def f(x):
        calls.append(x)
        return x * x

    _, pull = vjp(f, 3.0)
    assert [pull(w) for w in (1.0, 2.0, -0.5)] == [(6.0,), (12.0,), (-3.0,)]
    assert len(calls) == 1


def test_weights_in_the_form_of_nested_results():
    _, pull = vjp(lambda x, y: {"a": [x * y, x], "b": (y,)}, 2.0, 3.0)
    assert pull({"a": [1.0, 10.0], "b": (100.0,)}) == (13.0, 102.0)


def test_forward_mode_keeps_no_graph():
    made = []
    probe = Operation("probe", lambda x: made.append(x) or x, [lambda out, x: 1.0])
    result, along = jvp(lambda x: probe(x) * 2, (3.0,), (1.0,))
    assert (result, along) == (6.0, 2.0)
    assert [type(x) for x in made] == [float]


def test_a_function_that_changes_its_arguments_is_differentiated_by_what_was_given():
    def double(v):
        v[0] = v[0] * 2
        v.append(v[0] * v[1])
        return v.pop() + v.pop(0)

    point = [3.0, 5.0]
    assert grad(double)(point) == [12.0, 6.0]
    assert jacobian(double)(point) == [12.0, 6.0]
    assert vjp(double, point)[1](1.0) == ([12.0, 6.0],)
    assert hessian(double)(point) == [[0.0, 2.0], [2.0, 0.0]]
    assert point == [3.0, 5.0]
