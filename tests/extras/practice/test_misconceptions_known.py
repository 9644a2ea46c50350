"""Each row of the table of misconceptions, where practice shows it: the doctor, and its guide."""

import re

import pytest
from places import ROOT

from micrograd_nn import OPERATIONS
from micrograd_nn.checks.samples import Expression
from micrograd_nn.engine.value import Value
from micrograd_nn.extras.practice.diagnosis.graphs import evaluate
from micrograd_nn.extras.practice.diagnosis.simulation import simulate
from micrograd_nn.extras.practice.diagnosis.suspects import list_finer_suspects, list_suspects
from micrograd_nn.graph import Graph
from micrograd_nn.stepping.misconceptions import MISCONCEPTIONS, is_near, list_quantities
from micrograd_nn.stepping.misconceptions.slips import walk_wrongly

# a = x y; b = a³; c = tanh a; d = b + c; root = d / y: each operation once.
LINES = [
    ("mul", [0, 1]), ("pow", [2, 3.0]), ("tanh", [2]), ("add", [3, 4]), ("truediv", [5, 1]),
]  # fmt: skip
GATE = Expression([0.7, 1.9], [(OPERATIONS[name], inputs) for name, inputs in LINES])
# For these the doctor has a fault; another misconception gives its title to a suspect.
FAULTS = {
    "overwrite": "overwrite", "too early": "order", "no upstream": "upstream_forgotten",
    "path left out": "left_forgotten",
}  # fmt: skip


@pytest.fixture(scope="module")
def suspected():
    """Return what a doctor's suspects make of the leaves' gradients, with each one's title."""
    rows = {row.name: row for row, _ in GATE.lines}
    finer = [one for row in rows.values() for one in list_finer_suspects(row, [])]
    graph = evaluate(GATE)
    return [
        (one, gradients[0])
        for one in [*list_suspects(rows), *finer]
        for gradients in simulate(graph, (one,))
    ]


@pytest.mark.parametrize("wrong", MISCONCEPTIONS, ids=lambda wrong: wrong.name)
def test_the_doctor_suspects_an_engine_of_each_misconception(wrong, suspected):
    leaves = [Value(x) for x in GATE.leaves]
    graph = Graph(GATE(leaves))
    right, seen = [graph.gradients[x] for x in leaves], list_quantities(graph)
    titles = set()
    for at in (None, *range(len(seen))):
        made = {step.input: step.after for step, _ in walk_wrongly(seen, wrong, at)}
        if not all(is_near(made[x], number) for x, number in zip(leaves, right, strict=True)):
            titles |= {
                one.title or one.fault
                for one, found in suspected
                if [made[x] for x in leaves] == pytest.approx(found, rel=1e-9)
            }
    assert FAULTS.get(wrong.name, wrong.title) in titles


def test_the_guide_to_practice_tells_what_an_engine_of_each_misconception_does():
    text = (ROOT / "docs" / "do" / "practice.md").read_text(encoding="utf-8")
    table = text.partition("| name | what the engine does |\n|---|---|\n")[2].partition("\n\n")[0]
    told = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    assert told == [wrong.title for wrong in MISCONCEPTIONS if wrong.rule]
