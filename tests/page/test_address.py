"""The addresses that Python writes are those that pages write, and pages read them as meant."""

import math
import random
import struct

import pytest
from nodejs import WEB

from micrograd_nn._ground.text import InputError
from micrograd_nn.page.address import (
    LONGEST_LINK,
    PAGE_KEYS,
    escape_name,
    find_playground,
    spell_number,
    write_link,
    write_state,
)
from micrograd_nn.page.opening import MISTAKES

ODD = [
    ("e", "a + b*c/d - e**2 % f"), ("∂ é🙂", "#&="), ("__proto__", "1"), ("constructor", "\"'<>`"),
    ("quiz", ""), ("a=b", "%41"), ("+", " + "), ("é", "[1, 2] ~!*();:@$,?/\\|^{}_-."),
]  # fmt: skip
NAMES = ["x", *PAGE_KEYS, ".x", "..", "é", "__proto__", "toString"]


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
    """Return what a page makes of the odd entries, and of a link that Python wrote of them."""
    numbers = [repr(x) if math.isfinite(x) else in_javascript(x) for x in numbers_of_all_kinds()]
    link = f"http://a.org/#{write_state(ODD)}"
    asked = {"entries": ODD, "names": NAMES, "numbers": numbers, "link": link}
    (answer,) = javascript("addresses.js", [asked])
    return answer


def in_javascript(x):
    return "NaN" if math.isnan(x) else f"{'-' * (x < 0)}Infinity"


def test_a_page_writes_what_python_writes(answers):
    assert answers["written"] == write_state(ODD)
    assert answers["keys"] == [escape_name(name) for name in NAMES]
    assert answers["spelled"] == [spell_number(x) for x in numbers_of_all_kinds()]


def test_a_page_reads_what_python_writes(answers):
    assert answers["read"] == [list(entry) for entry in ODD]
    assert answers["back"] == NAMES
    for x, text in zip(numbers_of_all_kinds(), answers["exact"], strict=True):
        found = float(text.replace("Infinity", "inf"))
        assert repr(found) == repr(x)


def test_keys_and_bounds_are_those_of_the_page():
    script = (WEB.parents[1] / "micrograd_nn/page/web/address.js").read_text(encoding="utf-8")
    listed = ", ".join(f'"{key}"' for key in PAGE_KEYS)
    assert f"const PAGE_KEYS = [{listed}];" in script
    assert f"const LONGEST_LINK = {LONGEST_LINK:_};" in script


def test_every_part_of_a_link_is_there_in_its_order():
    link = write_link(
        "http://localhost:8000/",
        "quiz*x",
        {"quiz": 2.0, "x": -0.5},
        step=7,
        broken=MISTAKES[:2],
        quiz=True,
    )
    assert link == (
        "http://localhost:8000/playground.html"
        "#e=quiz*x&.quiz=2&x=-0.5&broken=overwrite,unordered&quiz&step=7"
    )


def test_a_link_that_is_too_long_for_browsers_is_refused():
    with pytest.raises(InputError, match=r"the link would have 3\d,\d{3} characters, and browsers"):
        write_link("http://a.org", "é" * 6_000, {})
    assert len(write_link("http://a.org", "é" * 5_000, {})) < LONGEST_LINK


@pytest.mark.parametrize(
    ("site", "playground"),
    [
        ("https://a.org", "https://a.org/playground.html"),
        ("https://a.org/b/", "https://a.org/b/playground.html"),
        ("https://a.org/b/index.html", "https://a.org/b/playground.html"),
        ("https://a.org/b/playground.html", "https://a.org/b/playground.html"),
        ("file:///home/book/html", "file:///home/book/html/playground.html"),
        ("http://[::1]:8000", "http://[::1]:8000/playground.html"),
    ],
)
def test_a_site_is_known_by_its_folder_or_its_pages(site, playground):
    assert find_playground(site) == playground


@pytest.mark.parametrize(
    ("site", "told"),
    [
        ("a.org", "'a.org' is no address of a site, such as https://example.org/book/"),
        ("javascript:alert(1)", "no address of a site"),
        ("https://", "no address of a site"),
        ("https://a.org/b c", "no address of a site"),
        ("https://a.org/\nb", "no address of a site"),
        ("https://[a", "no address of a site"),
        ("https://a.org/#x=2", "has a [?] or a #: give the address of the site alone"),
        ("https://a.org/?x=2", "has a [?] or a #: give the address of the site alone"),
        ("https://a.org/learn/01.html", "is a page: give the folder of the site, where index.html"),
        ("https://a.org/" + "b" * 100_000 + ".html", "is a page"),
    ],
)
def test_what_is_no_site_is_refused_in_few_words(site, told):
    with pytest.raises(InputError, match=told) as caught:
        find_playground(site)
    assert len(str(caught.value)) < 200
