"""What README and guides say of a training is what its command or demo prints.

The trainings run as for whoever reads of them: in C, where the machine has a compiler.
"""

import os
import random
import re
import subprocess
import sys
from functools import cache

import pytest
from claims import Claim, check, name_claim
from places import ROOT, TESTS

from micrograd_nn import MLP, Value, compile
from micrograd_nn.losses import cross_entropy

PER_CENT = r"(\d+\.\d)%"


@cache
def run(*words):
    """Return what a command prints in the clone, where it may use C, as for whoever reads of it."""
    environment = {name: x for name, x in os.environ.items() if name != "MICROGRAD_NN_NATIVE"}
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8",
        check=True,
    )  # fmt: skip
    return done.stdout


def find(pattern, text):
    found = re.findall(pattern, text)
    assert found, f"{pattern} isn't in what was printed:\n{text}"
    return found


def train_flowers(place):
    words = ["train", "demos/iris.csv", "--target", "species", "--model", str(place / "iris.json")]
    printed = run("-m", "micrograd_nn", *words)
    rows, rate = find(rf"validation, (\d+) rows .*accuracy {PER_CENT}", printed)[0]
    return round(float(rate) / 100 * int(rows)), int(rows)


def train_cars(place):
    linear, network = find(r"R² (\d\.\d+)", run("demos/cars.py"))
    shares = [round(float(x) * 100) for x in (linear, network)]
    return shares[0], linear, shares[1], network


def train_spirals(place):
    return (find(PER_CENT + " right", run("demos/spirals.py"))[1],)


def train_digits(place):
    printed = run("demos/mnist.py")
    right, count = find(rf"this network +{PER_CENT}", printed), find(r"(\d+) to read", printed)
    return round(float(right[0]) / 100 * int(count[0])), int(count[0])


def train_recurrent(place):
    printed = run("demos/recurrent.py")
    (others,) = find(r"of (\d+) other strings", printed)
    epochs, right = find(rf"after (\d+) epochs .* {PER_CENT}", printed)[0]
    assert right == "100.0"
    return int(epochs), int(others)


def export_flowers(place):
    pytest.importorskip("onnxruntime")
    return find(r"agree on (\d+) of (\d+) flowers", run("demos/flowers.py", str(place)))[0]


@cache
def compile_wide_network():
    """Return a wide network's program, with its gradient."""
    rng = random.Random(1)
    model = MLP(784, [64, 10], rng=rng)
    x = [Value(rng.random(), f"x{i}") for i in range(784)]
    return compile(cross_entropy(model(x), 3), inputs=x, parameters=model.parameters())


def write_wide_network(place):
    return (round(len(compile_wide_network().c_source) / 1000),)


def measure_saved(ending, weights):
    """Return how large a saved program is in megabytes, and in kilobytes what aren't weights."""

    def measure(place):
        compile_wide_network().save(place / f"net{ending}")
        text = (place / f"net{ending}").read_text(encoding="utf-8")
        rest = len(text) - sum(map(len, find(weights, text)))
        return f"{len(text) / 1e6:.1f}", round(rest / 1000)

    return measure


SLOW = [
    Claim("README.md", "the defaults get {} of the {} rows right", train_flowers),
    Claim(
        "docs/do/real-data.md",
        "A linear model explains {} % of how their mileages differ (R² {}), a network of two "
        "layers of 16 neurons {} % ({})",
        train_cars,
    ),
    Claim("docs/do/real-data.md", "{} % of the other points", train_spirals),
    Claim("docs/do/real-data.md", "and gets {} of the {} that it never saw", train_digits),
    Claim(
        "docs/do/real-data.md",
        "After {} passes over 100 strings it knows, at each letter of all {} other strings",
        train_recurrent,
    ),
    Claim("docs/do/real-data.md", "with ours: {} of {} are the same", export_flowers),
    Claim(
        "docs/understand/from-python-to-c.md",
        "layers of 64 and 10 neurons is {} kB of C",
        write_wide_network,
    ),
    Claim(
        "docs/understand/from-python-to-c.md",
        "| {} MB, all but {} kB of it weights | | loaded",
        measure_saved(".js", r"recorded = \{.*"),
    ),
    Claim(
        "docs/understand/from-python-to-c.md",
        "| {} MB, all but {} kB of it weights | | compiled",
        measure_saved(".c", r"-?\d\.\d+(?:e-?\d+)?,?\s*"),
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("claim", SLOW, ids=name_claim)
def test_a_page_says_what_comes_out_of_a_training(claim, tmp_path):
    check(claim, claim.compute(tmp_path))


PEERS = """
import runpy, sys, torch
torch.set_num_threads(1)
for name, _, read, ours, theirs in runpy.run_path(sys.argv[1])["TASKS"]:
    parts = read()
    print(name, ours(*parts)[0], theirs(*parts)[0])
"""
ROWS = {
    "digits": "digits (400, 64-32-10) | scikit-learn",
    "cars": "cars (313, 9-16-16-1) | scikit-learn",
    "spirals": "spirals (200, 2-16-16-1) | PyTorch",
    "recurrent": "strings (100, recurrent, 6 numbers) | PyTorch",
}


@pytest.mark.rare
@pytest.mark.slow
def test_scores_beside_peers_are_those_that_come_out():
    """Ours exactly; a peer's may change with its version, by a little."""
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    printed = run("-c", PEERS, str(TESTS / "tools" / "demo_peers.py"))
    assert [line.split()[0] for line in printed.splitlines()] == [*ROWS]
    for line in printed.splitlines():
        task, own, other = line.split()
        check(Claim("docs/do/real-data.md", f"| {ROWS[task]} | {{:.3f}} |", None), [float(own)])
        assert abs(float(own) - float(other)) < 0.06, task
