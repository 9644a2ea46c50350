"""The command ``micrograd-nn``: what runs it, and one clear line for whatever can't be done."""

from __future__ import annotations

import argparse
import codecs
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .._ground.extras import load
from .._ground.text import InputError, replace_signs, show_line
from .arguments import EXIT_INTERRUPTED, list_commands, parse_arguments
from .parser import EXIT_BAD_INPUT, tell_error
from .signals import end_on_interrupt

EXIT_MISTAKE = 70  # of this program, as BSD's sysexits.h has it
LONGEST_MISTAKE = 300  # characters of one, which may show a whole table


def run_command(options: argparse.Namespace) -> int:
    """Do what the command line says and return the exit status."""
    from .._ground.ruled import Console

    chosen = vars(options)
    name, quiet = chosen.pop("command"), chosen.pop("quiet", False)
    command = list_commands()[name]
    # A table that is printed has standard output to itself; what is said goes to the other.
    to_stdout = command.prints and chosen.get("output") is None
    console = Console(quiet=quiet, highlight=False, emoji=False, stderr=to_stdout)
    console.on_broken_pipe = raise_again  # type: ignore[method-assign]  # its own exits with 1
    try:
        if command.reads:
            chosen = load(command.reads)(chosen)
        found = command.find()(console=console, **chosen)
        if to_stdout:
            print_table(found)
        if sys.stdout is not None:
            sys.stdout.flush()  # an error now, not at the exit, when nobody can report it
    except InputError as error:
        tell_error(f"micrograd-nn {name}", str(error))
        return EXIT_BAD_INPUT
    if found is False:
        return command.refused
    return found if type(found) is int else 0


def print_table(text: str) -> None:
    """Print a table, and nothing but it."""
    if sys.stdout is None:
        raise InputError("there is no standard output: name a file with -o")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as the tables that are read
    sys.stdout.write(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 2 where the input can't be used."""
    codecs.register_error("plainly", replace_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainly")  # a pipe may know no true minus sign
    try:
        with end_on_interrupt():
            options = parse_arguments(arguments)
            list_commands()[options.command].find()
        return run_command(options)
    except InputError as error:  # of an extra
        tell_error("micrograd-nn", str(error))
        return EXIT_BAD_INPUT
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
        if sys.flags.dev_mode:
            raise
        told = show_line(f"{type(error).__name__}: {error}", LONGEST_MISTAKE)
        remedy = "please report it, with what python -X dev -m micrograd_nn prints instead"
        tell_error("micrograd-nn", f"internal error ({told}): {remedy}")
        return EXIT_MISTAKE


def raise_again() -> NoReturn:
    """Leave the error that is being handled to who knows better."""
    raise


def discard_output() -> None:
    """Let what can't be written any more go nowhere, lest the exit fails on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
