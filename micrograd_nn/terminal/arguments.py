"""What the command ``micrograd-nn`` takes: its commands and their options, as they were given.

Modules that take a while to load are loaded where a command needs them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .. import __version__
from .graph_options import (
    add_comparison_options,
    add_page_options,
    add_picture_options,
    add_server_options,
    add_wrt,
)
from .parser import Parser

EXPRESSION = (
    "EXPR is an expression in quotes, such as 'tanh(w*x + b)', followed by a number for each name, "
    "as in w=2 x=-1 b=0.5; one that begins with a minus goes in parentheses."
)
TWO_SUBJECTS = (
    "A and B are two expressions in quotes, followed by a number for each name; two FILE.py:NAME, "
    "Values, models or recorded histories that scripts build; or two saved models, MODEL.json."
)
OPEN = {  # what is chosen by what the table is like
    "epochs": "100, more if linear",
    "weight-decay": "0.6, less for many rows, 0 without hidden layers",
}
SUBJECT = (
    f"{EXPRESSION} FILE.py:NAME is a Value that a script builds; the script is run. FILE.py alone "
    "is its latest backward pass."
)


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
    from ..nn.networks import ACTIVATIONS
    from ..tables.options import Options

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
    from ..tables.spelling import Spelling

    named = ("decimal", "encoding")
    given: dict[str, Any] = {name: options.pop(name) for name in named if name in options}
    if "missing" in options:
        given["missing"] = tuple(options.pop("missing"))
    return {**options, "spelling": Spelling(**given)}


def add_demo_options(demo: Parser) -> None:
    """Add where the tour draws."""
    demo.add_argument(
        "--folder", default="micrograd-nn-demo", help="where to draw (default: %(default)s)"
    )


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


def add_export_options(export: Parser) -> None:
    """Add what ``export`` takes: the model, what to write, and how to compare it."""
    from ..export.export import TARGETS
    from ..languages.compiler.saving import list_endings

    endings = list_endings([*TARGETS])
    export.add_argument("model", metavar="MODEL.json")
    export.add_argument(
        "-o",
        "--output",
        metavar="OUT.c",
        required=True,
        help=f"the ending: {endings}",
    )
    export.add_argument(
        "--float", dest="single", action="store_true",
        help="C or ONNX in single precision, for small processors",
    )  # fmt: skip
    comparing = export.add_mutually_exclusive_group()
    comparing.add_argument(
        "--check", dest="bound", metavar="BOUND", type=float,
        help="write nothing that differs by a larger part than this, such as 1e-9",
    )  # fmt: skip
    comparing.add_argument(
        "--no-check", dest="unchecked", action="store_true", help="compare nothing"
    )
    export.add_argument(
        "--rows", metavar="TABLE.csv",
        help="compare on its rows without an empty cell (default: rows made for it)",
    )  # fmt: skip
    add_table_options(export)


def add_selfcheck_options(selfcheck: Parser) -> None:
    """Add what ``selfcheck`` takes: whether to prove instead."""
    selfcheck.add_argument(
        "--proof", action="store_true",
        help="instead, prove each operation's derivative over the real numbers; this needs Coq "
        "and Coquelicot",
    )  # fmt: skip


def add_quiz_options(quiz: Parser) -> None:
    """Add what ``quiz`` takes: what to ask, how hard, and how often."""
    from ..practice.exercises import TOPICS
    from ..practice.exercises.topics import LEVELS

    quiz.add_argument(
        "topic", metavar="TOPIC", nargs="?", choices=list(TOPICS), default=None,
        help=f"one of {', '.join(TOPICS)} (default: all of them)",
    )  # fmt: skip
    quiz.add_argument("--list", action="store_true", help="say what the topics are, and end")
    quiz.add_argument(
        "--seed", metavar="TEXT", help="the same seed asks the same (default: a new one)"
    )
    quiz.add_argument(
        "--level", type=int, choices=LEVELS, metavar="N", default=1,
        help="1 to 3, from easy to hard (default: %(default)s)",
    )  # fmt: skip
    quiz.add_argument(
        "--count", type=int, metavar="N",
        help="how many exercises (default: 5 of a topic, or one of each)",
    )  # fmt: skip
    add_sheet_options(quiz)


def add_sheet_options(quiz: Parser) -> None:
    """Add how ``quiz`` writes exercises into files."""
    from ..practice.handouts.handout import QUIZ_FORMATS

    kinds = ", ".join(f"{name} {one.purpose}" for name, one in QUIZ_FORMATS.items())
    quiz.add_argument(
        "--sheet", metavar="N", type=int,
        help="write this many exercises to a file, and ask none (see --format, -o)",
    )  # fmt: skip
    quiz.add_argument(
        "--format", choices=list(QUIZ_FORMATS), metavar="NAME", help=f"{kinds} (default: sheet)"
    )
    quiz.add_argument("-o", "--output", metavar="OUT", help="write them there")
    quiz.add_argument(
        "--for", dest="students", metavar="NAMES.txt",
        help="a sheet for each line of that file, a name each: all in one document, "
        "or where OUT is a folder, such as out/, a file each",
    )  # fmt: skip


def add_diagnosis_options(diagnose: Parser) -> None:
    """Add what ``diagnose`` takes: engines, and how to tell what is wrong with them."""
    diagnose.add_argument(
        "engines", metavar="FILE.py:CLASS", nargs="+",
        help="an engine's file and class (by itself Value), a notebook, a folder or a .zip of what "
        "a class handed in; of several, a table is made",
    )  # fmt: skip
    diagnose.add_rare(
        "--name", metavar="CLASS",
        help="the class in files that are given without one (Value, or as the rubric says)",
    )  # fmt: skip
    diagnose.add_argument(
        "--expect", metavar="WHAT,…", default=[], type=lambda text: text.split(","),
        help="what the exercise asks for beside right gradients: operations by name or sign, and "
        "reflected (2 + a), deep (graphs of thousands of levels), second-pass (over one graph), "
        "once (each node visited once), double (no float32), accumulate (passes add up in leaves), "
        "or replace (they don't)",
    )  # fmt: skip
    diagnose.add_argument(
        "--rubric", metavar="RUBRIC.toml", help="what each part gets points for, of a class"
    )
    diagnose.add_rare(
        "--jobs", type=int, metavar="N", help="how many engines run at once (all cores)"
    )
    diagnose.add_argument(
        "-o", "--output", metavar="OUT",
        help="write a report there, too: .html, .csv, .json, or a folder that gets all of them and "
        "a page for each student",
    )  # fmt: skip
    diagnose.add_rare(
        "--json", dest="as_json", action="store_true", help="print JSON, for a grader"
    )


class Command(NamedTuple):
    """A command: what it is for, what it takes, and the function in the package that does it."""

    purpose: str
    module: str
    function: str
    fill: Callable[[Parser], object] | None = None
    about: str = ""
    refused: int = 1  # the exit status where the function returns False
    elsewhere: str = ""  # what it is called in Python, or in other programs


LISTED = {  # how to write what could be meant by words that are left
    "train": " (of several layers, write --hidden 16,16)",
    "search": " (write an option for each choice: --hidden 8 --hidden 16,16)",
}
EXIT_INTERRUPTED = 130  # as shells say it of Ctrl-C
ON_GRAPHS = ".graph_commands"
COMMANDS = {
    "demo": Command(
        "watch one neuron's gradients flow and a network learn",
        ".demo", "show_tour", add_demo_options, elsewhere="tour",
    ),
    "train": Command(
        "train a network on a CSV table and save it",
        "..tables.training", "train", add_training_options,
        "A target of numbers means regression, a target of texts classification. "
        "Columns of numbers are standardised, columns of texts one-hot.",
        refused=EXIT_INTERRUPTED, elsewhere="fit learn",
    ),
    "search": Command(
        "train with each of several settings, and report which is best",
        "..tables.search.command", "search_table", add_search_options,
        "An option may be given several times: --lr 0.01 --lr 0.1. Trains every combination, once "
        "for each seed, and judges it by its mean validation loss. What is in the results isn't "
        "trained again.",
        refused=EXIT_INTERRUPTED,
    ),
    "selfcheck": Command(
        "check every derivative on this machine",
        "..checks.selfcheck", "selfcheck", add_selfcheck_options, elsewhere="test",
    ),
    "predict": Command(
        "predict a table's target with a saved model",
        "..tables.prediction", "predict", add_prediction_options,
        "Prints the table as CSV with the predictions beside it.",
    ),
    "export": Command(
        "write a saved model as C, JavaScript, Python or ONNX, and compare its answers",
        ".exporting", "export_model", add_export_options,
        "The file predicts as the command predict does, and needs nothing of this "
        "package: it takes the table's columns as they are. Beside a file in C stands its header, "
        "beside a module of PyTorch its weights. It is run once, where there is what runs it, and "
        "compared with the model; the exit status is 1 where it isn't equal.",
        elsewhere="compile convert",
    ),
    "quiz": Command(
        "do exercises by hand, and be told why a miss was one",
        ".sheets", "run_quiz", add_quiz_options,
        "Asks for the numbers of small graphs. Type an answer, such as 6, -1.5, 1/2 or "
        "the letter of a choice; ? shows the working, s skips, q ends.",
        elsewhere="exercises practice sheet",
    ),
    "diagnose": Command(
        "find out what is wrong with an engine that somebody wrote",
        ".diagnosing", "run_diagnose", add_diagnosis_options,
        "An engine is a class with operators, data, grad and backward(). It runs in a "
        "process of its own, with limits of time and memory, on graphs from the smallest on, and "
        "is confined where bwrap (bubblewrap) works: the first line says whether it was. The exit "
        "status is 0 where no fault is found, 1 where some are, 2 where one can't be run.",
        elsewhere="doctor adopt grade mark",
    ),
    "step": Command(
        "step through a backward pass by keys, or print it where there are none",
        ON_GRAPHS, "run_step", about=SUBJECT, elsewhere="steps debug stepper",
    ),
    "graph": Command(
        "draw a graph, or print it as a tree",
        ON_GRAPHS, "run_graph", add_picture_options, SUBJECT,
        elsewhere="draw draw_dot tree picture plot show",
    ),
    "explain": Command(
        "explain where a gradient comes from",
        ON_GRAPHS, "run_explain", add_wrt, SUBJECT, elsewhere="why grad gradient",
    ),
    "diff": Command(
        "compare two: expressions, what scripts build, saved models",
        ON_GRAPHS, "run_diff", add_comparison_options, TWO_SUBJECTS, elsewhere="compare",
    ),
    "check": Command(
        "compare each leaf's gradient with finite differences",
        ON_GRAPHS, "run_check", about=SUBJECT, elsewhere="gradcheck",
    ),
    "page": Command(
        "write a page to step through backpropagation and move the inputs",
        ON_GRAPHS, "run_page", add_page_options, SUBJECT, elsewhere="widget html",
    ),
    "dap": Command(
        "let an editor step forward and back through it: VS Code, Neovim, …",
        ON_GRAPHS, "run_dap", add_server_options, SUBJECT, elsewhere="serve debugger",
    ),
}  # fmt: skip


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="micrograd-nn",
        description="A scalar autograd engine to step through, draw, trust and train with.",
        meant={word: name for name, one in COMMANDS.items() for word in one.elsewhere.split()},
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    common = Parser(add_help=False)
    common.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name, parents=[common], fill=command.fill, help=command.purpose,
            description=command.about or None,
        )  # fmt: skip
        if command.module == ON_GRAPHS:
            first, more = (
                ("A", "and B, and numbers") if name == "diff" else ("EXPR", "or FILE.py:NAME")
            )
            one.add_argument(
                "words", metavar=first, nargs="*", default=[], help=f"{more}, see above"
            )  # fmt: skip
    return parser


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what a command line gives; words may stand before and after an option."""
    parser = build_parser()
    options: argparse.Namespace
    options, rest = parser.parse_known_args(arguments)
    are_words = not any(word.startswith("-") for word in rest)
    on_graph = COMMANDS[options.command].module == ON_GRAPHS
    if on_graph and are_words:
        options.words = [*options.words, *rest]
    elif rest:
        minus = " (an expression that begins with a minus goes in parentheses)" * on_graph
        hint = LISTED.get(options.command, "") if are_words else minus
        parser.prog += f" {options.command}"
        parser.error(f"unrecognized arguments: {' '.join(rest)}{hint}")
    return options
