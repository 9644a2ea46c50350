"""micrograd's door: programs written for micrograd run as they are, but for their imports."""

# ruff: noqa: B905 - programs for micrograd are written so

import copy
import math
import operator
import pickle
import random
from collections import Counter
from contextlib import nullcontext

import pytest

import micrograd_nn
from micrograd_nn import OPERATIONS, compile, draw, explain, fit, gradcheck, steps, tree
from micrograd_nn.checks.mistakes import provenance
from micrograd_nn.extras.micrograd import Value, nn
from micrograd_nn.extras.micrograd.nn import MLP, Layer, Module, Neuron
from micrograd_nn.losses import squared_error
from micrograd_nn.optim import SGD


def walk(root):
    """Return the nodes and edges of a graph as a program of its own would collect them."""
    nodes, edges, waiting = {root}, set(), [root]
    while waiting:
        node = waiting.pop()
        for child in node._prev:
            edges.add((child, node))
            if child not in nodes:
                nodes.add(child)
                waiting.append(child)
    return nodes, edges


def test_its_names_are_those_of_micrograd():
    assert micrograd_nn.micrograd.Value is nn.Value is Value
    assert (nn.MLP, nn.Layer, nn.Neuron, nn.Module) == (MLP, Layer, Neuron, Module)


def test_a_gradient_begins_at_0_for_leaves_and_results():
    x = Value(3.0)
    y = (2 * x - Value(1.0)).relu()
    nodes, _ = walk(y)
    assert {node.grad for node in nodes} == {0}
    assert len(nodes) == 5


def test_a_bare_number_is_a_constant_as_the_engines_own_is():
    x, five = Value(-3.0), Value(5.0)
    y = 7 - x**2 * five + 1
    y.backward()
    difference, one = y.inputs
    seven, product = difference.inputs
    square, _ = product.inputs
    assert [type(node) for node in (seven, one)] == [micrograd_nn.Constant] * 2
    assert (five.grad, square.grad, x.grad) == (-9.0, -5.0, 30.0)
    assert [y._prev, difference._children, product._prev] == [
        {difference}, (product,), {square, five},
    ]  # fmt: skip
    assert (difference._local_grads, square._prev, square._op) == ((-1.0,), {x}, "**2")
    assert [node._op for node in (x, product, y)] == ["", "*", "+"]


def test_a_bare_number_is_no_box_of_a_picture_but_a_value_is():
    def kinds(two):
        e = (two * Value(0.5)).exp()
        y = (e - 1) / (e + 1)
        y.backward()
        boxes = [line for line in draw(y, names={}).source.splitlines() if "class=" in line]
        assert str(tree(y, names={})).count(" − 1") == 1
        return Counter(line.partition("class=")[2].split()[0].strip('"') for line in boxes)

    assert kinds(2) == {"constant": 3, "leaf": 1, "inner": 4, "root": 1}
    assert kinds(Value(2.0)) == {"constant": 2, "leaf": 2, "inner": 4, "root": 1}


@pytest.mark.parametrize(
    ("node", "sign"),
    [
        (lambda x: x + x, "+"),
        (lambda x: x - 1, "-"),
        (lambda x: x / 2, "/"),
        (lambda x: x.relu(), "ReLU"),
        (lambda x: x.tanh(), "tanh"),
        (lambda x: x**-0.5, "**-0.5"),
    ],
)
def test_an_operation_is_told_by_micrograds_sign(node, sign):
    assert node(Value(2.0))._op == sign


def test_what_it_was_made_of_is_a_set_with_the_local_gradients_beside_it():
    a, b = Value(2.0), Value(-3.0)
    c = a * b
    assert (c._prev, c._children, c._local_grads) == ({a, b}, (a, b), (-3.0, 2.0))
    assert ((a * a)._prev, a._prev, a._children) == ({a}, set(), ())


def test_a_pass_by_hand_calls_backward_node_by_node():
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    n = x * w
    n.label = "n"
    o = n.tanh()
    o.grad = 1.0
    o._backward()
    n._backward()
    x._backward()
    by_hand = [node.grad for node in (x, w, n)]
    for node in (x, w, n):
        node.grad = 0
    o.backward()
    assert [node.grad for node in (x, w, n)] == by_hand


def test_leaves_add_up_over_passes_and_inner_nodes_begin_anew():
    x = Value(3.0)
    y = x * x
    z = y * 2
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 2.0, 1.0)


def test_a_value_takes_attributes_of_ones_own_and_keeps_them_in_copies():
    p = Value(2.0, label="p")
    p.m = p.v = 0.5
    for again in (copy.copy(p), copy.deepcopy(p), pickle.loads(pickle.dumps(p))):
        assert type(again) is Value
        assert (again.data, again.grad, again.label, again.m, again.v) == (2.0, 0, "p", 0.5, 0.5)


def test_a_node_may_be_made_from_inputs_and_their_local_gradients():
    x, y = Value(3.0), Value(4.0)
    length = Value(math.hypot(x.data, y.data), (x, y), (0.6, 0.8))
    (length * 10).backward()
    assert (x.grad, y.grad) == (6.0, 8.0)
    by_name = Value(5.0, children=[x, y], local_grads=[0.6, 0.8])
    assert (by_name._children, by_name._local_grads) == ((x, y), (0.6, 0.8))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            ["x"],
            r"children are Values.*, not 'x'; a label goes by its name: Value\(2.0, label='x'\)",
        ),
        ([Value(3.0)], r"children are Values.*, not Value\(data=3.0"),
        ([(1.0,)], r"children are Values.*, not \(1.0,\)"),
        ([(Value(3.0),), (1.0, 2.0)], "a local gradient for each child: 1, not 2"),
    ],
)
def test_what_a_node_cannot_be_made_of_is_told(given, told):
    with pytest.raises((TypeError, ValueError), match=told):
        Value(2.0, *given)


def test_any_value_is_true():
    assert Value(1) - 1


def test_a_node_may_be_made_with_a_backward_of_its_own():
    def double(x):
        out = Value(2 * x.data, (x,), "double")

        def _backward():
            x.grad += 2 * out.grad

        out._backward = _backward
        return out

    x = Value(3.0)
    y = double(x * x) * 5
    for _ in range(2):
        x.grad = 0
        y.backward()
        assert x.grad == 60.0
    assert "double" in {node._op for node in walk(y)[0]}


def test_a_node_made_by_hand_is_no_program_and_says_so():
    x = Value(3.0)
    y = Value(9.0, (x,), (6.0,))
    with pytest.raises(ValueError, match="made by hand"):
        compile(y, parameters=[x])([2.0])


def test_it_is_shown_as_micrograd_shows_it():
    x = Value(2.0)
    assert repr(x * 2) == "Value(data=4.0, grad=0)"
    assert str([x]) == "[Value(data=2.0, grad=0)]"
    assert "%s %.4f" % (x.label, x.grad) == " 0.0000"  # noqa: UP031 - as its pictures do


def test_a_model_has_micrograds_weights_names_and_order_of_sums():
    random.seed(1337)
    model = MLP(2, [3, 1])
    random.seed(1337)
    numbers = []
    for _ in range(3):
        numbers += [random.uniform(-1, 1), random.uniform(-1, 1), 0.0]
    numbers += [random.uniform(-1, 1) for _ in range(3)] + [0.0]
    assert [p.data for p in model.parameters()] == numbers
    assert repr(model) == (
        "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], "
        "Layer of [LinearNeuron(3)]]"
    )
    neuron, x = model.layers[0].neurons[0], [0.1, 0.7]
    w1, w2, b = (p.data for p in neuron.parameters())
    assert neuron(x).data == max(0.0, b + w1 * x[0] + w2 * x[1])


def test_a_number_of_inputs_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"ReLUNeuron\(2\) takes 2 inputs, not 1"):
        MLP(2, [3, 1])([1.0])


def test_a_loop_of_ones_own_trains_a_model():
    random.seed(1337)
    model = MLP(2, [8, 1])
    rows = [([0.0, 0.0], -1), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], -1)]

    def measure():
        scores = [model(list(map(Value, x))) for x, _ in rows]
        margins = [(1 + -target * score).relu() for (_, target), score in zip(rows, scores)]
        return sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters())

    first = measure().data
    for k in range(60):
        loss = measure()
        model.zero_grad()
        assert {p.grad for p in model.parameters()} == {0}
        loss.backward()
        for p in model.parameters():
            p.data -= (0.3 - 0.2 * k / 60) * p.grad
    assert loss.data < first / 3


def test_it_draws_explains_itself_and_is_checked():
    a, b = Value(3.0, label="a"), Value(-1.0, label="b")
    y = (a * b * 2 + 7).tanh()
    y.backward()
    assert "tanh" in draw(y).source
    assert "a · " in str(tree(y))
    assert f"{a.grad:.4g}" in str(explain(y, a)).replace("−", "-")
    assert gradcheck(lambda a, b: (a * Value(2.0) * b).tanh(), (0.3, 0.2)).ok
    shares = {}
    for step in steps(y):
        shares[step.input] = shares.get(step.input, 0.0) + step.share
    assert {node: node.grad for node in shares} == shares


def test_a_function_of_them_compiles_and_numbers_are_not_looked_at():
    w = Value(3.0)
    f = compile(lambda x: (w * x * 2).relu() ** 2)
    assert [f(1.0), f(2.0)] == [36.0, 144.0]
    w.data = 1.0
    assert f(1.0) == 4.0
    with pytest.warns(RuntimeWarning, match=r"asks for \.data"):
        assert compile(lambda x: x * (w * x).data)(3.0) == 9.0


def test_fit_trains_a_model_compiled():
    random.seed(2)
    model = MLP(1, [1])
    data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)] * 5
    optimizer = SGD(model.parameters(), lr=0.2)
    history = fit(model, data, squared_error, optimizer=optimizer, epochs=20)
    assert history.ran == "compiled"
    assert [round(p.data, 2) for p in model.parameters()] == [2.0, 1.0]


KINDS = {"Value": Value, "float": float, "int": int, "an engine's Value": micrograd_nn.Value}


@pytest.mark.parametrize("kinds", [(a, b) for a in KINDS for b in KINDS if "Value" in (a, b)])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "hypot"])
def test_what_is_recorded_fast_is_what_is_recorded_while_somebody_watches(name, kinds):
    operate = getattr(operator, name, OPERATIONS[name])
    inputs = [KINDS[kind](number) for kind, number in zip(kinds, (3, 2))]
    found = []
    for watched in (nullcontext(), provenance()):
        with watched:
            y = operate(*inputs)
        own = y.data, y.partials, y.numbers, y.grad, y.label
        found.append((type(y), own, [type(x) for x in y.inputs]))
    assert found[0] == found[1]
    assert found[0][0] is Value


def test_an_error_is_worded_and_an_exponent_may_be_of_numpy():
    with pytest.raises(OverflowError, match=r"exp\(x\) is beyond the largest float.*; x = 800.0"):
        Value(800.0).exp()
    numpy = pytest.importorskip("numpy")
    x = Value(-2.0)
    (x ** numpy.float64(2)).backward()
    assert x.grad == -4.0
