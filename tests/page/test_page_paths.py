"""The page's paths of the chain rule, and its switches that break the engine."""

from browser import stop_clock
from graph_page import (
    PHONE,
    break_engine,
    build_reused,
    build_three_paths,
    find_box,
    mend_engine,
    press,
    read_formulas,
    read_gradients,
    read_remarks,
    read_sentence,
    set_number,
    settle,
)

from micrograd_nn import Value, sqrt

# Paths


def test_paths_are_listed_with_their_products_and_lit_up(show):
    page = show(build_three_paths(), hash="step=3&path=3")
    assert page.locator("#paths li").nth(2).inner_text() == "output ← x: –", "until it is reached"
    assert "–, the gradient" in page.locator("#paths-sum").inner_text()
    assert page.locator(".edge.path").text_content() == ""
    press(page, "Next")
    assert page.locator(".edge.path").text_content() == "× 1= 1"
    assert page.locator("#paths-told").inner_text() == (
        "3 paths to output: each adds its product of local derivatives."
    )
    assert page.locator("#paths li").all_inner_texts() == [
        "output ← v1 ← w*x ← x: 1 · 0.4621 · (−1.5) = −0.6932",
        "output ← v1 ← a ← x: 1 · (−0.75) · 0.7864 = −0.5898",
        "output ← x: 1 = 1",
    ]
    assert page.locator("#paths-sum").inner_text() == (
        "Together: −0.283, the gradient of output by x."
    )
    page.locator("#leaf").select_option("w")
    assert page.locator("#paths li").all_inner_texts() == [
        "output ← v1 ← w*x ← w: 1 · 0.4621 · 0.5 = 0.2311"
    ]
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


def test_of_many_paths_some_are_listed(show):
    x = Value(0.5, "x")
    y = x
    for _ in range(100):
        y = y + y
    page = show(y)
    press(page, "Last")
    assert page.locator("#paths-told").inner_text() == (
        "about 10^30 paths to v100: each adds its product of local derivatives; "
        "the first 50 are listed."
    )
    assert page.locator("#paths li").count() == 50
    assert page.locator("#paths-sum").inner_text() == (
        "The listed ones add up to 50; with the rest it is 1.268e+30, the gradient of v100 by x."
    )


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


def test_one_path_or_none_is_told_as_such(show):
    page = show(Value(2.0, "x") * Value(3.0, "w"))
    told = page.locator("#paths-told")
    assert told.inner_text() == (
        "One path to v1: its product of local derivatives is the gradient."
    )
    page = show(Value(2.0, "x"))
    assert page.locator("#paths-told").inner_text() == (
        "x is where all paths end: its gradient is 1."
    )
    assert page.locator("#paths li").count() == 0
    assert page.get_by_role("button", name="Play paths").is_disabled()


# What if the engine were broken


def test_a_broken_engine_gives_the_wrong_gradients_that_it_would(show):
    page = show(build_reused())
    page.keyboard.press("End")
    before = read_gradients(page)
    for mistake, began, told, remarks in [
        (
            "overwrite", "A share", "u is 6 and should be 13; x is 12 and should be 26",
            {"u": "✗ lost 7", "x": "✗ ≠ 26"},
        ),
        ("unordered", "A node", "x is 2 and should be 26", {"x": "✗ lost 24"}),
        (
            "unreset", "What the first",
            "p is 2 and should be 1; u is 38 and should be 13; x is 102 and should be 26",
            {"p": "✗ 1 too much", "u": "✗ ≠ 13", "x": "✗ ≠ 26"},
        ),
    ]:  # fmt: skip
        break_engine(page, mistake)
        reason, numbers = page.locator("#wrong").inner_text().split(" Wrong gradients: ")
        assert reason.startswith(began)
        assert numbers == f"{told}."
        assert page.locator("#wrong-key").is_visible()
        wrong = page.locator(".node.wrong .name").all_text_contents()
        assert sorted(title.split(" = ")[0] for title in wrong) == sorted(remarks)
        assert read_remarks(page) == remarks, "what is right; at the first, what was lost"
        assert read_gradients(page)["x"] == float(told.split("x is ")[1].split()[0])
        press(page, "Back")
        assert page.locator(".node.wrong").count() == 0  # it isn't wrong yet
        assert read_remarks(page) == {}
        press(page, "Last")
        mend_engine(page, mistake)
        assert page.locator("#wrong").inner_text() == ""
        assert read_remarks(page) == {}
        assert read_gradients(page) == before


def test_a_second_pass_and_what_is_overwritten_are_told(show):
    page = show(build_reused(), hash="step=9")
    break_engine(page, "unreset")
    assert page.locator("#count").inner_text() == "15"
    page.get_by_label("Step", exact=True).fill("9")
    assert read_sentence(page).endswith(
        "local derivative, 13 × 2 = 26. The gradient of x is 26 now."
    )
    press(page, "Next")
    assert page.locator("#pass").inner_text() == "second backward pass"
    assert read_sentence(page) == (
        "A second pass begins, and the gradients of the first are still there. That of output is 1."
    )
    mend_engine(page, "unreset")
    break_engine(page, "overwrite")
    press(page, "Back")
    assert "It overwrites the 6: the gradient of u is 6." in read_sentence(page)
    assert read_formulas(page)[0].startswith("∂output∂u=")


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


def test_where_a_mistake_does_no_harm_that_is_told(show):
    page = show(Value(2.0, "x") * Value(3.0, "w"))
    wrong = page.locator("#wrong")
    for name in ("overwrite", "unordered"):
        break_engine(page, name)
        assert wrong.inner_text() == (
            "Nothing comes out wrong in this graph: "
            "this mistake shows where a value is used more than once."
        )
    break_engine(page, "unreset")
    mend_engine(page, "overwrite")
    assert wrong.inner_text().endswith(
        "Wrong gradients: w is 4 and should be 2; x is 6 and should be 3."
    )
    set_number(page, "x", "2")
    page = show(sqrt(Value(2.0, "x")))
    break_engine(page, "overwrite")
    set_number(page, "x", "-1")
    assert page.locator("#wrong").inner_text() == (
        "Not everything can be computed, so what this mistake does can't be told."
    )
    page = show(Value(2.0, "x"))
    break_engine(page, "unreset")
    assert page.locator("#wrong").inner_text() == "Nothing comes out wrong in this graph."
