"""The listing of a program: what has a line of its own, in small programs and in large ones."""

import re

import pytest
from bits import pack_numbers
from programs import trace_program

from micrograd_nn import Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler.program import BranchError
from micrograd_nn.extras.compile.programs import listing


def lines_of(program, kind=0):
    return [line.strip() for line in program.source_of(kind).splitlines()]


def chain(length, leaf, factor):
    """Return a long chain of sums and products."""
    x = leaf
    for _ in range(length):
        x = x * factor + leaf
    return x


def test_in_a_large_program_a_node_that_is_used_once_stands_within_a_line():
    x, w = Value(0.5, "x"), Value(0.9, "w")
    many = compile(chain(listing.MANY_NODES, x, 0.5), [x], [w])
    few = compile(chain(20, x, 0.5), [x], [w])
    assert len(lines_of(many)) < listing.MANY_NODES / 10
    assert "v1 = x * 0.5" in lines_of(few)
    assert max(map(len, lines_of(many))) < 1500


def test_a_large_program_gives_the_same_bits():
    x, w = Value(0.5, "x"), Value(0.9, "w")
    out = chain(listing.MANY_NODES, x, w) * x.tanh()
    total, gradient = compile(out, [x], [w], wrt=[x, w])([0.9], [[0.5]])
    out.backward()
    assert pack_numbers([total, *gradient]) == pack_numbers([out.data, x.grad, w.grad])


def test_a_node_with_a_label_or_a_guard_or_that_may_fail_keeps_its_line_in_a_large_program():
    x = Value(2.0, "x")

    def branch():
        named, compared = x * 3, x + 5
        named.label = "triple"
        return chain(listing.MANY_NODES, x, 0.5) + named + (compared if compared > 0 else x)

    program = trace_program(lambda: branch() + op.log(x), [x])
    lines = lines_of(program)
    assert "triple = x * 3.0" in lines
    (guard,) = [line for line in lines if "BranchError" in line]
    name = re.search(r"not (\w+) > 0.0", guard)[1]
    assert f"{name} = x + 5.0" in lines
    assert any(re.fullmatch(r"v\d+ = log\(x\)", line) for line in lines)
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0"):
        program([], [[-1.0]])
    with pytest.raises(BranchError, match=f"{name} > 0.0 was True"):
        trace_program(branch, [x])([], [[-7.0]])


def test_what_may_fail_stays_before_the_guard_behind_it_in_a_large_program():
    x = Value(2.0, "x")

    def branch():
        root, later = op.sqrt(x), x + 1
        return chain(listing.MANY_NODES, x, 0.5) + (root if later > 0 else x)

    program = trace_program(branch, [x])
    lines = lines_of(program)
    (at,) = [i for i, line in enumerate(lines) if line.endswith("= sqrt(x)")]
    (guarded,) = [i for i, line in enumerate(lines) if "BranchError" in line]
    assert at < guarded
    with pytest.raises(ValueError, match="sqrt"):
        program([], [[-5.0]])


def test_a_derivative_of_many_uses_is_one_sum_in_parts():
    xs = [Value(float(i), f"x{i}") for i in range(1, 101)]
    w = Value(2.0, "w")
    square = w * w
    out = op.sum([square * x for x in xs])
    program = compile(out, xs, [w])
    lines = lines_of(program)
    (line,) = [line for line in lines if line.startswith("d_v1 = ")]
    assert line.count(" + ") > 5
    assert max(map(len, lines)) < 1500
    out.backward()
    numbers = [float(i) for i in range(1, 101)]
    assert program([2.0], [numbers]) == (out.data, [w.grad])


def test_many_nodes_of_one_label_are_numbered_without_a_gap():
    x = Value(1.0, "x")
    y = x
    for _ in range(5):
        y = y.tanh()
        y.label = "h"
    lines = lines_of(compile(y, [x]))
    assert [line.split(" ")[0] for line in lines if re.match(r"h\w* = ", line)] == [
        "h", "h_2", "h_3", "h_4", "h_5",
    ]  # fmt: skip


# Several outputs


def test_of_several_outputs_guards_and_failures_are_those_of_all():
    x = Value(2.0, "x")

    def branch():
        y = x * 3 if x > 1 else x
        return [y, op.log(x), op.sqrt(y)]

    program = trace_program(branch, [x])
    with pytest.raises(BranchError, match=r"x > 1\.0 was True"):
        program([], [[0.5]])
    other = Value(2.0)
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0"):
        compile([other * 2, op.log(other)], [other])([], [[-1.0]])


def test_labels_cannot_mix_up_the_shared_part():
    x, numbers, forward = Value(0.5, "row"), Value(2.0, "numbers"), Value(3.0, "forward")
    made = [x * numbers, x * forward, (numbers * forward).tanh()]
    made[0].label, made[1].label = "rows", "zip"
    leaves = [x, numbers, forward]
    totals, gradients = compile(made, [x], [numbers, forward], wrt=leaves)([2.0, 3.0], [[0.5]])
    assert totals == [y.data for y in made]
    assert gradients[1] == [3.0, 0.0, 0.5]


def test_a_constant_that_only_derivatives_need_is_there_for_several_outputs():
    x = Value(0.5, "x")
    made = [x * 1.0, (x * 1.0).tanh()]  # 1.0 isn't in the forward part, but in 1 - tanh(x)²
    assert compile(made, [x], wrt=[x])([], [[0.5]])[1] == [[1.0], [1 - made[1].data ** 2]]
