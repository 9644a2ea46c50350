"""Repeats drawn once, and the part of a graph around a node."""

import random
import re

from labels import shown

from micrograd_nn import Value, draw, nodes
from micrograd_nn import sum as sum_of
from micrograd_nn.draw.boxes import Boxes, Extent
from micrograd_nn.draw.look import Look
from micrograd_nn.explain.tree import tree
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP


def batch(count=30):
    """Return the loss of a model on some examples, and the model."""
    model = MLP(2, [4, 1], rng=random.Random(1))
    rng = random.Random(2)
    data = [([rng.uniform(-1, 1), rng.uniform(-1, 1)], i % 2) for i in range(count)]
    loss = sum((model(x) - y) ** 2 for x, y in data)
    loss.label = "loss"
    loss.backward()
    return loss, model


def recurrence(count):
    w, u, h = Value(0.5, "w"), Value(-0.3, "u"), Value(0.0, "h0")
    for i in range(count):
        h = (w * h + u * Value(float(i), f"x{i}")).tanh()
    h.backward()
    return h


def boxes_of(drawing):
    return {box.face.name: box for box in drawing.sketch.diagram.boxes}


def test_a_batch_loss_is_one_example_in_a_frame():
    loss, model = batch(100)
    drawing = draw(loss, names=model, collapse="layer")
    boxes = boxes_of(drawing)
    assert len(boxes) < 10
    assert {box.within for box in boxes.values()} == {("× 100",)}
    assert "Folded: " in drawing.source
    assert "fold=False unfolds" in drawing.source
    assert drawing.render().count(b">\xc3\x97 100<") == 1


def test_what_a_loop_leaves_in_a_variable_has_its_name():
    h = recurrence(30)
    root = h * 2
    names = {"h": h, "root": root}
    boxes = boxes_of(draw(root, names=names))
    assert boxes["h"].face.operation == "tanh"
    assert boxes["h"].within == ("× 30",)
    assert "…" in boxes["h"].face.value, "numbers are those of all repetitions"
    assert {"x0", "w", "u", "h0", "root"} <= boxes.keys(), "what has a name keeps it"
    assert "h" in str(tree(root, names=names)).split()


def test_a_loop_takes_from_the_step_before_by_a_dashed_arrow():
    drawing = draw(recurrence(30), names={})
    dashed = [arrow for arrow in drawing.sketch.diagram.arrows if arrow.from_before]
    boxes = {box.id: box.face.operation for box in drawing.sketch.diagram.boxes}
    assert [(boxes[arrow.tail], boxes[arrow.head]) for arrow in dashed] == [("tanh", "×")]
    assert "Dashed: from the step before" in drawing.source
    assert len(re.findall("style=dashed", drawing.source)) == 1


def test_few_nodes_are_folded_only_if_that_is_asked_for():
    small = recurrence(5)
    assert "Folded" not in draw(small).source
    assert "× 5" in draw(small, fold=True).source
    assert "Folded" not in draw(recurrence(50), fold=False).source


def test_a_mark_in_any_repetition_marks_the_box():
    h = recurrence(30)
    leaf = next(node for node in nodes(h) if node.label == "x17")
    drawing = draw(h, highlight=leaf, fold=True)
    assert [box.face.name for box in drawing.sketch.diagram.boxes if box.marked] == ["x0"]


def test_folding_draws_every_place_once():
    loss, model = batch()
    graph = Graph(loss, model)
    boxed = Boxes(Look(graph), folding=graph.folding)
    assert set(boxed.places.values()) == {box.id for box in boxed.diagram.boxes}
    assert len(boxed.diagram.boxes) == len(set(graph.folding.places.values()))


# The part around a node


def test_around_a_node_are_its_inputs_and_uses():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    a, b = w * x, w + 1
    a.label, b.label = "a", "b"
    root = (a * b).exp()
    root.label = "root"
    drawing = draw(root, around=w, radius=1, names={})
    assert set(boxes_of(drawing)) == {"w", "a", "b"}
    assert boxes_of(drawing)["a"].face.notes == ["+ 1 input", "+ 1 use"]
    assert "Within 1 edge of w: 3 of 7 boxes" in drawing.source
    assert set(boxes_of(draw(root, around=w, radius=0))) == {"w"}
    assert len(boxes_of(draw(root, around=w, radius=9))) == 7


def test_of_a_large_part_the_nearest_boxes_are_drawn():
    w = Value(2.0, "w")
    root = sum([w * i if i % 3 else w + i * i for i in range(50)], Value(0.0))
    boxed = Boxes(Look(Graph(root, {})), part=Extent(10, w, 2))
    assert len(boxed.diagram.boxes) == 10
    assert boxed.reached > 10
    drawing = draw(root, around=w, radius=2, limit=10, fold=False, names={})
    assert "The 10 boxes nearest to w; " in drawing.source
    assert "w" in shown(drawing.source)


def test_a_sum_that_takes_all_repetitions_has_one_arrow_from_them():
    x = Value(2.0, "x")
    graph = Graph(sum_of([x * float(i) for i in range(200)]), {})
    arrows = Boxes(Look(graph), folding=graph.folding).diagram.arrows
    assert len(arrows) == 3
    # What each repetition takes twice is two arrows still.
    squares = Graph(sum_of([sum_of([y, y, x]) for y in [x * float(i) for i in range(9)]]), {})
    heads = [a.head for a in Boxes(Look(squares), folding=squares.folding).diagram.arrows]
    assert sorted(map(heads.count, set(heads))) == [1, 2, 3]


def test_of_a_large_graph_no_repeats_are_looked_for_unless_one_says_so(monkeypatch):
    monkeypatch.setattr("micrograd_nn.graph.graph.MOST_SEARCHED", 100)
    monkeypatch.setattr("micrograd_nn.draw.captions.MOST_SEARCHED", 100)
    x = Value(1.0, "x")
    root = sum_of([x * float(i) for i in range(99)])
    assert "searched for repeats: fold=True" in draw(root).source
    assert "Folded: 200 nodes" in draw(root, fold=True).source
    assert "searched" not in draw(root, fold=False).source
