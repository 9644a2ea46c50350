"""What signals do to a program at a terminal: it is left as a shell needs it, and none is lost.

A signal that ends or stops a program at once would leave the terminal as the program had set it.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

# Ctrl-C is the first, Ctrl-\ SIGQUIT, Ctrl-Z SIGTSTP.
HELD = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT")
DEADLY = (  # where nobody handles them
    "SIGALRM", "SIGIO", "SIGPROF", "SIGPWR", "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGXCPU",
)  # fmt: skip
SEEN = ("SIGWINCH",)  # the terminal has another size: that wakes and does no more
ENDING = ("SIGTERM", "SIGHUP")
AGAIN_AFTER = 0.01  # seconds


class Signals:
    """Those that came and wait, and a pipe that can be read from once one came."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe
        self.held: list[int] = []

    def hold(self, number: int, frame: Any) -> None:
        """Handle a signal, by keeping it for later."""
        self.held.append(number)


@contextmanager
def hold_signals() -> Iterator[Signals]:
    """Keep signals waiting, and in the end let each do what it does without this.

    >>> with handle_signals(("SIGTERM",), lambda number, frame: print("and comes")):
    ...     with hold_signals():
    ...         signal.raise_signal(signal.SIGTERM)
    ...         print("the signal waits")
    the signal waits
    and comes

    What is ignored stays so. Only the main thread can hold any.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signals = Signals(reader)
    try:
        with (
            handle_signals(HELD, signals.hold),
            handle_signals(list_unhandled(DEADLY), signals.hold),
            handle_signals(SEEN, lambda *_: None),
        ):
            woken = signal.set_wakeup_fd(writer) if is_main_thread() else None
            try:
                yield signals
            finally:
                if woken is not None:
                    signal.set_wakeup_fd(woken)
                os.close(reader)
                os.close(writer)
    finally:
        for number in signals.held:
            signal.raise_signal(number)


def list_unhandled(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those signals that would do what the system does by itself: end the program."""
    numbers = {name: getattr(signal, name, None) for name in names}
    return tuple([
        name for name, number in numbers.items()
        if number is not None and signal.getsignal(number) == signal.SIG_DFL
    ])  # fmt: skip


@contextmanager
def handle_signals(
    names: tuple[str, ...], handler: Callable[[int, Any], Any] | int
) -> Iterator[None]:
    """Handle signals so for a while, unless they are ignored."""
    before = {}
    for name in names if is_main_thread() else ():
        number = getattr(signal, name, None)  # Windows has few
        if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextmanager
def end_on_interrupt() -> Iterator[None]:
    """Let Ctrl-C end the program at once while modules load, and there is nothing to lose.

    A KeyboardInterrupt may be swallowed there: by a callback of the module's lock, or by one that
    does without a module that can't be imported.
    """
    with handle_signals(("SIGINT",), signal.SIG_DFL):
        yield


def end_program(number: int, frame: Any) -> NoReturn:
    """Handle a signal by an exception, so that what was begun is put in order."""
    raise SystemExit(128 + number)


def repeat_interrupt(unraisable: UnraisableHookArgs) -> None:
    """Let an interrupt that a destructor swallowed come again, as ``sys.unraisablehook``."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        threading.Timer(AGAIN_AFTER, interrupt_main_thread).start()
    else:
        sys.__unraisablehook__(unraisable)


def interrupt_main_thread() -> None:
    """Interrupt the main thread, which may wait for something."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def is_main_thread() -> bool:
    """Tell whether signals can be handled here."""
    return threading.current_thread() is threading.main_thread()
