"""What the command ``micrograd-nn`` takes: its commands and their options, as they were given.

Modules that take a while to load are loaded where a command needs them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from .. import __version__
from .._ground.extras import collect, load
from .parser import Parser, Settings

EXPRESSION = (
    "EXPR is an expression in quotes, such as 'tanh(w*x + b)', followed by a number for each name, "
    "as in w=2 x=-1 b=0.5; one that begins with a minus goes in parentheses."
)
SUBJECT = (
    f"{EXPRESSION} FILE.py:NAME is a Value that a script builds; the script is run. FILE.py alone "
    "is its latest backward pass."
)


WRT: Settings = {
    "--wrt": {"metavar": "NAME", "required": True, "help": "variable to differentiate by"},
}  # fmt: skip
PAGE: Settings = {
    "-o --output": {"metavar": "OUT.html", "required": True, "help": "write it there"},
    "--title": {"metavar": "TEXT", "help": "the page's heading"},
    "--notes": {"metavar": "TEXT", "help": "what stands above the graph"},
    "--quiz": {"action": "store_true", "help": "ask for each step back before it is shown"},
}
EDITORS = {
    "vscode": "write .vscode/ here, so that F5 steps back through the file that is open, "
    "and say how to open FILE.py",
    "nvim": "print what Neovim's init.lua needs for the same",
    "emacs": "print what Emacs's init.el needs",
    "vim": "write .vimspector.json for Vim",
}


def add_picture_options(graph: Parser) -> None:
    """Add what ``graph`` takes: where to draw, and how."""
    from ..draw.drawing import ENDINGS

    graph.add_options({
        "-o --output": {
            "metavar": "OUT.svg", "help": f"draw it there; the ending: {', '.join(ENDINGS)}",
        },
        "--direction": {
            "choices": ("LR", "TB", "RL", "BT"),
            "help": "left to right (default), top to bottom, right to left, bottom to top",
        },
        "--collapse": {
            "metavar": "WHAT",
            "help": "a box a layer, a neuron or, with FILE.py:FUNCTION, a call of that name; "
            "none: each node (default: by its size)",
        },
        "--paths-from": {"metavar": "NAME", "help": "mark the paths from there to the root"},
        "--fold": {
            "choices": ("auto", "yes", "no"),
            "help": "draw once what is repeated, with how often (default: by the graph's size)",
        },
        "--around": {"metavar": "NAME", "help": "the part around a node alone"},
        "--radius": {
            "metavar": "N", "type": int, "help": "edges from there that are drawn (default: 3)",
        },
        "--animate": {
            "action": "store_true", "help": "an SVG that plays the steps of both passes",
        },
    }, rare=("--fold", "--radius", "--animate"))  # fmt: skip


def add_editors(dap: Parser) -> None:
    """Add what ``dap`` takes: the editor that is set up."""
    editor = dap.add_mutually_exclusive_group(required=True)
    for name, does in EDITORS.items():
        editor.add_argument(f"--{name}", dest="editor", action="store_const", const=name, help=does)


def add_selfcheck_options(selfcheck: Parser) -> None:
    """Add what ``selfcheck`` may do instead, if extras say what."""
    for name, one in collect("selfchecks").items():
        selfcheck.add_argument(
            f"--{name}", dest="instead", action="store_const", const=name, help=one["help"]
        )


class Command(NamedTuple):
    """A command: what it is for, the function that does it, and what it takes.

    ``does`` is an address in the package; of a command that an extra adds, all addresses are within
    ``extras/``. What it takes are options, or a function that adds them to its parser.
    """

    purpose: str
    does: str
    takes: Settings | Callable[[Parser], object] | str = ""
    about: str = ""
    elsewhere: str = ""  # what it is called in Python, or in other programs
    words: Sequence[str] = ()  # the first word that it takes, and what more
    refused: int = 1  # the exit status where the function returns False
    reads: str = ""  # what makes of options those that the function takes
    prints: bool = False  # what it returns, without -o, and nothing else to standard output
    hint: str = ""  # how to write what could be meant by words that are left
    is_extra: bool = False

    def find(self) -> Any:
        """Return the function, whose module may take long to load."""
        if self.is_extra:
            return load(self.does)
        module, _, name = self.does.partition(":")
        return getattr(import_module(f"..{module}", __package__), name)

    def fill(self, parser: Parser) -> None:
        """Add what it takes to its parser."""
        takes = load(self.takes) if isinstance(self.takes, str) else self.takes
        if callable(takes):
            takes(parser)
        else:
            parser.add_options(takes)


EXIT_INTERRUPTED = 130  # as shells say it of Ctrl-C
ON_GRAPH = "EXPR", "or FILE.py:NAME"
CORE = {
    "step": Command(
        "step through a backward pass by keys, or print it where there are none",
        "terminal.graph_commands:run_step", about=SUBJECT, words=ON_GRAPH,
        elsewhere="steps debug stepper",
    ),
    "graph": Command(
        "draw a graph, or print it as a tree",
        "terminal.graph_commands:run_graph", add_picture_options, SUBJECT, words=ON_GRAPH,
        elsewhere="draw draw_dot tree picture plot show",
    ),
    "explain": Command(
        "explain where a gradient comes from",
        "terminal.graph_commands:run_explain", WRT, SUBJECT, words=ON_GRAPH,
        elsewhere="why grad gradient",
    ),
    "page": Command(
        "write a page to step through backpropagation and move the inputs",
        "terminal.graph_commands:run_page", PAGE, SUBJECT, words=ON_GRAPH,
        elsewhere="widget html",
    ),
    "dap": Command(
        "set up an editor to step forward and back through scripts: VS Code, Neovim, …",
        "terminal.graph_commands:run_dap", add_editors, "FILE.py is a script to open there.",
        words=("FILE.py", "which needn't be given,"), elsewhere="serve debugger",
    ),
    "check": Command(
        "compare each leaf's gradient with finite differences",
        "terminal.graph_commands:run_check", about=SUBJECT, words=ON_GRAPH,
        elsewhere="gradcheck",
    ),
    "selfcheck": Command(
        "check every derivative on this machine",
        "checks.selfcheck:selfcheck", add_selfcheck_options, elsewhere="test",
    ),
}  # fmt: skip


@cache
def list_commands() -> dict[str, Command]:
    """Return the core's commands, and those that extras add, by their names."""
    return {
        **CORE,
        **{name: Command(**one, is_extra=True) for name, one in collect("commands").items()},
    }


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    known = list_commands()
    parser = Parser(
        prog="micrograd-nn",
        description="A scalar autograd engine to step through, draw, trust and train with.",
        meant={word: name for name, one in known.items() for word in one.elsewhere.split()},
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    common = Parser(add_help=False)
    common.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in known.items():
        one = commands.add_parser(
            name, parents=[common], fill=command.fill if command.takes else None,
            help=command.purpose, description=command.about or None,
        )  # fmt: skip
        if command.words:
            first, more = command.words
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
    command = list_commands()[options.command]
    if command.words and are_words:
        options.words = [*options.words, *rest]
    elif rest:
        minus = " (an expression that begins with a minus goes in parentheses)"
        hint = command.hint if are_words else minus * bool(command.words)
        parser.prog += f" {options.command}"
        parser.error(f"unrecognized arguments: {' '.join(rest)}{hint}")
    return options
