"""The report as a page: complete without scripts, stepped through with them, whatever is in it."""

import re

import pytest
from browser import find_violations
from student_engines import BRIEF

from micrograd_nn import diagnose
from micrograd_nn.extras.practice.diagnosis.diagnosis import Diagnosis
from micrograd_nn.extras.practice.diagnosis.report import Report

BROKEN = BRIEF.replace(
    "self.grad += out.data * out.grad", 'self.grad += out.grad  # </script><b> & "quotes"'
).replace("self.grad += (1 - out", "self.grad = (1 - out")


@pytest.fixture(scope="module")
def diagnosis(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "student.py"
    path.write_text(BROKEN)
    return diagnose(path, ["deep", "second-pass", "reflected"])


@pytest.mark.slow
def test_a_notebook_shows_the_report_in_a_frame(diagnosis):
    shown = diagnosis._repr_html_()
    assert shown.startswith("<iframe")
    assert "Engine doctor: " in shown
    assert repr(diagnosis.page).endswith('2 faults found; .save("report.html") writes it>')


def test_texts_of_any_kind_stay_texts(diagnosis):
    refused = Diagnosis("<b>.py:Value", why="it has no class Value")
    outside = re.sub(r"srcdoc='[^']*'", "", diagnosis.page.text + refused.page.text)
    told = ("&lt;/script&gt;&lt;b&gt; &amp; &quot;quotes&quot;", "&lt;b&gt;.py:Value", "<script")
    assert [text in outside for text in told] == [True, True, False]


def test_a_graph_that_shows_two_faults_is_one_lesson_each_and_allowed_by_the_policy(diagnosis):
    text = diagnosis.page.text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert text.count("srcdoc=") == 2
    assert len(re.findall(r"script-src((?: 'sha256-[^']*')+)", policy)[0].split()) == 2
    assert "unsafe" not in policy


def test_a_page_that_two_engines_need_stands_there_once(diagnosis):
    report = Report()
    text = report.write_engine(diagnosis, 2) + report.write_engine(diagnosis, 2)
    found = [re.findall(rf'{name}="#?(lesson-\d)"', text) for name in ("href", "id")]
    assert [sorted(names) for names in found] == [["lesson-1", "lesson-2"]] * 2


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_report_can_be_read_and_stepped_through(visit, diagnosis, tmp_path, colours):
    path = diagnosis.save(tmp_path / "report.html")
    page = visit(path, color_scheme=colours)
    assert find_violations(page) == []
    first = page.locator(".fault").first
    assert [first.locator(one).all_inner_texts() for one in ("h2", ".off", ".steps .wrong b")] == [
        ["1. Overwrites shared gradients"], ["✗ 0.07065"], [],
    ]  # fmt: skip
    assert first.locator("img").evaluate("(one) => one.naturalWidth") > 100
    first.locator("summary").click()
    first.locator("iframe").evaluate("(frame) => frame.scrollIntoView()")
    lesson = first.frame_locator("iframe")
    lesson.get_by_role("button", name="Next", exact=True).click()
    assert lesson.locator("#position").inner_text() == "1"
