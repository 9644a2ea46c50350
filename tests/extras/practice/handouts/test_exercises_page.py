"""The page of exercises: what is said of answers, the score, and that everybody can use it."""

import re
from dataclasses import replace

import pytest
from browser import find_violations
from exercising import make_choice, make_hostile, make_number

from micrograd_nn import Value
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.exercises import TOPICS
from micrograd_nn.extras.practice.exercises.exercise import Miss
from micrograd_nn.extras.practice.handouts.item import make_item
from micrograd_nn.extras.practice.handouts.page import build_quiz, quiz_page
from micrograd_nn.graph.graph import Graph
from micrograd_nn.page.frame import Page

PHONE = {"width": 390, "height": 844}
ITEMS = [
    make_number(-0.5, [(0.5, "Sign"), (2.0, "Upside down")], question="What is `a/b`?"),
    make_choice(misses=[(0, "Grows"), (2, "Has a kink")]),
]


@pytest.fixture
def show(visit, tmp_path):
    def show(items=ITEMS, **options):
        path = tmp_path / "quiz.html"
        path.write_text(build_quiz("anna", items).text, encoding="utf-8")
        return visit(path, **options)

    return show


def answer(page, number, given):
    """Return what is said of a number that is typed, or of a choice that is made."""
    exercise = page.locator(".exercise").nth(number - 1)
    box = exercise.locator("input[type=text]")
    if box.count():
        box.fill(given)
        box.press("Enter")
    else:
        if given:
            exercise.get_by_label(given).check()
        exercise.get_by_role("button").click()
    return exercise.locator(".said").inner_text()


NONE = "^✗ That is none of the known mistakes\\."
TYPED = ["-1/2", "−0,5", "-.5", " −.5 ", "-5e-1", "-0.5004", "–1 / 2"]
CLIMBS = Miss(0.5, "Sign", "So it climbs.", "It is negative.")
PLAYED = {  # exercises; what is answered, by their numbers, and said; the score
    "a right number, however it is typed": (
        [make_number(misses=[(0.5, "Sign")], seed=text) for text in TYPED],
        [(number, text, r"^✓ Right\..*So much\.") for number, text in enumerate(TYPED, 1)],
        f"You can do: {TOPICS['shared'].title}",
    ),
    "a known mistake, the same once more, and a second one": (
        ITEMS,
        [(1, "0.5", r"^✗ Sign\.\n\ntold of 0\.5 Try again\.$"),
         (1, ".5", r"^✗ Sign\.\n\ntold of 0\.5 Try again\.$"),
         (1, "7", rf"{NONE}.*Right is −0\.5.*So much\.")],
        None,
    ),
    "what is rounded too much counts for nothing": (
        [make_number(1 / 3, [(3.0, "Upside down")])] * 2,
        [(1, "0.33", r"^Nearly\.\n\nIt has to be right to three digits\.$"),
         (1, "33", rf"{NONE}\n\nThe digits are right, but not the decimal point\."),
         (1, "33.0", rf"{NONE}\n\nThe digits are right, but not the decimal point\. Try again"),
         (1, "0.333", r"^✓ Right\."), (2, "0.33", "^Nearly"), (2, "1/3", r"^✓ Right\.")],
        "1 of 2 at the first try, 1 at the second.",
    ),
    "what is right instead is told with the working": (
        [make_item(replace(make_number().exercise, misses=[CLIMBS]))] * 2,
        [(1, "0.5", r"So it climbs\. Try again\."), (2, "7", NONE),
         (2, "0.5", r"So it climbs\. It is negative\.")],
        None,
    ),
    "what is no answer counts for nothing": (
        ITEMS,
        [(2, "", r"^Choose one of the answers\.$"), (2, "a) exp", r"^✗ Grows\."),
         (2, "b) tanh", r"^✓ Right\."), (1, "", r"The box is empty\."),
         (1, "1/0", "divides by zero"), (1, "-0.5", "^✓")],
        "1 of 2 at the first try, 1 at the second.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("items", "steps", "learned"), PLAYED.values(), ids=PLAYED)
def test_of_each_answer_is_said_what_is_true(items, steps, learned, show):
    page = show(items)
    shown = page.evaluate("document.body.innerText")
    assert not re.search(r"−0\.5|Sign|So much|climbs", shown)  # before it is due
    for number, given, said in steps:
        assert re.search(said, answer(page, number, given), re.DOTALL)
    assert learned is None or learned in page.locator("#score").inner_text()


def test_a_box_is_marked_while_what_is_in_it_is_no_answer(show):
    page = show()
    box = page.get_by_label("Your answer").first
    for given, is_invalid in (("1/0", "true"), ("-0.5", None)):
        answer(page, 1, given)
        assert box.get_attribute("aria-invalid") == is_invalid


def test_the_score_says_what_was_learned(show):
    page = show([*ITEMS, make_number(3.0, seed="m"), make_number(4.0, [(5.0, "Late")], seed="l")])
    assert page.locator("#score").is_hidden()
    for number, given in enumerate(("0.5", "b) tanh", "1", "5"), 1):
        answer(page, number, given)
    for number, given in ((1, "-0.5"), (3, "2")):
        answer(page, number, given)
    assert page.locator("#progress").inner_text() == "3 of 4 answered"
    answer(page, 4, "9")
    assert page.locator("input[type=text][readonly]").count() == 3  # done, or shown
    title = TOPICS["shared"].title
    assert page.locator("#counted").inner_text() == (
        "1 of 4 at the first try, 1 at the second, 2 shown after two misses."
    )
    assert page.locator("#learned li").all_inner_texts() == [
        f"Right at the second try: {title} (exercise 1), after the miss “Sign”",
        f"Look again at: {title} (exercise 3)",
        f"Look again at: {title} (exercise 4): Late",
    ]
    assert page.locator("#live").inner_text().startswith("All answered. 1 of 4")
    page.get_by_role("button", name="Start again").click()
    assert page.locator("#score").is_hidden()
    assert page.locator(".said:not(:empty)").count() == 0


def test_the_keyboard_does_all_of_it(show):
    page = show()
    page.get_by_label("Your answer").first.focus()
    # A number, one that takes its place, on to the next; the first of its choices, and the second.
    for key in ("25", "Enter", "-0,5", "Enter", "Enter", "Space", "ArrowDown", "Enter"):
        (page.keyboard.press if key.isalpha() else page.keyboard.type)(key)
    assert page.locator(".said").nth(1).inner_text().startswith("✓ Right.")
    assert page.locator("#counted").inner_text() == "1 of 2 at the first try, 1 at the second."
    assert page.evaluate("document.activeElement.textContent") == "Go on"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "score"


def test_axe_finds_nothing_before_and_after(show):
    page = show([*ITEMS, *make_hostile()])
    assert find_violations(page) == []
    for number, given in ((1, "0.5"), (2, "b) tanh"), (1, "7"), (3, "6"), (4, "b) b")):
        answer(page, number, given)
    assert page.locator("#score").is_visible()
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        assert find_violations(page) == [], colours


def test_hostile_texts_stay_texts_and_nothing_is_cut_off_on_a_phone(show):
    page = show([*ITEMS, *make_hostile()], viewport=PHONE)
    answer(page, 1, "0.5")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    heights = [box.bounding_box()["height"] for box in page.get_by_role("button").all()]
    assert min(heights) >= 44
    assert "</script><b>" in page.locator(".words p").last.inner_text()
    assert page.locator(".words b, .said b").count() == 0
    assert "</script><b>" in answer(page, 3, "3")
    assert answer(page, 3, "6").startswith("✓")


def test_a_phone_shows_drawings_whole_and_keeps_the_lines_of_programs(show):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    for i in range(5):
        x = x * y
        x.label = f"product_{i}"
    program = "def f(a):\n    return " + " + ".join(f"a_long_name_{i}" for i in range(9))
    page = show([make_number(graph=Graph(x, {}), program=program)], viewport=PHONE)
    figure = page.locator("figure:visible")
    assert figure.count() == 1
    box, image = figure.bounding_box(), figure.locator("svg").bounding_box()
    assert image["x"] + image["width"] <= box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.querySelector('pre').clientHeight") < 80  # two lines, as written
    assert page.evaluate("document.querySelector('pre').tabIndex") == 0  # it can be moved
    assert find_violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert figure.count() == 1
    assert figure.get_attribute("class") == "across"


def test_each_topic_has_a_page_whose_right_answers_are_right(visit, tmp_path):
    path = tmp_path / "quiz.html"
    quiz_page(seed="anna").save(path)
    page = visit(path)
    page.evaluate(
        """() => JSON.parse(document.getElementById("data").textContent).exercises.forEach(
          ({ isChoice, possible }, i) => {
            const form = document.querySelectorAll(".exercise .answer")[i];
            const place = possible.findIndex(({ isRight }) => isRight);
            if (isChoice) {
              form.querySelectorAll("input")[place].checked = true;
            } else {
              form.querySelector("input").value = String(possible[place].number);
            }
            form.querySelector("button").click();
          })"""
    )
    count = len(TOPICS)
    assert page.locator("#counted").inner_text() == f"{count} of {count} at the first try."


def test_a_frame_that_may_submit_no_form_takes_answers(visit, tmp_path):
    page = build_quiz("anna", ITEMS)
    path = tmp_path / "frame.html"
    frame = page._repr_html_().replace("<iframe", '<iframe sandbox="allow-scripts"', 1)
    path.write_text(f"<!doctype html><meta charset=utf-8>{frame}", encoding="utf-8")
    shown = visit(path).frame_locator("iframe")
    shown.get_by_label("Your answer").first.fill("-1/2")
    shown.get_by_label("Your answer").first.press("Enter")
    assert shown.locator(".said").first.inner_text().startswith("✓ Right.")


def test_a_notebook_shows_the_page_and_a_bad_name_is_refused():
    page = quiz_page(["shared"], seed="anna")
    assert isinstance(page, Page)
    assert page._repr_html_().startswith("<iframe")
    with pytest.raises(InputError, match=r"ends in \.html"):
        page.save("quiz.pdf")
    with pytest.raises(InputError, match=r"topics are a list: write \['shared'\], not 'shared'"):
        quiz_page("shared")
