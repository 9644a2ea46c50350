"""The folder of compiled programs: private, whatever others may do, and bounded."""

import os
import subprocess
import sys

import pytest
from native import use_cache

from micrograd_nn.extras.compile.native import kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders there are each user's own")


@pytest.fixture(autouse=True)
def new_folder():
    kept.find_folder.cache_clear()
    yield
    kept.find_folder.cache_clear()


def test_it_is_in_the_users_cache(monkeypatch, tmp_path):
    use_cache(monkeypatch, tmp_path / "cache")
    assert kept.find_folder() == tmp_path / "cache" / "micrograd_nn"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert kept.find_cache() == tmp_path / ".cache"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # is to be ignored
    assert kept.find_cache() == tmp_path / ".cache"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kept.find_cache() == tmp_path / "Library" / "Caches"


def open_to_all(folder):
    folder.mkdir()
    folder.chmod(0o777)


def link(folder):
    (folder.parent / "other").mkdir()
    folder.symlink_to(folder.parent / "other")


def file(folder):
    folder.write_text("a file")


@pytest.mark.parametrize("spoil", [open_to_all, link, file])
def test_a_folder_that_others_may_write_to_is_not_used(spoil, monkeypatch, tmp_path):
    spoil(tmp_path / "micrograd_nn")
    use_cache(monkeypatch, tmp_path)
    check_temporary(tmp_path)


def test_a_folder_that_others_may_put_another_one_in_place_of_is_not_used(monkeypatch, tmp_path):
    open_to_all(tmp_path / "cache")
    use_cache(monkeypatch, tmp_path / "cache")
    check_temporary(tmp_path)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may give away")
def test_a_folder_of_another_user_is_not_used(monkeypatch, tmp_path):
    (tmp_path / "micrograd_nn").mkdir()
    os.chown(tmp_path / "micrograd_nn", 12345, 12345)
    use_cache(monkeypatch, tmp_path)
    check_temporary(tmp_path)


def test_a_folder_that_can_not_be_written_to_is_not_used(monkeypatch, tmp_path):
    use_cache(monkeypatch, tmp_path)
    monkeypatch.setattr(kept.os, "access", lambda folder, mode: not mode & os.W_OK)
    check_temporary(tmp_path)


def test_without_a_home_it_is_a_temporary_one(monkeypatch, tmp_path):
    def no_home():
        raise RuntimeError("could not determine home directory")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(kept.Path, "home", no_home)
    check_temporary(tmp_path)


def check_temporary(tmp_path):
    folder = kept.find_folder()
    assert tmp_path not in folder.parents
    assert folder.name.startswith("micrograd_nn-")
    assert kept.is_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_temporary_folder_goes_with_its_process_but_not_with_a_fork(tmp_path):
    code = """
import os, sys
from micrograd_nn.extras.compile.native.kept import find_folder
folder = find_folder()
if (child := os.fork()) == 0:
    sys.exit()
os.waitpid(child, 0)
print(folder, folder.exists())
"""
    env = os.environ | {"XDG_CACHE_HOME": "/dev/null/none", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    folder, exists = done.stdout.split()
    assert str(tmp_path) in folder
    assert exists == "True"
    assert list(tmp_path.iterdir()) == []


def test_what_was_used_last_is_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "MOST_KEPT", 3)
    for i in range(5):
        (tmp_path / f"{i}.so").write_bytes(b"1234")
        os.utime(tmp_path / f"{i}.so", (i, i))
    kept.drop_oldest(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.so", "3.so", "4.so"]
    monkeypatch.setattr(kept, "MOST_BYTES", 9)
    kept.drop_oldest(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3.so", "4.so"]
