"""Guesses in the book: judged before an answer opens, kept in the browser, saved and loaded."""

import json
import re
from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations

import pytest
from browser import find_violations
from site_pages import DOCS, listen, open_page

from micrograd_nn.stepping.misconceptions.nearness import is_near

KEY = "micrograd_nn.book"
NUMBERS, CHOICE, WORDS = "What are z and ŷ?", "Steeper or flatter?", "Why?"
ORDER = "In which order?"


@pytest.fixture
def context(browser):
    with listen(browser) as context:
        yield context


@pytest.fixture
def page(context, cells):
    return open_page(context, cells)


def read_guess(lines):
    """Return what a guess asks for; the folder of the extension has names of other modules, too."""
    pytest.importorskip("sphinx")
    spec = spec_from_file_location("docs_answers", DOCS / "extensions" / "answers.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.read_guess(lines)


def form(page, question):
    return page.get_by_role("form", name=question)


def is_open(page, question):
    place = page.locator(".guess", has_text=question)
    return place.evaluate("(place) => place.nextElementSibling.open")


def read_order(page):
    lines = form(page, ORDER).get_by_role("listitem")
    return lines.evaluate_all("all => all.map((line) => line.dataset.label)")


def guess(page, z, y):
    fields = form(page, NUMBERS).get_by_role("textbox")
    fields.nth(0).fill(z)
    fields.nth(1).fill(y)
    fields.nth(1).press("Enter")
    return form(page, NUMBERS).get_by_role("status").inner_text()


@pytest.mark.parametrize(
    ("z", "y", "told"),
    [
        ("3", "0.881", "z: That adds the wind. Once more?"),
        ("7", "0.881", "z: Not that. Once more?"),
        ("2", "0.886", "ŷ: Nearly. It has to be right to three digits."),
        ("two", "0.881", "z: two isn't a number such as −2.5, 0,5 or 1/2."),
        ("2", "", "ŷ: The box is empty."),
    ],
)
def test_a_wrong_number_is_told_by_its_mistake(page, z, y, told):
    assert guess(page, z, y) == told
    assert not is_open(page, NUMBERS)


def test_a_right_guess_opens_the_answer_and_is_there_on_the_next_visit(page):
    guess(page, "3", "1")
    assert guess(page, "5", "1").endswith("Once more, or open the answer.")
    assert guess(page, "4/2", "0,881") == "Right."
    assert is_open(page, NUMBERS)
    form(page, CHOICE).get_by_label("steeper").check()
    form(page, CHOICE).get_by_role("button").click()
    assert form(page, CHOICE).get_by_role("status").inner_text() == "Look at the ends. Once more?"
    form(page, CHOICE).get_by_label("flatter").check()
    form(page, CHOICE).get_by_role("button").click()
    assert is_open(page, CHOICE)
    form(page, WORDS).get_by_role("textbox").fill("A sum.")
    form(page, WORDS).get_by_role("button").click()
    assert is_open(page, WORDS)

    page.reload()
    page.wait_for_selector(".guess form")
    values = form(page, NUMBERS).get_by_role("textbox").evaluate_all("all => all.map(x => x.value)")
    assert values == ["4/2", "0,881"]
    assert form(page, CHOICE).get_by_label("flatter").is_checked()
    assert form(page, WORDS).get_by_role("textbox").input_value() == "A sum."
    assert not is_open(page, NUMBERS)
    assert find_violations(page) == []


def test_an_order_is_made_by_keys_and_the_first_that_is_too_early_is_told(page):
    order = form(page, ORDER)
    assert read_order(page) == ["L", "e", "y"]
    check = order.get_by_role("button", name="Check")
    up = order.get_by_role("button", name="Move y up")
    up.press("Enter")
    up.press("Enter")
    up.press("Enter")
    assert order.get_by_role("status").inner_text() == "y is number 1."
    check.click()
    assert order.get_by_role("status").inner_text() == "y waits for its share. Once more?"
    order.get_by_role("button", name="Move L up").click()
    order.get_by_role("button", name="Move y down").press("Enter")
    assert read_order(page) == ["L", "e", "y"]
    order.get_by_role("button", name="Move e up").click()
    check.click()
    assert (
        order.get_by_role("status").inner_text()
        == "e comes too early. Once more, or open the answer."
    )
    order.get_by_role("button", name="Move L up").click()
    order.get_by_role("button", name="Move e down").click()
    check.click()
    assert is_open(page, ORDER)
    page.reload()
    page.wait_for_selector(".guess form")
    assert read_order(page) == ["L", "y", "e"]


def test_enter_in_an_empty_field_lets_it_go(page):
    form(page, NUMBERS).get_by_role("textbox").first.press("Enter")
    form(page, ORDER).get_by_role("button", name="Check").press("Enter")
    assert is_open(page, NUMBERS)
    assert is_open(page, ORDER)
    kept = page.evaluate(f"JSON.parse(localStorage.getItem('{KEY}'))")
    assert kept["pages"]["index"]["guesses"][NUMBERS]["state"] == "skipped"


def test_an_edited_cell_is_there_on_the_next_visit(page):
    page.get_by_role("button", name="Edit cell 1", exact=True).click()
    page.locator(".cell .cm-content").first.wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("x = 41")
    page.reload()
    page.wait_for_selector(".cell-run", state="attached")
    assert "an earlier visit" in page.locator(".cell-status").first.inner_text()
    assert page.locator(".cell_input pre").first.inner_text().strip() == "x = 41"
    page.get_by_role("button", name="Reset cell 1", exact=True).click()
    page.reload()
    page.wait_for_selector(".cell-run", state="attached")
    assert "x = 41" not in page.locator(".cell_input").first.inner_text()


def test_python_begins_by_itself_for_a_reader_who_ran_a_cell_before(context, cells):
    page = open_page(context, cells)
    page.wait_for_timeout(1500)
    assert page.workers == []
    run = page.get_by_role("button", name="Run cell 1", exact=True)
    run.click()
    page.locator(".cell-status", has_text="Done.").wait_for()
    with page.expect_event("worker"):
        page.reload()
    run.click()
    page.locator(".cell-status", has_text="Done.").wait_for()
    assert len(page.workers) == 1


@pytest.mark.parametrize(
    "spoilt", ["{", '"text"', '{"version": 1, "pages": []}', '{"version": 99}']
)
def test_what_else_may_be_kept_there_is_nothing_to_it(context, cells, spoilt):
    page = context.new_page()
    page.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(spoilt)})")
    page.goto(cells)
    page.wait_for_selector(".guess form")
    assert guess(page, "2", "0.881") == "Right."


def test_progress_is_marked_saved_loaded_and_forgotten(context, site, tmp_path):
    page = context.new_page()
    page.goto(f"{site}learn/01-one-neuron.html")
    page.wait_for_selector(".guess form")
    count = page.locator(".guess").count()
    kept = {"version": 1, "pages": {"learn/01-one-neuron": {
        "guesses": {"a": {"given": ["1"], "state": "right"}}, "count": count}}}  # fmt: skip
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(kept))

    page.goto(f"{site}learn/tracks.html")
    chapter = page.locator(".sidebar-tree a", has_text="One neuron")
    page.locator("#progress input[type=file]").set_input_files(file)
    page.get_by_text("Loaded.").wait_for()
    assert chapter.locator(".made").inner_text() == f"1/{count}"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    assert json.loads(download.value.path().read_text())["pages"] == kept["pages"]
    file.write_text("[1, 2]")
    page.locator("#progress input[type=file]").set_input_files(file)
    page.get_by_text("isn't a file of your progress").wait_for()
    assert chapter.locator(".made").inner_text() == f"1/{count}"
    page.get_by_role("button", name="Forget all").click()
    assert chapter.locator(".made").count() == 0


def test_the_first_page_leads_back_to_the_place(context, site):
    page = context.new_page()
    page.goto(f"{site}learn/04-chain-rule.html#the-path-of-a-weight")
    page.goto(f"{site}index.html")
    link = page.get_by_text("Go on where you were").get_by_role("link")
    assert "The chain rule" in link.inner_text()
    assert link.get_attribute("href").startswith("learn/04-chain-rule.html#")


GUESS = re.compile(r"^```\{guess\} (.+)\n((?:.+\n)*?)(?:\n(?:.*\n)*?)?```$", re.M)


def find_flaws(title, asked):
    """Return what makes a guess unfair: a mistake that is right, or two answers that are one."""
    for field in asked["fields"]:
        where = f"{title} {field['label']}"
        for wrong, told in field["slips"]:
            if is_near(wrong, field["right"]):
                yield f"{where}: {wrong} is right, and not {told!r}"
        for (one, _), (other, _) in combinations(field["slips"], 2):
            if is_near(one, other):
                yield f"{where}: {one} and {other} are one mistake"
    if asked["choices"] and [choice["isRight"] for choice in asked["choices"]].count(True) != 1:
        yield f"{title}: not one choice is right"
    for choice in asked["choices"]:
        if choice["isRight"] == bool(choice["told"]):
            yield f"{title}: only a wrong choice has its word, and {choice['label']!r} differs"
    for names in (asked["fields"], asked["choices"], asked["order"]):
        if len({one["label"] for one in names}) < len(names):
            yield f"{title}: two have one name"


ASKING = [*sorted((DOCS / "learn").glob("[0-9]*.md")), DOCS / "understand" / "why-not-recurse.md"]


@pytest.mark.parametrize("path", ASKING, ids=lambda x: x.stem)
def test_no_guess_of_a_chapter_is_unfair(path):
    text = path.read_text(encoding="utf-8")
    found = [(title, read_guess(lines.splitlines())) for title, lines in GUESS.findall(text)]
    assert len(found) == text.count("```{guess}") > 1
    assert len({title for title, _ in found}) == len(found), "answers are kept by their question"
    assert [flaw for title, asked in found for flaw in find_flaws(title, asked)] == []
    assert not re.search("(answer|dropdown)}.*guess first", text, re.IGNORECASE)


@pytest.mark.parametrize(
    "lines",
    [
        ["z = 0.881", "! z = 0.8808: Rounded."],
        ["z = 1", "! z = 2: Twice.", "! z = 4/2: Two."],
        ["- [x] one", "- [x] two"],
        ["- [x] one", "- [ ] two"],
        ["- [x] one", "- [ ] one: Not that."],
        ["1. one", "2. one"],
    ],
)
def test_an_unfair_guess_is_found(lines):
    assert list(find_flaws("", read_guess(lines)))


@pytest.mark.parametrize(
    "lines",
    [
        ["z is 2"],
        ["= 2"],
        ["- [ ] one", "- [ ] two"],
        ["z = 2", "- [x] one"],
        ["! z = 3: Why?"],
        ["1. one"],
        ["1. one", "2. two", "z = 2"],
    ],
)
def test_a_guess_of_another_form_is_refused(lines):
    with pytest.raises(ValueError, match="a guess"):
        read_guess(lines)
