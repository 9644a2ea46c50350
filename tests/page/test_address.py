"""The addresses of pages: as an address may be, read as meant, numbers as Python has them."""

import math
import random
import struct
from urllib.parse import quote

import pytest

from micrograd_nn.page.address import spell_number

LEGIBLE = "()*+/,"  # which mean nothing else in an address
KEYS = ["e", "epoch", "surgery", "step", "quiz"]  # of those that an input of the name can't have
ODD = [
    ("e", "a + b*c/d - e**2 % f"), ("∂ é🙂", "#&="), ("__proto__", "1"), ("constructor", "\"'<>`"),
    ("quiz", ""), ("a=b", "%41"), ("+", " + "), ("é", "[1, 2] ~!*();:@$,?/\\|^{}_-."),
]  # fmt: skip
NAMES = ["x", *KEYS, ".x", "..", "é", "__proto__", "toString"]


def write_state(entries):
    """Return keys and texts as they stand behind a #; an empty text is a key alone."""
    return "&".join(
        "=".join(quote(part, LEGIBLE) for part in (key, text) if part) for key, text in entries
    )


def numbers_of_all_kinds():
    chance = random.Random("addresses")
    any_bits = [struct.unpack(">d", chance.randbytes(8))[0] for _ in range(2000)]
    powers = [
        sign * 10.0**n * x for n in range(-9, 24) for x in (1, 1.5, 1 / 3) for sign in (1, -1)
    ]
    return [
        *any_bits, *powers, 0.0, -0.0, 5e-324, 1.7976931348623157e308, 2.0**53, 1e21, 999999999e12,
        math.inf, -math.inf, math.nan,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def answers(javascript):
    """Return what a page makes of the odd entries, and of a link that has them."""
    numbers = [repr(x) if math.isfinite(x) else in_javascript(x) for x in numbers_of_all_kinds()]
    link = f"http://a.org/#{write_state(ODD)}"
    asked = {"entries": ODD, "names": NAMES, "numbers": numbers, "link": link}
    (answer,) = javascript("addresses.js", [asked])
    return answer


def in_javascript(x):
    return "NaN" if math.isnan(x) else f"{'-' * (x < 0)}Infinity"


def test_a_page_writes_what_an_address_may_have(answers):
    assert answers["written"] == write_state(ODD)
    own = {*KEYS, ".x", ".."}
    assert answers["keys"] == [f".{name}" if name in own else name for name in NAMES]
    assert answers["spelled"] == [spell_number(x) for x in numbers_of_all_kinds()]


def test_a_page_reads_what_stands_there(answers):
    assert answers["read"] == [list(entry) for entry in ODD]
    assert answers["back"] == NAMES
    for x, text in zip(numbers_of_all_kinds(), answers["exact"], strict=True):
        found = float(text.replace("Infinity", "inf"))
        assert repr(found) == repr(x)
