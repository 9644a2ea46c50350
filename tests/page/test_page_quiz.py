"""Guessing first, in a real browser: questions, what is said of answers, and the score."""

import pytest
from browser import find_violations, stop_clock
from graph_page import (
    break_engine,
    build_three_paths,
    find_box,
    find_choice,
    press,
    read_headline,
    read_sentence,
    read_step,
    settle,
)

from micrograd_nn import Value, tanh
from micrograd_nn._ground.text import format_number
from micrograd_nn.graph import Graph
from micrograd_nn.stepping.misconceptions import find_slips, list_quantities

SMALL = {"width": 390, "height": 844}


def build_occasions():
    """Return a graph that gives occasion to each classic mistake but that with a power."""
    x, y = Value(0.7, "x"), Value(1.9, "y")
    a = tanh(x)
    b = a * y
    output = b * a + x * y
    a.label, b.label, output.label = "a", "b", "output"
    return output


def list_facts(root):
    """Return the number of each step back in a page, with that step and its quantities."""
    graph = Graph(root)
    forward = sum(node.operation is not None for node in graph.nodes)
    return dict(enumerate(list_quantities(graph), forward + 2))


def go_to(page, step):
    page.get_by_label("Step", exact=True).fill(str(step))


def guess(page, text):
    page.locator("#guess").fill(text)
    page.keyboard.press("Enter")


def read_verdict(page):
    return page.locator("#verdict p").inner_text()


def ask_for(page, kind):
    page.get_by_label("Ask for").select_option(kind)


# Right


def test_a_whole_pass_is_guessed_right_by_keyboard(show):
    root = build_three_paths()
    page = show(root, quiz=True)
    facts, asked = list_facts(root), set()
    while read_step(page) < min(facts):
        page.keyboard.press("ArrowRight")
    for number, (step, _) in facts.items():
        assert read_step(page) == number
        assert page.locator("#live").inner_text() == f"Step {number}: {read_headline(page)}"
        kind = page.locator(":focus").get_attribute("aria-label").split(",")[0]
        asked.add(kind)
        right = {"Gradient": step.after, "Local derivative": step.partial}[kind]
        page.keyboard.type(format_number(right))
        page.keyboard.press("Enter")
        assert read_verdict(page) == "Right."
        assert page.locator("#live").inner_text() == f"Right. {read_headline(page)}."
        assert page.locator("#formula math").count() == 2
        page.keyboard.press("Enter")  # Go on has the focus
    assert asked == {"Gradient", "Local derivative"}
    assert page.locator("#score").inner_text() == "7 of 7 at the first try. That was all."
    assert page.evaluate("document.activeElement.id") == "score-panel"
    products = page.locator("#paths button").all_inner_texts()
    assert all(" = " in product for product in products), "it is over"


def test_a_page_opens_without_questions_and_the_switch_asks(show):
    page = show(build_three_paths(), hash="step=8")
    assert page.locator("#guessing, #score-panel").locator("visible=true").count() == 0
    break_engine(page, "overwrite")
    page.get_by_role("switch", name="Guess first").check()
    assert read_step(page) == 8
    assert find_choice(page, "overwrite").is_disabled()
    assert page.locator(".node.wrong").count() == 0
    page.get_by_role("switch", name="Guess first").uncheck()
    assert find_choice(page, "overwrite").input_value() == ""
    assert page.locator("#score-panel").is_hidden()
    assert "broken" not in read_sentence(page)


def test_playing_stops_at_a_question_and_typing_is_no_playing(show):
    page = show(build_three_paths(), quiz=True)
    stop_clock(page)
    press(page, "Play")
    page.clock.run_for(20_000)
    assert read_step(page) == 6
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.keyboard.type("1 ")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    assert read_step(page) == 6
    assert page.locator("#guess").input_value() == "1 "
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    assert read_step(page) == 5
    page.get_by_role("button", name="Back to the question of step 6").click()
    assert read_step(page) == 6
    assert page.evaluate("document.activeElement.id") == "guess"


# Wrong


def test_a_mistake_is_shown_at_the_step_that_it_misses(show):
    root = build_three_paths()
    number, slip = next(
        (number, slip)
        for number, (step, quantities) in list_facts(root).items()
        for slip in find_slips(step, quantities)
        if slip.misconception.name == "overwrite"
    )
    page = show(root, hash=f"step={number}", quiz=True)
    ask_for(page, "gradient")
    guess(page, repr(slip.answer))
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Check"
    page.get_by_role("button", name="Look: step 7 brought 1").click()
    assert read_step(page) == 7
    assert page.locator(".view .edge.current").count() == 1
    page.keyboard.press("Enter")  # the way back has the focus
    assert read_step(page) == number
    assert page.evaluate("document.activeElement.id") == "guess"
    guess(page, repr(slip.answer))  # the same again: what is right, and the formulas
    before, share = (format_number(x) for x in (slip.step.before, slip.step.share))
    assert read_verdict(page).endswith(f"Shares add up: {before} + {share}.")
    assert page.locator("#guess").is_hidden()


def test_a_second_miss_shows_the_working_and_skipping_counts_as_not_tried(show):
    page = show(build_three_paths(), hash="step=6", quiz=True)
    ask_for(page, "gradient")
    guess(page, "17")
    assert read_verdict(page).startswith("17 isn't it. It is none of the classic mistakes either.")
    assert page.locator("#formula math").count() == 1, "how the node was made, and nothing else"
    guess(page, "0")
    assert read_verdict(page) == (
        "A path is left out. That leaves out what output passes back to v1. This path counts, too. "
        "It adds 1."
    )
    assert page.locator("#formula math").count() == 2
    assert page.locator("#guess").is_hidden()
    press(page, "Go on", "Show me")
    assert read_sentence(page).startswith("Back from output to x: a small change of x ")
    assert page.locator("#score").inner_text() == (
        "0 of 1 at the first try, 1 shown after two misses, 1 not tried. 5 to come."
    )
    assert page.locator("#learned li").all_inner_texts() == [
        "A path is left out: missed at step 6, not met again since.",
        "Other misses: at step 6.",
    ]


def test_a_question_that_is_passed_by_next_is_no_first_try(show):
    root = build_three_paths()
    page = show(root, hash="step=6", quiz=True)
    ask_for(page, "gradient")
    right = format_number(list_facts(root)[6][0].after)
    press(page, "Next")
    press(page, "Back")
    guess(page, right)
    assert read_verdict(page) == "Right."
    assert page.locator("#score").inner_text() == (
        "0 of 0 at the first try, 1 after passing it by. 6 to come."
    )
    press(page, "Again")
    go_to(page, 6)
    guess(page, right)
    assert page.locator("#score").inner_text().startswith("1 of 1 at the first try.")


def test_what_is_no_number_costs_nothing_and_the_numbers_of_the_moment_are_asked_for(show):
    page = show(build_three_paths(), hash="step=9", quiz=True)
    ask_for(page, "gradient")
    for text, told in [
        ("a half", "a half isn't a number such as −2.5, 0,5 or 1/2."),
        ("-.745", "Nearly. It has to be right to three digits."),
    ]:
        guess(page, text)
        assert read_verdict(page).startswith(told)
    page.get_by_label("w, number").fill("4")
    settle(page)
    guess(page, "4/2")  # w x
    assert read_verdict(page) == "Right."
    assert page.locator("#score").inner_text().startswith("1 of 1 at the first try.")


# Nothing is given away


def read_everything(page):
    """Return all texts and attributes of a page, those out of sight and hidden ones too."""
    return page.evaluate(
        """[document.body, ...document.body.querySelectorAll("*:not(script, template, template *)")]
          .flatMap((one) => [
            ...[...one.childNodes].filter((part) => part.nodeType === 3).map((part) => part.data),
            ...["title", "aria-label", "aria-valuetext"].map((name) => one.getAttribute(name)),
            String(one.value ?? "")])
          .filter((text) => text?.trim()).join("\\n")"""
    )


@pytest.mark.parametrize("kind", ["gradient", "local"])
def test_nothing_of_the_answer_is_in_the_page_while_it_is_asked_for(show, kind):
    root = build_occasions()
    graph = Graph(root)
    page = show(root, quiz=True)
    ask_for(page, kind)
    seen = {format_number(number) for number in graph.numbers.values()}  # of boxes
    checked = []
    for number, (step, _) in list_facts(root).items():
        go_to(page, number)
        page.locator(".edge.current[tabindex]").focus()
        settle(page)
        found = read_everything(page)
        assert "Shown after its question." in found
        assert page.locator(".view .edge.current text").all_text_contents() == ["", ""]
        known = seen | {format_number(0.0), format_number(1.0)}
        secrets = {step.partial} if kind == "local" else {step.after, step.share, step.partial}
        for secret in {format_number(secret) for secret in secrets} - known:
            assert secret not in found.replace("-", "−"), (number, secret)
            checked.append(secret)
        press(page, "Show me")
        seen |= {format_number(x) for x in (step.after, step.share)}  # and now it may
        assert format_number(step.partial) in read_everything(page).replace("-", "−")
    assert len(checked) == (1 if kind == "local" else 6), checked


def test_the_order_is_not_given_away_and_any_complete_node_is_right(show):
    root = build_occasions()
    page = show(root, hash="step=7", quiz=True)
    ask_for(page, "next")
    order = list(list_facts(root))
    go_to(page, order[2])
    assert read_headline(page).startswith("Which node passes its gradient on next?")
    assert page.locator(".view .current").count() == 0
    choices = page.locator("#choices button")
    assert choices.all_inner_texts() == ["a", "b", "v1", "v2"]
    choices.nth(0).click()
    assert read_verdict(page).startswith("Passed on before it was complete. Nothing has arrived")
    find_box(page, "v1").click()  # in the drawing
    assert read_verdict(page).startswith("Right. v1 is complete, and may come now.")
    assert page.locator(".edge.current").count() == 1


# For everybody


def test_axe_finds_nothing_against_questions_and_answers(show):
    page = show(build_occasions(), hash="step=8", quiz=True)

    def find_in_both_colours():
        found = []
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            found += find_violations(page)
        return found

    assert find_in_both_colours() == []
    guess(page, "17")
    assert find_in_both_colours() == []
    press(page, "Show me")
    ask_for(page, "next")
    go_to(page, 9)
    assert page.locator("#choices button").count()
    assert find_in_both_colours() == []


def test_the_box_and_its_buttons_are_at_hand_on_a_phone(show):
    page = show(build_three_paths(), hash="step=7", quiz=True, viewport=SMALL, has_touch=True)
    page.locator("#guess").tap()
    player = page.locator("#player").bounding_box()["y"]
    for element in (page.locator("#guess"), *page.locator("#guessing button:visible").all()):
        box = element.bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= player
    page.locator("#guess").fill("17")
    page.get_by_role("button", name="Check").tap()
    verdict = page.locator("#verdict").bounding_box()
    assert verdict["y"] + verdict["height"] <= player
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]


def test_a_question_takes_no_focus_at_first_and_is_printed_with_room_for_its_answer(show):
    page = show(build_three_paths(), hash="step=7", quiz=True)
    assert page.locator("#guess").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "BODY", "before the page is used"
    page.emulate_media(media="print")
    assert page.locator("#guess").is_visible()
    assert page.locator("#step button:visible, #quiz:visible").count() == 0
