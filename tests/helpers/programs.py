"""Programs of graphs compared with the graphs themselves, bit for bit.

Where a function fails, a program lets the graph answer: then every number is right, and nobody
learns of it. So what compares numbers asks the functions alone, too.
"""

from contextlib import contextmanager

import pytest
from bits import pack_numbers

from micrograd_nn import Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler.descending import Descending
from micrograd_nn.extras.compile.compiler.program import Program
from micrograd_nn.extras.compile.compiler.tracing import Trace


def run_graph(function, parameters, rows):
    """Return function(parameters, row) summed over rows and its gradient, by the graph."""
    leaves = [Value(x) for x in parameters]
    total = op.sum([function(leaves, list(map(Value, row))) for row in rows])
    total.backward()
    return total.data, [x.grad or 0.0 for x in leaves]


def compile_at(function, parameters, row):
    """Return the program of function(parameters, row), recorded at these numbers."""
    inputs, leaves = [Value(x) for x in row], [Value(x) for x in parameters]
    return compile(function(leaves, inputs), inputs, leaves)


def trace_program(function, inputs, parameters=(), wrt=None, native=None):
    """Return the program of the way that a function of no arguments takes with these leaves."""
    trace = Trace(function, [], [], [*inputs, *parameters])
    return Program(
        trace.outputs, inputs, parameters, parameters if wrt is None else wrt,
        is_single=isinstance(trace.result, Value), branches=trace.branches,
        constants=trace.constants, native=native,
    )  # fmt: skip


@contextmanager
def nobody_else_answers(program):
    """Let nothing stand in for the functions of a program: neither the graph nor, for C, Python.

    The program has run before, since each function is compared with the graph at first.
    """

    def refuse(*given):
        raise AssertionError("a function failed, and something else was asked instead")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "sum_rows_by_graph", refuse)
        patch.setattr(program, "predict_by_graph", refuse)
        if program.choice.natives:  # Python's descent is single steps
            patch.setattr(Descending, "take_step", refuse)
        for native in program.choice.natives.values():
            patch.setattr(native, "in_python", refuse)
        yield


def assert_same_numbers(function, parameters, rows, program=None, alone=True):
    """Compare value, gradient and predictions with the graph's, bit for bit.

    Where the functions themselves can't give them, ``alone`` is False.
    """
    program = program or compile_at(function, parameters, rows[0])
    total, gradient = run_graph(function, parameters, rows)
    each = [run_graph(function, parameters, [row])[0] for row in rows]
    assert_answers(program, parameters, rows, (total, gradient), each)
    if alone:
        with nobody_else_answers(program):
            assert_answers(program, parameters, rows, (total, gradient), each)


def assert_answers(program, parameters, rows, wanted, predictions):
    """Compare what a program answers with a total, a gradient, and a result for each row."""
    total, gradient = program(parameters, rows)
    assert pack_numbers([total]) == pack_numbers([wanted[0]])
    assert pack_numbers(gradient) == pack_numbers(wanted[1])
    assert pack_numbers(program.predictions(parameters, rows)) == pack_numbers(predictions)
