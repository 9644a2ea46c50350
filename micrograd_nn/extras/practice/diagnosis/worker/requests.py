"""Requests read from a pipe, a line each, and answered on another that an engine doesn't reach.

What the engine prints goes nowhere, and so does what a copy of this process would answer.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

from .engine import Engine
from .loading import UnusableError, tell_error

dump, load = json.dumps, json.loads  # before an engine can change them
pid, leave, write = os.getpid(), os._exit, os.write


def limit(limits: dict[str, int]) -> None:
    """Take no more of the machine than this, where the system can be told so."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in {**limits, "CORE": 0}.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is not None:
            soft, hard = resource.getrlimit(number)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with suppress(ValueError, OSError):  # macOS takes no limit of memory
                resource.setrlimit(number, (most, hard))
                is_kept = name != "NPROC" or can_begin_thread()  # other containers' count, too
                resource.setrlimit(number, (most, most) if is_kept else (soft, hard))


def can_begin_thread() -> bool:
    """Tell whether one thread more can be begun."""
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return False
    return True


def answer_requests() -> NoReturn:
    """Answer each line of the input; the first says which engine it is about."""
    requests, replies = os.fdopen(os.dup(0), encoding="utf-8"), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    first = load(requests.readline())
    token = first["token"]

    def reply(answer: dict[str, Any]) -> None:
        if os.getpid() != pid:
            leave(0)  # a copy, made by os.fork
        data = f"\n{token}{dump(answer)}\n".encode()
        while data:
            data = data[write(replies, data) :]

    for name in [name for name in sys.modules if name.partition(".")[0] == "worker"]:
        del sys.modules[name]  # an engine may have a module of this name
    del sys.path[0]
    limit(first["limits"])
    sys.dont_write_bytecode = True
    sys.argv = [first["target"].get("file", "")]
    try:
        engine = Engine(first["target"])
    except BaseException as error:
        why = f"{first['target']['name']}(2.0) stops by {tell_error(error)}"
        reply({"unusable": str(error) if isinstance(error, UnusableError) else why})
        leave(0)
    reply(engine.introduce())
    for line in requests:
        request = load(line)
        if request["do"] == "form":
            known = {"places": engine.places, "written": engine.written}
            answer = {**engine.try_form(request), **known}
        elif request.get("watched"):
            numbers = engine.watch.run(partial(engine.run_graph, request))
            answer = {**numbers, "borrowed": [*engine.watch.found.values()]}
        else:
            answer = engine.run_graph(request)
        reply({**answer, "number": request["number"]})
    leave(0)
