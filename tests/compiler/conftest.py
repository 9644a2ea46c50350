"""A C compiler, and a cache folder of the test's own."""

import pytest
from native import use_cache

from micrograd_nn.native import building
from micrograd_nn.native import kept, probing


@pytest.fixture
def with_compiler(monkeypatch, tmp_path):
    """Compile into a folder of the test's own."""
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    use_cache(monkeypatch, tmp_path)
    building.find_compiler.cache_clear()
    probing.checked.clear()
    yield tmp_path / "micrograd_nn"
    kept.find_folder.cache_clear()
    building.find_compiler.cache_clear()
