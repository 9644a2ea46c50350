"""The programs in PyTorch that chapters show print what the chapter shows below each of them."""

import re

import pytest
from site_pages import DOCS

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[torch]'")

SHOWN = re.compile(r"^```python\n(?P<code>.*?)^```\n\n```text\n(?P<printed>.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"-?\d+\.\d*")
PROGRAMS = {
    path.name[:2]: found
    for path in sorted((DOCS / "learn").glob("[0-9]*.md"))
    for found in SHOWN.finditer(path.read_text("utf-8"))
}


@pytest.fixture(autouse=True)
def floats():
    """Give back the floats that programs choose."""
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def test_each_fold_has_a_program_and_what_it_prints():
    folds = {
        path.name[:2]
        for path in (DOCS / "learn").glob("[0-9]*.md")
        if re.search(r"^```+\{pytorch\}|import torch", path.read_text("utf-8"), re.M)
    }
    assert folds == PROGRAMS.keys()


@pytest.mark.parametrize("chapter", PROGRAMS)
def test_pytorch_prints_what_the_chapter_shows(chapter, capsys):
    program = PROGRAMS[chapter]
    exec(program["code"], {})
    printed, shown = capsys.readouterr().out, program["printed"]
    assert NUMBER.sub("", printed) == NUMBER.sub("", shown)
    for number, wanted in zip(NUMBER.findall(printed), NUMBER.findall(shown), strict=True):
        last = 10.0 ** -len(wanted.partition(".")[2])  # the digit that another machine may round
        assert float(number) == pytest.approx(float(wanted), rel=1e-14, abs=1.5 * last)
