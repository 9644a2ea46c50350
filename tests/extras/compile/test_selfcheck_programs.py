"""``micrograd-nn selfcheck`` finds programs that don't compute what graphs do."""

import pytest
from foreign import needs_compiler
from native import use_cache
from rich.console import Console

from micrograd_nn.checks import selfcheck
from micrograd_nn.extras.compile.native import building, choice
from micrograd_nn.extras.compile.selfcheck import check_native


@pytest.mark.by_graph
def test_a_compiler_that_lacks_is_said_with_its_remedy(monkeypatch, capsys):
    def refuse():
        raise building.NoNativeError("there is no C compiler: pip install x[native]")

    monkeypatch.setattr(building, "find_compiler", refuse)
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    monkeypatch.setattr(selfcheck, "check_tutorial", lambda: selfcheck.Finding("digits", (0.0,)))
    monkeypatch.setattr(selfcheck, "DEPTH", 100)
    assert selfcheck.selfcheck(Console(width=200), {})
    said = capsys.readouterr().out
    assert "Programs in C: not checked, since there is no C compiler: pip install x[native]" in said


@pytest.mark.slow
@needs_compiler
def test_programs_in_c_are_checked(monkeypatch, tmp_path):
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    use_cache(monkeypatch, tmp_path)
    assert check_native() == selfcheck.Finding("Programs in C", (0.0, 0.0))
    monkeypatch.setattr(
        choice.NativePredict, "__call__", lambda self, numbers, rows: [[]] * len(rows)
    )
    assert not check_native().ok
