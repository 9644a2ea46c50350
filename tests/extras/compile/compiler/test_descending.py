"""Descent by a program: all its steps in one call, as calls of the program one by one take them."""

import math
import random

import pytest
from foreign import needs_compiler
from programs import trace_program

from micrograd_nn import Value, compile, exp, log
from micrograd_nn.checks.mistakes import anomaly_detection
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP

ROWS = [[x / 5, math.sin(x / 2)] for x in range(-5, 6)]
NATIVE = [False, pytest.param(True, marks=needs_compiler)]


def make_program(native, size=4):
    """Return the program of a network's squared error for one point, and its parameters now."""
    model = MLP(1, [size, 1], rng=random.Random(3))
    x, y = Value(0.5, label="x"), Value(1.0, label="y")
    program = compile(squared_error(model([x]), y), [x, y], model.parameters(), native=native)
    return program, [p.data for p in model.parameters()]


def step_by_calls(program, parameters, rows, steps, lr):
    """Return what a loop of calls comes to."""
    losses = []
    for _ in range(steps):
        loss, gradient = program(parameters, rows)
        losses.append(loss)
        parameters = [p - lr * slope for p, slope in zip(parameters, gradient, strict=True)]
    return parameters, losses


@pytest.mark.parametrize("native", NATIVE)
@pytest.mark.parametrize("steps", [0, 1, 15, 300])
def test_a_descent_has_the_bits_of_steps_one_by_one(native, steps, in_c):
    program, parameters = make_program(native)
    wanted = step_by_calls(make_program(False)[0], parameters, ROWS, steps, 0.01)
    before = list(parameters)
    assert program.descend(parameters, ROWS, steps, 0.01) == wanted
    assert parameters == before, "what was given is left as it was"


@pytest.mark.parametrize("native", NATIVE)
def test_a_descent_goes_on_in_python_where_a_branch_is_new_or_an_operation_fails(native, in_c):
    def make(native):
        w = Value(3.0, label="w")
        return compile(exp(w * w) + w, [], [w], native=native)

    wanted = step_by_calls(make(False), [26.6], [[]], 3, 1e-300)
    assert repr(make(native).descend([26.6], [[]], 3, 1e-300)) == repr(wanted)  # nan at the end
    with pytest.raises(OverflowError, match=r"exp\(x\) is beyond the largest float"):
        make(native).descend([27.0], [[]], 3, 0.1)
    w = Value(3.0, label="w")
    program = trace_program(lambda: w * w if w > 1 else w, [], [w], native=native)
    with pytest.raises(ValueError, match="w > 1"):
        program.descend([3.0], [[]], 50, 0.1)


@needs_compiler
def test_steps_in_c_take_over_from_those_in_python_with_the_same_bits(in_c, monkeypatch):
    program, parameters = make_program(None)
    choice, turns = program.choice, []
    found = choice.find

    def find(kind, rows, ahead=0):
        turns.extend([kind] * bool(ahead))
        return found(kind, rows, ahead) if len(turns) > 3 else None

    monkeypatch.setattr(choice, "find", find)
    wanted = step_by_calls(make_program(False)[0], parameters, ROWS, 300, 0.01)
    assert program.descend(parameters, ROWS, 300, 0.01) == wanted
    assert len(turns) == 4, "three steps in Python, and the rest at once"


def test_labels_that_are_names_of_the_loop_are_no_trouble():
    labels = ["lr", "losses", "steps", "parameters", "rows", "results", "total", "upstream"]
    leaves = [Value(1.0 + i, label=label) for i, label in enumerate(labels)]
    y = sum(x * x * 0.5 for x in leaves)
    found, (loss,) = compile(y, [], leaves).descend([x.data for x in leaves], [[]], 1, 0.5)
    assert found == [x.data / 2 for x in leaves]
    assert loss == y.data


@pytest.mark.by_graph
def test_a_descent_under_observers_is_watched():
    w = Value(2.0, label="w")
    program = compile(log(w) * w, [], [w])
    with anomaly_detection():
        assert program.descend([2.0], [[]], 2, 0.1) == step_by_calls(program, [2.0], [[]], 2, 0.1)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rows": []}, ValueError, "a descent needs at least one row"),
        ({"steps": -1}, ValueError, "steps is a whole number from 0 up, not -1"),
        ({"steps": 2.0}, ValueError, "steps is a whole number from 0 up, not 2.0"),
        ({"lr": "fast"}, TypeError, "lr needs a number"),
        ({"parameters": [1.0, 2.0]}, ValueError, r"takes 1 parameters \(w\), not 2"),
        ({"rows": [[1.0, 2.0]]}, ValueError, "inputs, in row 0"),
    ],
)
def test_what_is_refused_is_named(change, error, message):
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    program = compile((w * x) ** 2, [x], [w])
    with pytest.raises(error, match=message):
        program.descend(**{"parameters": [1.0], "rows": [[1.0]], "steps": 2, "lr": 0.1} | change)


def test_only_a_program_of_one_output_and_its_parameters_gradient_descends():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    several = compile([w * x, w + x], [x], [w])
    with pytest.raises(ValueError, match="several outputs can't descend"):
        several.descend([1.0], [[1.0]], 1, 0.1)
    with pytest.raises(ValueError, match="by just the parameters: leave wrt out"):
        compile(w * x, [x], [w], wrt=[x]).descend([1.0], [[1.0]], 1, 0.1)
    with pytest.raises(ValueError, match="a descent needs parameters to change"):
        compile(w * x, [x, w]).descend([], [[1.0, 2.0]], 1, 0.1)
