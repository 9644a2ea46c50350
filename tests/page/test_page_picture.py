"""The page's picture: networks and large graphs, and moving it by hand."""

import math
import random

import pytest
from graph_page import (
    PHONE,
    build_network,
    build_three_paths,
    find_box,
    press,
    read_gradients,
    read_lines,
    read_marks,
    read_step,
    set_number,
    settle,
)

from micrograd_nn import Value
from micrograd_nn import sum as sum_of
from micrograd_nn.engine.order import nodes
from micrograd_nn.nn import MLP
from micrograd_nn.page import views
from micrograd_nn.terminal.demo import make_gated_neuron

PROJECTOR = {"width": 1280, "height": 720}


# Networks


def test_a_networks_page_lets_one_choose_the_example(show):
    model, loss, example = build_network()
    rows = [[0.3, 0.9, -1.0], [-0.5, 0.25, 1.0]]
    page = show(loss, names=model, inputs=example, rows=rows)
    chosen = page.get_by_label("Example")
    assert chosen.locator("option").all_inner_texts() == [
        "as recorded", "1: 0.3, 0.9, −1", "2: −0.5, 0.25, 1"
    ]  # fmt: skip
    for number, row in [("1", rows[1]), ("0", rows[0]), ("", [0.5, -0.1, 1.0])]:
        chosen.select_option(number)
        settle(page)
        x1, x2, y = map(Value, row)
        expected = (model([x1, x2]) - y) ** 2
        model.zero_grad()
        expected.backward()
        found = read_gradients(page)
        for name, weight in model.named_parameters():
            assert math.isclose(found[name], weight.grad, rel_tol=1e-12), name
        shown = f"{expected.data:.4g}"
        assert page.locator("#result").inner_text() == f"loss = {shown}"
    chosen.select_option("1")
    set_number(page, "y", "0.5")
    assert chosen.input_value() == ""


def test_a_networks_page_has_a_view_of_each_depth(show):
    model, loss, _ = build_network()
    page = show(loss, names=model, hash="step=5")
    depth = page.get_by_label("Show")
    assert depth.locator("option").all_inner_texts() == ["neurons", "layers", "every node"]
    titles = "g.node text:first-of-type"
    for name, expected in [("layers", 8), ("neurons", 11), ("every node", len(nodes(loss)))]:
        depth.select_option(name)
        assert page.locator(".view:not([hidden])").locator(titles).count() == expected
        assert page.locator(".view:not([hidden]) .current").count() > 0
    depth.select_option("layers")
    press(page, "Last")
    loss.backward()
    grads = [weight.grad for weight in model.layers[0].parameters()]
    low, high = min(grads), max(grads)
    assert read_lines(page, "layers.0")[-1] == f"their grad {low:.4g} … {high:.4g}".replace(
        "-", "−"
    )
    assert {"known", "complete"} <= read_marks(page, "layers.0")


def test_of_more_nodes_than_a_page_shows_it_says_what_was_collapsed(show):
    model, rng = MLP(2, [8, 8, 1], rng=random.Random(1)), random.Random(2)
    losses = [
        (model([rng.uniform(-1, 1), rng.uniform(-1, 1)]) - 1) ** 2 for _ in range(50)
    ]  # fmt: skip
    loss = sum_of(losses)
    count = len(nodes(loss))
    assert count > 2_000
    page = show(loss, names=model)
    assert page.locator("#told").inner_text() == (
        f"The graph has {count:,} nodes, more than a page shows one by one (2,000): "
        "it is collapsed to neurons and layers."
    )
    press(page, "Last")
    loss.backward()
    found = read_gradients(page)
    for name, weight in model.named_parameters():
        assert math.isclose(found[name], weight.grad, rel_tol=1e-9, abs_tol=1e-12), name


def chain(length):
    """Return a chain with a leaf at each of its nodes."""
    rng = random.Random(3)
    y = Value(0.5, "x")
    for i in range(length):
        y = y * Value(rng.uniform(0.9, 1.1), f"w{i}")
    return y


def test_a_large_graph_is_followed_and_only_what_is_in_sight_is_drawn(show):
    page = show(chain(300), viewport=PROJECTOR)
    total = page.locator("g.node").count()
    shown_nodes = page.locator("g.node:visible")
    assert 0 < shown_nodes.count() < total / 5
    assert find_box(page, "x").is_visible()
    press(page, "Last")  # back at the beginning of the chain
    assert find_box(page, "x").is_visible()
    page.get_by_label("Step", exact=True).fill("300")
    last = find_box(page, "v300 = ×")
    assert last.is_visible()
    assert not find_box(page, "x").is_visible()
    frame, where = page.locator("#graph").bounding_box(), last.bounding_box()
    assert frame["x"] <= where["x"]
    assert where["x"] + where["width"] <= frame["x"] + frame["width"]
    press(page, "Whole graph")
    assert shown_nodes.count() == total
    assert page.locator("g.node text:visible").count() == 0  # none could be read
    press(page, *["Larger"] * 30)
    assert 0 < page.locator("g.node text:visible").count() < 30


def test_of_many_arrows_those_of_the_step_and_the_path_are_reached_by_keyboard(show):
    page = show(chain(100), viewport=PROJECTOR)
    reached = page.locator(".edge[tabindex='0']:visible")
    assert page.locator(".edge").count() > 150
    assert reached.count() == 0
    page.keyboard.press("End")
    for name in ["w0", "x"]:
        assert reached.count() == 1
        assert reached.get_attribute("aria-label") == f"from {name} to v1"
        page.locator("#graph").focus()
        page.keyboard.press("Tab")
        assert page.locator("#hint math").text_content().startswith(f"∂v1∂{name.replace('0', '')}")
        page.keyboard.press("ArrowLeft")
    page.locator("#paths button").first.click()
    assert reached.count() > 1


def test_over_empty_ground_nothing_is_shown_of_what_was_left_out(show, monkeypatch):
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 5)
    page = show(chain(6), viewport=PROJECTOR)
    assert "5 boxes nearest to the root" in page.locator("#told").inner_text()
    frame = page.locator("#graph").bounding_box()
    for i in range(20):
        page.mouse.move(frame["x"] + 5 + 3 * i, frame["y"] + 5)
        assert page.locator("#hint").is_hidden()
    page.mouse.click(frame["x"] + 5, frame["y"] + 5)
    assert page.locator("#leaf option:checked").inner_text() == "x"


# Moving the picture


def test_the_picture_is_moved_with_keys(show):
    page = show(build_three_paths())
    x, y, width = find_place(page, "x")
    page.locator("#graph").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert find_place(page, "x") == pytest.approx((x + 60, y - 60, width), abs=0.5)
    assert read_step(page) == 0


def test_only_the_main_button_drags_and_only_while_it_is_down(show):
    page = show(build_three_paths())
    before = find_place(page, "x")
    frame = page.locator("#graph").bounding_box()
    page.mouse.move(frame["x"] + 50, frame["y"] + 50)
    page.mouse.down(button="right")
    page.mouse.move(frame["x"] + 90, frame["y"] + 80, steps=3)
    page.mouse.up(button="right")
    assert find_place(page, "x") == before
    page.locator("#graph").dispatch_event(
        "pointerdown", {"pointerId": 1, "button": 0, "buttons": 1, "clientX": 0, "clientY": 0}
    )
    page.mouse.move(frame["x"] + 150, frame["y"] + 90, steps=3)  # with no button down
    assert find_place(page, "x") == before


def test_the_graph_stays_in_sight_while_one_moves_what_stands_below(show):
    page = show(make_gated_neuron(), notes="A note.\n\n" * 20, viewport=PROJECTOR)
    page.get_by_label("b, slider").scroll_into_view_if_needed()
    page.mouse.wheel(0, 5000)
    page.get_by_role("switch", name="reset").check()
    assert page.evaluate("scrollY") > 100
    graph = page.locator("#graph").bounding_box()
    assert graph["y"] >= 0
    assert graph["y"] + graph["height"] < PROJECTOR["height"]


def find_place(page, title):
    found = find_box(page, title).bounding_box()
    return found["x"], found["y"], found["width"]


def test_the_picture_is_dragged_and_zoomed_with_the_mouse(show):
    page = show(build_three_paths())
    x, y, width = find_place(page, "x")
    middle = find_box(page, "w").bounding_box()
    middle = middle["x"] + 20, middle["y"] + 20
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1] + 20, steps=3)
    page.mouse.up()
    page.mouse.move(middle[0], middle[1])
    assert find_place(page, "x") == pytest.approx((x + 30, y + 20, width), abs=0.5)
    assert page.locator("#leaf option:checked").inner_text() == "x"  # a drag isn't a click on w
    page.mouse.wheel(0, 50)  # which scrolls the page
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    settle(page)
    assert find_place(page, "x")[2] == pytest.approx(width * math.exp(1 / 3), rel=0.02)
    press(page, "Whole graph")
    assert find_place(page, "x")[2] == pytest.approx(width, rel=0.02)


def test_the_picture_is_moved_and_zoomed_with_fingers(show):
    page = show(build_three_paths(), viewport=PHONE, has_touch=True)
    session = page.context.new_cdp_session(page)
    frame = page.locator("#graph").bounding_box()
    left, top = frame["x"] + 100, frame["y"] + frame["height"] / 2

    def touch(kind, *points):
        points = [{"x": left + x, "y": top, "id": i} for i, x in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, _, width = find_place(page, "x")
    touch("touchStart", 0)
    for distance in (10, 30, 60):
        touch("touchMove", distance)
    touch("touchEnd")
    moved = find_place(page, "x")[0] - x
    assert 40 <= moved <= 61  # but for what a browser takes to be sure that it is a drag
    touch("touchStart", 0)
    touch("touchStart", 0, 50)
    for distance in (70, 90, 100):
        touch("touchMove", 0, distance)
    touch("touchEnd")
    assert find_place(page, "x")[2] == pytest.approx(2 * width, rel=0.2)
