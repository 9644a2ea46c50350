"""Losses of PyTorch whose numbers aren't finite, and all that opening a loss leaves as it was."""

import random
import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from micrograd_nn import adopt, explain, page
from micrograd_nn.explain.tree import tree

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[torch]'")
nn = torch.nn


@pytest.fixture(autouse=True)
def single_precision():
    """Overflow as a float32 does, whatever another test has left as the default."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    yield
    torch.set_default_dtype(before)


@pytest.fixture
def of():
    """Make a small network, a batch, and what computes its loss, the same each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
        x, y = torch.randn(5, 2), torch.randn(5, 1)
        yield SimpleNamespace(model=model, x=x, compute=lambda: ((model(x) - y) ** 2).mean())


def open_quietly(compute, **names):
    """Adopt a loss and show it, without a warning and without a cross; return what is said."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph = adopt(compute, names=names)
        said = str(graph)
        shown = said + str(tree(graph)) + str(explain(graph, graph.leaves[0]))
        assert page(graph).text
    assert "✗" not in shown
    return graph, said


# What isn't finite


def test_a_loss_that_explodes_opens_with_the_numbers_of_pytorch(of):
    with torch.no_grad():
        for weight in of.model.parameters():
            weight.mul_(1e20)
    graph, said = open_quietly(of.compute, model=of.model)
    assert str(graph.root.number) == str(of.compute().item())
    assert re.search(
        r"\nv\d+ is (−?inf|nan), the first number that isn't finite: it overflows, for in double "
        r"precision it is −?\d[.\d]*e\+\d+\n",
        said,
    )
    assert re.search(r"Of 13 gradients, \d+ are not finite\.", said)
    of.compute().backward()
    theirs = [x for p in of.model.parameters() for x in p.grad.flatten().tolist()]
    assert str([graph.adoption.theirs[x] for x in graph.leaves]) == str(theirs)


def test_a_weight_that_is_no_number_is_named(of):
    with torch.no_grad():
        of.model[0].weight[2, 0] = float("nan")
    graph, said = open_quietly(of.compute, model=of.model)
    assert "model.0.weight.2.0 is nan, the first number that isn't finite\n" in said
    assert "model.0.weight.2.0 is nan" in page(graph).text


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "w.exp().sum()",
            "is inf, the first number that isn't finite: it overflows, for",
        ),
        ("(w.exp() / w.exp().sum()).sum()", "is inf, the first number that isn't finite: it over"),
        ("(w * 1e37 * 1e3).sum() - (w * 1e38).sum()", "is inf, the first number"),
        ("((w * 1e30) ** 2).sum()", "is inf, the first number"),
        ("nn.functional.layer_norm(w * 1e25, (2,)).sum()", "is inf, the first number"),
        ("(w.half() * 1000).sum()", "is inf, the first number"),
        ("w[0] * float('inf') + w[1]", "is inf, the first number"),
        ("w.sum() * float('nan')", "A constant is nan, the first number that isn't finite"),
    ],
)
def test_nobody_is_accused_for_what_overflows(code, told):
    w = torch.tensor([1.0, 100.0], requires_grad=True)
    _, said = open_quietly(eval(f"lambda: {code}", {"w": w, "nn": nn}))
    assert told in said


def test_gradients_that_overflow_are_counted():
    w = torch.tensor([1e-30, 1.0], requires_grad=True)
    _, said = open_quietly(lambda: w[0] * 1e25 * 1e25 + w[1])  # 1e20, with a derivative of 1e50
    assert said.endswith("nodes of PyTorch\nOf 2 gradients, 1 is not finite.")


# What stays as it was


def take(model):
    """Return all that looking at a model may change."""
    return str([
        torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist(),
        [x.tolist() for x in (*model.parameters(), *model.buffers())],
        [x.grad if x.grad is None else x.grad.tolist() for x in model.parameters()],
        torch.backends.mkldnn.enabled, torch.is_grad_enabled(),
    ])  # fmt: skip


def make_stateful():
    return nn.Sequential(
        nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.utils.spectral_norm(nn.Linear(4, 1))
    )


def test_looking_changes_no_state(of):
    model = make_stateful()
    before = take(model)
    ids = [*map(id, model.buffers())]

    def compute():
        random.random(), np.random.rand()
        return model(of.x).square().mean() + random.gauss(0, 1) * 0

    first, again = adopt(compute), adopt(compute)
    assert take(model) == before
    assert [*map(id, model.buffers())] == ids
    assert first.root.number == again.root.number == pytest.approx(compute().item(), rel=1e-5)
    assert take(model) != before


def test_a_model_that_needs_no_gradient_stays_as_it_was(of):
    model = make_stateful()

    def compute():
        with torch.no_grad():
            teacher = model(of.x)
        return (of.model(of.x) - teacher).square().mean()

    before = take(model)
    adopt(compute)
    assert take(model) == before


@pytest.mark.parametrize("raises", [False, True])
def test_a_whole_step_of_training_is_undone(of, raises):
    optimizer = torch.optim.Adam(of.model.parameters(), lr=0.1)
    of.compute().backward()
    optimizer.step()
    before, slots = take(of.model), str(optimizer.state_dict())

    def compute():
        loss = of.compute()
        loss.backward(retain_graph=True)
        with torch.no_grad():
            optimizer.step()
        optimizer.zero_grad()
        if raises:
            raise RuntimeError("midway")
        return of.compute()

    if raises:
        with pytest.raises(RuntimeError, match="midway"):
            adopt(compute)
    else:
        with pytest.raises(ValueError, match="changed without a gradient"):
            adopt(compute)
    assert take(of.model) == before
    assert str(optimizer.state_dict()) == slots


def test_what_a_function_makes_itself_keeps_what_it_wrote(of):
    made = []

    def compute():
        made.append(torch.zeros(3))
        made[0][1] = 5.0
        made.append(torch.tensor([1.0, 2.0]))
        made[1].add_(1)
        return of.compute() * made[0].sum()

    adopt(compute)
    assert [x.tolist() for x in made] == [[0.0, 5.0, 0.0], [2.0, 3.0]]


def test_a_checkpoint_moves_no_averages(of):
    model = make_stateful()
    checkpoint = pytest.importorskip("torch.utils.checkpoint").checkpoint
    before = take(model)
    adopt(lambda: checkpoint(model, of.x, use_reentrant=False).square().mean())
    assert take(model) == before


@pytest.mark.parametrize("within", [torch.no_grad, torch.inference_mode])
def test_where_no_gradient_is_recorded_one_is_for_this(of, within):
    with within():
        assert "Its gradients are right: 13 numbers." in str(adopt(of.compute))
        assert not torch.is_grad_enabled()

        def compute():
            with within():
                return of.compute()

        with pytest.raises(ValueError, match=r"needs a scalar .* not under torch\.no_grad\(\)"):
            adopt(compute)
