"""Files that are read as text, and written whole or not at all; what prevents it, in a line."""

from __future__ import annotations

import contextlib
import html
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from .text import InputError, show_path

LARGEST_FILE = 100_000_000  # bytes of a table or model: Python needs some twenty times as much

PLAINLY: dict[type, str] = {  # what the system refuses
    **dict.fromkeys((FileNotFoundError, NotADirectoryError), "there is no such {}"),
    IsADirectoryError: "it is a folder",
    FileExistsError: "it is a file",
    PermissionError: "permission denied",
}


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return what a file or a pipe holds; what prevents it is an InputError."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: no file system takes such a path
        raise InputError(f"{show_path(path)}: {explain_error(error)}") from None
    if len(data) > LARGEST_FILE:
        raise InputError(
            f"{show_path(path)} is larger than {LARGEST_FILE // 10**6} MB: take a part"
        )
    return data


def read_file(path: str | os.PathLike[str]) -> str:
    """Return a UTF-8 file's text; what prevents it is an InputError."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{show_path(path)} is not UTF-8 text (byte {error.start})") from None


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file whole or not at all: beside its place first, then renamed into it.

    What prevents it is an InputError, and leaves an old file as it was.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = None
    try:
        if is_device(path):
            Path(path).write_bytes(data)  # a pipe, say, can't be renamed into
            return
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise IsADirectoryError
        temporary = target.with_name(f".{target.name[:50]}.{secrets.token_hex(8)}")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            os.chmod(temporary, target.stat().st_mode & 0o777)
        os.replace(temporary, target)
        temporary = None
    except (OSError, ValueError) as error:
        why = explain_error(error, missing="folder")
        raise InputError(f"can't write {show_path(path)}: {why}") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


@contextlib.contextmanager
def hold_lock(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let one at a time, of all processes and threads, read a file and write it again.

    The lock is the system's, which takes it from a process that is killed. It is on an empty file
    beside the other. That one stays: if it were removed, two could have a lock of its name.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name[:50]}.lock")
    try:
        file = os.open(beside, os.O_RDWR | os.O_CREAT, 0o666)
    except (OSError, ValueError) as error:
        why = f"{show_path(beside)}: {explain_error(error, missing='folder')}"
        raise InputError(f"can't lock {show_path(path)}: {why}") from None
    try:
        try:
            set_lock(file, True)
        except OSError as error:  # of a network's disk, say
            why = f"{explain_error(error)}: name a file on another disk"
            raise InputError(f"can't lock {show_path(path)}: {why}") from None
        try:
            yield
        finally:
            set_lock(file, False)  # also if a fork has it open
    finally:
        os.close(file)


def set_lock(file: int, is_wanted: bool) -> None:
    """Lock an open file as soon as nobody else has it locked, or let go of it."""
    if sys.platform == "win32":
        import msvcrt

        # It waits for ten seconds, and who has it locked writes a small file meanwhile.
        msvcrt.locking(file, msvcrt.LK_LOCK if is_wanted else msvcrt.LK_UNLCK, 1)
    else:
        with contextlib.suppress(ImportError):  # of a browser's Python, which is alone
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX if is_wanted else fcntl.LOCK_UN)


def is_device(path: str | os.PathLike[str]) -> bool:
    """Tell whether this is a pipe, a terminal or another thing that is neither file nor folder."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise an InputError now if ``write_file`` would later, when there is more to lose."""
    try:
        if is_device(path):
            return
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise IsADirectoryError
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except (OSError, ValueError) as error:
        raise InputError(
            f"can't write {show_path(path)}: {explain_error(error, missing='folder')}"
        ) from None


def check_output(path: str, *sources: str) -> None:
    """Refuse now to write where it's impossible, or over one of the files that are read."""
    check_writable(path)
    there = [source for source in sources if os.path.exists(source) and os.path.exists(path)]
    if any(os.path.samefile(path, source) for source in there):
        raise InputError(f"{show_path(path)} would overwrite what is read: name another file")


def explain_error(error: Exception, missing: str = "file") -> str:
    """Say in plain words what the system refused."""
    told = PLAINLY.get(type(error)) or getattr(error, "strerror", None) or str(error)
    return told.format(missing) if type(error) in PLAINLY else told


class Written:
    """A file that was written, as a prompt and a notebook tell of it; also its path."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"wrote {show_path(self.path)}"

    def _repr_html_(self) -> str:
        name = html.escape(show_path(self.path))
        if os.path.isabs(self.path):  # which a notebook's page can't lead to
            return f"wrote {name}"
        return f'wrote <a href="{quote(Path(self.path).as_posix())}" target="_blank">{name}</a>'


def read_web(room: str, name: str) -> str:
    """Return the text of a file in the folder ``web/`` of a room, a package."""
    from importlib.resources import files  # which the engine does without

    return (files(room) / "web" / name).read_text(encoding="utf-8")
