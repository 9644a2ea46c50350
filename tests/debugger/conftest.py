"""A session of the package's pdb in this process, that ends with the test."""

import sys
from bdb import BdbQuit, Breakpoint
from contextlib import suppress
from io import StringIO

import pytest

from micrograd_nn import Value
from micrograd_nn.debugger import Debugger, own_lines
from micrograd_nn.engine import backprop, value


@pytest.fixture
def step_through(monkeypatch):
    """Return what tells what a session says that begins before a call."""
    for owner, name in (
        (Value, "operate"), (Value, "combine"), (backprop, "pass_back"), (value, "record_as"),
        (backprop.Differentiable, "backward"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, vars(owner)[name])
    own_lines.follow()

    def run_session(run, *typed):
        told = StringIO()
        session = Debugger(
            stdin=StringIO("\n".join([*typed, ""])), stdout=told, nosigint=True, readrc=False
        )
        tracing = sys.gettrace()
        try:
            with suppress(BdbQuit):
                session.runcall(run)
        finally:
            Breakpoint.clearBreakpoints()  # which all debuggers share
            sys.settrace(tracing)
        return told.getvalue()

    return run_session
