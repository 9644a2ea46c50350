"""How equal a file is, is measured: whatever differs is found, and told."""

import math

import pytest
from tabular import INPUTS, TARGETS, build

from micrograd_nn import MLP, Operation, Value, compile, export
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.export.answers.measuring import compare_answers
from micrograd_nn.extras.export.answers.running import run_python
from micrograd_nn.extras.export.export import TARGETS as FILES
from micrograd_nn.extras.export.report import Answers, Gap, NotEqualError, NotRunError

NAN, INF = math.nan, math.inf
WANTED = Answers([[1.0, -8.0], [4.0, 2.0]], [[1e-9, 2e-9], [0.0, 5.0]])


def test_equal_answers_have_no_gap():
    agreement = compare_answers(WANTED._replace(ran="x 1"), WANTED)
    assert (agreement.values, agreement.gradients) == (Gap(0.0, 0.0), Gap(0.0, 0.0))
    assert (agreement.worst, agreement.wrong, agreement.ran) == (0.0, [], "x 1")


def test_a_value_is_measured_by_its_output_and_a_derivative_by_its_gradient():
    found = Answers([[1.0, -8.0], [4.0, 2.5]], [[1e-9, 2e-9], [0.5, 5.0]])
    agreement = compare_answers(found, WANTED)
    assert agreement.values == Gap(0.5, 0.5 / 8)
    assert agreement.gradients == Gap(0.5, 0.1)
    assert agreement.worst == 0.1
    small = WANTED._replace(gradients=[[1e-9, 1e-9], [0.0, 5.0]])
    assert compare_answers(small, WANTED).gradients == Gap(1e-9, 0.5)


def test_where_all_is_zero_any_difference_is_infinite():
    zero = Answers([[0.0], [-0.0]])
    assert compare_answers(zero, zero).worst == 0.0
    assert compare_answers(Answers([[0.0], [5e-324]]), zero).worst == INF


@pytest.mark.parametrize("nothing", [NAN, INF, -INF])
def test_whoever_alone_has_no_number_is_wrong(nothing):
    lacking = WANTED._replace(values=[[nothing, 1.0], [4.0, 2.0]])
    for found, wanted, told in (
        (lacking, WANTED, "no value where this engine has one: row 1"),
        (WANTED, lacking, "a value where this engine refuses: row 1"),
    ):
        agreement = compare_answers(found, wanted)
        assert (agreement.wrong, agreement.worst) == ([told], INF)
    agreement = compare_answers(lacking, lacking)
    assert (agreement.refused, agreement.wrong, agreement.worst) == (1, [], 0.0)


def test_a_gradient_that_only_one_has_is_wrong():
    lacking = WANTED._replace(gradients=[[NAN], [0.0, 5.0]])
    assert compare_answers(lacking, WANTED).wrong == [
        "no gradient where this engine has one: row 1"
    ]
    assert compare_answers(WANTED, lacking).wrong == ["a gradient where this engine refuses: row 1"]
    assert compare_answers(lacking, lacking).worst == 0.0
    assert compare_answers(WANTED._replace(gradients=None), WANTED).gradients is None


def test_answers_of_another_length_are_no_equals():
    assert compare_answers(WANTED._replace(values=[[1.0], [4.0]]), WANTED).worst == INF
    longer = WANTED._replace(gradients=[[1e-9, 2e-9, 0.0], [0.0, 5.0]])
    assert compare_answers(longer, WANTED).gradients == Gap(INF, INF)


def test_a_label_is_that_of_a_likeliest_class():
    wanted = Answers([[0.25, 0.75], [0.5, 0.5]], None, ["b", "a"])
    for labels, wrong in (
        (["b", "a"], ""), (["b", "b"], ""), (["a", "a"], "row 1"), (["c", "a"], "row 1"),
    ):  # fmt: skip
        agreement = compare_answers(wanted._replace(labels=labels), wanted, ["a", "b"])
        assert "".join(agreement.wrong).endswith(wrong)
        assert bool(agreement.wrong) is bool(wrong)


def test_a_file_that_gives_no_label_for_a_class_is_wrong():
    wanted = Answers([[0.25, 0.75], [NAN]], None, ["b", ""])
    for labels in (["", ""], None):
        agreement = compare_answers(wanted._replace(labels=labels), wanted, ["a", "b"])
        assert agreement.wrong == ["another label than this engine's: row 1"]
    assert compare_answers(wanted._replace(labels=None), wanted).wrong == []  # no classes


def test_where_every_row_is_refused_nothing_is_proved():
    nothing = Answers([[NAN]])
    assert compare_answers(nothing, nothing).worst == INF


# Files that are wrong on purpose


def test_a_file_that_cannot_be_run_is_told_and_fails_a_bound(tmp_path, monkeypatch):
    def refuse(path, question):
        raise NotRunError("there is no foo")

    target = FILES[".py"]._replace(run=refuse)
    monkeypatch.setitem(FILES, ".py", target)
    report = export(MLP(1, [1]), tmp_path / "m.py")
    assert repr(report).splitlines()[1:] == ["not run here: there is no foo"]
    assert report.worst is None
    with pytest.raises(NotEqualError, match="it can't be compared: not run here: there is no foo"):
        export(MLP(1, [1]), tmp_path / "n.py", bound=1.0)
    assert not (tmp_path / "n.py").exists()


@pytest.mark.parametrize(
    ("more", "worst"), [("print('hello')", 0.0), ("raise SystemExit(0)", None)]
)
def test_what_a_file_prints_is_no_answer(more, worst, tmp_path, monkeypatch):
    right = FILES[".py"]

    def write(saved, path):
        return {path: text + f"\n{more}\n" for path, text in right.write(saved, path).items()}

    monkeypatch.setitem(FILES, ".py", right._replace(write=write))
    report = export(MLP(1, [1]), tmp_path / "m.py")
    assert report.worst == worst
    assert report.not_run == ("" if worst == 0.0 else "it ended without an answer")


def test_too_few_answers_are_no_comparison(tmp_path, monkeypatch):
    right = FILES[".py"]

    def run(path, question):
        return run_python(path, question._replace(rows=question.rows[1:]))

    monkeypatch.setitem(FILES, ".py", right._replace(run=run))
    assert export(MLP(1, [1]), tmp_path / "m.py").not_run == "it gave 19 answers to 20 rows"


# What is told


def test_a_report_is_told_in_a_few_lines(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["two"])
    report = export(saved, tmp_path / "m.py", check=[[100.0, "red", 50.0], [1, "blue", 50]])
    first, second, *rest = repr(report).splitlines()
    assert first == f"wrote {tmp_path / 'm.py'}"
    assert second.startswith("compared on 2 rows, run by Python 3.")
    assert rest[0] == "refused by the file and by this engine: 1 of the rows"
    assert rest[1].startswith("values: not a bit off this engine, at most ")
    assert rest[2:] == []
    assert report._repr_html_().count("<br>") == 3
    agreement = report.agreement
    assert (report.worst, agreement.refused, agreement.values) == (0.0, 1, Gap(0.0, 0.0))


def test_of_many_rows_a_thousand_are_compared(tmp_path):
    rows = [[i / 2500] for i in range(2500)]
    report = export(MLP(1, [1]), tmp_path / "m.py", check=rows)
    assert report.agreement.rows == 834
    assert "compared on 834 of 2,500 rows" in repr(report)


def test_an_operation_without_60_digits_is_told(tmp_path):
    half = Operation("half", halve, [lambda out, x: 0.5])
    x = Value(1.0, "x")
    report = export(compile(half(x), [x], wrt=[x]), tmp_path / "p.py")
    assert report.worst == 0.0
    assert report.agreement.exact_values is None
    assert repr(report).endswith(
        "60 digits: not computed, since half has no form in 60-digit arithmetic"
    )


def halve(x):
    return x / 2


def test_a_bound_is_a_number_and_needs_a_comparison(tmp_path):
    for bound in (-1.0, NAN):
        with pytest.raises(ValueError, match="a bound is a number from 0 up"):
            export(MLP(1, [1]), tmp_path / "m.py", bound=bound)
    with pytest.raises(ValueError, match="check=False compares nothing"):
        export(MLP(1, [1]), tmp_path / "m.py", check=False, bound=1.0)
    assert not list(tmp_path.iterdir())


def test_what_is_refused_leaves_the_old_file(tmp_path):
    path = tmp_path / "m.py"
    path.write_text("as it was")
    with pytest.raises(InputError, match="row 1 to compare: cells: 1, columns: 2"):
        export(MLP(2, [1]), path, check=[[1.0]])
    assert path.read_text() == "as it was"


def test_check_true_is_what_it_does_anyway(tmp_path):
    one, other = (export(MLP(1, [1]), tmp_path / "m.py", check=check) for check in (True, None))
    assert one.agreement.rows == other.agreement.rows == 20
