"""The folder in which compiled programs are kept: this user's own, in which nobody else may write.

A program's name there ends with a hash of its bytes: one that is cut short or changed would kill
Python when it is loaded, or run wrong.
Each compiler works in a folder within it, which goes when it is done; what a killed process left
behind goes some time later.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

MOST_KEPT = 300  # compiled programs
MOST_BYTES = 500_000_000  # of them
STALE = 3600  # seconds after which no compiler is at work any more


@cache
def find_folder() -> Path:
    """Return a folder that nobody else may write to: the user's cache, or else a temporary one."""
    try:
        folder = find_cache() / "micrograd_nn"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_mine = is_private(folder) and is_safe(folder.parent)
        if is_mine and os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return folder
    except (OSError, RuntimeError):  # a home that can't be written to, or no home
        pass
    folder = Path(tempfile.mkdtemp(prefix="micrograd_nn-"))
    atexit.register(remove_temporary, folder, os.getpid())
    return folder


def find_cache() -> Path:
    """Return where this user's programs keep what can be made again."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def is_private(path: Path) -> bool:
    """Tell whether a file or folder is this user's own, no link, and not for others to write to."""
    if sys.platform == "win32":  # where each user's folders are their own
        return True
    status = path.lstat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022 and not path.is_symlink()


def is_safe(folder: Path) -> bool:
    """Tell whether nobody else may put another folder in the place of what is in this one."""
    if sys.platform == "win32":
        return True
    for place in (folder.resolve(), *folder.resolve().parents):
        status = place.stat()
        is_open = status.st_mode & 0o002 and not status.st_mode & 0o1000  # and not sticky
        if is_open or status.st_uid not in (0, os.getuid()):
            return False
    return True


def remove_temporary(folder: Path, owner: int) -> None:
    """Remove a temporary folder, unless this is a fork of the process whose it is."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def begin_place(folder: Path) -> Path:
    """Return a new folder for one compiler to work in; those of long ago are removed."""
    for old in folder.glob("building-*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > STALE:
                remove_place(old)
    return Path(tempfile.mkdtemp(prefix="building-", dir=folder))


def remove_place(place: Path) -> None:
    """Remove a compiler's folder, and what it may still write there while it ends."""
    shutil.rmtree(place, ignore_errors=True)


def find_kept(folder: Path, name: str) -> list[Path]:
    """Return the compiled programs that are kept under a name: there may be a damaged one."""
    return sorted(folder.glob(f"{name}-*.so"))


def name_whole(name: str, content: bytes) -> str:
    """Return the name of a file that holds these bytes and no others."""
    return f"{name}-{hashlib.sha256(content).hexdigest()[:40]}.so"


def is_whole(path: Path) -> bool:
    """Tell whether a file has the bytes that it was kept with."""
    name, _, _ = path.name.partition("-")
    return path.name == name_whole(name, path.read_bytes())


def keep_program(made: Path, folder: Path, name: str) -> Path:
    """Give a whole file, which is on the disk by then, the name that others look for."""
    with open(made, "rb+") as file:
        path = folder / name_whole(name, file.read())
        os.fsync(file.fileno())
    os.chmod(made, 0o700)
    os.replace(made, path)
    for other in find_kept(folder, name):
        with suppress(OSError):
            if not is_whole(other):  # as the one may be that was of no use
                other.unlink()
    drop_oldest(folder)
    return path


def drop_oldest(folder: Path) -> None:
    """Keep only the compiled programs used last: a number of them, and of bytes."""
    kept = []
    for path in folder.glob("*.so"):
        with suppress(OSError):  # another process dropped it
            status = path.stat()
            kept.append((status.st_mtime, status.st_size, path))
    size = 0
    for place, (_, bytes_, path) in enumerate(sorted(kept, reverse=True)):
        size += bytes_
        if place >= MOST_KEPT or size > MOST_BYTES:
            with suppress(OSError):
                path.unlink()
