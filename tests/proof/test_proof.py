"""Each derivative of the table is proved by Coq, and each wrong one is refused."""

import re
import shutil

import mpmath
import pytest
from lacking import skip_or_fail
from rich.console import Console

from micrograd_nn import OPERATIONS, Operation, cos, exp, log, sinh, tanh
from micrograd_nn.checks import proof
from micrograd_nn.engine import table as op
from micrograd_nn.languages.coq import notation
from micrograd_nn.languages.coq.notation import Coq, NoTheoremError
from micrograd_nn.languages.coq.theorems import BESIDES, UNPROVED, list_theorems

THEOREMS = [theorem for row in OPERATIONS.values() for theorem in list_theorems(row)]


@pytest.fixture(scope="module")
def coq():
    """Skip the test where there is no Coq."""
    if not shutil.which("coqc"):
        skip_or_fail("Coq")


def break_rule(theorem):
    """Return what a theorem would be with a wrong derivative: a sign, a factor, an argument."""
    right, by = theorem.derivative, theorem.by
    wrong = [f"{right} + 1"]
    if right != "0":  # which is its own negative
        wrong += [f"- ({right})", f"2 * ({right})"]
    argument = re.search(rf"\b({by}|out)\b", right)
    if argument and len(theorem.names) > (theorem.name.startswith("logsumexp")):  # exp x / exp x
        wrong.append(f"let {argument[0]} := 2 * {argument[0]} + 1 in {right}")
    labels = [f"{theorem.name} wrong {i}" for i in range(len(wrong))]
    return [
        theorem._replace(name=label, derivative=derivative)
        for label, derivative in zip(labels, wrong, strict=True)
    ]


def prove_wrong(theorems):
    """Return the wrong theorems that are proved, which none should be."""
    commands = [f"Goal {x.statement}.\nProof. Fail solve [by_calculus]. Abort." for x in theorems]
    failed, said = proof.run_coq(commands)
    return None if failed is None else (theorems[failed].name, theorems[failed].derivative, said)


@pytest.mark.slow
def test_every_derivative_of_the_table_is_proved(coq):
    assert proof.prove(THEOREMS) == []


@pytest.mark.slow
def test_every_wrong_derivative_is_refused(coq):
    short = [x for x in THEOREMS if len(x.names) <= 3]
    assert {x.name.partition(" ")[0] for x in short} == OPERATIONS.keys()
    wrong = [broken for theorem in short for broken in break_rule(theorem)]
    assert len(wrong) > 3 * len(short)
    assert prove_wrong(wrong) is None


@pytest.mark.slow
def test_a_proof_that_proves_a_wrong_derivative_would_be_seen(coq):
    right = next(list_theorems(tanh))
    assert prove_wrong([*break_rule(right), right._replace(name="the right one")])[0] == (
        "the right one"
    )


WRONG_RULES = {
    "sign": (cos, lambda out, x: op.sin(x)),
    "swapped": (sinh, lambda out, x: op.sinh(x)),
    "plus": (tanh, lambda out, x: 1 + out * out),
    "inverse": (log, lambda out, x: x),
    "number": (exp, lambda out, x: out * 1.5),
}


@pytest.mark.slow
@pytest.mark.parametrize(("row", "rule"), WRONG_RULES.values(), ids=WRONG_RULES)
def test_a_row_made_wrong_is_refused_and_told(row, rule, coq, monkeypatch, capsys):
    monkeypatch.setattr(row, "partials", [rule])
    assert not proof.check_proofs(Console(), {row.name: row, "add": op.add})
    told = capsys.readouterr().out
    assert f"REFUSED: {row.name} by x" in told
    assert "2 theorems proved, 1 refused" in told


@pytest.mark.slow
def test_a_proof_may_use_no_axiom_but_those_of_the_real_numbers(coq, monkeypatch):
    theorems = list(list_theorems(op.add))
    assert proof.prove(theorems) == []
    monkeypatch.setattr(proof, "AXIOMS", set())
    assert proof.prove(theorems) == theorems


def test_every_row_has_a_theorem_for_each_input_or_says_why_not():
    for row in OPERATIONS.values():
        found = {theorem.name for theorem in list_theorems(row)}
        if not isinstance(row, op.Reduction):
            assert found == {f"{row.name} by {x}" for x in row.inputs}
    named = {theorem.name for theorem in THEOREMS}
    assert len({theorem.label for theorem in THEOREMS}) == len(THEOREMS)
    assert named >= BESIDES.keys()
    assert not named & UNPROVED.keys()


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


def test_without_coq_the_remedy_is_told(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(proof.InputError, match="apt-get install coq libcoq-coquelicot"):
        proof.prove(THEOREMS[:1])
