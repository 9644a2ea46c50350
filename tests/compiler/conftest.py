"""A C compiler, and a cache folder of the test's own."""

import pytest
from native import use_cache

from micrograd_nn.compiler import kept, native, probing


@pytest.fixture
def with_compiler(monkeypatch, tmp_path):
    """Compile into a folder of the test's own."""
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    use_cache(monkeypatch, tmp_path)
    native.find_compiler.cache_clear()
    probing.checked.clear()
    yield tmp_path / "micrograd_nn"
    kept.find_folder.cache_clear()
    native.find_compiler.cache_clear()
