"""Programs answer by themselves here, but where a test is marked ``by_graph``.

Where a function fails, a program lets the graph answer, and then every number is right, even if the
function always fails. So no test passes in which that happened and gave a number.
"""

import sys

import pytest

from micrograd_nn.extras.compile.compiler.program import Program
from micrograd_nn.extras.compile.compiler.verifying import Verifying


def pytest_configure(config):
    """Make the marker known."""
    config.addinivalue_line("markers", "by_graph: the graph may answer for a program")


def is_comparing():
    """Tell whether a function is just being compared with the graph, which answers nobody then."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code is not Verifying.serves.__code__:
        frame = frame.f_back
    return frame is not None


@pytest.fixture(autouse=True)
def answered_by_graph(request, monkeypatch):
    """Note what the graph answered. No frame of this stands above a program's in a warning."""
    answered = []
    for by_graph in (Program.sum_rows_by_graph, Program.predict_by_graph):
        name = by_graph.__name__

        def answer(program, *given, name=name, by_graph=by_graph):
            found = by_graph(program, *given)
            if not is_comparing():
                answered.append(name)
            return found

        monkeypatch.setattr(Program, name, answer)
    yield
    if not request.node.get_closest_marker("by_graph"):
        assert not answered, f"the graph answered for a program's functions: {answered}"
