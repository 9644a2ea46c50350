"""The last digits of each operation are as docs/understand/trust.md has them."""

import sys
from statistics import median

import pytest
from places import ROOT

from micrograd_nn import OPERATIONS
from micrograd_nn.engine.operation import Reduction

pytest.importorskip("flint", reason="needs the extra check")

sys.path.append(str(ROOT / "docs"))
import last_digits

POINTS = 300  # of those that the page has, and the edges
USUAL = 2  # ulp, which half of the usual points are within, exception or not
OTHER_LIBRARY = 1.5  # times what is on the page, and an ulp: C's functions differ


def read_page():
    """Return what the page's two tables say: (usual, any) by the name of a value or derivative."""
    text = (ROOT / "docs" / "understand" / "trust.md").read_text(encoding="utf-8")
    _, section = text.split("\n## Last digits\n")
    operations, exceptions = section.split("| exception |")
    lines = [[x.strip() for x in line.split("|")[1:-1]] for line in operations.splitlines()]
    figures = {}
    for name, _, usual, anywhere, *slopes in [cells for cells in lines if len(cells) == 6][2:]:
        name = name.strip("`")
        figures[name] = usual, anywhere
        pairs = zip(*(cell.split(", ") for cell in slopes), strict=True)
        names = last_digits.name_slopes(OPERATIONS[name])
        figures |= dict(zip(names, pairs, strict=True))
    lines = [[x.strip() for x in line.split("|")[1:-1]] for line in exceptions.splitlines()[2:]]
    told = {cells[0]: tuple(cells[1:]) for cells in lines if len(cells) == 4}
    return figures, told


FIGURES, EXCEPTIONS = read_page()


def as_bound(figure):
    return float(figure.replace(",", "").replace("∞", "inf"))


def list_worse(row):
    """Return what of a row is worse than the page says."""
    worse = []
    for name, (usual, others) in last_digits.measure(row, POINTS).items():
        found = [max(misses, default=(0.0,))[0] for misses in (usual, usual + others)]
        for error, figure in zip(found, FIGURES[name], strict=True):
            if error > OTHER_LIBRARY * as_bound(figure) + 1:
                worse.append(f"{name}: {error:.3g} ulp, not {figure}")
        if usual and median(error for error, _ in usual) > USUAL:
            worse.append(f"{name}: mostly more than {USUAL} ulp")
    return worse


def test_the_page_has_each_operation_and_each_exception_with_its_reason():
    assert [name for name in FIGURES if " by " not in name] == [*OPERATIONS]
    above = {name for name in FIGURES if as_bound(FIGURES[name][1]) > last_digits.PROMISED}
    told = {name: (*FIGURES[name], why) for name, why in last_digits.REASONS.items()}
    assert told == EXCEPTIONS
    assert above == {*EXCEPTIONS}


@pytest.mark.parametrize("name", OPERATIONS)
def test_last_digits_are_no_worse_than_the_page_says(name):
    assert list_worse(OPERATIONS[name]) == []


# Whose derivatives are 0, which no factor changes.
FLAT = {"floordiv", "step", "sign", "equal", "level"}


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in FLAT])
def test_a_derivative_that_is_off_by_1e_12_is_seen(name, monkeypatch):
    row = OPERATIONS[name]

    def spoil(rule):
        def spoiled(*given):
            out = rule(*given)
            return [x * (1 + 1e-12) for x in out] if type(out) is list else out * (1 + 1e-12)

        return spoiled

    is_one = isinstance(row, Reduction)
    spoiled = spoil(row.partials) if is_one else [*map(spoil, row.partials)]
    monkeypatch.setattr(row, "partials", spoiled)
    assert list_worse(row)
