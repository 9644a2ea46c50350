"""``micrograd-nn selfcheck``: it finds what is off, and says that all is well if it is."""

import os
import subprocess
import sys

import pytest
from rich.console import Console

from micrograd_nn import OPERATIONS, Operation, Value, checks
from micrograd_nn.checks import selfcheck
from micrograd_nn.terminal.cli import main


@pytest.mark.slow
def test_all_is_well():
    done = subprocess.run(
        [sys.executable, "-m", "micrograd_nn", "selfcheck"],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "random graphs" in done.stdout
    assert "All is well." in done.stdout
    for name in OPERATIONS:
        assert f"\n  {name} " in done.stdout


@pytest.fixture
def rows_only(monkeypatch):
    """Leave out the checks of whole graphs, which take their time."""
    for check in ("check_graphs", "check_deep_chain", "check_second_pass", "check_tutorial"):
        monkeypatch.setattr(selfcheck, check, lambda: selfcheck.Finding("", ()))


def wrong(name, **changes):
    """Return a row of the table with something changed."""
    row = OPERATIONS[name]
    fields = {"forward": row.forward, "partials": row.partials, **changes}
    return Operation(name, **fields, inputs=row.inputs, domain=row.domain)


WRONG = {
    "value": wrong("sinh", forward=lambda x: OPERATIONS["sinh"](x) * (1 + 1e-11)),
    "sign": wrong("sin", partials=[lambda out, x: -OPERATIONS["cos"](x)]),
    "slightly": wrong("tanh", partials=[lambda out, x: 1.00000001 - out * out]),
    "second only": wrong("exp", partials=[lambda out, x: OPERATIONS["exp"](getattr(x, "data", x))]),
    "swapped": wrong("truediv", partials=OPERATIONS["truediv"].partials[::-1]),
}


@pytest.mark.parametrize("row", WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_found(row, capsys, rows_only):
    assert not selfcheck.selfcheck(Console(), {row.name: row})
    assert f"Off: {row.name}" in capsys.readouterr().out


def test_an_operation_of_ones_own_is_listed_without_figures(capsys, rows_only):
    row = Operation("bell", lambda x: x, [lambda out, x: 1.0])
    assert selfcheck.selfcheck(Console(), {"bell": row})
    assert "bell" in capsys.readouterr().out


def test_what_lacks_is_said_with_its_remedy(monkeypatch, capsys, rows_only):
    monkeypatch.setitem(sys.modules, "mpmath", None)
    monkeypatch.delitem(sys.modules, "micrograd_nn.checks.exact")
    monkeypatch.delattr(checks, "exact")
    assert selfcheck.selfcheck(Console(width=200), {})
    said = capsys.readouterr().out
    assert "not checked, since 60-digit arithmetic needs mpmath: pip install mpmath" in said


WHOLES = [selfcheck.check_graphs, selfcheck.check_deep_chain, selfcheck.check_second_pass]


@pytest.mark.parametrize("check", WHOLES)
def test_a_broken_backward_pass_is_found(check, monkeypatch):
    monkeypatch.setattr(selfcheck, "DEPTH", 100)
    assert check().ok

    def overwriting(root, wrt, create_graph=False):
        return [1.5 for _ in wrt]

    def backward(self):
        self.grad = 1.0
        for node in (self, *self.inputs):
            for input in node.inputs:
                input.grad = 1.5

    monkeypatch.setattr(selfcheck, "gradients", overwriting)
    monkeypatch.setattr(Value, "backward", backward)
    assert not check().ok


@pytest.mark.slow
def test_wrong_digits_are_found(monkeypatch):
    monkeypatch.setattr(selfcheck, "numpy_weights", lambda model, seed: None)
    assert not selfcheck.check_tutorial().ok


@pytest.mark.slow
def test_a_machine_that_is_off_gives_status_1(monkeypatch, rows_only):
    monkeypatch.setattr(selfcheck, "TOLERANCE", 1e-18)
    assert main(["selfcheck", "--quiet"]) == 1
