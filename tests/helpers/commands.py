"""Commands that run in the process of their test."""

from micrograd_nn.terminal.cli import main

SCRIPT = """
from micrograd_nn import Value, tanh
from micrograd_nn.nn import MLP

if __name__ == "__main__":
    raise SystemExit("not to be run")
a, b = Value(2.0), Value(-3.0)
weights = [Value(1.0), Value(0.5)]
_hidden = a * b
loss = tanh(_hidden * weights[0] + weights[1])
alias = loss
number = 3
"""


def run_command(words):
    """Return the status of a command, also where the parser ends it."""
    try:
        return main(words)
    except SystemExit as end:
        return end.code


def said(capsys, *arguments, status=0):
    """Return what the command prints, to both streams together."""
    assert main(list(arguments)) == status
    out, err = capsys.readouterr()
    assert bool(err) is (status == 2)
    return out + err
