"""A script that an editor launches: it runs here, and its graphs are stepped through.

The script has the main thread, as it would by itself, and waits for the editor in ``step_back``.
The conversation has another, which hears what the editor asks for and what the script comes to.
"""

from __future__ import annotations

import builtins
import io
import os
import shlex
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stderr, redirect_stdout, suppress
from queue import Empty, Queue, SimpleQueue
from threading import Lock, Semaphore, Thread, Timer, main_thread
from threading import enumerate as enumerate_threads
from time import sleep
from typing import Any, BinaryIO

from ..._ground.text import InputError, quote_text, show_line, show_path
from ...checks.mistakes import provenance
from ...graph.graph import Graph
from ..scripts import find_shown, run_script
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
MARK = os.urandom(16).hex().encode() + b"\n"  # in a pipe, behind what was written before
MOST_WAITING = 1_000  # requests; whoever sends more waits
SECONDS_TO_END = 3.0  # after which a script that is interrupted is ended
PATIENCE = 3.0  # seconds in which a launch can still fail; editors give one up after 10 or more
MOST_SILENT = 8_000  # nodes of a graph, of which a listing takes a second or so
GONE: Message = {"type": "request", "command": "disconnect"}  # of an editor that didn't say so
hosted: list[Script] = []  # the one that runs here, if an editor launched it

Outcome = Walkthrough | InputError | None  # what a script comes to; None is its end


class Script:
    """A script, and what its two threads hand one another."""

    def __init__(self) -> None:
        self.launched: SimpleQueue[Arguments | None] = SimpleQueue()
        self.arguments: Arguments = {}  # of the latest launch
        self.program = ""  # its script: a listing's path stands below it
        self.heard: Queue[Message | Outcome] = Queue(MOST_WAITING)
        self.resumed: SimpleQueue[None] = SimpleQueue()
        self.outcome: Outcome = None  # the latest
        self.is_launched = False  # so that what goes wrong is told, and the launch not refused
        self.is_running = False  # and nobody but it can go on
        self.is_waiting = False  # in step_back, for the editor
        self.is_left = False  # by the editor
        self.is_free = False  # to run without a stop
        self.has_offered = False
        self.pipes: list[Pipe] = []
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
        """Yield what the editor asks for; what the script comes to is sent in between.

        A launch is yielded once the script has come to something, or runs for long.
        """
        launch: Message | None = None  # that wasn't yielded yet
        while True:
            try:
                heard = self.heard.get(timeout=PATIENCE if launch else None)
            except Empty:
                heard, launch, self.is_launched = launch, None, True
            if not isinstance(heard, dict):
                self.outcome, self.is_running = heard, False
                if launch:
                    yield launch
                    launch = None
                elif not self.is_left:
                    arrive(session, heard)
                    for event in session.take_events():
                        session.send(event)
            elif (
                heard.get("command") == "launch"
                and isinstance(arguments := heard.get("arguments"), dict)
                and not (self.is_running or session.listings)
            ):
                launch, self.arguments, self.is_running = heard, arguments, True
                self.is_free = arguments.get("noDebug") is True
                self.launched.put(arguments)
            else:
                yield heard
                if heard.get("command") == "terminate" and self.is_running:
                    self.leave()

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

    def run(self, session: Session) -> None:
        """Run what is launched, until the editor has left."""
        while (arguments := self.launched.get()) is not None:
            outcome: Outcome = None
            hosted.append(self)
            try:
                with (
                    redirect_stdout(open_output(session, "stdout")) as out,
                    redirect_stderr(open_output(session, "stderr")) as errors,
                ):
                    try:
                        outcome = self.run_inside(arguments)
                    except InputError as error:
                        outcome = error
                    except KeyboardInterrupt:  # by a script itself, or since the editor has left
                        outcome = InputError("the program was interrupted")
                    except Exception as error:  # of what no environment takes, say
                        outcome = InputError(f"it can't be launched: {error}")
                    finally:
                        out.flush()
                        errors.flush()
            finally:
                hosted.clear()
            self.come_to(outcome)

    def come_to(self, outcome: Outcome) -> None:
        """Hand over what the script has come to, behind all that was written before."""
        for pipe in self.pipes:
            pipe.catch_up()
        self.heard.put(outcome)

    def run_inside(self, arguments: Arguments) -> Outcome:
        """Run the program, and be open to one interrupt meanwhile, at no other time."""
        with self.gate:
            if self.is_left:
                return None
            self.is_inside = True
        try:
            return self.run_program(arguments)
        finally:
            with self.gate:
                self.is_inside = False
            sleep(0)  # an interrupt that is on its way arrives here

    def run_program(self, arguments: Arguments) -> Walkthrough | None:
        """Run the program that an editor names, and return the graph of its latest result."""
        read_beginning(arguments)
        program, words = take(arguments, "program", str), take_words(arguments)
        if LISTING in program and not os.path.exists(program):  # as an editor leaves it open
            listing, program = program, os.path.dirname(program)
            if not os.path.isfile(program):
                raise InputError(f"this is a listing: run your script, not {show_path(listing)}")
        folder, value = take(arguments, "cwd", str, ""), take(arguments, "value", str, "")
        keeps_lines, changes = take(arguments, "lines", bool, False), arguments.get("env") or {}
        if not isinstance(changes, dict) or not all(
            text is None or isinstance(text, str) for text in changes.values()
        ):
            raise InputError(f"env is an object of texts, not {quote_text(changes)}")
        if folder and not os.path.isdir(folder):
            raise InputError(f"cwd: there is no folder {show_path(folder)}")
        try:
            for name, text in changes.items():
                os.environ.pop(name, None)
                if text is not None:  # which means that it isn't there
                    os.environ[name] = text
        except (OSError, ValueError) as error:
            raise InputError(f"env: {quote_text(name)} can't be set: {error}") from None
        if changes.get("PYTHONPATH"):
            sys.path[:0] = changes["PYTHONPATH"].split(os.pathsep)
        if folder:
            os.chdir(folder)
        self.program = os.path.abspath(program)
        with provenance() if keeps_lines else nullcontext():
            run = run_script(program, words, "__main__", EXITED)
        for thread in enumerate_threads():  # as Python does before it ends
            if not thread.daemon and thread is not main_thread():
                thread.join()
        if self.is_free or (self.has_offered and not run.lines):
            return None
        graph = None
        if value and not run.told:
            graph = find_shown(run.names.get(value), run.names, program)
            if graph is None:
                raise InputError(f"{show_path(program)} has no Value named {show_line(value)}")
        self.is_launched = True
        walkthrough = write_out(graph or run.find_latest(program))
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
            sys.stdout.flush()
            sys.stderr.flush()
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


def take_words(arguments: Arguments) -> list[str]:
    """Return the words of a script's command line, which VS Code asks for as one text."""
    if not isinstance(text := arguments.get("args"), str):
        return take_list(arguments, "args", str)
    try:
        return shlex.split(text)
    except ValueError as error:
        raise InputError(f"args is a command line, or a list of texts: {error}") from None


class Output(io.RawIOBase):
    """What a script prints, as events for the editor."""

    def __init__(self, session: Session, category: str) -> None:
        self.session, self.category = session, category

    def writable(self) -> bool:
        """Tell that one can print here."""
        return True

    def write(self, data: Any) -> int:
        """Send a text."""
        body = {"category": self.category, "output": bytes(data).decode("utf-8", "replace")}
        with suppress(OSError):  # an editor that is gone isn't an error of the script's
            if body["output"]:
                self.session.send({"type": "event", "event": "output", "body": body})
        return len(data)


class Pipe:
    """What is written past Python, by a library or another process, as events line by line."""

    def __init__(self, session: Session, descriptor: int, category: str) -> None:
        out, self.into = os.pipe()
        os.dup2(self.into, descriptor)
        self.is_passed = Semaphore(0)
        lines, output = open(out, "rb"), Output(session, category)  # noqa: SIM115
        Thread(target=self.forward, args=[lines, output], daemon=True).start()

    def forward(self, lines: BinaryIO, output: Output) -> None:
        """Send on line after line."""
        for line in lines:
            output.write(line.removesuffix(MARK))
            if line.endswith(MARK):
                self.is_passed.release()

    def catch_up(self) -> None:
        """Wait until all that was written before is sent on."""
        os.write(self.into, MARK)
        self.is_passed.acquire(timeout=SECONDS_TO_END)


def open_output(session: Session, category: str) -> io.TextIOWrapper:
    """Return a stream whose lines are sent one by one."""
    raw: Any = Output(session, category)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def host(read: BinaryIO, write: BinaryIO) -> None:
    """Talk with one editor, and run the script that it launches."""
    script = Script()
    session = Session(script=script)

    def talk() -> None:
        answer_all(session, script.take_requests(session), write)
        script.leave()

    def leave_to_parent() -> None:
        hosted.clear()
        os.dup2(2, write.fileno())  # what a child prints isn't a message
        sys.stdout, sys.stderr = (
            open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            for descriptor in (1, 2)
        )

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=leave_to_parent)
    script.pipes = [Pipe(session, 1, "stdout"), Pipe(session, 2, "stderr")]
    Thread(target=script.listen, args=[read], daemon=True).start()
    Thread(target=talk, daemon=True).start()
    with suppress(KeyboardInterrupt):  # that comes when the script has just ended
        script.run(session)


def refuse_input(prompt: object = "") -> str:
    """Say why a script can't read what one types."""
    raise EOFError(NO_INPUT)


def main() -> None:
    """Serve the editor that started this program, by standard input and output.

    A script has neither: it reads nothing, and what is written past Python is forwarded.
    """
    read, write = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    builtins.input = refuse_input
    host(read, write)
