"""The cursor over both passes: the numbers of a page's steps, forward and back."""

from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs

from micrograd_nn import Value
from micrograd_nn.graph.graph import Graph
from micrograd_nn.stepping import Backprop, Passes
from micrograd_nn.stepping.passes import Computed, Seed
from micrograd_nn.terminal.neurons import make_neuron


def built(graph):
    return graph([Value(x) for x in graph.leaves])


@given(graphs())
def test_the_steps_are_those_of_a_page_and_of_backprop(graph):
    root = built(graph)
    passes = Passes(root)
    assert len(passes) == Graph(root).count_steps()
    taken = [passes.step() for _ in range(len(passes))]
    assert passes.step() is None
    kinds = [type(step) for step in taken]
    assert kinds[: passes.start] == [Computed] * (passes.start - 1) + [Seed]
    assert taken[passes.start :] == Backprop(root).steps


@given(graphs(), st.data())
def test_any_way_to_a_place_shows_the_same(graph, data):
    root = built(graph)
    straight, wandering = Passes(root), Passes(root)
    places = st.integers(0, len(straight))
    for place in data.draw(st.lists(places, min_size=1, max_size=5)):
        wandering.goto(place)
    straight.goto(place)
    assert str(straight) == str(wandering)
    for node in straight.graph.nodes:
        assert straight.is_computed(node) == wandering.is_computed(node)
        if not node.is_constant:
            assert straight.gradient(node) in (None, wandering.gradient(node)) or (
                straight.gradient(node) != straight.gradient(node)
            )


def test_a_node_is_computed_after_its_inputs():
    passes = Passes(make_neuron())
    while isinstance(passes.next, Computed):
        node = passes.next.node
        assert all(map(passes.is_computed, node.inputs))
        assert not passes.is_computed(node)
        passes.step()
    assert passes.is_computed(passes.root)


def test_no_gradient_is_known_before_the_seed():
    passes = Passes(make_neuron())
    passes.goto(passes.start - 1)
    assert passes.gradient(passes.root) is None
    passes.step()
    assert passes.gradient(passes.root) == 1.0
    passes.back()
    assert passes.gradient(passes.root) is None


def test_a_leaf_has_the_seed_alone():
    passes = Passes(Value(3.0, "x"))
    assert (len(passes), passes.is_computed(passes.root)) == (1, True)
    passes.step()
    assert str(passes) == "step 1 of 1: back from x\n  ∂x/∂x: 1"
