"""why: trainings made to die, saturate, vanish and explode are found out; healthy ones not."""

import math
import random

import pytest
from plain_nets import Net, Ruled

from micrograd_nn import MLP, fit, why
from micrograd_nn.engine.setting import next_number
from micrograd_nn.extras.ask.why import replay
from micrograd_nn.extras.train import Epoch, History
from micrograd_nn.extras.train.snapshots import Recording, Snapshot, Weights, start_recording
from micrograd_nn.losses import squared_error
from micrograd_nn.optim import SGD
from micrograd_nn.page import views

LINE = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]


def train(model, data=LINE, loss=squared_error, lr=0.05, epochs=12, optimizer=SGD):
    optimizer = optimizer(model.parameters(), lr)
    rng = random.Random(1)
    return fit(model, data, loss, optimizer=optimizer, epochs=epochs, record=True, rng=rng)


def test_a_unit_dead_from_the_start_is_told_so():
    model = MLP(1, [2, 1], rng=random.Random(0))
    model.layers[0].neurons[1].b.data = -50.0
    one = why(train(model)).found[0]
    assert (one.kind, one.epoch) == ("dead", 0)
    assert one.told == "layers.0.neurons.1 (relu) is 0 for every example from the start on"
    assert one.node.operation.name == "relu"
    assert one.node.partials == (0.0,)


def test_the_origin_of_not_a_number_is_found():
    def broken(prediction, target):
        return (prediction - prediction) * math.inf if target > 2.5 else (prediction - target) ** 2

    history = train(MLP(1, [2, 1], "tanh", rng=random.Random(2)), loss=broken)
    one = why(history).found[0]
    assert (one.kind, one.epoch) == ("broken", 0)
    assert history.recording.training[one.example][1] > 2.5
    assert math.isnan(one.node.data)
    assert "x * y is nan; x = 0.0, y = inf" in one.reasons


def test_a_domain_that_is_left_is_told_in_its_words():
    history = History()
    data = [([1.0], -3.0), ([2.0], -3.0)]
    model = Ruled(lambda model, x: (model.w * x[0]).log(), w=1.0)
    with pytest.raises(ValueError, match="log"):
        fit(
            model, data, squared_error, optimizer=SGD(model.parameters(), 0.5), epochs=9,
            record=True, history=history,
        )  # fmt: skip
    told = str(why(history))
    assert "The training ended: ValueError" in told


def test_a_solved_problem_is_no_alarm():
    history = train(MLP(1, [1], rng=random.Random(0)), LINE[::4], lr=0.3, epochs=150)
    assert history.best.loss < 1e-20
    found = why(history)
    assert found.found == []
    with pytest.raises(ValueError, match="found nothing of the kind"):
        found.page()


def test_a_dead_unit_of_a_model_of_no_base_class_has_its_name():
    model = Net(n_inputs=1, count=2, bias=0.0)
    model.neurons[1].b.data = -50.0
    found = why(train(model))
    assert found.found[0].told == "neurons.1 (relu) is 0 for every example from the start on"
    assert "no example has a gradient" not in str(found)
    assert "2 units and 2 layers" in " ".join(str(found).split())
    assert "neurons.1" in found.page().text


def test_the_model_is_left_as_it_was():
    model = MLP(1, [2, 1], rng=random.Random(0))
    history = train(model, [([x / 10], -5.0) for x in range(10)], lr=0.5)
    before = [(x.data, x.grad) for x in model.parameters()]
    why(history)
    assert [(x.data, x.grad) for x in model.parameters()] == before


def test_the_page_opens_at_the_step_of_the_edge(tmp_path):
    history = train(
        MLP(1, [2, 1], rng=random.Random(0)), [([x / 10], -5.0) for x in range(10)], lr=0.5
    )
    found = why(history)
    one = found.found[0]
    found.save(tmp_path / "why.html")
    text = (tmp_path / "why.html").read_text(encoding="utf-8")
    assert "A unit died" in text
    assert f'"opening":{{"step":{one.step},' in text
    forward = sum(x.operation is not None for x in one.graph.nodes)
    step = one.graph.steps[one.step - forward - 2]
    assert (step.node, step.position) == (one.node, one.position)


def test_a_sample_of_examples_and_epochs_is_told_as_such(monkeypatch):
    monkeypatch.setattr(replay, "MOST_NODES", 4000)
    data = [([x / 100], -5.0) for x in range(90)]
    model = MLP(1, [2, 1], rng=random.Random(0))
    states = [{**model.state(), "layers.0.neurons.0.b": 2 - 0.15 * i} for i in range(41)]
    history = record(model, data, states)
    found = why(history)
    told = " ".join(line.strip() for line in str(found).split("\n"))
    one = found.found[0]
    assert one.kind == "dead"
    assert " of 90 looked at since between the epochs " in one.told
    before, after = (int(x) for x in one.told.split("epochs ")[1].split(";")[0].split(" and "))
    assert after == one.epoch > before + 1
    for epoch, is_dead in ((before, False), (after, True)):
        model.load_state(next(s.state for s in history.recording.snapshots if s.epoch == epoch))
        unit = next(n for i, n in enumerate(model.layers[0].neurons) if f"neurons.{i}" in one.told)
        assert all(unit(x).data == 0.0 for x, _ in data) is is_dead
    assert "of 41 epochs up to 40, " in told


def count_made(function):
    start = next_number()
    function()
    return next_number() - start


def make_picky(count):
    """Return a model with many nodes an example, for which a number below 0 has no logarithm."""

    def add_up(model, x):
        y = (model.w * x[0]).log()
        for _ in range(count if x[0] != 2.0 else 0):
            y = y + 0.01
        return y

    return Ruled(add_up, w=1.0)


def record(model, data, states, loss=squared_error):
    """Return the history of a training that had these weights."""
    weights = Weights(model, [])
    recording = start_recording(True, weights=weights, loss=loss, training=data, validation=[])
    for epoch, state in enumerate(states):
        recording.add(Snapshot(epoch, state), 1.0)
    epochs = [Epoch(i, 1.0, None, 0.1) for i in range(len(states))]
    return History(epochs, recording=recording)


@pytest.mark.parametrize("first", [[-1.0], [2.0]], ids=["it raises", "it is small"])
def test_a_first_example_like_no_other_breaks_no_bound(monkeypatch, first):
    monkeypatch.setattr(replay, "MOST_NODES", 20_000)
    data = [(first, 1.0), *[([1.0 + i / 1000], 1.0) for i in range(1000)]]
    history = record(make_picky(100), data, [{"w": 1.0 - i / 100} for i in range(20)])
    assert count_made(lambda: why(history)) < 10 * 20_000
    signs = record(make_picky(100), data, [{"w": -1.0}, *[{"w": 1.0 + i} for i in range(20)]])
    assert count_made(lambda: why(signs)) < 10 * 20_000


@pytest.mark.parametrize("period", [2, 3, 4, 5, 8, 10])
def test_a_sample_has_examples_of_each_kind_whatever_their_order(monkeypatch, period):
    monkeypatch.setattr(replay, "MOST_NODES", 4000)
    data = [([1.0 if i % period else -1.0], 1.0) for i in range(1000)]
    model = MLP(1, [1, 1], rng=random.Random(0))
    state = {**model.state(), "layers.0.neurons.0.w.0": -1.0, "layers.0.neurons.0.b": 0.0}
    found = why(record(model, data, [state] * 4))
    assert found.found == [], "the unit is alive where x is below 0"
    assert " of 1,000 examples" in str(found)


def test_examples_that_cant_be_computed_are_passed_over():
    def split(model, x):
        return (model.w * x[0]).relu() * model.v + (model.v + x[0]).log() * 0.0

    data = [([1.0], 1.0), ([2.0], 1.0)]
    states = [{"w": 1.0, "v": 1.0}, {"w": -1.0, "v": -1.5}, {"w": -1.0, "v": 1.0}]
    found = why(record(Ruled(split, w=1.0, v=1.0), data, states)).found
    assert [one.kind for one in found] == ["broken", "dead", "vanished"]
    one = found[1]
    assert (one.epoch, one.seen) == (2, 0), "at epoch 1 nothing can be computed"


def test_a_loss_that_is_a_parameter_itself_has_no_path():
    def be_bare(model, x):
        return model.w if x[0] > 0 else model.w * 1e-9 + model.v * 1e-9

    model = Ruled(be_bare, w=1.0, v=1.0)
    data = [([1.0], 0.0), *[([-1.0], 0.0)] * 19]
    found = why(record(model, data, [{"w": 1.0, "v": 1.0}] * 2, lambda y, _: y))
    assert [(one.kind, one.example, one.node) for one in found.found] == [
        ("outweighed", 0, None), ("vanished", 1, found.found[1].node)
    ]  # fmt: skip
    assert "An example outweighs the others" in found.page().text


@pytest.mark.parametrize("is_near", [True, False])
def test_a_page_of_a_very_large_graph_opens_at_the_edge_or_says_that_it_isnt_there(
    is_near, monkeypatch
):
    monkeypatch.setattr(views, "MOST_COMPUTED", 300)
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 60)

    def add_up(model, x):
        unit = (model.w * x[0]).relu()
        y = model.v * x[0] if is_near else unit
        for _ in range(200):
            y = y + 1e-9
        return y + unit if is_near else y

    model = Ruled(add_up, w=1.0, v=1.0)
    found = why(record(model, [([1.0], 0.0)], [{"w": -1.0, "v": 1.0}] * 2))
    one, text = found.found[0], found.page().text
    assert one.kind == "dead"
    assert len(one.graph.nodes) > views.MOST_COMPUTED
    assert ("the edge behind it is beyond that part" in text) == (one.step is None) != is_near
    if is_near:
        assert f'"opening":{{"step":{one.step},' in text
        assert f'"name":"{one.graph.names[one.graph.root]}"' in text, "as the reasons call it"
        part = views.keep_near_root(one.graph)
        computed = [x for x in part.nodes if x.inputs and x not in part.cut]
        step = part.steps[one.step - len(computed) - 2]
        assert (step.node, step.position) == (one.node, one.position)


def test_what_is_no_recorded_training_is_refused():
    with pytest.raises(ValueError, match="was not recorded"):
        why(History(recording=Recording(Weights(None, []), squared_error)))
    with pytest.raises(ValueError, match=r"was not recorded: use fit\(..., record=True\)"):
        why(fit(MLP(1, [1]), LINE, squared_error, epochs=1))
    with pytest.raises(TypeError, match="not a list"):
        why([])
