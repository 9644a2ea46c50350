"""A graph rebuilt with a change: the numbers of its program run with that, or a refusal."""

import pytest
from bits import pack_numbers
from branching import programs, run_program
from hypothesis import event, given
from hypothesis import strategies as st
from strategies import searching

from micrograd_nn import Value, intervene, nodes
from micrograd_nn.graph import Graph
from micrograd_nn.graph.rebuilding import Changes, rebuild_graph


def gather(root, leaves):
    """Return a root's number, and its gradient by each of some leaves."""
    gradients = Graph(root, {}).gradients
    return pack_numbers([root.data, *[gradients.get(leaf, 0.0) for leaf in leaves]])


@searching
@given(programs(), st.data())
def test_what_follows_is_what_the_program_gives_or_is_refused(program, data):
    first = run_program(program)
    graph = nodes(first.root)
    places = [i for i, x in enumerate(first.results[:-1]) if x in graph and not x.is_constant]
    place, number = data.draw(st.sampled_from(places)), data.draw(st.integers(-4, 4)) / 2
    count = len(program[0])
    before = [(x.data, x.grad, x.partials) for x in graph]
    wanted = run_program(program, {place: number})
    try:
        copies = rebuild_graph(Graph(first.root, {}), Changes({first.results[place]: number}))
    except ValueError as error:
        told, copies = str(error), {}
    if not copies:
        event("refused")
        assert first.path or "was edited" in told
        return
    assert wanted.path == first.path
    event("computed")
    leaves = [x for x in first.results[:count] if x in copies]
    again = [wanted.results[first.results.index(x)] for x in leaves]
    assert gather(copies[first.root], [copies[x] for x in leaves]) == gather(wanted.root, again)
    assert repr([(x.data, x.grad, x.partials) for x in graph]) == repr(before)


def test_an_edit_between_two_uses_stays_where_it_was():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    first = w * x
    w.data = 10.0
    root = first + w * x
    assert intervene(root, {}).pin(x, 1.0).root.data == 13.0
    assert intervene(root, {}).pin(w, 1.0).root.data == 4.0
    w.data = 100.0
    surgery = intervene(root, {}).detach(w)
    assert (surgery.root.data, surgery.after.gradients[surgery.copies[x]]) == (26.0, 13.0)
    assert intervene(root, {}).cut(first, w).root.data == 26.0


def test_an_edit_of_a_result_that_would_be_another_is_refused():
    x = Value(2.0, "x")
    square = x * x
    square.data = 100.0
    root = square * 3 + x
    with pytest.raises(ValueError, match=r"v1 was edited before it was used \(4 → 100\)"):
        intervene(root, {}).pin(x, 3.0)
    surgery = intervene(root, {}).swap(x, square)
    assert surgery.root.data == 2.0 * 3 + 100.0
    assert intervene(root, {}).detach(square).root.data == 302.0
