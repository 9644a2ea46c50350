"""What the page's picture says beside its numbers: changes, products, what is wrong, what runs."""

import random

from browser import stop_clock
from graph_page import (
    break_engine,
    build_network,
    build_three_paths,
    find_box,
    press,
    read_remarks,
    settle,
)

from micrograd_nn import Value
from micrograd_nn.engine.node import nodes
from micrograd_nn.graph.graph import Graph
from micrograd_nn.nn import MLP


def format_signed(number):
    return f"{number:+.4g}".replace("-", "−")


# A nudge


def test_after_a_nudge_each_box_that_changed_shows_by_how_much(show):
    page = show(build_three_paths())
    before = {node.label or "v1": node.data for node in nodes(build_three_paths())}
    page.get_by_role("button", name="x +0.01", exact=True).click()
    settle(page)
    assert read_remarks(page) == {"x": "Δ +0.01"}, "what isn't known yet hasn't changed"
    press(page, "Last")
    x, w = Value(0.51), -1.5
    product, a = w * x.data, x.tanh().data
    after = {"x": 0.51, "w*x": product, "a": a, "v1": product * a, "output": product * a + 0.51}
    assert read_remarks(page) == {
        name: f"Δ {format_signed(number - before[name])}" for name, number in after.items()
    }
    press(page, "Reset")
    settle(page)
    assert read_remarks(page) == {}


# A path


def read_edges(page):
    found = page.locator(".view .edge").evaluate_all(
        """all => all.map((one) => [one.getAttribute("aria-label"),
          [...one.querySelectorAll("text")].map((text) => text.textContent).filter(Boolean)])"""
    )
    return {label: texts for label, texts in found if texts}


def test_a_path_has_its_running_product_on_its_edges(show):
    page = show(build_three_paths())
    page.locator("#paths button").nth(1).click()
    assert read_edges(page) == {}, "none is reached"
    products = {
        "from v1 to output": ["× 1", "= 1"],
        "from a to v1": ["× −0.75", "= −0.75"],
        "from x to a": ["× 0.7864", "= −0.5898"],
    }
    press(page, "Next", "Next", "Next")
    assert read_edges(page)["from a to v1"] == ["× −0.75"]
    for key in ("ArrowRight", "End"):
        page.keyboard.press(key)
        on_path = {label: texts for label, texts in read_edges(page).items() if label in products}
        assert on_path == products, "not what flowed there, to which all paths add"
    page.locator("#paths button").nth(1).click()
    assert read_edges(page)["from x to a"] == ["× 0.7864", "◂ −0.5898"]
    assert read_edges(page)["from v1 to output"] == ["× 1", "◂ 1"]


def test_a_path_through_closed_neurons_has_its_products_too(show):
    model, loss, _ = build_network()
    page = show(loss, names=model, hash="step=99")
    first = page.locator("#paths button").first
    page.locator("#leaf").select_option("x1")
    result = first.text_content().rpartition(" = ")[2]
    assert page.locator(".edge .product").count() == 0
    first.click()
    products = page.locator(".edge .product").all_text_contents()
    assert products[0] == f"= {result}"
    first.click()
    assert set(page.locator(".edge .product").all_text_contents()) == {""}


def test_who_guesses_isnt_told_the_products(show):
    page = show(build_three_paths(), quiz=True)
    page.locator("#paths button").nth(1).click()
    assert page.locator(".edge.path").count() == 3
    assert read_edges(page) == {}


# A broken engine


def test_a_closed_box_says_in_how_many_of_its_nodes_gradients_are_wrong(show):
    model, loss, _ = build_network()
    page = show(loss, names=model)
    page.get_by_label("Show").select_option("layers")
    break_engine(page, "unordered")
    break_engine(page, "unreset")
    first = find_box(page, "layers.0")
    loss.backward()
    neurons = Graph(loss, model).neurons.items()
    passing = [node for node, name in neurons if name.startswith("layers.0") and node.grad]
    assert first.locator(".remark").text_content() == f"✗ in {len(passing)} nodes"


def test_remarks_stand_clear_of_the_boxes_below(show):
    model = MLP(2, [4, 1], "tanh", rng=random.Random(1))
    page = show(model([Value(0.5, "x1"), Value(-0.1, "x2")]), names=model)
    page.get_by_role("button", name="x1 +0.01", exact=True).click()
    press(page, "Last")
    covered = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".view g.node")];
          return boxes.flatMap((one) => {
            const text = one.querySelector(".remark")?.getBoundingClientRect();
            return text?.width ? boxes.filter((other) => {
              const box = other.querySelector(".body").getBoundingClientRect();
              return other !== one && box.left < text.right && text.left < box.right
                && box.top < text.bottom - 2 && text.top + 2 < box.bottom;
            }) : [];
          }).length;
        }"""
    )
    assert len(read_remarks(page)) >= 6
    assert covered == 0


# Dots


def find_dots(page):
    return page.locator(".view .dot").evaluate_all(
        "all => all.map((one) => Number(one.getAttribute('cx')))"
    )


def test_a_dot_runs_along_the_edges_of_the_step_that_is_taken(show):
    page = show(build_three_paths())
    stop_clock(page)
    press(page, "Next")
    start = find_dots(page)
    page.clock.run_for(200)
    assert len(start) == 2, "one from each factor"
    assert all(x > y for x, y in zip(find_dots(page), start, strict=True)), "forward"
    page.clock.run_for(300)
    assert find_dots(page) == []
    press(page, "Last", "Back")
    assert find_dots(page) == [], "which isn't the next step"
    press(page, "Next")
    [start] = find_dots(page)
    page.clock.run_for(200)
    [there] = find_dots(page)
    assert there < start, "back"
    assert page.locator(".view .dot.back").count() == 1
    press(page, "First")
    assert find_dots(page) == []
