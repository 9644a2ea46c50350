"""The loop beside a page's picture: the step's line, its numbers, and the mistakes it offers."""

import math
import random

import pytest
from browser import wait_until
from graph_page import (
    break_engine,
    build_reused,
    find_box,
    find_choice,
    press,
    read_formulas,
    read_gradients,
    read_step,
)

from micrograd_nn import Value
from micrograd_nn import sum as sum_of
from micrograd_nn.engine.operation import Reduction
from micrograd_nn.engine.table import OPERATIONS
from micrograd_nn.graph.graph import Graph
from micrograd_nn.nn import MLP
from micrograd_nn.page.mistakes import list_choices
from micrograd_nn.terminal.neurons import make_gated_neuron

# Goes to a state by its address, and waits until the page, which was asked first, is there.
FOLLOW = """hash => new Promise((done) => {
  addEventListener("hashchange", done, { once: true });
  location.hash = hash;
}).then(() => null)"""


def read_loop(page):
    """Return the lines that run now, and what is seen beside them."""
    lines = page.locator("#loop-panel .now").evaluate_all(
        "all => all.map((one) => one.dataset.line ?? 'forward')"
    )
    seen = page.locator("#loop [data-seen]").evaluate_all(
        "all => all.map((one) => [one.dataset.seen, one.textContent])"
    )
    return lines, {name: text for name, text in seen if text}


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


def test_the_line_of_the_step_is_lit_and_its_variables_have_numbers(show):
    page = show(build_reused(), hash="step=2")
    assert read_loop(page) == (["forward"], {})
    assert page.locator("#forward .now .seen").inner_text() == "36"
    press(page, "Next", "Next")
    assert read_loop(page) == (["seed"], {"seed": "1"})
    press(page, "Next", "Next", "Next")
    assert read_formulas(page)[0].startswith("∂output∂u=")
    lines, seen = read_loop(page)
    assert lines == ["add"]
    assert seen == {"node": "p", "upstream": "1", "partial": "6", "total": "u: 1 → 7"}
    press(page, "Back", "First")
    assert read_loop(page) == ([], {})


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


@pytest.mark.slow
def test_each_mistake_of_each_operation_is_the_one_that_python_makes(show):
    """One after the other, by its address: none leaves anything behind for the next one."""
    graph = Graph(sum_of_all_operations())
    page = show(graph, names={}, hash="step=9999")  # the last one
    before = read_gradients(page)
    choices = [choice for choice in list_choices(graph) if choice.rule is not None]
    assert len(choices) > 100
    for choice in choices:
        page.evaluate(FOLLOW, f"broken={choice.name}&step=9999")
        wanted = run_loop(graph, choice)
        for name, found in read_gradients(page).items():
            assert math.isclose(found, wanted[name], rel_tol=1e-9, abs_tol=1e-12), choice.name
    press(page, "Mend")
    assert read_gradients(page) == before


def sum_of_all_operations():
    """Return a sum of all rows of the table but the reductions, each of leaves of its own."""
    terms = []
    for name, operation in OPERATIONS.items():
        if not isinstance(operation, Reduction):
            start = 1.6 if name == "acosh" else 0.3
            numbers = [start + i / 10 for i in range(len(operation.inputs))]
            terms.append(operation(*[Value(x, f"{name}_{i}") for i, x in enumerate(numbers)]))
    return sum_of(terms)


def test_the_local_derivative_of_the_step_has_its_names(show):
    page = show(Value(3.0, "x").tanh() * Value(2.0, "w"), names={})
    press(page, "Last")
    offered = page.locator("#loop select[data-local] option").all_inner_texts()
    assert offered[:3] == ["1 − v1²", "1 − x²", "1 − v1"]
    assert read_formulas(page)[1].startswith("∂v1∂x=1−v12="), "the equation has the same"
    break_engine(page, "tanh-0-input-for-output")
    assert read_loop(page)[1]["partial"] == "−8"
    assert read_formulas(page)[1] == "∂v1∂x=1−x²=−8"
    assert find_box(page, "x").locator(".gradient").text_content() == "−16"
    assert page.locator("#wrong").inner_text() == (
        "tanh: the input in place of the output. Wrong gradients: x is −16 and should be 0.01973."
    )


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


def test_who_guesses_sees_no_numbers_and_the_right_engine(show):
    page = show(build_reused(), hash="step=7&broken=overwrite&quiz")
    assert find_choice(page, "overwrite").input_value() == ""
    assert find_choice(page, "overwrite").is_disabled()
    assert read_loop(page)[1] == {}


def test_of_many_forward_lines_those_around_the_step_are_shown(show):
    model = MLP(2, [3, 1], "tanh", rng=random.Random(1))
    page = show(model([Value(0.5, "x1"), Value(-0.1, "x2")]), names=model, hash="step=4")
    assert page.locator("#forward .line").count() == 5
    assert page.locator("#forward .more").all_inner_texts() == ["1 more before", "1 more after"]
    page.get_by_label("Show").select_option("layers")
    press(page, "Last")
    assert read_loop(page) == ([], {}), "several steps are one"
