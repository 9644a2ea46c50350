"""What hostile files have begun: found by the mark in its environment."""

from contextlib import suppress
from pathlib import Path


def find_marked(name):
    """Return the processes that have a variable in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{name}=".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found
