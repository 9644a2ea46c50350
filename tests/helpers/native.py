"""For tests of programs in C: whether there is a compiler, and a cache folder of the test's own."""

import shutil

import pytest

from micrograd_nn.compiler import kept, native, probing

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)


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


def use_cache(monkeypatch, place):
    """Have programs kept in a place from now on."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    kept.find_folder.cache_clear()
