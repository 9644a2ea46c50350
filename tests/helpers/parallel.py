"""Trainings that are shared out, and how a worker is lost in the middle of one."""

import os
import random
import signal
import sys

import cloudpickle

from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP
from micrograd_nn.shapes import moons
from micrograd_nn.train import History, fit

__all__ = ["MOONS", "kill_once", "train_moons"]

MOONS = moons(300, 0.2, random.Random(1))
DEADLY_CALL = 150  # of the loss, in the middle of a share

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers needn't find this file


def train_moons(loss=squared_error, **options):
    """Return the weights and the history of one training, always the same but for options."""
    rng = random.Random(7)
    model = MLP(2, [6, 1], activation="tanh", rng=rng)
    given = {"epochs": 3, "batch_size": 256, "rng": rng, "history": History()} | options
    fit(model, MOONS, loss, **given)
    return [x.data for x in model.parameters()], given["history"]


def kill_once(folder, most=1):
    """Return a loss in which a worker kills itself, unless so many did; each leaves a file."""
    trainer, calls = os.getpid(), [0]

    def loss(prediction, target):
        if os.getpid() != trainer:
            calls[0] += 1
            if calls[0] == DEADLY_CALL and len(os.listdir(folder)) < most:
                (folder / str(os.getpid())).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return squared_error(prediction, target)

    return loss
