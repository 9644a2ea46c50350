"""What the tests of tables share: the fixture ``path``."""

import pytest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"
