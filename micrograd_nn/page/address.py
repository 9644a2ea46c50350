"""The address at which a site's playground opens on an expression, as ``web/address.js`` has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import copysign, isfinite, isnan
from urllib.parse import quote, urlsplit

from .._ground.text import InputError, make_printable, quote_text

PAGE_KEYS = (
    "e", "epoch", "example", "surgery", "broken", "view", "repetition", "paths", "path", "step",
    "quiz", "present",
)  # fmt: skip
LONGEST_LINK = 32_000  # characters: what every browser takes
PLAYGROUND = "playground.html"
LEGIBLE = "()*+/,"  # which mean nothing else in an address


def write_link(
    site: str,
    expression: str,
    numbers: Mapping[str, float],
    *,
    step: int | None = None,
    broken: Sequence[str] = (),
    quiz: bool = False,
) -> str:
    """Return the address at which a site's playground opens on an expression.

    >>> write_link("https://a.org/book", "w*x + 1", {"w": -3.0, "x": 0.5}, step=2)
    'https://a.org/book/playground.html#e=w*x%20+%201&w=-3&x=0.5&step=2'

    An input whose name is a key of pages has a dot before it:

    >>> write_link("https://a.org/", "e*x", {"e": 2.0, "x": 3.0})
    'https://a.org/playground.html#e=e*x&.e=2&x=3'

    One that is too long for browsers is refused.
    """
    entries = [("e", expression)]
    entries += [(escape_name(name), spell_number(number)) for name, number in numbers.items()]
    if broken:
        entries.append(("broken", ",".join(broken)))
    if quiz:
        entries.append(("quiz", ""))
    if step is not None:
        entries.append(("step", str(step)))
    for text in (expression, *numbers):
        if make_printable(text) != text:
            raise InputError(
                f"{quote_text(text)} has a character that no link can hold: leave it out"
            )
    link = f"{find_playground(site)}#{write_state(entries)}"
    if len(link) > LONGEST_LINK:
        raise InputError(
            f"the link would have {len(link):,} characters, and browsers take {LONGEST_LINK:,}: "
            "shorten the expression or its names"
        )
    return link


def find_playground(site: str) -> str:
    """Return the address of a site's playground.

    >>> find_playground("http://localhost:8000/index.html")
    'http://localhost:8000/playground.html'
    >>> find_playground("a.org")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'a.org' is no address of a site, such as https://example.org/book/
    """
    remedy = "no address of a site, such as https://example.org/book/"
    if not site.isprintable() or re.search(r"\s", site):
        raise InputError(f"{quote_text(site)} is {remedy}")
    try:
        scheme, host, path, query, fragment = urlsplit(site)
    except ValueError:
        raise InputError(f"{quote_text(site)} is {remedy}") from None
    if not (scheme in ("http", "https") and host) and not (scheme == "file" and path.strip("/")):
        raise InputError(f"{quote_text(site)} is {remedy}")
    if query or fragment or site.endswith(("?", "#")):
        raise InputError(f"{quote_text(site)} has a ? or a #: give the address of the site alone")
    name = path.rpartition("/")[2]
    if not name.endswith(".html"):
        return f"{site.rstrip('/')}/{PLAYGROUND}"
    if name in ("index.html", PLAYGROUND):
        return f"{site.removesuffix(name)}{PLAYGROUND}"
    raise InputError(
        f"{quote_text(site)} is a page: give the folder of the site, where index.html is"
    )


def write_state(entries: Sequence[tuple[str, str]]) -> str:
    """Return keys and texts as they stand behind a #; an empty text is a key alone."""
    return "&".join(
        "=".join(quote(part, LEGIBLE) for part in (key, text) if part) for key, text in entries
    )


def escape_name(name: str) -> str:
    """Return the key of an input: its name, with a dot where that would be a key of pages."""
    return f".{name}" if name in PAGE_KEYS or name.startswith(".") else name


def spell_number(number: float) -> str:
    """Return a number as JavaScript spells it, in the fewest digits that mean no other.

    >>> spell_number(2.0), spell_number(1e-7), spell_number(1e20), spell_number(-0.0)
    ('2', '1e-7', '100000000000000000000', '-0')
    >>> spell_number(float("-inf")), spell_number(float("nan"))
    ('-inf', 'nan')
    """
    if not isfinite(number):
        return "nan" if isnan(number) else f"{'-' * (number < 0)}inf"
    if number == 0:
        return "-0" if copysign(1.0, number) < 0 else "0"
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(repr(number)), "f").removesuffix(".0")
    return re.sub(r"e([+-])0*", r"e\1", repr(number))
