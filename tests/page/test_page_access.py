"""The page for everybody: accessible, in the dark, on a phone, on paper, without motion."""

import re

import pytest
from browser import find_violations, stop_clock
from graph_page import (
    PHONE,
    break_engine,
    build_network,
    find_box,
    press,
    read_sentence,
    set_number,
)

from micrograd_nn import Value
from micrograd_nn.terminal.neurons import make_gated_neuron

# For everybody


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(show, colours):
    model, loss, example = build_network()
    rows = [[0.3, 0.9, -1.0]]
    network_page = show(loss, names=model, inputs=example, rows=rows, color_scheme=colours)
    assert find_violations(network_page) == []
    page = show(make_gated_neuron(), title="A neuron", notes="One.\n\nTwo.", color_scheme=colours)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[colours]
    for number in ("0", "3", "6", "10", "12"):
        page.get_by_label("Step", exact=True).fill(number)
        assert find_violations(page) == []
    break_engine(page, "overwrite")
    set_number(page, "x", "1e400")
    page.locator("#paths button").first.click()
    page.locator(".edge[tabindex]").first.focus()
    assert find_violations(page) == []


def test_all_can_be_read_and_reached_on_a_phone(show):
    page = show(make_gated_neuron(), viewport=PHONE, hash="step=9")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    cut_off = page.evaluate(
        """[...document.querySelectorAll("button, input, select, p, h1, h2, td, th")]
          .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1
            && one.tagName !== "SELECT" && one.type !== "text" && one.clientWidth > 1)
          .map((one) => `${one.tagName} ${one.id} ${one.textContent}`)"""
    )
    assert cut_off == []
    size = page.evaluate(
        """parseFloat(getComputedStyle(document.querySelector("g.node text")).fontSize)
          * document.querySelector(".graph").getCTM().a"""
    )
    assert size >= 9  # pixels
    tops = [page.get_by_role("button", name=name, exact=True).bounding_box()["y"]
            for name in ("First", "Back", "Play", "Next", "Last")]  # fmt: skip
    assert len(set(tops)) == 1


def test_what_has_the_focus_is_behind_nothing(show):
    page = show(make_gated_neuron(), viewport=PHONE, hash="step=9", reduced_motion="reduce")
    hidden = """() => {
      const one = document.activeElement;
      const { left, top, width, height } = one.getBoundingClientRect();
      const seen = document.elementFromPoint(left + width / 2, top + height / 2);
      return one.matches("body, g, #side") || one.contains(seen) ? "" : one.outerHTML;
    }"""
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(hidden) == ""


@pytest.mark.parametrize("width", [280, 300, 490, 560, 640])
def test_no_button_of_the_player_is_cut_off(show, width):
    page = show(make_gated_neuron(), viewport={"width": width, "height": 700}, hash="step=9")
    for name in ("First", "Back", "Play", "Next", "Last"):
        button = page.get_by_role("button", name=name, exact=True)
        assert button.evaluate("one => one.scrollWidth <= one.clientWidth"), name
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_print_shows_the_moment_without_controls(show):
    page = show(make_gated_neuron(), hash="step=9")
    shown_on_screen = read_sentence(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.locator("#paths button:visible").count() == 2
    controls = "button:not(#paths *):visible, input:not([type=text]):visible"
    assert page.locator(controls).count() == 0
    assert read_sentence(page) == shown_on_screen
    assert page.locator("#headline").is_visible()
    assert page.locator("#inputs").evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")
    graph, last = page.locator("#graph").bounding_box(), find_box(page, "output").bounding_box()
    assert last["x"] + last["width"] <= graph["x"] + graph["width"] + 1
    assert last["y"] + last["height"] <= graph["y"] + graph["height"] + 1


def test_of_many_paths_ten_are_printed_each_in_a_line_or_two(show):
    x = Value(0.5, "x")
    page = show(sum((x * i).tanh() for i in range(1, 40)))
    assert page.locator("#paths button:visible").count() == 39
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    printed = page.locator("#paths button:visible")
    assert printed.count() == 10
    assert max(one.bounding_box()["height"] for one in printed.all()) < 60
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf())
    assert len(sheets) <= 4


def test_who_asks_for_less_motion_gets_none(show):
    duration = "getComputedStyle(document.querySelector('g.node .body')).transitionDuration"
    assert show(make_gated_neuron()).evaluate(duration) != "0s"
    page = show(make_gated_neuron(), reduced_motion="reduce")
    assert page.evaluate(duration) == "0s"
    stop_clock(page)
    press(page, "Play paths")
    page.clock.run_for(1400)
    assert page.locator("#paths button").nth(1).get_attribute("aria-pressed") == "true"
    press(page, "Next", "Next")
    assert page.locator(".node.current").count() == 1
    assert page.locator(".view .dot").count() == 0, "none runs along the edges"
