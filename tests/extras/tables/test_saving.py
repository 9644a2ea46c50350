"""Model files are written whole or not at all, and where nothing can be written that is told."""

import json
import os
import stat
from pathlib import Path

import pytest
from models import build_model, fail_at, have_same_bits
from tables import read_refusal

from micrograd_nn._ground.files import check_writable, write_file
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables.storage import load_model, save_model

STAGES = ["os.open", "write", "os.fsync", "os.chmod", "os.replace"]


@pytest.mark.parametrize("old", [b"the old content", None])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_or_ctrl_c_at_any_stage_leaves_the_old_file_and_nothing_else(
    path, monkeypatch, error, stage, old
):
    if old is None and stage == "os.chmod":
        old = b""  # a new file has its permissions from the start
    if old is not None:
        path.write_bytes(old)
    fail_at(monkeypatch, stage, error)
    with pytest.raises((InputError, KeyboardInterrupt)) as caught:
        save_model(build_model(), path)
    monkeypatch.undo()
    told = f"can't write {path}: No space left on device"
    assert str(caught.value) == (told if isinstance(error, OSError) else "")
    assert os.listdir(path.parent) == ([] if old is None else ["model.json"])
    if old is not None:
        assert path.read_bytes() == old


def test_the_old_file_is_there_until_the_new_one_is_on_the_disk_in_the_same_folder(
    path, monkeypatch
):
    path.write_bytes(b"the old content")
    seen = []
    replace, fsync = os.replace, os.fsync

    def watched_fsync(handle):
        seen.append(("fsync", path.read_bytes()))
        fsync(handle)

    def watched_replace(source, target):
        new = json.loads(Path(source).read_bytes())
        seen.append(("replace", path.read_bytes(), Path(source).parent, new["format"]))
        replace(source, target)

    monkeypatch.setattr("os.fsync", watched_fsync)
    monkeypatch.setattr("os.replace", watched_replace)
    save_model(build_model(), path)
    assert seen == [
        ("fsync", b"the old content"),
        ("replace", b"the old content", path.parent, "micrograd_nn model"),
    ]
    assert have_same_bits(load_model(path).model, build_model())


def test_bytes_and_texts_are_written_as_they_are(tmp_path):
    write_file(tmp_path / "a", "é\r\n\n")
    write_file(tmp_path / "b", b"\x00\xff")
    assert (tmp_path / "a").read_bytes() == "é\r\n\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"


posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755, 0o400])
def test_an_old_files_permissions_are_kept(path, mode):
    path.write_text("old")
    path.chmod(mode)
    save_model(build_model(), path)
    assert mode_of(path) == mode
    assert load_model(path)


@posix
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_files_permissions_follow_the_umask(path, mask, mode):
    before = os.umask(mask)
    try:
        save_model(build_model(), path)
        assert os.umask(mask) == mask, "which itself is left as it was"
    finally:
        os.umask(before)
    assert mode_of(path) == mode


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path, there):
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "model.json", tmp_path / "link.json"
    if there:
        target.write_text("old")
    link.symlink_to(target)
    save_model(build_model(), link)
    assert link.is_symlink()
    assert not target.is_symlink()
    assert have_same_bits(load_model(target).model, build_model())
    assert os.listdir(tmp_path / "real") == ["model.json"]
    assert sorted(os.listdir(tmp_path)) == ["link.json", "real"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_device_is_written_to_and_not_replaced():
    write_file("/dev/null", "gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert read_refusal(write_file, "/dev/full", "x").startswith("can't write /dev/full: ")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


# Places where nothing can be written


@pytest.mark.parametrize("write", [lambda path: save_model(build_model(), path), check_writable])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, write):
    missing, folder, file = tmp_path / "no" / "m.json", tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    file.write_text("a file")
    assert read_refusal(write, missing) == f"can't write {missing}: there is no such folder"
    assert read_refusal(write, folder) == f"can't write {folder}: it is a folder"
    assert read_refusal(write, file / "m.json").endswith("there is no such folder")
    for path in ("x" * 300 + "/m.json", "a\0b", "no\nsuch\nfolder/m.json"):
        assert "can't write" in read_refusal(write, f"{tmp_path}/{path}")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert os.listdir(folder) == []


@pytest.mark.parametrize(
    ("write", "function"),
    [
        (lambda path: save_model(build_model(), path), "os.open"),
        (check_writable, "tempfile.TemporaryFile"),
    ],
)
def test_a_folder_that_may_not_be_written_is_told(path, monkeypatch, write, function):
    fail_at(monkeypatch, function, PermissionError(13, "Permission denied"))
    assert read_refusal(write, path) == f"can't write {path}: permission denied"


def test_checking_that_a_file_can_be_written_changes_nothing(path):
    check_writable(path)
    assert os.listdir(path.parent) == []
    path.write_text("old")
    check_writable(path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["model.json"]
