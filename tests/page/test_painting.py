"""What the page's picture says beside its numbers: changes, products, what is wrong, what runs."""

import random

from browser import stop_clock
from graph_page import (
    build_three_paths,
    press,
    read_remarks,
    set_number,
    settle,
)

from micrograd_nn import Value
from micrograd_nn.engine.node import nodes
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
    set_number(page, "x", "0.5")
    assert read_remarks(page) == {}, "another move is none"
    assert page.locator("#nudged").is_hidden()


# A path


# A broken engine


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
