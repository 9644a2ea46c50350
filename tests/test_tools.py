"""The tools of whoever changes the package, and what CI does with them."""

import runpy

import pytest
from golden import assert_stands
from places import ROOT

from micrograd_nn import OPERATIONS, Operation, optim
from micrograd_nn.extras.compile.compiler.saving import PROGRAM_WRITERS
from micrograd_nn.optim import Optimizer

TOOLS = ROOT / "tests" / "tools"
EXAMPLES = "tests/test_examples.py::test_examples"


@pytest.fixture(scope="module")
def added():
    return runpy.run_path(str(TOOLS / "added.py"))


def test_whatever_is_registered_stands_everywhere(added):
    """A row, an optimizer, an ending, a language, a misconception: python tests/tools/added.py."""
    places = {name: [*found] for name, found in added["find_all"]()}
    assert {"tanh", "Adam", "mmd", ".js", "Upside down"} <= places.keys()
    lacking = [f"{name} {x}" for name, found in places.items() for x in found if not x.line]
    assert not lacking, "\n".join(lacking)


class Lion(Optimizer):
    """An optimizer that stands nowhere but here."""


def test_what_is_new_is_told_each_place_that_lacks_it(added, monkeypatch, capsys):
    mish = Operation(
        "mish", lambda x: x, [lambda out, x: 1.0], needs="x > 0", partials_need="x > 1"
    )
    monkeypatch.setitem(OPERATIONS, "mish", mish)
    monkeypatch.setitem(PROGRAM_WRITERS, ".rs", None)
    monkeypatch.setattr(optim, "Lion", Lion, raising=False)
    for name, places in (("mish", 15), ("Lion", 8), (".rs", 3)):
        assert added["main"](name) == 1
        lines = capsys.readouterr().out.splitlines()
        assert [line[0] for line in lines] == ["✗"] * places
    assert added["main"]("tanh") == 0
    assert "✓ its row: micrograd_nn/engine/table.py:" in capsys.readouterr().out
    assert added["main"]("tan h") == 1
    assert "tan h is in no table: register it first" in capsys.readouterr().out


def test_a_golden_that_differs_says_where(tmp_path):
    path = tmp_path / "golden.txt"
    path.write_text("one\ntwo\nthree\n")
    assert_stands("one\ntwo\nthree\n", path)
    with pytest.raises(pytest.fail.Exception, match="REFRESH=1") as caught:
        assert_stands("one\n2\nthree\n", path)
    assert str(caught.value).splitlines()[-4:-1] == [r" 'one\n'", r"-'two\n'", r"+'2\n'"]


@pytest.fixture(scope="module")
def near():
    return runpy.run_path(str(TOOLS / "near.py"))


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("micrograd_nn/draw/marks.py", ["tests/draw"]),
        ("micrograd_nn/graph/paths.py", ["tests/graph", "tests/draw", "tests/page"]),
        ("micrograd_nn/graph/rebuilding.py", ["tests/extras/ask/surgery/test_surgery.py"]),
        ("micrograd_nn/extras/ask/why/why.py", ["tests/extras/ask/why/test_why.py"]),
        ("docs/do/page.md", ["tests/docs", f"{EXAMPLES}[docs/do/page.md]"]),
        ("tests/graph/test_graph.py", ["tests/graph/test_graph.py"]),
    ],
)
def test_a_changed_file_calls_for_its_tests_and_for_those_of_what_stands_on_it(near, path, tests):
    chosen, rows, left = near["choose"]("HEAD", [path], OPERATIONS)
    assert {*tests} <= {*chosen}
    assert (rows, left) == ([], [])


def test_what_has_no_tests_is_left_and_told(near):
    _, _, left = near["choose"]("HEAD", ["setup.cfg"], OPERATIONS)
    assert "what uses setup.cfg: python -m pytest -q -n auto" in near["list_unverified"]([], left)
