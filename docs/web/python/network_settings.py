"""The settings of the playground for networks, read from what a link or a form says.

Nothing of it is trusted: what can't be is refused in one sentence, which names the setting.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from micrograd_nn.nn import ACTIVATIONS, INITIALISATIONS
from micrograd_nn.optim import SGD, Adam
from micrograd_nn.shapes import BY_NAME
from micrograd_nn.text import InputError, quote_text

OWN = "own"  # data that was drawn or pasted
MOST_LAYERS, MOST_NEURONS = 4, 8  # inside, that can be drawn and looked at
MOST_ROWS = 1000
LONGEST_TABLE = 100_000  # signs
OPTIMIZERS = {  # the class, and what it is given beside parameters and rate
    "SGD": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}),
    "Adam": (Adam, {}),
}
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # or so many decimals
LOSSES = {  # by what is predicted
    "sign": ["hinge", "squared_error", "binary_cross_entropy"],
    "classes": ["cross_entropy"],
    "numbers": ["squared_error", "mean_absolute_error"],
}


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
    layers: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    init: str = "xavier"
    loss: str = ""  # the first that suits the data
    optimizer: str = "SGD"
    rate: float = 0.1
    batch: int = 10
    penalty: float = 0.0
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


def choose(name: str, known: Any) -> Callable[[str], str]:
    """Return a reader of one of some names."""

    def read(text: str) -> str:
        if text not in known:
            raise InputError(f"{name}: there is no {quote_text(text)}: choose from {list_all()}")
        return text

    def list_all() -> str:
        return ", ".join(filter(None, known))

    return read


def whole(name: str, low: int, high: int) -> Callable[[str], int]:
    """Return a reader of a whole number in a range."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high):
            raise InputError(f"{name}: a whole number from {low} to {high}, not {quote_text(text)}")
        return int(text)

    return read


def real(name: str, low: float, high: float) -> Callable[[str], float]:
    """Return a reader of a number in a range."""

    def read(text: str) -> float:
        if THOUSANDS.fullmatch(text):
            raise InputError(
                f"{name}: the comma of {quote_text(text)} may divide thousands or decimals: "
                "write the number without it, or with a point"
            )
        try:
            number = math.nan if "_" in text else float(text.replace(",", "."))
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise InputError(f"{name}: a number from {low:g} to {high:g}, not {quote_text(text)}")
        return number + 0.0

    return read


def read_layers(text: str) -> tuple[int, ...]:
    """Return the numbers of neurons inside, layer by layer; an empty text has none."""
    if not text:
        return ()
    sizes = text.split(",")
    if len(sizes) > MOST_LAYERS:
        raise InputError(f"layers: at most {MOST_LAYERS} inside, not {len(sizes)}")
    return tuple([whole("layers, each", 1, MOST_NEURONS)(size.strip()) for size in sizes])


def read_table_text(text: str) -> str:
    """Return a table, if it isn't too long to be looked at."""
    if len(text) > LONGEST_TABLE:
        raise InputError(f"the table has {len(text):,} signs, more than {LONGEST_TABLE:,}")
    return text


READERS: dict[str, Callable[[str], Any]] = {
    "data": choose("data", [*BY_NAME, OWN]),
    "table": read_table_text,
    "target": choose("the last column", ["auto", "class", "number"]),
    "count": whole("points", 4, MOST_ROWS),
    "noise": real("noise", 0, 1),
    "dataseed": whole("data seed", 0, 999_999),
    "heldout": real("held out", 0, 0.9),
    "layers": read_layers,
    "activation": choose("activation", ACTIVATIONS),
    "init": choose("first weights", INITIALISATIONS),
    "loss": choose("loss", ["", *{loss: None for some in LOSSES.values() for loss in some}]),
    "optimizer": choose("optimizer", OPTIMIZERS),
    "rate": real("rate", 0, 1000),
    "batch": whole("batch", 1, MOST_ROWS),
    "penalty": real("L2 penalty", 0, 1000),
    "seed": whole("seed", 0, 999_999),
}
KNOWN = ", ".join(READERS)
