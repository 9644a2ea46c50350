"""The page's living inputs: what a reader types, and the numbers that come of it."""

import math
import random

import pytest
from graph_page import (
    build_network,
    build_three_paths,
    read_leaves,
    set_number,
    settle,
)
from strategies import every_row

from micrograd_nn import Value
from micrograd_nn import sum as sum_of
from micrograd_nn.engine.node import nodes
from micrograd_nn.engine.operation import Reduction
from micrograd_nn.engine.value import record


def set_all(page, numbers):
    """Put numbers into all boxes, in the order of the page."""
    page.evaluate(
        """numbers => document.querySelectorAll("#inputs input[type=text]").forEach((box, i) => {
          box.value = numbers[i];
          box.dispatchEvent(new Event("input", { bubbles: true }));
        })""",
        [repr(number) for number in numbers],
    )
    settle(page)


# Living inputs


def recorded(row, numbers):
    """Return an operation on new leaves."""
    return record(row, [Value(number) for number in numbers])


def inputs_in(row, rng):
    count = (5 if row.name == "dot" else 3) if isinstance(row, Reduction) else len(row.inputs)
    domain = row.domain[:1] * count if isinstance(row, Reduction) else row.domain
    return [rng.uniform(low, high) for low, high in domain]


def test_numbers_and_gradients_are_those_of_python(show):
    rng = random.Random(6)

    def graph(points):
        # By a factor of 1 before each operation, the gradient is what the operation gives.
        return sum_of([Value(1.0) * recorded(row, point) for row, point in points])

    page = show(graph([(row, inputs_in(row, rng)) for row in every_row]))
    page.keyboard.press("End")
    for _ in range(5):
        root = graph([(row, inputs_in(row, rng)) for row in every_row])
        root.backward()
        leaves = [node for node in nodes(root) if not node.inputs]
        set_all(page, [leaf.data for leaf in leaves])
        expected = [(leaf.data, leaf.grad) for leaf in leaves]
        found = list(read_leaves(page).values())
        assert len(found) == len(expected) > 2 * len(every_row)
        for (number, gradient), (python_number, python_gradient) in zip(
            found, expected, strict=True
        ):
            assert number == python_number
            assert math.isclose(gradient, python_gradient, rel_tol=1e-12)


def test_a_weight_is_called_as_in_the_picture(show):
    model, loss, _ = build_network()
    page = show(loss, names=model)
    head = page.locator("#inputs th.name", has_text="h1.w1")
    assert head.get_attribute("title") == "layers.0.neurons.0.w.0"
    assert page.locator("#leaf option").first.text_content() == "h1.w1"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_name_and_a_small_gradient_have_room(show, width):
    root = Value(0.5, "a long name " * 6) * Value(-6.6817e-05, "w")
    page = show(root, viewport={"width": width, "height": 844})
    page.keyboard.press("End")
    choice, panel = [page.locator(part).bounding_box() for part in ("#leaf", "#paths-panel")]
    assert choice["x"] + choice["width"] <= panel["x"] + panel["width"]
    gradient = page.locator("#inputs td", has_text="−6.682e−05")
    heights = gradient.evaluate(
        "cell => { const range = document.createRange(); range.selectNodeContents(cell);"
        " return new Set([...range.getClientRects()].map(({ top }) => top)).size; }"
    )
    assert heights == 1, "it stands on one line"


def test_a_box_takes_what_is_a_number_and_says_when_it_is_none(show):
    page = show(build_three_paths())
    box = page.get_by_label("x, number")
    for text, expected in [
        ("2.5", 2.5), ("−1e−3", -0.001), ("0,25", 0.25), (" 7 ", 7.0), ("inf", math.inf)
    ]:  # fmt: skip
        set_number(page, "x", text)
        assert read_leaves(page)["x"][0] == expected
    assert box.get_attribute("aria-invalid") == "false"
    refusal = page.locator("#refusal")
    assert refusal.is_hidden()
    for text, told in [
        ("", "The box is empty."),
        ("two", "two isn't a number such as −2.5, 1e−3 or inf."),
        ("1 2", "1 2 isn't a number such as −2.5, 1e−3 or inf."),
        ("0x10", "0x10 isn't a number such as −2.5, 1e−3 or inf."),
        (
            "1,000",
            "The comma of 1,000 may divide thousands or decimals: "
            "write the number without it, or with a point.",
        ),
    ]:
        set_number(page, "x", text)
        assert box.get_attribute("aria-invalid") == "true"
        assert box.get_attribute("aria-describedby") == "refusal"
        assert refusal.inner_text() == f"{told} x is still inf."
        assert read_leaves(page)["x"][0] == math.inf
    box.blur()
    assert (box.input_value(), box.get_attribute("aria-invalid")) == ("inf", "false")
    assert refusal.is_visible()  # what became of the text
    set_number(page, "w", "1,0005")
    assert read_leaves(page)["w"][0] == 1.0005
    assert refusal.is_hidden()
