"""The page of a graph in a real browser: its steps, and what it says of each."""

from browser import stop_clock
from graph_page import (
    break_engine,
    build_three_paths,
    press,
    read_formulas,
    read_headline,
    read_leaves,
    read_lines,
    read_marks,
    read_sentence,
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


def test_an_address_leads_to_a_moment_and_tells_it(show):
    page = show(build_three_paths(), hash="step=4")
    press(page, "Next")
    page.wait_for_url("**#step=5")
    break_engine(page, "unreset")  # which leads to an end of its own
    page.wait_for_url("**#broken=unreset&step=20")
    stop_clock(page)
    page.keyboard.press("Home")
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


def test_each_kind_of_step_is_told_in_words_and_in_formulas(show):
    page = show(build_three_paths())
    told = {}
    for number in range(13):
        told[number] = read_sentence(page), read_formulas(page), page.locator("#pass").inner_text()
        assert page.locator("#live").inner_text() == f"Step {number}: {read_headline(page)}"
        press(page, "Next")
    assert told[0] == (
        "The inputs have their numbers. Press Next: first forward to output, "
        "then back for the gradients.",
        [],
        "",
    )
    assert told[2] == (
        "Forward: a is made from x by tanh; it is 0.4621.",
        ["a=tanh(x)0.4621=tanh(0.5)"],
        "forward pass",
    )
    assert told[5] == (
        "Now back. The gradient of a node says by how much a small change of it is multiplied on "
        "its way to output. For output itself that is 1.",
        ["∂output∂output1wherethechainrulebegins"],
        "backward pass",
    )
    assert told[7][0] == (
        "Back from output to x: a small change of x is multiplied by 1 on its way into "
        "output (the local derivative), and by 1 from there to output (the gradient of output): "
        "by 1 × 1 = 1 in all. That is the gradient of x so far; 2 more shares are to come."
    )
    assert told[9][1:] == (
        [
            "∂output∂a=∂output∂v1·∂v1∂a−0.75=1·(−0.75)completeupstreamlocalderivative",
            "∂v1∂a=w*x=−0.75",
        ],
        "backward pass",
    )
    assert told[12][0].endswith(" the gradient of x is −0.283, complete.")


def test_an_input_that_is_used_twice_is_told_by_its_place(show):
    x = Value(3.0, "x")
    page = show(x * x, hash="step=3")
    assert read_sentence(page).startswith("Back from v1 to x (input 1): ")
    assert read_sentence(page).endswith(
        "That is the gradient of x so far; 1 more share is to come."
    )
    press(page, "Next")
    assert read_sentence(page).endswith(
        "by 1 × 3 = 3 in all. Added to the 3 so far, the gradient of x is 6, complete."
    )
    assert read_formulas(page)[0] == (
        "∂v1∂x=sofar+∂v1∂v1·∂v1∂x6=3+1·3completeupstreamlocalderivative"
    )
    assert read_headline(page) == "x gets 3 more, from v1 (input 2)"


def test_the_picture_follows_the_steps(show):
    page = show(build_three_paths())
    assert read_marks(page, "x") == {"known"}
    assert read_marks(page, "a") == set()
    assert read_lines(page, "a") == ["a", "", ""]
    press(page, "Next", "Next")
    assert read_marks(page, "a") == {"known", "current"}
    assert read_lines(page, "a")[1:] == ["0.4621", ""]
    page.keyboard.press("End")
    assert read_lines(page, "x") == ["x", "0.5", "−0.283"]
    assert read_marks(page, "x") == {"known", "complete", "current"}
    page.get_by_label("Step", exact=True).fill("7")
    assert read_marks(page, "x") == {"known", "partly", "current"}
    assert read_lines(page, "x")[2] == "1"
    assert page.locator(".edge.flowed").count() == 2
    assert page.locator(".edge.current text").all_text_contents() == ["× 1", "◂ 1"]


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


def test_names_from_right_to_left_leave_sentences_in_order(show):
    x, w = Value(2.0, "שלום"), Value(-3.0, "w")
    y = x * w + x
    y.label = "פלט"
    page = show(y, hash="step=5")
    first, last = "\u2068שלום\u2069", "\u2068פלט\u2069"
    assert read_sentence(page).startswith(
        f"Back from {last} to {first}: a small change of {first} "
    )
    assert page.locator("#result").text_content() == f"{last} = −4"
    assert page.locator("#paths button").all_text_contents() == [
        f"{last} ← v1 ← {first}: 1 · (−3) = −3",
        f"{last} ← {first}: 1 = 1",
    ]
    assert page.get_by_label(f"from {first} to v1").count() == 1
    assert "\u2068" not in "".join(read_formulas(page))
