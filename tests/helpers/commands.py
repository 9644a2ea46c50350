"""Commands that run in the process of their test."""

from micrograd_nn.terminal.cli import main


def run_command(words):
    """Return the status of a command, also where the parser ends it."""
    try:
        return main(words)
    except SystemExit as end:
        return end.code
