"""Surgery: what is computed again is the expression built by hand, bit for bit, or is refused."""

import copy
import functools
import math
import struct

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import graphs, searching

from micrograd_nn import Constant, Value, compile, intervene, no_grad, nodes, where
from micrograd_nn.calculus import gradients
from micrograd_nn.extras.compile.compiler.program import BranchError
from micrograd_nn.graph.graph import Graph


def bits(number):
    return "nan" if math.isnan(number) else struct.pack("<d", number)


def build(expression, place=None, replace=None, cut=None):
    """Return the leaves and all results of an expression; at a place, something is done by hand."""
    leaves = [Value(x, f"x{i}") for i, x in enumerate(expression.leaves)]
    results = list(leaves)
    for i, (row, arguments) in enumerate(expression.lines):
        inputs = [results[a] if type(a) is int else a for a in arguments]
        if i == place and cut:
            position, number = cut
            inputs[position] = Constant(inputs[position].data if number is None else number)
        result = row.apply(inputs)
        if i == place and cut and isinstance(result, Constant):
            result = Value(result.data)  # whose every edge is cut: a gradient still arrives
        results.append(replace(result) if i == place and replace else result)
    return leaves, results


def compute(root, leaves):
    """Return all bits of a root's number and gradients."""
    return [bits(x) for x in (root.data, *gradients(root, leaves))]


def outcome(make):
    try:
        return make()
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        return type(error)


@pytest.mark.parametrize("way", ["pin", "detach", "cut"])
@searching
@given(expression=graphs(max_size=25), data=st.data())
def test_a_change_is_the_expression_built_by_hand(way, expression, data):
    leaves, results = build(expression)
    root, computed = results[-1], results[len(leaves) :]
    choices = [
        (i, j)
        for i, (node, (_, arguments)) in enumerate(zip(computed, expression.lines, strict=True))
        for j, a in enumerate(arguments)
        if isinstance(node, Value) and not isinstance(node, Constant) and node in nodes(root)
        and (type(a) is int and isinstance(results[a], Value) if way == "cut" else node is not root)
    ]  # fmt: skip
    assume(choices)
    place, position = data.draw(st.sampled_from(choices))
    number = data.draw(st.floats(-2, 2) if way == "pin" else st.none() | st.floats(-2, 2))
    node = computed[place]
    by_hand, operate = {
        "pin": ({"replace": lambda _: Value(number)}, lambda s: s.pin(node, number)),
        "detach": ({"replace": lambda node: node.detach()}, lambda s: s.detach(node)),
        "cut": ({"cut": (position, number)}, lambda s: s.cut(node, position, number)),
    }[way]
    before = [(x.data, x.grad, x.inputs, x.partials) for x in nodes(root)]

    def run_by_hand():
        own, made = build(expression, place, **by_hand)
        return compute(made[-1], own)

    def run_by_surgery():
        surgery = operate(intervene(root, {}))
        return compute(surgery.root, [surgery.copies.get(x, x) for x in leaves])

    assert outcome(run_by_surgery) == outcome(run_by_hand)
    after = [(x.data, x.grad, x.inputs, x.partials) for x in nodes(root)]
    assert repr(after) == repr(before)


def test_several_things_are_done_to_one_graph_and_each_surgery_stays_as_it_was():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    square = w * w
    root = square * x + w
    first = intervene(root, {})
    second = first.pin("x", 5.0)
    third = second.cut(square, 0)
    assert (first.root.data, second.root.data, third.root.data) == (21.0, 48.0, 48.0)
    assert [s.after.gradients[s.copies[w]] for s in (first, second, third)] == [13.0, 31.0, 16.0]
    assert (x.data, w.grad, root.data) == (2.0, None, 21.0)
    third.root.backward()
    assert w.grad is None


def test_a_number_that_may_have_decided_a_branch_is_not_changed():
    x = Value(2.0, "x")
    root = x * 3 if x > 0 else x * 5
    with pytest.raises(BranchError, match=r"Values were compared .* by the program that made"):
        intervene(root + 1, {}).pin(x, 1.0)


def test_what_a_compiled_function_compared_decided_nothing_of_another_graph():
    x = Value(2.0, "x")
    root = x * 3
    assert compile(lambda a: a if a > 0 else -a)(-1.0) == 1.0
    assert intervene(root, {}).pin(x, 1.0).root.data == 3.0


@pytest.mark.parametrize("number", [None, 4.0])
def test_a_node_whose_every_edge_is_cut_is_told_as_one_that_is_pinned(number):
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(0.5, "b")
    h = w * x
    h.label = "h"
    root = (h + b).tanh() * h
    cut = intervene(root, {}).cut(h, x, number).cut(h, w, number)
    pinned = intervene(root, {}).pin(h, h.data if number is None else number**2)
    assert cut.died == pinned.died == [x, w]
    for surgery in (cut, pinned):
        gradients = surgery.after.gradients
        assert gradients[surgery.copies[h]] == pinned.after.gradients[pinned.copies[h]] != 0
        assert gradients[surgery.root] == 1
    assert str(cut).splitlines()[3:] == str(pinned).splitlines()[2:]


def test_a_constant_that_a_cut_leaves_alone_stays_one():
    """Only a gradient that arrives at a node can end there: none arrives at what is detached."""
    x, w = Value(2.0, "x"), Value(3.0, "w")
    h = x * w
    h.label = "h"
    surgery = intervene(h.tanh() + w, {}).cut(h, x).cut(h, w).detach(h)
    assert surgery.died[:2] == [x, h]
    assert surgery.copies[h].is_constant


def test_swapped_nodes_change_at_once_with_no_state_in_between():
    x, y = Value(2.0, "x"), Value(5.0, "y")
    with pytest.raises(ValueError, match=r"x swapped with y: 5 \(was 2\) and 2 \(was 5\): log"):
        intervene((y - x).log(), {}).swap(x, y)
    root = (x * y - 9).log() + x - y  # with one of them alone, it would be log(-5)
    assert intervene(root, {}).swap(x, y).root.data == 3.0
    assert intervene((x - y) * (x - y) + x, {}).swap(x, y).root.data == 14.0


@pytest.mark.parametrize(
    ("make", "number", "result"),
    [
        (lambda x: where(x, x * 3, x * 5) + 1, 0.0, 1.0),  # which is no branch
        (lambda x: x * x * x, math.inf, math.inf),
        (lambda x: functools.reduce(lambda y, _: y + 1, range(20_000), x), 3.0, 20_003.0),
    ],
)
def test_what_follows_is_computed_also_of_infinity_and_through_a_deep_chain(make, number, result):
    x = Value(2.0, "x")
    root = make(x)
    with no_grad():  # the graph was recorded before
        surgery = intervene(root, {}).pin(x, number)
    assert surgery.root.data == result
    assert surgery.copies[x] in surgery.after.gradients


@pytest.mark.parametrize(
    ("act", "error", "told"),
    [
        (lambda s, x, y: s.pin("speet", 1.0), ValueError, r"'speet' .* did you mean speed\?"),
        (lambda s, x, y: s.pin("z", 1.0), ValueError, "'z' in this graph: there are speed, v1"),
        (lambda s, x, y: s.pin(Value(1.0), 1.0), ValueError, "isn't in this graph"),
        (lambda s, x, y: s.pin(3.0, 1.0), TypeError, "pin takes a Value or its name, not 3.0"),
        (lambda s, x, y: s.pin(x, "1"), TypeError, "pin needs a real number"),
        (lambda s, x, y: s.pin(x, math.nan), ValueError, "takes a number, not nan"),
        (lambda s, x, y: s.pin(y, 1.0), ValueError, "before the root"),
        (lambda s, x, y: s.cut(y, 2), ValueError, "cut needs an input of v1"),
        (lambda s, x, y: s.cut(y, True), ValueError, "an input of v1 and its position, not True"),
        (lambda s, x, y: s.cut(y, x, math.nan), ValueError, "takes a number, not nan"),
        (lambda s, x, y: s.cut(x, y), ValueError, "cut needs an input of speed"),
        (lambda s, x, y: s.patch(x, Value(1.0, "q")), ValueError, "patch finds no node like speed"),
        (lambda s, x, y: s.swap(y, x), ValueError, "swap takes a node before the root"),
        (lambda s, x, y: intervene(3.0), TypeError, "intervene takes one Value"),
        (lambda s, x, y: intervene(x.log(), {}).pin(x, -1.0), ValueError,
         r"with speed pinned to −1 \(was 2\): log\(x\) needs x > 0"),
        (lambda s, x, y: intervene(1 / x, {}).pin(x, 0.0), ZeroDivisionError,
         "with speed pinned to 0"),
        (lambda s, x, y: intervene(x.exp(), {}).pin(x, 1000.0), OverflowError,
         "with speed pinned to 1000"),
    ],
)  # fmt: skip
def test_what_cant_be_done_is_refused(act, error, told):
    x = Value(2.0, "speed")
    y = x * x
    with pytest.raises(error, match=told):
        act(intervene(y, {}), x, y)


# Words and copies


def test_a_swap_is_told_as_one_until_one_of_both_is_pinned():
    x, y, z = Value(2.0, "x"), Value(5.0, "y"), Value(7.0, "z")
    swapped = intervene(x * y - z, {}).swap(x, y)
    assert swapped.difference.told == ["x swapped with y: 5 (was 2) and 2 (was 5)"]
    assert swapped.pin(y, 1.0).difference.told == ["x pinned to 5 (was 2)", "y pinned to 1 (was 5)"]
    again = swapped.swap(x, z).difference.told
    assert again == ["x swapped with z: 7 (was 2) and 2 (was 7)", "y pinned to 2 (was 5)"]


def test_how_a_node_is_made_now_is_told_once():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    told = str(intervene((w * x).tanh() * w, {}).pin("v1", 1.0))
    assert "v1 pinned to 1 (was 6)" in told
    assert "Made another way" not in told
    told = str(intervene((3 * x).tanh() * w, {}).detach("v1"))
    assert "Made another way: v2 = tanh(v1) → a constant" in told
    assert "****  v2  " in told
    told = str(intervene((3 * x).tanh() * w, {}).cut("v1", x))
    assert "x → v1 cut" in told
    assert "Made another way" not in told


def test_a_copy_is_refused_and_made_of_the_graph_instead():
    x = Value(2.0, "x")
    surgery = intervene((x * x).tanh(), {}).pin("v1", 1.0)
    for thing in (surgery, surgery.difference):
        with pytest.raises(TypeError, match="can't be copied or pickled: "):
            copy.deepcopy(thing)
    twin = copy.deepcopy(surgery.root)
    assert intervene(twin, {}).root.data == surgery.root.data


def test_a_pin_below_many_uses_says_the_same_as_the_expression_built_by_hand():
    def build(start):
        x = root = Value(start, "x")
        for i in range(3_000):
            root = root + 1e-3 * x if i % 2 else root.tanh()
        return x, Graph(root, {})

    x, graph = build(1.0)
    _, wanted = build(3.0)
    surgery = intervene(graph).pin(x, 3.0)
    for before, node in zip(graph.nodes, wanted.nodes, strict=True):
        copy = surgery.copies[before]
        assert surgery.after.numbers[copy] == wanted.numbers[node]
        assert surgery.after.gradients.get(copy) == wanted.gradients.get(node)
        assert surgery.after.names[copy] == wanted.names[node]
    assert len(surgery.difference.rows) > 4_000
    told = f"{len(graph.nodes):,} nodes on both sides, {len(surgery.difference.rows):,} of them"
    assert told in str(surgery)
    assert surgery.difference.change.parted_edges == ([], [])
