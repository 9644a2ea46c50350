"""``choose``: one of the values by an index, alike in graphs, programs and pages; or an error."""

import json
import math
import pickle
import random
import re

import pytest
from foreign import needs_compiler
from hypothesis import given
from hypothesis import strategies as st
from nodejs import run_program
from places import WEB
from programs import assert_same_numbers, compile_at, trace_program
from strategies import finite, searching

from micrograd_nn import Constant, Value, choose, compile, draw, nodes, tree
from micrograd_nn.calculus import grad, hessian, jvp
from micrograd_nn.checks.exact import FUNCTIONS, compute_exactly
from micrograd_nn.checks.gradcheck import gradcheck
from micrograd_nn.engine import forward
from micrograd_nn.extras.compile.compiler.program import BranchError

BAD = [-1.0, 0.5, 3.0, 1e300, math.inf, -math.inf, math.nan]
lists = st.lists(finite, min_size=1, max_size=6)


@pytest.fixture(autouse=True)
def with_compiler(monkeypatch):
    monkeypatch.delenv("MICROGRAD_NN_NATIVE", raising=False)


def test_a_plain_number_gives_the_very_value_and_no_node():
    values = [Value(1.0), Value(2.0)]
    assert choose(1, values) is choose(1.0, tuple(values)) is values[1]
    assert choose(0, [1, Value(2.0)]) == 1.0
    assert type(choose(0, [1])) is float


def test_a_value_as_index_gives_a_node_whose_gradient_goes_to_one_alone():
    index, values = Value(1.0), [Value(5.0), Value(6.0), Value(7.0)]
    out = choose(index, values) * 3
    out.backward()
    assert out.data == 18.0
    assert [x.grad for x in (index, *values)] == [0.0, 0.0, 3.0, 0.0]
    assert out.inputs[0].inputs == (index, *values)


@pytest.mark.parametrize("kind", [float, Value, Constant])
@pytest.mark.parametrize("index", BAD)
def test_a_bad_index_is_an_error_that_names_it_and_the_count(kind, index):
    told = (
        "choose(index, values) needs a whole index from 0 to below the number of values; "
        f"index = {index!r}, of 3 values"
    )
    with pytest.raises(ValueError, match=re.escape(told)):
        choose(kind(index), [Value(1.0), Value(2.0), 3.0])


def test_of_no_values_none_can_be_chosen():
    with pytest.raises(ValueError, match=r"index = 0\.0, of 0 values"):
        choose(0, [])


@pytest.mark.parametrize("index", ["1", None, [1], 1j])
def test_an_index_that_is_no_number_is_a_type_error(index):
    with pytest.raises(TypeError):
        choose(index, [1.0, 2.0])


@searching
@given(values=lists, data=st.data())
def test_derivatives_are_those_of_differences_and_of_exact_arithmetic(values, data):
    values = [x % 7 for x in values]
    index = float(data.draw(st.integers(0, len(values) - 1)))
    check = gradcheck(lambda xs: choose.apply([index, *xs]) ** 2, values)
    assert {c.verdict for c in check.comparisons} == {"agrees"}
    slopes = grad(lambda xs: choose(Value(index), xs))(values)
    for i, slope in enumerate(slopes, start=1):
        assert slope == compute_exactly(FUNCTIONS["choose"], [index, *values], i)
    assert jvp(choose.apply, [[index, *values]], [[0.0, *[1.0] * len(values)]])[1] == 1.0
    second = hessian(lambda xs: choose(Value(index), [x * x for x in xs]))(values)
    assert [line[i] for i, line in enumerate(second)] == [2.0 * x for x in slopes]


@pytest.mark.parametrize(
    "native", [False, pytest.param(True, marks=[needs_compiler, pytest.mark.slow])]
)
@pytest.mark.parametrize(
    "make",
    [
        lambda index, xs: choose(index, xs[:3]) * xs[3] + xs[0],
        lambda index, xs: choose(index, xs[::2]) * choose(index, xs[1::2]) + xs[1] * xs[4],
        lambda index, xs: choose(index, xs[2::-1]).exp() * choose(index, [xs[0], xs[1], xs[4]]),
        lambda index, xs: choose(index, [x * x for x in xs[:3]]) * xs[0],
        lambda index, xs: choose(index, [1.5, xs[0], xs[0] * 2]) * xs[0],
        lambda index, xs: choose(index, [choose(index, xs[:3]), *xs[:2]]) ** 2,
        lambda index, xs: choose(index, xs[:3]),
        lambda index, xs: (choose(index, xs[:3]) * xs[5]).relu() * xs[4],
        lambda index, xs: choose(Constant(1.0), xs[:3]) * choose(2 - index, xs[3:]),
        lambda index, xs: choose(index * 0, xs[:1]) * index,
    ],
    ids=[
        "column", "strides", "uneven", "computed", "mixed", "nested", "alone", "relu", "constant",
        "one",
    ],
)  # fmt: skip
def test_programs_have_the_bits_of_backward_for_every_index(make, native):
    def function(xs, row):
        return make(row[0], xs)

    numbers, rows = [random.Random(3).uniform(-2, 2) for _ in range(6)], [[0.0], [1.0], [2.0]]
    program = compile_at(function, numbers, rows[0])
    program.choice.native = native
    for some in (rows, *[[row] for row in rows]):
        assert_same_numbers(function, numbers, some, program)


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=needs_compiler)])
@pytest.mark.parametrize("index", BAD)
def test_a_program_refuses_a_bad_index_in_the_words_of_the_operation(native, index):
    at, values = Value(0.0), [Value(1.0), Value(2.0), Value(3.0)]
    for chosen in (values, [x * 2 for x in values]):
        program = compile(choose(at, chosen), [at], values, native=native)
        for call in (program, program.predictions):
            with pytest.raises(ValueError, match=r"index = .* of 3 values"):
                call([1.0, 2.0, 3.0], [[index]])


def test_a_lookup_among_parameters_is_one_item_and_one_line_backward():
    """No work for each value that could be chosen: 16 columns of 27 take an item each."""
    index, rows = Value(0.0), [[Value(1.0) for _ in range(16)] for _ in range(27)]
    columns = [choose(index, column) for column in zip(*rows, strict=True)]
    program = compile(sum(columns), [index], [x for row in rows for x in row])
    body = program.source.partition("# Forward")[2].partition("total =")[0]
    assert body.count("place(") == 1, "the index is checked once"
    assert body.count("\n") < 60
    assert re.search(r"= parameters\[3 \+ 16 \* \w+\]$", body, re.M)
    assert re.search(r"^ *columns\[3 \+ 16 \* \w+\] \+= ", body, re.M)


def test_a_compiled_function_serves_all_indices_that_are_given_as_floats():
    values = [Value(2.0), Value(3.0), Value(4.0)]
    square = compile(lambda i: choose(i, values) ** 2)
    assert [square(float(i)) for i in range(3)] == [4.0, 9.0, 16.0]
    assert len(square.variants) == 1
    with pytest.raises(ValueError, match=r"index = 3\.0, of 3 values"):
        square(3.0)
    assert square(1) == 9.0


@needs_compiler
def test_a_branch_that_another_program_takes_leaves_no_gradient_behind():
    """The rows before it have been added to the first program's own list by then."""

    def sided(index, xs):
        x = choose(index, xs)
        return x * x if x > 0 else 3 * x

    numbers, rows = [1.0, -2.0], [[1.0], [0.0], [0.0]]
    for native in (False, True):
        programs = []
        for first in (0.0, 1.0):
            index, xs = Value(first), [Value(x) for x in numbers]
            programs.append(
                trace_program(lambda i=index, xs=xs: sided(i, xs), [index], xs, native=native)
            )
        with pytest.raises(BranchError):
            programs[0](numbers, rows)
        start = [10.0, 20.0]
        assert programs[1](numbers, rows[:1], start=start)[1] == [10.0, 23.0]
        assert start == [10.0, 20.0]


def test_a_saved_program_chooses_by_itself(tmp_path):
    index, values = Value(1.0), [Value(5.0), Value(6.0)]
    program = compile(
        choose(index, values) + choose(index, [x * x for x in values]), [index], values
    )
    program.save(tmp_path / "saved.py")
    saved = {}
    exec((tmp_path / "saved.py").read_text().partition("if __name__")[0], saved)
    assert saved["program"]([5.0, 6.0], [[0.0]]) == program([5.0, 6.0], [[0.0]])
    with pytest.raises(ValueError, match=r"there is no value 2\.0 among 2"):
        saved["program"]([5.0, 6.0], [[2.0]])


def test_it_is_drawn_and_pickled_as_any_row():
    node = choose(Value(1.0, "i"), [Value(5.0, "a"), Value(6.0, "b")])
    assert "choose(i, [a, b])" in str(tree(node))
    assert "x[i]" in draw(node).source
    assert choose.written("i", "a", "b") == "choose(i, [a, b])"
    again = pickle.loads(pickle.dumps(node))
    assert again.operation is choose
    assert len(nodes(again)) == 4


def test_javascript_chooses_alike_and_refuses_alike(node):
    points = [[i, 5.0, 6.0, 7.0] for i in (0.0, 1.0, 2.0, -0.0)]
    bad = [[i, 5.0, 6.0, 7.0] for i in (-1.0, 0.5, 3.0)] + [[0.0]]
    asked = {"points": {"choose": [[*map(repr, xs)] for xs in points + bad]}, "numbers": []}
    answer = json.loads(run_program(node, str(WEB / "answer.mjs"), input=json.dumps(asked)))
    numbers = answer["numbers"]["choose"]
    assert [float(x) for x in numbers[:4]] == [forward.choose(*xs) for xs in points]
    assert numbers[4:] == ["domain"] * 4
