"""What ``train``, ``search`` and ``predict`` take at the command line."""

from __future__ import annotations

from typing import Any

from ...terminal.parser import Parser

OPEN = {  # what is chosen by what the table is like
    "epochs": "100, more if linear",
    "weight-decay": "0.6, less for many rows, 0 without hidden layers",
}


def add_training_options(train: Parser) -> None:
    """Add what ``train`` takes: the table, and how to learn it."""
    add_table(train)
    train.add_argument(
        "--model", metavar="MODEL.json", help="where to save the model (default: the resumed file)"
    )
    train.add_argument("--resume", metavar="MODEL.json", help="go on with a saved model")
    train.add_argument(
        "--page", metavar="OUT.html", help="write a page that replays the training in a browser"
    )
    train.add_rare("--force", action="store_true", help="replace another model")
    add_options_of_learning(train, seed="of the split, the first weights and the order of rows")
    add_table_options(train)


def add_search_options(search: Parser) -> None:
    """Add what ``search`` takes: the table, what to try, and how many trainings at once."""
    add_table(search)
    search.add_argument(
        "--seeds", type=int, metavar="N", default=3,
        help="trainings of each setting, which hold other rows back each (default: %(default)s)",
    )  # fmt: skip
    search.add_argument(
        "--jobs", type=int, metavar="N", default=1,
        help="trainings at once, -1 for one a core (default: %(default)s)",
    )  # fmt: skip
    search.add_argument(
        "--results", metavar="OUT.json", help="where results are kept (default: TABLE-search.json)"
    )
    add_options_of_learning(search, several=True)
    add_table_options(search)


def add_table(command: Parser) -> None:
    """Add the table to learn from, for ``train`` and ``search``."""
    command.add_argument("table", metavar="TABLE.csv")
    command.add_argument("--target", metavar="COLUMN", help="the column to learn")
    command.add_argument(
        "--ignore", metavar="COLUMN", action="append", help="no input; may be given several times"
    )
    command.add_argument(
        "--classes", action="store_true", help="numbers in the target column are names of classes"
    )
    command.add_rare(
        "--category", dest="categories", metavar="COLUMN", action="append",
        help="its numbers are codes, and no amounts; may be given several times",
    )  # fmt: skip
    command.add_rare(
        "--skip-empty", action="store_true", help="leave out the rows with an empty cell"
    )


def add_options_of_learning(command: Parser, several: bool = False, seed: str = "") -> None:
    """Add how to learn a table, for ``train``; for ``search``, each as often as it has choices."""
    from ...nn.networks import ACTIVATIONS
    from .options import Options

    defaults, action = Options(test=0.2 if several else 0), "append" if several else "store"
    command.add_argument(
        "--hidden", metavar="N,N", type=read_layers, action=action,
        help="neurons of hidden layers; none: a linear model (default: the better of 32 and none)",
    )  # fmt: skip
    command.add_rare(
        "--activation", choices=list(ACTIVATIONS), metavar="NAME", action=action,
        help=f"one of {', '.join(ACTIVATIONS)} (default: {defaults.activation})",
    )  # fmt: skip
    for option, kind, meaning in (
        ("epochs", int, "passes over rows at most"),
        ("lr", float, "learning rate of AdamW, which falls to 0"),
        ("test", float, "the fraction of rows held out from all that, to judge the model by"),
        ("batch-size", int, "rows a step"),
        ("patience", int, "stop after this many epochs without a better one"),
        ("weight-decay", float, "how strongly weights are drawn to 0, as AdamW takes it"),
        ("validation", float, "the fraction of rows held back to choose the best epoch"),
        *[("seed", int, seed)][: bool(seed)],
    ):
        default = getattr(defaults, option.replace("-", "_"))
        told = f"{meaning} (default: {OPEN.get(option, default)})"
        is_common = option in ("epochs", "test") or (option == "lr" and several)
        add = command.add_argument if is_common else command.add_rare
        stored = "store" if option == "test" else action
        add(f"--{option}", type=kind, metavar="N", action=stored, help=told)


def read_layers(text: str) -> list[int]:
    """Return the sizes of hidden layers that are typed."""
    return [] if text == "none" else [int(size) for size in text.split(",")]


def add_table_options(command: Parser) -> None:
    """Add how a table is written, for the commands that read one."""
    command.add_rare(
        "--missing", metavar="TEXT", action="append",
        help="a cell of this text, such as k.A., is empty; may be given several times",
    )  # fmt: skip
    command.add_rare(
        "--decimal", choices=(".", ","), metavar="MARK",
        help="the decimal mark, a point or a comma; the other one is for thousands",
    )  # fmt: skip
    command.add_rare(
        "--encoding", metavar="NAME", help="of the table, such as cp1252 (default: utf-8)"
    )


def read_spelling(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with those on how a table is written as one."""
    from .spelling import Spelling

    named = ("decimal", "encoding")
    given: dict[str, Any] = {name: options.pop(name) for name in named if name in options}
    if "missing" in options:
        given["missing"] = tuple(options.pop("missing"))
    return {**options, "spelling": Spelling(**given)}


def add_prediction_options(predict: Parser) -> None:
    """Add what ``predict`` takes: a model, and rows."""
    predict.add_argument("model", metavar="MODEL.json")
    predict.add_argument("table", metavar="TABLE.csv")
    predict.add_argument("-o", "--output", metavar="OUT.csv", help="write there instead")
    predict.add_argument(
        "--probabilities", action="store_true", help="those of all classes, a column each"
    )
    predict.add_argument(
        "--strict", action="store_true", help="refuse an empty cell, and a text that is new"
    )
    predict.add_rare(
        "--skip-empty",
        action="store_true",
        help="predict nothing for the rows with an empty cell",
    )
    add_table_options(predict)
