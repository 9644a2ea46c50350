"""The check for users passes what is right, names what is wrong, and says what it can't tell."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sizes import choose_size
from strategies import every_row, graphs, inputs_of, searching_derivatives, searching_modes

from micrograd_nn import Operation, Value, losses, no_grad
from micrograd_nn.calculus import derivative, grad
from micrograd_nn.checks.gradcheck import GradCheck, GradientError, gradcheck, gradcheck_model
from micrograd_nn.engine import table as op
from micrograd_nn.nn.networks import ACTIVATIONS, MLP, Module


def verdicts(check):
    return {c.name: c.verdict for c in check.comparisons}


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 10.0 if isinstance(x, float) and x > 10 else x,
        lambda x: {"20.0": 10.0}.get(repr(x), 0.0) * x,
        lambda x: x * x if x in {20.0} else 0.0 * x,
        lambda x: x * Random().random(),
    ],
)
def test_what_does_something_else_with_numbers_than_with_values_is_refused(f):
    with pytest.raises(
        ValueError, match=r"gives \S+ for numbers and \S+ for Values of them: it asks"
    ):
        gradcheck(f, 20.0)


def test_values_from_elsewhere_hide_no_difference():
    w = Value(2.0)
    for f in (
        lambda x: w * x if isinstance(x, float) else w * x * x,
        lambda x: math.inf if isinstance(x, float) else x * x,
    ):
        with pytest.raises(ValueError, match="for Values of them"):
            gradcheck(f, 3.0)
    assert gradcheck(lambda x: w * x, 3.0)


def test_what_takes_no_plain_numbers_is_checked_all_the_same():
    assert gradcheck(lambda x: x.relu() * 2, 3.0)


def only(check):
    (comparison,) = check.comparisons
    return comparison


# Right functions, of every form


@pytest.mark.parametrize(
    ("f", "point", "names"),
    [
        (op.sin, 0.3, ["x"]),
        (lambda x: x**3 * op.exp(-x), 2, ["x"]),
        (lambda x, y: x**y, (2.0, 3.0), ["x", "y"]),
        (op.atan2, (1.0, -2.0), ["y", "x"]),
        (lambda w: w[0] * op.sin(w[1]), [2.0, 3.0], ["w[0]", "w[1]"]),
        (
            lambda w, x: op.tanh(w["a"] * x + w["b"][0]),
            ({"a": 2.0, "b": [0.5]}, 0.1),
            ["w['a']", "w['b'][0]", "x"],
        ),
        (
            lambda m: op.dot(m[0], m[1]),
            [[1.0, 2.0], [3.0, 4.0]],
            ["m[0][0]", "m[0][1]", "m[1][0]", "m[1][1]"],
        ),
        (lambda pair: pair[0] * pair[1], ((2.0, 3.0),), ["pair[0]", "pair[1]"]),
        (op.logsumexp, [0.1, 0.2], ["values[0]", "values[1]"]),
        (op.prod, (2.0, 3.0), ["x0", "x1"]),
        (lambda *xs: op.sum(xs), (2.0, 3.0), ["x0", "x1"]),
        (max, (2.0, 3.0), ["x0", "x1"]),
        (lambda x: x.exp() * x.relu() + abs(x), 0.7, ["x"]),
        (lambda x: op.exp(x) if x > 1 else x * x, 1.5, ["x"]),
        (grad(lambda x: x**3 * op.sin(x)), 0.7, ["x0"]),
        (lambda x: x * grad(lambda y: op.sin(x * y))(1.0), 0.7, ["x"]),
        (lambda x: 3.0, 0.7, ["x"]),
        (lambda x: x * math.pi * 0.0, 0.7, ["x"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", [1, 2])
def test_a_right_function_passes_and_its_inputs_have_their_names(f, point, names, order):
    check = gradcheck(f, point, order)
    assert check.ok, str(check)
    pairs = [f"{first}, {second}" for first in names for second in names]
    assert [c.name for c in check.comparisons] == names + (pairs if order == 2 else [])
    assert set(verdicts(check).values()) == {"agrees"}
    check.check()


@pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)
@searching_modes
@given(data=st.data())
def test_differences_are_as_precise_as_they_say(row, data):
    check = gradcheck(row.apply, data.draw(inputs_of(row, max_size=3)))
    for c in check.comparisons:
        assert c.verdict == "agrees", str(check)
        assert c.error <= 1e-7 * max(1.0, abs(c.analytic))
        assert c.difference <= 10 * c.error + 1e-9 * abs(c.analytic)


@pytest.mark.parametrize(
    ("row", "x"), [(op.sigmoid, 2.3167204306203404), (op.erfc, -1.0302086421121253)]
)
def test_an_error_that_is_estimated_too_low_makes_no_kink(row, x):
    (comparison,) = gradcheck(row, x).comparisons
    assert (comparison.verdict, comparison.note) == ("agrees", "")


def test_a_value_from_outside_stays_as_it_is():
    y = Value(2.0)
    check = gradcheck(lambda x: x * y * y, 0.5, order=2)
    assert check.ok
    assert [c.analytic for c in check.comparisons] == [4.0, 0.0]
    assert (y.data, y.grad) == (2.0, None)


@searching_derivatives
@given(graph=graphs(max_size=60))
def test_random_graphs_pass(graph):
    gradcheck(graph, graph.leaves).check()


@searching_derivatives
@given(graph=graphs(max_size=12))
def test_random_graphs_pass_in_the_second_order(graph):
    gradcheck(graph, graph.leaves, order=2).check()


# Wrong rules


def sine(rule, **rest):
    return Operation("sine", math.sin, [rule], **rest)


def quotient(*rules):
    return Operation("quotient", lambda x, y: x / y, rules, inputs=("x", "y"))


WRONG = {
    "a wrong sign": (sine(lambda out, x: -op.cos(x)), 0.3, ["x"]),
    "a factor": (sine(lambda out, x: 1.001 * op.cos(x)), 0.3, ["x"]),
    "a seventh digit": (sine(lambda out, x: (1 + 1e-7) * op.cos(x)), 0.3, ["x"]),
    "a constant": (sine(lambda out, x: op.cos(x) + 1e-6), 0.3, ["x"]),
    "nan": (sine(lambda out, x: math.nan), 0.3, ["x"]),
    "infinity": (sine(lambda out, x: math.inf), 0.3, ["x"]),
    "swapped inputs": (
        quotient(lambda out, x, y: -out / y, lambda out, x, y: 1 / y),
        (3.0, 2.0),
        ["x", "y"],
    ),
    "one of two": (quotient(lambda out, x, y: 1 / y, lambda out, x, y: out / y), (3.0, 2.0), ["y"]),
    "a detached factor": (
        lambda x: x * (x.detach() if isinstance(x, Value) else x),
        0.3,
        ["x"],
    ),
    "a small part of a large number": (
        lambda x: 1 + 1e-8 * sine(lambda out, x: 1.001 * op.cos(x))(x),
        0.3,
        ["x"],
    ),
    "beside a kink": (
        Operation("ramp", lambda x: max(x, 0.0), [lambda out, x: 0.9 * op.step(x)]),
        1e-4,
        ["x"],
    ),
    "at a kink, from neither side": (
        Operation("ramp", lambda x: max(x, 0.0), [lambda out, x: 1.1]),
        0.0,
        ["x"],
    ),
}


@pytest.mark.parametrize(("f", "point", "names"), WRONG.values(), ids=WRONG)
def test_a_wrong_derivative_disagrees_by_name(f, point, names):
    check = gradcheck(f, point)
    assert not check
    assert [c.name for c in check.failures] == names
    assert {c.verdict for c in check.failures} == {"disagrees"}
    with pytest.raises(GradientError, match=f"  {names[0]} disagrees: .* off by "):
        check.check()


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e6, 1e12])
def test_a_wrong_factor_is_found_at_any_scale(scale):
    def f(x, wrong):
        row = sine(lambda out, x: (1.001 if wrong else 1.0) * op.cos(x))
        return scale * row(x / scale)

    assert gradcheck(lambda x: f(x, wrong=False), 0.3 * scale)
    assert not gradcheck(lambda x: f(x, wrong=True), 0.3 * scale)


def by_number(rule):
    return lambda *inputs: rule(*[getattr(x, "data", x) for x in inputs])


def test_a_second_derivative_alone_can_be_wrong():
    row = sine(by_number(lambda out, x: math.cos(x)))
    assert gradcheck(row, 0.3)
    check = gradcheck(row, 0.3, order=2)
    assert verdicts(check) == {"x": "agrees", "x, x": "disagrees"}
    wrong = check.failures[0]
    assert wrong.analytic == 0.0
    assert wrong.numeric == pytest.approx(-math.sin(0.3), rel=1e-9)


def test_the_report_says_which_input_disagrees_and_by_how_much():
    row = quotient(lambda out, x, y: 1 / y, lambda out, x, y: out / y)
    head, line = str(gradcheck(row, (3.0, 2.0))).splitlines()
    assert head == "1 of 2 derivatives agree with differences"
    assert line.startswith("  y disagrees: 0.75 by the rules, -0.75 ± ")
    assert line.endswith(" by differences, off by 1.5")
    assert gradcheck(row, (3.0, 2.0)).failures[0].difference == pytest.approx(1.5)


def test_kinks_are_counted_apart_and_are_no_failures():
    check = gradcheck(lambda x, y, z: op.relu(x) + abs(y) + z, (0.0, 0.0, 1.0))
    told = "1 of 3 derivatives agree with differences, 2 are at a kink"
    assert str(check).partition("\n")[0] == told
    assert check.ok
    assert str(gradcheck(op.relu, 0.0)).startswith(
        "0 of 1 derivatives agree with differences, 1 is"
    )


def test_an_error_of_a_gradient_is_an_assertion_error():
    assert issubclass(GradientError, AssertionError)
    assert GradCheck([]).ok


# Kinks


@pytest.mark.parametrize(
    ("f", "point", "note"),
    [
        (op.relu, 0.0, "0 from the left, 1 from the right"),
        (op.abs, 0.0, "-1 from the left, 1 from the right"),
        (op.leaky_relu, (0.0, 0.1), "0.1 from the left, 1 from the right"),
        (op.elu, (0.0, 0.5), "0.5 from the left, 1 from the right"),
        (lambda x: op.max(x, 2.0), 2.0, "0 from the left, 1 from the right"),
        (lambda x: op.min(x, 2.0, 2.0), 2.0, "1 from the left, 0 from the right"),
        (lambda x: 1e6 - 3 * op.relu(x - 5), 5.0, "0 from the left, -3 from the right"),
        (op.step, 0.0, "0 from the left, 0 from the right"),
        (lambda x: op.sign(x) + 2 * x, 0.0, "2 from the left, 2 from the right"),
    ],
)
def test_at_a_kink_the_sides_are_compared_and_told(f, point, note):
    check = gradcheck(f, point)
    assert check.ok
    kinked = check.comparisons[0]
    assert kinked.verdict == "kink"
    assert kinked.difference == pytest.approx(0.0, abs=1e-9)
    left, right = (float(part.split()[0]) for part in kinked.note.split(", "))
    assert (
        kinked.note.replace(f"{left:.9g}", f"{round(left, 6):g}").replace(
            f"{right:.9g}", f"{round(right, 6):g}"
        )
        == note
    )
    assert note.split(",")[0] in str(check)


@pytest.mark.parametrize("f", [op.relu, op.abs], ids=lambda row: row.name)
def test_second_derivatives_at_a_kink_are_those_of_its_sides(f):
    check = gradcheck(f, 0.0, order=2)
    assert check.ok
    assert verdicts(check) == {"x": "kink", "x, x": "kink"}
    assert check.comparisons[1].note == "0 from the left, 0 from the right"


def test_kinks_that_add_up_can_give_a_gradient_that_is_wrong():
    """At 0 the rules say relu' = 0 twice, but the whole is x, of derivative 1."""
    check = gradcheck(lambda x: op.relu(x) - op.relu(-x), 0.0)
    assert (only(check).verdict, only(check).analytic) == ("disagrees", 0.0)
    assert only(check).numeric == pytest.approx(1.0)


def test_values_that_tie_are_at_a_kink_each():
    check = gradcheck(op.max, [2.0, 2.0, 1.0], order=2)
    assert check.ok
    assert [c.verdict for c in check.comparisons[:3]] == ["kink", "kink", "agrees"]


@pytest.mark.parametrize("exponent", range(1, 17))
@pytest.mark.parametrize("sign", [1, -1])
def test_near_a_kink_nothing_fails_falsely(exponent, sign):
    x = sign * 10.0**-exponent
    for f in (op.relu, op.abs, lambda x: 1 + op.relu(x), lambda x: x + op.step(x)):
        check = gradcheck(f, x)
        assert check.ok, str(check)
        if exponent < 8:
            assert abs(only(check).numeric - only(check).analytic) < 1e-9
    assert gradcheck(op.max, (2.0, 2.0 + x))
    assert gradcheck(lambda x: op.relu(x - 1), 1 + x)


@pytest.mark.parametrize("exponent", range(1, 8))
def test_beside_a_kink_both_sides_are_too_far_away_to_excuse_an_error(exponent):
    ramp = Operation("ramp", lambda x: max(x, 0.0), [lambda out, x: 0.5])
    assert only(gradcheck(ramp, 0.0)).verdict == "kink"
    assert only(gradcheck(ramp, 10.0**-exponent)).verdict == "disagrees"


def test_two_kinks_close_together_are_told_apart():
    check = gradcheck(lambda x: op.max(op.min(x, 1e-6), -1e-6), 0.0)
    assert (only(check).verdict, only(check).analytic) == ("agrees", 1.0)


# Domains' edges, and numbers that are none


@pytest.mark.parametrize(
    ("f", "point", "note"),
    [
        (op.log, 0.0, "log(x) needs x > 0; x = 0.0"),
        (op.log, -1.0, "log(x) needs x > 0; x = -1.0"),
        (op.sqrt, 0.0, "the derivative of sqrt(x) needs x > 0; x = 0.0"),
        (op.asin, 1.0, "the derivative of asin(x) needs -1 < x < 1; x = 1.0"),
        (op.exp, 1000.0, "exp(x) is beyond the largest float, 1.8e308; x = 1000.0"),
        (lambda x: 1 / x, 0.0, "x / y needs y != 0; x = 1.0, y = 0.0 (your x)"),
        (op.tanh, math.inf, "the function isn't finite around inf"),
        (op.exp, math.nan, "the function isn't finite around nan"),
        (lambda x: x * math.nan, 1.0, "the function isn't finite around 1.0"),
        (lambda x: x + math.inf, 1.0, "the function isn't finite around 1.0"),
        (lambda x: 1e16 + x, 1.0, "the differences don't settle"),
    ],
)
def test_what_cant_be_told_is_unknown_and_says_why(f, point, note):
    check = gradcheck(f, point)
    assert not check.ok
    assert (only(check).verdict, only(check).note) == ("unknown", note)
    assert f"x unknown{'' if 'settle' not in note else ':'}" in str(check)
    assert str(check).endswith(note)
    with pytest.raises(GradientError, match="x unknown"):
        check.check()


def test_a_second_derivative_can_be_unknown_where_the_first_is_right():
    check = gradcheck(lambda x: x**1.5, 0.0, order=2)
    assert verdicts(check) == {"x": "edge", "x, x": "unknown"}
    assert "the derivative of x ** y needs" in str(check)


@pytest.mark.parametrize(
    ("f", "point", "slope"),
    [
        (lambda x: op.pow(x, 1.5), 0.0, 0.0),
        (lambda x: 3 * x + op.pow(x, 2.5), 0.0, 3.0),
        (lambda x: op.pow(1 - x, 1.5) - 2 * x, 1.0, -2.0),
    ],
)
def test_at_an_edge_one_side_is_compared(f, point, slope):
    check = gradcheck(Operation("f", f, [lambda out, x: slope]), point)
    assert (check.ok, only(check).verdict) == (True, "edge")
    assert only(check).note == "the function can be evaluated on one side only"
    check = gradcheck(Operation("f", f, [lambda out, x: slope + 0.01]), point)
    assert only(check).verdict == "disagrees"


@pytest.mark.parametrize(
    ("f", "point"),
    [
        (op.log, 1e-9),
        (op.log, 1e-100),
        (op.sqrt, 1e-12),
        (op.asin, 1 - 1e-9),
        (op.exp, 709.7),
        (op.exp, -700.0),
        (op.sin, 1e10),
        (lambda x: 1 / x, 1e-6),
        (lambda x: x**4, 1e6),
        (lambda x: x**20, 1.3),
        (lambda x: op.sin(1e6 * x), 0.3),
        (lambda x: op.sigmoid(1e6 * x), 0.0),
        (op.sigmoid, -40.0),
        (op.tanh, 30.0),
        (lambda x: 1e-300 * op.sin(x), 0.3),
        (lambda x: 1e300 * op.sin(x), 0.3),
        (lambda x: 1 + 1e-8 * op.sin(x), 0.3),
        (lambda x: (x / 3 + 1e8) - 1e8, 0.3),
        (derivative(op.sin, 3), 0.7),
        (lambda x: op.min(x, x, x) - x, 1.0),
        (lambda x: op.mean([x] * 7) - x, 1e9),
        (lambda x: op.exp(x) * 0.1 + op.exp(x) * 0.2 - op.exp(x) * 0.3, 0.3),
    ],
)
def test_steep_flat_large_tiny_and_cancelling_functions_pass(f, point):
    gradcheck(f, point).check()


def test_terms_that_cancel_hide_no_error_that_is_larger_than_their_rounding():
    wrong = Operation("wrong", lambda x: x, [lambda out, x: 1.0 + 1e-8])
    for size in (1.0, 1e6, 1e14):
        assert not gradcheck(lambda x, size=size: size * wrong(x) - size * x, 0.3)


# Misuse


def test_misuse_is_told():
    with pytest.raises(ValueError, match="order 1 or 2, not 3"):
        gradcheck(op.sin, 0.3, order=3)
    with pytest.raises(ValueError, match=r"^gradcheck needs at least one number to differ.* by$"):
        gradcheck(op.sum, [])
    with pytest.raises(TypeError, match="a function with one number as its result, not a list"):
        gradcheck(lambda x: [x, x], 0.3)
    with pytest.raises(TypeError, match=r"gradcheck needs a real number.*, not a str"):
        gradcheck(op.sin, "0.3")
    with pytest.raises(TypeError, match="gradcheck needs a real number, not a Value"):
        gradcheck(op.sin, Value(0.3))


# Models

DATA = [([0.5, -1.0], 1.0), ([-2.0, 0.3], -1.0), ([1.5, 0.7], 0.0)]


@pytest.mark.slow
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_networks_gradients_pass_with_every_activation(activation):
    model = MLP(2, [4, 3, 1], activation, rng=Random(1))
    check = gradcheck_model(model, losses.squared_error, DATA, rng=Random(2))
    assert len(check.comparisons) == 20
    assert set(verdicts(check).values()) == {"agrees"}
    assert set(verdicts(check)) <= {name for name, _ in model.named_parameters()}


@pytest.mark.parametrize(
    ("loss", "data", "outputs"),
    [
        (losses.mean_absolute_error, DATA, 1),
        (losses.hinge, DATA[:2], 1),
        (losses.binary_cross_entropy, [DATA[0], DATA[2]], 1),
        (losses.cross_entropy, [(x, i) for i, (x, _) in enumerate(DATA)], 3),
    ],
)
def test_a_networks_gradients_pass_with_every_loss(loss, data, outputs):
    model = MLP(2, [3, outputs], "tanh", rng=Random(1))
    assert gradcheck_model(model, loss, iter(data), samples=1000, rng=Random(2))


def test_a_wrong_operation_in_a_network_fails_by_its_parameters_names():
    wrong = Operation("swish", lambda x: math.tanh(x), [lambda out, x: 1 - out])
    model = MLP(2, [2, 1], wrong, rng=Random(1))
    check = gradcheck_model(model, losses.squared_error, DATA, samples=100)
    assert {c.name for c in check.failures} == {
        name for name, _ in model.named_parameters() if name.startswith("layers.0")
    }
    with pytest.raises(GradientError, match=r"layers\.0\.neurons\.\d\.\S+ disagrees"):
        check.check()


def test_a_parameter_that_the_gradient_does_not_reach_disagrees():
    model = MLP(2, [2, 1], "tanh", rng=Random(1))

    def loss(prediction, target):
        return (prediction - target * model.layers[1].neurons[0].b.detach()) ** 2

    model.layers[1].neurons[0].b.data = 0.5
    check = gradcheck_model(model, loss, DATA, samples=100)
    assert [c.name for c in check.failures] == ["layers.1.neurons.0.b"]
    constant = gradcheck_model(model, lambda prediction, target: prediction.data**2, DATA)
    assert {c.analytic for c in constant.comparisons} == {0.0}
    assert not constant


def test_a_network_at_its_kinks_passes_and_says_so():
    model = MLP(2, [2, 1], init=lambda rng, fan_in, fan_out: 0.0)
    model.layers[1].neurons[0].w[0].data = 1.0
    check = gradcheck_model(model, losses.squared_error, DATA[:1], samples=100)
    assert check.ok
    assert "kink" in verdicts(check).values()


def test_samples_are_drawn_from_the_given_source():
    model = MLP(2, [4, 1], rng=Random(1))

    def names(seed):
        rng = Random(seed)
        return list(
            verdicts(gradcheck_model(model, losses.squared_error, DATA, samples=3, rng=rng))
        )

    assert names(1) == names(1) != names(2)
    assert len(set(names(1))) == 3


def snapshot(leaves):
    return [(x.data.hex(), x.grad if x.grad is None else x.grad.hex(), x.passes) for x in leaves]


class Failing:
    """A loss that raises an error at its nth call."""

    def __init__(self, after, error):
        self.after, self.error, self.calls = after, error, 0

    def __call__(self, prediction, target):
        self.calls += 1
        if self.calls > self.after:
            raise self.error
        return losses.squared_error(prediction, target)


@pytest.fixture
def model():
    model = MLP(2, [2, 1], "tanh", rng=Random(1))
    parameters = model.parameters()
    parameters[0].data = -0.0
    parameters[1].data = 5e-324
    parameters[2].passes = 4
    for x, before in zip(parameters, [None, 0.0, -0.0, 1.5, math.nan, math.inf], strict=False):
        x.grad = before
    return model


def test_a_model_is_left_as_it_was(model):
    x = Value(0.5)
    x.grad = 7.0
    leaves = [*model.parameters(), x]
    before = snapshot(leaves)
    assert gradcheck_model(model, losses.squared_error, [([x, 1.0], 1.0)], samples=100)
    assert snapshot(leaves) == before


@pytest.mark.parametrize("after", [0, 1, 2, 5, 40])
@pytest.mark.parametrize("error", [TypeError("no"), KeyboardInterrupt()], ids=["error", "Ctrl-C"])
def test_a_model_is_left_as_it_was_even_if_the_loss_fails(model, after, error):
    before = snapshot(model.parameters())
    with pytest.raises(type(error)):
        gradcheck_model(model, Failing(after, error), DATA, samples=100)
    assert snapshot(model.parameters()) == before


@pytest.mark.parametrize(
    ("model", "data", "samples"),
    [(MLP(2, [1]), [], 5), (MLP(2, [1]), DATA, 0), (Module(), DATA, 5)],
    ids=["no example", "no sample", "no parameter"],
)
def test_nothing_to_check_is_an_error(model, data, samples):
    told = "^gradcheck_model needs an example, a parameter and a sample at least$"
    with pytest.raises(ValueError, match=told):
        gradcheck_model(model, losses.squared_error, data, samples=samples)


def test_checks_work_where_nothing_else_is_recorded(model):
    with no_grad():
        assert gradcheck(op.sin, 0.3, order=2)
        assert gradcheck_model(model, losses.squared_error, DATA)


@pytest.mark.parametrize("point", [[2.0, 3.0], 2.0, (2.0, 3.0, 4.0)])
def test_arguments_that_the_function_cannot_take_are_refused_with_how_to_write_several(point):
    told = r"^gradcheck can't call the function with \d arguments?: .* Several are a tuple, as in"
    with pytest.raises(TypeError, match=told):
        gradcheck(lambda x, y: x * y, point)


@pytest.mark.parametrize("x", [1e17, 1e22])
def test_where_floats_are_too_far_apart_nothing_is_told(x):
    (found,) = gradcheck(op.sin, x).comparisons
    assert found.verdict == "unknown"
    assert found.note == f"the function changes too fast for the floats around {x!r}"


def test_a_wrong_derivative_at_a_large_number_is_still_told():
    wrong = Operation("wrong", lambda x: 3 * x, [lambda out, x: 2.0])
    assert gradcheck(wrong, 1e22).comparisons[0].verdict == "disagrees"


@pytest.mark.parametrize("x", [2.625, 2.625 - 2.0**-12])
def test_a_jump_beside_the_point_is_no_kink_with_equal_sides(x):
    assert gradcheck(lambda x: x % 0.25, x).comparisons[0].verdict == "agrees"
    assert gradcheck(lambda x: x % 0.25, 2.5).comparisons[0].verdict == "kink"


def test_a_long_smooth_chain_is_no_kink():
    def run_chain(x):
        for _ in range(choose_size(1_000, 10_000)):  # of three operations each
            x = op.sin(x * 1.5 + 0.25)
        return x

    assert gradcheck(run_chain, 0.5).comparisons[0].verdict == "agrees"
