"""Both passes over a graph in a terminal, a key a step; where there are no keys, as text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from rich.console import Console
from rich.control import Control
from rich.text import Text

from .._ground.colors import WRONG
from .._ground.text import format_number, make_printable
from ..engine.backprop import Step
from ..engine.node import is_leaf
from ..engine.value import Value
from ..graph.graph import Graph
from ..stepping.passes import Passes
from .keyboard import SIGNAL, open_keyboard
from .outline import Outline
from .screen import HELP, make_frame, make_help

QUIT = ("q", "\x03", "\x04", SIGNAL)  # Ctrl-C and Ctrl-D, too, where they arrive as keys
ALWAYS_QUIT = QUIT[1:]  # also while something is typed


def run_stepper(
    root: Value | Graph,
    names: Any = None,
    console: Console | None = None,
    keys: Iterable[str] | None = None,
) -> None:
    """Step through both passes over a root's graph by keys, or print all their steps.

    Where input or output isn't a terminal, and no ``keys`` are given, it is all printed:

    >>> x = Value(3.0, label="x")
    >>> run_stepper(2 * x)
    step 0 of 3: the beginning
    step 1 of 3: v1 = 2 · x
      v1: 2 · 3 = 6
    step 2 of 3: back from v1
      ∂v1/∂v1: 1
    step 3 of 3: v1 = 2 · x, to x
      ∂v1/∂x += ∂v1/∂v1 × local ∂v1/∂x
      ∂v1/∂x: 0 + 1 × 2 = 2
    gradients of the leaves:
      x  2

    ``keys`` are those to take as pressed, such as ``["n", "right", "home", " "]``.
    """
    passes = Passes(root, names)
    console = console or Console(highlight=False)
    if keys is not None:
        Stepper(passes).show(console, keys)
    elif is_interactive(console):
        stepper = Stepper(passes)
        with suppress(KeyboardInterrupt):
            last = SIGNAL
            while last == SIGNAL:  # which has let the program go on, as fg does after Ctrl-Z
                with open_keyboard() as pressed:
                    last = stepper.show(console, pressed)
    else:
        for text in write_steps(passes):
            console.out(text, highlight=False)


def is_interactive(console: Console) -> bool:
    """Tell whether a person is at both ends, at a terminal that can be redrawn."""
    if sys.platform == "emscripten" or not console.is_terminal or console.is_dumb_terminal:
        return False
    try:
        return sys.stdin is not None and sys.stdin.isatty() and console.file.isatty()
    except ValueError:  # one of them is closed
        return False


def write_steps(passes: Passes) -> Iterator[str]:
    """Yield each step that is still to come as text, and then the gradients of the leaves."""
    yield str(passes)
    while passes.step() is not None:
        yield str(passes)
    leaves = [node for node in passes.names if is_leaf(node)]
    width = max((len(passes.names[node]) for node in leaves), default=0)
    yield "gradients of the leaves:" if leaves else "there are no leaves: no gradient to be had"
    for node in leaves:
        yield f"  {passes.names[node]:{width}}  {format_number(passes.gradient(node))}"


class Stepper:
    """A screen, and what each key does to it."""

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self.outline = Outline(passes)
        self.typed = ""  # a command from its first key on, : or /
        self.message = ""
        self.is_wrong = False  # the message
        self.help: int | None = None  # the first line of the help that is seen
        self.sought = ""

    def show(self, console: Console, keys: Iterable[str]) -> str:
        """Redraw the screen after each key, until one quits; return the last."""
        key = ""
        with suppress(KeyboardInterrupt), console.screen() as screen:
            for key in chain([""], keys):
                if key in (ALWAYS_QUIT if self.typed else QUIT):
                    break
                self.press(key)
                with console:  # in one write, so that nothing flickers
                    console.control(Control.home())
                    screen.update(*self.write_screen(*console.size))
                    if not console.is_alt_screen:  # in a file, one frame below the other
                        console.line()
        return key

    def write_screen(self, width: int, height: int) -> list[Text]:
        """Return what is seen in a screen of this size."""
        if self.help is not None:
            return make_help(width, height, self.help)
        bottom = None
        if self.typed:
            bottom = Text(f"{self.typed}▏", no_wrap=True)
        elif self.message:
            style = WRONG if self.is_wrong else "bold"
            text = f"✗ {self.message}" if self.is_wrong else self.message
            bottom = Text(text, style=style, no_wrap=True, overflow="ellipsis")
        return make_frame(self.outline, width, height, bottom)

    def press(self, key: str) -> None:
        """Do what a key is for; others do nothing."""
        if self.typed:
            self.type_key(key)
            return
        if key:
            self.message, self.is_wrong = "", False
        if self.help is not None and key in SCROLLS:
            self.help = max(0, min(self.help + (1 if SCROLLS[key] > 0 else -1), len(HELP) - 1))
        elif key:
            self.help = 0 if key == "?" and self.help is None else None
        if self.help is not None:
            return
        if key in (":", "/"):
            self.typed = key
        elif key in MOVES:
            self.outline.follow()
            MOVES[key](self.passes)
        elif key in SCROLLS:
            self.outline.scroll(SCROLLS[key])
        elif key in KEY_COMMANDS:
            self.attempt(KEY_COMMANDS[key])

    def type_key(self, key: str) -> None:
        """Take a key as part of a command; Enter does what it says, Esc forgets it."""
        if key == "enter":
            command, self.typed = self.typed, ""
            self.attempt(lambda stepper: stepper.obey(command))
        elif key in ("\x7f", "\b"):
            self.typed = self.typed[:-1]
        elif key == "\x1b":
            self.typed = ""
        elif len(key) == 1 and key.isprintable():
            self.typed += key

    def attempt(self, command: Callable[[Stepper], str]) -> None:
        """Do something and keep what it says, also where it can't be done."""
        try:
            self.message = command(self)
        except (LookupError, ValueError) as error:
            self.message, self.is_wrong = str(error), True
        self.message = make_printable(self.message)

    def obey(self, command: str) -> str:
        """Do what a typed command says, :12 or /w1."""
        argument = command[1:].strip()
        if command[0] == "/":
            self.sought = argument or self.sought
            return self.search(0)
        if not argument.isdecimal() or int(argument) > len(self.passes):
            raise ValueError(f":{argument}: the steps are 0 to {len(self.passes)}")
        self.outline.follow()
        self.passes.goto(int(argument))
        return ""

    def search(self, direction: int) -> str:
        """Find the next name with what was sought in it, or the last."""
        if not self.sought:
            raise ValueError("nothing was sought: /w1 finds a name with w1 in it")
        return self.outline.find(self.sought, direction)

    def toggle_watch(self) -> str:
        """Watch the gradient of the marked row, or watch it no more."""
        node = self.outline.rows[self.outline.marked].node
        name, backprop = self.passes.names[node], self.passes.backprop
        if node in backprop.watches:
            backprop.unwatch(node)
            return f"{name}: watched no more"
        backprop.watch(node)
        return f"◆ {name}: r runs on to where its gradient changes"

    def run_on(self) -> str:
        """Go on to where a watched gradient changes, or say that none does any more."""
        if not self.passes.backprop.watches:
            raise ValueError("no gradient is watched: w watches that of a row")
        self.outline.follow()
        return "; ".join(self.passes.run()) or "the end: no watched gradient changes any more"


def pass_node(passes: Passes) -> None:
    """Go on to the next node: one computed, or the rest of the steps back from one."""
    step = passes.step()
    while isinstance(step, Step) and isinstance(passes.next, Step):
        if passes.next.node is not step.node:
            break
        step = passes.step()


MOVES: dict[str, Callable[[Passes], object]] = {
    **dict.fromkeys(("n", "j", "right", "down", "enter"), Passes.step),
    **dict.fromkeys(("p", "k", "left", "up"), Passes.back),
    **dict.fromkeys(("g", "home"), lambda passes: passes.goto(0)),
    **dict.fromkeys(("G", "end"), lambda passes: passes.goto(len(passes))),
    " ": pass_node,
    "\x1b": lambda passes: None,  # the current row is in sight again
}
SCROLLS = {"d": 0.5, "pagedown": 0.5, "u": -0.5, "pageup": -0.5}  # in screens
KEY_COMMANDS: dict[str, Callable[[Stepper], str]] = {
    "f": lambda stepper: stepper.search(1),
    "F": lambda stepper: stepper.search(-1),
    "w": Stepper.toggle_watch,
    "r": Stepper.run_on,
}
