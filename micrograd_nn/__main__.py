"""``python -m micrograd_nn`` is the command ``micrograd-nn``: at any time, Ctrl-C ends it."""

import signal
import sys


def run_program() -> int:
    """Run the command, as a program of its own, and return its exit status."""
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeded:  # else the program runs in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # there is nothing to lose yet
    from .terminal.cli import main
    from .terminal.signals import ENDING, end_program, handle_signals, repeat_interrupt

    sys.unraisablehook = repeat_interrupt
    with handle_signals(ENDING, end_program):
        if heeded:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status = main()
    if heeded:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nor is there any more
    return status


if __name__ == "__main__":
    sys.exit(run_program())
