"""For tests of programs in C: whether there is a compiler, and another cache folder."""

import shutil

import pytest

from micrograd_nn.native import kept

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)


def use_cache(monkeypatch, place):
    """Have programs kept in a place from now on."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    kept.find_folder.cache_clear()
