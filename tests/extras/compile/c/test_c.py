"""The notation of C: every operation has a form, and what has none is told."""

import configparser

import pytest
from places import ROOT
from strategies import every_row

from micrograd_nn import Operation, Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.engine.table import OPERATIONS
from micrograd_nn.extras.compile.c import functions
from micrograd_nn.extras.compile.c.notation import NoCError, find_c_function, read_rules
from micrograd_nn.extras.compile.programs import lookups


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


def test_what_is_too_long_for_c_runs_in_python(monkeypatch):
    monkeypatch.setattr(functions, "MOST_LINES", 3)
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(((w * x).tanh() + w).exp(), [x], [w])
    told = r"the program has \d+ lines that never repeat, and a function in C may have 3"
    with pytest.raises(NoCError, match=told):
        program.choice.write(0)
    assert program([3.0], [[2.0]]) == compile(((w * x).tanh() + w).exp(), [x], [w])([3.0], [[2.0]])
