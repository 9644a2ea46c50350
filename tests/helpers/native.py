"""Programs in C, in tests: where they are compiled to, and at once."""

import pytest

from micrograd_nn.extras.compile.native import building, choice, kept, probing


def use_cache(monkeypatch, place):
    """Have programs kept in a place from now on."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    kept.find_folder.cache_clear()


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


@pytest.fixture(scope="session")
def common_cache(tmp_path_factory):
    """Return a folder for the programs that all tests compile."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def in_c(monkeypatch, common_cache):
    """Compile each program in C when it is first wanted, whether it pays or not, and wait."""
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    use_cache(monkeypatch, common_cache)
    building.find_compiler.cache_clear()
    monkeypatch.setattr(choice, "WORTH_BUILDING", 0)
    monkeypatch.setattr(choice, "WORTH_STARTING", 0)
    monkeypatch.setattr(choice, "FEWEST_NODES", 0)
    monkeypatch.setattr(building.Building, "is_done", lambda building: True)  # then load waits
    yield
    kept.find_folder.cache_clear()
    building.find_compiler.cache_clear()
