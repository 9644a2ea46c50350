"""The page of whatever is put into it: hostile labels, odd graphs, operations of one's own."""

import math

import pytest
from graph_page import (
    find_box,
    press,
    read_gradients,
    read_leaves,
    read_sentence,
)

from micrograd_nn import Value, relu
from micrograd_nn import sum as sum_of
from micrograd_nn.engine import table as op
from micrograd_nn.engine.node import nodes
from micrograd_nn.engine.operation import Operation
from micrograd_nn.engine.value import Constant
from micrograd_nn.graph import Graph

# Whatever is put into it


HOSTILE = [
    "</script><script>document.title='hacked'</script>",
    "<!-- <b>bold</b>",
    "\"quotes\" 'and' `ticks`",
    "{braces} | < > \\ $data ${x}",
    "two\nlines\tand a tab",
    "\u202eright to left\u2066",
    "&amp; &lt;",
]


def test_hostile_texts_arrive_as_text(show):
    leaves = [Value(1.5, label) for label in HOSTILE]
    root = sum_of([leaf * leaf for leaf in leaves])
    root.label = "</title>"
    named = Graph(root).names
    page = show(root, title=HOSTILE[0] + HOSTILE[1], notes="\n\n".join(HOSTILE[2:]))
    assert page.title() == HOSTILE[0] + HOSTILE[1]
    assert page.locator("h1").text_content() == HOSTILE[0] + HOSTILE[1]
    assert page.locator(".notes :is(.first, p)").count() == len(HOSTILE) - 2
    assert page.locator("#leaf option").all_text_contents() == [named[leaf] for leaf in leaves]
    assert list(read_leaves(page)) == [named[leaf] for leaf in leaves]
    for leaf in leaves:
        assert find_box(page, named[leaf]).count() == 1
    assert page.locator("b, main script").count() == 0
    for number in range(0, 30):
        page.get_by_label("Step", exact=True).fill(str(number))
    assert read_sentence(page).startswith("Back from v")
    names = {HOSTILE[0]: leaves[0], HOSTILE[3]: leaves[3]}
    page = show(root, names=names)
    assert set(Graph(root, names).names.values()) >= set(
        page.locator("#leaf option").all_text_contents()
    )


unwritten = Operation("unwritten", lambda x: 3 * x, [lambda out, x: 3.0])


ODD = {
    "a leaf": lambda: Value(2.0, "x"),
    "a constant": lambda: Constant(2.0),
    "nan before others": lambda: (
        lambda x: x * Value(3.0, "a") + x * Value(5.0, "b") + x * Value(math.nan, "c")
    )(Value(2.0, "x")),
    "infinity": lambda: relu(Value(math.inf, "x")) + Value(-math.inf, "y"),
    "ties": lambda: op.max([Value(1.0, "x"), 1.0, Value(1.0, "y")]),
    "many inputs": lambda: sum_of([Value(float(i), f"x{i}") for i in range(1_000)]),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_graphs_have_a_page(show, odd):
    root = odd()
    page = show(root, hash="step=1")
    press(page, "Last")
    if not root.is_constant:
        root.backward()
    found = read_gradients(page)
    leaves = [node for node in nodes(root) if not node.inputs and not isinstance(node, Constant)]
    assert len(found) == len(leaves)
    for leaf, gradient in zip(leaves, found.values(), strict=True):
        assert gradient == pytest.approx(leaf.grad, nan_ok=True)
    assert read_sentence(page)
    assert page.locator("#result").inner_text().startswith(Graph(root).names[root])
