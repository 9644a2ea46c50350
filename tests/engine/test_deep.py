"""Graphs of many nodes in a chain, and models, live through all that Python does to objects."""

import copy
import gc
import math
import pickle
import weakref
from random import Random

import pytest
from hypothesis import assume, given
from sizes import choose_size
from strategies import graphs, searching

from micrograd_nn import OPERATIONS, Constant, Operation, Value, nodes, steps
from micrograd_nn.calculus import gradients
from micrograd_nn.engine import table as op
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP

DEPTH = choose_size(20_000, 100_000)  # where Python gives up at 1,000
SLOPE = 1.5  # of the chain below by x, exactly
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Label(str):
    """A text that can be watched, to see when the Value that bears it goes."""

    __slots__ = ("__weakref__",)


@pytest.fixture(autouse=True)
def without_collector():
    """Do without the cyclic collector: a graph has no cycles, and a large one is built faster."""
    gc.disable()
    yield
    gc.enable()


def chain(x, depth=DEPTH):
    """Return 1.5 x by a chain of ``depth`` operations, negations and a few products."""
    y = x * -1.5
    for i in range(depth // 2 - 1):
        y = -y
        y = y * -1.0 if i % 50 == 0 else -y
    return -y


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))


cube = Operation("cube", lambda x: x**3, [lambda out, x: 3 * x * x])  # not in the table

AGAIN = {"deepcopy": copy.deepcopy, "pickle": pickled}
for_each_copy = pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)


@pytest.fixture
def deep():
    return chain(Value(2.0, "x"))


@pytest.fixture
def root():
    """Return a short chain, for what doesn't depend on how deep it is."""
    return chain(Value(2.0, "x"), depth=100)


def leaf_of(root):
    """Return the one leaf of a chain, which is its first node."""
    leaf = nodes(root)[0]
    assert leaf.label == "x"
    return leaf


def test_the_chain_is_as_deep_as_it_says(deep):
    below = nodes(deep)
    assert sum(node.operation is not None for node in below) == DEPTH
    assert deep.data == 2.0 * SLOPE


# Looking at a deep graph


def test_repr_of_a_deep_node_is_one_line(deep):
    assert repr(deep) == "Value(3.0, grad=None, operation=neg)"
    assert f"{deep:.1f}" == "3.0"


def test_backward_through_a_deep_graph_is_exact(deep):
    deep.backward()
    assert leaf_of(deep).grad == SLOPE


def test_steps_through_a_deep_graph_end_at_the_leaf(deep):
    walk = list(steps(deep))
    assert len(walk) == DEPTH
    assert walk[-1].input is leaf_of(deep)
    assert walk[-1].after == SLOPE


def test_every_node_of_a_deep_graph_has_a_name_of_its_own(deep):
    names = Graph(deep).names
    assert list(names) == nodes(deep)
    assert names[leaf_of(deep)] == "x"
    own = [name for node, name in names.items() if not isinstance(node, Constant)]
    assert len(own) == len(set(own)) == DEPTH + 1


# Freeing


def test_a_deep_graph_is_freed_with_its_last_reference():
    x = Value(2.0, Label("x"))
    watch = weakref.ref(x.label)
    root = chain(x)
    root.backward()
    del x
    assert watch() is not None
    del root
    assert watch() is None


def test_a_deep_graph_of_a_gradient_is_freed_with_its_last_reference():
    x = Value(2.0, Label("x"))
    watch = weakref.ref(x.label)
    y = op.sin(x)
    for _ in range(DEPTH):
        y = -y
    slopes = gradients(y * y, [x], create_graph=True)
    assert len(nodes(*slopes)) > 2 * DEPTH
    del x, y
    assert watch() is not None
    del slopes
    assert watch() is None


# Copying


def test_a_shallow_copy_of_a_deep_node_stands_on_the_same_graph(deep):
    again = copy.copy(deep)
    assert again is not deep
    assert (again.data, again.operation, again.partials) == (3.0, deep.operation, deep.partials)
    again.backward()
    assert leaf_of(deep).grad == SLOPE
    assert (again.grad, deep.grad) == (1.0, None)


def test_a_deep_graph_is_copied_pickled_and_freed(deep):
    """The properties of what comes out are the business of the short chains below."""
    deep.backward()
    for again in AGAIN.values():
        copied = again(deep)
        leaf = leaf_of(copied)
        assert len(nodes(copied)) == len(nodes(deep))
        further = copied * leaf + 1.0
        further.backward()
        assert leaf.grad == SLOPE + SLOPE * 2.0 + 3.0  # 1.5 before, and (1.5 x²)' = 3 x
        leaf.label = Label("x")
        watch = weakref.ref(leaf.label)
        del leaf, further
        assert watch() is not None
        del copied
        assert watch() is None
    assert leaf_of(deep).grad == SLOPE


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_deep_graph_is_pickled_by_every_protocol(protocol, deep):
    copied = pickle.loads(pickle.dumps(deep, protocol))
    copied.backward()
    assert (copied.data, leaf_of(copied).grad) == (3.0, SLOPE)


@for_each_copy
def test_a_wide_node_of_100_000_inputs_again_is_the_same(again):
    total = op.sum([Value(float(i % 5)) for i in range(DEPTH)])
    copied = again(total)
    copied.backward()
    assert copied.data == total.data
    assert [x.grad for x in copied.inputs] == [1.0] * DEPTH
    assert total.inputs[0].grad is None


# What a copy is


@for_each_copy
@searching
@given(graph=graphs(max_size=60))
def test_a_graph_again_is_the_same_graph_of_other_nodes(again, graph):
    root = graph([Value(x, f"leaf {i}") for i, x in enumerate(graph.leaves)]) * 1.0
    assume(root.operation)
    root.backward()
    copied = again(root)
    assert not set(nodes(copied)) & set(nodes(root))
    assert len(nodes(copied)) == len(nodes(root))
    pairs = {root: copied}
    for node in reversed(nodes(root)):
        other = pairs[node]
        assert type(other) is type(node)
        assert other.operation is node.operation
        assert (other.data, other.grad, other.label) == (node.data, node.grad, node.label)
        assert other.partials == node.partials
        for x, y in zip(node.inputs, other.inputs, strict=True):
            assert pairs.setdefault(x, y) is y
    place = {node: i for i, node in enumerate(nodes(copied))}
    assert all(place[x] < place[node] for node in place for x in node.inputs)


@for_each_copy
@searching
@given(graph=graphs(max_size=60))
def test_gradients_of_a_graph_again_are_the_same_bit_for_bit_and_its_own(again, graph):
    root = graph([Value(x) for x in graph.leaves]) * 1.0
    assume(root.operation)
    copied, leaves = again((root, [x for x in nodes(root) if x.operation is None]))
    copied.backward()
    assert all(node.grad is None for node in nodes(root))
    root.backward()
    expected = [x.grad for x in nodes(root) if x.operation is None]
    assert [x.grad for x in leaves] == expected


@for_each_copy
def test_nodes_made_on_a_graph_again_stand_after_their_inputs(again, root):
    copied = again(root)
    leaf = leaf_of(copied)
    further = copied * leaf + root
    below = nodes(further)
    place = {node: i for i, node in enumerate(below)}
    assert all(place[x] < place[node] for node in below for x in node.inputs)
    further.backward()
    assert leaf.grad == SLOPE * 2.0 + 3.0  # (1.5 x²)' = 3 x
    assert leaf_of(root).grad == SLOPE


@for_each_copy
def test_a_graph_again_has_the_same_names(again):
    x = Value(2.0)
    square = x * x
    y = Value(3.0)  # a leaf that was made after an inner node
    root = square * y + 1
    copied = again(root)
    order = nodes(root)
    if again is pickled:  # leaves are objects of their own, and come first
        order.sort(key=lambda node: node.operation is not None)
        order.insert(-1, order.pop(2))  # the constant 1, which doesn't
    assert sorted(Graph(copied).names.values()) == sorted(Graph(root).names.values())
    assert [node.data for node in nodes(copied)] == [node.data for node in order]


# What is shared


@for_each_copy
def test_graphs_that_share_a_leaf_share_it_afterwards(again):
    x = Value(2.0, "x")
    one, two, leaf = again([chain(x, 10), chain(x, 20) * 2, x])
    assert leaf_of(one) is leaf_of(two) is leaf
    one.backward()
    two.backward()
    assert leaf.grad == 3 * SLOPE
    assert x.grad is None


def test_a_graph_and_one_on_top_of_it_are_copied_as_one(root):
    below, above = copy.deepcopy([root, root * root])
    assert above.inputs == (below, below)
    above, below = copy.deepcopy([root * root, root])
    assert above.inputs == (below, below)


@for_each_copy
def test_recorded_partials_outlive_an_edit_and_a_copy(again):
    x = Value(3.0, "x")
    square = x * x
    x.data = 10.0
    copied = again(square)
    copied.backward()
    assert (leaf_of(copied).data, leaf_of(copied).grad) == (10.0, 6.0)


@for_each_copy
@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan, -0.0, 5e-324])
def test_special_numbers_are_the_same_again(again, x):
    (leaf,) = again([Value(x)])
    assert repr(leaf) == repr(Value(x))


@for_each_copy
def test_not_a_number_in_a_graph_again_is_not_taken_for_an_edit(again):
    product = again(Value(math.nan, "x") * Value(2.0))
    slopes = gradients(product, product.inputs, create_graph=True)
    assert slopes[0].data == 2.0
    assert math.isnan(slopes[1].data)


# Models

POINT = [0.5, -1.2]


def outputs(model):
    return [output.data for output in model(POINT)]


@for_each_copy
@pytest.mark.parametrize("activation", ["tanh", "leaky_relu"])
def test_a_network_again_computes_the_same_with_parameters_of_its_own(again, activation):
    model = MLP(2, [4, 3], activation=activation, rng=Random(1))
    copied = again(model)
    assert outputs(copied) == outputs(model)
    assert copied.state() == model.state()
    assert not set(copied.parameters()) & set(model.parameters())


# Operations of your own


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_operation_of_your_own_refuses_to_be_pickled_with_the_way_out(protocol):
    with pytest.raises(TypeError) as caught:
        pickle.dumps(chain(cube(Value(2.0)), depth=100), protocol)
    assert str(caught.value) == (
        "can't pickle the operation 'cube': pickle finds operations by their name in the table; "
        "put it there first, micrograd_nn.OPERATIONS['cube'] = ..."
    )


def test_an_operation_that_was_put_into_the_table_is_pickled(monkeypatch):
    monkeypatch.setitem(OPERATIONS, "cube", cube)
    copied = pickled(chain(cube(Value(2.0, "x")), depth=10))
    assert cube in {node.operation for node in nodes(copied)}
    copied.backward()
    assert leaf_of(copied).grad == 12.0 * SLOPE


def test_a_pickle_with_an_operation_that_is_no_longer_in_the_table_says_which(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setitem(OPERATIONS, "cube", cube)
        text = pickle.dumps(cube(Value(2.0)))
    with pytest.raises(KeyError, match="cube"):
        pickle.loads(text)
