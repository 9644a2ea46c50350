"""How long Hypothesis searches is what the README and the page about trust say."""

import ast
import os

import pytest
from hypothesis import given
from lacking import find_sized
from places import ROOT
from sizes import choose_size
from strategies import (
    OF_DERIVATIVES,
    OF_MODES,
    OF_OTHERS,
    inputs_of,
    searching,
    searching_derivatives,
    searching_modes,
)

from micrograd_nn.engine import table as op

FILES = [
    "tests/engine/test_gradients.py", "tests/engine/test_oracle.py",
    "tests/engine/test_backprop.py", "tests/checks/test_gradcheck.py",
    "tests/calculus/test_calculus_exact.py", "tests/calculus/test_calculus_values.py",
    "tests/calculus/test_dual.py",
]  # fmt: skip


def read(path):
    """Return a text whose lines are one."""
    return " ".join((ROOT / path).read_text(encoding="utf-8").split())


def list_searches(path):
    """Return for each test with drawn numbers its name and the names of its decorators."""
    tests = [node for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body
             if isinstance(node, ast.FunctionDef)]  # fmt: skip
    found = {test.name: [ast.unparse(one) for one in test.decorator_list] for test in tests}
    return {name: of for name, of in found.items() if any(one.startswith("given(") for one in of)}


@pytest.mark.parametrize("path", FILES)
def test_each_search_for_a_wrong_derivative_is_a_long_one(path):
    searches = list_searches(path)
    assert searches
    long = {"searching_derivatives", "searching_modes"}
    assert [name for name, of in searches.items() if long.isdisjoint(of)] == []
    if "engine" in path:  # elsewhere, ways to differentiate are held against each other
        assert [name for name, of in searches.items() if "searching_modes" in of] == []


@pytest.mark.parametrize(
    ("given_settings", "counts"),
    [
        (searching_derivatives, OF_DERIVATIVES),
        (searching_modes, OF_MODES),
        (searching, OF_OTHERS),
    ],
    ids=["of derivatives", "of modes", "other"],
)
def test_so_many_examples_are_drawn_as_is_said(given_settings, counts):
    drawn = []

    @given_settings
    @given(inputs_of(op.mul))
    def draw(inputs):
        drawn.append(inputs)

    draw()
    assert len(drawn) == int(os.environ.get("EXAMPLES", choose_size(*counts)))


def test_what_asks_for_a_size_or_uses_what_does_is_sized_and_its_neighbours_are_not():
    sized = find_sized(ROOT / "tests" / "calculus" / "test_nesting.py")
    assert {"DEPTH", "test_a_deep_chain_has_gradients_of_gradients_without_recursion"} <= sized
    assert len([name for name in sized if name.startswith("test_")]) == 2
    assert "test_python_has_the_bits_of_the_graph" in find_sized(
        ROOT / "tests" / "extras" / "compile" / "programs" / "test_structured.py"
    )


def test_the_counts_in_the_readme_and_the_page_about_trust_are_those():
    (usual, full, nightly), modes, others = OF_DERIVATIVES, OF_MODES, OF_OTHERS
    said = read("README.md")
    assert f"Hypothesis draws {usual} points for each operation, and {usual} random graphs" in said
    assert f"random graphs ({full} of each in continuous integration)" in said
    trust = read("docs/understand/trust.md")
    assert f"for each operation of the table, {usual} points" in trust
    assert f"and {usual} random graphs" in trust
    assert f"(`FULL=1`) there are {full} of each, and {nightly} each night" in trust
    assert "compared there are {}, {} and {}".format(*modes) in trust
    assert "takes {} examples ({} in continuous integration)".format(*others) in trust
    contributing = read("docs/understand/contributing.md")
    assert f"take {usual} examples; others are `searching`, and take {others[0]} (" in contributing
    assert "`searching_modes`, and takes {}, {} or {}.".format(*modes) in contributing
