"""Symbols: what rules give on names is what they give on numbers, in its simplest form."""

import math

import pytest
from bits import pack_numbers
from hypothesis import given
from hypothesis import strategies as st
from strategies import for_every_row, inputs_of, searching

from micrograd_nn import Operation
from micrograd_nn.engine import table as op
from micrograd_nn.notation.writing.symbol import Symbol, Symbols, derive_partials

ANY_FLOAT = st.one_of(
    st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 2.0, 0.5])
)


def leaves(symbols, count):
    return [symbols.leaf() for _ in range(count)]


def computed(expression, numbers):
    """Compute an expression for its leaves' numbers, by the table and without simplifying."""
    known = dict(numbers)

    def number_of(x):
        if not isinstance(x, Symbol):
            return x
        if x not in known:
            known[x] = x.operation.forward(*map(number_of, x.inputs))
        return known[x]

    return number_of(expression)


# What is simpler


def test_zeros_of_different_sign_are_different_numbers():
    symbols = Symbols()
    (x,) = leaves(symbols, 1)
    assert op.atan2(x, 0.0) is not op.atan2(x, -0.0)
    assert op.atan2(x, math.nan) is op.atan2(x, math.nan)


@pytest.mark.parametrize(
    ("written", "simplest"),
    [
        (lambda x: 1.0 * x, lambda x: x),
        (lambda x: x * 1, lambda x: x),
        (lambda x: -1.0 * x, lambda x: -x),
        (lambda x: x * -1.0, lambda x: -x),
        (lambda x: 0.0 * x, lambda x: 0.0),
        (lambda x: x * 0.0, lambda x: 0.0),
        (lambda x: x + 0.0, lambda x: x),
        (lambda x: 0.0 + x, lambda x: x),
        (lambda x: x - 0.0, lambda x: x),
        (lambda x: 0.0 - x, lambda x: -x),
        (lambda x: x / 1.0, lambda x: x),
        (lambda x: x**1, lambda x: x),
        (lambda x: x**0, lambda x: 1.0),
        (lambda x: op.neg(-x), lambda x: x),
        (lambda x: op.neg(op.neg(-x)), lambda x: -x),
        (lambda x: 1.0 * x * 1.0 + 0.0 * x, lambda x: x),
    ],
)
def test_in_a_gradient_ones_and_zeros_are_left_out(written, simplest):
    (x,) = leaves(Symbols(), 1)
    found, wanted = written(x), simplest(x)
    assert found is wanted or (type(found) is float and found == wanted)


@pytest.mark.parametrize(
    "written",
    [
        lambda x: 1.0 / x,
        lambda x: 1.0**x,
        lambda x: x**2,
        lambda x: x - 1.0,
        lambda x: 1.0 - x,
        lambda x: x - x,
        lambda x: x / x,
    ],
)
def test_what_is_not_simpler_stays(written):
    (x,) = leaves(Symbols(), 1)
    assert isinstance(written(x), Symbol)
    assert written(x) is not x


SIGNED = [(op.add, 2), (op.sub, 2), (op.mul, 2), (op.truediv, 2), (op.pow, 2), (op.neg, 1)]


@searching
@given(st.sampled_from(SIGNED), ANY_FLOAT, ANY_FLOAT, st.booleans())
def test_in_a_forward_part_the_simplest_form_gives_the_same_bits(kind, x, constant, is_first):
    operation, count = kind
    symbols = Symbols()
    leaf = symbols.leaf()
    inputs = ([leaf, constant] if is_first else [constant, leaf]) if count == 2 else [leaf]
    numbers = [x if given is leaf else given for given in inputs]
    try:
        wanted = operation.forward(*numbers)
    except (ArithmeticError, ValueError):
        return
    expression = symbols.apply(operation, inputs, zeros=False)
    assert pack_numbers([computed(expression, {leaf: x})]) == pack_numbers([wanted])


# Rules on symbols


@for_every_row
@searching
@given(data=st.data())
def test_a_rows_rules_on_symbols_give_what_they_give_on_numbers(row, data):
    """Bit for bit, but for the sign of a zero; with some inputs constant, too."""
    numbers = data.draw(inputs_of(row))
    is_constant = [data.draw(st.booleans()) for _ in numbers]
    symbols = Symbols()
    inputs = [x if fixed else symbols.leaf() for x, fixed in zip(numbers, is_constant, strict=True)]
    out = symbols.leaf()
    wanted = [not fixed for fixed in is_constant]
    known = dict(zip(inputs, numbers, strict=True)) | {out: row.apply(numbers)}
    known = {x: number for x, number in known.items() if isinstance(x, Symbol)}
    found = derive_partials(row, out, inputs, wanted)
    for expression, number in zip(
        found, row.local_partials(known[out], numbers, wanted), strict=True
    ):
        if number is None:
            assert expression is None
        else:
            ours = computed(expression, known) + 0.0
            assert pack_numbers([ours]) == pack_numbers([number + 0.0])


# What a symbol isn't


@pytest.mark.parametrize(
    "look",
    [lambda x: x.data, lambda x: x > 0, lambda x: x < x, lambda x: 1.0 if x else 2.0, float, range],
)
def test_a_rule_cannot_look_at_a_symbols_number(look):
    with pytest.raises(TypeError):
        look(Symbols().leaf())


def test_a_rule_that_decides_by_a_number_is_told_what_to_use():
    bent = Operation("bent", lambda x: x, [lambda out, x: 1.0 if x > 0 else 2.0])
    with pytest.raises(TypeError, match="can't look at numbers: use step, sign or equal"):
        bent.local_partials(Symbols().leaf(), [Symbols().leaf()])


def test_what_is_no_number_is_refused_by_name():
    with pytest.raises(TypeError, match="mul needs a real number or a Value, not a str"):
        Symbols().leaf() * "3"
