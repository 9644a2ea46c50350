"""What is seen of a lesson at each size of window: where a step stands, how large letters are."""

import random
from itertools import pairwise

import pytest
from graph_page import (
    break_engine,
    build_network,
    find_box,
    press,
    read_headline,
    settle,
)
from seen import LOOK, PHONE, PROJECTOR, SIZES, look_at_steps, make_neuron

from micrograd_nn import sum as sum_of
from micrograd_nn.nn import MLP
from micrograd_nn.terminal.neurons import make_gated_neuron


def make_losses(count):
    """Return a network of three layers, and its loss over examples."""
    model, rng = MLP(2, [8, 8, 1], rng=random.Random(1)), random.Random(2)
    losses = [(model([rng.uniform(-1, 1), rng.uniform(-1, 1)]) - 1) ** 2 for _ in range(count)]
    loss = sum_of(losses) if count > 1 else losses[0]
    loss.label = "loss"
    return loss, model


@pytest.mark.parametrize("quiz", ["", "&quiz"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_link_lands_on_its_step_at_once(show, width, height, quiz):
    for make, step in [(make_neuron, 8), (make_neuron, 12), (make_gated_neuron, 6)]:
        page = show(make(), f"step={step}{quiz}", viewport={"width": width, "height": height})
        seen = page.evaluate(LOOK)
        assert (seen["current"], seen["cut"]) == (2, 0), step


@pytest.mark.parametrize(("count", "view"), [(1, "layer"), (20, "neuron")])
def test_each_step_of_a_network_changes_what_is_drawn(show, count, view):
    loss, model = make_losses(count)
    page = show(loss, f"view={view}", names=model, reduced_motion="reduce")
    drawn = [seen["drawn"] for seen in look_at_steps(page)]
    assert len(drawn) > 10
    assert [i for i, (one, other) in enumerate(pairwise(drawn)) if one == other] == []


def test_steps_that_stay_in_a_box_are_told_as_one(show):
    loss, model = make_losses(1)
    page = show(loss, "view=neuron&step=46", names=model)
    told = "Back within out: shares for 8 weights; most is added to the gradient of out."
    assert read_headline(page).startswith(told)


def test_two_shares_into_one_box_end_apart(show):
    page = show(make_gated_neuron(), "step=12", viewport={"width": 1440, "height": 900})
    tips = [
        page.get_by_label(f"from u to {user}", exact=True).locator(".head.back").bounding_box()
        for user in ("gate", "output")
    ]
    assert abs(tips[0]["y"] - tips[1]["y"]) >= 14, "pixels"
    model, loss, _ = build_network()
    page = show(loss, "step=99", names=model, viewport={"width": 1440, "height": 900})
    edge = find_box(page, "x1").bounding_box()
    heads = page.locator(".view .flowed .head.back").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map(({ x, y }) => [x, y])"
    )
    own = [y for x, y in heads if abs(x - edge["x"] - edge["width"]) < 3]
    tops = sorted(y for y in own if edge["y"] < y < edge["y"] + edge["height"])
    assert len(tops) == 4, "a share from each neuron of an open layer"
    assert min(high - low for low, high in pairwise(tops)) > 6


def test_a_projector_shows_picture_step_and_equation_with_letters_one_can_read(show):
    for make in (make_neuron, make_gated_neuron):
        for seen in look_at_steps(show(make(), viewport=PROJECTOR, reduced_motion="reduce")):
            assert seen["letters"] >= 12.9
            assert seen["below"] <= 0
            assert seen["cut"] == 0
    for loss, model in (make_losses(1), build_network()[1::-1]):
        page = show(loss, "step=999", names=model, viewport=PROJECTOR, reduced_motion="reduce")
        assert page.evaluate(LOOK)["letters"] >= 12.5, "numbers from where to where, too"


# What a box and an arrow say


def test_a_box_is_heard_and_arrow_keys_lead_along_the_edges(show):
    page = show(make_neuron(), "step=12", reduced_motion="reduce")
    name = "v2 = w2 · x2: value 0, gradient 0.501"
    assert find_box(page, "v2").get_attribute("aria-label") == name
    assert page.get_by_role("img", name="w1: value −3", exact=True).count() == 1
    page.locator("#graph").focus()
    heard = "document.activeElement.getAttribute('aria-label')"
    while not page.evaluate(heard).startswith("w2"):  # of all boxes the one where the step is
        page.keyboard.press("Tab")
    for key, found in [
        ("Right", name), ("Right", "v3"), ("Right", "v4"), ("Up", "v4"), ("Left", "v3"), ("Up", "b")
    ]:  # fmt: skip
        page.keyboard.press(f"Arrow{key}")
        assert page.evaluate(heard).startswith(found)
    assert page.locator("#position").inner_text() == "12", "no key was the player's"
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.get_by_label("Pin value").fill("3")
    page.keyboard.press("Enter")
    assert page.evaluate(heard).startswith("b: value 3, gradient"), "one goes on from there"
    page.get_by_label("Find").fill("w2")
    page.keyboard.press("Enter")
    assert page.locator("#live").text_content().startswith("w2: value 1")


@pytest.mark.parametrize("width", [768, 1280])
def test_what_is_wrong_stands_in_its_box_with_a_sign_of_its_own(show, width):
    page = show(make_gated_neuron(), viewport={"width": width, "height": 720})
    break_engine(page, "overwrite")
    remarks = page.locator(".view .wrong").evaluate_all(
        """all => all.map((one) => {
          const [box, text] = [".body", ".remark"].map((part) => one.querySelector(part));
          const [around, own] = [box, text].map((part) => part.getBoundingClientRect());
          return [text.textContent[0], own.left > around.left && own.right < around.right
            && own.top > around.top && own.bottom < around.bottom + 1];
        })"""
    )
    assert remarks == [["✗", True]] * 5


def test_an_arrow_has_a_gap_for_its_label_and_no_other_runs_through_it(show):
    for make in (make_neuron, make_gated_neuron):
        page = show(make(), "step=15", viewport=PROJECTOR)
        crossed = page.evaluate(
            """() => [...document.querySelectorAll(".view .edge")].flatMap((edge) => {
              const gap = edge.querySelector(".gap").getBoundingClientRect();
              const texts = [...edge.querySelectorAll("text")]
                .map((one) => one.getBoundingClientRect());
              const isOut = texts.some((one) => one.left < gap.left || one.right > gap.right);
              const others = [...document.querySelectorAll(".view .edge .line")].filter((line) => {
                const [length, at] = [line.getTotalLength(), line.getScreenCTM()];
                return !edge.contains(line) && Array.from({ length: 100 }, (_, i) =>
                  line.getPointAtLength(length * i / 99).matrixTransform(at)).some(({ x, y }) =>
                    texts.some(({ left, right, top, bottom }) =>
                      x > left && x < right && y > top + 3 && y < bottom - 3));
              });
              return isOut || others.length ? [edge.getAttribute("aria-label")] : [];
            })"""
        )
        assert crossed == []


def test_the_edge_that_is_asked_about_turns_when_it_is_answered(show):
    page = show(make_gated_neuron(), "step=7", quiz=True)
    line = page.locator(".edge.current .line")
    colour = "one => getComputedStyle(one).stroke"
    faint, gradient = "rgb(87, 96, 106)", "rgb(179, 71, 0)"
    assert line.evaluate(colour) == faint
    press(page, "Show me")
    page.wait_for_timeout(200)
    assert line.evaluate(colour) == gradient


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_signs_are_explained_in_sight(show, width, height):
    page = show(make_neuron(), viewport={"width": width, "height": height})
    player = page.locator("#player").bounding_box()["y"]
    for sign in ("value", "gradient", "× local", "◂ share"):
        box = page.locator(".legend li", has_text=sign).first.bounding_box()
        assert box["y"] + box["height"] < player, sign


@pytest.mark.parametrize("width", [768, 1280])
def test_the_head_of_a_panel_is_one_line(show, width):
    model, loss, example = build_network()
    given = {"names": model, "inputs": example, "rows": [[0.3, 0.9, -1.0]]}
    viewport = {"width": width, "height": 720}
    page = show(loss, "step=12", **given, viewport=viewport)
    large, names = make_losses(20)
    other = show(large, names=names, viewport=viewport)
    press(other, "Last")
    for seen, panel in [(page, "#step"), (page, "#inputs-panel"), (other, "#step")]:
        heights = seen.locator(f"{panel} > .bar > :is(h2, button, label)").evaluate_all(
            "all => all.filter((one) => one.checkVisibility())"
            ".map((one) => one.getBoundingClientRect()).map(({ y, height }) => y + height / 2)"
        )
        assert max(heights) - min(heights) < 10, panel


# Numbers and room


@pytest.mark.parametrize("size", [PROJECTOR, PHONE])
def test_no_digit_of_a_number_field_is_cut_off(show, size):
    loss, model = make_losses(1)
    page = show(loss, names=model, viewport=size)
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.keyboard.press("End")
    press(page, "Take a step")
    settle(page)
    fields = page.locator("#inputs input[type=text]")
    cut = fields.evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth && one.value.length < 8)"
        ".map((one) => one.value)"
    )
    assert cut == []
    weight = fields.last
    assert len(weight.input_value()) < 9
    weight.focus()
    assert weight.input_value() == weight.get_attribute("title"), "all digits"
    page.keyboard.press("Tab")
    assert len(weight.input_value()) < 9


def test_on_a_phone_one_sees_what_a_nudge_does_and_what_is_wrong_first(show):
    page = show(make_gated_neuron(), "step=12", viewport=PHONE)
    press(page, "b +0.01")
    settle(page)
    graph = page.locator("#graph").bounding_box()
    assert page.evaluate("scrollY") > 200
    assert graph["y"] >= 0
    page = show(make_gated_neuron(), "broken=overwrite", viewport=PHONE)
    frame, culprit = page.locator("#graph").bounding_box(), find_box(page, "u").bounding_box()
    assert frame["x"] <= culprit["x"]
    assert culprit["x"] + culprit["width"] <= frame["x"] + frame["width"]


def test_the_picture_gets_room_for_what_is_opened(show):
    loss, model = make_losses(1)
    page = show(loss, names=model, viewport={"width": 1440, "height": 900})
    before = page.locator("#graph").bounding_box()["height"]
    page.get_by_role("button", name="Open layer 2").click()
    after = page.locator("#graph").bounding_box()["height"]
    assert before < 0.4 * 900 < 0.55 * 900 < after


@pytest.mark.parametrize(("width", "height"), [(768, 1024), (1280, 1024), (844, 390)])
def test_a_picture_that_nearly_fits_opens_whole_or_in_all_its_height(show, width, height):
    page = show(make_neuron(), "step=0", viewport={"width": width, "height": height})
    frame = page.locator("#graph").bounding_box()
    for name in ("x1", "w2", "output") if height > 400 else ("x1", "w2"):
        box = find_box(page, name).bounding_box()
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]
