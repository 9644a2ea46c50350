"""Comparisons are remembered once, no longer than their numbers live, and however many they are."""

import copy
import gc
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from micrograd_nn import Value, compile, intervene
from micrograd_nn.engine import comparisons as log
from micrograd_nn.engine.comparisons import comparisons, find_comparisons
from micrograd_nn.programs.branches import BranchError


def test_equal_comparisons_are_remembered_once():
    x, y = Value(3.0), Value(2.0)
    before = len(comparisons)
    for _ in range(500):
        assert x > y
        assert x > 2.0
    assert len(comparisons) - before == 2
    assert find_comparisons([x, y]) == [
        (x, ">", y, True, (3.0, 2.0)),
        (x, ">", 2.0, True, (3.0, 2.0)),
    ]


@pytest.mark.slow
def test_what_was_compared_is_forgotten_with_its_numbers():
    gc.collect()  # what other tests have left
    before = len(comparisons)
    x = Value(3.0)
    assert x * 2 > 5
    assert x > Value(1.0)
    gc.collect()
    assert len(comparisons) == before


def test_five_hundred_equal_comparisons_are_one_guard():
    x = Value(3.0, "x")
    for _ in range(500):
        assert x > 1
    program = compile(x * x, inputs=[x])
    assert program.source.count("BranchError") == 1
    with pytest.raises(ValueError, match="was True when the graph was recorded"):
        program([], [[0.5]])


@pytest.mark.slow
def test_ten_thousand_and_one_comparisons_are_no_reason_to_refuse_a_graph():
    x = Value(1.0, "x")
    nodes = [x]
    for _ in range(10_001):
        nodes.append(nodes[-1] + 1.0 if nodes[-1] < 5e8 else nodes[-1])
    program = compile(nodes[-1], inputs=[x])
    assert program.source.count("BranchError") == 10_001
    assert program.predict([], [2.0]) == 10_003.0


def test_a_comparison_of_a_number_that_is_gone_is_refused_however_long_ago():
    x = Value(3.0, "x")
    assert x * 2 > 5  # of a number that is gone
    for i in range(20_000):
        assert x > -i - 1
    with pytest.raises(ValueError, match="of a number that is gone"):
        compile(x * x, inputs=[x])


def test_the_first_graph_of_a_program_is_compiled():
    """Whose leaves are the numbers 0, 1, … in the order of making."""
    program = (
        "from micrograd_nn import Value, compile\n"
        "x = Value(3.0)\n"
        "print(compile(x * x, inputs=[x]).predict([], [2.0]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "4.0\n"


def test_of_a_number_that_lives_a_bounded_number_of_comparisons_is_remembered(monkeypatch):
    monkeypatch.setattr(log, "comparisons", {})  # without those of numbers that other tests keep
    monkeypatch.setattr(log, "MOST_REMEMBERED", 10)
    x = Value(3.0, "x")
    for i in range(1_000):
        assert x > -1.0 - i
    assert len(find_comparisons([x])) <= 10
    with pytest.raises(ValueError, match="of a number that is gone"):
        compile(x * x, inputs=[x])


def branch_on_what_hangs_beside():
    x = Value(2.0, "x")
    return x * 3 if x - 1 > 0 else x * 5


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda root: pickle.loads(pickle.dumps(root))])
def test_a_copy_of_a_graph_knows_when_it_lacks_a_comparison(copied):
    root = copied(branch_on_what_hangs_beside())
    (x,) = [node for node in root.inputs if node.label == "x"]
    with pytest.raises(BranchError, match="gone by now"):
        intervene(root, {}).pin(x, -1.0)
    with pytest.raises(ValueError, match="comparisons were made that a program can't check"):
        compile(root, [x])
    alive = Value(2.0, "x")
    beside = alive - 1
    root = copied(alive * 3 if beside > 0 else alive * 5)
    with pytest.raises(BranchError):
        intervene(root, {}).pin(root.inputs[0], -1.0)
    plain = Value(2.0, "x")
    root = copied(plain * 3)
    assert intervene(root, {}).pin(root.inputs[0], -1.0).root.data == -3.0


def test_a_branch_taken_in_another_thread_counts():
    with ThreadPoolExecutor(1) as pool:
        root = pool.submit(branch_on_what_hangs_beside).result()
    with pytest.raises(BranchError, match="gone by now"):
        intervene(root, {}).pin(root.inputs[0], -1.0)


def test_only_the_last_moment_of_what_was_dropped_is_kept():
    x = Value(1.0)
    for _ in range(2_500):
        y = x * 2
        assert y > 0
    del y
    assert len(log.gone) <= log.MOST_GONE + 1
    last = log.find_last_gone()
    assert log.gone == {last}
    assert last > x.created
