"""What an engine takes of the machine while it runs; too much ends it.

The system limits each process, but neither all those that one begins, nor files in memory, nor
anything of an administrator's. Only Linux tells of these.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PROCESSES = Path("/proc")  # where Linux tells of them
MEMORY = Path("/proc/meminfo")
MOST_STARTED = 200  # processes and threads: the system counts those of other programs with them
MOST_MEMORY = 4 << 30  # bytes of them together
LEAST_FREE = 0.5  # of the memory that was free when it began
PAUSE_SECONDS = 0.1
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Usage(threading.Thread):
    """Looks at a process and all that it began, and calls ``end`` when they take too much."""

    def __init__(self, root: int, end: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.root, self.end = root, end
        self.excess = ""  # what it took too much of
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look, until it is over."""
        least = LEAST_FREE * (read_free_memory() or 0)
        while not self.is_over.wait(PAUSE_SECONDS):
            free = read_free_memory()
            tasks, memory = measure_below(self.root)
            if free is not None and free < least:
                self.excess = "more than half of the memory that was free was taken while it ran"
            elif memory > MOST_MEMORY:
                self.excess = f"what it began took more than {MOST_MEMORY >> 20:,} MB of memory"
            elif tasks > MOST_STARTED:
                self.excess = f"it began more than {MOST_STARTED} processes and threads"
            if self.excess:
                self.end()
                return


def read_free_memory() -> int | None:
    """Return how much memory a program can have, in kilobytes, None where nothing tells."""
    with suppress(OSError, ValueError, IndexError):
        for line in MEMORY.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1])
    return None


def measure_below(root: int) -> tuple[int, int]:
    """Return how many processes and threads are below a process, and the bytes they have."""
    begun: dict[int, list[tuple[int, int, int]]] = {}
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):  # it has just ended
            words = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            begun.setdefault(int(words[1]), []).append(
                (int(folder.name), int(words[17]), int(words[21]))
            )
    found, tasks, pages = [root], 0, 0
    for process in found:
        for child, threads, resident in begun.get(process, ()):
            found.append(child)
            tasks += threads
            pages += resident
    return tasks, pages * PAGE


def count_tasks() -> int:
    """Return how many processes and threads the user has: a limit counts all of them."""
    found = 0
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            found += (folder.stat().st_uid == os.getuid()) and len(os.listdir(folder / "task"))
    return found
