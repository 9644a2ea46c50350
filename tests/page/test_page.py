"""The page of a graph in a real browser: its steps, and what it says of each."""

from browser import stop_clock
from graph_page import (
    build_three_paths,
    press,
    read_leaves,
    read_step,
    settle,
)

from micrograd_nn import Value, sqrt
from micrograd_nn.engine import table as op

# Stepping


def test_buttons_keys_and_the_slider_lead_through_all_steps(show):
    page = show(build_three_paths())
    assert page.title() == "Backpropagation through output"
    assert read_step(page) == 0
    assert page.locator("#count").inner_text() == "12"
    for name, expected in [
        ("Next", 1), ("Next", 2), ("Back", 1), ("Last", 12), ("Next", 12), ("First", 0), ("Back", 0)
    ]:  # fmt: skip
        press(page, name)
        assert read_step(page) == expected, name
    page.locator("h1").click()
    for key, expected in [
        ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 12), ("Home", 0),
        ("Control+ArrowRight", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert read_step(page) == expected, key
    slider = page.get_by_label("Step", exact=True)
    slider.fill("7")
    assert read_step(page) == 7
    assert slider.get_attribute("aria-valuetext") == "step 7 of 12"
    slider.press("ArrowRight")
    assert read_step(page) == 8


def test_a_key_that_a_control_needs_is_the_controls(show):
    page = show(build_three_paths())
    page.get_by_label("x, number").press("ArrowRight")
    page.get_by_label("Speed").press("Home")
    page.get_by_label("x, slider").press("End")
    assert read_step(page) == 0
    page.get_by_label("x, slider").press(" ")  # which no slider needs
    page.get_by_role("button", name="Pause").press(" ")
    settle(page)
    assert read_leaves(page)["x"][0] == 2
    page.get_by_role("switch").first.press(" ")
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.get_by_label("x, number").press("p")
    page.get_by_label("x, number").press("?")
    assert page.locator("body.present, #menu[open]").count() == 0, "a letter is no key there"


def test_an_address_leads_to_a_moment_and_tells_it(show):
    page = show(build_three_paths(), hash="broken=unreset&step=0")
    stop_clock(page)
    page.get_by_label("Speed").select_option("fast")
    press(page, "Play")
    page.clock.run_for(2100)
    press(page, "Pause")
    page.clock.run_for(300)
    assert page.url.endswith("#broken=unreset&step=4")
    press(page, "Play")
    page.clock.run_for(20_000)
    assert page.url.endswith("#broken=unreset&step=20")


def test_play_goes_on_by_itself_at_the_chosen_speed(show):
    page = show(build_three_paths())
    stop_clock(page)
    press(page, "Play")
    page.clock.run_for(1150)
    assert read_step(page) == 0
    page.clock.run_for(100)
    assert read_step(page) == 1
    page.get_by_label("Speed").select_option("fast")
    page.clock.run_for(1600)
    assert read_step(page) == 4
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert read_step(page) == 4
    page.keyboard.press(" ")
    page.clock.run_for(20_000)
    assert read_step(page) == 12
    press(page, "Play")  # from the beginning again, as this is the end
    page.clock.run_for(550)
    assert read_step(page) == 1
    press(page, "Next")  # by hand: it pauses
    page.clock.run_for(5000)
    assert read_step(page) == 2


# What a step says


def test_a_name_that_is_no_word_has_parentheses_where_it_isnt_alone(show):
    x, y, z = Value(2.0, "a+b"), Value(3.0, "c d"), Value(5.0, "w[0]")
    r = op.max(x * y, x**2) + sqrt(y) / (z - z * x)
    r.label = "r"
    page = show(r)
    found = {}
    for _ in range(9):
        press(page, "Next")
        symbols = page.locator("#formula mtr").first.text_content()
        name, _, rest = "".join(symbols.split()).partition("=")
        found[name] = rest
    assert list(found.values())[:8] == [
        "(a+b)·(cd)", "(a+b)2", "max(v1,v2)", "cd", "w[0]·(a+b)", "w[0]−v5", "v4v6", "v3+v7",
    ]  # fmt: skip
