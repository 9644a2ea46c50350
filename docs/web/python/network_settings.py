"""The settings of the playground for networks, read from what a link or a form says.

Nothing of it is trusted: what can't be is refused in one sentence, which names the setting.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import chain
from typing import Any

from network_features import FEATURES
from network_reading import Choice, Layers, Real, Several, Table, Whole

from micrograd_nn._ground.text import InputError, quote_text
from micrograd_nn.extras.train.shapes import BY_NAME, OF_NUMBERS
from micrograd_nn.losses import l1_penalty, l2_penalty
from micrograd_nn.nn.networks import ACTIVATIONS, INITIALISATIONS
from micrograd_nn.optim import SGD, Adam

OWN = "own"  # data that was drawn or pasted
MOST_LAYERS, MOST_NEURONS = 4, 8  # inside, that can be drawn and looked at
MOST_ROWS = 1000
LONGEST_TABLE = 100_000  # signs
OPTIMIZERS = {  # the class, and what it is given beside parameters and rate
    "SGD": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}),
    "Adam": (Adam, {}),
}
PENALTIES = {"L2": l2_penalty, "L1": l1_penalty}
LOSSES = {  # by what is predicted
    "sign": ["hinge", "squared_error", "binary_cross_entropy"],
    "classes": ["cross_entropy"],
    "numbers": ["squared_error", "mean_absolute_error"],
}
DATA_WORDS = {OWN: "your own"}
DATA_GROUPS = {
    name: "A number" if shape in OF_NUMBERS else "Two classes" for name, shape in BY_NAME.items()
}
FEATURE_WORDS = {name: one.name.format("x1", "x2") for name, one in FEATURES.items()}
TARGET_WORDS = {"auto": "what its cells look like", "class": "a class", "number": "a number"}


@dataclass(frozen=True)
class Settings:
    """All that decides a training, to the last bit."""

    data: str = "moons"
    table: str = ""  # of own data, as CSV: the last column is what is predicted
    target: str = "auto"  # what that is: "class", "number", or seen from its cells
    count: int = 200
    noise: float = 0.1  # read_settings has each shape's own
    dataseed: int = 1
    heldout: float = 0.3
    features: tuple[str, ...] = ("x1", "x2")  # as far as the data have columns for them
    layers: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    init: str = "xavier"
    loss: str = ""  # the first that suits the data
    optimizer: str = "SGD"
    rate: float = 0.1
    batch: int = 10
    norm: str = "L2"
    penalty: float = 0.0  # its strength
    seed: int = 1

    def list_texts(self) -> dict[str, str]:
        """Return the settings as a form and a link have them."""
        return {name: write_setting(value) for name, value in asdict(self).items()}


def read_settings(given: Mapping[str, str]) -> Settings:
    """Return the settings that texts by name are; those that lack are the usual ones."""
    settings, refused = read_good_settings(given)
    if refused:
        raise InputError(refused[0])
    return settings


def read_good_settings(given: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Return the settings that can be read, the others as usual, and why each of those can't."""
    refused = [
        f"there is no setting {quote_text(name)}: choose from {KNOWN}"
        for name in given
        if name not in READERS
    ]
    read = {}
    for name in [field.name for field in fields(Settings) if field.name in given]:
        try:
            read[name] = READERS[name](str(given[name]).strip())
        except InputError as error:
            refused.append(str(error))
    usual = {"noise": find_usual_noise(read.get("data", Settings.data))}
    return Settings(**(usual | read)), refused


def find_usual_noise(data: str) -> float:
    """Return the noise that a shape has where none is asked for."""
    if data == OWN:
        return Settings.noise
    return float(inspect.signature(BY_NAME[data]).parameters["noise"].default)


def write_setting(value: Any) -> str:
    """Return a setting as a text."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


READERS: dict[str, Any] = {
    "data": Choice("data", [*BY_NAME, OWN], DATA_WORDS, DATA_GROUPS),
    "table": Table(LONGEST_TABLE),
    "target": Choice("the last column", ["auto", "class", "number"], TARGET_WORDS),
    "count": Whole("points", 4, MOST_ROWS),
    "noise": Real("noise", 0, 1, "0.01"),
    "dataseed": Whole("data seed", 0, 999_999),
    "heldout": Real("held out", 0, 0.9, "0.1"),
    "features": Several("features", [*FEATURES], FEATURE_WORDS),
    "layers": Layers(MOST_LAYERS, MOST_NEURONS),
    "activation": Choice("activation", [*ACTIVATIONS]),
    "init": Choice("first weights", [*INITIALISATIONS]),
    "loss": Choice("loss", ["", *dict.fromkeys(chain(*LOSSES.values()))]),
    "optimizer": Choice("optimizer", [*OPTIMIZERS]),
    "rate": Real("rate", 0, 1000),
    "batch": Whole("batch", 1, MOST_ROWS),
    "norm": Choice("kind of penalty", [*PENALTIES]),
    "penalty": Real("penalty", 0, 1000),
    "seed": Whole("seed", 0, 999_999),
}
KNOWN = ", ".join(READERS)


def describe_settings(given: None = None) -> dict[str, Any]:
    """Return what a form has to know of each setting: the choices, the limits."""
    return {name: reader.describe() for name, reader in READERS.items()}
