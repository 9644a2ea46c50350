"""What a lesson's page lets one do with its graph: nudge, descend, present, save the picture."""

import pytest
from browser import find_violations, wait_until
from graph_page import (
    PHONE,
    build_network,
    build_three_paths,
    press,
    read_formulas,
    read_headline,
    read_leaves,
    read_sentence,
    read_step,
)

from micrograd_nn import Value
from micrograd_nn.terminal.neurons import make_gated_neuron

# The headline


def test_an_explanation_is_folded_and_stays_as_it_was_left(show):
    page = show(build_three_paths(), hash="step=7")
    assert not page.locator("#sentence").is_visible()
    press(page, "Why?")
    page.keyboard.press("ArrowRight")
    assert page.locator("#sentence").is_visible()
    assert page.locator("#live").inner_text().endswith(read_sentence(page))
    page.reload()
    assert page.locator("#sentence").is_visible()
    press(page, "Why?")
    page.reload()
    assert not page.locator("#sentence").is_visible()


def test_nothing_below_the_equation_moves_from_step_to_step(show):
    page = show(build_three_paths(), viewport={"width": 1280, "height": 800})
    page.get_by_label("Step", exact=True).fill("1")
    heights = set()
    for _ in range(11):
        heights.add(page.locator("#formula").bounding_box()["height"])
        page.keyboard.press("ArrowRight")
    assert len(heights) == 1


# Nudges


def read_result(page):
    return page.locator("#result").inner_text().partition(" = ")[2].replace("−", "-")


# A step of descent


def test_a_step_of_descent_follows_the_gradients_and_is_undone(show):
    root = make_gated_neuron()
    page = show(root)
    assert page.locator("#descent").is_hidden(), "before the last step"
    page.keyboard.press("End")
    before = read_leaves(page)
    results = [float(read_result(page))]
    assert page.locator("#moved option:checked").inner_text() == "w, b"
    for name in ("Take a step", "Once more"):
        numbers = read_leaves(page)
        press(page, name)
        after = read_leaves(page)
        for leaf, (number, gradient) in numbers.items():
            moved = number - 0.1 * gradient if leaf in ("w", "b") else number
            assert after[leaf][0] == moved
        results.append(float(read_result(page)))
    assert results == sorted(results, reverse=True)
    assert page.locator("#moves").inner_text().startswith(f"output {results[1]} → {results[2]} (−")
    page.locator("#rate").fill("fast")
    press(page, "Once more")
    assert page.locator("#moves").inner_text() == "fast isn't a number such as 0.1 or 1e−3."
    press(page, "Undo")
    assert read_leaves(page) == before
    page.locator("#rate").fill("0.1")
    page.locator("#moved").select_option("x, w, b")
    press(page, "Take a step")
    assert read_leaves(page)["x"][0] == before["x"][0] - 0.1 * before["x"][1]


def test_a_step_that_is_too_large_says_so(show):
    w = Value(1.0, "w")
    page = show(w * w)
    page.keyboard.press("End")
    page.locator("#rate").fill("2")
    press(page, "Take a step")
    assert page.locator("#moves").inner_text() == (
        "v1 1 → 9 (+8; predicted −8). The step was too large: the slope held near the start "
        "alone. w 1 → −3."
    )


def test_the_weights_of_a_model_take_the_step(show):
    model, loss, example = build_network()
    page = show(loss, names=model, inputs=example, rows=[[0.3, 0.9, -1.0]])
    page.keyboard.press("End")
    before = read_leaves(page)
    press(page, "Take a step")
    after = read_leaves(page)
    assert {name for name in before if before[name][0] == after[name][0]} <= {"x1", "x2", "y"} | {
        name for name, (_, gradient) in before.items() if gradient == 0
    }


# Presenting


def test_presenting_shows_a_step_alone_and_large(show):
    page = show(make_gated_neuron(), hash="step=8", viewport={"width": 1280, "height": 800})
    page.keyboard.press("p")
    page.wait_for_url("**present")
    assert page.locator("#inputs-panel, #paths-panel, #loop-panel").locator(
        "visible=true"
    ).count() == 0  # fmt: skip
    sizes = page.evaluate(
        """["#headline", ".equation math", ".local math", ".note", "#step h2"]
          .map((one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize))"""
    )
    assert sizes == [38, 34, 34, 24, 24]
    for part in ("#graph", "#headline", ".equation", "#formula .local math", "#next"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800, part
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#inputs-panel").is_visible()
    assert show(make_gated_neuron(), hash="present").locator("#inputs-panel").is_hidden()


def test_who_presents_may_ask_first(show):
    page = show(make_gated_neuron(), hash="step=7&present")
    page.keyboard.press("r")
    assert read_headline(page) == "gate gets ?, from output"
    assert "?" in read_formulas(page)[0]
    assert len(read_formulas(page)) == 1
    page.keyboard.press("ArrowRight")
    assert (read_step(page), read_headline(page)) == (7, "gate gets 1, from output")
    page.keyboard.press("ArrowRight")
    assert (read_step(page), read_headline(page)) == (8, "u gets ? more, from gate")
    page.keyboard.press("r")
    assert read_headline(page) == "u gets 0.1966 more, from gate"
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert "?" not in read_headline(page), "it is of presenting alone"


def test_in_a_hall_digits_lead_to_a_step_and_the_screen_goes_black(show):
    page = show(make_gated_neuron(), hash="step=7&present", viewport={"width": 1280, "height": 720})
    page.keyboard.type("12")
    assert read_step(page) == 12
    page.keyboard.press("b")
    cover = "document.elementFromPoint(640, 300) === document.body"
    assert page.evaluate(cover)
    page.keyboard.press("Escape")
    assert not page.evaluate(cover), "the step again, still presented"
    assert page.locator("#inputs-panel").is_hidden()
    page.keyboard.press("f")
    wait_until(page, "document.fullscreenElement !== null")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    assert not page.evaluate(cover), "it is of presenting alone"


# The menu


def test_the_menu_saves_the_whole_picture(show, tmp_path):
    page = show(make_gated_neuron(), hash="step=12", title="A gate", viewport=PHONE)
    saved = {}
    for kind in ("SVG", "PNG"):
        page.keyboard.press("?")
        assert find_violations(page) == []
        with page.expect_download() as download:
            press(page, f"Save picture as {kind}")
        assert download.value.suggested_filename == f"A gate.{kind.lower()}"
        download.value.save_as(tmp_path / kind)
        saved[kind] = (tmp_path / kind).read_bytes()
    assert saved["PNG"].startswith(b"\x89PNG")
    text = saved["SVG"].decode("utf-8")
    assert "var(" not in text
    for shown in ("output", "0.7311", "0.6958", "0.9277"):
        assert f">{shown}<" in text, "though it is out of sight"


def test_next_is_two_keys_away(show):
    page = show(build_three_paths())
    page.keyboard.press("Tab")
    assert page.get_by_role("button", name="Skip to Next").is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert read_step(page) == 1


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_on_a_phone_buttons_are_large_and_in_sight(show, width, height):
    page = show(make_gated_neuron(), hash="step=9", viewport={"width": width, "height": height})
    boxes = {
        name: page.get_by_role("button", name=name, exact=True).bounding_box()
        for name in ("First", "Back", "Play", "Next", "Last", "Why?")
    }
    for name, box in boxes.items():
        assert box["height"] >= 44, name
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] + box["height"] <= height, name
    assert boxes["Next"]["width"] > 1.5 * boxes["Back"]["width"]
