"""What a page says in figures, and whether that is what comes out."""

import re
from typing import Any, NamedTuple

import pytest
from places import ROOT


class Claim(NamedTuple):
    """What a page says: a sentence in which ``{}`` stands for each of the figures."""

    page: str
    sentence: str
    compute: Any


def check(claim, figures):
    """Check that the page has the sentence with these figures; what it has else is told."""
    text = " ".join((ROOT / claim.page).read_text(encoding="utf-8").split())
    said = claim.sentence.format(*figures)
    pattern = re.escape(claim.sentence)
    pattern = re.sub(r"\\\{[^}]*\}", "(.+?)", pattern)
    found = re.search(pattern, text)
    assert found, f"{claim.page} has no such sentence: {claim.sentence}"
    if said not in text:  # an assert would print the whole page
        pytest.fail(
            f"{claim.page} says “{found[0]}”, and what comes out is “{said}”", pytrace=False
        )


def name_claim(claim):
    return f"{claim.page}: {claim.sentence[:40]}"
