"""The fixture ``in_c``: whatever can run in C does so at once, whether it pays or not."""

import shutil

import pytest

from micrograd_nn.native import building
from micrograd_nn.native import choice

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory):
    """Return a folder for the programs that all tests compile."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def in_c(monkeypatch, cache_folder):
    """Compile each program in C when it is first wanted, and wait for it."""
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))
    monkeypatch.setattr(choice, "WORTH_BUILDING", 0)
    monkeypatch.setattr(choice, "FEWEST_LINES", 0)
    monkeypatch.setattr(building.Building, "is_done", lambda building: True)  # then load waits
    for found in (building.find_folder, building.find_compiler):
        found.cache_clear()
    yield
    for found in (building.find_folder, building.find_compiler):
        found.cache_clear()
