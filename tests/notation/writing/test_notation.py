"""Notations: a language is one class, and whoever adds one need not think of parentheses."""

import math

import pytest
from added import compile

from micrograd_nn import Operation, Value
from micrograd_nn.engine import table as op
from micrograd_nn.explain.tree import tree
from micrograd_nn.notation.formulas.latex import Latex
from micrograd_nn.notation.formulas.plain import Plain
from micrograd_nn.notation.javascript.notation import JavaScript
from micrograd_nn.notation.python import Python
from micrograd_nn.notation.writing.notation import Form, Notation, Text, make_call
from micrograd_nn.notation.writing.symbol import Symbols


class C(Notation):
    """As much of C as one needs to see that a language is its forms and its words for numbers."""

    infinity, nan = "INFINITY", "NAN"

    def find_form(self, operation, inputs):
        if operation in (op.add, op.sub, op.mul, op.truediv, op.neg):
            return Form(operation.python, len(inputs), operation.python)
        if operation is op.relu:
            return Form("{0} > 0.0 ? {0} : 0.0", 1, "{0} if {0} > 0.0 else 0.0")
        return make_call(operation.name, len(inputs))


def in_c(make):
    """Return what a function of x and y computes, in that C."""
    symbols = Symbols(is_general=True)
    x, y = symbols.leaf(), symbols.leaf()
    return C().write_symbol(make(x, y), {x: Text("x"), y: Text("y")}).text


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda x, y: x - (y - 2), "x - (y - 2.0)"),
        (lambda x, y: x * (y / x) / y, "x * (y / x) / y"),
        (lambda x, y: -(x + y) * 3, "-(x + y) * 3.0"),
        (lambda x, y: op.neg(x * -1.5), "-(x * -1.5)"),
        (lambda x, y: x - op.neg(y) - math.inf, "x - -y - INFINITY"),
        (lambda x, y: op.tanh(op.neg(x + y)), "tanh(-(x + y))"),
        (lambda x, y: op.relu(x) * op.relu(y), "(x > 0.0 ? x : 0.0) * (y > 0.0 ? y : 0.0)"),
        (lambda x, y: op.atan2(op.relu(x), y - math.nan), "atan2(x > 0.0 ? x : 0.0, y - NAN)"),
    ],
)
def test_a_language_is_its_forms(make, text):
    assert in_c(make) == text


@pytest.mark.parametrize("notation", [JavaScript(), C(), Plain(), Latex()])
def test_a_minus_never_follows_a_minus_but_in_python(notation):
    assert "(" in notation.write_operation(op.neg, [notation.write_number(-2.0)]).text
    assert Python().write_operation(op.neg, [Python().write_number(-2.0)]).text == "--2.0"


def test_a_form_that_is_its_input_keeps_the_inputs_operator():
    """What a compiled program multiplied was x + 1 * (x + 2) once."""
    same = Operation("same", lambda x: x, [lambda out, x: 1.0], code="{0}")
    product = Operation("product", lambda x: x, [lambda out, x: same(x + 1) * (x + 2)])
    x = Value(2.0, "x")
    out = product(x)
    assert "(x + 1.0) * (x + 2.0)" in compile(out, [x], wrt=[x]).source
    out.backward()
    assert compile(out, [x], wrt=[x])([], [[2.0]]) == (2.0, [x.grad]) == (2.0, [12.0])


def test_a_name_that_is_no_word_has_parentheses_within_those_of_a_form():
    line = Operation(
        "line", lambda x: 2 * x + 1, [lambda out, x: 2.0], python="(2 * {0} + 1)", latex=r"\l{0}"
    )
    assert "v1 = (2 · (a+b) + 1)" in str(tree(line(Value(2.0, "a+b"))))
