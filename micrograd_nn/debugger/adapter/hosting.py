"""A script that an editor launches: it runs here, and its graphs are stepped through.

The script has the main thread, as it would by itself, and waits for the editor in ``step_back``.
The conversation has another, which hears what the editor asks for and what the script comes to.
"""

from __future__ import annotations

import builtins
import os
import shlex
import sys
from _thread import interrupt_main
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress
from queue import Queue, SimpleQueue
from threading import Lock, Semaphore, Thread, Timer, main_thread
from threading import enumerate as enumerate_threads
from time import sleep
from typing import Any, BinaryIO, NamedTuple

from ..._ground.text import InputError, quote_text, show_path
from ...graph.graph import Graph
from ..scripts import run_script
from .conversation import FramingError, Message, answer_all, read_request
from .moving import arrive, read_beginning
from .session import LISTING, Arguments, Session, take, take_list
from .timeline import Stop
from .walkthrough import Walkthrough

NO_INPUT = (
    'a script that an editor launches can\'t ask for input: give it a command line, by "args" in '
    "the configuration"
)
EXITED = ': its command line is "args" in the configuration'
MARK = os.urandom(16).hex().encode()  # in a pipe, behind what was written before
MOST_READ = 1 << 20  # bytes: more than a pipe holds, so that no mark is read in two parts
MOST_WAITING = 1_000  # requests; whoever sends more waits
SECONDS_TO_END = 3.0  # after which a script that is interrupted is ended
MOST_SILENT = 8_000  # nodes of a graph, of which a listing takes a second or so
GONE: Message = {"type": "request", "command": "disconnect"}  # of an editor that didn't say so
hosted: list[Script] = []  # the one that runs here, if an editor launched it

Outcome = Walkthrough | InputError | None  # what a script comes to; None is its end


class Launch(NamedTuple):
    """What an editor wants to be run, as launch.json says it."""

    program: str
    words: list[str]
    cwd: str
    env: dict[str, Any]


class Script:
    """A script, and what its two threads hand one another."""

    def __init__(self) -> None:
        self.launched: SimpleQueue[Launch | None] = SimpleQueue()
        self.program = ""  # its script: a listing's path stands below it
        self.heard: Queue[Message | Outcome] = Queue(MOST_WAITING)
        self.resumed: SimpleQueue[None] = SimpleQueue()
        self.is_running = False  # and nobody but it can go on
        self.is_waiting = False  # in step_back, for the editor
        self.is_left = False  # by the editor
        self.is_free = False  # to run without a stop
        self.has_offered = False
        self.pipe: Pipe | None = None
        self.turn = Lock()  # of several threads of the script
        self.is_inside = False  # the program, which an interrupt ends
        self.gate = Lock()  # of the thread that goes in and out, and the one that interrupts

    # In the threads of the conversation.

    def listen(self, read: BinaryIO) -> None:
        """Hear what the editor asks for, until it is gone."""
        with suppress(FramingError, OSError):
            while (request := read_request(read)) is not None:
                self.heard.put(request)
        self.heard.put(GONE)

    def take_requests(self, session: Session) -> Iterator[Message]:
        """Yield what the editor asks for; what the script comes to is sent in between."""
        while True:
            heard = self.heard.get()
            if isinstance(heard, dict):
                yield heard
                if heard.get("command") == "terminate" and self.is_running:
                    self.leave()
                continue
            self.is_running = False
            if not self.is_left:
                arrive(session, heard)
                for event in session.take_events():
                    session.send(event)

    def launch(self, arguments: Arguments) -> None:
        """Let the main thread run a program, if it can be read what is wanted."""
        launch = read_launch(arguments)
        self.is_running, self.is_free = True, arguments.get("noDebug") is True
        self.launched.put(launch)

    def go_on(self) -> bool:
        """Let the script run on to its next graph; tell whether it waited for that."""
        if not self.is_waiting:
            return False
        self.is_waiting, self.is_running = False, True
        self.resumed.put(None)
        return True

    def leave(self) -> None:
        """End the script: where it waits, or by a KeyboardInterrupt, or else at once."""
        with self.gate:
            if self.is_left:
                return
            self.is_left = True
            if self.is_inside and not self.is_waiting:
                interrupt_main()
        timer = Timer(SECONDS_TO_END, os._exit, [0])  # if it doesn't end by itself
        timer.daemon = True
        timer.start()
        self.resumed.put(None)
        self.launched.put(None)

    # In the main thread.

    def run(self) -> None:
        """Run what is launched, until the editor has left."""
        while (launch := self.launched.get()) is not None:
            outcome: Outcome = None
            hosted.append(self)
            try:
                outcome = self.run_inside(launch)
            except InputError as error:
                outcome = error
            except KeyboardInterrupt:  # by a script itself, or since the editor has left
                outcome = InputError("the program was interrupted")
            except Exception as error:  # of what no environment takes, say
                outcome = InputError(f"it can't be launched: {error}")
            finally:
                hosted.clear()
            self.come_to(outcome)

    def come_to(self, outcome: Outcome) -> None:
        """Hand over what the script has come to, behind all that was written before."""
        for stream in (sys.stdout, sys.stderr, sys.__stdout__):
            with suppress(Exception):  # of a stream that the script has closed, or put there
                stream.flush()  # type: ignore[union-attr]
        if self.pipe:
            self.pipe.catch_up()
        self.heard.put(outcome)

    def run_inside(self, launch: Launch) -> Outcome:
        """Run the program, and be open to one interrupt meanwhile, at no other time."""
        with self.gate:
            if self.is_left:
                return None
            self.is_inside = True
        try:
            return self.run_program(launch)
        finally:
            with self.gate:
                self.is_inside = False
            sleep(0)  # an interrupt that is on its way arrives here

    def run_program(self, launch: Launch) -> Walkthrough | None:
        """Run the program that an editor names, and return the graph of its latest result."""
        program = launch.program
        if LISTING in program and not os.path.exists(program):  # as an editor leaves it open
            listing, program = program, os.path.dirname(program)
            if not os.path.isfile(program):
                raise InputError(f"this is a listing: run your script, not {show_path(listing)}")
        for name, text in launch.env.items():
            os.environ.pop(name, None)
            if text is not None:  # which means that it isn't there
                os.environ[name] = text
        if launch.env.get("PYTHONPATH"):
            sys.path[:0] = launch.env["PYTHONPATH"].split(os.pathsep)
        if launch.cwd:
            os.chdir(launch.cwd)
        self.program = os.path.abspath(program)
        run = run_script(program, launch.words, "__main__", EXITED)
        for thread in enumerate_threads():  # as Python does before it ends
            if not thread.daemon and thread is not main_thread():
                thread.join()
        if self.is_free or (self.has_offered and not run.lines):
            return None
        walkthrough = write_out(run.find_latest(program))
        walkthrough.stop = Stop("exception", run.told, run.lines) if run.lines else None
        return walkthrough

    def offer(self, graph: Graph) -> None:
        """Have a graph stepped through, and wait until that is done."""
        if self.is_free:
            return
        walkthrough = write_out(graph)
        with self.turn:
            if self.is_left:
                raise SystemExit
            self.has_offered = self.is_waiting = True
            self.come_to(walkthrough)
            self.resumed.get()
            if self.is_left:
                raise SystemExit


def write_out(graph: Graph) -> Walkthrough:
    """Return the listing of a graph; of a large one, it is said before, since it takes long."""
    if len(graph.nodes) > MOST_SILENT:
        # Past sys.stdout, which may be the script's own by now.
        os.write(
            1,
            (
                f"Writing the listing of {graph.names[graph.root]}: {len(graph.nodes):,} nodes …\n"
            ).encode("utf-8", "replace"),
        )
    return Walkthrough(graph)


def read_launch(arguments: Arguments) -> Launch:
    """Return what is launched; an entry of another type than it has is an InputError."""
    read_beginning(arguments)
    env, words = arguments.get("env") or {}, arguments.get("args")
    if not isinstance(env, dict) or not all(type(x) in (str, type(None)) for x in env.values()):
        raise InputError(f"env is an object of texts, not {quote_text(env)}")
    if isinstance(words, str):  # as VS Code asks for them
        try:
            words = shlex.split(words)
        except ValueError as error:
            raise InputError(f"args is a command line, or a list of texts: {error}") from None
    else:
        words = take_list(arguments, "args", str)
    program, folder = take(arguments, "program", str), take(arguments, "cwd", str, "")
    return Launch(program, words, folder, env)


class Pipe:
    """What the program and other processes write, as events for the editor."""

    def __init__(self, session: Session) -> None:
        out, self.into = os.pipe()
        for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
            stream.reconfigure(  # type: ignore[union-attr]
                encoding="utf-8",
                errors="backslashreplace",
                line_buffering=True,
                write_through=False,
            )
            os.dup2(self.into, descriptor)
        self.is_passed = Semaphore(0)
        Thread(target=self.forward, args=[out, session], daemon=True).start()

    def forward(self, out: int, session: Session) -> None:
        """Send on all that is written."""
        decoder = getincrementaldecoder("utf-8")("replace")
        while data := os.read(out, MOST_READ):
            body = {"category": "stdout", "output": decoder.decode(data.replace(MARK, b""))}
            with suppress(OSError):  # an editor that is gone isn't an error of the script's
                if body["output"]:
                    session.send({"type": "event", "event": "output", "body": body})
            for _ in range(data.count(MARK)):
                self.is_passed.release()

    def catch_up(self) -> None:
        """Wait until all that was written before is sent on."""
        os.write(self.into, MARK)
        self.is_passed.acquire(timeout=SECONDS_TO_END)


def host(read: BinaryIO, write: BinaryIO) -> None:
    """Talk with one editor, and run the script that it launches."""
    script = Script()
    session = Session(script)

    def talk() -> None:
        answer_all(session, script.take_requests(session), write)
        script.leave()

    def leave_to_parent() -> None:
        hosted.clear()
        os.dup2(2, write.fileno())  # what a child prints isn't a message

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=leave_to_parent)
    script.pipe = Pipe(session)
    Thread(target=script.listen, args=[read], daemon=True).start()
    Thread(target=talk, daemon=True).start()
    with suppress(KeyboardInterrupt):  # that comes when the script has just ended
        script.run()


def refuse_input(prompt: object = "") -> str:
    """Say why a script can't read what one types."""
    raise EOFError(NO_INPUT)


def main() -> None:
    """Serve the editor that started this program, by standard input and output.

    A script has neither: it reads nothing, and what is written is forwarded.
    """
    read, write = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    builtins.input = refuse_input
    host(read, write)
