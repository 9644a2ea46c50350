"""The debugger's commands for a backward pass: to step through it, and to watch gradients."""

# ruff: noqa: D403 - the first line of a command's help begins with its name

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.value import Value
from ..mistakes import AnomalyError
from .postmortem import find_anomaly_root
from .prompt import (
    ValuePrompt,
    make_command,
    read_count,
    select_completions,
    split_last_word,
)

if TYPE_CHECKING:
    from ..stepping import Backprop


UNWATCHED = "no gradient is watched: watchgrad w watches that of w"


class BackStepping(ValuePrompt):
    """A ``pdb.Pdb`` that has a cursor over backpropagation, and moves it."""

    cursor: Backprop | None = None

    @make_command
    def do_bstart(self, arg: str) -> None:
        """bstart [expr]: begin a backward pass from a value, to be stepped through.

        That value is the root for grad, tree and the others, until the program runs on.
        """
        self.cursor = self.begin_pass(arg)
        if arg:
            self.chosen = self.cursor.root
        self.message(str(self.cursor))

    @make_command
    def do_bstep(self, arg: str) -> None:
        """bstep [n]: take the next step, or n steps, of the backward pass.

        It goes on with the pass that was begun last: after computing a new root, use bstart.
        """
        self.move_cursor(read_count(arg or "1", "bstep"))

    @make_command
    def do_bback(self, arg: str) -> None:
        """bback [n]: take back the latest step, or n steps, of the backward pass."""
        self.move_cursor(-read_count(arg or "1", "bback"))

    @make_command
    def do_bgoto(self, arg: str) -> None:
        """bgoto n: move to where n steps of the backward pass have been taken."""
        position = read_count(arg, "bgoto")
        cursor = self.get_cursor()
        cursor.goto(position)
        self.message(str(cursor))

    @make_command
    def do_watchgrad(self, arg: str) -> None:
        """watchgrad [expr] [nan]: let brun stop where a gradient changes, or turns NaN.

        watchgrad nan watches all values for that, and watchgrad alone lists what is watched.
        bstart forgets all watches.
        """
        if not arg:
            return self.list_watches()
        expression, nan = split_last_word(arg, lambda word: word == "nan")
        cursor = self.get_cursor()
        node = self.get_scope().find_value(expression, among=cursor.names) if expression else None
        cursor.watch(node, nan=bool(nan))
        return self.message(describe_stop(cursor, node, "turns NaN" if nan else "changes"))

    @make_command
    def do_unwatchgrad(self, arg: str) -> None:
        """unwatchgrad [expr]: watch the gradient of a value no more, or of none at all.

        Without an expression all watches are forgotten, also that of watchgrad nan.
        """
        cursor = self.get_cursor()
        node = self.get_scope().find_value(arg, among=cursor.names) if arg else None
        cursor.unwatch(node)
        what = "all gradients" if node is None else f"the gradient of {cursor.names[node]}"
        self.message(f"{what}: watched no more")

    @make_command
    def do_brun(self, arg: str) -> None:
        """brun: go on with the backward pass to a watched gradient, or to the end."""
        cursor = self.get_cursor()
        missed = "no watched gradient did so" if cursor.watches else UNWATCHED
        for change in cursor.run() or [f"the end: {missed}"]:
            self.message(change)
        self.message(str(cursor))

    complete_bstart = complete_watchgrad = ValuePrompt.complete_value

    def complete_unwatchgrad(self, text: str, line: str, begidx: int, endidx: int) -> list[str]:
        """Return the names of watched nodes that begin so."""
        cursor = self.cursor
        if cursor is None:
            return []
        return select_completions(
            text, [cursor.names[node] for node in cursor.watches if node is not None]
        )

    def list_watches(self) -> None:
        """List all places where brun stops."""
        cursor = self.cursor
        if cursor is None or not cursor.watches:
            return self.message(UNWATCHED)
        for node, happenings in cursor.watches.items():
            self.message(describe_stop(cursor, node, " or ".join(happenings)))
        return None

    def move_cursor(self, count: int) -> None:
        """Move the cursor by so many steps, and show where it stands."""
        cursor = self.get_cursor()
        position = max(0, min(cursor.position + count, len(cursor)))
        if position == cursor.position and count:
            self.message("the backward pass is at its " + ("end" if count > 0 else "beginning"))
        cursor.goto(position)
        self.message(str(cursor))

    def get_cursor(self) -> Backprop:
        """Return the cursor, one on the frame's root if there is none yet."""
        if self.cursor is None:
            self.cursor = self.begin_pass()
        return self.cursor

    def begin_pass(self, expression: str = "") -> Backprop:
        """Return a cursor at the beginning, or before the step that an anomaly went wrong in."""
        from ..stepping import Backprop

        scope = self.get_scope()
        cursor = Backprop(scope.name_graph(scope.choose_root(expression)))
        wrong = self.anomaly and self.anomaly.step
        if wrong and not expression:
            place = wrong.node, wrong.position
            cursor.until(lambda step: (step.node, step.position) == place)
            cursor.back()
        return cursor

    def land(self, anomaly: AnomalyError) -> None:
        """Print an anomaly, and begin there."""
        self.cursor = None
        super().land(anomaly)
        self.message(f"The commands for graphs begin at {find_anomaly_root(anomaly)!r}")
        if anomaly.step is not None:
            self.message("bstep takes the step back that went wrong")


def describe_stop(cursor: Backprop, node: Value | None, what: str) -> str:
    """Say where brun stops: at what a node's gradient does, or without a node, any gradient."""
    name = "any value" if node is None else cursor.names[node]
    return f"brun stops where the gradient of {name} {what}"
