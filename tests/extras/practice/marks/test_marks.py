"""A class graded by the command, and points: each fault costs those of one part."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browser import find_violations
from commands import run_command
from places import ROOT
from student_engines import (
    BRIEF,
    CLOSURES,
    LOCALS,
)

from micrograd_nn import InputError, assert_engine
from micrograd_nn.extras.practice.diagnosis.diagnosis import Diagnosis
from micrograd_nn.extras.practice.diagnosis.fault_table import FAULTS
from micrograd_nn.extras.practice.diagnosis.faults import HIDING, FoundFault
from micrograd_nn.extras.practice.marks import workers
from micrograd_nn.extras.practice.marks.marks import (
    LOOK,
    PARTS,
    WALK,
    Rubric,
    grade,
    make_safe,
    read_rubric,
)

OVERWRITES = BRIEF.replace("self.grad += out.data * out.grad", "self.grad = out.data * out.grad")
GUIDE = (ROOT / "docs/do/engine-doctor.md").read_text()
SPOILED = "import os\nos._exit(1)\n"


def write_notebook(text):
    cells = [{"cell_type": "code", "source": "%matplotlib inline\nimport nothere"},
             {"cell_type": "code", "source": text.splitlines(keepends=True)},
             {"cell_type": "code", "source": "nothere.draw(Value(2.0))"}]  # fmt: skip
    return json.dumps({"cells": cells})


def read_marks(path="marks/marks.csv"):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def hand_in(**texts):
    Path("in").mkdir()
    for name, text in texts.items():
        Path("in", f"{name}.py").write_text(text, encoding="utf-8")


def test_the_guide_shows_what_comes_of_its_class(folder, capsys):
    text = re.search(r">>> source = '''\n(.*?)\.\.\. '''", GUIDE, re.DOTALL)[1]
    anna = "\n".join([line[4:] for line in text.splitlines()])
    place = folder / "submissions/Anna Berg_12345_assignsubmission_file_"
    place.mkdir(parents=True)
    (place / "engine.py").write_text(anna, encoding="utf-8")
    (folder / "submissions/ben").mkdir()
    (folder / "submissions/ben/homework.ipynb").write_text(write_notebook(CLOSURES))
    rubric, shown = (re.search(rf"```{kind}\n(.*?)```", GUIDE.partition("## A class")[2],
                               re.DOTALL)[1] for kind in ("toml", "text"))  # fmt: skip
    (folder / "rubric.toml").write_text(rubric, encoding="utf-8")
    (folder / "marks/students").mkdir(parents=True)
    (folder / "marks/students/01-ben.html").write_text("of another run")
    command = re.search(r"micrograd-nn (diagnose submissions/ .*)", GUIDE)[1].split()
    assert run_command(command) == 1
    written = (folder / "marks/marks.csv").read_text(encoding="utf-8-sig")
    seconds = re.compile(r",[\d.]+$", re.MULTILINE)
    assert seconds.sub("", written) == seconds.sub("", shown)
    assert "students/ also has 1 page of earlier runs." in capsys.readouterr().out


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_what_a_file_brings_about_is_its_own(jobs, folder, capsys):
    hand_in(anna=BRIEF, ben=SPOILED, cleo=OVERWRITES, dora=OVERWRITES)
    Path("rubric.toml").write_text("[points]\nexp = 1\nshared = 1\nown = 1")
    assert run_command(["diagnose", "in/*.py", "--jobs", jobs, "-o", "marks.json",
                        "--rubric", "rubric.toml"]) == 2  # fmt: skip
    found = {one["student"]: one for one in json.loads(Path("marks.json").read_text())["engines"]}
    assert found["ben"]["error"] == "its process ended while its file ran"
    assert found["anna"]["points"] == found["anna"]["of"] > 0
    assert [part["part"] for part in found["cleo"]["parts"] if not part["points"]] == ["shared"]
    for one, other in [("cleo", "dora"), ("dora", "cleo")]:
        assert found[one]["notes"] == [f"the same file as that of {other}"]
        assert found[one]["faults"][0]["where"]["file"] == f"{one}.py"
    assert "4 of 4: " in capsys.readouterr().out


def test_a_fault_that_costs_nothing_is_told_to_the_teacher(folder, capsys):
    hand_in(anna=OVERWRITES, ben=BRIEF)
    Path("rubric.toml").write_text('[points]\n"+" = 1')
    assert run_command(["diagnose", "in", "--rubric", "rubric.toml", "-o", "class.html"]) == 1
    out = capsys.readouterr().out
    assert out.count("    1 of 1 points\n    no part has points for what it gets wrong\n") == 1
    assert "1 of 1 points. No part has points" in Path("class.html").read_text()


def test_where_the_doctor_ends_nobody_loses_points_and_the_next_is_tried(folder, monkeypatch):
    monkeypatch.setattr(workers, "PROGRAM", "import os; os._exit(9)")
    hand_in(anna=CLOSURES, ben=LOCALS)
    assert run_command(["diagnose", "in", "-o", "marks.csv", "--jobs", "2"]) == 2
    for row in read_marks("marks.csv").values():
        assert (row["order"], row["example"]) == (LOOK, "the doctor itself ended")
    assert not Path("marks.csv.journal").exists()


@pytest.mark.slow
def test_after_an_interrupt_the_same_command_goes_on(folder):
    hand_in(**{f"s{i}": BRIEF.replace("_op", f"_op{i}") for i in range(12)})
    line = [sys.executable, "-m", "micrograd_nn", "diagnose", "in", "-o", "out.csv", "--jobs", "2"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        while "2 of 12" not in first.stdout.readline():
            time.sleep(0)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=60)
    assert first.returncode == 130
    assert re.search(
        r"stopped by Ctrl-C: \d+ of 12 engines are done and kept in out\.csv\.journal", said
    )
    kept = Path("out.csv.journal").read_text()
    assert not Path("out.csv").exists()
    edited = kept.splitlines()[0].replace('"why": ""', '"why": "spoiled"')
    Path("out.csv.journal").write_text(f"{edited}\n{kept[kept.index(chr(10)) + 1 :]}{kept[:200]}")
    second = subprocess.run(line, capture_output=True, text=True, check=False, timeout=200)
    assert second.returncode == 0
    assert {row["faults"] for row in read_marks("out.csv").values()} == {""}
    assert len(read_marks("out.csv")) == 12
    assert not Path("out.csv.journal").exists()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    place = tmp_path_factory.mktemp("class")
    before = Path.cwd()
    os.chdir(place)
    try:
        hand_in(anna=OVERWRITES.replace("(1 - out.data", "(1 - self.data"), ben=CLOSURES,
                cleo=OVERWRITES, dora=SPOILED)  # fmt: skip
        Path("in/dora.py").rename("in/<b>=dora.py")
        run_command(["diagnose", "in", "-o", "marks"])
    finally:
        os.chdir(before)
    return place / "marks"


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_teacher_reads_what_the_class_gets_wrong_on_a_phone_too(visit, pages, colours):
    page = visit(pages / "class.html", viewport={"width": 390, "height": 800}, color_scheme=colours)
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("tbody tr").count() >= 4
    first = page.locator(".fault h3").first.inner_text()
    assert first == "Overwrites shared gradients: 2 of 4"
    assert page.locator("tbody th a").all_inner_texts()[:4] == ["<b>=dora", "anna", "ben", "cleo"]


@pytest.mark.slow
def test_a_student_reads_one_thing_first_and_no_solution(visit, pages):
    page = visit(pages / "students/02-anna.html")
    assert find_violations(page) == []
    heads = page.locator("h2").all_inner_texts()
    assert heads == ["Look at this first", "Then", "Points"]
    assert page.locator("iframe").count() == 0  # it would tell the derivatives
    assert page.locator(".fault h4").first.inner_text().startswith("In anna.py, line ")
    assert page.locator("h2:has-text('first') + .fault .hint").count() == 1
    text = page.locator("main").inner_text()
    assert "∂y/∂a" in text
    assert not [line for line in ("1 - out.data", "+= out.data") if line in text]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\uff1d1"])
def test_no_cell_is_a_formula(text):
    assert make_safe(text)[0] == "'"


def test_a_test_of_ones_own_fails_with_the_first_fault(folder):
    Path("right.py").write_text(BRIEF)
    Path("wrong.py").write_text(OVERWRITES)
    assert_engine("right.py", ["tanh"])
    with pytest.raises(AssertionError, match=r"(?s)wrong.*1 fault found.*Overwrites.*Hint: "):
        assert_engine("wrong.py")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["-o", "marks.xlsx"], "ends in .html, .csv or .json"),
        (["-o", "in/anna.py"], "ends in .html, .csv or .json"),
        (["--name", "my class"], "a class's name is a word"),
        (["--jobs", "0"], "--jobs is how many"), (["--expect", "sinus"], "sinus can't be expected"),
        (["--rubric", "no.toml"], "no.toml: there is no such file"),
        (["-o", "no/where/"], "there is no such folder"),
        (["-o", "in/anna.py/"], "it is a file"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_before_anything_runs(words, why, folder, capsys):
    hand_in(anna="open('ran', 'w')", ben="")
    assert run_command(["diagnose", "in", *words]) == 2
    assert why in capsys.readouterr().err
    assert not Path("ran").exists()


POINTS = {"+": 2, "exp": 3, "shared": 1, "order": 1, "seed": 1, "deep": 1, "second-pass": 1}


def fault(name, *operations, note="", levels=0):
    """Return a fault of a name, on a graph of so many levels of exp."""
    example = {"leaves": [-2.0], "lines": [["exp", [i]] for i in range(levels)]}
    return FoundFault(name, FAULTS[name].title, "", "", "wrong", note=note, operations=operations,
                      example=example if levels else None)  # fmt: skip


def test_every_fault_belongs_to_one_part():
    faults = " ".join(PARTS.values()).split()
    assert sorted(faults) == sorted(FAULTS)


@pytest.mark.parametrize(
    ("found", "lost", "looks"),
    [
        ([], "", ""),
        ([fault("overwrite", "exp")], "shared", ""),
        ([fault("local_factor", "exp")], "exp", ""),
        ([fault("right_forgotten", "a + b"), fault("recursion")], "+ deep", ""),
        ([fault("forward", "2 + a")], "+", ""),
        ([fault("lacking", "exp(a)")], "exp", ""),
        ([fault("unknown", "exp", levels=1)], "exp", ""),
        ([fault("unknown", "exp", levels=2)], "", "exp shared order"),
        ([fault("unknown", levels=3), fault("order")], "order", "exp shared"),
        ([fault("raises", "exp")], "exp", ""),
        ([fault("unseeded", note=f"All gradients are 0, so {HIDING}.")], "seed",
         "+ exp shared order second-pass"),
        ([fault("nothing")], "seed", "+ exp shared order second-pass"),
        ([fault("nudged")], " ".join(POINTS), ""),
    ],
)  # fmt: skip
def test_a_part_gets_its_points_unless_a_fault_of_it_was_found(found, lost, looks):
    marks = grade(Diagnosis("a.py:Value", found), Rubric(points=POINTS))
    assert {mark.part for mark in marks if mark.why == LOOK} == set(looks.split())
    assert {mark.part for mark in marks if mark.why not in ("", LOOK)} == set(lost.split())
    for mark in marks:
        assert mark.points == (0 if mark.why else POINTS[mark.part])


@pytest.mark.parametrize(
    ("unseen", "looks"),
    [
        ("softmax", ""), ("larger graphs", ""), ("exp(a)", "exp"), ("deep graphs", "deep"),
        ("9 of 99 small graphs", "+ exp shared order seed"), ("a second pass", "second-pass"),
    ],
)  # fmt: skip
def test_what_was_not_looked_at_gets_no_points(unseen, looks):
    marks = grade(Diagnosis("a.py:Value", unseen=[unseen]), Rubric(points=POINTS))
    assert {mark.part for mark in marks if not mark.points} == set(looks.split())
    assert {mark.why for mark in marks} <= {"", LOOK}


def test_what_cannot_be_run_gets_nothing_and_says_why():
    marks = grade(Diagnosis("a.py:Value", why="it has no class Value"), Rubric(points=POINTS))
    assert {(m.points, m.why) for m in marks} == {(0, "it can't be run: it has no class Value")}


def test_without_a_rubric_what_there_is_gets_points():
    diagnosis = Diagnosis("a.py:Value", [fault("overwrite")], operations=["add", "exp"])
    marks = grade(diagnosis, Rubric())
    assert {mark.part: mark.points for mark in marks} == {
        "add": 1, "exp": 1, **dict.fromkeys(WALK, 1), "shared": 0,
    }  # fmt: skip


def test_what_has_points_is_expected(folder):
    (folder / "rubric.toml").write_text(
        '\ufeffexpect = ["tanh"]\n[points]\n"+" = 1\nown = 1\ndeep = 0.5'
    )
    rubric = read_rubric("rubric.toml")
    assert (rubric.name, rubric.expected) == ("Value", ["tanh", "+", "deep"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[points", "isn't TOML"), ("weight = 2", "weight isn't known"),
        ("name = 'my class'", "name is a class's name"), ("expect = 'tanh'", "a list of texts"),
        ("points = 3", "a number for each part"), ("[points]\nexp = -1", "0 to 1,000,000"),
        ("[points]\nexp = nan", "0 to 1,000,000"), ("[points]\nexp = 1e308", "0 to 1,000,000"),
        ("[points]\nexp = true", "0 to 1,000,000"), ("[points]\nsinus = 1", "sinus isn't a part"),
        ("expect = ['sinus']", "sinus can't be expected"),
        ("[points]\nreplace = 1\naccumulate = 1", "can't both"),
    ],
)  # fmt: skip
def test_a_rubric_that_cannot_be_is_refused_with_its_name(text, why, folder):
    (folder / "r.toml").write_text(text)
    with pytest.raises(InputError, match=f"r.toml.*{why}"):
        read_rubric("r.toml")
