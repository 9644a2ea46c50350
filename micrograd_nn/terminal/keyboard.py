"""Keys as they are pressed at a terminal, by their names, with the standard library alone."""

from __future__ import annotations

import re
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from os import read

from .signals import Signals, hold_signals

ESCAPE_DELAY = 0.1  # seconds within which the rest of an arrow key's sequence arrives

KEY = re.compile(rb"\x1b[\[O][\d;]*[A-Za-z~]|[\xc2-\xf4][\x80-\xbf]+|[\s\S]")
UNFINISHED = re.compile(rb"\x1b([\[O][\d;]*)?\Z")
NAMED = {
    b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"H": "home", b"F": "end",
    b"1~": "home", b"7~": "home", b"4~": "end", b"8~": "end", b"5~": "pageup", b"6~": "pagedown",
}  # fmt: skip
SIGNAL = "signal"  # in place of a key: the terminal has to be given back now
ENTER = ("\r", "\n")
NAMED_ON_WINDOWS = {
    "H": "up", "P": "down", "M": "right", "K": "left", "G": "home", "O": "end", "I": "pageup",
    "Q": "pagedown",
}  # fmt: skip


@contextmanager
def open_keyboard() -> Iterator[Iterator[str]]:
    """Let keys arrive one by one and unseen, and put the terminal back as it was in the end.

    Ctrl-C, Ctrl-Z and other signals arrive as the key ``SIGNAL``, and happen in the end: who then
    still runs, as after ``fg``, may open the keyboard again.
    """
    if sys.platform == "win32":
        import msvcrt

        yield read_windows_keys(msvcrt.getwch)
    else:
        import termios
        import tty

        terminal = sys.stdin.fileno()
        with hold_signals() as signals:
            before = termios.tcgetattr(terminal)
            try:
                tty.setcbreak(terminal)
                yield read_keys(terminal, signals)
            finally:
                with suppress(termios.error):  # of a terminal that is gone
                    termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def read_keys(terminal: int, signals: Signals | None = None) -> Iterator[str]:
    """Yield the keys pressed at a POSIX terminal by their names, such as n, right and home."""
    while True:
        if signals and signals.pipe in select.select([terminal, signals.pipe], [], [])[0]:
            read(signals.pipe, 1024)
            yield SIGNAL if signals.held else ""
            continue
        keys = read_more(terminal)
        while UNFINISHED.search(keys) and select.select([terminal], [], [], ESCAPE_DELAY)[0]:
            keys += (more := read_more(terminal))
            if not more:
                break
        if not keys:
            return
        for key in KEY.findall(keys):
            yield NAMED.get(key[2:], "") if key[:1] == b"\x1b" and key[1:] else name_key(key)


def name_key(key: bytes) -> str:
    r"""Return the name of a key that isn't a sequence: what it types, or enter.

    >>> name_key(b"n"), name_key(b"\r"), name_key("ŷ".encode())
    ('n', 'enter', 'ŷ')
    """
    typed = key.decode("utf-8", "replace")
    return "enter" if typed in ENTER else typed


def read_more(terminal: int) -> bytes:
    """Return what was typed; nothing is the end, also that of a terminal that is gone."""
    try:
        return read(terminal, 1024)
    except OSError:
        return b""


def read_windows_keys(getwch: Callable[[], str]) -> Iterator[str]:
    r"""Yield the keys pressed at a Windows console by the same names."""
    while True:
        key = getwch()
        if key in "\0\xe0":
            yield NAMED_ON_WINDOWS.get(getwch(), "")
        else:
            yield "enter" if key in ENTER else key
