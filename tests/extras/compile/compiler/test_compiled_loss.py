"""``compile(loss, net)``: the loop of one's own, and whatever happens around it."""

import copy
import math
import pickle
import random
import warnings

import pytest
from foreign import needs_compiler
from plain_nets import Net

from micrograd_nn import Value, compile, log, no_grad
from micrograd_nn.calculus import grad
from micrograd_nn.checks.mistakes import anomaly_detection
from micrograd_nn.extras.compile.compiler import compiled_loss
from micrograd_nn.extras.micrograd import nn as micrograd
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD

NATIVE = [False, pytest.param(True, marks=needs_compiler)]


@pytest.fixture(autouse=True)
def _no_warning():
    """Whatever runs as it is says so: nothing here does unawares."""
    with warnings.catch_warnings(action="error"):
        yield


POINTS = [([math.cos(i), math.sin(i * i)], 1 - 2 * (i % 2)) for i in range(7)]


def hinge_loss(net, points=POINTS, alpha=1e-3):
    def loss():
        margins = [(1 + -y * net(x)).relu() for x, y in points]
        return sum(margins) * (1 / len(margins)) + alpha * sum(p * p for p in net.parameters())

    return loss


def squared_loss(net):
    def loss(xs, ys):
        return sum((net(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))

    return loss


def eager(loss, net):
    """Return the step that stands in everybody's loop, as ``compile`` would return it."""
    parameters = net.parameters() if hasattr(net, "parameters") else net

    def step(*data):
        for p in parameters:
            p.grad = 0.0
        total = loss(*data)
        total.backward()
        return total.data

    return step


def train(step, net, steps=20, lr=0.05, data=lambda step: ()):
    """Return all that a loop leaves behind, by its bits."""
    left = []
    for i in range(steps):
        left.append(step(*data(i)).hex())
        for p in net.parameters():
            left.append(p.grad.hex())
            p.data -= lr * p.grad
    return left + [p.data.hex() for p in net.parameters()]


def assert_same(make_loss, make_net=Net, native=False, **options):
    """Check that the loop has the same bits either way; return what was compiled."""
    net, other = make_net(), make_net()
    quick = compile(make_loss(other), other, native=native)
    assert train(quick, other, **options) == train(eager(make_loss(net), net), net, **options)
    assert not quick.reason
    return quick


@pytest.mark.parametrize("native", NATIVE)
@pytest.mark.parametrize(
    "make_net",
    [
        Net,
        lambda: (random.seed(1), micrograd.MLP(2, [3, 1]))[1],
        lambda: MLP(2, [3, 1], "tanh", rng=random.Random(2)),
    ],
)
def test_twenty_steps_have_the_bits_of_the_loop_by_hand(native, make_net, in_c):
    quick = assert_same(hinge_loss, make_net, native)
    language = "C" if native else "Python"
    assert repr(quick) == f"<compiled loss: 1 program, in {language}>"


def batches(step):
    rng = random.Random(step % 5)
    count = 2 + step % 3
    xs = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)]
    return xs, [rng.choice([-1, 1]) for _ in range(count)]


@pytest.mark.parametrize("native", NATIVE)
def test_data_are_arguments_of_which_each_shape_has_a_program(native, in_c):
    quick = assert_same(squared_loss, native=native, data=batches)
    assert len(quick.variants) == 3


def test_numbers_alone_and_by_name_are_data_too():
    net = Net(n_inputs=1)
    quick = compile(lambda x, *, y: (net([x]) - y) ** 2, net)
    for x, y in ((0.5, 2.0), (3, 1), (-1.25, 0)):
        own = (net([x]) - y) ** 2
        assert quick(x, y=y) == own.data
    assert len(quick.variants) == 3, "of floats, of whole numbers, and of one of each"


def test_a_whole_number_that_is_an_index_is_never_another():
    table = [Value(float(i)) for i in range(4)]
    targets = [0.5, 1.5, 2.5, 3.5]
    quick = compile(lambda i, x: (table[i] * x - targets[i]) ** 2, table)
    for i, x in ((2, 3.0), (0, 3.0), (3, 1.0), (2, 5.0), (-1, 2.0)):
        assert quick(i, x) == (table[i].data * x - targets[i]) ** 2
        wanted = [0.0] * 4
        wanted[i] = 2 * (table[i].data * x - targets[i]) * x
        assert [p.grad for p in table] == wanted
    assert len(quick.variants) == 4


# What changes around it


def test_a_weight_that_is_replaced_is_the_one_that_counts():
    net = Net()
    loss = hinge_loss(net)
    quick = compile(loss, net)
    quick()
    old = net.neurons[0].w[0]
    old.grad = 7.0
    net.neurons[0].w[0] = new = Value(0.25)
    number = quick()
    found, other = [p.grad for p in net.parameters()], loss()
    assert eager(loss, net)() == number == other.data
    assert found == [p.grad for p in net.parameters()]
    assert (old.grad, new.grad == 0.0) == (7.0, False)


def test_parameters_that_are_no_longer_listed_keep_their_gradient():
    net = Net()
    quick = compile(hinge_loss(net), net)
    quick()
    frozen = net.neurons[0]
    frozen.parameters = lambda: []
    frozen.b.grad = 5.0
    quick()
    assert frozen.b.grad == 5.0


def test_a_parameter_that_was_computed_is_refused():
    net = Net()
    quick = compile(hinge_loss(net), net)
    quick()
    neuron = net.neurons[0]
    neuron.b = neuron.b - 0.1 * neuron.b.grad
    with pytest.raises(TypeError, match=r"isn't a parameter but computed.*p.data -= lr \* p.grad"):
        quick()


def test_what_the_loss_takes_from_elsewhere_may_change():
    net, batch, settings = Net(), copy.deepcopy(POINTS[:3]), {"alpha": 1e-3}

    def loss():
        data = sum((net(x) - y) ** 2 for x, y in batch)
        return data + settings["alpha"] * sum(p * p for p in net.parameters())

    quick = compile(loss, net)
    for change in (
        lambda: settings.update(alpha=0.5),
        lambda: batch.append(POINTS[4]),
        lambda: batch[0][0].__setitem__(0, 0.125),
        lambda: batch.__setitem__(1, POINTS[5]),
    ):
        before = quick()
        change()
        after = quick()
        found = [p.grad for p in net.parameters()]
        assert after != before
        assert eager(loss, net)() == after
        assert found == [p.grad for p in net.parameters()]


def test_forms_that_never_come_again_are_given_up_with_a_word():
    table = [Value(float(i)) for i in range(20)]
    quick = compile(lambda i, x: (table[i] * x - 1.0) ** 2, table)

    def run():
        for i in range(20):
            assert quick(i, 0.5) == (i * 0.5 - 1.0) ** 2
            assert table[i].grad == i * 0.5 - 1.0

    with pytest.warns(RuntimeWarning, match="another form again and again, .*give it lists of one"):
        run()
    quick = compile(lambda i, x: (table[i] * x - 1.0) ** 2, table)
    for i in (*range(15), *range(15), *range(15, 20)):
        quick(i, 0.5)
    assert len(quick.variants) == 20, "with those that came again there are more"


@pytest.mark.parametrize("unchecked", [False, True])
def test_a_dictionary_of_weights_is_looked_at_in_all_its_lists(unchecked):
    weights = {"a": [[Value(1.0)], [Value(2.0)]], "b": (Value(3.0),)}

    def loss(x):
        return sum(row[0] * x for row in weights["a"]) + weights["b"][0]

    quick = compile(loss, weights, unchecked=unchecked)
    assert quick(2.0) == 9.0
    weights["a"][1][0] = Value(10.0)
    assert (quick(2.0), weights["a"][1][0].grad) == (25.0, 2.0)
    weights["b"] = (Value(100.0),)
    assert (quick(2.0), weights["b"][0].grad) == (122.0, 1.0)
    weights["c"] = Value(0.0)
    assert (quick(2.0), weights["c"].grad) == (122.0, 0.0)


def test_numbers_of_other_values_are_read_again_and_their_gradients_left_alone():
    ours, theirs = Net("tanh", 1), Net("tanh", 1, 1)
    quick = compile(lambda x: (theirs([ours([x])]) - 1.0) ** 2, ours)
    for weight in (0.5, -2.0):
        theirs.neurons[0].w[0].data = weight
        assert quick(0.75) == ((theirs([ours([0.75])]) - 1.0) ** 2).data
    assert {p.grad for p in theirs.parameters()} == {None}


# Gradients are set


def test_a_gradient_is_set_whatever_was_there():
    used, unused = Value(3.0), Value(1.0)
    quick = compile(lambda: used * used, [used, unused])
    for earlier in (None, 5.0, math.nan):
        used.grad = unused.grad = earlier
        assert (quick(), used.grad, unused.grad) == (9.0, 6.0, 0.0)
    optimizer = SGD([used], 0.5)
    quick()
    optimizer.step()
    assert used.data == 0.0


@pytest.mark.parametrize("native", NATIVE)
@pytest.mark.parametrize("x", [0.0, -1.0, math.nan])
def test_an_error_leaves_the_gradients_as_they_were(native, x, in_c):
    w = Value(2.0)
    quick = compile(lambda x: log(w * x), [w], native=native)
    quick(1.0)
    w.grad = 7.0
    if math.isnan(x):
        with pytest.warns(RuntimeWarning, match="what it computes with isn't finite"):
            quick(x)
        assert math.isnan(w.grad)
        return
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0"):
        quick(x)
    assert w.grad == 7.0
    assert (quick(2.0), w.grad) == (math.log(4.0), 0.5)


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan, 1e200])
def test_what_is_not_finite_is_as_by_hand(x):
    def make():
        w = Value(-1.0)
        return w, lambda x: (w * x * x * w).relu() * w + (w * x * x * x).relu() + w * x

    (w, loss), (v, by_hand) = make(), make()
    quick, step = compile(loss, [w]), eager(by_hand, [v])
    assert quick(2.0) == step(2.0)
    with pytest.warns(RuntimeWarning, match="isn't finite"):
        assert repr((quick(x), w.grad)) == repr((step(x), v.grad))
    w.data = v.data = x
    with pytest.warns(RuntimeWarning, match="isn't finite"):
        assert repr((quick(2e150), w.grad)) == repr((step(2e150), v.grad))


# What it refuses, and when it says so


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (lambda w: w.data**2, TypeError, r"a loss is one Value, .* returns a float"),
        (lambda w: [w, w], TypeError, r"a loss is one Value, .* returns a list"),
        (lambda w: None, TypeError, r"a loss is one Value, .* returns a NoneType"),
        (lambda w: Value(2.0) * 3.0, ValueError, "depends on no parameter of its net"),
        (lambda w: (w * w).detach(), ValueError, "depends on no parameter of its net"),
    ],
)
def test_what_is_no_loss_of_the_net_is_refused_at_the_first_call(loss, error, message):
    w = Value(2.0)
    w.grad = 3.0
    with pytest.raises(error, match=message):
        compile(lambda: loss(w), [w])()
    assert w.grad == 3.0


@pytest.mark.parametrize("net", [3.0, [], {}, object(), [1.0], "net", MLP])
def test_what_has_no_parameters_is_refused_at_once(net):
    with pytest.raises(TypeError, match=r"needs a net that has parameters\(\), or Values in lists"):
        compile(lambda: Value(1.0), net)


def test_a_loss_that_was_recorded_is_no_function():
    net = Net(n_inputs=1, count=1)
    with pytest.raises(TypeError, match="the function that computes the loss, not its result"):
        compile(net([1.0]), net)
    with pytest.raises(TypeError, match=r"computed, or a constant"):
        compile(lambda: net([1.0]), [net([1.0])])


def test_values_among_the_data_are_refused_with_a_remedy():
    net = Net(n_inputs=1, count=1)
    quick = compile(lambda x: net([x]), net)
    with pytest.raises(TypeError, match=r"takes its data as numbers, not as Values: give x\.data"):
        quick(Value(1.0))


def test_a_wrong_word_for_unchecked_is_found_out():
    w, calls = Value(2.0), []

    def loss():
        calls.append(1)
        return w * float(len(calls))

    quick = compile(loss, [w], unchecked=True)
    with pytest.warns(RuntimeWarning, match="depends on more than its arguments"):
        quick()
    assert (quick(), w.grad) == (2.0 * len(calls), float(len(calls)))


def test_a_wrong_program_sets_no_gradient(monkeypatch):
    w = Value(2.0)
    quick = compile(lambda x: w * x, [w])
    monkeypatch.setattr(
        compiled_loss, "find_difference", lambda *given: "the program's result was 5.0"
    )
    with pytest.warns(RuntimeWarning, match=r"result was 5\.0: it depends on more"):
        assert (quick(3.0), w.grad) == (6.0, 3.0)


def test_within_no_grad_and_under_observers_it_is_the_graph():
    w = Value(2.0)
    quick = compile(lambda x: w * w * x, [w])
    quick(1.0)
    with no_grad(), pytest.raises(ValueError, match="depends on no parameter"):
        quick(1.0)
    with anomaly_detection():
        assert (quick(3.0), w.grad) == (12.0, 12.0)
    assert grad(lambda x: x * quick(2.0))(1.0) == 8.0


def test_another_compiled_function_does_not_take_it_in():
    w = Value(2.0)
    quick = compile(lambda x: w * x, [w])
    outer = compile(lambda x: x * quick(x))
    with pytest.warns(RuntimeWarning, match="CompiledLoss"):
        assert outer(3.0) == 18.0


def test_copies_compile_for_themselves():
    net = MLP(1, [1], rng=random.Random(0))
    quick = compile(net, net)
    assert len(copy.copy(quick).variants) == 0
    assert len(pickle.loads(pickle.dumps(compile(abs, [Value(-1.0)]))).parameters.net) == 1


def test_a_net_may_be_listed_once_or_hold_a_weight_twice():
    w = Value(3.0)
    quick = compile(lambda: w * w, iter([w, w]))
    assert (quick(), w.grad, quick(), w.grad) == (9.0, 6.0, 9.0, 6.0)
