"""A debugger's prompt that takes Values: how a command runs, and what it is given."""

from __future__ import annotations

import pdb
from collections.abc import Callable, Iterable
from functools import wraps
from types import FrameType
from typing import Any, TypeVar

from ..engine.value import Value
from ..text import printable
from ..writing.mathematics import WORD
from .postmortem import PostMortem, is_own, root_of
from .scope import Scope, typed

Prompt = TypeVar("Prompt", bound=pdb.Pdb)


def command(run: Callable[[Prompt, str], None]) -> Callable[[Prompt, str], None]:
    """Return a command that tells an error in one line: none may end the session."""

    @wraps(run)
    def run_safely(self: Prompt, arg: str) -> None:
        try:
            run(self, arg.strip())
        except Exception as error:
            self.error(printable(f"{type(error).__name__}: {error}"))

    return run_safely


class ValuePrompt(PostMortem):
    """A ``pdb.Pdb`` whose commands can be given Values, by expressions and by nodes' names."""

    chosen: Value | None = None  # the root for all commands, until the program runs on

    def scope(self) -> Scope:
        """Return what can be spoken of: inside this package, with the names of its user."""
        frame = user = self.curframe
        if frame is None or user is None:
            raise LookupError("there is no frame to look at")
        while is_own(user) and user.f_back:
            user = user.f_back
        variables = self.curframe_locals
        names = variables if user is frame else user.f_locals
        main = None if self.anomaly is None else root_of(self.anomaly)
        return Scope(variables, frame.f_globals, names, main, self.chosen)

    def complete_value(self, text: str, line: str, begidx: int, endidx: int) -> list[str]:
        """Return the expressions and the names of nodes that begin so."""
        found = self._complete_expression(text, line, begidx, endidx)
        names = beginning(text, typed(self.scope().shown()))
        return list(dict.fromkeys([*found, *names]))

    def interaction(self, frame: FrameType | None, tb_or_exc: Any) -> None:
        """Ask for commands; the root that was chosen where the program stood before is none now."""
        self.chosen = None
        super().interaction(frame, tb_or_exc)


def last_word(arg: str, is_wanted: Callable[[str], bool]) -> tuple[str, str]:
    """Return what stands before the last word, and that word: "" if it isn't a wanted one.

    >>> last_word("a * b nan", lambda word: word == "nan"), last_word("a", lambda word: False)
    (('a * b', 'nan'), ('a', ''))
    """
    *before, last = arg.rsplit(maxsplit=1) or [""]
    return (" ".join(before), last) if is_wanted(last) else (arg, "")


def whole(arg: str, where: str) -> int:
    """Return the count that a command was given.

    >>> whole("3", "bstep")
    3
    """
    if not arg:
        raise ValueError(f"{where} needs a number of steps: {where} 2")
    if not arg.isdecimal():
        raise ValueError(f"{where} takes a number of steps, as in {where} 2, not {arg!r}")
    return int(arg)


def beginning(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that begin with a text: of one word, as is all that can be completed.

    >>> beginning("layers.0", ["layers.0.b", "layers.1.b", "layers.0 (2)"])
    ['layers.0.b']
    """
    return [name for name in names if name.startswith(text) and WORD.fullmatch(name)]
