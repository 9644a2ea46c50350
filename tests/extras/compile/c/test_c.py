"""The notation of C: every operation has a form, and no compiler warns of what is written."""

import configparser
import random
import shutil
import subprocess

import pytest
from foreign import needs_compiler
from places import ROOT
from programs import trace_program
from strategies import every_row

from micrograd_nn import OPERATIONS, Operation, Reduction, Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import Lookup
from micrograd_nn.extras.compile.c import functions
from micrograd_nn.extras.compile.c.notation import NoCError, find_c_function, read_rules
from micrograd_nn.extras.compile.programs import lookups
from micrograd_nn.nn import MLP

STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-Wno-psabi", "-fsyntax-only"]


def test_each_rule_stands_once_and_is_used():
    text = "".join(read_rules().values())
    called = {find_c_function(row) for row in every_row if not is_written_out(row)}
    called.add(lookups.place.name)
    for name in read_rules():
        assert name in called or text.count(f"{name}(") > 1, name


def test_what_is_written_in_other_languages_is_part_of_a_package():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    data = settings["options.package_data"]
    assert data["micrograd_nn.extras.compile.c"] == "*.c, *.h"
    assert data["micrograd_nn.extras.compile.javascript"] == "*.js"
    assert data["micrograd_nn.notation.javascript"] == "*.mjs"


def is_written_out(row):
    return row in (op.add, op.sub, op.mul, op.truediv, op.neg) or getattr(row, "joiner", "")


def test_an_operation_like_a_row_is_not_the_row():
    tanh = Operation("tanh", lambda x: x, [lambda out, x: 1.0])
    with pytest.raises(NoCError, match="tanh can't be written in C: give its Operation a c="):
        find_c_function(tanh)


def test_a_row_that_c_lacks_is_to_be_written_where_its_rules_are(monkeypatch):
    mish = Operation("mish", lambda x: x, [lambda out, x: 1.0])
    monkeypatch.setitem(OPERATIONS, "mish", mish)
    with pytest.raises(NoCError, match=r"mish can.t be written in C: write mish in c/rules\.c"):
        find_c_function(mish)


def compile_rows():
    """Return programs of all rows, a long one, and some that don't use what they are given."""
    x = [Value(0.3, "x"), Value(0.4, "number"), Value(0.5, "h")]
    results = []
    for row in OPERATIONS.values():
        inputs = x if isinstance(row, Reduction) else x[: len(row.inputs)]
        if isinstance(row, Lookup):
            inputs = [op.step(x[0]), *x[1:]]
        results.append(row.apply([x + 1 for x in inputs] if row.name == "acosh" else inputs))
    yield compile(op.sum(results), x, wrt=x)
    yield compile(results, x, wrt=x)
    yield compile(x[0] * x[0], x[:2], x[2:])
    yield compile(x[0] * x[0], (), x[:1])
    yield trace_program(lambda: x[0] * 2 + 0 * x[1].log() if x[0] < x[1] else x[0], x[:2])
    model = MLP(20, [30, 30, 3], "relu", rng=random.Random(0))
    inputs = [Value(0.1 * i) for i in range(20)]
    yield compile(op.sum([y * y for y in model(inputs)]), inputs, model.parameters())
    rng, y = random.Random(0), x[0]
    for _ in range(3000):  # which never repeats itself for long
        y = rng.choice([op.tanh, op.sin, lambda y: y + x[1], lambda y: y * x[2]])(y)
    yield compile(y, x, wrt=x)


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize("compiler", ["cc", "gcc", "clang"])
def test_no_compiler_warns(compiler, tmp_path):
    if not shutil.which(compiler):
        pytest.skip(f"there is no {compiler}")
    wholes = []
    for i, program in enumerate(compile_rows()):
        for kind in (0, "predict"):
            path = tmp_path / f"{i}_{kind}.c"
            path.write_text(program.choice.write(kind).whole)
            wholes.append(str(path))
    done = subprocess.run([compiler, *STRICT, *wholes], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_too_long_for_c_runs_in_python(monkeypatch):
    monkeypatch.setattr(functions, "MOST_LINES", 3)
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(((w * x).tanh() + w).exp(), [x], [w])
    told = r"the program has \d+ lines that never repeat, and a function in C may have 3"
    with pytest.raises(NoCError, match=told):
        program.choice.write(0)
    assert program([3.0], [[2.0]]) == compile(((w * x).tanh() + w).exp(), [x], [w])([3.0], [[2.0]])
