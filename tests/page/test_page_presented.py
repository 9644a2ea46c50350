"""A lesson that is presented: in a hall, and to one's neighbour on a small screen."""

import pytest
from seen import PROJECTOR, SIZES, look_at_steps, make_neuron

from micrograd_nn.terminal.neurons import make_gated_neuron


def test_who_presents_shows_all_operands_at_one_scale(show):
    for make in (make_neuron, make_gated_neuron):
        page = show(make(), "present", viewport=PROJECTOR, reduced_motion="reduce")
        first, *rest = look_at_steps(page)
        assert len({seen["scale"] for seen in (first, *rest)}) == 1
        for seen in (first, *rest):
            assert seen["letters"] >= 23.9
            assert seen["operandsCut"] == []
            assert seen["below"] <= 0
        page.keyboard.press("Home")
        assert page.locator("#formula").bounding_box() is None, "no empty row"
        assert page.locator(".view .leaf:visible").count() > 1
        assert page.locator("#graph").bounding_box()["height"] > 0.6 * PROJECTOR["height"]
        page.locator("#next").focus()
        assert page.locator("#player").evaluate("one => getComputedStyle(one).opacity") == "1"


@pytest.mark.parametrize(("width", "height"), [size for size in SIZES if size != (1440, 900)])
def test_presented_on_any_screen_picture_and_equation_are_in_sight(show, width, height):
    viewport = {"width": width, "height": height}
    for make in (make_neuron, make_gated_neuron):
        page = show(make(), "present", viewport=viewport, reduced_motion="reduce")
        for seen in look_at_steps(page):
            assert seen["cut"] == 0
            assert seen["below"] <= 0
        wide = page.locator("#formula .equation, #formula .local").evaluate_all(
            "all => all.filter((one) => one.getBoundingClientRect().right > innerWidth).length"
        )
        assert wide == 0
        sizes = page.locator("#formula .equation :is(math, mtext)").evaluate_all(
            "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert max(sizes) == sizes[0], "no note is larger than the equation"
