"""Engines examined, several at once: each by a process of the doctor's, which begins the engine's.

What an engine brings about in its doctor is its own. What came of it is handed over as a line of
JSON, in which numbers are the same to the last bit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import fields
from typing import Any

from ...._ground.processes import end_process
from ...._ground.text import InputError, show_line, show_path
from ..diagnosis import diagnosis as doctor
from ..diagnosis.confinement import find_obstacle
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.faults import FoundFault, GradientPair, Narrated
from ..diagnosis.subject import Location

PROGRAM = (  # which doesn't see the folder where it is begun: a student's random.py may be there
    "import json, sys; sys.path[:], *task = json.loads(sys.argv[1]); "
    "from micrograd_nn.extras.practice.marks.workers import answer; answer(*task)"
)
Key = tuple[str, ...]  # what tells one engine from another
OURS = "the doctor"  # begins the reason where an engine isn't to blame


def count_cores() -> int:
    """Return how many cores may be used."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def examine(path: str, name: str, expect: Sequence[str] = ()) -> Diagnosis:
    """Return what is wrong with an engine, or why it can't be run: others follow."""
    try:
        return doctor.diagnose(f"{path}:{name}", expect)
    except InputError as error:
        why = str(error)
        for told in (f"{show_path(path)}:{name} can't be diagnosed: ", f"{show_path(path)}: "):
            why = why.removeprefix(told)
    except Exception as error:  # whatever a file brings about, it is that file's alone
        why = f"{OURS} stopped by {show_line(f'{type(error).__name__}: {error}')}"
    return Diagnosis(f"{show_path(path)}:{name}", why=why, confined=not find_obstacle())


def examine_all(
    tasks: Mapping[Key, tuple[str, str]], expect: Sequence[str], jobs: int
) -> Iterator[tuple[Key, Diagnosis, float]]:
    """Yield the key, what was found and the seconds of each file and class, as they come."""
    running = Running()
    with ThreadPoolExecutor(jobs) as pool:
        asked = {pool.submit(running.ask, *task, expect): key for key, task in tasks.items()}
        try:
            for one in as_completed(asked):
                yield asked[one], *one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            running.stop()


class Running:
    """The processes that examine engines, which aren't reached by Ctrl-C themselves."""

    def __init__(self) -> None:
        self.processes: set[subprocess.Popen[bytes]] = set()
        self.lock = threading.Lock()
        self.is_over = False

    def ask(self, path: str, name: str, expect: Sequence[str]) -> tuple[Diagnosis, float]:
        """Return what a process finds of an engine, and its seconds; one that ends says so."""
        began = time.monotonic()
        folder, file = os.path.split(path)
        paths = [os.path.abspath(one) for one in sys.path if one]
        command = [sys.executable, "-I", "-X", "utf8", "-c", PROGRAM]
        out = b""
        with self.lock:
            if not self.is_over:
                process = subprocess.Popen(
                    [*command, json.dumps([paths, file, name, [*expect]])], cwd=folder,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True,
                )  # fmt: skip
                self.processes.add(process)
        if not self.is_over:
            out, _ = process.communicate()
        try:
            found = unpack_diagnosis(json.loads(out))
        except ValueError:
            found = Diagnosis("", why=f"{OURS} itself ended", confined=not find_obstacle())
        return found, time.monotonic() - began

    def stop(self) -> None:
        """End them, so that they end their engines' processes."""
        with self.lock:
            self.is_over = True
        for process in [one for one in self.processes if one.poll() is None]:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            end_process(process)


def answer(path: str, name: str, expect: Sequence[str]) -> None:
    """Examine an engine, and print what was found as JSON."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # engines are ended on the way out
    with suppress(KeyboardInterrupt):
        one = examine(path, name, expect)
        found = [pack(fault) for fault in [*one.faults, *one.remarks]]
        sys.stdout.write(json.dumps({**pack(one), "found": found}))


# What is handed over


def pack(record: Diagnosis | FoundFault) -> dict[str, Any]:
    """Return the fields of a record by their names."""
    return {x.name: getattr(record, x.name) for x in fields(record)}


def unpack_diagnosis(data: Mapping[str, Any]) -> Diagnosis:
    """Return a diagnosis whose fields, and those of what was found, were packed."""
    found = [
        FoundFault(**{
            **one,
            "where": Location(*one["where"]) if one["where"] else None,
            "gradients": [GradientPair(*pair) for pair in one["gradients"]],
            "steps": [Narrated(*step) for step in one["steps"]],
        })
        for one in data["found"]
    ]  # fmt: skip
    return Diagnosis(**{**data, "found": found})
