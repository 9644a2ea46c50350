"""Surgery in a page: its numbers and its words are those of ``intervene``."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from page_engine import asked_of, close
from strategies import graphs, searching

from micrograd_nn import Constant, Value, intervene, relu
from micrograd_nn._ground.text import format_change
from micrograd_nn.graph import Graph


def operate(javascript, root, *done, **asked_too):
    """Return what a page gives of a graph on which this was done: acts with places of nodes."""
    asked, source = asked_of(root)
    (answer,) = javascript("surgeries.js", [{**asked, "done": done, **asked_too}], rules=source)
    assert answer["again"] == answer["written"]
    for name in ("ends", "died"):
        answer[name] = [int(place) for place in answer[name]]
    answer["shares"] = [(int(node), int(position)) for node, position in answer["shares"]]
    return answer


def intervene_alike(root, done):
    """Return the surgery that Python does for a page's acts."""
    surgery = intervene(root, {})
    nodes = surgery.before.nodes
    for act in done:
        node = nodes[act["node"]]
        if act["kind"] == "pin":
            surgery = surgery.pin(node, float(act["number"]))
        elif act["kind"] == "swap":
            surgery = surgery.swap(node, nodes[act["other"]])
        else:
            surgery = surgery.cut(node, act["position"], act["number"])
    return surgery


def check_surgery(javascript, root, done):
    """Check that a page and Python agree: on every number, on every gradient, on what died."""
    answer = operate(javascript, root, *done)
    try:
        surgery = intervene_alike(root, done)
    except (ValueError, OverflowError, ZeroDivisionError):
        assert answer["errors"] or len(done) > 1  # of which a later one may have mended it
        return answer
    if any(of_derivative for *_, of_derivative in answer["errors"]):
        return answer  # of a derivative that isn't asked for: a page has one rule for all of a row
    assert answer["errors"] == []
    nodes = surgery.before.nodes
    copies = [surgery.copies[node] for node in nodes]
    assert close([copy.number for copy in copies], answer["data"])
    assert [isinstance(x, Constant) for x in copies] == [isinstance(x, Constant) for x in nodes]
    left = [i for i, x in enumerate(nodes) if x.operation and not copies[i].operation]
    assert [i for i in left if nodes[i] not in surgery.changes.pins] == sorted(answer["ends"])
    passed = surgery.after.gradients
    assert close([passed.get(copy) for copy in copies], answer["gradient"])
    assert [nodes[i] for i in answer["died"]] == surgery.died
    places = {copy: i for i, copy in enumerate(copies)}
    steps = [(places[step.node], step.position) for step in surgery.after.steps]
    assert answer["shares"] == steps
    return answer


@st.composite
def acts(draw, count, edges):
    """Return what may be done to a graph of this many nodes, the root left out."""
    places = st.integers(0, count - 2)
    numbers = st.floats(-2, 2)
    pins = st.fixed_dictionaries({"kind": st.just("pin"), "node": places, "number": numbers})
    swaps = st.fixed_dictionaries({"kind": st.just("swap"), "node": places, "other": places})
    cuts = st.builds(
        lambda edge, number: {
            "kind": "cut", "node": edge[0], "position": edge[1], "number": number
        },
        st.sampled_from(edges),
        st.none() | numbers,
    )  # fmt: skip
    return draw(st.lists(pins | swaps | cuts, min_size=1, max_size=4))


@searching
@given(expression=graphs(max_size=30), data=st.data())
def test_a_page_computes_what_python_computes(javascript, expression, data):
    root = expression([Value(x, f"x{i}") for i, x in enumerate(expression.leaves)])
    nodes = Graph(root).nodes
    edges = [(i, j) for i, node in enumerate(nodes) for j in range(len(node.inputs))]
    assume(edges)
    check_surgery(javascript, root, data.draw(acts(len(nodes), edges)))


def build_line():
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(7.0, "b")
    n = w * x + b
    n.label = "n"
    return relu(n)


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (
            [{"kind": "pin", "node": 1, "number": -4.0}],
            ["w pinned to −4 (was −3)",
             "No gradient reaches any more: "
             "x (was −3), w (was 2), b (was 1), v1 (was 1), n (was 1)"],
        ),
        (
            [{"kind": "cut", "node": 3, "position": 1, "number": None}],
            ["x → v1 cut", "No gradient reaches any more: x (was −3)"],
        ),
        (
            [{"kind": "cut", "node": 3, "position": 0, "number": 5.0}],
            ["w → v1 cut, 5 arrives", "No gradient reaches any more: w (was 2)"],
        ),
        (
            [{"kind": "cut", "node": 5, "position": 0, "number": None}],  # to the root
            ["n → v2 cut", "No gradient reaches any more: "
             "x (was −3), w (was 2), b (was 1), v1 (was 1), n (was 1)"],
        ),
        (
            [{"kind": "swap", "node": 0, "other": 2}],
            ["x swapped with b: 7 (was 2) and 2 (was 7)", "No gradient reaches any more: "
             "x (was −3), w (was 2), b (was 1), v1 (was 1), n (was 1)"],
        ),
        (
            [{"kind": "swap", "node": 0, "other": 2}, {"kind": "pin", "node": 2, "number": -9.0}],
            ["x pinned to 7 (was 2)", "b pinned to −9 (was 7)", "No gradient reaches any more: "
             "x (was −3), w (was 2), b (was 1), v1 (was 1), n (was 1)"],
        ),
    ],
)  # fmt: skip
def test_a_page_tells_it_in_pythons_words(javascript, done, told):
    root = build_line()
    answer = check_surgery(javascript, root, done)
    assert [line for line in answer["told"] if line] == told
    surgery = intervene_alike(root, done)
    assert surgery.difference.told == told


@pytest.mark.parametrize("number", [None, 5.0])
def test_a_node_whose_every_edge_is_cut_keeps_its_gradient_as_a_pinned_one(javascript, number):
    root = build_line()
    edges = [{"kind": "cut", "node": 3, "position": i, "number": number} for i in (0, 1)]
    answer = check_surgery(javascript, root, edges)
    held = 25.0 if number else -6.0
    pinned = check_surgery(javascript, root, [{"kind": "pin", "node": 3, "number": held}])
    assert (answer["ends"], pinned["ends"]) == ([3], [])
    for what in ("data", "gradient", "died", "shares"):
        assert answer[what] == pinned[what], what


def test_a_number_before_and_after_is_written_as_python_writes_it(javascript):
    numbers = [1.0, -2.0, 1.000001, 1 / 3, 1 / 3 + 1e-13, -1e-9, 0.0, -0.0, 12345678.0, math.inf]
    pairs = [(x, y) for x in [*numbers, None] for y in [*numbers, None]]
    sent = [[None if x is None else repr(x).replace("inf", "Infinity") for x in p] for p in pairs]
    act = {"kind": "pin", "node": 0, "number": 1.0}
    answer = operate(javascript, build_line(), act, both=sent)
    assert answer["both"] == [format_change(*pair) for pair in pairs]
