"""Python's debugger with commands for graphs: draw them, show gradients, step through backprop.

Enter it with ``PYTHONBREAKPOINT=micrograd_nn.debugger.set_trace`` at each ``breakpoint()``, with
``micrograd_nn.debugger.set_trace()``, or as ``python -m micrograd_nn.debugger script.py``. The
commands look only: no gradient changes. Where a variable has the name of a command, ``p grad``
and ``!grad`` mean the variable.
"""

# ruff: noqa: D403 - the first line of a command's help begins with its name

from __future__ import annotations

import pdb
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from tempfile import NamedTemporaryFile
from types import FrameType
from typing import Any, TypeVar

from .._ground.text import format_number, make_printable, show_path
from ..engine.backprop import Step, is_same_number
from ..engine.value import Constant
from ..graph.graph import Graph
from ..notation.formulas.mathematics import WORD
from ..stepping import Backprop
from .frames import is_at_line
from .hosts import Bdb
from .own_lines import follow
from .scope import Scope, select_typed
from .stopping import (
    PostMortem,
    collect_names,
    find_anomaly_root,
    find_root_passed,
)

MOST_CONTRIBUTIONS = 20  # that grad shows

Prompt = TypeVar("Prompt", bound=pdb.Pdb)


def make_command(run: Callable[[Prompt, str], None]) -> Callable[[Prompt, str], None]:
    """Return a command that prints an error in one line: none may end the session."""

    @wraps(run)
    def run_safely(self: Prompt, arg: str) -> None:
        try:
            run(self, arg.strip())
        except Exception as error:
            self.error(make_printable(f"{type(error).__name__}: {error}"))

    return run_safely


class Debugger(PostMortem):
    """A ``pdb.Pdb`` that also knows graphs; ``help`` lists its commands.

    >>> from io import StringIO
    >>> from micrograd_nn import Value
    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> debugger = Debugger(stdout=StringIO(), readrc=False)
    >>> debugger.reset()
    >>> debugger.setup(sys._getframe(), None)
    >>> debugger.onecmd("bstep")
    >>> print(debugger.stdout.getvalue())  # doctest: +ELLIPSIS
    step 1 of 2: y = x · x, to x (input 1)
    ...

    Without an expression, a command takes the root that ``bstart`` was given, or else the frame's:
    among the Values that are local variables, the result of an operation that was made last, or
    else the last of the leaves. After an ``AnomalyError`` it is where that error is. Nodes have the
    names of the frame's variables; those that ``tree`` shows (v1, layers.0.b) can be typed as
    expressions where the frame has no Value of that name.
    """

    chosen: Graph | None = None  # that of the root for all commands, until the program runs on
    told: Graph | None = None  # whose edges are told at the chain rule
    reached: Callable[[Step], bool] | None = None  # the step that the real pass is about to take

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        Bdb(self)  # which keeps it out of the package's own stepping

    @make_command
    def do_graph(self, arg: str) -> None:
        """graph [expr] [file]: draw the graph of a value.

        The picture goes to the file, a last word that ends in .svg, .png, .dot, .pdf, .tex or .mmd,
        or to a new one. Where no picture can be drawn, tree prints the graph.
        """
        from ..draw.drawing import ENDINGS
        from ..draw.picture import draw

        expression, path = split_last_word(arg, lambda word: word.endswith(ENDINGS))
        scope = self.get_scope()
        try:
            graph = scope.choose_graph(expression)
        except Exception as error:
            if path or "." not in arg:
                raise
            raise ValueError(
                f"{arg} isn't a Value ({error}), and a file ends in {', '.join(ENDINGS)}"
            ) from None
        drawing = draw(graph)
        if path:
            drawing.save(path)
        else:
            picture = drawing.render("svg")
            with NamedTemporaryFile(prefix="graph-", suffix=".svg", delete=False) as file:
                file.write(picture)
            path = file.name
        self.message(f"drawn to {show_path(path)}")

    @make_command
    def do_tree(self, arg: str) -> None:
        """tree [expr]: print what a value was made of.

        After an AnomalyError, it begins at its node.
        """
        scope = self.get_scope()
        graph = scope.choose_graph(arg)
        if self.anomaly and self.chosen is None and not arg:
            graph = scope.name_graph(self.anomaly.node)
        self.show_tree(graph)

    @make_command
    def do_grad(self, arg: str) -> None:
        """grad [expr]: print a value's number, its gradient and what that adds up.

        The contributions are those to the gradient of the frame's root by the value.
        """
        from ..explain.tree import describe_numbers
        from ..notation.formulas.narration import (
            explain_other_pass,
            name_derivative,
            narrate,
            write_local,
        )

        scope = self.get_scope()
        graph = scope.choose_graph()
        names, root = graph.short_names, graph.root
        node = self.anomaly.node if self.anomaly else root
        if arg:
            node = scope.find_value(arg, graph)
        if node not in names:
            raise LookupError(
                f"{arg} isn't below {names[root]}: first bstart the root that it is below"
            )
        self.message(f"{names[node]}{describe_numbers(node)}")
        gradient = None if isinstance(node, Constant) else graph.gradients.get(node)
        if gradient is None:
            return self.message("a constant: no gradient flows to it")
        shares = graph.list_steps_to(node)
        if why := explain_other_pass(node, gradient, names[root]):
            self.message(why)
        if not shares:
            return self.message("a root: its own gradient begins as 1, and nothing adds to it")
        subject = name_derivative(root, node, names)
        uses = f"{len(shares):,} use" + "s" * (len(shares) > 1)
        self.message(f"{subject} = {format_number(gradient)}, added up by {uses}:")
        for step in shares[:MOST_CONTRIBUTIONS]:
            where, *_, numbers = narrate(step, root, names)
            self.message(f"  {numbers}    {where}")
            if formula := write_local(step.node, step.position, names):
                local = name_derivative(step.node, node, names)
                self.message(f"    local {local}: {formula} = {format_number(step.partial)}")
        if len(shares) > MOST_CONTRIBUTIONS:
            self.message(f"  … and {len(shares) - MOST_CONTRIBUTIONS:,} more")
        return None

    @make_command
    def do_explain(self, arg: str) -> None:
        """explain [expr] wrt: print the derivative of a value by another, path by path.

        The last word is by what; an expression with spaces can only be the first.
        """
        from ..explain import explain

        expression, wrt = split_last_word(arg, bool)
        if not wrt:
            raise ValueError("explain needs by what to differentiate: explain loss w")
        scope = self.get_scope()
        graph = scope.choose_graph(expression)
        self.message(str(explain(graph, scope.find_value(wrt, graph))))

    def show_tree(self, graph: Graph) -> None:
        """Print what a value was made of."""
        from ..explain.tree import tree

        shown = tree(graph)
        if getattr(self.stdout, "isatty", bool)():  # any object may be one
            shown = shown.fold(shutil.get_terminal_size().columns)
        self.message(str(shown))

    @make_command
    def do_bstart(self, arg: str) -> None:
        """bstart [expr]: begin a backward pass from a value, to be stepped through.

        That value is the root for grad, tree and the others, until the program runs on.
        """
        self.cursor, self.reached = self.begin_pass(arg), None
        if arg:
            self.chosen = self.cursor.graph
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

    def move_cursor(self, count: int) -> None:
        """Move the cursor by ``count`` steps, and show where it stands."""
        cursor = self.get_cursor()
        position = max(0, min(cursor.position + count, len(cursor)))
        if position == cursor.position and count:
            self.message("the backward pass is at its " + ("end" if count > 0 else "beginning"))
        cursor.goto(position)
        self.message(str(cursor))

    def get_cursor(self) -> Backprop:
        """Return the cursor, one on the frame's root if there is none yet.

        At the chain rule, it stands where the pass of the program does.
        """
        if self.told and self.reached:
            if self.cursor is None or self.cursor.root is not self.told.root:
                self.cursor = Backprop(self.told)
            stand_before(self.cursor, self.reached)
            self.reached = None
        if self.cursor is None:
            self.cursor = self.begin_pass()
        return self.cursor

    def begin_pass(self, expression: str = "") -> Backprop:
        """Return a cursor at the beginning, or before the step that an anomaly went wrong in."""
        scope = self.get_scope()
        cursor = Backprop(scope.choose_graph(expression))
        wrong = self.anomaly and self.anomaly.step
        if wrong and not expression:
            stand_before(cursor, lambda step: step[:3] == wrong[:3])  # all but the numbers
        return cursor

    def get_scope(self) -> Scope:
        """Return what can be spoken of: inside this package, with the names of its user."""
        frame = self.curframe
        if frame is None:
            raise LookupError("there is no frame to look at")
        variables, names = self.curframe_locals, collect_names(frame)
        main = find_anomaly_root(self.anomaly) if self.anomaly else find_root_passed(frame)
        return Scope(variables, frame.f_globals, names, main, self.chosen)

    def complete_value(self, text: str, line: str, begidx: int, endidx: int) -> list[str]:
        """Return the expressions and the names of nodes that begin so."""
        found = self._complete_expression(text, line, begidx, endidx)
        shown = select_typed(self.get_scope().shown)  # of one word: no others can be completed
        names = [name for name in shown if name.startswith(text) and WORD.fullmatch(name)]
        return list(dict.fromkeys([*found, *names]))

    complete_graph = complete_tree = complete_grad = complete_explain = complete_value
    complete_bstart = complete_value

    def interaction(self, frame: FrameType | None, tb_or_exc: Any) -> None:
        """Ask for commands; the root that was chosen where the program stood before is none now."""
        self.chosen = self.reached = None
        if frame is not None and is_at_line(frame):
            with suppress(Exception):  # none may end the session
                self.tell_edge(frame)
        super().interaction(frame, tb_or_exc)

    def tell_edge(self, frame: FrameType) -> None:
        """Print along which edge the chain rule is about to hand a share."""
        here = frame.f_locals
        self.told = Graph(find_root_passed(frame), collect_names(frame))
        # An input may stand twice: then its gradient so far tells which of the two it is.
        place, before = (here["node"], here["input"]), here["input"].grad
        self.reached = lambda step: (
            (step.node, step.input) == place and is_same_number(step.before, before)
        )
        names, upstream, partial = self.told.short_names, here["upstream"], here["partial"]
        self.message(
            f"{names[here['node']]} → {names[here['input']]}: upstream {format_number(upstream)} × "
            f"local {format_number(partial)} = {format_number(upstream * partial)}"
        )


def stand_before(cursor: Backprop, is_it: Callable[[Step], bool]) -> None:
    """Move a cursor to where the first step that is wanted is the next."""
    cursor.goto(0)
    cursor.until(is_it)
    cursor.back()


def split_last_word(arg: str, is_wanted: Callable[[str], bool]) -> tuple[str, str]:
    """Return what stands before the last word, and that word: "" if it isn't a wanted one."""
    *before, last = arg.rsplit(maxsplit=1) or [""]
    return (" ".join(before), last) if is_wanted(last) else (arg, "")


def read_count(arg: str, where: str) -> int:
    """Return the count that a command was given."""
    if not arg.isdecimal():
        given = f", not {arg!r}" if arg else ""
        raise ValueError(f"{where} takes a number of steps, as in {where} 2{given}")
    return int(arg)


def set_trace(*, header: str | None = None) -> None:
    """Enter the debugger in the caller's frame, as ``breakpoint()`` does.

    >>> set_trace()  # doctest: +SKIP
    """
    follow()
    debugger = Debugger()
    if header is not None:
        debugger.message(header)
    debugger.set_trace(sys._getframe().f_back)


def post_mortem(error: BaseException | None = None) -> None:
    """Look at the frame where an error happened, by default the one that is being handled.

    >>> post_mortem()
    Traceback (most recent call last):
    ValueError: post_mortem needs an error that was raised: call it where one is handled

    In a console it is the latest that was shown.
    """
    if error is None:
        error = sys.exc_info()[1] or getattr(sys, "last_value", None)
    if error is None or error.__traceback__ is None:
        raise ValueError("post_mortem needs an error that was raised: call it where one is handled")
    debugger = Debugger()
    debugger.reset()
    debugger.interaction(None, error)


def main() -> None:
    """Run a script under the debugger, as ``python -m pdb`` does and with its options."""
    follow()
    pdb.Pdb = Debugger  # type: ignore[misc]  # so that the script's breakpoint() is this one, too
    pdb.main()
