"""The loop beside a page's picture: the step's line, its numbers, and the mistakes it offers."""

import math

import pytest
from browser import wait_until
from graph_page import (
    build_reused,
    find_box,
    find_choice,
    press,
    read_gradients,
    read_step,
)

from micrograd_nn import Value
from micrograd_nn.graph.graph import Graph
from micrograd_nn.page.mistakes import list_choices
from micrograd_nn.terminal.neurons import make_gated_neuron


def run_loop(graph, choice):
    """Return the gradients of leaves by an engine with one mistake, as Python runs the loop."""
    gradients = dict.fromkeys(graph.nodes, 0.0)
    gradients[graph.root] = choice.rule() if choice.place == "seed" else 1.0
    for node in reversed(graph.nodes):
        for i, (input, partial) in enumerate(zip(node.inputs, node.partials, strict=True)):
            if partial is None or input not in gradients:
                continue
            if choice.place == f"{node.operation.name} {i}":
                partial = choice.rule(node.data, *[x.data for x in node.inputs])
            share = gradients[node] * partial
            if choice.place == "product":
                given = {"upstream": gradients[node], "partial": partial}
                share = choice.rule(*[given[name] for name in choice.takes])
            gradients[input] += share
    return {graph.names[x]: gradients[x] for x in graph.leaves}


def test_a_mistake_is_made_where_it_is_written_and_mended(show):
    page = show(make_gated_neuron(), hash="step=12")
    before, step = read_gradients(page), read_step(page)
    for choice in list_choices(Graph(make_gated_neuron())):
        if choice.rule is None:
            continue
        page.evaluate(f"location.hash = 'step=12&broken={choice.name}'")
        find_choice(page, choice.name).and_(page.locator(".wrong")).or_(
            page.locator("#mend:visible")
        ).first.wait_for()
        wanted = run_loop(Graph(make_gated_neuron()), choice)
        found = read_gradients(page)
        assert found.keys() == wanted.keys()
        for name, gradient in wanted.items():
            assert math.isclose(found[name] or 0.0, gradient, rel_tol=1e-9), (choice.name, name)
        assert page.locator("#wrong").inner_text().startswith(choice.told), choice.name
        press(page, "Mend")
        assert read_gradients(page) == before
        assert page.locator("#wrong").inner_text() == ""
    assert read_step(page) == step


@pytest.mark.parametrize(
    "pointed",
    ["#loop var[data-part=upstream]", "#formula [data-part=upstream]"],
)
def test_what_is_pointed_at_is_lit_in_line_box_and_equation(show, pointed):
    page = show(build_reused(), hash="step=7")
    page.locator(pointed).first.hover()
    lit = page.locator(".lit").evaluate_all(
        "all => all.map((one) => one.closest('#loop, #formula, #graph').id)"
    )
    assert {*lit} == {"loop", "formula", "graph"}
    assert "lit" in find_box(page, "p").get_attribute("class")
    page.locator("h1").hover()
    assert page.locator(".lit").count() == 0
    find_box(page, "p").hover()
    assert page.locator("#loop var.lit").all_inner_texts() == ["node", "upstream"]


def test_places_that_offer_the_same_code_keep_their_mistakes_apart(show):
    x, y = Value(0.5, "x"), Value(2.0, "w*x")
    page = show((x + y).tanh() + (x - y).tanh(), names={}, hash="step=11")
    offered = page.locator("#loop select[data-local] option")
    for name in ("add-0-sign", "sub-0-sign"):
        page.evaluate(f"location.hash = 'step=11&broken={name}'")
        wait_until(page, "document.getElementById('mend').hidden === false")
        for _ in range(20):
            values = offered.evaluate_all("all => all.map((one) => one.value)")
            if name in values:
                break
            press(page, "Back")
        assert page.locator("#loop select[data-local]").input_value() == name
    page = show((x * y).tanh(), names={})
    press(page, "Last")
    assert page.locator("#loop select[data-local] option").all_inner_texts()[:2] == ["x", "(w*x)"]
