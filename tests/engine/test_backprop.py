"""backward() and steps(): the right gradients, the same in both, whatever the graph's shape."""

import math
import re
import sys
import threading
from fractions import Fraction

import numpy as np
import pytest
from added import fit
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, searching_derivatives

from micrograd_nn import Constant, Step, Value, no_grad, nodes, steps
from micrograd_nn.engine import backprop
from micrograd_nn.engine import table as op
from micrograd_nn.engine.backprop import add_earlier, add_gradient, set_gradients
from micrograd_nn.engine.setting import Observer, observed_by
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import Neuron
from micrograd_nn.optim import SGD

# backward()


def example(a):
    """Return d = (a + a)² + (a + a), whose derivative by a is 8a + 2, and its inner nodes."""
    b = a + a
    c = b * b
    return c + b, b, c


def test_gradients_of_shared_nodes_add_up():
    a = Value(2.0)
    d, b, c = example(a)
    d.backward()
    assert (d.grad, c.grad, b.grad, a.grad) == (1.0, 1.0, 9.0, 18.0)


@searching_derivatives
@given(graph=graphs(max_size=60))
def test_passes_accumulate_in_leaves_exactly(graph):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    root.backward()
    once = [node.grad for node in nodes(root)]
    leaf_once = [x.grad for x in leaves]
    root.backward()
    assert [x.grad for x in leaves] == [2 * grad for grad in leaf_once]
    inner = [node for node in nodes(root) if node.operation]
    assert inner
    again = dict(zip(nodes(root), once, strict=True))
    assert all(node.grad == again[node] for node in inner)
    for x in leaves:
        x.grad = 0.0
    root.backward()
    assert [node.grad for node in nodes(root)] == once


def test_a_root_inside_of_another_roots_graph_is_zeroed_between_passes():
    a = Value(2.0)
    y = a * a
    z = y * y
    z.backward()
    assert (y.grad, a.grad) == (8.0, 32.0)
    y.backward()
    assert (y.grad, a.grad) == (1.0, 36.0)
    z.backward()
    assert (y.grad, a.grad) == (8.0, 68.0)


def test_what_the_root_is_not_made_of_is_left_alone():
    a = Value(2.0)
    y, other = a * a, a * 3
    other.grad = 7.0
    y.backward()
    assert (other.grad, y.grad, a.grad) == (7.0, 1.0, 4.0)


def test_the_derivative_of_a_leaf_by_itself_is_one():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def compute_without_recording():
    with no_grad():
        return Value(2.0) * 3


@pytest.mark.parametrize(
    "root",
    [Constant(6.0), compute_without_recording(), (Value(2.0) * 3).detach(), Constant(2.0) * 3],
    ids=["constant", "no_grad", "detached", "of numbers alone"],
)
def test_backward_on_a_constant_says_that_nothing_was_recorded_and_why(root):
    told = (
        "6.0 (your root) has no gradient to pass back: nothing was recorded, since it was computed "
        "within no_grad(), detached, or made of plain numbers alone"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        root.backward()


def test_a_whole_number_set_as_gradient_looks_no_name_up(monkeypatch):
    monkeypatch.setattr(backprop, "tell_input", None)  # which walks the caller's variables
    x = Value(3.0)
    for grad, expected in [(0, 2.0), (1, 3.0), (Fraction(1, 2), 2.5)]:
        x.grad = grad
        (x * 2).backward()
        assert x.grad == expected


@pytest.mark.parametrize(
    ("grad", "told"),
    [
        ("3", r"the grad of a Value of 2.0 \(label 'x'\) needs a real number, not a str \('3'\)"),
        (True, r"not a bool \(True\): write 1.0 or 0.0"),
        ([1.0], "not a list: give its items one by one"),
        (Value(3.0), r"needs a real number, not a Value: take its \.data"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_grad_that_is_no_number_is_refused_where_a_pass_would_add_to_it(grad, told):
    x, y = Value(2.0, label="x"), Value(3.0)
    out = x * y
    x.grad = grad
    with pytest.raises(TypeError, match=told):
        out.backward()
    assert (x.grad, y.grad, out.grad) == (grad, None, None)
    x.label = None
    with pytest.raises(
        TypeError, match=r"the grad of a Value of 2.0 \(your x\) needs a real number"
    ):
        out.backward()


def test_a_grad_of_any_kind_of_real_number_becomes_a_plain_float():
    x = Value(2.0)
    for number in (1, Fraction(1), np.float32(1.0)):
        x.grad = number
        (3 * x).backward()
        assert (type(x.grad), x.grad) == (float, 4.0)


def test_constants_receive_nothing():
    x = Value(3.0)
    out = (x * 2 + 5) ** 2
    out.backward()
    assert x.grad == 44.0
    constants = [node for node in nodes(out) if isinstance(node, Constant)]
    assert len(constants) == 3
    assert all(node.grad is None for node in constants)


def test_a_leaf_with_no_influence_has_a_gradient_of_zero_not_none():
    x, y = Value(3.0), Value(4.0)
    (op.relu(-x) + y).backward()
    assert (x.grad, y.grad) == (0.0, 1.0)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_a_value_used_many_times_by_one_node_receives_from_every_edge(n):
    x = Value(1.5)
    op.prod([x] * n).backward()
    assert x.grad == pytest.approx(n * 1.5 ** (n - 1), rel=1e-15)
    x.grad = 0.0
    op.sum([x] * n).backward()
    assert x.grad == n


def test_a_chain_of_diamonds_with_2_to_the_100_paths_takes_one_visit_a_node():
    x = y = Value(1.0)
    for _ in range(100):
        y = y + y
    y.backward()
    assert y.data == x.grad == 2.0**100


def test_overflow_and_nan_flow_back_as_they_are():
    x = Value(1e308)
    (x * 10 * 10).backward()
    assert x.grad == 100.0
    y = Value(math.nan)
    (y * 2.0 + y * y).backward()
    assert math.isnan(y.grad)


def test_a_leaf_counts_the_passes_that_its_gradient_adds_up():
    x, y = Value(2.0), Value(0.0)
    out = x * x + x * y * y
    assert (x.passes, y.passes) == (0, 0)
    for count in (1, 2, 3):
        out.backward()
        assert (x.passes, x.grad) == (count, 4.0 * count)
        assert (y.passes, y.grad) == (count, 0.0)
    for none_yet in (0.0, None):
        x.grad = none_yet
        out.backward()
        assert (x.passes, out.passes) == (1, 0)


ZERO = {
    "times 0": lambda x, y: x * 0 + y,
    "times -0.0": lambda x, y: x * -0.0 + y,
    "minus itself": lambda x, y: x - x + y,
    "relu's dead side": lambda x, y: op.relu(-x) + y,
    "max's loser": lambda x, y: op.max(x, y),
    "a rule of 0.0": lambda x, y: op.step(x) * y,
    "an index": lambda x, y: op.choose(x - 2, [y, 5.0]),
    "underflow": lambda x, y: x * -1e-200 * 1e-200 + y,
    "a sum of -0.0": lambda x, y: op.sum([x * -0.0, -(x * 0), y]),
}


@pytest.mark.parametrize("compute", ZERO.values(), ids=ZERO)
def test_passes_that_give_exactly_0_count_whatever_graphs_they_go_through(compute):
    x, y = Value(2.0), Value(3.0)
    root = compute(x, y)
    roots = [root, root, compute(x, y), root * 2]  # again, a new one, and of a graph that shares it
    for none_yet in (None, 0.0, -0.0, 0):
        x.grad = none_yet
        for count, each in enumerate(roots, start=1):
            each.backward()
            assert (bits(x.grad), x.passes) == (bits(0.0), count)


def test_whoever_looks_on_is_told_the_root_of_a_pass_before_it_begins():
    class Watching(Observer):
        def passes_back(self, root):
            seen.append((root, x.grad))

    seen = []
    x = Value(3.0)
    out = x * x
    with observed_by(Watching()):
        out.backward()
    out.backward()
    assert seen == [(out, None)]


# steps()


def bits(x):
    return None if x is None else float(x).hex()


@searching_derivatives
@given(graph=graphs())
def test_steps_end_where_backward_ends_bit_for_bit(graph):
    root = graph([Value(x) for x in graph.leaves])
    after = {root: 1.0}
    for step in steps(root):
        after[step.input] = step.after
    root.backward()
    below = [node for node in nodes(root) if not isinstance(node, Constant)]
    assert set(after) == set(below)
    assert [bits(after[node]) for node in below] == [bits(node.grad) for node in below]


@searching_derivatives
@given(graph=graphs())
def test_every_step_is_one_use_of_the_chain_rule(graph):
    root = graph([Value(x) for x in graph.leaves])
    gradient = {root: 1.0}
    for step in steps(root):
        assert step.input is step.node.inputs[step.position]
        assert step.partial == step.node.partials[step.position]
        assert step.upstream == gradient[step.node]
        assert step.share == step.upstream * step.partial
        assert step.before == gradient.get(step.input, 0.0)
        assert step.after == step.before + step.share
        gradient[step.input] = step.after


@searching_derivatives
@given(graph=graphs())
def test_steps_take_every_edge_once_and_a_node_only_when_its_gradient_is_complete(graph):
    root = graph([Value(x) for x in graph.leaves])
    edges = {
        (node, position)
        for node in nodes(root)
        for position, input in enumerate(node.inputs)
        if not isinstance(input, Constant)
    }
    taken = [(step.node, step.position) for step in steps(root)]
    assert len(taken) == len(edges)
    assert set(taken) == edges
    done = set()
    for step in steps(root):
        done.add(step.node)
        assert step.input not in done


@searching_derivatives
@given(graph=graphs(max_size=60), grad=st.none() | st.floats(-5, 5))
def test_steps_change_nothing(graph, grad):
    root = graph([Value(x) for x in graph.leaves])
    below = nodes(root)
    fresh = list(steps(root))
    for node in below:
        node.grad = grad
    before = [(node.data, node.grad, node.partials, node.inputs) for node in below]
    assert list(steps(root)) == fresh  # from 0, whatever earlier passes left
    assert [(node.data, node.grad, node.partials, node.inputs) for node in below] == before


def test_steps_tell_the_two_edges_of_a_square_apart():
    a = Value(3.0)
    b = a * a
    assert list(steps(b)) == [
        Step(b, a, 0, 1.0, 3.0, 3.0, 0.0, 3.0),
        Step(b, a, 1, 1.0, 3.0, 3.0, 3.0, 6.0),
    ]


def test_steps_of_the_example_are_told_in_the_order_of_backward():
    a = Value(2.0)
    d, b, c = example(a)
    assert [(s.node, s.input, s.upstream, s.partial, s.before, s.after) for s in steps(d)] == [
        (d, c, 1.0, 1.0, 0.0, 1.0),
        (d, b, 1.0, 1.0, 0.0, 1.0),
        (c, b, 1.0, 4.0, 1.0, 5.0),
        (c, b, 1.0, 4.0, 5.0, 9.0),
        (b, a, 9.0, 1.0, 0.0, 9.0),
        (b, a, 9.0, 1.0, 9.0, 18.0),
    ]


def test_steps_begin_lazily():
    a = Value(2.0)
    d, _, c = example(a)
    walk = steps(d)
    assert next(walk).input is c
    assert a.grad is None


def test_a_step_says_where_a_number_was_edited_since():
    x, y = Value(2.0), Value(math.nan)
    z = x * y
    assert [step.edited for step in steps(z)] == [False, False]
    x.data = 5.0
    assert [step.edited for step in steps(z)] == [True, False]
    assert x not in [step.input for step in steps(z) if not step.edited]


def interrupt_line(number, function):
    """Call a function with a Ctrl-C at a line of ``backward``; tell whether it came."""
    left = number
    functions = Value.backward, backprop.pass_back, set_gradients, add_earlier, add_gradient
    within = {function.__code__ for function in functions}

    def trace(frame, event, _):
        nonlocal left
        if frame.f_code not in within:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    earlier = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(earlier)
    return False


def test_ctrl_c_at_any_line_of_a_pass_leaves_the_gradients_of_before(monkeypatch):
    # A tracer's error, unlike a signal's, may come just before the lock is released.
    monkeypatch.setattr(backprop, "passing", threading.RLock())
    monkeypatch.setattr(backprop, "standing", {})
    x, y = Value(2.0), Value(-3.0)
    product = x * y
    (product * 5).backward()
    root = op.sum([product, x, y * 2])

    def look():
        return [(node.grad, node.passes) for node in nodes(root)]

    before, number = look(), 1
    while interrupt_line(number, root.backward) and look() == before:
        number += 1  # until none came, or not before the pass was done
    assert number > 40
    assert [(x.grad, x.passes), (y.grad, y.passes)] == [(-17.0, 2), (14.0, 2)]


def test_a_pass_that_fails_undoes_nothing_of_one_in_another_thread_that_comes_next(monkeypatch):
    class Turn:
        def __enter__(self):
            """Begin at once: nobody else is at it."""

        def __exit__(self, *error):
            if error[0]:
                monkeypatch.undo()
                other.backward()

    x, broken = Value(2.0), Value(3.0)
    root, other = x * broken, x * 5
    broken.grad = "3"
    monkeypatch.setattr(backprop, "passing", Turn())
    with pytest.raises(TypeError, match="the grad of a Value"):
        root.backward()
    assert (x.grad, x.passes) == (5.0, 1)


def test_passes_in_several_threads_lose_no_share_of_a_leaf_that_all_reach():
    x = Value(3.0)
    shared = [x * i for i in range(100)]

    def pass_back():
        for _ in range(20):
            op.sum([*shared, *[x * i for i in range(100, 200)]]).backward()

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=pass_back) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert (x.grad, x.passes) == (8 * 20 * sum(range(200)), 160)


# A pass amid a pass, as from a debugger's console


def amid(root, act, line=1):
    """Run a pass with something done at a line of its loop, and return what that raised."""
    left, raised = line, []

    def trace(frame, event, _):
        nonlocal left
        if frame.f_code is not backprop.pass_back.__code__:
            return None
        if event == "line" and "upstream" in frame.f_locals:
            left -= 1
            if left == 0:
                try:
                    act()
                except RuntimeError as error:
                    raised.append(str(error))
        return trace

    earlier = sys.gettrace()
    sys.settrace(trace)
    try:
        root.backward()
    finally:
        sys.settrace(earlier)
    assert left <= 0, "there are so many lines"
    return raised


def nested():
    """Return a, c = 15a and d = 7c, by way of nodes that both passes go through."""
    a = Value(2.0)
    c = a * 15
    return a, c, c * 7


AMID = r"amid a backward pass .*: let that pass end first"


@pytest.mark.parametrize("line", range(1, 8))
def test_a_pass_amid_one_through_the_same_values_is_refused_and_changes_nothing(line):
    a, c, d = nested()
    (told,) = amid(d, c.backward, line)
    assert told.startswith("backward() amid a backward pass")
    assert (a.grad, a.passes, c.grad, d.grad) == (105.0, 1, 7.0, 1.0)
    c.backward()
    assert (a.grad, a.passes) == (120.0, 2)


def test_a_pass_amid_one_through_other_values_is_as_ever():
    a, _, d = nested()
    other, _, root = nested()
    assert amid(d, root.backward) == []
    assert (a.grad, other.grad) == (105.0, 105.0)
    constant = Value(3.0).detach()  # which has no gradient to mix up
    x, y = Value(1.0), Value(2.0)
    assert amid(x * constant, (y * constant).backward) == []
    assert (x.grad, y.grad) == (3.0, 3.0)


class Given(Neuron):
    """A model whose parameters are a generator's, which gives them once."""

    def parameters(self):
        yield from (self.w[0], self.b)


def test_a_model_of_other_values_is_set_to_zero_amid_a_pass():
    _, _, d = nested()
    model = Given(1)
    model([2.0]).backward()
    assert amid(d, model.zero_grad) == []
    assert (model.w[0].grad, model.b.grad) == (0.0, 0.0)


@pytest.mark.parametrize("what", ["zero_grad", "step"])
def test_an_optimizer_amid_a_pass_over_its_parameters_is_refused(what):
    a, _, d = nested()
    optimizer, apart = SGD([a], lr=0.1), SGD([Value(1.0)], lr=0.1)
    apart.parameters[0].grad = 1.0
    (told,) = amid(d, getattr(optimizer, what), 5)
    assert told.startswith(f"{what}() amid a backward pass")
    assert (a.data, a.grad, optimizer.steps) == (2.0, 105.0, 0)
    assert amid(d, getattr(apart, what)) == []


def test_a_training_amid_a_pass_over_its_parameters_is_refused():
    model = Neuron(1)
    loss = model([2.0]) ** 2
    (told,) = amid(loss, lambda: fit(model, [([1.0], 1.0)], squared_error))
    assert told.startswith("fit() amid a backward pass")
    alone = [x.grad for x in model.parameters()]
    model.zero_grad()
    loss.backward()
    assert [x.grad for x in model.parameters()] == alone


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_pass_that_was_left_by_an_error_stands_in_nobodys_way(error):
    a, c, d = nested()

    def fail():
        raise error

    with pytest.raises(error):
        amid(d, fail, 3)
    assert (a.grad, backprop.standing) == (None, {})
    thread = threading.Thread(target=c.backward)
    thread.start()
    thread.join(10)
    assert a.grad == 15.0


class Hooked(Value):
    """A Value that does something as it gets a gradient, in the midst of a pass."""

    __slots__ = ("hook", "kept")

    @property
    def grad(self):
        return self.kept

    @grad.setter
    def grad(self, grad):
        self.kept = grad
        if grad and getattr(self, "hook", None):
            self.hook()


def test_a_hook_that_passes_back_through_the_same_values_fails_and_undoes_the_pass():
    x = Hooked(2.0)
    c = x * 15
    x.hook = c.backward
    with pytest.raises(RuntimeError, match=AMID):
        (c * 7).backward()
    assert (x.grad, c.grad, backprop.standing) == (None, None, {})
