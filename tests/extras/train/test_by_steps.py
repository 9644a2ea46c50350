"""fit_by_steps: the numbers of fit, to the last bit, and a pause before each step."""

import os
import random
import subprocess
import sys

import pytest
from places import ROOT

from micrograd_nn import no_grad
from micrograd_nn.engine.setting import setting
from micrograd_nn.extras.train import History, fit, fit_by_steps
from micrograd_nn.extras.train.shapes import moons
from micrograd_nn.losses import hinge, l2_penalty, squared_error
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD, Adam

MOONS = moons(40, 0.2, random.Random(1))


def begin(make=Adam, **options):
    """Return a model, and what fit or fit_by_steps takes beside it."""
    rng = random.Random(7)
    model = MLP(2, [4, 1], activation="tanh", rng=rng)
    given = {"optimizer": make(model.parameters(), 0.1), "batch_size": 7, "rng": rng} | options
    return model, given


@pytest.mark.parametrize("make", [SGD, Adam])
@pytest.mark.parametrize(
    "options", [{}, {"validation": 0.3}, {"penalty": lambda p: l2_penalty(p, 0.01)}]
)
def test_the_numbers_are_those_of_fit_to_the_last_bit(make, options):
    model, given = begin(make, **options)
    wanted = fit(model, MOONS, hinge, epochs=6, **given)
    other, given = begin(make, **options)
    history = History()
    batches = list(fit_by_steps(other, MOONS, hinge, epochs=6, history=history, **given))
    assert history.epochs == wanted.epochs
    assert other.state() == model.state()
    assert sum(map(len, batches)) == 6 * (28 if "validation" in options else 40)


def test_before_a_step_its_batch_is_told_and_the_weights_are_those_of_the_moment():
    model, given = begin(lambda p, rate: SGD(p, rate))
    steps = fit_by_steps(model, MOONS, hinge, **given)
    batch = next(steps)
    for _ in range(5):
        before = [x.data for x in model.parameters()]
        for x in model.parameters():
            x.grad = 0.0
        loss = sum(hinge(model(x), y) for x, y in batch) / len(batch)
        loss.backward()
        wanted = [x - 0.1 * p.grad for x, p in zip(before, model.parameters(), strict=True)]
        batch = next(steps)
        assert [x.data for x in model.parameters()] == pytest.approx(wanted, rel=1e-12)


def test_who_leaves_it_has_the_weights_of_the_moment_and_a_reason():
    model, given = begin(lambda p, rate: SGD(p, 3.0))
    history = History()
    steps = fit_by_steps(model, MOONS, squared_error, history=history, **given)
    for _ in range(5):
        next(steps)
    state = model.state()
    steps.close()
    assert model.state() == state
    assert history.stopped == "left before its end"


def test_a_program_that_leaves_it_ends_in_silence(tmp_path):
    script = tmp_path / "left.py"
    script.write_text(
        "from micrograd_nn import MLP\nfrom micrograd_nn.losses import hinge\n"
        "from micrograd_nn.extras.train.shapes import moons\n"
        "from micrograd_nn.extras.train import fit_by_steps\n"
        "steps = fit_by_steps(MLP(2, [2, 1]), moons(40), hinge)\nnext(steps), next(steps)\n"
    )
    done = subprocess.run(
        [sys.executable, script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout + done.stderr == ""


def test_graphs_are_recorded_within_no_grad_and_the_setting_is_as_before_between_steps():
    model, given = begin()
    with no_grad():
        steps = fit_by_steps(model, MOONS, hinge, epochs=2, **given)
        for _ in steps:
            assert not setting.get().recording
    other, given = begin()
    fit(other, MOONS, hinge, epochs=2, **given)
    assert other.state() == model.state()


def test_what_fit_refuses_is_refused_at_the_first_step():
    model, given = begin()
    with pytest.raises(ValueError, match="at least one example"):
        next(fit_by_steps(model, [], hinge, **given))
