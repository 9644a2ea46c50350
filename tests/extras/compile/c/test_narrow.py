"""A text in C in single precision: what changes, what stays, and what has no twin."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_nn.extras.compile.c.narrow import narrow, narrow_number
from micrograd_nn.extras.compile.c.notation import NoCError


def test_numbers_words_and_calls_are_narrowed_and_nothing_else():
    text = """#define D 1.0
static double f(double x1e5, int n) { /* double 1.0 */
    const char *s = "double \\" 1.0";
    return x1e5 * 2 + 1e-5 - 1.5e+3 / pow(x1e5, n) + fmod(1.0, 3.) + exp + v1.x;
}"""
    assert (
        narrow(text)
        == """#define D 1.0
static float f(float x1e5, int n) { /* double 1.0 */
    const char *s = "double \\" 1.0";
    return x1e5 * 2 + 1e-05f - 1500.0f / powf(x1e5, n) + fmodf(1.0f, 3.0f) + exp + v1.x;
}"""
    )


@pytest.mark.parametrize("word", ["DBL_MAX", "uint64_t", "0x1p3"])
def test_what_has_no_twin_is_refused(word):
    with pytest.raises(NoCError, match=f"{word} has no twin in single precision"):
        narrow(f"x = {word};")


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=0))
def test_a_number_of_single_precision_keeps_its_bits(x):
    text = narrow_number(x)
    assert "." in text or "e" in text
    assert struct.pack("f", float(text)) == struct.pack("f", x)
