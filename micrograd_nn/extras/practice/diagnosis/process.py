"""The process that an engine under test runs in: asked by lines, and ended when it takes too long.

It has limits of time, memory and processes, is confined where that works, sees no terminal, and
answers through a pipe that what it prints doesn't reach. Where it dies or doesn't answer it is
restarted, a few times. It may reach the pipe if it means to: so no more is read than an answer can
be, what is none ends it, and each engine has a process of its own.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from ...._ground.processes import end_process
from ...._ground.text import InputError, show_line
from .confinement import (
    MOST_STARTED,
    PROCESSES,
    Usage,
    confine,
    count_tasks,
    explain_missing,
    find_obstacle,
    list_variables,
)
from .replies import Reply, answers, read_reply

FOLDER = Path(__file__).parent
PROGRAM = (  # outside of this package, lest an engine find its modules
    "import sys; sys.path = [sys.argv.pop(1), *filter(None, sys.path)]; "
    "from worker.requests import answer_requests; answer_requests()"
)
START_SECONDS = 20.0  # to run the engine's file, which may import much
GRAPH_SECONDS = 3.0  # for a graph
ALL_SECONDS = 90.0  # for an engine
MOST_AHEAD = 16  # requests that are sent before their answers are read
MANY, TIRED_SECONDS = 200, 0.3  # requests before a process that is slow with a batch is left
MOST_DEATHS = 4  # of its process, or graphs that never end
LIMITS = {"AS": 2 << 30, "CPU": 60, "FSIZE": 10 << 20, "NOFILE": 256}
LONGEST_REPLY = 1 << 20  # bytes; that of the deepest graph has a third of it
MOST_WAITING = 4 * MOST_AHEAD  # replies that nobody asked for
LONGEST_REASON = 500  # characters
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
MARK = "MICROGRAD_NN_ENGINE"  # in the environment of all that an engine begins
SWEEP_SECONDS = 2.0


class EngineProcess(AbstractContextManager["EngineProcess"]):
    """Runs one engine; a context in whose end the process is ended, with all that it began."""

    def __init__(self, target: dict[str, Any], name: str) -> None:
        self.target = target
        self.name = name
        self.confined = not find_obstacle()
        self.process: subprocess.Popen[bytes] | None = None
        self.usage: Usage | None = None
        self.answers: queue.Queue[bytes | None] = queue.Queue()
        self.traits: Reply = {}  # what was said of the engine
        self.asked = 0  # of this process
        self.sent = 0  # requests in all
        self.is_tired = False  # has become slow, as with a list of all the nodes there ever were
        self.deaths = 0
        self.given_up = ""  # why no more was asked of it
        self.deadline = time.monotonic() + ALL_SECONDS

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Reply:
        """Begin the process and return what it says of the engine; why it can't, is an error.

        A class that has run here may need more than its own file, and then isn't confined.
        """
        found = self.begin()
        if "unusable" in found and self.confined and self.target.get("has_run"):
            self.confined = False
            found = self.begin()
        if "unusable" in found:
            why = found["unusable"]
            raise self.refuse(why + explain_missing(why, self.target) * self.confined)
        self.traits = found
        return found

    def begin(self) -> Reply:
        """Begin the process and return what it says first; none that says nothing, is an error."""
        self.stop()
        self.asked, self.is_tired = 0, False
        self.token, self.mark = secrets.token_hex(8), secrets.token_hex(8)
        self.answers = queue.Queue()
        command = [sys.executable, "-X", "utf8", "-c", PROGRAM, str(FOLDER)]
        try:
            self.process = subprocess.Popen(
                confine(command, self.target) if self.confined else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={
                    **(list_variables() if self.confined else os.environ),
                    **dict.fromkeys(ONE_THREAD, "1"),
                    "PYTHONHASHSEED": "0",
                    MARK: self.mark,
                },
                start_new_session=True,
            )
        except OSError as error:  # as in a browser's Python
            raise self.refuse(f"no process can be begun here: {error}") from None
        self.usage = Usage(self.process.pid, self.process.kill)
        self.usage.start()
        threading.Thread(
            target=read_lines, args=(self.process, self.token.encode(), self.answers), daemon=True
        ).start()
        limits = dict(LIMITS)
        if PROCESSES.exists():
            limits["NPROC"] = count_tasks() + MOST_STARTED
        self.send({"token": self.token, "target": self.target, "limits": limits})
        if os.name == "posix" and self.process.stdin is not None:
            os.set_blocking(self.process.stdin.fileno(), False)  # which it may leave unread
        found = self.receive(START_SECONDS)
        if found is None:
            raise self.refuse(f"its file takes more than {START_SECONDS:.0f} s")
        if "died" in found:
            raise self.refuse(self.usage.excess or "its process ended while its file ran")
        return found

    def refuse(self, why: str) -> InputError:
        """Return the error of an engine that can't be run."""
        return InputError(f"{self.name} can't be diagnosed: {show_line(why, LONGEST_REASON)}")

    def ask(self, requests: Iterable[dict[str, Any]]) -> Iterator[Reply]:
        """Yield the answer to each request: what was found, ``died``, ``late`` or ``skipped``."""
        waiting = list(requests)
        done = 0
        while done < len(waiting):
            if self.process is None or self.is_tired:
                self.restart()
            if self.is_over():
                yield from [{"skipped": True}] * (len(waiting) - done)
                return
            batch = waiting[done : done + MOST_AHEAD]  # a pipe holds no more than so much
            began = time.monotonic()
            numbers = [self.send(request) for request in batch]
            for request, number in zip(batch, numbers, strict=True):
                found = self.receive(request.get("seconds", GRAPH_SECONDS), number, request)
                if found is None or "died" in found:
                    self.stop()
                    if time.monotonic() > self.deadline:  # it had less time than the others
                        break
                    self.deaths += 1
                    found = {"late": True} if found is None else found
                done += 1
                yield found
                if self.process is None:
                    break
            self.asked += len(batch)
            self.is_tired = self.asked > MANY and time.monotonic() - began > TIRED_SECONDS

    def is_over(self) -> bool:
        """Tell whether no more is asked: it takes too long, or died or ran on too often."""
        if time.monotonic() > self.deadline:
            self.given_up = f"it takes more than {ALL_SECONDS:.0f} s"
        elif self.usage is not None and self.usage.excess:
            self.given_up = self.usage.excess
        elif self.deaths >= MOST_DEATHS:
            self.given_up = "it ended, or came to no end, too often"
        else:
            return False
        return True

    def restart(self) -> None:
        """Start again; what can't start is asked no more."""
        if self.is_over():
            return
        try:
            self.start()
        except InputError:
            self.deaths = MOST_DEATHS

    def send(self, request: dict[str, Any]) -> int:
        """Hand a request over, and return its number; a process that died will be seen to have."""
        self.sent += 1
        request = {**request, "number": self.sent}
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError, ValueError):
                self.process.stdin.write(json.dumps(request).encode() + b"\n")
                self.process.stdin.flush()
        return self.sent

    def receive(
        self, seconds: float, number: int | None = None, request: Reply | None = None
    ) -> Reply | None:
        """Return the answer to the request of a number, None if it doesn't come in time.

        One that came too late for the request before isn't an answer to this one. A process that
        sends what isn't an answer is as good as dead.
        """
        end = min(time.monotonic() + seconds, self.deadline)
        while True:
            try:
                line = self.answers.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return None
            found = None if line is None else read_reply(line)
            if found is None:
                return {"died": True}
            if found.get("number") == number:
                return found if answers(found, request) else {"died": True}
            if time.monotonic() > end:
                return None

    def stop(self) -> None:
        """End the process and whatever it began."""
        process, self.process = self.process, None
        if process is None or self.usage is None:
            return
        self.usage.is_over.set()
        end_process(process)
        end_marked(f"{MARK}={self.mark}".encode())
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


def read_lines(
    process: subprocess.Popen[bytes], token: bytes, answers: queue.Queue[bytes | None]
) -> None:
    """Put each answer of a process into a queue, and None when there will be no more.

    Of one that sends more than can be asked for, there are no more.
    """
    if process.stdout is None:
        return
    with suppress(OSError, ValueError), process.stdout:
        while answers.qsize() < MOST_WAITING:
            line = process.stdout.readline(LONGEST_REPLY)
            if not line.endswith(b"\n"):
                break
            if line.startswith(token):
                answers.put(line[len(token) :])
    answers.put(None)


def end_marked(mark: bytes) -> None:
    """End what was begun with a mark in its environment, also in a session of its own.

    Only Linux tells, and not of what has hidden its environment.
    """
    end, left = time.monotonic() + SWEEP_SECONDS, True
    while left and time.monotonic() < end:  # since what is ended may have begun another meanwhile
        left = False
        for folder in PROCESSES.glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    os.kill(int(folder.name), signal.SIGKILL)
                    left = True
