"""A model as a module of JAX: its numbers, its gradients, and what jit makes of it."""

import runpy
import subprocess
import sys

import pytest
from asked import ask_written, assert_equal_answers
from tabular import INPUTS, TARGETS, build, build_deep

from micrograd_nn import MLP, export
from micrograd_nn.tables.storage import SavedModel

jax = pytest.importorskip("jax", reason="needs JAX: pip install jax")


@pytest.fixture
def precision():
    """Leave JAX with the precision that it had: a module that is imported asks for double."""
    before = jax.config.jax_enable_x64
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["number", "many"])
def test_jax_has_the_numbers_and_the_gradients_of_all_activations(target, tmp_path):
    saved = build_deep(target)
    found, wanted = ask_written(saved, tmp_path / "fruit.jax.py")
    assert found.versions == {"jax": jax.__version__}
    assert found.gradients is not None
    assert_equal_answers(found, wanted)


@pytest.mark.slow
def test_a_network_is_compiled_and_differentiated_by_its_numbers(precision, tmp_path):
    model = MLP(2, [3, 1], "tanh")
    export(SavedModel(model), tmp_path / "m.jax.py", check=False)
    written = runpy.run_path(str(tmp_path / "m.jax.py"))
    network, x = written["network"], jax.numpy.array([[0.5, -1.0]])
    out = model([0.5, -1.0])
    assert jax.jit(network)(x).item() == pytest.approx(out.data, rel=1e-13)
    slopes = jax.grad(lambda x: network(x)[0, 0])(x).tolist()
    small = 1e-6
    steps = [([0.5 + small, -1.0], [0.5 - small, -1.0]), ([0.5, small - 1.0], [0.5, -1.0 - small])]
    ours = [(model(up).data - model(down).data) / (2 * small) for up, down in steps]
    assert slopes[0] == pytest.approx(ours, abs=1e-8)


@pytest.mark.slow
def test_a_module_of_jax_runs_by_itself(tmp_path):
    export(
        build(INPUTS["mixed"], TARGETS["two"], activation="gelu"),
        tmp_path / "fruit.jax.py",
        check=False,
    )
    command = [sys.executable, "-I", str(tmp_path / "fruit.jax.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[[120.5, 'green', 50.0]]\n{'index': Array([")
