"""The tree of text: every node once, shared ones referred to, bounded and safe to print."""

import math
import random
from io import StringIO

import pytest
from golden import assert_stands
from hypothesis import given
from places import GOLDEN
from rich.console import Console
from strategies import graphs, searching

from micrograd_nn import Constant, Value, mean, nodes
from micrograd_nn.explain.tree import tree, walk_rows
from micrograd_nn.explain.tree.tree import FoldedTree
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP
from micrograd_nn.terminal.neurons import make_neuron


def test_a_neurons_tree_reads_from_the_output_to_the_inputs():
    output = make_neuron()
    output.backward()
    assert_stands(f"{tree(output)}\n", GOLDEN / "tree_neuron.txt")


def test_a_leaf_and_a_constant_are_one_line():
    assert str(tree(Value(3.0, "x"))) == "x  value 3  gradient –"
    assert str(tree(Constant(3.0))) == "3"
    assert str(tree(Constant(3.0, "half"))) == "half  value 3"


@pytest.mark.parametrize(
    ("compute", "title"),
    [
        (lambda x, w: 2 - x, "2 − x"),
        (lambda x, w: x - -2, "x − (−2)"),
        (lambda x, w: -2 * x, "−2 · x"),
        (lambda x, w: x * 1.0001, "x · 1.0001"),
        (lambda x, w: x**2, "x²"),
        (lambda x, w: x**-1, "x^(−1)"),
        (lambda x, w: w**2, "(a*b)²"),
        (lambda x, w: x * w + 1, "v1 + 1"),
        (lambda x, w: w.tanh(), "tanh(a*b)"),
        (lambda x, w: x * Constant(0.5, "half"), "x · half"),
        (lambda x, w: mean([x, 1, w]), "mean(x, 1, a*b)"),
        (lambda x, w: mean([x] * 9), "mean of 9 inputs"),
        (lambda x, w: mean([x] * 8 + [5]), "mean of 9 inputs, 1 of them constant"),
        (lambda x, w: mean([x, *range(8)]), "mean of 9 inputs, 8 of them constant"),
    ],
)
def test_an_operation_is_written_as_in_a_formula(compute, title):
    root = compute(Value(2.0, "x"), Value(3.0, "a*b"))
    first = str(tree(root)).splitlines()[0]
    assert first.partition(" = ")[2].partition("  value ")[0] == title


def test_the_rows_are_those_of_the_uses_in_their_order():
    x = Value(2.0, "x")
    square = x * x
    root = 3 - square.exp() * square
    (three, product), found = root.inputs, list(walk_rows(root))
    exp, _ = product.inputs
    assert [(row.node, row.edge, row.depth, row.is_last, row.is_again) for row in found] == [
        (root, None, 0, True, False),
        (product, (root, 1), 1, True, False),
        (exp, (product, 0), 2, False, False),
        (square, (exp, 0), 3, True, False),
        (x, (square, 0), 4, False, False),
        (x, (square, 1), 4, True, True),
        (square, (product, 1), 2, True, True),
    ]
    assert [row.node for row in walk_rows(three)] == [three], (
        "a constant has no row but as the root"
    )


@pytest.mark.parametrize(
    "label", ["[bold]x[/bold]", "[/]", 'a "quote" {brace}', "two\nlines", "\x1b[31mred", ":smile:"]
)
def test_a_label_arrives_as_text_on_one_line(label):
    x = Value(1.0, label)
    shown = StringIO()
    Console(file=shown, width=200, force_terminal=True, color_system=None).print(tree(x * x))
    assert shown.getvalue().splitlines() == str(tree(x * x)).splitlines()
    assert len(str(tree(x * x)).splitlines()) == 3


def test_rich_prints_colours_and_the_same_text():
    shown = StringIO()
    Console(file=shown, force_terminal=True, color_system="standard").print(tree(make_neuron()))
    assert "\x1b[" in shown.getvalue()
    assert tree(make_neuron()).__rich__().plain == str(tree(make_neuron()))


@pytest.mark.parametrize("width", [60, 45])
def test_a_narrow_terminal_breaks_lines_between_words(width):
    x, y = Value(2.0, "weight_of_the_first"), Value(-3.0, "first_input")
    whole = tree((x * y + 1.0001).tanh() * y, {})
    told = str(whole.fold(width)).splitlines()
    assert max(map(len, told)) <= width < max(map(len, str(whole).splitlines()))
    assert {word for line in told for word in line.split()} == {*str(whole).split()}
    assert str(whole.fold(200)) == str(whole)


def test_what_is_deep_in_a_tree_is_not_folded():
    x = Value(0.0)
    for _ in range(40):
        x = -x
    deepest = str(tree(x, {}, fold=False)).splitlines()[-1]
    assert str(tree(x, {}, fold=False).fold(60)).splitlines()[-1] == deepest


def test_a_deep_chain_is_cut_and_told():
    x = Value(0.0)
    for _ in range(20_000):
        x = -x
    lines = str(tree(x, fold=False)).splitlines()
    assert len(lines) == 201
    assert lines[-1] == "… 19,801 more lines: tree(root, lines=20001) has them all"


def test_one_more_line_is_no_plural():
    x = Value(1.0, "x")
    assert str(tree(x * x, lines=2)).endswith("… 1 more line: tree(root, lines=3) has them all")


def build_losses(count=100):
    """Return a loss over examples of a network, and its model."""
    model = MLP(2, [2, 1], rng=random.Random(1))
    xs = random.Random(2)
    return total_of((model([xs.random(), xs.random()]) - 1.0) ** 2 for _ in range(count)), model


def total_of(terms):
    """Return a sum as a loop makes it."""
    loss = 0.0
    for term in terms:
        loss = loss + term
    return loss


def test_a_loss_over_examples_is_one_example_and_how_often():
    loss, model = build_losses()
    loss.backward()
    shown = str(tree(loss, model))
    assert_stands(f"{shown}\n", GOLDEN / "tree_folded.txt")
    assert len(shown.splitlines()) < 25
    assert f"value {loss.data:.4g}  gradient 1" in shown.splitlines()[0], "the root's own number"


def test_folded_numbers_are_the_least_and_the_greatest_of_all():
    loss, model = build_losses()
    loss.backward()
    graph = Graph(loss, model)
    folded = FoldedTree(graph)
    told = set()
    for row in folded.walk_rows():
        if not (row.is_back or row.is_again):
            told.update(folded.list_members(row.node))
    inner = {node for node in graph.nodes if not isinstance(node, Constant)}
    assert told == inner, "each node is in a line, none is left out in silence"
    outputs = [node for node in graph.nodes if node.operation and node.operation.name == "pow"]
    low, high = min(x.data for x in outputs), max(x.data for x in outputs)
    assert f"(× 100)  value {low:.4g} … {high:.4g}  gradient 1" in str(tree(graph))


def test_what_is_small_or_asked_for_is_not_folded():
    x = Value(2.0, "x")
    five = total_of(x * i for i in range(5))
    assert "×" not in str(tree(five))
    assert "(× 5)" in str(tree(five, fold=True))
    loss, model = build_losses()
    assert str(tree(loss, model, fold=False)).endswith("has them all")


def test_a_loop_begins_with_what_the_first_one_takes():
    h, w = Value(0.0, "h0"), Value(0.5, "w")
    for _ in range(50):
        h = (w * h).tanh()
    lines = str(tree(h, {}, show="data")).splitlines()
    assert lines[:-1] == [
        "v100 = tanh(v99)  (× 50)  value 0",
        "└─ v99 = w · v98  (× 50)  value 0",
        "   ├─ w  value 0.5",
        "   ├─ ↶ v98",
        "   └─ h0  value 0",
    ]


def test_a_node_that_takes_one_of_before_twice_says_so_twice():
    x = Value(1.0, "x")
    for _ in range(70):
        x = x + x
    assert str(tree(x, {})).splitlines()[1:3] == ["├─ ↶ v69", "├─ ↶ v69"]


def test_edits_and_gradients_of_some_are_told_of_all():
    loss, w = 0.0, Value(2.0, "w")
    xs = [Value(float(i), f"x{i}") for i in range(30)]
    for x in xs:
        loss = loss + w * x
    assert "x29  (× 30)  value 0 … 29  gradient –" in str(tree(loss, {}))
    loss.backward()
    xs[3].data = 99.0
    assert "x29  (× 30)  value 0 … 99 (1 edited)  gradient 2" in str(tree(loss, {}))
    xs[4].data = math.nan
    assert "x29  (× 30)  value nan (2 edited)" in str(tree(loss, {}))
    xs[5].grad = None
    assert "value nan (2 edited)  gradient –" in str(tree(loss, {}))


@searching
@given(graph=graphs(max_size=30))
def test_each_node_is_told_once_and_each_use_has_a_line(graph):
    root = graph([Value(x) for x in graph.leaves])
    lines = str(tree(root, lines=10_000, fold=False)).splitlines()
    told = [line for line in lines if "↑" not in line]
    inner = [node for node in nodes(root) if not isinstance(node, Constant)]
    uses = sum(not isinstance(input, Constant) for node in inner for input in node.inputs)
    assert len(told) == max(len(inner), 1)
    assert len(lines) == uses + 1


@pytest.mark.parametrize(
    ("option", "given", "told"),
    [
        *[("lines", x, "tree needs at least 1 of its lines") for x in (0, -1, 1.5, True, None)],
        ("fold", "all", "fold is one of 'auto', True, False, not 'all'"),
        ("show", "grad", "show is one of both, data, not 'grad'"),
    ],
)
def test_an_option_that_cannot_be_is_refused(option, given, told):
    with pytest.raises(ValueError, match=told):
        tree(Value(1.0), **{option: given})
