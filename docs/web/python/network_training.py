"""The training in the playground for networks, step by step; the page's worker calls it.

``begin`` takes the settings, ``advance`` trains a while, to the numbers of ``fit`` with these
settings. What can't be done is an answer, too: {"error": a sentence}.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from network_code import write_program
from network_problem import Examples, OneClassError, describe_problem, find_loss, make_problem
from network_settings import (
    LOSSES,
    OPTIMIZERS,
    PENALTIES,
    Settings,
    read_good_settings,
    read_settings,
)

from micrograd_nn import MLP
from micrograd_nn._ground.text import make_printable
from micrograd_nn.extras.tables.storage import SavedModel
from micrograd_nn.extras.train import History, fit_by_steps, split
from micrograd_nn.extras.train.pages.training import describe_epoch, describe_layers
from micrograd_nn.page.document import replace_infinite

FOREVER = 1_000_000  # epochs
DETAILS = re.compile(r"(?<=the loss became too large) \(.*\)(?=:)")  # of what overflowed
GIVEN = Callable[[dict[str, Any]], dict[str, Any]]

session: Session | None = None


def answered(answer: GIVEN) -> GIVEN:
    """Let a function answer with an error's words, and with numbers that JSON has."""

    @wraps(answer)
    def tell(given: dict[str, Any]) -> dict[str, Any]:
        try:
            return replace_infinite(answer(given))
        except OneClassError as error:
            return {"error": str(error), "shown": error.shown}
        except (ValueError, ArithmeticError, MemoryError) as error:
            return {"error": make_printable(str(error)) or type(error).__name__}

    return tell


def find_session() -> Session:
    """Return the training that has begun."""
    if session is None:
        raise ValueError("no training has begun")
    return session


@answered
def begin(given: dict[str, str]) -> dict[str, Any]:
    """Start over with settings, texts by name; return all that the page draws at first."""
    return start(read_settings(given))


@answered
def open_link(given: dict[str, str]) -> dict[str, Any]:
    """Start over as a link asks; of what it has no use for, say why, and take what is usual."""
    settings, refused = read_good_settings(given)
    return {**start(settings), "refused": refused}


def start(settings: Settings) -> dict[str, Any]:
    """Start over; where that can't be, the training that there was stays."""
    global session
    fresh = Session(settings)
    session = fresh
    return {**fresh.describe(), **fresh.report()}


@answered
def read_link(given: dict[str, str]) -> dict[str, Any]:
    """Return what a link asks for where its data can't be learned, as a form shows it."""
    settings, refused = read_good_settings(given)
    losses = LOSSES["classes"]
    shown = replace(settings, loss=losses[0]).list_texts()
    return {"settings": shown, "losses": losses, "refused": refused}


@answered
def advance(given: dict[str, Any]) -> dict[str, Any]:
    """Train for "milliseconds", or "steps", or to the end of an epoch; say what came."""
    own = find_session()
    if "steps" in given:
        for _ in range(given["steps"]):
            own.take_step()
    elif "epochs" in given:
        last = own.epoch + given["epochs"]
        while own.epoch < last and not own.stopped:
            own.take_step()
    else:
        end = time.perf_counter() + given["milliseconds"] / 1000
        while time.perf_counter() < end and not own.stopped:
            own.take_step()
    return own.report()


@answered
def write_code(given: dict[str, Any]) -> dict[str, Any]:
    """Return the program that does the same in a terminal."""
    own = find_session()
    return {"code": write_program(own.settings, own.problem, own.epoch)}


@answered
def save(given: dict[str, Any]) -> dict[str, Any]:
    """Return the network's file, as ``load_model`` takes it, and a table's encoding with it.

    A network of other inputs than the columns has it among the notes, beside what its inputs are:
    ``predict`` would give it the columns.
    """
    own = find_session()
    features, encoding = own.problem.features, own.problem.encoding
    notes: dict[str, Any] = {
        "site": "the playground for networks",
        "settings": own.settings.list_texts(),
        "inputs": features.texts,
    }
    if encoding and not features.are_plain:
        notes["encoding"], encoding = encoding.to_json(), None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        SavedModel(own.model, encoding, notes).save(path)
        return {"json": path.read_text(encoding="utf-8")}


class Session:
    """One training: its settings, its network, and how far it has come."""

    def __init__(self, settings: Settings) -> None:
        self.problem = problem = make_problem(settings)
        self.settings = replace(settings, loss=problem.loss)
        self.loss = find_loss(problem.loss)
        rng = random.Random(settings.seed)
        sizes = [*settings.layers, problem.outputs]
        inputs = len(problem.features.chosen)
        self.model = MLP(inputs, sizes, settings.activation, init=settings.init, rng=rng)
        self.parameters = self.model.parameters()
        self.row = {id(example): i for i, example in enumerate(problem.examples)}  # from 0
        self.training, self.held_out = split(problem.examples, settings.heldout, rng)
        optimizer, options = OPTIMIZERS[settings.optimizer]
        self.optimizer = optimizer(self.parameters, lr=settings.rate, **options)
        self.penalty = None
        if settings.penalty:
            weigh = PENALTIES[settings.norm]
            self.penalty = lambda parameters: weigh(parameters, settings.penalty)
        self.history = History()
        self.told = 0  # epochs that the page has heard of
        self.step = 0  # of all epochs
        self.steps: Iterator[Any] = fit_by_steps(
            self.model,
            self.training,
            self.loss,
            optimizer=self.optimizer,
            epochs=FOREVER,
            batch_size=settings.batch,
            validation=self.held_out,
            penalty=self.penalty,
            rng=rng,
            history=self.history,
        )
        self.batch = next(self.steps, None)  # of the step to come; None where there is none

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.history.epochs[-1].number if self.history.epochs else 0

    @property
    def stopped(self) -> str:
        """Why there is no step to come."""
        if self.batch is not None:
            return ""
        return DETAILS.sub(" for a number", self.history.stopped or "") or "it has ended"

    @property
    def input_names(self) -> list[str]:
        """The names of the columns that examples are places in."""
        return [make_printable(column.name) for column in self.problem.columns.inputs]

    def place_all(self, examples: Examples) -> Examples:
        """Return examples whose inputs are the numbers in the columns, not their features."""
        return [(self.problem.places[self.row[id(one)]], one[1]) for one in examples]

    def take_step(self) -> None:
        """Take the step to come, if there is one."""
        if self.batch is not None:
            self.batch = next(self.steps, None)
            self.step += self.batch is not None

    def report(self) -> dict[str, Any]:
        """Return where the training stands: the weights, and the epochs that are new."""
        new = self.history.epochs[self.told :]
        self.told = len(self.history.epochs)
        return {
            "epoch": self.epoch,
            "step": self.step,
            "epochs": [describe_epoch(epoch, 0) for epoch in new],
            "weights": [x.data for x in self.parameters],
            "stopped": make_printable(self.stopped),
        }

    def describe(self) -> dict[str, Any]:
        """Return what stays as it is: the examples, the network, the settings as they were read."""
        return {
            "settings": self.settings.list_texts(),
            "losses": LOSSES[self.problem.kind],
            "features": self.problem.features.describe(self.input_names),
            "prediction": describe_problem(
                self.problem, self.place_all(self.training), self.place_all(self.held_out)
            ),
            "rows": [self.row[id(example)] for example in [*self.training, *self.held_out]],
            "layers": describe_layers(self.model),
            "steps": -(-len(self.training) // self.settings.batch),  # of an epoch
        }
