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
from .graph_options import (
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
SUBJECT = (
    f"{EXPRESSION} FILE.py:NAME is a Value that a script builds; the script is run. FILE.py alone "
    "is its latest backward pass."
)


def add_selfcheck_options(selfcheck: Parser) -> None:
    """Add what ``selfcheck`` may do instead, if extras say what."""
    for name, one in collect("selfchecks").items():
        selfcheck.add_argument(
            f"--{name}", dest="instead", action="store_const", const=name, help=one["help"]
        )


class Command(NamedTuple):
    """A command: what it is for, the function that does it, and what it takes.

    ``does`` is an address in the package; of a command that an extra adds, all addresses are within
    ``extras/``.
    """

    purpose: str
    does: str
    takes: Callable[[Parser], object] | str = ""
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
        takes(parser)


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
        "terminal.graph_commands:run_explain", add_wrt, SUBJECT, words=ON_GRAPH,
        elsewhere="why grad gradient",
    ),
    "page": Command(
        "write a page to step through backpropagation and move the inputs",
        "terminal.graph_commands:run_page", add_page_options, SUBJECT, words=ON_GRAPH,
        elsewhere="widget html",
    ),
    "dap": Command(
        "let an editor step forward and back through it: VS Code, Neovim, …",
        "terminal.graph_commands:run_dap", add_server_options, SUBJECT, words=ON_GRAPH,
        elsewhere="serve debugger",
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
