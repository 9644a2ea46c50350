"""A script that an editor launches: it runs here, and its graphs are stepped through.

The script has the main thread, as it would by itself. The conversation has another, and one of the
two waits for the other at any time: the editor while the script runs, the script in ``step_back``.
"""

from __future__ import annotations

import io
import os
import sys
from _thread import interrupt_main
from contextlib import nullcontext, redirect_stderr, redirect_stdout, suppress
from queue import SimpleQueue
from threading import Lock, Thread, Timer, main_thread
from threading import enumerate as enumerate_threads
from typing import Any, BinaryIO

from ..._ground.text import InputError, show_path
from ...checks.mistakes import provenance
from ...engine.value import Value
from ...graph.graph import Graph
from ..scope import Scope
from ..scripts import run_script
from .conversation import FramingError, Message, answer_all, read_message
from .session import Arguments, Session, take_text
from .walkthrough import Walkthrough

NO_VALUE = (
    "has no Value at the top of the file: where the loss is, call "
    "micrograd_nn.debugger.step_back(loss)"
)
SECONDS_TO_END = 3.0  # after which a script that is interrupted is ended
hosted: list[Script] = []  # the one that runs here, if an editor launched it


class Script:
    """A script, and what its two threads hand one another."""

    def __init__(self) -> None:
        self.launched: SimpleQueue[Arguments | None] = SimpleQueue()
        self.found: SimpleQueue[Walkthrough | InputError | None] = SimpleQueue()
        self.resumed: SimpleQueue[None] = SimpleQueue()
        self.is_running = False  # and nobody but it can go on
        self.is_waiting = False  # in step_back, for the editor
        self.is_left = False  # by the editor
        self.has_offered = False
        self.turn = Lock()  # of several threads of the script

    # In the threads of the conversation.

    def launch(self, arguments: Arguments) -> Walkthrough:
        """Run the script to the first graph that is stepped through, and return that."""
        self.is_running = True
        self.launched.put(arguments)
        walkthrough = self.receive()
        if walkthrough is None:
            raise InputError("the program ended before anything could be stepped through")
        return walkthrough

    def go_on(self) -> Walkthrough | None:
        """Let the script run on to its next graph; None if it comes to its end."""
        if not self.is_waiting:
            return None
        self.is_waiting, self.is_running = False, True
        self.resumed.put(None)
        return self.receive()

    def receive(self) -> Walkthrough | None:
        """Wait for what the script comes to."""
        found = self.found.get()
        self.is_running = False
        if isinstance(found, InputError):
            raise found
        return found

    def leave(self) -> None:
        """End the script: where it waits, or by a KeyboardInterrupt, or else at once."""
        self.is_left = True
        if self.is_running:
            interrupt_main()
        timer = Timer(SECONDS_TO_END, os._exit, [0])  # if it doesn't end by itself
        timer.daemon = True
        timer.start()
        self.resumed.put(None)
        self.launched.put(None)

    # In the main thread.

    def run(self, session: Session) -> None:
        """Run what is launched, until the editor has left."""
        while (arguments := self.launched.get()) is not None:
            found: Walkthrough | InputError | None = None
            hosted.append(self)
            try:
                with (
                    redirect_stdout(open_output(session, "stdout")) as out,
                    redirect_stderr(open_output(session, "stderr")) as errors,
                ):
                    try:
                        found = self.run_program(arguments)
                    except InputError as error:
                        found = error
                    except KeyboardInterrupt:  # by a script itself, or since the editor has left
                        found = InputError("the program was interrupted")
                    except Exception as error:  # of what no environment takes, say
                        found = InputError(f"it can't be launched: {error}")
                    finally:
                        out.flush()
                        errors.flush()
            finally:
                hosted.clear()
            # After a graph was stepped through, an error was printed, and is all.
            self.found.put(None if self.has_offered else found)

    def run_program(self, arguments: Arguments) -> Walkthrough | None:
        """Run the program that an editor names, and return the graph of its latest result."""
        program = take_text(arguments, "program")
        words, changes = arguments.get("args") or [], arguments.get("env") or {}
        if not isinstance(words, list) or not isinstance(changes, dict):
            raise InputError("args is a list of texts, and env an object of texts")
        for name, text in changes.items():
            os.environ.pop(str(name), None)
            if text is not None:  # which means that it isn't there
                os.environ[str(name)] = str(text)
        if changes.get("PYTHONPATH"):
            sys.path[:0] = str(changes["PYTHONPATH"]).split(os.pathsep)
        if folder := take_text(arguments, "cwd", ""):
            if not os.path.isdir(folder):
                raise InputError(f"cwd: there is no folder {show_path(folder)}")
            os.chdir(folder)
        with provenance() if arguments.get("lines") is True else nullcontext():
            names = run_script(program, [*map(str, words)], "__main__")
        for thread in enumerate_threads():  # as Python does before it ends
            if not thread.daemon and thread is not main_thread():
                thread.join()
        if self.has_offered:
            return None
        value = take_text(arguments, "value", "")
        root = names.get(value) if value else Scope(names).own_root
        if not isinstance(root, Value):
            said = f"has no Value named {value}" if value else NO_VALUE
            raise InputError(f"{show_path(program)} {said}")
        return Walkthrough(Graph.of(root, names, "launch"))

    def offer(self, graph: Graph) -> None:
        """Have a graph stepped through, and wait until that is done."""
        walkthrough = Walkthrough(graph)
        with self.turn:
            if self.is_left:
                raise SystemExit
            sys.stdout.flush()
            sys.stderr.flush()
            self.has_offered = self.is_waiting = True
            self.found.put(walkthrough)
            self.resumed.get()
            if self.is_left:
                raise SystemExit


class Output(io.RawIOBase):
    """What a script prints, as events for the editor: the conversation waits meanwhile."""

    def __init__(self, session: Session, category: str) -> None:
        self.session, self.category = session, category

    def writable(self) -> bool:
        """Tell that one can print here."""
        return True

    def write(self, data: Any) -> int:
        """Send a text."""
        body = {"category": self.category, "output": bytes(data).decode("utf-8", "replace")}
        with suppress(OSError):  # an editor that is gone is no error of the script's
            self.session.send({"type": "event", "event": "output", "body": body})
        return len(data)


def open_output(session: Session, category: str) -> io.TextIOWrapper:
    """Return a stream whose lines are sent one by one."""
    raw: Any = Output(session, category)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def host(read: BinaryIO, write: BinaryIO) -> None:
    """Talk with one editor, and run the script that it launches.

    Requests are read while the script runs, too, since one of them may be to end it.
    """
    script = Script()
    session = Session(script=script)
    requests: SimpleQueue[Message | None] = SimpleQueue()

    def listen() -> None:
        with suppress(FramingError, OSError):
            while (request := read_message(read)) is not None:
                command = request.get("command")
                if script.is_running and command in ("disconnect", "terminate"):
                    told = {"request_seq": request.get("seq"), "command": command, "success": True}
                    session.send({"type": "response", **told})
                    session.send({"type": "event", "event": "terminated"})
                    break
                requests.put(request)
        requests.put(None)
        if script.is_running:
            script.leave()

    def talk() -> None:
        answer_all(session, iter(requests.get, None), write)
        script.leave()

    def leave_to_parent() -> None:
        hosted.clear()
        os.dup2(2, write.fileno())  # what a child prints is no message
        sys.stdout = sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=leave_to_parent)
    for target in (listen, talk):
        Thread(target=target, daemon=True).start()
    with suppress(KeyboardInterrupt):  # that comes when the script has just ended
        script.run(session)


def main() -> None:
    """Serve the editor that started this program, by standard input and output.

    A script has neither: it reads nothing, and what its processes print goes to standard error.
    """
    read, write = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    host(read, write)


def find_hosted() -> Any:
    """Return the script that runs here, None where no editor launched it."""
    return hosted[-1] if hosted else None
