"""A loss of a network goes everywhere as a program: its value and its gradient are ours."""

import inspect
import random

import pytest

from micrograd_nn import MLP, Value, compile, export, losses

ENDINGS = [".py", ".js", ".c", ".np.py", ".pt.py", ".jax.py", ".onnx"]
NEEDS = {".pt.py": "torch", ".jax.py": "jax", ".onnx": "onnx", ".np.py": "numpy"}
TARGETS = {"squared_error": 0.3, "mean_absolute_error": 0.3, "hinge": -1, "cross_entropy": 2,
           "binary_cross_entropy": 1, "l1_penalty": None, "l2_penalty": None}  # fmt: skip

pytestmark = pytest.mark.slow


def build(name):
    """Return a program of a loss that a network of two inputs has."""
    loss, target = getattr(losses, name), TARGETS[name]
    model = MLP(2, [3, 3 if name == "cross_entropy" else 1], "tanh", rng=random.Random(3))
    x, parameters = [Value(0.4, "x1"), Value(-0.7, "x2")], model.parameters()
    out = model(x)
    root = loss(parameters, 0.1) + out * out if target is None else loss(out, target)
    return compile(root, inputs=x, parameters=parameters)


def test_these_are_all_the_losses():
    own = inspect.getmembers(losses, inspect.isfunction)
    public = {name for name, x in own if x.__module__ == losses.__name__}
    assert public - {"pair_targets"} == set(TARGETS)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", TARGETS)
def test_a_loss_and_its_gradient_are_ours(name, ending, tmp_path, request):
    if ending in NEEDS:
        pytest.importorskip(NEEDS[ending])
    if ending == ".c":
        request.getfixturevalue("with_compiler")
    rows = [[0.4, -0.7], [-1.5, 0.2], [0.0, 0.0]]
    report = export(build(name), tmp_path / f"loss{ending}", check=rows, bound=1e-12)
    assert report.agreement.rows == 3
    assert report.agreement.gradients.relative <= 1e-12
