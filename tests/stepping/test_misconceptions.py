"""The classic mistakes: the number each leads to, and how it is told."""

import json
import math

import pytest
from places import WEB

from micrograd_nn import MLP, Value, exp, tanh
from micrograd_nn._ground.text import format_number
from micrograd_nn.engine import table as op
from micrograd_nn.graph import Graph
from micrograd_nn.notation.expressions import list_leaf_names, parse
from micrograd_nn.notation.formulas.formula import write_derivative_rule
from micrograd_nn.notation.formulas.plain import Plain
from micrograd_nn.stepping.misconceptions import (
    MISCONCEPTIONS,
    Quantities,
    find_slips,
    is_near,
    is_nearly,
    list_quantities,
    list_slips,
)
from micrograd_nn.stepping.misconceptions.derivatives import WRONG_LOCALS
from micrograd_nn.stepping.misconceptions.slips import make_mistake

# Each has an answer as it is typed, the right number, and whether it is near. Pages have the same.
NEAR = json.loads((WEB / "near.json").read_text(encoding="utf-8"))


def build_gate():
    """Return a graph of every occasion, and its leaf x: b a + (x y)³, a = tanh x and b = a y."""
    x, y = Value(0.7, "x"), Value(1.9, "y")
    a = tanh(x)
    b = a * y
    return b * a + (x * y) ** 3, x


def find(root, name, local=False):
    """Return the first way to make a mistake in a graph's steps, None if there is none."""
    for step, quantities in list_quantities(Graph(root)):
        for slip in find_slips(step, quantities, local):
            if slip.misconception.name == name:
                return slip
    return None


@pytest.mark.parametrize("wrong", MISCONCEPTIONS, ids=lambda wrong: wrong.name)
def test_each_mistake_gives_another_number_than_the_right_one_and_says_so(wrong):
    root, _ = build_gate()
    slip = find(root, wrong.name)
    assert not is_near(slip.answer, slip.quantities.after)
    told = slip.tell(Graph(root).names)
    assert told.startswith(wrong.told.partition("{")[0])
    assert "{" not in told
    local = find(root, wrong.name, local=True)
    assert (local is not None) == wrong.is_local
    if local is not None:
        assert format_number(local.quantities.partial) in local.tell_remedy(Graph(root).names)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("overwrite", 3.0), ("no upstream", 6.0), ("no local derivative", 5.5),
        ("too early", 5.0), ("other input", 13.0), ("sign", 1.0), ("path left out", 4.0),
        ("added along the path", 7.5), ("value for derivative", 16.0),
    ],
)  # fmt: skip
def test_the_number_of_a_mistake(name, answer):
    given = Quantities(
        4.0, 1.5, 2.0, 3.0, early=0.5, other=6.0, value=0.0, result=8.0
    )  # fmt: skip
    (wrong,) = [one for one in MISCONCEPTIONS if one.name == name]
    assert given.after == 7.0
    step = list_quantities(Graph(Value(2.0) * 3.0))[0][0]
    assert make_mistake(wrong, step, given) == answer


def test_a_neurons_weight_has_the_input_that_it_multiplies_as_the_other_one():
    neuron = MLP(3, [1], activation="tanh")
    root = neuron([Value(0.5), Value(-2.0), Value(3.0)])
    into_dot = [
        (step, quantities.other)
        for step, quantities in list_quantities(Graph(root))
        if step.node.operation is op.dot
    ]
    assert len(into_dot) == 7
    for step, other in into_dot:
        assert other == (None if step.position == 6 else step.input.number)


def test_a_step_gives_no_occasion_for_what_it_has_not():
    x = Value(3.0, "x")
    (step, quantities), *_ = list_quantities(Graph(x * 1.0))
    names = {slip.misconception.name for slip in find_slips(step, quantities)}
    assert names.isdisjoint(
        {"overwrite", "no upstream", "too early", "other input", "input for output"}
    )


def test_only_the_exponent_of_a_power_may_be_forgotten():
    x, y = Value(4.0, "x"), Value(2.0, "y")
    found = [
        find(root, "factor forgotten", local=True)
        for root in (x**2, x**-1.5, x**y, 2**x, x * 2, x.tanh())
    ]
    assert [slip and slip.answer for slip in found] == [4.0, 4**-2.5, 4.0, None, None, None]
    told = found[0].tell({found[0].step.node: "y", x: "x"})
    assert told == "That leaves out the exponent, which comes down as a factor."


def test_1_minus_the_result_is_a_mistake_with_tanh_and_none_with_sigmoid():
    slip = find(Value(0.5, "x").tanh(), "square forgotten", local=True)
    assert slip.answer == 1 - math.tanh(0.5)
    assert find(Value(0.5, "x").sigmoid(), "square forgotten") is None


def test_where_two_mistakes_give_a_number_the_likelier_one_is_told():
    x, y = Value(5.0, "x"), Value(3.0, "y")
    (seen,) = [seen for seen in list_quantities(Graph(2 * (y - x))) if seen[0].input is x]
    first = next(find_slips(*seen))  # minus taken for plus, and not a local derivative left out
    assert (first.answer, first.misconception.name) == (2.0, "sign")


def test_a_derivative_that_is_beyond_any_float_gives_no_mistake():
    root = exp(Value(1000.0).log()).log()
    assert find(root, "input for output", local=True).answer == math.log(1000)
    x = Value(600.0)
    beyond = exp(Value(1e300) / x * 0.0) * x.sigmoid() + exp(x)
    slips = [slip for seen in list_quantities(Graph(beyond)) for slip in find_slips(*seen)]
    assert slips
    assert not any(math.isnan(slip.answer) for slip in slips)


@pytest.mark.parametrize(("typed", "right", "how"), NEAR)
def test_an_answer_is_near_as_pages_have_it(typed, right, how):
    answers = pytest.importorskip("micrograd_nn.extras.practice.exercises.answers")
    given = answers.NumberAnswer(right).read(typed)
    found = "near" if is_near(given, right) else "nearly" if is_nearly(given, right) else ""
    assert found == how


def test_nothing_is_near_infinity():
    assert is_near(math.inf, math.inf)
    assert not is_near(1.0, math.inf)
    assert not is_near(math.inf, 1.7976931348623157e308)
    assert not is_near(math.nan, math.nan)
    assert not is_nearly(math.inf, 1.0)


def test_no_other_number_of_three_digits_is_near():
    for digits in range(100, 1000):
        for right in (digits / 100, -digits * 1e-5, digits * 1e20):
            beside = [float(f"{right:.2e}") * (1 + sign / digits) for sign in (-1, 1)]
            below = right * (1 - 0.1 / digits) if digits == 100 else beside[0]
            assert not any(is_near(other, right) for other in [*beside, below])


def test_each_misconception_about_a_whole_gradient_tells_a_number_once():
    root, x = build_gate()
    slips = list_slips(Graph(root), x)
    for wrong in MISCONCEPTIONS:
        answers = [Graph(root).gradients[x], *[s.answer for s in slips if s.misconception is wrong]]
        assert len(answers) > 1
        assert not any(is_near(x, y) for i, x in enumerate(answers) for y in answers[:i])


POINTS = [(0.7, 1.9), (1.3, 0.6), (2.4, 3.1)]


@pytest.mark.parametrize(("name", "position"), WRONG_LOCALS)
def test_each_wrong_local_derivative_is_wrong_and_its_formula_gives_its_number(name, position):
    row = op.OPERATIONS[name]
    points = [*POINTS, (-0.7,)] if name == "relu" else POINTS
    for misconception, rule in WRONG_LOCALS[name, position]:
        assert "{" not in misconception.told.format(input="x", node="y")
        differ = set()
        for point in points:
            numbers = point[: len(row.inputs)]
            node = row(
                *[Value(number, letter) for number, letter in zip(numbers, "ab", strict=False)]
            )
            names = {node: "out", **{x: x.label for x in node.inputs}}
            wrong = rule(node.data, *numbers)
            right = row.local_partials(node.data, numbers)[position]
            differ.add(not is_near(wrong, right))
            formula = write_derivative_rule(node, rule, names, Plain()).text
            given = dict(zip("ab", numbers, strict=False), out=node.data)
            typed = formula.replace("^", "**")
            used = {name: given[name] for name in list_leaf_names(typed)}
            assert parse(typed, used).data == pytest.approx(wrong)
        assert True in differ, misconception.title
