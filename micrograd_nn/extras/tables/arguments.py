"""What ``train``, ``search`` and ``predict`` take at the command line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from ...terminal.parser import Parser, Settings

LEARNED: Settings = {  # for ``train`` and ``search``: the table to learn from
    "table": {"metavar": "TABLE.csv"},
    "--target": {"metavar": "COLUMN", "help": "the column to learn"},
    "--ignore": {
        "metavar": "COLUMN", "action": "append", "help": "no input; may be given several times",
    },
    "--classes": {
        "action": "store_true", "help": "numbers in the target column are names of classes",
    },
    "--category": {
        "dest": "categories", "metavar": "COLUMN", "action": "append",
        "help": "its numbers are codes, and no amounts; may be given several times",
    },
    "--skip-empty": {"action": "store_true", "help": "leave out the rows with an empty cell"},
}  # fmt: skip
TRAINED: Settings = {
    "--model": {
        "metavar": "MODEL.json", "help": "where to save the model (default: the resumed file)",
    },
    "--resume": {"metavar": "MODEL.json", "help": "go on with a saved model"},
    "--page": {
        "metavar": "OUT.html", "help": "write a page that replays the training in a browser",
    },
    "--force": {"action": "store_true", "help": "replace another model"},
}  # fmt: skip
SEARCHED: Settings = {
    "--seeds": {
        "type": int, "metavar": "N", "default": 3,
        "help": "trainings of each setting, which hold other rows back each (default: %(default)s)",
    },
    "--jobs": {
        "type": int, "metavar": "N", "default": 1,
        "help": "trainings at once, -1 for one a core (default: %(default)s)",
    },
    "--results": {
        "metavar": "OUT.json", "help": "where results are kept (default: TABLE-search.json)",
    },
}  # fmt: skip
PREDICTED: Settings = {
    "model": {"metavar": "MODEL.json"},
    "table": {"metavar": "TABLE.csv"},
    "-o --output": {"metavar": "OUT.csv", "help": "write there instead"},
    "--probabilities": {"action": "store_true", "help": "those of all classes, a column each"},
    "--strict": {
        "action": "store_true", "help": "refuse an empty cell, and a text that is new",
    },
    "--skip-empty": {
        "action": "store_true", "help": "predict nothing for the rows with an empty cell",
    },
}  # fmt: skip
SPELLED: Settings = {  # for the commands that read a table: how it is written
    "--missing": {
        "metavar": "TEXT", "action": "append",
        "help": "a cell of this text, such as k.A., is empty; may be given several times",
    },
    "--decimal": {
        "choices": (".", ","), "metavar": "MARK",
        "help": "the decimal mark, a point or a comma; the other one is for thousands",
    },
    "--encoding": {
        "metavar": "NAME", "help": "of the table, such as cp1252 (default: utf-8)",
    },
}  # fmt: skip
LEARNING = {  # how to learn it: a kind of number, and what it is
    "--epochs": (int, "passes over rows at most"),
    "--lr": (float, "learning rate of AdamW, which falls to 0"),
    "--test": (float, "the fraction of rows held out from all that, to judge the model by"),
    "--batch-size": (int, "rows a step"),
    "--patience": (int, "stop after this many epochs without a better one"),
    "--weight-decay": (float, "how strongly weights are drawn to 0, as AdamW takes it"),
    "--validation": (float, "the fraction of rows held back to choose the best epoch"),
    "--seed": (int, "of the split, the first weights and the order of rows"),
}
OPEN = {  # what is chosen by what the table is like
    "--epochs": "100, more if linear",
    "--weight-decay": "0.6, less for many rows, 0 without hidden layers",
}
COMMON = {*TRAINED, *SEARCHED, *PREDICTED, "--target", "--ignore", "--classes", "--hidden",
          "--epochs", "--test"} - {"--force", "--skip-empty"}  # fmt: skip


def add_training_options(train: Parser) -> None:
    """Add what ``train`` takes: the table, and how to learn it."""
    add_options(train, {**LEARNED, **TRAINED, **list_options_of_learning(), **SPELLED})


def add_search_options(search: Parser) -> None:
    """Add what ``search`` takes: the table, what to try, and how many trainings at once."""
    learning = {**list_options_of_learning(test=0.2)}
    del learning["--seed"]
    for name in learning.keys() - {"--test"}:
        learning[name] = {**learning[name], "action": "append"}  # each as often as it has choices
    add_options(search, {**LEARNED, **SEARCHED, **learning, **SPELLED}, {*COMMON, "--lr"})


def add_prediction_options(predict: Parser) -> None:
    """Add what ``predict`` takes: a model, and rows."""
    add_options(predict, {**PREDICTED, **SPELLED})


def add_table_options(command: Parser) -> None:
    """Add how a table is written, for the commands that read one."""
    add_options(command, SPELLED)


def add_options(command: Parser, options: Settings, common: Collection[str] = COMMON) -> None:
    """Add options to a command, of which ``--help`` tells the common ones."""
    command.add_options(options, rare=options.keys() - common)


def list_options_of_learning(test: float = 0) -> Settings:
    """Return how to learn a table, with the default of the fraction that is held out."""
    from ...nn.networks import ACTIVATIONS
    from .options import Options

    defaults = {f"--{name.replace('_', '-')}": x for name, x in vars(Options(test=test)).items()}
    numbers = {
        name: {
            "type": kind, "metavar": "N",
            "help": f"{meaning} (default: {OPEN.get(name, defaults[name])})",
        }
        for name, (kind, meaning) in LEARNING.items()
    }  # fmt: skip
    hidden = "neurons of hidden layers; none: a linear model (default: the better of 32 and none)"
    known = f"one of {', '.join(ACTIVATIONS)} (default: {defaults['--activation']})"
    return {
        "--hidden": {"metavar": "N,N", "type": read_layers, "help": hidden},
        "--activation": {"choices": list(ACTIVATIONS), "metavar": "NAME", "help": known},
        **numbers,
    }


def read_layers(text: str) -> list[int]:
    """Return the sizes of hidden layers that are typed."""
    return [] if text == "none" else [int(size) for size in text.split(",")]


def read_spelling(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with those on how a table is written as one."""
    from .spelling import Spelling

    names = {field.name for field in fields(Spelling)} & options.keys()
    given: dict[str, Any] = {name: options.pop(name) for name in names}
    given["missing"] = tuple(given.get("missing", ()))
    return {**options, "spelling": Spelling(**given)}
