"""What the command ``micrograd-nn`` takes: its commands and their options, as they were given.

Modules that take a while to load are loaded where a command needs them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from .. import __version__
from .graph_options import (
    add_comparison_options,
    add_link_options,
    add_page_options,
    add_picture_options,
    add_server_options,
    add_wrt,
)
from .parser import Parser

ON_GRAPHS = {
    "step": "step through a backward pass by keys, or print it where there are none",
    "graph": "draw a graph, or print it as a tree",
    "explain": "tell where a gradient comes from",
    "diff": "compare two: expressions, what scripts build, saved models",
    "check": "compare each leaf's gradient with finite differences",
    "page": "write a page to step through backpropagation and move the inputs",
    "link": "print a link that opens an expression's page in a site's playground",
    "dap": "let an editor step forward and back through it: VS Code, Neovim, …",
}
EXPRESSION = (
    "EXPR is an expression in quotes, such as 'tanh(w*x + b)', followed by a number for each name, "
    "as in w=2 x=-1 b=0.5; one that begins with a minus goes in parentheses."
)
TWO_SUBJECTS = (
    "A and B are two expressions in quotes, followed by a number for each name; two FILE.py:NAME, "
    "Values, models or recorded histories that scripts build; or two saved models, MODEL.json."
)
SUBJECT = f"{EXPRESSION} FILE.py:NAME is a Value that a script builds; the script is run."


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="micrograd-nn",
        description="A scalar autograd engine to step through, draw, trust and train with.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    common = Parser(add_help=False)
    common.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser(
        "demo", parents=[common], help="watch one neuron's gradients flow and a network learn"
    )
    demo.add_argument(
        "--folder", default="micrograd-nn-demo", help="where to draw (default: %(default)s)"
    )
    commands.add_parser(
        "train", parents=[common], fill=add_training_options,
        help="train a network on a CSV table and save it",
        description="A target of numbers makes a regression, one of texts a classification. "
        "Columns of numbers are standardised, columns of texts one-hot.",
    )  # fmt: skip
    commands.add_parser(
        "search", parents=[common], fill=add_search_options,
        help="train with each of several settings, and tell which is best",
        description="Of what is given several choices, each combination is a setting, trained once "
        "a seed and judged by its mean validation loss. A search that is stopped goes on from its "
        "results when it is given the same.",
    )  # fmt: skip
    commands.add_parser(
        "selfcheck", parents=[common], help="check every derivative on this machine"
    )
    predict = commands.add_parser(
        "predict", parents=[common], help="predict a table's target with a saved model",
        description="Prints the table as CSV with the predictions beside it.",
    )  # fmt: skip
    predict.add_argument("model", metavar="MODEL.json")
    predict.add_argument("table", metavar="TABLE.csv")
    predict.add_argument("-o", "--output", metavar="OUT.csv", help="write there instead")
    add_table_options(predict, "predict nothing for the rows with an empty cell")
    commands.add_parser(
        "export", parents=[common], fill=add_export_options,
        help="write a saved model as C, JavaScript, Python or ONNX, and tell how equal it is",
        description="The file predicts as the command predict does, and needs nothing of this "
        "package: it takes the table's columns as they are. Beside a file in C stands its header, "
        "beside a module of PyTorch its weights. It is run once, where there is what runs it, and "
        "compared with the model; the exit status is 1 where it isn't equal.",
    )  # fmt: skip
    commands.add_parser(
        "quiz", parents=[common], fill=add_quiz_options,
        help="do exercises by hand, and be told why a miss was one",
        description="Asks for the numbers of small graphs. Type an answer, such as 6, -1.5, 1/2 or "
        "the letter of a choice; ? shows the working, s skips, q ends.",
    )  # fmt: skip
    commands.add_parser(
        "diagnose", parents=[common], fill=add_diagnosis_options,
        help="find out what is wrong with an engine that somebody wrote",
        description="An engine is a class with operators, data, grad and backward(). It runs in a "
        "process of its own, with limits of time and memory, on graphs from the smallest on. The "
        "exit status is 0 where no fault is found, 1 where some are, 2 where one can't be run.",
    )  # fmt: skip
    options = {
        "graph": add_picture_options, "page": add_page_options, "link": add_link_options,
        "explain": add_wrt, "dap": add_server_options, "diff": add_comparison_options,
    }  # fmt: skip
    for name, purpose in ON_GRAPHS.items():
        one = commands.add_parser(
            name, parents=[common], fill=options.get(name), help=purpose,
            description={"link": EXPRESSION, "diff": TWO_SUBJECTS}.get(name, SUBJECT),
        )  # fmt: skip
        told = {"link": "and its numbers, see above", "diff": "and B, and numbers, see above"}
        one.add_argument(
            "words", metavar="A" if name == "diff" else "EXPR", nargs="*",
            help=told.get(name, "or FILE.py:NAME, see above"),
        )  # fmt: skip
    return parser


def add_training_options(train: Parser) -> None:
    """Add what ``train`` takes: the table, and how to learn it."""
    from ..nn import ACTIVATIONS
    from ..tables.options import Options

    defaults = Options()
    train.add_argument("table", metavar="TABLE.csv")
    train.add_argument("--target", metavar="COLUMN", help="the column to learn")
    train.add_argument(
        "--model", metavar="MODEL.json", help="where to save the model (default: that resumed)"
    )
    train.add_argument(
        "--ignore", metavar="COLUMN", action="append", help="no input; may be given several times"
    )
    train.add_argument(
        "--classes", action="store_true", help="numbers in the target column are names of classes"
    )
    add_table_options(train, "leave out the rows with an empty cell")
    train.add_argument(
        "--hidden", metavar="N", nargs="*", type=int,
        help="neurons of each hidden layer (default: 16 16; none: a linear model)",
    )  # fmt: skip
    train.add_argument(
        "--activation", choices=list(ACTIVATIONS), metavar="NAME",
        help=f"one of {', '.join(ACTIVATIONS)} (default: {defaults.activation})",
    )  # fmt: skip
    for option, kind, meaning in (
        ("epochs", int, "passes over the table at most"),
        ("batch-size", int, "rows a step"),
        ("lr", float, "learning rate of the optimizer, AdamW"),
        ("patience", int, "stop after so many epochs without a better one"),
        ("weight-decay", float, "how strongly weights are drawn to 0, as AdamW takes it"),
        ("validation", float, "the fraction of rows held back to choose the best epoch"),
        ("test", float, "the fraction of rows held out from all that, to judge the model by"),
        ("seed", int, "of the split, the first weights and the order of rows"),
    ):
        default = getattr(defaults, option.replace("-", "_"))
        default = "0.3, less for many rows, 0 without hidden layers" if default is None else default
        train.add_argument(
            f"--{option}", type=kind, metavar="N", help=f"{meaning} (default: {default})"
        )
    train.add_argument("--resume", metavar="MODEL.json", help="go on with a saved model")
    train.add_argument(
        "--page", metavar="OUT.html", help="write a page that replays the training in a browser"
    )


def add_search_options(search: Parser) -> None:
    """Add what ``search`` takes: the table, what to try, and how many trainings at once."""
    from ..nn import ACTIVATIONS
    from ..tables.options import Options

    defaults = Options()
    search.add_argument("table", metavar="TABLE.csv")
    search.add_argument("--target", metavar="COLUMN", help="the column to learn")
    search.add_argument(
        "--hidden", metavar="N,N", nargs="+", type=read_layers,
        help="neurons of the hidden layers, such as 8 16,16 none (default: 16,16)",
    )  # fmt: skip
    search.add_argument(
        "--activation", choices=list(ACTIVATIONS), metavar="NAME", nargs="+",
        help=f"of {', '.join(ACTIVATIONS)} (default: {defaults.activation})",
    )  # fmt: skip
    for option, kind, meaning in (
        ("lr", float, "learning rates"),
        ("batch-size", int, "rows a step"),
        ("weight-decay", float, "how strongly weights are drawn to 0"),
        ("epochs", int, "passes over the table at most"),
        ("patience", int, "stop after so many epochs without a better one"),
        ("validation", float, "the fraction of rows held back to judge by"),
        ("test", float, "the fraction of rows held out from all that"),
    ):
        default = getattr(defaults, option.replace("-", "_"))
        default = "by the number of rows" if default is None else default
        search.add_argument(
            f"--{option}", type=kind, metavar="N", nargs="+", help=f"{meaning} (default: {default})"
        )
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
    search.add_argument(
        "--model", metavar="MODEL.json", help="train as the best did once more, and save that"
    )
    search.add_argument(
        "--ignore", metavar="COLUMN", action="append", help="no input; may be given several times"
    )
    search.add_argument(
        "--classes", action="store_true", help="numbers in the target column are names of classes"
    )
    add_table_options(search, "leave out the rows with an empty cell")


def read_layers(text: str) -> list[int]:
    """Return the sizes of hidden layers that are typed.

    >>> read_layers("16,16"), read_layers("none")
    ([16, 16], [])
    """
    return [] if text == "none" else [int(size) for size in text.split(",")]


def add_table_options(command: Parser, skipping: str) -> None:
    """Add how a table is written, for the commands that read one."""
    command.add_argument("--skip-empty", action="store_true", help=skipping)
    command.add_argument(
        "--missing", metavar="TEXT", action="append",
        help="a cell of this text, such as ?, is empty: implies --skip-empty; "
        "may be given several times",
    )  # fmt: skip
    command.add_argument(
        "--decimal", choices=(".", ","), default=".", metavar="MARK",
        help="the decimal mark, a point (default) or a comma",
    )  # fmt: skip
    command.add_argument(
        "--encoding", metavar="NAME", help="of the table, such as cp1252 (default: utf-8)"
    )


def read_spelling(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with those on how a table is written as one."""
    from ..tables.spelling import Spelling

    missing = tuple(options.pop("missing") or ())
    spelling = Spelling(options.pop("decimal"), missing, options.pop("encoding"))
    return {**options, "spelling": spelling, "skip_empty": options["skip_empty"] or bool(missing)}


def add_export_options(export: Parser) -> None:
    """Add what ``export`` takes: the model, what to write, and how to compare it."""
    from ..export.export import TARGETS_OF_MODELS
    from ..programs.saving import list_endings

    endings = list_endings([*TARGETS_OF_MODELS])
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
        "--rows", metavar="TABLE.csv", help="compare on its rows (default: rows made for it)"
    )
    add_table_options(export, "leave out the rows with an empty cell")


def add_quiz_options(quiz: Parser) -> None:
    """Add what ``quiz`` takes: what to ask, how hard, and how often."""
    from ..exercises import TOPICS
    from ..exercises.topics import LEVELS

    quiz.add_argument(
        "topic", metavar="TOPIC", nargs="?", choices=list(TOPICS),
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
    from ..handouts.handout import QUIZ_FORMATS

    kinds = ", ".join(f"{name} {one.purpose}" for name, one in QUIZ_FORMATS.items())
    quiz.add_argument(
        "--sheet", metavar="N", type=int,
        help="write so many exercises to a file, and ask none (see --format, -o)",
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
        help="an engine's file and class (by itself Value); of several, a table is made",
    )  # fmt: skip
    diagnose.add_argument(
        "--name", metavar="CLASS", default="Value",
        help="the class in files that are given without one (default: %(default)s)",
    )  # fmt: skip
    diagnose.add_argument("-o", "--output", metavar="OUT.html", help="write a report there, too")
    diagnose.add_argument(
        "--json", dest="as_json", action="store_true", help="print JSON, for a grader"
    )


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options of a command line; words may stand before and after an option."""
    parser = build_parser()
    options: argparse.Namespace
    options, rest = parser.parse_known_args(arguments)
    if options.command in ON_GRAPHS and not any(word.startswith("-") for word in rest):
        options.words += rest
    elif rest:
        hint = " (an expression that begins with a minus goes in parentheses)"
        hint *= options.command in ON_GRAPHS
        parser.prog += f" {options.command}"
        parser.error(f"unrecognized arguments: {' '.join(rest)}{hint}")
    return options
