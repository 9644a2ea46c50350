"""Programs with loops: the bits of the graph, in Python and in C, one row and eight at a time."""

import math
import random

import pytest
from bits import pack_numbers
from foreign import needs_compiler
from programs import assert_same_numbers, compile_at, trace_program
from sizes import choose_size
from styles import EDGES, STYLES, Style, cut, make_rows

from micrograd_nn import Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler.program import BranchError
from micrograd_nn.extras.compile.python.functions import PythonStatements


@pytest.fixture(autouse=True)
def loops_everywhere(monkeypatch):
    """Let Python write loops in small programs, too."""
    monkeypatch.setattr(PythonStatements, "fewest_nodes", 0)


@pytest.fixture(params=[(0, 0), (300, 8), (20_000, 100)], ids=["none", "some", "usual"])
def written(request, monkeypatch):
    """How much of a program Python writes out."""
    most, longest = request.param
    monkeypatch.setattr(PythonStatements, "most_written", most)
    monkeypatch.setattr(PythonStatements, "longest_written", longest)


@pytest.mark.parametrize("name", STYLES)
def test_python_gives_the_bits_of_the_graph(name, written):
    style = STYLES[name]
    parameters, rows = make_rows(style, 3)
    assert_same_numbers(style.function, parameters, rows)


@pytest.mark.parametrize("written", [(0, 0)], indirect=True)
def test_a_network_is_written_as_loops(written):
    style = STYLES["dots and relu"]
    parameters, rows = make_rows(style, 1)
    source = compile_at(style.function, parameters, rows[0]).source
    assert source.count("\n") < 70
    assert "for a, b in zip(parameters[" in source


@needs_compiler
@pytest.mark.parametrize("neurons", choose_size([6], [3, 4, 5, 6, 7, 8]))
def test_a_wide_layer_sums_up_four_neurons_at_once(neurons, in_c):
    width = 66

    def function(p, x):
        hidden = [op.tanh(op.dot([*w[:-1]], [*x], w[-1])) for w in cut(p[: 67 * neurons], 67)]
        for _ in range(2):  # what a turn takes from the one before isn't there ahead of it
            hidden = [op.tanh(op.dot([*p[i : i + neurons]], hidden)) for i in range(neurons)]
        return op.dot(hidden, [*p[:neurons]])

    style = Style(function, 67 * neurons, width)
    parameters, rows = make_rows(style, 11)
    program = compile_at(function, parameters, rows[0])
    program.choice.native = True
    assert_same_numbers(function, parameters, rows, program)
    assert ("sum_ahead_" in program.c_source) is (neurons >= 4)


@needs_compiler
@pytest.mark.parametrize("size", [1.0, -0.0, 1e308, math.inf, math.nan])
def test_a_mean_of_many_is_a_loop(size, in_c):
    """A sum that is too large is no reason to fail: then Python gives the number."""

    def function(p, x):
        return op.mean([op.leaky_relu(a * b) for b in p for a in x])

    parameters, rows = [1.0, -0.5, 0.75], [[size * i for i in range(1, 9)], [0.5] * 8]
    program = compile_at(function, parameters, rows[1])
    program.choice.native = True
    assert_same_numbers(function, parameters, rows, program, alone=size in (1.0, -0.0))
    assert "at < 24" in program.c_source


@needs_compiler
def test_a_label_is_no_name_of_the_sums_to_come(in_c):
    x = [Value(0.01 * i, f"x{i}") for i in range(80)]
    w = [[Value(0.02 * math.sin(i * j + j), f"w{j}_{i}") for i in range(80)] for j in range(8)]
    hidden = [op.tanh(op.dot(row, x)) for row in w]
    for node in hidden:
        node.label = "s_ahead"
    programs = [
        compile(op.sum(hidden) ** 2, x, [y for row in w for y in row], native=native)
        for native in (True, False)
    ]
    numbers, rows = [y.data for row in w for y in row], [[0.03 * i for i in range(80)]] * 9
    assert programs[0](numbers, rows) == programs[1](numbers, rows)
    assert "sum_ahead_" in programs[0].c_source


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", STYLES)
def test_at_the_edges_of_floats_c_gives_the_bits_or_leaves_it_to_python(name, seed, in_c):
    style = STYLES[name]
    rng = random.Random(seed)
    count = rng.randrange(1, 20)
    draw = rng.choice([lambda: rng.choice(EDGES), lambda: rng.choice([*EDGES, 1e200, math.inf])])
    parameters, rows = make_rows(style, count, seed, draw)
    program = compile_at(style.function, parameters, make_rows(style, 1)[1][0])
    found = []
    for native in (False, True):
        program.choice.native = native
        try:
            total, gradient = program(parameters, rows)
            found.append((pack_numbers([total]), pack_numbers(gradient)))
        except (ArithmeticError, ValueError) as error:
            found.append(str(error))
    assert found[0] == found[1]


@needs_compiler
def test_a_guard_that_one_row_of_eight_breaks_stops_the_program(in_c):
    parameters, inputs = [Value(0.5) for _ in range(6)], [Value(1.0) for _ in range(6)]

    def branch():
        total = sum(op.tanh(a * b) for a, b in zip(parameters, inputs, strict=True))
        return total * 2.0 if inputs[5] > 0 else total

    program = trace_program(branch, inputs, parameters, native=True)
    rows, numbers = [[0.25] * 6 for _ in range(8)], [0.5] * 6
    assert program(numbers, rows)[0] == pytest.approx(8 * 12 * math.tanh(0.125))
    rows[3][5] = -1.0
    with pytest.raises(BranchError, match="was True when the graph was recorded"):
        program(numbers, rows)


@needs_compiler
def test_an_overflow_in_one_lane_is_told_as_python_tells_it(in_c):
    style = STYLES["softmax"]
    parameters, rows = make_rows(style, 8)
    program = compile_at(style.function, parameters, rows[0])
    program.choice.native = True
    rows[5] = [1e5] * 8
    with pytest.raises(OverflowError, match=r"exp\(x\)"):
        program([1.0] * 48, rows)


@needs_compiler
def test_labels_are_no_names_of_the_c_around_them(in_c):
    labels = ["WIDTH", "LANES", "lanes", "v_rows", "lanes0_tanh", "take_double", "at", "all"]
    weights = [Value(0.1 * i, label) for i, label in enumerate(labels)]
    x = [Value(0.5 - 0.1 * i, f"SLOPES{i}" if i else "SLOPES") for i in range(4)]
    graph = op.sum([op.tanh(op.dot([*weights[i::2]], x)) for i in (0, 1, 0, 1)])
    numbers = [a.data for a in weights]
    rows = [[0.1 * i + 0.01 * j for i in range(4)] for j in range(11)]
    found = [compile(graph, x, weights, native=native)(numbers, rows) for native in (True, False)]
    assert found[0] == found[1]


def test_where_python_begins_to_loop_one_weight_may_stand_500_times(monkeypatch):
    monkeypatch.undo()  # sizes as they are
    w, others = Value(0.5), [Value(0.25) for _ in range(500)]
    x = [Value(1.0) for _ in range(500)]
    graph = op.dot([w] * 500, x) + op.dot(others, x)
    total, gradient = compile(graph, x, [w, *others])([0.5] + [0.25] * 500, [[1.0] * 500])
    assert (total, gradient) == (375.0, [500.0] + [1.0] * 500)
