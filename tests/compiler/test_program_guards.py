"""Compiled graphs: guards where the recording branched by a number."""

import copy
import math
import operator
import pickle
from fractions import Fraction

import numpy as np
import pytest
from programs import pack_numbers

from micrograd_nn import Constant, Value, compile, nodes
from micrograd_nn.compiler.program import BranchError

# Guards


def refused_or_right(program, function, row):
    """Return whether a program refused; if it didn't, its number must be the function's."""
    wanted = function(*[Value(x) for x in row])
    try:
        found = program.predict((), row)
    except BranchError:
        return True
    assert pack_numbers([found]) == pack_numbers(
        [wanted.data if isinstance(wanted, Value) else float(wanted)]
    )
    return False


def guarded(function, first, others):
    """Compile a function's graph at some numbers, and return at which others it refuses."""
    inputs = [Value(x) for x in first]
    try:
        program = compile(function(*inputs), inputs)
    except ValueError as error:  # of a number that is gone
        assert "compile the function" in str(error)  # noqa: PT017
        return list(others)
    assert not refused_or_right(program, function, first)
    return [row for row in others if refused_or_right(program, function, row)]


def test_a_branch_that_would_go_the_other_way_is_an_error_that_says_which():
    x = Value(2.0, "x")
    program = compile(x * x if x > 0 else -x, [x], wrt=[x])
    assert program((), [[3.0]]) == (9.0, [6.0])
    message = (
        r"^x > 0(\.0)? was True when the graph was recorded: "
        r"record and compile the graph anew, or compile the function that makes it$"
    )
    for compute in (program, program.predict):
        with pytest.raises(BranchError, match=message):
            compute((), [[-3.0]] if compute is program else [-3.0])
    assert issubclass(BranchError, ValueError)
    with pytest.raises(BranchError):
        program((), [[3.0], [-3.0], [3.0]])


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("first", [-1.0, 0.0, 1.0, math.nan])
def test_every_comparison_is_guarded_and_with_not_a_number_too(compare, first):
    def function(x):
        return x * 2 if compare(x, 0) else x * 3

    numbers = [-1.0, 0.0, -0.0, 1.0, math.inf, math.nan]
    refused = guarded(function, [first], [[x] for x in numbers])
    assert refused == [[x] for x in numbers if compare(x, 0) != compare(first, 0)]


@pytest.mark.parametrize(
    "threshold", [0, 0.5, -0.5, 10**20, Fraction(1, 2), np.float64(0.5), np.float32(0.5), math.inf]
)
def test_a_threshold_may_be_a_number_of_any_kind(threshold):
    def function(x):
        return x * 2 if x >= threshold else x * 3

    numbers, was = [-3.0, 0.5, 1e30, math.inf], bool(threshold <= 2)
    refused = guarded(function, [2.0], [[x] for x in numbers])
    assert refused == [[x] for x in numbers if (x >= threshold) != was]


BRANCHING = {
    "two inputs": lambda x, y: x * 2 if x > y else y * 3,
    "mirrored": lambda x, y: x * 2 if y < x else y * 3,
    "a node and an input": lambda x, y: y * 2 if x * 2 > y else y * 3,
    "an input and a younger node": lambda x, y: x * 2 if x > y * 2 else x * 3,
    "two nodes that go no further": lambda x, y: x * 2 if x * x > y * 2 else x * 3,
    "an input and a younger constant": lambda x, y: x * 2 if x > Constant(1.0) else x * 3,
    "a detached number": lambda x, y: x * 2 if x > Value(1.0).detach() else x * 3,
    "the root itself": lambda x, y: (lambda z: z if z > 1 else 0 * z)(x * y),
    "a hand-written relu": lambda x, y: (lambda z: z if z > 0 else 0.0)(x - y),
    "the larger of two nodes": lambda x, y: (lambda a, b: a if a > b else b)(x * 1.5, y * y),
    "Python's max of leaves": lambda x, y: max(x, y),
    "Python's max, used": lambda x, y: max(x, y) * 3,
    "Python's min of nodes": lambda x, y: min(x * 1.5, y * y) + 1,
    "sorted": lambda x, y: sorted([x * 2, y, x * y], key=lambda z: z)[1] * 2,
    "clipped": lambda x, y: (lambda z: 0 * z if z < 0 else z if z < 2 else 0 * z + 2)(x + y),
    "a loop": lambda x, y: sum([x for n in range(5) if x > n * 0.7]) + y,
    "twice": lambda x, y: (x if x > 0 else -x) * (y if y > x else -y),
}


@pytest.mark.parametrize("name", BRANCHING)
def test_a_graph_is_never_silently_that_of_another_branch(name):
    others = [[x, y] for x in (-2.0, 0.25, 1.0, 1.2, 4.0) for y in (-1.0, 0.5, 1.0, 3.0)]
    function = BRANCHING[name]
    for first in [[2.0, 1.0], [0.5, 1.5], [-1.0, 2.0], [3.0, 2.5]]:
        inputs = [Value(x) for x in first]
        out = function(*inputs)
        if isinstance(out, Value):  # else the branch is to a plain number
            try:
                program = compile(out, inputs)
            except ValueError as error:  # it compared a number that is gone
                assert "compile the function" in str(error)  # noqa: PT017
                continue
            assert not refused_or_right(program, function, first)
            for row in others:
                refused_or_right(program, function, row)


def test_a_comparison_with_a_leaf_that_is_no_input_asks_for_it():
    x, threshold = Value(2.0), Value(1.0, "threshold")
    y = x * 2 if x > threshold else x
    with pytest.raises(ValueError, match=r"'threshold'.*list it, or use its .detach"):
        compile(y, [x])
    program = compile(y, [x], [threshold])
    assert program([1.0], [[3.0]]) == (6.0, [0.0])
    with pytest.raises(BranchError):
        program([3.5], [[3.0]])


def test_a_number_that_is_compared_very_often_is_still_guarded():
    def function(x):
        return x * sum([1 for threshold in reversed(range(1500)) if x > threshold])

    refused = guarded(function, [2000.5], [[1200.5], [3.5], [3000.0]])
    assert refused == [[1200.5], [3.5]]


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=["copied", "pickled"]
)
def test_a_copy_of_a_graph_is_guarded(again):
    x = Value(2.0)
    y = again(x * 2 if x > 0 else x * 3)
    (x,) = [node for node in nodes(y) if not node.inputs and type(node) is Value]
    program = compile(y, [x])
    with pytest.raises(BranchError):
        program.predict((), [-1.0])


def test_what_is_compared_after_the_graph_for_another_purpose_may_be_refused_but_not_wrong():
    """Such as whether the loss is small enough to stop."""
    x = Value(2.0)
    loss = x * x
    if loss > 3:
        pass
    refused_or_right(compile(loss, [x]), lambda x: x * x, [1.0])


def test_a_row_that_fails_leaves_no_other_row_unguarded():
    """0 ** y fails in its derivative, is computed by the graph, and that knows no guards."""
    x, y = Value(0.5), Value(2.0)
    program = compile(x**y * (2 if x < 1 else 3), [x], [y])
    assert program([2.0], [[0.0]]) == (0.0, [0.0])
    for rows in ([[2.0], [0.0]], [[0.0], [2.0]], [[0.0], [2.0], [0.0]]):
        with pytest.raises(BranchError):
            program([2.0], rows)


def test_equal_comparisons_are_guarded_once():
    """By what is compared, how and with what outcome; a number edited between is seen."""
    x, y = Value(3.0, "x"), Value(2.0, "y")
    products = [x * y for _ in range(500)]
    for product in products:
        assert x > 0
        assert product > y
        assert not x <= 2
    program = compile(products[0], inputs=[x], parameters=[y])
    guards = [line.strip() for line in program.source.splitlines() if "BranchError" in line]
    assert [guard.partition(":")[0] for guard in guards] == [
        "if not x > 0.0", "if x <= 2.0", "if not v1 > y",
    ]  # fmt: skip
    assert program([2.0], [[3.0]]) == (6.0, [3.0])
    with pytest.raises(BranchError, match=r"x <= 2\.0 was False"):
        program([2.0], [[2.0]])


def test_a_comparison_with_both_outcomes_fits_no_number():
    x = Value(3.0, "x")
    assert x > 0
    x.data = -3.0
    assert not x > 0
    program = compile(x * x, inputs=[x])
    assert program.source.count("BranchError") == 2
    for number in (3.0, -3.0):
        with pytest.raises(BranchError):
            program([], [[number]])
