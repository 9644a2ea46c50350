"""What of a picture is in sight when its page opens."""

import random

import pytest

from micrograd_nn import Value
from micrograd_nn import sum as sum_of
from micrograd_nn.nn import MLP

READABLE = 0.75  # of its natural size


def network():
    model = MLP(2, [3, 1], "tanh", rng=random.Random(0))
    return model([Value(0.5, "x1"), Value(-1.0, "x2")])


def wide_sum():
    return sum_of([Value(float(i), f"x{i}") for i in range(12)])


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("graph", [network, wide_sum])
def test_a_picture_too_large_to_be_read_opens_with_a_part_that_can_be(show, graph, width):
    page = show(graph(), viewport={"width": width, "height": 800})
    picture = page.locator(".view .graph")
    assert picture.evaluate("(one) => one.getCTM().a") == pytest.approx(READABLE, rel=2e-3)
    if width == 390 and graph is network:  # the other one is as narrow as the frame
        left, first = page.locator("#graph").bounding_box()["x"], picture.locator(".leaf:visible")
        assert first.first.bounding_box()["x"] < left + 40, "no room is left beside what is cut off"


def test_a_picture_with_empty_parts_is_shown_where_most_of_it_is_in_sight(show):
    model = MLP(2, [4, 1], "tanh", rng=random.Random(1))
    root = (model([Value(0.0, "x1"), Value(1.0, "x2")]) - Value(1.0, "target")) ** 2
    # As it moves there, what one leaves is still drawn: it is asked where it is at rest, and once.
    viewport = {"width": 1440, "height": 900}
    page = show(root, names=model, viewport=viewport, reduced_motion="reduce")
    page.get_by_label("Show").select_option("every node")
    page.get_by_role("button", name="Last", exact=True).click()
    whole = page.evaluate(
        """() => {
          const frame = document.querySelector("#graph").getBoundingClientRect();
          return [...document.querySelectorAll(".view .node")].filter((node) => {
            const { width, left, right, top, bottom } = node.getBoundingClientRect();
            return width > 0 && left >= frame.left && right <= frame.right
              && top >= frame.top && bottom <= frame.bottom;
          }).map((node) => node.classList.contains("current"));
        }"""
    )
    assert len(whole) >= 6
    assert sum(whole) == 2, "both ends of the step are among them"


def test_by_hand_the_middle_of_the_sight_stays_on_the_picture(show):
    page = show(wide_sum(), viewport={"width": 1280, "height": 720})
    frame = page.locator("#graph").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.locator("#graph").focus()
    for key, side in [("Right", "x"), ("Down", "y"), ("Left", "x"), ("Up", "y")]:
        for _ in range(60):
            page.keyboard.press(f"Shift+Arrow{key}")
        picture = page.locator(".view .graph").bounding_box()
        size = picture["width" if side == "x" else "height"]
        at = middle[0 if side == "x" else 1]
        assert picture[side] - 30 <= at <= picture[side] + size + 30, key


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_on_a_phone_the_notes_leave_the_player_in_sight(show, width, height):
    notes = "A long note. " * 60 + "\n\nAnother. " * 30
    page = show(network(), notes=notes, viewport={"width": width, "height": height})
    for name in ("Play", "Next"):
        button = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert button["y"] >= 0
        assert button["y"] + button["height"] <= height
    assert page.locator("#graph").bounding_box()["y"] < height / 2
    assert not page.get_by_text("Another.").first.is_visible()
    page.get_by_text("Notes", exact=True).click()
    assert page.get_by_text("Another.").first.is_visible()


def test_on_a_screen_the_notes_are_folded_after_a_line(show):
    notes = "Look at the bias.\n\nThen move x."
    page = show(network(), notes=notes, viewport={"width": 1280, "height": 800})
    assert page.get_by_text("Look at the bias.").is_visible()
    assert not page.get_by_text("Then move x.").is_visible()
    page.get_by_text("Look at the bias.").click()
    assert page.get_by_text("Then move x.").is_visible()


def test_the_map_is_away_where_each_corner_has_a_box(show):
    root = Value(0.5, "x").tanh().tanh()
    page = show(root, viewport={"width": 560, "height": 800}, reduced_motion="reduce")
    for _ in range(8):
        page.get_by_role("button", name="Larger").click()
    frame = page.locator("#graph").bounding_box()
    assert page.locator(".view .graph").bounding_box()["width"] > frame["width"] > 480
    assert page.locator(".minimap").is_hidden()


def test_the_map_of_a_wide_picture_stands_where_no_box_is(show):
    rng = random.Random(2)
    model = MLP(2, [8, 8, 1], rng=random.Random(1))
    losses = [(model([rng.random(), rng.random()]) - rng.random()) ** 2 for _ in range(20)]
    viewport = {"width": 1024, "height": 768}
    page = show(sum(losses), names=model, viewport=viewport, reduced_motion="reduce")
    for key in ["Home", "End"]:
        page.keyboard.press(key)
        assert page.locator(".minimap").is_visible()
        assert page.evaluate(
            """() => {
              const map = document.querySelector(".minimap").getBoundingClientRect();
              return [...document.querySelectorAll(".view .body")].every((one) => {
                const { left, right, top, bottom } = one.getBoundingClientRect();
                return left >= map.right || right <= map.left
                  || top >= map.bottom || bottom <= map.top;
              });
            }"""
        )
