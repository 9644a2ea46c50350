"""The slope of a step that one can touch: a curve, its tangent, and what parts where one moves."""

import math

import pytest
from graph_page import build_reused, press

from micrograd_nn import Value


def build_neuron():
    x, w = Value(2.0, "x"), Value(-0.5, "w")
    v = x * w
    out = v.tanh()
    v.label, out.label = "v", "out"
    return out


def move(page, part):
    """Move the point by a part of what is shown on one side, and return the lines that it tells."""
    page.locator("#slope-slider").fill(str(round(100 * part)))
    return page.locator("#slope-told").inner_text().split("\n")


def show_number(x):
    return f"{x:+.4g}".replace("-", "−")


def test_what_moves_and_what_the_slope_predicts_are_told(show):
    page = show(build_neuron(), hash="step=4")  # v gets its gradient
    slope = 1 - math.tanh(-1.0) ** 2
    assert page.locator("#slope-told").inner_text() == (
        "The line's slope is 0.42, the local derivative of out by v. Drag the point."
    )
    moved = math.tanh(-1.0 + 0.8) - math.tanh(-1.0)
    assert move(page, 0.4) == [
        "v +0.8",
        f"out {show_number(moved)}, predicted 0.42 × 0.8 = {show_number(slope * 0.8)}",
    ]
    press(page, "Next")  # x: the operation is v = x w, and the output follows
    assert "Drag the point" in page.locator("#slope-told").inner_text(), "another point begins"
    lines = move(page, -0.5)
    assert lines[:2] == ["x −1", "v +0.5, predicted −0.5 × (−1) = +0.5"]
    moved = math.tanh(-0.5) - math.tanh(-1.0)
    assert lines[2] == f"out, along this edge, {show_number(moved)}, predicted −0.21 × (−1) = +0.21"


def test_the_line_touches_the_curve_and_a_wrong_one_crosses_it(show):
    def measure(page):
        """Return how far the line is from the curve near the point, in units of the drawing."""
        return page.evaluate(
            """() => {
              const read = (name) => document.querySelector(`#slope .${name}`);
              const x = Number(read("at").getAttribute("cx")) + 8;
              const heightOf = (path) => {
                for (let at = 0; at <= path.getTotalLength(); at += 0.1) {
                  const point = path.getPointAtLength(at);
                  if (point.x >= x) { return point.y; }
                }
              };
              return Math.abs(heightOf(read("curve")) - heightOf(read("tangent")));
            }"""
        )

    assert measure(show(build_neuron(), hash="step=4")) < 1
    wrong = show(build_neuron(), hash="step=4&broken=tanh-0-square-forgotten")
    assert measure(wrong) > 2
    assert "what the broken engine takes for" in wrong.locator("#slope-told").inner_text()


def test_the_point_follows_a_finger(show):
    page = show(build_neuron(), hash="step=4")
    box = page.locator("#slope svg").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], y)
    page.mouse.up()
    assert page.locator("#slope-told").inner_text().startswith("v +1.72")
    assert page.locator("#slope .moved").bounding_box()["x"] > box["x"] + 0.85 * box["width"]


@pytest.mark.parametrize("hash", ["step=0", "step=3", "step=4&quiz"])
def test_without_a_curve_and_while_one_guesses_nothing_is_shown(show, hash):
    page = show(build_neuron(), hash=hash)
    assert page.locator("#slope svg").is_hidden()
    assert page.locator("#slope-told").inner_text() == ""


def test_beyond_its_domain_a_curve_ends_and_that_is_told(show):
    x = Value(0.5, "x")
    page = show(x.log(), names={}, hash="step=3")
    assert move(page, -0.9)[1] == "v1 can't be computed there"
    assert page.locator("#slope .moved").get_attribute("r") == "0"
    assert move(page, 0.5)[1].startswith("v1 +1.099, predicted 2 × 1 = +2")


def test_of_an_input_that_is_used_twice_one_use_moves(show):
    page = show(build_reused(), hash="step=7")  # u, by p = u u
    amount, u = 3.0, 6.0
    assert move(page, 1.0) == [
        "u (input 1) +3",
        "p +18, predicted 6 × 3 = +18",
        f"output, along this edge, {show_number((u + amount) * u - u * u)}, predicted 6 × 3 = +18",
    ]
    press(page, "Last")  # x, by u = 2 x, of which all paths are made
    x = 3.0 + 1.0
    expected = 2 * x + (2 * x) ** 2 - (6 + 36)
    assert move(page, 0.5)[2] == (
        f"output, along this edge, {show_number(expected)}, predicted 26 × 1 = +26"
    )


@pytest.mark.parametrize("number", [0.0, -1.0])
def test_a_flat_place_shows_the_curve_around_it(show, number):
    x = Value(number, "x")
    page = show(x**2 if number == 0 else x.relu(), names={}, hash="step=3")
    heights = page.evaluate(
        """() => {
          const path = document.querySelector("#slope .curve");
          const box = path.getBBox();
          return [box.height, box.y, box.y + box.height];
        }"""
    )
    assert 20 < heights[0] < 150
    assert heights[1] >= 0
    assert heights[2] <= 150
