"""diff: which nodes are the same, what differs and from where on, in graphs, models, trainings."""

import random
import re

import pytest
from hypothesis import given
from labels import shown
from plain_nets import Neuron, Ruled
from strategies import graphs, searching

from micrograd_nn import MLP, Value, diff, draw_change, fit, nodes
from micrograd_nn._ground.text import InputError
from micrograd_nn.engine.value import Constant
from micrograd_nn.extras.ask.comparing import picture
from micrograd_nn.extras.ask.comparing.difference import PairRow, sort_rows, weigh_rows
from micrograd_nn.extras.ask.comparing.matching import Change
from micrograd_nn.extras.train import History
from micrograd_nn.graph.graph import Graph
from micrograd_nn.losses import mean_absolute_error, squared_error
from micrograd_nn.optim import SGD

LINE = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]


def build(expression, leaves):
    return expression([Value(x, f"x{i}") for i, x in enumerate(leaves)])


def names_of(found):
    return [row.name for row in found.rows]


# Graphs


@searching
@given(expression=graphs(max_size=40))
def test_a_graph_is_the_same_as_itself_and_as_one_built_again(expression):
    one, other = build(expression, expression.leaves), build(expression, expression.leaves)
    if not isinstance(one, Value):
        return
    for found in (diff(one, one, names={}), diff(one, other, names={})):
        assert found.is_same
        assert "Nothing differs" in str(found)
        assert len(found.every) == len(nodes(one))


@searching
@given(expression=graphs(max_size=40))
def test_every_number_and_gradient_that_differs_has_a_row(expression):
    one = build(expression, expression.leaves)
    other = build(expression, [x + 0.001 for x in expression.leaves])
    found = diff(one, other, names={})
    old, new = Graph(one, {}), Graph(other, {})
    differing = [
        (x.data, y.data)
        for x, y in zip(old.nodes, new.nodes, strict=True)
        if x.data != y.data or old.gradients.get(x, 0.0) != new.gradients.get(y, 0.0)
    ]
    assert sorted(row.data for row in found.rows) == sorted(differing)
    assert max(map(len, str(found).split("\n"))) <= 80


@searching
@given(first=graphs(max_size=25), second=graphs(max_size=25))
def test_of_any_two_graphs_all_is_told_and_the_other_way_round_the_same(first, second):
    one, other = build(first, first.leaves), build(second, second.leaves)
    if not (isinstance(one, Value) and isinstance(other, Value)):
        return
    there, back = diff(one, other, names={}), diff(other, one, names={})
    pairs = there.change.pairs
    assert {after: before for before, after in pairs.items()} == back.change.pairs
    old, new = Graph(one, {}), Graph(other, {})
    naive = 0
    for before, after in pairs.items():
        grads = [
            "none" if isinstance(x, Constant) else repr(graph.gradients.get(x, 0.0) + 0.0)
            for graph, x in ((old, before), (new, after))
        ]
        data = {repr(graph.numbers[x] + 0.0) for graph, x in ((old, before), (new, after))}
        naive += len({*data}) > 1 or len({*grads}) > 1
    assert len(there.rows) == len(back.rows) == naive
    turned = [(row.data[::-1], row.grad[::-1]) for row in back.rows]
    assert sorted(map(repr, turned)) == sorted(repr((row.data, row.grad)) for row in there.rows)
    assert there.is_same is back.is_same
    told = str(there)
    assert all(f"Only in {side}" in told for side, graph in (("one", old), ("other", new))
               if len(graph.nodes) > len(pairs))  # fmt: skip
    rows = there.rows[bool(there.rows) and there.rows[0].node is new.root :]  # the root is first
    shares = [round(row.share, 9) for row in rows]
    assert shares == sorted(shares, reverse=True)


def test_what_differs_most_comes_first_whatever_its_size():
    def loss(a, b, c):
        return Value(a, "a") * 1e6 + Value(b, "b") + Value(c, "c")

    found = diff(loss(1.0, 0.001, 3.0), loss(1.1, 0.009, 2.9), names={})
    named = [row.name for row in found.rows if len(row.name) == 1]
    assert named == ["b", "a", "c"], "by shares of 0.89, 0.09 and 0.03"


def test_what_rounding_leaves_heads_no_list():
    x, y = Value(1.0, "x"), Value(0.5, "y")
    found = diff((x - x) * y, (x + 1e-17 - x + 1e-17) * (y + 0.001), names={})
    assert (found.rows[0].name, found.rows[-1].data) != ("x", (0.0, 1e-17))
    rows = weigh_rows([PairRow("noise", (0.0, 1e-17)), PairRow("w", (2.0, 2.1))])
    assert [(row.name, row.level) for row in sort_rows(rows)] == [("w", 2), ("noise", 1)]
    huge = weigh_rows([PairRow("tiny", (0.0, 5e-324)), PairRow("huge", (1e308, 1e308))])
    assert [row.name for row in sort_rows(huge)] == ["tiny"], "though it is next to nothing"


def test_what_is_in_one_only_is_told_and_drawn():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    before, after = (w * x).tanh(), (w * x).tanh() + 0.1 * w * w
    sides = (diff(before, after, names={}), "after"), (diff(after, before, names={}), "after")
    for found, side in sides:
        assert f"Only in {side}: the number 0.1 in v3, v3 = 0.1 · w, v4 = " in str(found)
        assert found.picture.source.count(f"only {side}") == 4
        assert "left out" not in found.picture.source


W, X, Y, A, B = (Value(x, name) for x, name in zip((2, 3, 4, 2, 3), "wxyab", strict=True))


P, Q = Value(2.0), Value(3.0)


def label(node, name):
    node.label = name
    return node


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (label(W + X, "sum") * 2, label(W + Y, "sum") * 2, ["It begins at x → y"]),
        (A * B + A, A * A + B,
         ["Edges only in a: b → v1, a → v2", "Edges only in b: a → v1, b → v2"]),
        (P - Q, Q - P, ["Edges only in a: v1 → v3, v2 → v3", "Edges only in b: v2 → v3, v1 → v3"]),
        (A - B, Value(3.0, "b") - Value(2.0, "a"), ["Edges only in a: a → v1, b → v1"]),
        (W.tanh(), W.relu(), ["Made another way: v1 = tanh(w) → relu(w)"]),
        ((A * B * 2).tanh(), (A * B * 3).tanh(),
         ["It begins at the number 2 → 3 in v2", "  v1 = a · b ", "  number in v2 ",
          "  v2 = v1 · 3 ", "  v3 = tanh(v2) "]),
        (A * B, (A * B).exp(), ["Only in b: v2 = exp(v1)"]),
    ],
)  # fmt: skip
def test_edges_operations_and_what_nobody_named_are_told(one, other, told):
    found = str(diff(one, other, names={}, called=("a", "b")))
    assert [line for line in told if line not in found] == []


def test_many_nodes_made_another_way_are_one_line():
    y = z = X
    for i in range(40):
        y, z = label((y + X).tanh(), f"h{i}"), label((z + X).sigmoid(), f"h{i}")
    told = " ".join(line.strip() for line in str(diff(y, z, names={})).split("\n"))
    assert told.count("Made another way: h0 = tanh(v1) → sigmoid(v1), h1") == 1
    assert "h5 = tanh(v6) → sigmoid(v6) and 34 more" in told


def test_nodes_are_known_by_name_whatever_their_place():
    def loss(swapped):
        a, b = Value(1.0, "a"), Value(2.0, "b")
        return b * 3 + a if swapped else a + b * 3

    found = diff(loss(False), loss(True), names={})
    assert [row.name for row in found.every if row.level] == []


def test_not_a_number_is_itself_and_nothing_else():
    def root(x):
        return Value(x, "x") * 1.0

    nan = float("nan")
    assert diff(root(nan), root(nan), names={}).is_same
    assert diff(root(1.0), root(nan), names={}).rows[0].level == 4


def test_it_is_saved_by_its_ending_and_shown_in_a_notebook(tmp_path):
    x = Value(2.0, "<b>x</b>")
    found = diff(x * 2, x * 3, names={}, called=("before", "after"))
    found.save(tmp_path / "diff.svg")
    found.save(tmp_path / "diff.html")
    page = (tmp_path / "diff.html").read_text(encoding="utf-8")
    assert "<svg" in (tmp_path / "diff.svg").read_text(encoding="utf-8")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x" not in page
    assert {*found._repr_mimebundle_()} == {"image/svg+xml", "text/plain"}
    with pytest.raises(InputError, match="the ending says the format"):
        found.save(tmp_path / "diff.txt")


def test_a_page_and_a_picture_have_what_differs_most_and_say_what_is_left_out(monkeypatch):
    made = []
    box = picture.box_pair
    monkeypatch.setattr(picture, "box_pair", lambda *of: made.append(of) or box(*of))
    y, z = Value(1.0, "x"), Value(2.0, "x")
    for _ in range(2000):
        y, z = y + 1, z + 1
    found = diff(y, z * 2, names={}, called=("before", "after"))
    page = found.page().text
    assert page.count("<tr") == 1001
    left = len(found.rows) - 1000
    assert f"These 1,000 differ most; {left:,} more are left out." in page
    made.clear()
    source = found.picture.source
    assert "The 400 boxes nearest to the root; " in source
    assert source.count("+ 1 input") >= 1
    assert len(made) <= 400, "boxes that aren't drawn aren't made"
    described, describe = [], picture.Look.describe_node
    monkeypatch.setattr(
        picture.Look, "describe_node", lambda *of: described.append(of) or describe(*of)
    )
    draw_change(y, y, names={}, limit=30, fold=False)
    assert len(described) == 30, "nor are they where both graphs have one form"


def test_two_batches_are_folded_as_one_is_and_show_the_least_and_the_greatest_of_both():
    w, b = Value(0.5, "w"), Value(-0.25, "b")

    def loss():
        return sum((w * x + b - 1) ** 2 for x in (i / 100 for i in range(100)))

    before = loss()
    w.data = 1.5
    after = loss()
    found = diff(before, after, names={})
    for drawing in (found.picture, draw_change(before, after, names={})):
        text = " ".join(shown(drawing.source))
        assert 'label="× 100"' in drawing.source
        assert "w 0.5 → 1.5" in text
        assert "× 0 … 0.495 → 0 … 1.485" in text, "w · x, over all examples"
        assert len(re.findall(r'class="leaf[^"]* marked', drawing.source)) == 1
        assert "◂" not in text, "what flowed is of one pass"
    assert "draw_change(…, fold=False) unfolds" in found.picture.source
    whole = draw_change(before, after, names={}, fold=False, limit=2000).source
    assert whole.count("class=inner") == 498, "with the root five operations an example, less one"


@searching
@given(first=graphs(max_size=25), second=graphs(max_size=25))
def test_the_list_and_the_picture_call_a_node_by_one_name(first, second):
    one, other = build(first, first.leaves), build(second, second.leaves)
    if not (isinstance(one, Value) and isinstance(other, Value)):
        return
    found = diff(one, other, names={})
    before, after = found.change.names
    look = picture.ChangedLook(found.change.new, change=found.change)
    for pair, row in zip(found.change.pairs.items(), found.every, strict=True):
        assert row.name == after[pair[1]]
        assert before[pair[0]] == row.name or isinstance(pair[1], Constant)
        drawn = picture.box_pair(found.change, pair[1], look).face.name
        assert isinstance(pair[1], Constant) or drawn == row.name
    named = [name for node, name in after.items() if not isinstance(node, Constant)]
    alone = [x for x in before if x not in found.change.pairs and not isinstance(x, Constant)]
    named += [before[x] for x in alone]
    assert len({*named}) == len(named)
    told = " ".join(line.strip() for line in found.find_alone())
    assert all(before[x] in told for x in alone[:1])


def test_a_name_that_both_graphs_have_for_other_nodes_tells_the_side():
    x = Value(3.0, "x")
    old, new = Graph(x * Value(1.0, "y"), {}), Graph(Value(2.0, "y").exp(), {})
    before, after = Change(old, new, {}).names
    assert [*before.values()] == ["x", "y (before)", "v2"]
    assert [*after.values()] == ["y", "v1"]


def test_sides_are_called_as_the_callers_variables():
    x = Value(3.0, "x")
    early, late = x.tanh(), x.tanh() * 2
    assert "Only in late: the number 2 in late" in str(diff(early, late))
    assert "Only in b: the number 2 in v2" in str(diff(x.tanh(), x.tanh() * 2))
    assert "Only in new: " in str(diff(early, late, called=("old", "new")))


# Models and trainings


def train(lr=0.1, loss=squared_error, epochs=6, seed=0, sizes=(3, 1), record=True, data=LINE):
    model = MLP(1, list(sizes), "tanh", rng=random.Random(seed))
    optimizer = SGD(model.parameters(), lr)
    rng = random.Random(1)
    return fit(model, data, loss, optimizer=optimizer, epochs=epochs, record=record, rng=rng)


MODEL = "MLP(1, [{}, 1], activation=['tanh', 'linear'])"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({}, ["weight by weight and epoch by epoch"]),
        ({"epochs": 9}, ["As long as both go on, their losses are the same"]),
        ({"lr": 0.2}, ["Their learning rates differ: 0.1 and 0.2", "Their losses part at epoch 1:",
                       "Their weights part at epoch 1: layers.0.neurons.0.w.0"]),
        ({"seed": 1}, ["Their weights part from the start"]),
        ({"loss": mean_absolute_error, "data": LINE[1:]},
         ["Their training examples differ (21 and 20)",
          "Their losses differ: squared_error and mean_absolute_error"]),
        ({"sizes": (4, 1)}, [f"Their models differ: {MODEL.format(3)} and {MODEL.format(4)}"]),
    ],
)  # fmt: skip
def test_two_trainings_are_told_by_what_they_differ_in(other, told):
    one, other = train(), train(**other)
    found = diff(one, other)
    assert max(map(len, str(found).split("\n"))) <= 80
    text = " ".join(line.strip() for line in str(found).split("\n"))
    assert [line for line in told if line not in text] == []
    assert found.is_same == ("weight by weight" in text)
    kept = [h.recording.snapshots[6].state["layers.1.neurons.0.b"] for h in (one, other)]
    rows = {row.name: row.data for row in found.every}
    assert rows["layers.1.neurons.0.b"] == tuple(kept), "of the last epoch that both have"


def test_models_are_compared_by_the_names_of_their_parameters():
    one, other = (MLP(1, [2, 1], rng=random.Random(0)) for _ in range(2))
    assert diff(one, other).is_same
    other.layers[1].neurons[0].b.data = 0.5
    assert names_of(diff(one, other)) == ["layers.1.neurons.0.b"]
    larger = MLP(1, [3, 1])
    found = diff(one, larger, called=("a", "b"))
    assert found.title == f"{one!r} → {larger!r}"
    told = "Only in b: layers.0.neurons.2.w.0, layers.0.neurons.2.b, layers.1.neurons.0.w.2"
    assert told in str(found)


def test_models_of_no_base_class_are_compared_by_their_places():
    models = [Neuron(random.Random(0), 1, bias) for bias in (1.0, 1.0, 2.0)]
    found = diff(*models[1:])
    assert names_of(found) == ["b"]
    assert found.title == "Neuron", "not where it is kept"
    trained = [
        fit(model, LINE, squared_error, epochs=2, record=True, rng=random.Random(0))
        for model in models
    ]
    assert diff(*trained[:2]).is_same
    told = str(diff(*trained[1:]))
    assert "Their weights part from the start: b; most of all b, 1 → 2" in told
    assert "models differ" not in told


def make_slope(name):
    return Ruled(lambda model, x: model.parameters()[0] * x[0], **{name: 1.0})


def test_nothing_in_common_is_told(tmp_path):
    found = diff(make_slope("p"), make_slope("q"))
    told = "No parameter is on both sides by its name"
    assert str(found).split("\n")[1:] == [told, "Only in a: p", "Only in b: q"]
    assert not found.is_same
    assert told in found._repr_mimebundle_()["text/plain"]
    found.save(tmp_path / "diff.html")
    page = (tmp_path / "diff.html").read_text(encoding="utf-8")
    assert "No picture: models are compared by their numbers" in page
    with pytest.raises(RuntimeError, match=r"by their numbers: print that, or save it as \.html"):
        found.save(tmp_path / "diff.svg")
    histories = [
        fit(model, LINE, squared_error, epochs=2, record=True)
        for model in (make_slope("p"), make_slope("q"))
    ]
    found = diff(*histories)
    assert "No weight is on both sides by its name" in str(found)
    assert "Loss by epoch" in found.picture.svg


def test_pictures_and_titles_say_which_loss_it_is():
    rng = random.Random(1)
    model = MLP(1, [1], rng=random.Random(0))
    history = fit(model, LINE, squared_error, epochs=3, record=True, validation=0.2, rng=rng)
    assert diff(history, history).title.startswith("Best validation loss ")
    found = diff(train(), history)
    assert re.fullmatch(r"Best loss \S+ → best validation loss \S+", found.title)
    assert "b, validation loss" in found.picture.svg


@pytest.mark.parametrize(
    ("a", "b", "error", "told"),
    [
        (3.0, Value(1.0), TypeError, "not a float and a Value"),
        (Value(1.0), History(), TypeError, "not a Value and a History"),
        (Value(1.0), Ruled(abs, p=1.0), TypeError, "not a Value and a Ruled"),
        (History(), History(), ValueError, "the training a was not recorded"),
    ],
)
def test_what_cant_be_compared_is_refused(a, b, error, told):
    with pytest.raises(error, match=told):
        diff(a, b)
