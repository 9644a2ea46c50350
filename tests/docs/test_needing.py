"""Which cells a cell needs: with these alone it gives what it gives with all above it."""

import io
import random
import re
from contextlib import redirect_stdout

import pytest
from places import ROOT

CHAPTERS = sorted((ROOT / "docs" / "learn").glob("[0-9]*.md"))
CELL = re.compile(
    r"^(`{3,})\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)(.*?)^\1$", re.DOTALL | re.MULTILINE
)
TRIED = 5  # cells of a chapter
LONG = "09-", "10-", "14-", "15-", "16-"  # chapters that train


@pytest.fixture
def needing(monkeypatch):
    """Return the module that the page's worker asks."""
    monkeypatch.syspath_prepend(ROOT / "docs" / "web" / "python")
    import needing

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MICROGRAD_NN_NATIVE", "0")
    return needing


def read_cells(path):
    """Return the texts of a chapter's cells that stand in its page."""
    found = CELL.findall(path.read_text(encoding="utf-8"))
    return [text for _, options, text in found if "remove-cell" not in options]


def run(texts, places):
    """Run cells with fresh names; return what each prints, None from one on that fails."""
    names, printed = {"__name__": "__main__", "display": print}, []
    for place in places:
        with redirect_stdout(io.StringIO()) as out:
            try:
                exec(compile(texts[place], "<cell>", "exec"), names)
            except Exception:
                break
        printed.append(re.sub(" at 0x[0-9a-f]+", "", out.getvalue()))
    return printed + [None] * (len(places) - len(printed))


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [pytest.param(x, marks=[pytest.mark.rare] * x.name.startswith(LONG)) for x in CHAPTERS],
    ids=lambda path: path.stem,
)
def test_a_cell_gives_the_same_without_those_that_it_does_not_need(path, needing):
    texts = read_cells(path)
    needs = needing.find_needs(texts)
    whole = run(texts, range(len(texts)))
    some = [at for at in range(len(texts)) if whole[at] and len(needs[at]) < at]
    for at in random.Random(1).sample(some, min(TRIED, len(some))):
        assert run(texts, [*needs[at], at])[-1] == whole[at], texts[at]


@pytest.mark.parametrize(
    ("texts", "needed"),
    [
        (["x = 1", "y = 2", "x + 1"], [0]),
        (["x = [1]", "x.append(2)", "x"], [0, 1]),
        (["import random", "random.seed(1)", "random.random()"], [0, 1]),
        (["class A: pass", "A.n = 2", "A().n"], [0, 1]),
        (["n = {}", "n['a'] = 1", "n"], [0, 1]),
        (["a = 2", "def f(): return a", "f()"], [0, 1]),
        (["def f(): return a", "a = 2", "f()"], [0, 1]),
        (["from math import *", "y = 2", "pi"], [0]),
        (["exec('x = 1')", "y = 2", "y"], [0, 1]),
        (["open('a.csv', 'w')", "y = 2", "open('a.csv')"], [0]),
        (["%time x", "y = 2", "y"], [0, 1]),
        (["x = 1", "x += 1", "z = 3", "x"], [0, 1]),
        (["global_ = 1", "def f():\n    global x\n    x = 2", "f()", "x"], [1, 2]),
        (["a = []", "def f(): a.append(1)", "def g(): f()", "g()", "a"], [0, 1, 2, 3]),
    ],
)
def test_what_may_matter_is_needed(texts, needed, needing):
    assert needing.find_needs(texts)[-1] == needed


class Writer:
    """Writes random cells about five names and two functions, which share lists and numbers."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def write_expression(self):
        name = self.random.choice("abcde")
        return self.random.choice([
            name, name, f"{self.random.randint(0, 9)}", f"[{name}]", f"len({name})", "f()", "g()",
            f"[{name} for {name} in [1, 2]]", f"(lambda: {name})()",
        ])  # fmt: skip

    def write_statement(self):
        name, x, y = self.random.choice("abcde"), self.write_expression(), self.write_expression()
        function, other = self.random.choice("fg"), self.random.choice("abcde")
        return self.random.choice([
            f"{name} = {x}", f"{name} = [{x}]", f"{name}.append({x})", f"{name} += {x}",
            f"{name}[0] = {x}", f"def {function}(): return {x}", f"{name} = {function}",
            f"def {function}(): {name}.append(7); return {x}", f"{function}()",
            f"def {function}():\n    global {name}\n    {name} = {x}",
            f"for {name} in [{x}]: {other} = {y}", f"if {x}: {name} = {y}", f"print({x}, {y})",
            f"{name}, {other} = {x}, {y}",
        ])  # fmt: skip

    def write_cells(self):
        first = "a, b, c, d, e = [1], [2], [3], [4], [5]\ndef f(): return 1\ndef g(): return 2"
        sizes = [self.random.randint(1, 3) for _ in range(self.random.randint(3, 7))]
        return [first, *["\n".join([self.write_statement() for _ in range(n)]) for n in sizes]]


@pytest.mark.parametrize("seed", range(20))
def test_random_cells_give_the_same_without_those_that_they_do_not_need(seed, needing):
    writer = Writer(seed)
    for _ in range(40):
        texts = writer.write_cells()
        needs, whole = needing.find_needs(texts), run(texts, range(len(texts)))
        for at in range(len(texts)):
            if whole[at] is not None:
                assert run(texts, [*needs[at], at])[-1] == whole[at], (texts, at, needs[at])
