"""The page's picture: networks and large graphs, and moving it by hand."""

import math
import random
import re

import pytest
from browser import find_violations, wait_until
from graph_page import (
    PHONE,
    break_engine,
    build_network,
    build_three_paths,
    find_box,
    press,
    read_gradients,
    read_headline,
    read_lines,
    read_marks,
    read_sentence,
    read_step,
    set_number,
    settle,
)

from micrograd_nn import Value
from micrograd_nn.engine.node import nodes
from micrograd_nn.nn import MLP
from micrograd_nn.terminal.neurons import make_gated_neuron

PROJECTOR = {"width": 1280, "height": 720}


# Networks


def test_a_networks_page_lets_one_choose_the_example(show):
    model, loss, example = build_network()
    rows = [[0.3, 0.9, -1.0], [-0.5, 0.25, 1.0]]
    page = show(loss, names=model, inputs=example, rows=rows)
    page.keyboard.press("End")
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
    assert depth.input_value() == "neuron"
    titles = "g.node .name"
    for name, expected in [("layers", 8), ("neurons", 11), ("every node", len(nodes(loss)))]:
        depth.select_option(name)
        assert page.locator(titles).count() == expected
        assert page.locator(".view .node.current").count() > 0
    press(page, "Last")
    assert re.match(r"h[1-4]\.(w[12]|b) gets ", read_headline(page))
    assert "layers" not in page.locator("#formula").text_content(), "the names of the picture"
    depth.select_option("layers")
    loss.backward()
    grads = [weight.grad for weight in model.layers[0].parameters()]
    low, high = min(grads), max(grads)
    assert read_lines(page, "layers.0")[-1] == f"{low:.4g} … {high:.4g}".replace("-", "−")
    captions = find_box(page, "layers.0").locator(".caption")
    assert captions.all_text_contents() == ["weight gradients"]
    assert {"known", "complete"} <= read_marks(page, "layers.0")


def chain(length):
    """Return a chain with a leaf at each of its nodes, in which nothing is repeated."""
    rng = random.Random(3)
    y = Value(0.5, "x")
    for i in range(length):
        w = Value(rng.uniform(0.9, 1.1), f"w{i}")
        y = y * w if i % 2 else rng.choice([y + w, y - w, y / w])
    return y


def test_a_large_graph_is_followed_and_only_what_is_in_sight_is_drawn(show):
    page = show(chain(300), viewport=PROJECTOR, reduced_motion="reduce")  # it is there at once
    total = page.locator("g.node").count()
    shown_nodes = page.locator("g.node:visible")
    assert 0 < shown_nodes.count() < total / 5
    assert page.locator(".minimap").is_visible()
    assert find_box(page, "x").is_visible()
    press(page, "Last")  # back at the beginning of the chain
    assert find_box(page, "x").is_visible()
    page.get_by_label("Step", exact=True).fill("300")
    last = find_box(page, "v300")
    assert last.is_visible()
    assert not find_box(page, "x").is_visible()
    frame, where = page.locator("#graph").bounding_box(), last.bounding_box()
    assert frame["x"] <= where["x"]
    assert where["x"] + where["width"] <= frame["x"] + frame["width"]
    press(page, "Whole graph")
    assert shown_nodes.count() == total
    assert page.locator("g.node text:visible").count() == 0  # none could be read
    page.get_by_label("Find").fill("v150")
    page.get_by_label("Find").press("Enter")
    assert 0 < page.locator("g.node text:visible").count() < 60
    press(page, "Last", "Whole graph")
    strengths = page.locator("g.node").evaluate_all(  # of colours, by the size of gradients
        "all => all.map((one) => Number(one.style.getPropertyValue('--strength')))"
    )
    assert max(strengths) == 1
    assert len(set(strengths)) > 5


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


# What boxes and arrows tell


def test_an_arrow_is_turned_round_once_a_share_has_flowed(show):
    page = show(build_three_paths())
    press(page, "Last")
    ends = page.get_by_label("from a to v1", exact=True).evaluate(
        """(arrow) => [...arrow.querySelectorAll(".head")].map((head) => [
          getComputedStyle(head).display !== "none",
          head.getAttribute("d").match(/[-\\d.]+/)[0],
        ])"""
    )
    (ahead, right), (back, left) = ends
    assert (ahead, back) == (False, True)
    assert float(left) < float(right), "its head is at the input"


def test_numbers_are_blank_until_they_are_known_and_never_wider_than_their_box(show):
    x = Value(-1.2345e-300, "x")
    root = x * -1.0
    page = show(root, names={"a_very_long_name_of_a_result": root})
    name = "a_very_long_name_of_a_result"
    assert read_lines(page, name)[1:] == ["", ""]
    assert "…" in read_lines(page, name)[0]
    press(page, "Last")
    assert page.evaluate(
        """[...document.querySelectorAll("g.node")].every((node) => {
          const box = node.querySelector(".body").getBoundingClientRect();
          return [...node.querySelectorAll("text")].every((text) => {
            const { left, right } = text.getBoundingClientRect();
            return left >= box.left && right <= box.right;
          });
        })"""
    )


# Boxes open and close


def test_a_box_opens_and_closes_where_it_is(show):
    model, loss, _ = build_network()
    page = show(loss, names=model, hash="step=9")
    whole = page.locator("g.node").count()
    sides = {"left": "x1", "right": "loss"}
    before = {side: find_place(page, name)[0] for side, name in sides.items()}
    page.get_by_role("button", name=re.compile("^Open h2 [−0-9.]+"), expanded=False).click()
    opened = page.locator("g.node").count()
    assert opened == whole - 1 + 5, "two weights and a bias, a sum, its activation"
    assert read_step(page) == 9
    names = page.locator("g.node .name").all_text_contents()
    assert {"w1", "w2", "b"} <= set(names)
    assert find_box(page, "layers.0.neurons.1.w.0").count() == 1, "the tooltip has all of it"
    assert page.get_by_label("from x1 to", exact=False).count() > 0
    close = page.get_by_role("button", name="Close h2", exact=True, expanded=True)
    close.focus()
    page.keyboard.press("Enter")
    assert page.locator("g.node").count() == whole
    after = {side: find_place(page, name)[0] for side, name in sides.items()}
    assert before["left"] < before["right"]
    assert after["left"] < after["right"]
    page.keyboard.press("Space")  # which opens it again, rather than to play
    assert page.locator("g.node").count() == opened
    assert page.get_by_role("button", name="Play", exact=True).count() == 1


def test_a_node_is_found_by_its_name_wherever_it_is_closed(show):
    model, loss, _ = build_network()
    page = show(loss, names=model)
    search = page.get_by_label("Find")
    for text, name in [("h4.w1", "layers.0.neurons.3.w.0"), ("layers.1.neurons.0.b", None)]:
        search.fill(text)
        search.press("Enter")
        found = page.locator("g.node.found")
        assert found.count() == 1
        assert found.locator("title").text_content() == (name or text)
        assert found.is_visible()
        assert search.get_attribute("aria-invalid") == "false"
    search.fill("nowhere")
    search.press("Enter")
    assert search.get_attribute("aria-invalid") == "true"


# Repetitions


def show_batch(show, **options):
    """Show the loss of seven examples, and return the page, the losses and the model."""
    model, rng = MLP(2, [3, 1], rng=random.Random(1)), random.Random(2)
    losses = []

    def make_loss():
        losses.append((model([rng.random(), rng.random()]) - 1) ** 2)
        return losses[-1]

    total = sum(make_loss() for _ in range(7))
    total.label = "loss"
    return show(total, names=model, **options), losses, total, model


def read_stop(page):
    """Return the number of the step, which isn't the slider's where some are taken as one."""
    return int(page.locator("#position").inner_text())


def test_a_repetition_is_chosen_and_its_numbers_are_seen(show):
    page, losses, _, _ = show_batch(show, hash="step=1000")
    assert page.locator(".edge.lag").count() == 2, "the sum so far; at first, the first loss"
    lag = page.locator(".edge.lag:visible .line")  # what it takes from the one before
    assert lag.evaluate("one => getComputedStyle(one).strokeDasharray") == "7px, 4px"
    box = page.locator("g.node", has=page.locator(".operation", has_text="xʸ"))
    spread = box.locator(".spread.value").text_content()
    data = [one.data for one in losses]
    assert spread == f"{min(data):.4g} … {max(data):.4g}"
    assert box.locator(".spread.gradient").text_content() == "all 1"
    assert box.locator(".value:not(.spread)").text_content() == f"{data[-1]:.4g}"
    page.get_by_role("spinbutton", name="Repetition").fill("3")
    page.get_by_role("spinbutton", name="Repetition").press("Enter")
    assert box.locator(".value:not(.spread)").text_content() == f"{data[2]:.4g}"
    page.wait_for_url(re.compile("repetition=3"))
    page.get_by_role("spinbutton", name="Repetition").fill("2")
    page.get_by_role("spinbutton", name="Repetition").press("Enter")
    assert page.locator(".edge.lag:not(.absent):visible").count() == 1


def test_one_steps_through_one_repetition_and_is_told_what_the_others_add(show):
    page, losses, total, model = show_batch(show)
    forward = sum(node.operation is not None for node in nodes(total))
    assert read_headline(page) == "Forward through 6 other repetitions; next, this one"
    taken = read_stop(page)
    assert 0 < taken < forward, "its number is that of the last of the steps"
    assert all(page.locator(".view .node:not(.constant):visible .spread.value").all_text_contents())
    press(page, "First", "Next")
    assert read_stop(page) == taken
    stops = []
    while read_stop(page) != forward + 1:
        press(page, "Next")
        stops.append(read_stop(page))
    assert stops == list(range(taken + 1, forward + 2))
    press(page, "Last")
    sum(losses[:-1]).backward()
    name, most = max(model.named_parameters(), key=lambda named: abs(named[1].grad))
    name = name.replace("layers.1.neurons.0", "out")
    told = "Back through 6 other repetitions; most is added to the gradient of"
    assert read_headline(page) == f"{told} {name}: {most.grad:.4g}".replace("-", "−")
    model.zero_grad()
    assert read_sentence(page).startswith("They go the same way as the one that is shown: steps ")
    assert page.locator("#position").inner_text() == page.locator("#count").inner_text()


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_in_a_batch_nor_in_what_is_wrong_with_a_name(show, colours, width):
    page, *_ = show_batch(
        show, viewport={"width": width, "height": 800}, color_scheme=colours, hash="view=layer"
    )
    page.get_by_label("Find").or_(page.get_by_label("Change")).last.fill("nobody")
    page.keyboard.press("Enter")
    assert find_violations(page) == []
    page.keyboard.press("Tab")
    press(page, "Last", "Whole graph")
    assert find_violations(page) == []


def test_an_equation_that_is_too_wide_for_a_phone_is_scrolled_by_keys(show):
    page = show(make_gated_neuron(), "surgery=pin/u/-1", viewport=PHONE)
    assert find_violations(page) == []
    equation = page.get_by_role("group", name="Equation")
    equation.focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.getElementById('formula').scrollLeft > 0")
    page.locator("#next").focus()
    page.keyboard.press("Home")
    assert equation.get_attribute("tabindex") is None, "what has room needs no key"


def test_on_a_phone_what_one_chooses_of_a_batch_takes_one_row_and_its_boxes_have_names(show):
    page, *_ = show_batch(show, viewport={"width": 390, "height": 844})

    def find_middle(selector):
        box = page.locator(selector).bounding_box()
        return box["y"] + box["height"] / 2

    for one, other in [("#repetition", "#depth"), ("#copy-link", "#open-menu")]:
        assert find_middle(one) == pytest.approx(find_middle(other), abs=4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    press(page, "Whole graph")
    assert "far" in page.locator(".view").get_attribute("class")
    shown = page.locator(".view .afar:visible")
    assert "loss" in shown.all_text_contents()
    for name in shown.all():
        box = name.locator("xpath=..").locator(".body").bounding_box()
        own = name.bounding_box()
        assert own["height"] >= 10, "pixels"
        assert box["x"] - 2 <= own["x"]
        assert own["x"] + own["width"] <= box["x"] + box["width"] + 2


# Moving the picture


def test_the_picture_is_moved_with_keys_as_far_as_its_sides(show):
    page = show(build_three_paths())
    still = find_place(page, "v1")
    page.locator("#graph").focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert find_place(page, "v1") == pytest.approx(still, abs=0.5)  # all of it is in sight
    press(page, "Larger", "Larger", "Larger")
    x, y, width = find_place(page, "v1")
    page.locator("#graph").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert find_place(page, "v1") == pytest.approx((x + 60, y - 60, width), abs=0.5)
    assert read_step(page) == 0


def test_the_graph_stays_in_sight_while_one_moves_what_stands_below(show):
    page = show(make_gated_neuron(), notes="A note.\n\n" * 20, viewport=PROJECTOR)
    page.get_by_label("b, slider").scroll_into_view_if_needed()
    page.mouse.wheel(0, 5000)
    break_engine(page, "unreset")
    assert page.evaluate("scrollY") > 100
    graph = page.locator("#graph").bounding_box()
    assert graph["y"] >= 0
    assert graph["y"] + graph["height"] < PROJECTOR["height"]


def find_place(page, title):
    found = find_box(page, title).bounding_box()
    return found["x"], found["y"], found["width"]


def test_the_picture_is_dragged_and_zoomed_with_the_mouse(show):
    page = show(build_three_paths())
    before = find_place(page, "x")
    frame = page.locator("#graph").bounding_box()
    page.mouse.move(frame["x"] + 50, frame["y"] + 50)
    page.mouse.down(button="right")
    page.mouse.move(frame["x"] + 90, frame["y"] + 80, steps=3)
    page.mouse.up(button="right")
    assert find_place(page, "x") == before, "the main button alone drags"
    page.locator("#graph").dispatch_event(
        "pointerdown", {"pointerId": 1, "button": 0, "buttons": 1, "clientX": 0, "clientY": 0}
    )
    page.mouse.move(frame["x"] + 150, frame["y"] + 90, steps=3)  # with no button down
    assert find_place(page, "x") == before
    press(page, "Larger", "Larger", "Larger")
    x, y, width = find_place(page, "v1")
    middle = find_box(page, "v1").bounding_box()
    middle = middle["x"] + 20, middle["y"] + 20
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1] + 20, steps=3)
    page.mouse.up()
    page.mouse.move(middle[0], middle[1])
    assert find_place(page, "v1") == pytest.approx((x + 30, y + 20, width), abs=0.5)
    page.mouse.wheel(0, 50)  # which scrolls the page
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    settle(page)
    assert find_place(page, "v1")[2] == pytest.approx(width * math.exp(1 / 3), rel=0.02)
    press(page, "Whole graph")
    assert find_place(page, "v1")[2] == pytest.approx(width / 1.3**3, rel=0.02)


def test_the_picture_is_moved_and_zoomed_with_fingers(show):
    page = show(build_three_paths(), viewport=PHONE, has_touch=True)
    session = page.context.new_cdp_session(page)
    frame = page.locator("#graph").bounding_box()
    left, top = frame["x"] + 100, frame["y"] + frame["height"] / 2

    def touch(kind, *points):
        points = [{"x": left + x, "y": top, "id": i} for i, x in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, _, width = find_place(page, "a")
    touch("touchStart", 0)
    for distance in (10, 30, 60):
        touch("touchMove", -distance)
    touch("touchEnd")
    moved = x - find_place(page, "a")[0]
    assert 40 <= moved <= 61  # but for what a browser takes to be sure that it is a drag
    touch("touchStart", 0)
    touch("touchStart", 0, 50)
    for distance in (70, 90, 100):
        touch("touchMove", 0, distance)
    touch("touchEnd")
    assert find_place(page, "a")[2] == pytest.approx(2 * width, rel=0.2)
