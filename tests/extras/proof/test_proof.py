"""Each derivative of the table is proved by Coq, and each wrong one is refused."""

import functools
import math
import os
import random
import re
import shutil
from pathlib import Path

import mpmath
import pytest
from golden import assert_stands
from lacking import skip_or_fail
from rich.console import Console

from micrograd_nn import OPERATIONS, Operation
from micrograd_nn.engine import table as op
from micrograd_nn.extras.proof import notation, theorems
from micrograd_nn.extras.proof import proving as proof
from micrograd_nn.extras.proof.notation import Coq, NoTheoremError
from micrograd_nn.extras.proof.theorems import (
    EXTRA_CONDITIONS,
    describe_proved,
    list_theorems,
    read_proved,
)

PROVED = Path(proof.__file__).parent / "proved.txt"
THEOREMS = [theorem for row in OPERATIONS.values() for theorem in list_theorems(row)]


ask_once = functools.cache(proof.run_coq)  # of which each asking reads the package's proofs


@pytest.fixture
def coq(monkeypatch):
    """Ask Coq the same question once; skip the test where there is none."""
    if not shutil.which("coqc"):
        skip_or_fail("Coq")
    monkeypatch.setattr(proof, "run_coq", lambda commands: ask_once(tuple(commands)))


def find_row(theorem):
    """Return the row that a theorem is about."""
    return OPERATIONS[theorem.name.partition(" by ")[0]]


def break_theorem(theorem):
    """Return a theorem with wrong derivatives: a sign, a factor, a summand, an argument."""
    right, by = theorem.derivative, theorem.by
    row = find_row(theorem)
    low, high = dict(zip(theorem.names, row.domain, strict=False)).get(by, row.domain[0])
    inside = f"({low + 0.7 * (high - low):.2f})"
    wrong = [f"{right} + 1", f"{right} + equal {by} {inside}"]
    if right != "0":  # which is its own negative
        wrong += [f"- ({right})", f"2 * ({right})"]
    argument = re.search(rf"\b({by}|out)\b", right)
    if argument and theorem.label != "derivative_of_logsumexp_by_x1_of_1":  # exp x / exp x
        wrong.append(f"let {argument[0]} := 2 * {argument[0]} + 1 in {right}")
    return [
        theorem._replace(name=f"{theorem.name} wrong {i}", derivative=derivative)
        for i, derivative in enumerate(wrong)
    ]


@pytest.mark.slow
def test_every_derivative_of_the_table_is_proved_and_every_wrong_one_refused(coq):
    """One wrong one of each, in all ways in turn; EXAMPLES=5 tries five."""
    count, wrong = int(os.environ.get("EXAMPLES", 1)), []
    for i, theorem in enumerate(THEOREMS):
        broken = break_theorem(theorem)
        wrong += [*broken[i % len(broken) :], *broken[: i % len(broken)]][:count]
    assert len(wrong) >= len(THEOREMS)
    refused = proof.prove([*THEOREMS, *wrong])
    assert [*refused] == [x.label for x in wrong]
    proved = [x for x in THEOREMS if x.label not in refused]
    assert_stands(
        "".join(f"{x.record}\n" for x in proved), Path(proof.__file__).parent / "proved.txt"
    )


WRONG_RULES = {  # of the last input
    "cos": lambda out, x: op.sin(x),
    "sinh": lambda out, x: op.sinh(x),
    "tanh": lambda out, x: 1 + out * out,
    "log": lambda out, x: x,
    "exp": lambda out, x: out * 1.5,
    "sin": lambda out, x: op.cos(x) + 0.0 / x,  # without a value at 0
    "expm1": lambda out, x: op.exp(x) + op.log(x) - op.log(x),  # with one for some x only
    "atan": lambda out, x: 1 / (1 + x * x) + op.equal(x, 1.0),  # wrong at one number
    "where": lambda out, c, x, y: 1 - op.step(c) - op.equal(c, 0.0),  # and at another input's kink
}


@pytest.mark.slow
def test_rows_made_wrong_are_refused_and_told(coq, monkeypatch, capsys):
    rows = {name: OPERATIONS[name] for name in ("add", *WRONG_RULES)}
    for name, rule in WRONG_RULES.items():
        monkeypatch.setattr(rows[name], "partials", [*rows[name].partials[:-1], rule])
    assert not proof.check_proofs(Console(), rows)
    told = capsys.readouterr().out
    for name in WRONG_RULES:
        assert f"REFUSED: {name} by {rows[name].inputs[-1]}" in told
    assert f"{len(WRONG_RULES)} refused" in told
    assert "Left of derivative_of_cos_by_x_of_1: (is_derive (fun x : R => cos x) x (sin x))" in told


@pytest.mark.slow
def test_a_row_that_is_no_theorem_is_told(coq, monkeypatch, capsys):
    monkeypatch.setattr(op.sin, "partials", [lambda out, x: {0.0: 5.0}.get(x, op.cos(x))])
    monkeypatch.setattr(op.log, "needs", "x is nice")
    rows = {row.name: row for row in (op.add, op.sin, op.log)}
    assert not proof.check_proofs(Console(width=120), rows)
    told = capsys.readouterr().out
    assert "NO THEOREM: sin_by_0 isn't in the table, or its rule isn't a formula" in told
    assert "NO THEOREM: NEEDS has no condition for 'x is nice'" in told
    assert "2 theorems proved, 0 refused." in told


@pytest.mark.slow
def test_a_proof_may_use_no_axiom_but_those_of_the_real_numbers(coq, monkeypatch):
    monkeypatch.setattr(proof, "AXIOMS", proof.AXIOMS - {"Classical_Prop.classic"})
    with pytest.raises(proof.InputError, match=r"other axioms .*Classical_Prop\.classic"):
        proof.prove(list(list_theorems(op.add)))


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("exit 0", "the proofs stand on other axioms than those known: \\[\\]"),
        (
            "echo no library >&2; exit 1",
            r"coqc can't read calculus\.v: it failed: no library\. Tried with Coq 8",
        ),
        ("kill -9 $$", r"coqc can't read calculus\.v"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="a program as a script of the shell")
def test_a_coq_that_does_not_work_proves_nothing(program, told, tmp_path, monkeypatch):
    script = tmp_path / "coqc"
    script.write_text(f"#!/bin/sh\n{program}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(proof.InputError, match=told):
        proof.prove(THEOREMS[:1])


def hold(condition, point):
    """Tell whether a condition of Coq holds at a point, a number for each name."""
    if " -> " in condition:
        given, then = condition.split(" -> ")
        return not hold(given.strip("()"), point) or hold(then, point)
    if condition.startswith("forall n"):
        number = condition.removeprefix("forall n, ").removesuffix(" <> IZR n")
        number = re.sub(r"maximum \[(.*)\]", r"max(\1,)", number.replace(";", ","))
        return eval(number, {"max": lambda *x: max(x), **point}) % 1 != 0
    python = condition.replace("<>", "!=").replace(" = ", " == ").replace("cos x", "cos(x)")
    python = python.replace("\\/", "or").replace("/\\", "and").replace("(/ ", "(1 / ")
    return eval(python, {"cos": math.cos, **point})


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.label)
def test_no_theorem_is_empty(theorem):
    draw = random.Random(1)
    row = find_row(theorem)
    fixed = {"index": 0.0} if theorem.names[0] == "index" else {}
    for _ in range(20):
        domains = row.domain if len(row.domain) == len(theorem.names) else row.domain[:1] * 9
        point = {
            x: draw.uniform(*domain) for x, domain in zip(theorem.names, domains, strict=False)
        }
        assert all(hold(condition, point | fixed) for condition in theorem.conditions)


def test_every_row_has_a_theorem_for_each_input_or_says_why_not():
    for row in OPERATIONS.values():
        found = {theorem.name for theorem in list_theorems(row)}
        if not isinstance(row, op.Reduction):
            assert found == {f"{row.name} by {x}" for x in row.inputs}
    named = {theorem.name for theorem in THEOREMS}
    assert len({theorem.label for theorem in THEOREMS}) == len(THEOREMS)
    assert named >= EXTRA_CONDITIONS.keys()
    assert "choose by index" not in named


@pytest.mark.parametrize(("number", "text"), notation.CONSTANTS.items())
def test_a_float_stands_for_the_number_that_it_rounds(number, text):
    python = re.sub(r"(ln|sqrt) (\w+)", r"\1(\2)", text).replace("sqrt (", "sqrt(")
    python = re.sub(r"^/", "1 /", python)
    with mpmath.workdps(40):
        names = {"ln": mpmath.log, "sqrt": mpmath.sqrt, "PI": mpmath.pi}
        real = eval(re.sub(r"\b(\d+)\b", r"mpf(\1)", python), {"mpf": mpmath.mpf, **names})
        assert abs(real - number) < mpmath.mpf(2) ** -52 * real


def test_what_is_no_formula_is_no_theorem():
    with pytest.raises(NoTheoremError, match=r"which real number is 0\.3"):
        Coq().write_number(0.3)
    with pytest.raises(NoTheoremError, match="which real number is inf"):
        Coq().write_number(float("inf"))
    looking = Operation("looking", lambda x: x, [lambda out, x: 1.0 if x > 0 else 0.0])
    with pytest.raises(NoTheoremError, match="looking isn't in the table"):
        list(list_theorems(looking))


def test_a_row_is_proved_only_if_coq_proved_what_it_says_now(monkeypatch):
    """A new row, or one whose rule is another since, has no badge in docs/look-up/operations.md."""
    proved = read_proved()
    # A record of what no row says any more: FULL=1 REFRESH=1 pytest tests/extras/proof asks Coq.
    assert proved <= {theorem.record for theorem in THEOREMS}
    assert describe_proved(op.mul, proved) == "x, y"
    monkeypatch.setattr(op.mul, "partials", [lambda out, x, y: y, lambda out, x, y: y])
    assert describe_proved(op.mul, proved) == "x"
    monkeypatch.setattr(op.sum, "partials", lambda out, *values: [2.0 for _ in values])
    assert describe_proved(op.sum, proved) == ""
    other = {**theorems.read_sources(), "calculus": "Definition sin x := x."}
    monkeypatch.setattr(theorems, "read_sources", lambda: other)
    assert describe_proved(op.sin, proved) == ""


def test_without_coq_the_remedy_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(proof.InputError, match="apt-get install coq libcoq-coquelicot"):
        proof.prove(THEOREMS[:1])
