"""A parser of command lines whose errors are plain, and how any error is reported at a terminal."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from .._ground.text import quote_text, show_line

EXIT_BAD_INPUT = 2
Settings = Mapping[str, Mapping[str, Any]]  # by how each is written: what argparse is told of it

LONGEST_LINE = 1_000  # of what is said to be wrong: a name may have any length
PLAINLY = (  # what Python's parser says, and how it is said here
    (r"^argument COMMAND: ", ""),
    (r"^the following arguments are required: (.*, .*)", r"\1 are missing"),
    (r"^the following arguments are required: (.*)", r"\1 is missing"),
    (r"^argument (\S+): invalid int value: ", r"\1 takes a whole number, not "),
    (r"^argument (\S+): invalid float value: ", r"\1 takes a number, not "),
    (
        r"^argument (\S+): invalid read_layers value: ",
        r"\1 takes sizes such as 16,16, or none, not ",
    ),
    (r"^argument (\S+): expected (one|at least one) argument", r"\1 needs something after it"),
    (r"^argument (\S+): ignored explicit argument ", r"\1 takes nothing, not "),
    (r"^argument (\S+): ", r"\1: "),
)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and which tells only what is given.

    What isn't given has no place among the options: the function that takes them has its own
    default. ``fill`` adds arguments once there is a line to parse: of many commands, those of one.
    ``meant`` has the choice that is meant by another word.
    """

    def __init__(
        self,
        *,
        fill: Callable[[Parser], object] | None = None,
        meant: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(argument_default=argparse.SUPPRESS, **settings)
        self.fill, self.meant = fill, meant or {}
        self.rare: list[tuple[argparse.Action, str]] = []

    def add_options(self, options: Settings, rare: Collection[str] = ()) -> None:
        """Add options; ``--help`` leaves the ``rare`` ones to ``--help-all``, and so fits a screen.

        >>> parser = Parser(prog="draw")
        >>> parser.add_options({"-o --output": {"metavar": "OUT.svg"}, "--title": {}})
        >>> parser.parse_args(["-o", "a.svg"])
        Namespace(output='a.svg')
        """
        for written, settings in options.items():
            if written in rare and not self.rare:
                told = "show all options, and exit"
                self.add_argument("--help-all", action=HelpAll, dest="help", nargs=0, help=told)
            action = self.add_argument(*written.split(), **settings)
            if written in rare:
                self.rare.append((action, settings["help"]))
                action.help = argparse.SUPPRESS

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Return what the arguments say, and those that are left."""
        fill, self.fill = self.fill, None
        if fill:
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print the message and where to read more, and exit with status 2."""
        for theirs, ours in PLAINLY:
            message = re.sub(theirs, ours, message)
        tell_error(self.prog, f"{message} (see {self.prog} --help)")
        self.exit(EXIT_BAD_INPUT)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what isn't a choice, and say which may be meant."""
        choices = [str(choice) for choice in action.choices or [value]]
        if str(value) not in choices:
            spelled = {**self.meant, **{choice.lower(): choice for choice in reversed(choices)}}
            close = get_close_matches(str(value)[:LONGEST_LINE].lower(), spelled, n=1)
            which = (
                f"did you mean {spelled[close[0]]}?" if close else f"there are {', '.join(choices)}"
            )
            raise argparse.ArgumentError(action, f"{quote_text(value)} is not known: {which}")


class HelpAll(argparse.Action):
    """Print the help with the rare options, and exit."""

    def __call__(self, parser: Any, *_: Any, **more: Any) -> None:
        """Do so, as soon as it is read."""
        for action, meaning in parser.rare:
            action.help = meaning
        parser.print_help()
        parser.exit()


def tell_error(prog: str, message: str) -> None:
    """Print what is wrong: a line, or some that show where, of text that can be read."""
    for line in f"{prog}: {message}".split("\n"):
        print(show_line(line, LONGEST_LINE), file=sys.stderr)
