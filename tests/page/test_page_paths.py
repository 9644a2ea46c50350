"""The page's paths of the chain rule, and its switches that break the engine."""

from browser import stop_clock
from graph_page import (
    PHONE,
    build_three_paths,
    find_box,
    press,
    settle,
)

from micrograd_nn import Value

# Paths


def test_the_paths_of_the_leaf_that_is_chosen_are_lit_up(show):
    page = show(build_three_paths(), hash="step=4")
    page.locator("#leaf").select_option("w")
    assert page.locator("#paths li").count() == 1
    find_box(page, "x").click()  # a leaf in the picture is chosen, too
    assert page.locator("#paths li").count() == 3
    second = page.locator("#paths button").nth(1)
    second.click()
    assert second.get_attribute("aria-pressed") == "true"
    assert page.locator(".edge.path").count() == 3
    assert page.locator(".node.path .name").all_text_contents() == ["x", "a", "v1", "output"]
    second.click()
    assert page.locator(".path, [aria-pressed=true]").count() == 0, "it is put out again"


def test_paths_light_up_one_by_one(show):
    page = show(build_three_paths())
    stop_clock(page)
    pressed = page.locator("#paths [aria-pressed=true]")
    press(page, "Play paths")
    found = []
    for _ in range(3):
        found.append(pressed.inner_text())
        assert page.locator("#live").inner_text() == found[-1]
        page.clock.run_for(1400)
    assert found == page.locator("#paths button").all_inner_texts()
    assert page.get_by_role("button", name="Play paths").is_visible()
    press(page, "Play paths", "Stop")
    page.clock.run_for(5000)
    assert pressed.inner_text() == found[0]


def test_an_edge_that_is_pointed_at_or_focused_shows_its_local_derivative(show):
    page = show(build_three_paths())
    hint = page.locator("#hint")
    assert hint.is_hidden()
    edge = page.get_by_label("from x to a", exact=True)
    edge.locator(".hit").hover()
    assert hint.locator("math").text_content() == "∂a∂x=1−a2=1−0.46212=0.7864"
    page.mouse.move(1, 1)
    assert hint.is_hidden()
    edge.focus()
    assert hint.is_visible()
    page.keyboard.press("Tab")
    assert hint.locator("math").text_content() == "∂v1∂(w*x)=a=0.4621"
    page.get_by_role("button", name="Whole graph").focus()
    assert hint.is_hidden()
    edge.locator(".hit").hover()
    page.get_by_label("x, slider").evaluate(
        "(one) => { one.value = 1; one.dispatchEvent(new Event('input')); }"
    )
    settle(page)
    assert hint.locator("math").text_content() == "∂a∂x=1−a2=1−0.76162=0.42"
    page.mouse.move(1, 1)  # else the edge, once moved, leaves the pointer, which hides the hint
    edge.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert hint.is_visible()


# What if the engine were broken


def test_where_a_mistake_does_no_harm_one_sees_so_at_once(show):
    page = show(Value(2.0, "x") * Value(3.0, "w"), hash="broken=overwrite", viewport=PHONE)
    told = page.locator("#wrong")
    assert told.inner_text().startswith("Nothing comes out wrong in this graph")
    box, step = told.bounding_box(), page.locator("#step").bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]
    assert step["y"] + step["height"] - box["y"] - box["height"] < 30, "no empty box is under it"
    page.set_viewport_size({"width": 1280, "height": 720})
    box = told.bounding_box()
    assert box["y"] + box["height"] <= 720
