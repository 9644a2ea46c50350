"""The tutorial's programs run as they stand, without NumPy, and print what the tutorial does."""

import ast
import random
import re
import runpy
import shutil
import subprocess
import sys
import types
from functools import partial

import pytest
from places import ROOT
from sizes import choose_size

GPT = ROOT / "demos" / "gpt.py"
TUTORIAL = ["neural_network", "neuron", "simple_network", "three_layer", "two_layer"]
DEMOS = [ROOT / "demos" / f"{name}.py" for name in TUTORIAL]
TIMEOUT = 600  # seconds, for a slow machine that is busy with other things, too
NUMBER = r"-?\d+\.\d+"
INPUTS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]


def start(path):
    return subprocess.Popen(
        [sys.executable, f"demos/{path.name}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def output_of(process):
    """Return what a program printed, which isn't an error or a warning."""
    printed, complaints = process.communicate(timeout=TIMEOUT)
    assert complaints == ""
    assert process.returncode == 0
    return printed


@pytest.fixture(scope="module")
def printed():
    """Return a function from a demo's name to what it printed; all run side by side."""
    processes = {path.stem: start(path) for path in DEMOS}
    outputs = {}

    def printed(name):
        if name not in outputs:
            outputs[name] = output_of(processes[name])
        return outputs[name]

    yield printed
    for process in processes.values():
        process.kill()
        process.communicate()


@pytest.mark.parametrize("path", sorted((ROOT / "demos").glob("*.py")), ids=lambda path: path.stem)
def test_a_program_imports_the_standard_library_and_this_package_alone(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module.split(".")[0])
    assert ("micrograd_nn" in imported) == (
        path.stem not in {"engine", "student"}
    )  # engines themselves
    others = {"flowers": {"numpy", "onnxruntime"}, "mnist": {"sklearn"}}  # beside which it runs
    known = {*sys.stdlib_module_names, "micrograd_nn", "demos"}
    assert imported <= known | others.get(path.stem, set())


def test_the_neuron_prints_its_output_and_every_gradient(printed):
    text = printed("neuron")
    assert re.search(r"^total +0\.8800$", text, re.M)
    assert re.search(r"^output +0\.7064$", text, re.M)
    gradients = re.findall(rf"^ *(\w+) = +({NUMBER}) +gradient +({NUMBER})$", text, re.M)
    assert gradients == [
        ("x1", "2.0000", "-1.5029"),
        ("w1", "-3.0000", "1.0019"),
        ("x2", "0.0000", "0.5010"),
        ("w2", "1.0000", "0.0000"),
        ("b", "6.8800", "0.5010"),
    ]


def test_two_layers_print_the_tutorials_outputs(printed):
    outputs = ["0.00966449", "0.00786506", "0.99358898", "0.99211957"]
    assert re.findall(NUMBER, printed("two_layer")) == outputs


def test_three_layers_print_the_tutorials_errors(printed):
    errors = ["0.496410031903", "0.008584525653", "0.005789459863"]
    errors += ["0.004629176777", "0.003958765280", "0.003510122568"]
    assert re.findall(rf"^Error: ?({NUMBER})$", printed("three_layer"), re.M) == errors


def table_of(text):
    """Return the outputs and the targets that a program's last lines show, by their inputs."""
    rows = re.findall(rf"^(\[\d, \d, \d\]) -> ({NUMBER})  \(target (\d)\)$", text, re.M)
    assert [row[0] for row in rows] == [str(x) for x in INPUTS]
    return [float(row[1]) for row in rows], [int(row[2]) for row in rows]


def test_a_simple_network_gets_better_whatever_its_first_weights(printed):
    """Of 8,000 simulated runs none got worse between two of its reports."""
    text = printed("simple_network")
    reports = re.findall(rf"^iteration +(\d+) +loss ({NUMBER})$", text, re.M)
    assert [int(iteration) for iteration, _ in reports] == list(range(0, 60_000, 10_000))
    losses = [float(loss) for _, loss in reports]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0]
    outputs, targets = table_of(text)
    assert targets == [0, 1, 1, 0]
    loss = sum((y - output) ** 2 for y, output in zip(targets, outputs, strict=True)) / 2
    assert loss <= losses[-1] + 1e-3, "the outputs are those of the end"


def test_the_hand_written_chain_rule_is_printed_beside_the_engines_and_equal(printed):
    text = printed("neural_network")
    rows = re.findall(
        rf"is +({NUMBER}) by hand, +({NUMBER}) by the engine; .*differ by at most (\S+)$",
        text,
        re.M,
    )
    assert len(rows) >= 3
    for by_hand, by_engine, apart in rows:
        assert by_hand == by_engine
        assert float(apart) <= 1e-15
    *_, last = text.splitlines()
    outputs = [float(output) for output in re.findall(NUMBER, last)]
    assert outputs == pytest.approx([0, 1, 1, 0], abs=0.05)


# The tutorial's class


@pytest.fixture
def network():
    demo = runpy.run_path(str(ROOT / "demos" / "neural_network.py"))
    return demo["NeuralNetwork"](INPUTS, [0, 1, 1, 0], random.Random(5))


def test_backprop_is_the_tutorials_in_numpy(network):
    np = pytest.importorskip("numpy")
    x, y = np.array(INPUTS), np.array([[0], [1], [1], [0]])
    weights1 = np.array([[weight.data for weight in row] for row in network.weights1])
    weights2 = np.array([[weight.data] for weight in network.weights2])
    for _ in range(20):
        layer1 = 1 / (1 + np.exp(-(x @ weights1)))
        output = 1 / (1 + np.exp(-(layer1 @ weights2)))
        delta = 2 * (y - output) * output * (1 - output)
        d_weights2 = layer1.T @ delta
        d_weights1 = x.T @ ((delta @ weights2.T) * layer1 * (1 - layer1))
        weights1 = weights1 + d_weights1
        weights2 = weights2 + d_weights2

        network.feedforward()
        assert [v.data for v in network.output] == pytest.approx(output[:, 0].tolist(), rel=1e-9)
        network.backprop()
        ours1 = [weight.data for row in network.weights1 for weight in row]
        assert ours1 == pytest.approx(weights1.ravel().tolist(), rel=1e-9)
        ours2 = [weight.data for weight in network.weights2]
        assert ours2 == pytest.approx(weights2.ravel().tolist(), rel=1e-9)


# The GPT


@pytest.fixture(scope="module")
def gpt():
    return types.SimpleNamespace(**runpy.run_path(str(GPT)))


@pytest.fixture
def train_gpt(gpt, monkeypatch):
    """Return what trains a small one on a few names: losses and weights, all to the last bit."""
    monkeypatch.setattr("micrograd_nn.extras.train.loop.WORTH_COMPILING", 1)
    return partial(fit_small, gpt)


def fit_small(gpt, **options):
    rng = random.Random(1)
    names = ["ain", "vega", "deneb", "sirius", "algol", "mira"]
    data = [gpt.encode(name, 5 if len(name) < 5 else 7) for name in names]
    model = gpt.GPT(rng, size=4, heads=2)
    history = gpt.fit(
        model, data, gpt.loss, batch_size=1, epochs=choose_size(5, 12), rng=rng,
        validation=data[:2],
        optimizer=gpt.Adam(model.parameters(), gpt.linear(0.01, 0.0, 48)), **options,
    )  # fmt: skip
    losses = [(epoch.loss, epoch.validation_loss) for epoch in history.epochs]
    return losses, model.state(), history.ran


@pytest.mark.slow
def test_the_gpt_has_the_same_losses_whatever_it_runs_in(train_gpt, monkeypatch, tmp_path):
    losses, state, ran = train_gpt(compiled=False)
    again, state_again, ran_again = train_gpt(native=False)
    assert (again, state_again) == (losses, state)
    assert (ran, ran_again) == ("eager: as asked", "compiled")
    assert losses[-1][0] < losses[0][0]
    if any(map(shutil.which, ("cc", "gcc", "clang"))):
        monkeypatch.delenv("MICROGRAD_NN_NATIVE", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert train_gpt(native=True) == (losses, state, "native")


def test_padding_changes_no_loss_of_the_gpt(gpt):
    model = gpt.GPT(random.Random(1), size=4, heads=2)
    losses = []
    for size in (5, 7, 16):
        letters, target = gpt.encode("vega", size)
        losses.append(gpt.loss(model(letters), target).data)
    assert losses[0] == losses[1] == losses[2] > 0


def test_the_names_that_the_gpt_learns_fit_in(gpt):
    lines = (ROOT / "demos" / "names.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# Proper names of 300 stars")
    names = [line for line in lines if not line.startswith("#")]
    assert len(names) == len(set(names)) == 300
    assert all(re.fullmatch("[a-z]{3,15}", name) for name in names)
