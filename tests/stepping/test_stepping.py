"""The cursor over backpropagation: each move forward can be taken back, bit for bit."""

import math
import struct

import pytest
from golden import assert_stands
from hypothesis import given
from hypothesis import strategies as st
from places import GOLDEN
from strategies import graphs, searching

from micrograd_nn import Constant, Value, logsumexp, nodes, steps, sum
from micrograd_nn.notation.formulas.narration import narrate
from micrograd_nn.stepping import Backprop
from micrograd_nn.terminal.neurons import make_neuron


def bits(state):
    """Return a state so that == compares each bit, also of NaN and −0, and the order."""
    return [(node, struct.pack("<d", gradient)) for node, gradient in state.items()]


def built(graph):
    return graph([Value(x) for x in graph.leaves])


# Moving


def test_each_step_is_that_of_steps_and_the_end_is_none():
    root = make_neuron()
    cursor = Backprop(root)
    assert [cursor.step() for _ in range(len(cursor))] == list(steps(root))
    assert cursor.step() is None
    assert cursor.position == len(cursor) == 9
    assert cursor.next is None


@searching
@given(graph=graphs(max_size=40), data=st.data())
def test_back_restores_the_state_that_a_replay_from_the_beginning_gives(graph, data):
    root = built(graph)
    cursor = Backprop(root)
    moves = data.draw(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=8))
    for forward, count in moves:
        for _ in range(count):
            _ = cursor.step() if forward else cursor.back()
        replayed = Backprop(root)
        for _ in range(cursor.position):
            replayed.step()
        assert bits(cursor.state) == bits(replayed.state)
        assert cursor.current == replayed.current
        for node in nodes(root):
            assert cursor.pending(node) == replayed.pending(node)
        assert str(cursor) == str(replayed)


@searching
@given(graph=graphs(max_size=60))
def test_the_end_is_what_backward_gives_fresh_leaves(graph):
    root = built(graph)
    cursor = Backprop(root)
    cursor.goto(len(cursor))
    root.backward()
    for node in nodes(root):
        if not isinstance(node, Constant):
            assert struct.pack("<d", cursor.state[node]) == struct.pack("<d", node.grad)
        assert cursor.is_complete(node)


def test_nan_and_infinity_come_back_bit_for_bit():
    x = Value(0.0, "x")
    huge = x * 1e308 * 1e308
    root = sum([huge, x * math.inf, x * -math.inf, x])
    cursor = Backprop(root)
    states = [bits(cursor.state)]
    while cursor.step() is not None:
        states.append(bits(cursor.state))
    assert any(math.isnan(gradient) for gradient in cursor.state.values())
    for state in reversed(states):
        assert bits(cursor.state) == state
        cursor.back()


@pytest.mark.parametrize("position", [-1, 10, 10**30])
def test_goto_beyond_either_end_names_the_range(position):
    cursor = Backprop(make_neuron())
    with pytest.raises(IndexError) as caught:
        cursor.goto(position)
    said = f"goto({position}): the positions are 0, the beginning, to 9, the end"
    assert str(caught.value) == said
    assert cursor.position == 0


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (lambda cursor: cursor.goto(1.0), r"goto takes a number of steps, .*, not a float"),
        (lambda cursor: cursor.goto("a"), r"goto takes a number of steps, .*, not a str"),
        (lambda cursor: cursor.until(3), r"until takes a function of a step, .*, not an int"),
    ],
)
def test_a_move_refuses_what_is_no_number_of_steps_and_no_condition(move, told):
    cursor = Backprop(make_neuron())
    cursor.step()
    with pytest.raises(TypeError, match=told):
        move(cursor)
    assert cursor.position == 1


def test_run_to_stops_when_all_contributions_have_arrived():
    x = Value(3.0, "x")
    square = x * x
    root = square + x
    cursor = Backprop(root)
    assert cursor.run_to(square).input is square
    assert cursor.position == 1
    last = cursor.run_to(x)
    assert (last.input, cursor.state[x], cursor.position) == (x, 7.0, 4)
    assert cursor.run_to(square) is None, "it is complete already"
    assert cursor.position == 4


def test_a_state_is_a_copy_without_what_is_not_reached():
    cursor = Backprop(make_neuron())
    state = cursor.state
    state.clear()
    assert cursor.state == {cursor.root: 1.0}
    leaf = cursor.steps[-1].input
    assert cursor.gradient(leaf) is None


# Graphs at the edge


def test_a_single_leaf_has_its_own_gradient_and_no_step():
    x = Value(3.0, "x")
    cursor = Backprop(x)
    assert (len(cursor), cursor.step(), cursor.back(), cursor.state) == (0, None, None, {x: 1.0})
    assert str(cursor) == "step 0 of 0: the beginning\ngradients so far:\n  x  1  complete"


def test_a_constant_has_no_gradient():
    root = Value(3.0).detach()
    cursor = Backprop(root)
    assert (cursor.state, cursor.gradient(root), root.grad) == ({}, None, None)
    assert str(cursor) == "step 0 of 0: the beginning\ngradients so far:"
    product = Value(3.0) * 2
    assert Backprop(product).gradient(product.inputs[1]) is None
    assert Backprop(product).is_complete(product.inputs[1])


def test_a_wide_sum_is_told_briefly():
    cursor = Backprop(sum([Value(float(i), f"x{i}") for i in range(1_000)]))
    cursor.goto(500)
    text = str(cursor)
    assert text.startswith("step 500 of 1000: v1 = Σ of 1,000 inputs, to x499\n")
    assert text.endswith("  … and 493 more")
    assert len(text.splitlines()) == 13


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("{0} {x} {", "({0} {x} {)"),
        ('"quoted"', '("quoted")'),
        ("two\nlines", "(two lines)"),
        ("[red]x[/]", "([red]x[/])"),
        ("\x1b[31m", "(�[31m)"),
        ("重み", "重み"),
    ],
)
def test_a_label_is_shown_as_it_is_on_one_line(label, shown):
    cursor = Backprop(Value(3.0, label).tanh())
    cursor.step()
    text = str(cursor)
    assert f"∂v1/∂{shown} += " in text
    assert f"v1 = tanh({shown.strip('()')}), to " in text
    assert len(text.splitlines()) == 7


def test_an_edited_input_is_said_to_be():
    x = Value(3.0, "x")
    cursor = Backprop(x.tanh())
    x.data = 4.0
    assert narrate(cursor.next, cursor.root, cursor.names)[0] == "v1 = tanh(x), to x (edited since)"


def test_names_are_the_readers():
    x = Value(3.0)
    y = 2 * x
    cursor = Backprop(y, {"x": x, "loss": y})
    cursor.step()
    assert "∂loss/∂x: 0 + 1 × 2 = 2" in str(cursor)
    assert repr(cursor) == "<Backprop of loss: step 1 of 1>"


@pytest.mark.parametrize(
    ("factors", "told"),
    [
        ((-0.5, -2.0), "0 + (−0.5) × (−2) = 1"),
        ((1.0, -2.0), "0 + 1 × (−2) = −2"),
        ((-0.0, -2.0), "0 + 0 × (−2) = 0"),
        ((3.0, -0.0), "0 + 3 × 0 = 0"),
    ],
)
def test_a_negative_number_after_a_sign_is_in_parentheses_and_a_zero_has_no_sign(factors, told):
    x = Value(1.0, "x")
    upstream, partial = factors
    cursor = Backprop((x * partial) * upstream)
    cursor.goto(2)
    assert told in str(cursor).splitlines()[2]


def test_the_printed_cursor():
    cursor = Backprop(make_neuron())
    texts = [str(cursor)]
    while cursor.step() is not None:
        texts.append(str(cursor))
    assert_stands("\n\n".join(texts) + "\n", GOLDEN / "stepper_cursor.txt")


# Watches


def test_a_watch_for_a_size_stops_where_it_is_exceeded_in_magnitude():
    x = Value(3.0, "x")
    cursor = Backprop(-5 * x + -6 * x + -7 * x, {"x": x})
    cursor.watch(x, exceeds=10)
    assert len(cursor.run()) == 1
    assert abs(cursor.current.after) > 10 >= abs(cursor.current.before)
    assert cursor.run() == []


def test_a_watch_for_nan_stops_where_it_turns_so():
    x = Value(0.0, "x")
    cursor = Backprop(sum([x * math.inf, x * -math.inf, x]), {"x": x})
    cursor.watch(nan=True)
    assert cursor.run() == ["∂v3/∂x turns NaN: −inf → nan"]
    assert math.isnan(cursor.state[x])
    assert cursor.run() == []


def test_watches_that_are_met_at_once_are_all_told_once():
    x = Value(3.0, "x")
    cursor = Backprop(20 * x)
    cursor.watch(x)
    cursor.watch(x, exceeds=10.0, nan=True)
    cursor.watch()
    assert cursor.run() == ["∂v1/∂x changes: 0 → 20", "∂v1/∂x exceeds 10: 0 → 20"]


# What can't be


@pytest.mark.parametrize("method", ["run_to", "watch", "pending", "is_complete", "gradient"])
def test_a_value_of_another_graph_is_refused(method):
    cursor = Backprop(make_neuron())
    with pytest.raises(ValueError, match=rf"{method} needs a Value that output was made of, not V"):
        getattr(cursor, method)(Value(1.0))
    assert cursor.position == 0


@pytest.mark.parametrize("limit", [-1.0, math.nan])
def test_a_limit_that_is_no_magnitude_is_refused(limit):
    with pytest.raises(ValueError, match="needs a magnitude, 0 or more, not"):
        Backprop(make_neuron()).watch(exceeds=limit)
    with pytest.raises(TypeError, match="needs a real number, not a str"):
        Backprop(make_neuron()).watch(exceeds="10")


def test_the_local_derivative_is_told_as_a_formula_where_that_says_something():
    x, w = Value(0.5, "x"), Value(-2.0, "w")

    def told(y):
        cursor = Backprop(y, {"y": y})
        cursor.step()
        return [line.strip() for line in str(cursor).splitlines() if line.startswith("  local")]

    assert told(x.tanh()) == ["local ∂y/∂x: 1 − tanh(x)² = 0.7864"]
    assert told(w * x) == ["local ∂y/∂w: x = 0.5"]
    assert told(x + w) == told(3 * x) == told(-x) == []
    x.data = 9.0
    assert told(x.exp()) == ["local ∂y/∂x: exp(x) = 8103"]


def test_a_wide_operation_has_no_formula_and_costs_little():
    wide = logsumexp([Value(float(i)) for i in range(2_000)])
    cursor = Backprop(wide)
    cursor.goto(2_000)
    assert not [line for line in str(cursor).splitlines() if line.startswith("  local")]
