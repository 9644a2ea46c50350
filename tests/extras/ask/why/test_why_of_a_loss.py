"""why of one loss: what keeps its parameters from learning, in any engine."""

import math
import random

import pytest
from plain_nets import Net

from micrograd_nn import MLP, Value, no_grad, why
from micrograd_nn.nn import Embedding

DATA = [([0.5, -1.0], 1.0), ([1.5, 0.2], -1.0), ([-0.3, 0.8], 0.5)]


def compute_loss(model, data=DATA):
    return sum((model(x) - y) ** 2 for x, y in data)


def told(loss, names=None):
    return {one.kind: one.told for one in why(loss, names).found}


def test_a_loss_that_learns_is_no_alarm():
    for model in (Net("tanh"), MLP(2, [3, 1], "tanh", rng=random.Random(0))):
        loss = compute_loss(model)
        loss.backward()
        assert told(loss, model) == told(loss) == {}
        assert str(why(loss)).startswith("Nothing of the kind was found.\nLooked in this loss for:")


@pytest.mark.parametrize(
    ("activation", "bias", "kind"), [("relu", -50.0, "dead"), ("tanh", 50.0, "saturated")]
)
def test_a_unit_that_passes_nothing_back_for_any_example_is_named(activation, bias, kind):
    model = Net(activation)
    model.neurons[1].b.data = bias
    assert told(compute_loss(model), model) == {kind: "neurons.1"}
    packaged = MLP(2, [3, 1], activation, rng=random.Random(0))
    packaged.layers[0].neurons[2].b.data = bias
    assert told(compute_loss(packaged), packaged)[kind].endswith("layers.0.neurons.2")
    model.neurons[1].b.data = 0.0
    assert kind not in told(compute_loss(model, DATA), model)


def test_parameters_that_no_gradient_reaches_are_named():
    model = Net("tanh")
    model.is_cut = True
    names = "neurons.0.w.0, neurons.0.w.1, neurons.0.b, neurons.1.w.0, neurons.1.w.1, …"
    assert told(compute_loss(model), model) == {"unreached": names}
    embedding = Embedding(5, 2)
    assert told(embedding(3)[0] + embedding(3)[1], embedding) == {}


def test_a_forgotten_zero_grad_is_told():
    model = Net("tanh")
    for count in (1, 2, 3):
        loss = compute_loss(model)
        loss.backward()
        found = told(loss, model)
        assert found.get("summed", "").count(f"neurons.0.w.0 holds a sum of {count}") == (count > 1)


def test_the_first_number_that_is_not_finite_is_a_leaf_before_what_follows_from_it():
    model = Net("tanh")
    model.last.w[1].data = math.inf
    assert told(compute_loss(model), model)["broken"].startswith("last.w.1 is inf, the first")
    x = Value(1e200, "x")
    assert told((x * x) * 1.0, {})["broken"] == "v1 is inf, the first that isn't"


def test_a_finding_has_a_page():
    model = Net("relu")
    model.neurons[1].b.data = -50.0
    found = why(compute_loss(model), model)
    assert "A unit died: neurons.1." in str(found)
    assert "neurons.1" in found.page().text


def test_what_is_neither_a_history_nor_a_loss_is_refused():
    with pytest.raises(TypeError, match=r"takes the history of fit\(.*\) or a loss, not a list"):
        why([1.0])
    with no_grad():
        loss = compute_loss(Net("tanh"))
    assert why(loss).found == []


# PyTorch


def build_torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    x, y = torch.randn(4, 2), torch.randn(4, 1)
    with torch.no_grad():
        model[0].bias += 3.0
    return torch, model, lambda: ((model(x) - y) ** 2).mean()


def test_a_loss_of_pytorch_is_told_why_it_does_not_learn():
    torch, model, loss = build_torch()
    assert told(loss, model) == {}
    loss().backward()
    assert told(loss, model) == {}, "one pass is as it should be"
    loss().backward()
    assert "call zero_grad() before each" in told(loss, model)["summed"]
    assert model[0].weight.grad is not None, "and it is left as it was"
    model.zero_grad()
    with torch.no_grad():
        model[0].bias[0] = -20.0
    assert told(loss, model) == {"dead": "the unit of 0.bias.0"}
    with torch.no_grad():
        model[2].weight[0, 1] = math.nan
    assert told(loss, model)["broken"].startswith("2.weight.0.1 is nan")


def test_parameters_of_pytorch_behind_a_detach_are_named():
    torch, model, _ = build_torch()
    x = torch.randn(4, 2)
    found = told(lambda: model[2](model[0](x).detach().relu()).sum(), model)
    assert found["unreached"].startswith("0.weight.0.0, 0.weight.0.1, ")
