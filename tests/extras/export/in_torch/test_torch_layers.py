"""Networks as layers of PyTorch and back: the same weights, and the same numbers."""

import copy
import pickle
import random
import subprocess
import sys

import pytest

from micrograd_nn import MLP, OPERATIONS, Operation, from_torch, to_torch
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.export.in_torch.layers import TORCH_ACTIVATIONS, TORCH_FUNCTIONS
from micrograd_nn.extras.tables.storage import SavedModel
from micrograd_nn.nn.networks import ACTIVATIONS

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[torch]'")
nn = torch.nn

ROWS = [[0.5, -1.0, 2.0], [0.0, 0.0, 0.0], [-3.0, 30.0, 0.1], [100.0, -100.0, 50.0]]
OTHERS = [OPERATIONS[name] for name in TORCH_FUNCTIONS if name not in ACTIVATIONS]
OF_ANY_NUMBER = [*ACTIVATIONS, *[row for row in OTHERS if not row.needs or "finite" in row.needs]]


def measure(model, rows):
    """Return the outputs of an MLP and the gradients of their sums, row by row."""
    outputs, gradients = [], []
    for row in rows:
        model.zero_grad()
        found = model(row)
        found = found if isinstance(found, list) else [found]
        sum(found).backward()
        outputs.append([y.data for y in found])
        gradients.append([p.grad for p in model.parameters()])
    return outputs, gradients


def measure_torch(network, rows):
    """Return the same of a network of PyTorch, its gradients in the order of an MLP's."""
    outputs, gradients = [], []
    for row in rows:
        network.zero_grad()
        found = network(torch.tensor([row], dtype=torch.float64))[0]
        found.sum().backward()
        outputs.append(found.tolist())
        gradient = []
        for linear in network:
            if isinstance(linear, nn.Linear):
                biases = [[]] * linear.out_features
                if linear.bias is not None:
                    biases = linear.bias.grad[:, None].tolist()
                for w, b in zip(linear.weight.grad.tolist(), biases, strict=True):
                    gradient += [*w, *b]
        gradients.append(gradient)
    return outputs, gradients


def assert_close(found, wanted):
    for x, y in zip(found, wanted, strict=True):
        assert x == pytest.approx(y, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("activation", OF_ANY_NUMBER, ids=str)
@pytest.mark.parametrize("bias", [True, False], ids=["biases", "none"])
def test_a_network_in_pytorch_has_the_numbers_and_comes_back(activation, bias):
    model = MLP(3, [4, 3, 2], activation, bias=bias, rng=random.Random(0))
    if bias:
        for i, parameter in enumerate(model.parameters()):
            parameter.data += 0.01 * i  # biases begin at 0
    rows = ROWS if activation in ACTIVATIONS and activation != "sin" else ROWS[:2]
    if activation in OTHERS:
        rows = [[0.1, -0.2, 0.3], [0.4, 0.5, -0.1]]
    network = to_torch(model)
    assert {p.dtype for p in network.parameters()} == {torch.float64}
    for found, wanted in zip(measure_torch(network, rows), measure(model, rows), strict=True):
        assert_close(found, wanted)
    back = from_torch(network)
    assert (back.state(), repr(back)) == (model.state(), repr(model))


@pytest.mark.parametrize("row", [row for row in OTHERS if row not in OF_ANY_NUMBER], ids=str)
def test_an_operation_of_some_numbers_is_the_same_within_them(row):
    model = MLP(1, [1, 1], row, init=lambda rng, fan_in, fan_out: 1.0)
    ((low, high),) = row.domain
    rows = [[low + (high - low) * k / 7] for k in range(8)]
    network = to_torch(model)
    for found, wanted in zip(measure_torch(network, rows), measure(model, rows), strict=True):
        assert_close(found, wanted)
    assert repr(from_torch(network)) == repr(model)


def test_each_activation_and_function_is_a_row():
    assert {*TORCH_ACTIVATIONS, "sin", "linear"} == {*ACTIVATIONS}
    assert {*TORCH_FUNCTIONS} <= {*OPERATIONS}
    for name, (kind, numbers) in TORCH_ACTIVATIONS.items():
        row = OPERATIONS[name]
        shown = [value for key, value in numbers.items() if key in ("negative_slope", "alpha")]
        assert tuple(shown) == row.defaults
        assert type(getattr(nn, kind)(**numbers)).__name__ == kind


def test_pytorch_draws_no_random_numbers_for_it():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    random.seed(1)
    state = random.getstate()
    from_torch(to_torch(SavedModel(MLP(2, [3, 1], rng=random.Random(0)))))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert random.getstate() == state


def test_a_network_can_be_copied_and_pickled_and_trained():
    network = to_torch(MLP(2, [3, 1], "sin", rng=random.Random(0)))
    x = torch.tensor([[0.5, 1.0]], dtype=torch.float64)
    for other in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert torch.equal(other(x), network(x))
    before = network(x).item()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    network(x).sum().backward()
    optimizer.step()
    assert network(x).item() < before


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_weights_of_any_precision_come_bit_for_bit(dtype):
    network = nn.Sequential(nn.Linear(3, 5, dtype=dtype), nn.Softplus(), nn.Linear(5, 1, bias=True))
    model = from_torch(network)
    for layer, linear in zip(model.layers, (network[0], network[2]), strict=True):
        for i, neuron in enumerate(layer.neurons):
            assert [w.data for w in neuron.w] == [w.item() for w in linear.weight[i]]
            assert neuron.b.data == linear.bias[i].item()


def test_nested_layers_and_those_that_do_nothing():
    network = nn.Sequential(
        nn.Identity(),
        nn.Sequential(nn.Linear(2, 3, bias=False), nn.Sequential(nn.Tanh(), nn.Dropout(0.5))),
        nn.Dropout(0.0),
        nn.Linear(3, 1, bias=False),
        nn.Sequential(),
    )
    with pytest.raises(InputError, match=r"layer 1\.1\.1, Dropout\(.*\): it drops numbers"):
        from_torch(network)
    network[1].eval()
    model = from_torch(network)
    assert repr(model) == "MLP(2, [3, 1], activation=['tanh', 'linear'])"
    assert not model.has_bias
    x = [0.5, -2.0]
    assert model(x).data == pytest.approx(network(torch.tensor(x)).item(), rel=1e-5)
    assert repr(from_torch(nn.Linear(2, 3))) == "MLP(2, [3], activation=['linear'])"


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(1, 1)

    def forward(self, x):
        return -self.inner(x)


def hook(*given):
    return None


def hooked(layer):
    layer.register_forward_hook(hook)
    return layer


SHARED = nn.Linear(2, 2)
DOUBLE = nn.Linear(2, 2, dtype=torch.float64)
REFUSED = [
    ([nn.Linear(1, 1), nn.BatchNorm1d(1)], "an MLP is a Sequential of Linear and ReLU, LeakyReLU"),
    ([Own()], "are left out; of a module of your own, give the Sequential that it has"),
    ([nn.Flatten(), nn.Linear(1, 1)], "layer 0, Flatten(start_dim=1, end_dim=-1): an MLP is"),
    ([nn.Linear(1, 1), nn.GELU("tanh")], "layer 1, GELU(approximate='tanh'): gelu has the approx"),
    ([nn.Linear(1, 1), nn.ELU(0.5)], "layer 1, ELU(alpha=0.5): elu has the alpha 1.0 here"),
    ([nn.Linear(1, 1), nn.Softplus(beta=2)], "softplus has the beta 1.0 here"),
    ([DOUBLE, nn.Softplus()], "softplus has no threshold here: set its threshold to 40"),
    ([DOUBLE, nn.Softplus(threshold=-1)], "softplus has no threshold here"),
    ([nn.ReLU(), nn.Linear(1, 1)], "layer 0, ReLU(): an activation before the first Linear"),
    ([nn.Linear(1, 1), nn.ReLU(), nn.Tanh()], "layer 2, Tanh(): a second activation after"),
    ([nn.Linear(1, 2), nn.Linear(3, 1)], "it takes 3 numbers where 2 come"),
    ([nn.Linear(1, 2), nn.Linear(2, 1, bias=False)], "biases in all layers or in none"),
    ([SHARED, nn.ReLU(), SHARED], "it shares its weights with a layer before"),
    ([hooked(nn.Linear(1, 1))], "it has hooks, which may change its numbers"),
    ([nn.Linear(1, 1, dtype=torch.complex64)], "its weights are of torch.complex64"),
    ([], "the module has no Linear"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_what_no_mlp_can_be_is_refused(layers, told):
    with pytest.raises(InputError) as caught:
        from_torch(nn.Sequential(*layers))
    assert str(caught.value).startswith("from_torch: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pruned_layer_is_refused():
    from torch.nn.utils import parametrizations, prune

    pruned, normed = nn.Linear(3, 3), nn.Linear(3, 3)
    prune.random_unstructured(pruned, "weight", amount=2)
    parametrizations.weight_norm(normed)
    for layer in (pruned, normed):
        with pytest.raises(InputError, match="layer 0, "):
            from_torch(nn.Sequential(layer))


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match="to_torch takes an MLP or what load_model gives, not a Li"):
        to_torch(nn.Linear(1, 1))
    with pytest.raises(TypeError, match="from_torch takes a module of PyTorch, not an MLP"):
        from_torch(MLP(1, [1]))
    for given in (Operation("relu", lambda x: x, [lambda out, x: 1.0]), OPERATIONS["semicircle"]):
        with pytest.raises(InputError, match=f"no layer for the activation {given.name}: choose"):
            to_torch(MLP(1, [1, 1], given))
    with pytest.raises(InputError, match="a function of your own"):
        to_torch(MLP(1, [1, 1], lambda x: x))


def test_without_pytorch_an_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for function, given in ((to_torch, MLP(1, [1])), (from_torch, None)):
        with pytest.raises(InputError, match=r"needs PyTorch: pip install torch$"):
            function(given)


def test_pytorch_is_loaded_when_it_is_wanted():
    program = "import sys; from micrograd_nn import to_torch, export; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
