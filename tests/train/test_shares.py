"""Trainings on several processes: the same bits however many, and whatever happens to them."""

import os
import random
import subprocess
import sys

import pytest
from native import needs_compiler
from places import ROOT

from micrograd_nn import Value, log
from micrograd_nn.losses import cross_entropy, hinge, l2_penalty, squared_error
from micrograd_nn.nn import MLP, Module
from micrograd_nn.optim import SGD
from micrograd_nn.text import InputError
from micrograd_nn.train import fit

pytest.importorskip("joblib")

from joblib import parallel_config
from parallel import MOONS, kill_once, train_moons

from micrograd_nn.train.spans import IN_A_SHARE


def test_where_a_batch_is_one_share_the_numbers_are_those_of_a_training_without_jobs():
    weights, history = train_moons(batch_size=IN_A_SHARE)
    shared, told = train_moons(batch_size=IN_A_SHARE, n_jobs=1)
    assert shared == weights
    assert told.epochs == history.epochs


def test_the_numbers_are_nearly_those_without_jobs_and_by_graph_and_program_the_same():
    weights, _ = train_moons(optimizer=None)
    shared, history = train_moons(n_jobs=1)
    assert shared == pytest.approx(weights, rel=1e-9)
    assert history.ran == "compiled"
    eager, told = train_moons(n_jobs=1, compiled=False)
    assert eager == shared
    assert told.epochs == history.epochs
    assert told.ran == "eager: as asked"


def test_threads_each_have_a_copy_and_give_the_same_bits():
    weights, history = train_moons(n_jobs=1)
    with parallel_config(backend="threading"):
        shared, told = train_moons(n_jobs=3)
    assert shared == weights
    assert told.epochs == history.epochs


def test_small_batches_are_refused_since_there_is_nothing_to_share_out():
    with pytest.raises(ValueError, match=r"pieces of 64 examples, and with batch_size=32 there"):
        train_moons(batch_size=32, n_jobs=2)
    with pytest.raises(ValueError, match=r"of 50 examples there is one"):
        fit(MLP(2, [1]), MOONS[:50], squared_error, batch_size=100, n_jobs=2)


@pytest.mark.parametrize("n_jobs", [0, 1.5, True, "2"])
def test_what_is_no_number_of_jobs_is_refused(n_jobs):
    with pytest.raises(ValueError, match=r"n_jobs is how many processes, or -1 for all cores"):
        train_moons(n_jobs=n_jobs)


def test_without_joblib_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "joblib", None)
    with pytest.raises(InputError, match=r"pip install 'micrograd-nn\[parallel\]'"):
        train_moons(n_jobs=1)


def test_a_training_without_jobs_does_not_load_joblib():
    program = (
        "import sys; from micrograd_nn import MLP, fit; from micrograd_nn.losses import *\n"
        "fit(MLP(1, [1]), [([0.0], 1.0)], squared_error, epochs=1); print('joblib' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "False\n"


def test_what_cannot_be_pickled_is_told():
    lock = __import__("threading").Lock()
    with pytest.raises(TypeError, match=r"they can't be pickled: TypeError: cannot pickle '_thre"):
        train_moons(lambda p, y: squared_error(p, y) if lock else None, n_jobs=1)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_loss_that_depends_on_other_values_is_refused(compiled):
    scale = Value(2.0, "scale")
    with pytest.raises(ValueError, match=r"the model's parameters alone, not on Value\(2.0, grad"):
        train_moons(lambda p, y: scale * squared_error(p, y), n_jobs=1, compiled=compiled)


def test_a_loss_that_changes_on_the_way_is_found_out():
    factor = [1.0]

    def change(epoch):
        factor[0] = 1.0 + epoch.number

    with pytest.raises(RuntimeError, match=r"has changed since the training began"):
        train_moons(lambda p, y: factor[0] * squared_error(p, y), n_jobs=1, callback=change)


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_examples_that_a_callback_edits_count_as_they_are_from_then_on(n_jobs):
    found = []
    for jobs in (None, n_jobs):
        data = [([*x], y) for x, y in MOONS[:130]]

        def edit(epoch, data=data):
            data[7][0][1] = data[90][0][0] = 0.5 * epoch.number

        model = MLP(2, [1], rng=random.Random(7))
        optimizer = SGD(model.parameters(), 0.1)
        history = fit(
            model, data, squared_error, optimizer=optimizer, epochs=4, batch_size=128,
            rng=random.Random(7), callback=edit, n_jobs=jobs,
        )  # fmt: skip
        found.append([epoch.loss for epoch in history.epochs])
    assert found[1] == pytest.approx(found[0], rel=1e-12)


def test_a_loss_that_is_another_each_time_is_found_out():
    calls = [0.0]

    def loss(p, y):
        calls[0] += 1.0
        return squared_error(p, y) + calls[0]

    with pytest.raises(RuntimeError, match=r"depends on more than the example"):
        train_moons(loss, n_jobs=1)


def test_an_error_in_a_worker_comes_back_as_here_and_leaves_the_best_weights():
    rng = random.Random(7)
    model = MLP(2, [1], rng=rng)
    start = model.state()
    with pytest.raises(ValueError, match=r"log.*0\.0"):
        fit(model, MOONS, lambda p, y: log(p * 0.0), batch_size=256, n_jobs=1)
    assert model.state() == start


@pytest.mark.parametrize("compiled", [True, False])
def test_a_loss_that_grows_beyond_all_bounds_stops_the_training(compiled):
    model = MLP(2, [1], rng=random.Random(7))
    start = model.state()
    history = fit(
        model, MOONS, squared_error, optimizer=SGD(model.parameters(), 1e200), batch_size=128,
        n_jobs=1, compiled=compiled,
    )  # fmt: skip
    assert history.stopped.endswith("try a smaller learning rate")
    assert model.state() == start


def test_parameters_that_a_loss_does_not_depend_on_are_warned_of():
    class Half(Module):
        def __init__(self):
            self.used, self.unused = Value(1.0), Value(2.0)

        def __call__(self, x):
            return self.used * x[0]

    with pytest.warns(UserWarning, match=r"doesn't depend on 1 of the parameters.*unused"):
        fit(Half(), MOONS, squared_error, epochs=1, batch_size=128, n_jobs=1)


# From here on, processes.


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compiled": False},
        {"validation": 0.3},
        {"penalty": lambda p: l2_penalty(p, 0.01), "patience": 2},
        {"loss": hinge, "batch_size": 130},
    ],
    ids=["plain", "by the graph", "validation", "penalty", "uneven"],
)
def test_one_process_and_several_give_the_same_bits(options):
    weights, history = train_moons(**options, n_jobs=1)
    for n_jobs in (2, 3, -1):
        shared, told = train_moons(**options, n_jobs=n_jobs)
        assert shared == weights
        assert told == history


@pytest.mark.slow
def test_classes_and_other_optimizers_give_the_same_bits():
    data = [(x, int(y > 0)) for x, y in MOONS]
    found = []
    for n_jobs in (1, 2):
        model = MLP(2, [4, 2], activation="relu", rng=random.Random(3))
        optimizer = SGD(model.parameters(), 0.1)
        fit(
            model, data, cross_entropy, optimizer=optimizer, epochs=3, batch_size=150,
            rng=random.Random(4), n_jobs=n_jobs,
        )  # fmt: skip
        found.append(model.state())
    assert found[0] == found[1]


@needs_compiler
@pytest.mark.slow
def test_programs_in_c_give_the_same_bits(monkeypatch, tmp_path):
    weights, history = train_moons(n_jobs=1)
    monkeypatch.setenv("MICROGRAD_NN_NATIVE", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program = (
        "import sys; from parallel import train_moons\n"
        "weights, history = train_moons(n_jobs=int(sys.argv[1]), native=True)\n"
        "print(weights, history.ran, sep='|')"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'helpers'}"}
    for n_jobs in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program, n_jobs],
            capture_output=True, text=True, check=True, env=environment,
        )  # fmt: skip
        assert done.stdout == f"{weights}|native\n"
    assert history.ran == "compiled"


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 3])
def test_a_worker_killed_in_the_middle_costs_its_shares_again_and_nothing_more(tmp_path, most):
    weights, history = train_moons(n_jobs=1, compiled=False)
    shared, told = train_moons(kill_once(tmp_path, most), n_jobs=2, compiled=False)
    assert len([*tmp_path.iterdir()]) == most
    assert shared == weights
    assert told == history


@pytest.mark.slow
def test_workers_that_are_lost_again_and_again_end_the_training_with_the_reason(tmp_path):
    with pytest.raises(RuntimeError, match=r"lost 4 times in a row: .* \(TerminatedWorkerError: "):
        train_moons(kill_once(tmp_path, 1000), n_jobs=2, compiled=False)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of a group of processes")
def test_ctrl_c_leaves_the_best_weights():
    program = (
        "import os, signal, threading\n"
        "from parallel import MOONS\n"
        "from micrograd_nn.losses import squared_error\n"
        "from micrograd_nn.nn import MLP\n"
        "from micrograd_nn.train import History, fit\n"
        "import random\n"
        "model, history, states = MLP(2, [6, 1], rng=random.Random(0)), History(), []\n"
        "def note(epoch):\n"
        "    states.append((epoch.monitored, model.state()))\n"
        "    if epoch.number == 3:\n"
        "        threading.Timer(0.05, os.killpg, (0, signal.SIGINT)).start()\n"
        "try:\n"
        "    fit(model, MOONS, squared_error, epochs=100000, batch_size=256, history=history,\n"
        "        n_jobs=2, callback=note, compiled=False)\n"
        "except KeyboardInterrupt:\n"
        "    best = min(states, key=lambda x: x[0])\n"
        "    print(history.stopped, model.state() == best[1], len(states) > 3)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'helpers'}"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, env=environment, start_new_session=True, timeout=120,
    )  # fmt: skip
    assert done.stdout == "Ctrl-C True True\n", done.stderr
