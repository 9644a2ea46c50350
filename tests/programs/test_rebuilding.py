"""A graph made anew with a change: the numbers of its program run with that, or a refusal."""

import copy
import gc
import math
import re
import struct
import threading

import pytest
from branching import programs, run_program
from hypothesis import event, given
from hypothesis import strategies as st
from strategies import searching

from micrograd_nn import Value, compile, intervene, no_grad, nodes
from micrograd_nn.engine import comparisons as log
from micrograd_nn.graph import Graph
from micrograd_nn.programs.branches import BranchError
from micrograd_nn.programs.rebuilding import Changes, rebuild_graph


def bits(number):
    return "nan" if math.isnan(number) else struct.pack("<d", number)


def gather(root, leaves):
    """Return a root's number, and its gradient by each of some leaves."""
    gradients = Graph(root, {}).gradients
    return [bits(x) for x in (root.data, *[gradients.get(leaf, 0.0) for leaf in leaves])]


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
    if wanted.path != first.path or not copies:
        event("refused")
        assert not copies
        assert wanted.path != first.path or re.search("was edited|with other numbers", told)
        return
    event("computed")
    leaves = [x for x in first.results[:count] if x in copies]
    again = [wanted.results[first.results.index(x)] for x in leaves]
    assert gather(copies[first.root], [copies[x] for x in leaves]) == gather(wanted.root, again)
    assert repr([(x.data, x.grad, x.partials) for x in graph]) == repr(before)


@searching
@given(programs(edits=False), st.data())
def test_a_program_of_the_copies_has_the_branches_of_the_graph(program, data):
    first = run_program(program)
    leaves = [x for x in first.results[: len(program[0])] if x in nodes(first.root)]
    place = first.results.index(data.draw(st.sampled_from(leaves)))
    number = data.draw(st.integers(-4, 4)) / 2
    try:
        copies = rebuild_graph(Graph(first.root, {}), Changes({first.results[place]: number}))
        compiled = compile(copies[first.root], [copies[x] for x in leaves])
    except ValueError:  # of a branch, or of what a program couldn't check
        return
    given = [data.draw(st.integers(-4, 4)) / 2 for _ in leaves]
    numbers = [
        given[leaves.index(x)] if x in leaves else x.data for x in first.results[: len(program[0])]
    ]
    wanted = run_program((numbers, program[1]))
    try:
        found = compiled.predict([], given)
    except BranchError:
        assert wanted.path != first.path
        return
    assert (wanted.path, bits(found)) == (first.path, bits(wanted.root.data))


def make_branch():
    """Return a weight, an input, and what a branch by them gives, which no other node holds."""
    w, x = Value(3.0, "w"), Value(2.0, "x")
    hidden = w * x
    return w, x, (hidden * 2 if hidden > 1 else hidden * 5) + w


def test_a_compiled_surgery_keeps_its_branches():
    w, x, root = make_branch()
    surgery = intervene(root, {}).pin(x, 4.0)
    program = compile(surgery.root, [surgery.copies[x]], [surgery.copies[w]])
    assert program.predict([3.0], [2.0]) == root.data
    with pytest.raises(BranchError):
        program.predict([3.0], [-2.0])


def test_a_program_of_what_was_detached_or_nothing_was_done_to_keeps_them_too():
    w, _, root = make_branch()
    for surgery in (intervene(root, {}), intervene(root, {}).pin(w, 3.0)):
        for again in (surgery.root, copy.deepcopy(surgery.root)):
            leaves = Graph(again).leaves
            program = compile(again, leaves)
            with pytest.raises(BranchError):
                program.predict([], [-2.0, 3.0])


def test_what_a_program_could_not_check_is_refused():
    w, x, y = Value(3.0, "w"), Value(2.0, "x"), Value(1.0, "y")
    beside = w - 1
    root = x * 2 if beside > 0 else x * 5
    surgery = intervene(root + w + y, {}).pin(y, 4.0)
    with pytest.raises(ValueError, match="comparisons were made that a program can't check"):
        compile(surgery.root, [surgery.copies[node] for node in (x, w, y)])
    surgery = intervene(root + w + y, {}).pin(w, 4.0)
    made, leaves = surgery.root, [surgery.copies[node] for node in (x, w, y)]
    with pytest.raises(BranchError):
        compile(made, leaves).predict([], [2.0, 0.5, 1.0])
    del surgery
    gc.collect()
    with pytest.raises(ValueError, match="of a graph made by surgery, keep the surgery"):
        compile(made, leaves)


@pytest.mark.slow
def test_a_surgery_that_is_gone_leaves_others_as_they_are():
    w, x, root = make_branch()
    for number in (1.0, 2.0):
        assert intervene(root, {}).pin(x, number).root.data == 3 * number * 2 + 3
        gc.collect()
    assert compile(root, [x], [w]).predict([3.0], [2.0]) == root.data


def test_what_depends_on_nothing_may_be_compared_and_go():
    w = Value(3.0, "w")
    with no_grad():
        assert w * 2 > 1
    assert Value(1.0) > 0
    assert w.detach() > 0
    assert (w * 2).data > 1
    gc.collect()
    root = w * w
    assert intervene(root, {}).pin(w, 2.0).root.data == 4.0
    assert compile(root, [w]).predict([], [2.0]) == 4.0


def test_a_comparison_with_a_constant_is_one_with_its_number():
    w = Value(3.0, "w")
    assert w * 2 > Value(1.0).detach()
    hidden = w * 2
    assert w.detach() < hidden
    root = hidden + 1
    gc.collect()
    with pytest.raises(BranchError, match="gone by now"):
        intervene(root, {}).pin(w, 2.0)
    root = copy.deepcopy(w) * 3  # of the remedy
    (again,) = Graph(root).leaves
    assert w.detach() <= again
    assert intervene(root, {}).pin(again, 4.0).root.data == 12.0
    with pytest.raises(BranchError, match=r"was True, .* and now is False"):
        intervene(root, {}).pin(again, 2.0)


def test_the_remedy_for_what_is_gone_is_one():
    w = Value(3.0, "w")
    assert w * 2 > 1
    gc.collect()
    with pytest.raises(BranchError, match=r"compare as \.data .* copy\.deepcopy of the leaves"):
        intervene(w * w, {}).pin(w, 2.0)
    w = copy.deepcopy(w)
    assert (w * 2).data > 1
    assert intervene(w * w, {}).pin(w, 2.0).root.data == 4.0


def test_a_leaf_that_lives_and_has_too_many_comparisons_is_refused(monkeypatch):
    monkeypatch.setattr(log, "comparisons", {})
    monkeypatch.setattr(log, "MOST_REMEMBERED", 3)
    x = Value(3.0, "x")
    for i in range(9):
        assert x > -i
    with pytest.raises(BranchError, match="gone by now"):
        intervene(x * x, {}).pin(x, 2.0)


def test_what_was_compared_counts_with_the_number_that_it_had():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    hidden = x - 1
    root = (w * 2 if w > hidden else w * 5) + hidden
    w.data = -100.0  # as by an optimizer
    assert intervene(root, {}).pin(x, 3.0).root.data == 8.0
    with pytest.raises(BranchError, match=r"w \(3\) > v1 \(1\) was True"):
        intervene(root, {}).pin(x, 5.0)
    assert w.data < hidden.data
    assert w < hidden
    w.data = -50.0
    assert w < hidden
    with pytest.raises(BranchError, match="w was compared more than once, with other numbers"):
        intervene(root, {}).pin(x, 3.0)


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


def test_what_another_thread_has_compared_counts():
    w = Value(3.0, "w")
    assert w * 2 > 1
    gc.collect()
    graph, found = Graph(w * w, {}), []

    def rebuild():
        try:
            rebuild_graph(graph, Changes({w: 2.0}))
        except BranchError as error:
            found.append(error)

    other = threading.Thread(target=rebuild)
    other.start()
    other.join()
    assert "gone by now" in str(found[0])


@pytest.mark.slow
def test_surgeries_that_are_gone_leave_nothing_behind():
    w, x, root = make_branch()
    surgery = intervene(root, {})
    surgery.pin(x, 1.0)
    gc.collect()
    before = len(log.comparisons), len(log.copied), log.find_last_gone()
    for number in range(1, 50):
        assert surgery.pin(x, number / 2).pin(w, 4.0).root.data == 4 * number + 4
    gc.collect()
    assert (len(log.comparisons), len(log.copied), log.find_last_gone()) == before
