"""What was decided by comparing Values is never compiled, pinned or copied as if it weren't."""

import bisect
import copy
import gc
import heapq
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from micrograd_nn import Constant, Value, compile, intervene, no_grad, nodes, where
from micrograd_nn.calculus import jvp
from micrograd_nn.engine.node import is_compared, moments
from micrograd_nn.graph import Graph
from micrograd_nn.graph.rebuilding import BranchError


def refuse(*roots):
    """Check that a program of some roots is refused, over rows and over columns."""
    leaves = Graph(sum(roots)).leaves if len(roots) > 1 else Graph(roots[0]).leaves
    for over in ("rows", "array"):
        with pytest.raises(BranchError, match=r"compile the function that records it, compile\(f"):
            compile(list(roots), leaves, over=over)


def beside(x, y):
    """Decide by numbers that are freed at once."""
    return x * 2 if x * y > 1 else x * 3


def by_another_leaf(x, y):
    return x * 2 if y < 3 else x * 3


def decide_in_no_grad(x, y):
    with no_grad():
        is_larger = x > y
    return x * 2 if is_larger else x * 3


def in_a_derivative(x, y):
    taken = []
    jvp(lambda z: taken.append(z > 1) or z, (y,), (1.0,))
    return x * 2 if taken[0] else x * 3


DECIDED = {
    "if": lambda x, y: x * 2 if x > 0 else x * 3,
    "mirrored": lambda x, y: x * 2 if 0 < x else x * 3,  # noqa: SIM300
    "numbers that are freed": beside,
    "another leaf": by_another_leaf,
    "a constant": lambda x, y: x * 2 if x > Constant(1.0) else x * 3,
    "of a constant": lambda x, y: x * 2 if Constant(1.0) <= x else x * 3,
    "a detached number": lambda x, y: x * 2 if x >= y.detach() else x * 3,
    "NumPy": lambda x, y: x * 2 if np.float64(0.0) < x else x * 3,
    "max of leaves": lambda x, y: max(x, y),
    "max of nodes": lambda x, y: max(x * 2, y * 3),
    "min with a number": lambda x, y: min(x * 2, 9.0) * y,
    "sorted": lambda x, y: sorted([x * 2, y, x * y])[1],
    "heapq": lambda x, y: heapq.nlargest(1, [x * 2, y, x * y])[0],
    "bisect": lambda x, y: x * bisect.bisect([0.0, 1.0, 2.0], y),
    "where": lambda x, y: where(x > y, x * 2, x * 3),
    "a loop": lambda x, y: sum([x for n in range(5) if x > n * 0.7]) + y,
    "leaves within no_grad": decide_in_no_grad,
    "forward mode": in_a_derivative,
}


@pytest.mark.parametrize("name", DECIDED)
def test_a_graph_that_a_comparison_may_have_decided_is_not_compiled(name):
    x, y = Value(2.5, "x"), Value(1.5, "y")
    root = DECIDED[name](x, y)
    gc.collect()
    with pytest.raises(BranchError, match="compile the function"):
        compile(root, [x, y])
    with pytest.raises(BranchError, match="compile the function"):
        compile(root, [], [x, y], over="array")


@pytest.mark.parametrize("name", DECIDED)
@pytest.mark.parametrize("again", [copy.deepcopy, lambda root: pickle.loads(pickle.dumps(root))])
def test_nor_is_a_copy_of_it(again, name):
    root = DECIDED[name](Value(2.5, "x"), Value(1.5, "y"))
    if root.operation is None:  # max(x, y): a copy of a leaf alone is a new number
        return
    for copied in (again(root), again(again(root)), again([root, 1])[0]):
        refuse(copied)
        refuse(copied * 2)
        leaf = Graph(copied).leaves[0]
        with pytest.raises(BranchError):
            intervene(copied, {}).pin(leaf, 3.0)


def test_nor_is_what_another_thread_has_decided():
    x, y = Value(2.0), Value(1.0)
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda _: beside(x, y), range(100))]
        theirs = pool.submit(lambda: beside(Value(2.0), Value(1.0))).result()
        at_once = [*pool.map(lambda i: beside(Value(float(i)), Value(1.0)), range(500))]
    for root in (found[0], theirs, *at_once):
        assert is_compared(nodes(root))
    assert len(moments) <= moments.maxlen


def test_an_input_that_is_older_than_the_graph_counts():
    a = Value(1.0)
    factor = 2.0 if a > 0 else 3.0
    x = Value(2.0)
    root = x * factor
    with pytest.raises(BranchError):
        compile(root, [a, x])
    with pytest.raises(BranchError):
        compile(root, [x], [a])
    assert compile(root, [x]).predict([], [5.0]) == 10.0  # which knows nothing of a


def test_what_was_compared_before_the_leaves_or_is_constant_decides_nothing():
    old = Value(1.0)
    assert old > 0
    x = Value(2.0)
    with no_grad():
        assert x * 2 > 1
    assert x.detach() > 0
    assert Constant(2.0) < 3
    assert (x * 2).data > 1
    assert x in [old, x]
    root = x * x
    assert compile(root, [x]).predict([], [3.0]) == 9.0
    for again in (copy.deepcopy(root), pickle.loads(pickle.dumps(root)), intervene(root, {}).root):
        assert compile(again, Graph(again).leaves).predict([], [3.0]) == 9.0


def test_what_is_changed_is_older_than_the_comparison_or_it_is_not_changed():
    w = Value(3.0, "w")
    assert w > 0
    x = Value(2.0, "x")
    root = w * x
    for _ in range(2):  # a copy that is marked spoils no other graph
        surgery = intervene(root, {}).pin(x, 5.0)
        assert surgery.root.data == 15.0
        refuse(surgery.root)
    with pytest.raises(BranchError, match=r"copy\.deepcopy of the leaves"):
        intervene(root, {}).pin(w, 4.0)
    with pytest.raises(BranchError):
        intervene(surgery.root, {}).pin(surgery.copies[x], 4.0)
    assert intervene(root, {}).detach(w).root.data == 6.0


def test_a_constant_that_was_compared_by_way_of_a_node_is_not_changed():
    c, x = Constant(2.0), Value(1.0)
    y = c * x
    root = y * 3 if y > 0 else y * 5
    (pinned,) = [node for node in nodes(root) if node is c]
    with pytest.raises(BranchError):
        intervene(root, {}).pin(pinned, -1.0)


def test_comparisons_keep_no_number_alive_and_are_few():
    x = Value(1.0)
    for _ in range(1_000):
        assert x * 2 > 1
    assert len(moments) == moments.maxlen
    refuse(x * x)
