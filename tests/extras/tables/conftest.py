"""What the tests of tables share: the fixture ``path``, and linear models of few steps."""

import pytest


@pytest.fixture(autouse=True)
def trained_soon(brief_rival):
    """Train in a part of the time."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"
