"""Sheets to print: what stands on them, and what a browser's print makes of their pages."""

import re
from types import MappingProxyType

import pytest
from browser import find_violations
from elements import Elements
from exercising import HOSTILE, make_choice, make_hostile, make_number

from micrograd_nn import Value
from micrograd_nn._ground.text import make_printable
from micrograd_nn.extras.practice.handouts.item import Selection
from micrograd_nn.extras.practice.handouts.sheet import Sheet, choose_known, write_sheets
from micrograd_nn.graph.graph import Graph


def build_sheet(seed, **selection):
    return write_sheets([Sheet(seed, Selection(**selection).make_items(seed))])


def make_wide_graph():
    x = Value(2.0, "x")
    for i in range(6):
        x = x * 1.5
        x.label = f"quite_long_name_{i}"
    return Graph(x, {})


def make_long_items(count=12):
    texts = {"question": "Say.\n" + "A long line of words. " * 20, "working": "So.\n" * 9}
    program = {"program": "\n".join(f"x{i} = {i}" for i in range(12))}
    return [
        make_number(misses=[(float(i), f"Mistake {i}") for i in range(2, 9)], **texts, **program)
        if i % 2
        else make_choice(**texts, graph=make_wide_graph())
        for i in range(count)
    ]


@pytest.fixture
def show(visit, tmp_path):
    def show(items=None, name="anna", parts=MappingProxyType({}), **options):
        path = tmp_path / "sheet.html"
        text = build_sheet(name, count=10)
        if items is not None:
            text = write_sheets([Sheet(name, items)], **parts)
        path.write_text(text, encoding="utf-8")
        return visit(path, **options)

    return show


def test_a_sheet_has_its_questions_and_then_its_answers():
    text = write_sheets([Sheet("anna", [make_number(0.25, [(4.0, "Upside down")]), make_choice()])])
    questions, answers = text.split('<section class="answers">')
    assert questions.count('<li class="exercise">') == 2
    assert ("0.25" in questions, "b) tanh" in questions) == (False, True)
    for right in ("0.25", "b) tanh"):
        assert f'<span class="right">{right}</span>' in answers
    assert "Known mistakes: <b>4</b> upside down." in answers


def test_a_drawing_says_what_is_subtracted_from_what_and_needs_no_boxes_for_numbers():
    x = Value(5.0, "x")
    a, b = x - 2, 2 - x
    y = a**2 - b
    a.label, b.label, y.label = "a", "b", "y"
    text = write_sheets([Sheet("", [make_number(graph=Graph(y, {}))])])
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", text)
    titles = [line for line in shown if not re.fullmatch(r"−?[\d.]+", line)]
    assert sorted(titles) == ["a = x − 2", "b = 2 − x", "v1 = a²", "x", "y = v1 − b"]


def test_a_number_ends_at_the_side_of_its_box_in_any_font():
    x = Value(-0.4055, "x")
    text = write_sheets([Sheet("", [make_number(graph=Graph(-x, {}))])])
    ends = re.findall(r'text-anchor="(\w+)"[^>]*>−?0\.4055<', text)
    assert ends == ["end"] * 2


def test_a_students_name_is_printed_and_what_gives_the_sheet_again_is_told():
    items = Selection(["shared"], 2, 2).make_items("monday Zoë")
    text = write_sheets([Sheet("monday Zoë", items, "Zoë")])
    sheet, answers = text.split('<section class="answers">')
    assert '<p class="who"><b>Zoë</b></p>' in sheet
    for part in (sheet, answers):
        assert "Sheet monday Zoë, level 2, 2 exercises: shared</p>" in part


def test_the_answers_tell_a_few_mistakes_that_one_makes():
    signs = [(float(i), "The sign is turned") for i in range(2, 9)]
    odd = [(1234.0, "The sign is turned"), (1e-7, "The sign is turned")]
    others = [(50.0, "Overwritten instead of added"), (60.0, "Of this topic")]
    found = choose_known(make_number(0.5, [*odd, *signs, *others]))
    assert [text for text, _ in found] == ["60", "50", "2", "3", "4", "5"]


def test_a_sheet_is_one_file_without_scripts():
    page = Elements(build_sheet("anna", topics=["shared"], count=2))
    assert not [name for name in ("script", "img", "link") if page.of(name)]
    ((attributes, _),) = page.of("meta", **{"http-equiv": "Content-Security-Policy"})
    assert attributes["content"].startswith(
        "default-src 'none'; script-src 'none'; style-src 'sha256-"
    )


def test_hostile_texts_stay_texts():
    text = write_sheets([Sheet(HOSTILE, make_hostile(), HOSTILE)])
    page = Elements(text)
    assert not page.of("script")
    # As the name, the answer and the mistakes have it; <b> is around these alone.
    assert next(found for _, found in page.of("b")) == make_printable(HOSTILE)
    assert "</script" not in text


def test_a_formula_is_written_on_paper_and_chosen_elsewhere():
    (item,) = Selection(["chain"], level=3).make_items("anna")
    text = write_sheets([Sheet("anna", [item])])
    assert item.is_choice
    assert ["Write a formula" in one for one in (item.question, text)] == [False, True]
    assert '<ol class="options">' not in text
    assert f'<span class="right">{item.exercise.answer.show()}</span>' in text


@pytest.mark.parametrize("format", ["A4", "Letter"])
def test_on_paper_no_exercise_is_divided_and_answers_begin_a_page(show, format):
    def count_pages(items, **parts):
        pdf = show(items, parts=parts).pdf(format=format)
        return len(re.findall(rb"/Type\s*/Page\b", pdf))

    assert count_pages([make_number(), make_choice()]) == 2
    high = {"working": "Line by line.\n" * 42}  # more than half of a page, or of its columns
    high["program"] = "\n".join(f"x{i} = {i}" for i in range(40))
    assert count_pages([make_number(seed=seed, **high) for seed in "abc"]) == 3 + 2
    ten = Selection(count=10).make_items("anna")
    assert count_pages(ten, has_answers=False) in (3, 4)
    assert count_pages(ten, has_questions=False) in (1, 2)


def test_nothing_is_wider_than_the_paper(show):
    for items, name in ((make_long_items(), "x" * 300), (make_hostile(), HOSTILE)):
        page = show(
            items, name, viewport={"width": 680, "height": 960}
        )  # what A4 has within margins
        page.emulate_media(media="print")
        over = page.evaluate(
            """[...document.querySelectorAll("p, li, h1, h2, pre, figure, svg, span")]
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
              .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert over == []


def test_a_sheet_is_light_and_accessible_on_a_dark_screen_too(show):
    page = show(color_scheme="dark")
    assert find_violations(page) == []
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
