"""The command ``micrograd-nn``: what runs it, and one clear line for whatever can't be done."""

from __future__ import annotations

import argparse
import codecs
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from ..text import InputError, replace_signs, show_line
from .arguments import ON_GRAPHS, parse_arguments, read_spelling
from .parser import EXIT_BAD_INPUT, tell_error
from .signals import end_on_interrupt

if TYPE_CHECKING:
    from rich.console import Console

EXIT_MISTAKE = 70  # of this program, as BSD's sysexits.h has it
EXIT_INTERRUPTED = 130  # as shells say it of Ctrl-C
LONGEST_MISTAKE = 300  # characters of one, which may show a whole table


def run_demo(console: Console, **options: Any) -> int:
    """Show the tour."""
    from .demo import show_tour

    show_tour(console, **options)
    return 0


def run_train(console: Console, **options: Any) -> int:
    """Train on a table; Ctrl-C has a status of its own."""
    from ..tables import training

    done = training.train(console=console, **read_spelling(options))
    return 0 if done else EXIT_INTERRUPTED


def run_search(console: Console, **options: Any) -> int:
    """Train with each setting of a grid; Ctrl-C has a status of its own."""
    from ..search import command

    done = command.search_table(console=console, **read_spelling(options))
    return 0 if done else EXIT_INTERRUPTED


def run_selfcheck(console: Console) -> int:
    """Check this machine; the status is 1 if anything is off."""
    from ..selfcheck import selfcheck

    return 0 if selfcheck(console) else 1


def run_predict(console: Console, **options: Any) -> int:
    """Predict into a file, or else print the table."""
    from ..tables import prediction

    text = prediction.predict(console=console, **read_spelling(options))
    if options["output"] is None:
        if sys.stdout is None:
            raise InputError("there is no standard output: name a file with -o")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as the tables that are read
        sys.stdout.write(text)
    return 0


def run_export(console: Console, **options: Any) -> int:
    """Write a saved model in another language; the status is 1 where it isn't equal enough."""
    from .exporting import export_model

    return 0 if export_model(console, **read_spelling(options)) else 1


def run_quiz(console: Console, **options: Any) -> int:
    """Ask exercises, and say at the end what was learnt; or write them into files."""
    from . import quiz, sheets

    files = {name: options.pop(name) for name in ("sheet", "format", "output", "students")}
    if options["list"] or all(given is None for given in files.values()):
        quiz.ask_exercises(console, **options)
    else:
        sheets.write_quiz(console, options, **files)
    return 0


def run_diagnosis(console: Console, **options: Any) -> int:
    """Diagnose engines; the status is 1 where faults are found, 2 where one can't be run."""
    from .diagnosing import run_diagnose

    return run_diagnose(console, **options)


def run_on_graph(name: str) -> Callable[..., int]:
    """Return what runs a command on graphs; its status is 1 if what it checks is wrong."""

    def run(console: Console, **options: Any) -> int:
        from . import graph_commands

        return int(getattr(graph_commands, f"run_{name}")(console=console, **options) is False)

    return run


COMMANDS: dict[str, Callable[..., int]] = {
    "demo": run_demo,
    "train": run_train,
    "search": run_search,
    "selfcheck": run_selfcheck,
    "predict": run_predict,
    "export": run_export,
    "quiz": run_quiz,
    "diagnose": run_diagnosis,
    **{name: run_on_graph(name) for name in ON_GRAPHS},
}


# Where most of a command is, which takes a while to load.
MODULES = {
    "demo": ".demo",
    "train": "..tables.training",
    "search": "..search.command",
    "selfcheck": "..selfcheck",
    "predict": "..tables.prediction",
    "export": ".exporting",
    "quiz": ".quiz",
    "diagnose": ".diagnosing",
    **dict.fromkeys(ON_GRAPHS, ".graph_commands"),
}


def run_command(options: argparse.Namespace) -> int:
    """Do what the command line says and return the exit status."""
    from ..ruled import Console

    chosen = vars(options)
    command, quiet = chosen.pop("command"), chosen.pop("quiet")
    # A table that predict prints has standard output to itself; what is said goes to the other.
    to_stdout = command == "predict" and chosen["output"] is None
    console = Console(quiet=quiet, highlight=False, emoji=False, stderr=to_stdout)
    console.on_broken_pipe = raise_again  # type: ignore[method-assign]  # its own exits with 1
    try:
        status = COMMANDS[command](console, **chosen)
        if sys.stdout is not None:
            sys.stdout.flush()  # an error now, not at the exit, when nobody can report it
    except Exception as error:
        if not is_bad_input(error):
            raise
        tell_error(f"micrograd-nn {command}", str(error))
        return EXIT_BAD_INPUT
    return status


def is_bad_input(error: Exception) -> bool:
    """Tell whether an error is about what the user gave, or about what is installed to draw it."""
    from ..draw.layout import LayoutError  # pictures take long to import, and few commands draw

    return isinstance(error, (InputError, LayoutError))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 2 where the input can't be used.

    >>> main(["predict", "missing.json", "table.csv"])
    2
    """
    codecs.register_error("plainly", replace_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainly")  # a pipe may know no true minus sign
    try:
        with end_on_interrupt():
            options = parse_arguments(arguments)
            import_module("..ruled", __package__)  # first: it says what is lacking
            import_module(MODULES[options.command], __package__)
        return run_command(options)
    except KeyboardInterrupt as error:  # which may say what is left of the work
        tell_error("micrograd-nn", f"stopped by Ctrl-C{error}")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        discard_output()
        return 0
    except OSError as error:
        discard_output()
        tell_error("micrograd-nn", f"can't write the output: {error.strerror}")
        return EXIT_BAD_INPUT
    except MemoryError:
        tell_error("micrograd-nn", "out of memory: try fewer rows, columns or neurons")
        return EXIT_BAD_INPUT
    except Exception as error:
        if isinstance(error, ImportError) and error.name == "rich":
            tell_error("micrograd-nn", str(error))
            return EXIT_BAD_INPUT
        if sys.flags.dev_mode:
            raise
        told = show_line(f"{type(error).__name__}: {error}", LONGEST_MISTAKE)
        remedy = "please report it, with what python -X dev -m micrograd_nn prints instead"
        tell_error("micrograd-nn", f"a mistake of this program ({told}): {remedy}")
        return EXIT_MISTAKE


def raise_again() -> NoReturn:
    """Leave the error that is being handled to who knows better."""
    raise


def discard_output() -> None:
    """Let what can't be written any more go nowhere, lest the exit fails on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
