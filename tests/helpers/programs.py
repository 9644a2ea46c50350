"""Programs of graphs compared with the graphs themselves, bit for bit."""

import math
from struct import pack

from micrograd_nn import Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.languages.compiler.program import Program
from micrograd_nn.languages.compiler.tracing import Trace


def pack_numbers(numbers):
    """Return the eight bytes of each float; every not-a-number has the same."""
    assert all(type(x) is float for x in numbers)
    return [pack("d", math.nan if math.isnan(x) else x) for x in numbers]


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


def assert_same_numbers(function, parameters, rows, program=None):
    """Compare value, gradient and predictions with the graph's, bit for bit."""
    program = program or compile_at(function, parameters, rows[0])
    total, gradient = program(parameters, rows)
    wanted_total, wanted_gradient = run_graph(function, parameters, rows)
    assert pack_numbers([total]) == pack_numbers([wanted_total])
    assert pack_numbers(gradient) == pack_numbers(wanted_gradient)
    alone = [run_graph(function, parameters, [row])[0] for row in rows]
    assert pack_numbers(program.predictions(parameters, rows)) == pack_numbers(alone)
