"""The linear model that a table's network is compared with, in tests: it takes few steps.

It takes a thousand, since its figure is to be that of its best, and most of a small training's
time. A test that is about it asks for the fixture ``whole_rival``.
"""

import pytest

from micrograd_nn.extras.tables import options


@pytest.fixture
def brief_rival(request, monkeypatch):
    """Have the linear model take few steps where it isn't what a test is about."""
    if "whole_rival" not in request.fixturenames:
        monkeypatch.setattr(options, "LINEAR_STEPS", 30)


@pytest.fixture
def whole_rival():
    """Let the linear model take all its steps."""
