"""Engines examined, several at once: each by a process of the doctor's, which begins the engine's.

What one brings about in its doctor is its own: the process is begun anew for the next.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any

from ..._ground.processes import end_process
from ..._ground.text import InputError, show_line, show_path
from ..diagnosis import diagnosis as doctor
from ..diagnosis.confinement import find_obstacle
from ..diagnosis.diagnosis import Diagnosis
from .journal import OURS, pack_diagnosis

PROGRAM = (  # which doesn't see the folder where it is begun: a student's random.py may be there
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from micrograd_nn.practice.marks.workers import serve; serve()"
)


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
        for shown in (show_path(path), show_path(os.path.relpath(path))):
            for told in (f"{shown}:{name} can't be diagnosed: ", f"{shown}: "):
                why = why.removeprefix(told)
    except Exception as error:  # whatever a file brings about, it is that file's alone
        why = f"{OURS} stopped by {show_line(f'{type(error).__name__}: {error}')}"
    return Diagnosis(f"{show_path(path)}:{name}", why=why, confined=not find_obstacle())


def examine_all(
    tasks: Sequence[tuple[str, str]], expect: Sequence[str], jobs: int
) -> Iterator[tuple[int, dict[str, Any], float]]:
    """Yield the place, what was found and the seconds of each file and class, as they come."""
    if jobs == 1 or len(tasks) == 1:
        for place, (path, name) in enumerate(tasks):
            began = time.monotonic()
            yield place, pack_diagnosis(examine(path, name, expect)), time.monotonic() - began
        return
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, dict[str, Any], float]] = queue.SimpleQueue()
    for place in range(len(tasks)):
        waiting.put(place)
    workers = [Worker() for _ in range(min(jobs, len(tasks)))]
    for worker in workers:
        arguments = (worker, tasks, expect, waiting, done)
        threading.Thread(target=work, args=arguments, daemon=True).start()
    try:
        for _ in tasks:
            yield done.get()
    finally:
        for worker in workers:
            worker.stop()


def work(
    worker: Worker,
    tasks: Sequence[tuple[str, str]],
    expect: Sequence[str],
    waiting: queue.SimpleQueue[int],
    done: queue.SimpleQueue[tuple[int, dict[str, Any], float]],
) -> None:
    """Let a worker examine what waits, until there is no more."""
    with suppress(queue.Empty):
        while not worker.is_over:
            place = waiting.get(block=False)
            path, name = tasks[place]
            began = time.monotonic()
            found = worker.ask({"path": path, "name": name, "expect": [*expect]})
            done.put((place, found, time.monotonic() - began))
    worker.close()


class Worker:
    """A process of the doctor's, begun when it's asked."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.is_over = False

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """Return what a process found of an engine; one that ends says so."""
        if self.process is None:
            path = json.dumps([os.path.abspath(one) for one in sys.path if one])
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", PROGRAM, path],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        source, target = self.process.stdout, self.process.stdin
        with suppress(OSError, ValueError):
            if source is not None and target is not None:
                target.write(json.dumps(task).encode() + b"\n")
                target.flush()
                found: dict[str, Any] = json.loads(source.readline())
                return found
        self.close()
        why = f"{OURS} itself ended"
        name = f"{show_path(task['path'])}:{task['name']}"
        return pack_diagnosis(Diagnosis(name, why=why, confined=not find_obstacle()))

    def close(self) -> None:
        """Let the process come to its end: there is nothing more to ask."""
        process, self.process = self.process, None
        if process is not None:
            with suppress(OSError):
                process.communicate()

    def stop(self) -> None:
        """End the process, which isn't reached by Ctrl-C itself, so that it ends the engine's."""
        self.is_over = True
        process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            end_process(process)


def serve(source: IO[str] | None = None) -> None:
    """Examine what is asked for by lines of JSON, and answer by such lines."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # engines are ended on the way out
    with suppress(KeyboardInterrupt):
        for line in source or sys.stdin:
            found = pack_diagnosis(examine(**json.loads(line)))
            sys.stdout.write(json.dumps(found) + "\n")
            sys.stdout.flush()
