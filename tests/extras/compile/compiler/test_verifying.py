"""A program that gives another number than its graph says which, and the graph runs."""

import math
import warnings

import pytest
from compiled import assert_same_calls, assert_same_results
from foreign import needs_compiler
from programs import assert_same_numbers, compile_at

from micrograd_nn import Value, compile, no_grad
from micrograd_nn.extras.compile.compiler import program as programs
from micrograd_nn.extras.compile.compiler.program import Program
from micrograd_nn.extras.compile.compiler.variants import Variant
from micrograd_nn.extras.compile.compiler.verifying import Verifying
from micrograd_nn.extras.compile.native import choice

ROWS = [[2.0], [1.0]]
RIGHT = (9.0, [3.0, 3.0])  # for w = 1.0 and v = 2.0
GRADIENT = r"^the program's derivative by v was 2\.0, and the graph's 3\.0\. From now on the graph"


def make_program(**options):
    w, v, x = Value(1.0, "w"), Value(2.0, "v"), Value(2.0, "x")
    return compile(w * x + v * x, [x], [w, v], **options)


def break_writer(monkeypatch, module, name, right, wrong):
    """Let a function of the package write something wrong."""
    write = getattr(module, name)

    def write_wrongly(*given):
        written = write(*given)
        source = written if isinstance(written, str) else written.whole
        assert right in source
        source = source.replace(right, wrong)
        return source if isinstance(written, str) else written._replace(whole=source)

    monkeypatch.setattr(module, name, write_wrongly)


@pytest.mark.by_graph
def test_a_wrong_derivative_is_told_once_and_the_graph_runs(monkeypatch, tmp_path):
    break_writer(monkeypatch, programs, "write_function", "d_v +=", "d_v =")
    program = make_program()
    with pytest.warns(RuntimeWarning, match=GRADIENT) as warned:
        assert program([1.0, 2.0], ROWS) == RIGHT
    assert warned[0].filename == __file__
    assert program([1.0, 2.0], ROWS) == RIGHT
    assert program.predictions([1.0, 2.0], ROWS) == [6.0, 3.0]
    assert program.descend([1.0, 2.0], ROWS, 1, 0.5) == ([-0.5, 0.5], [9.0])
    assert "by the graph, since the program's derivative by v was 2.0" in repr(program)
    with pytest.raises(ValueError, match=r"^not saved, since the program's derivative by v was"):
        program.save(tmp_path / "m.py")


@pytest.mark.by_graph
def test_a_wrong_result_is_told(monkeypatch):
    break_writer(monkeypatch, programs, "write_function", "append([v3", "append([2 * v3")
    program = make_program()
    with pytest.warns(RuntimeWarning, match=r"result was 12\.0, and the graph's 6\.0"):
        assert program.predict([1.0, 2.0], [2.0]) == 6.0


def descend(program):
    """Return the result and the gradient, as a step of a descent has them."""
    parameters, (loss,) = program.descend([1.0, 2.0], ROWS, 1, 1.0)
    return loss, [before - after for before, after in zip([1.0, 2.0], parameters, strict=True)]


@pytest.mark.by_graph
@needs_compiler
@pytest.mark.parametrize("compute", [lambda program: program([1.0, 2.0], ROWS), descend])
def test_a_wrong_program_in_c_is_told(compute, monkeypatch, in_c):
    break_writer(monkeypatch, choice, "write_lines_in_c", "d_v +=", "d_v =")
    program = make_program(native=True)
    with pytest.warns(RuntimeWarning, match=GRADIENT):
        assert compute(program) == RIGHT


def test_each_function_is_compared_once(monkeypatch):
    calls, by_graph = [], Program.sum_rows_by_graph

    def count(*given):
        calls.append(given[3])
        return by_graph(*given)

    monkeypatch.setattr(Program, "sum_rows_by_graph", count)
    program = make_program()
    assert program([1.0, 2.0], []) == (0.0, [0.0, 0.0])
    for _ in range(3):
        assert program([1.0, 2.0], ROWS * 20)[0] == 20 * RIGHT[0]
    assert calls == [[], (ROWS * 20)[:9]]  # the first says nothing yet


@pytest.mark.parametrize("x", [0.0, 1.0, math.inf, math.nan])
def test_what_a_right_program_leaves_out_is_no_difference(x):
    """The derivative by an input that a relu shuts off is 0, where the graph has 0 * inf."""
    w, v = Value(1.0, "w"), Value(2.0, "v")
    program = compile((w * v - 3.0).relu() + v, [], [w, v])
    with warnings.catch_warnings(action="error"):
        program([-1.0, x])
        program.predict([-1.0, x])


@pytest.mark.by_graph
def test_within_no_grad_the_graph_still_has_a_gradient():
    w = Value(1.0, "w")
    program = compile(w * 3.0, [], [w])
    with no_grad():
        assert program([2.0]) == (6.0, [3.0])
        assert program.sum_rows_by_graph(0, [2.0], [()], 1.0, None) == (6.0, [3.0])


def test_a_function_is_compared_with_later_rows_where_the_graph_failed_on_the_first():
    def fail(parameters, rows):
        raise ZeroDivisionError

    program = make_program()
    verifying = Verifying(program)
    given = [], [[1.0]]
    assert verifying.serves("f", ["derivative by w"], lambda *_: [1.0], fail, given)
    with pytest.warns(RuntimeWarning, match=r"derivative by w was 1\.0, and the graph's 2\.0"):
        assert not verifying.serves(
            "f", ["derivative by w"], lambda *_: [1.0], lambda *_: [2.0], given
        )


# That a function always fails is seen by what compares numbers in other tests


def fail(*given):
    raise ZeroDivisionError


def product(parameters, row):
    return parameters[0] * row[0]


@pytest.mark.by_graph
def test_numbers_of_the_graph_do_not_pass_for_those_of_a_function(monkeypatch):
    monkeypatch.setattr(programs.Program, "load_function", fail)
    assert compile_at(product, [2.0], [3.0])([2.0], [[3.0]]) == (6.0, [3.0])
    with pytest.raises(AssertionError, match="a function failed"):
        assert_same_numbers(product, [2.0], [[3.0]])


def test_numbers_of_a_function_as_it_is_do_not_pass_for_those_of_its_program(monkeypatch):
    monkeypatch.setattr(Variant, "predict", fail)
    assert compile(lambda x: x * 2.0)(3.0) == 6.0
    with pytest.raises(AssertionError):
        assert_same_calls(lambda x: x * 2.0, (3.0,))
    with pytest.raises(AssertionError):
        assert_same_results(lambda x: x * 2.0, (3.0,))
