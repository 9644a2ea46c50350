"""Python's debugger with commands for graphs: draw them, tell gradients, step through backprop.

Enter it with ``PYTHONBREAKPOINT=micrograd_nn.debugger.set_trace`` at each ``breakpoint()``, with
``micrograd_nn.debugger.set_trace()``, or as ``python -m micrograd_nn.debugger script.py``. The
commands look only: no gradient changes. Where a variable has the name of a command, ``p grad``
and ``!grad`` mean the variable.
"""

# ruff: noqa: D403 - the first line of a command's help begins with its name

from __future__ import annotations

import pdb
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from tempfile import NamedTemporaryFile
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from .mistakes import PACKAGE, AnomalyError
from .text import printable, shown_path
from .value import Value

if TYPE_CHECKING:
    from .stepping import Backprop

MOST_CONTRIBUTIONS = 20  # that grad tells of

Command = Callable[["Debugger", str], None]


def command(run: Command) -> Command:
    """Return a command that tells an error in one line: none may end the session."""

    @wraps(run)
    def run_safely(self: Debugger, arg: str) -> None:
        try:
            run(self, arg.strip())
        except Exception as error:
            self.error(printable(f"{type(error).__name__}: {error}"))

    return run_safely


class Debugger(pdb.Pdb):
    """A ``pdb.Pdb`` that also knows graphs; ``help`` lists its commands.

    >>> from io import StringIO
    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> debugger = Debugger(stdout=StringIO(), readrc=False)
    >>> debugger.reset()
    >>> debugger.setup(sys._getframe(), None)
    >>> debugger.onecmd("bstep")
    >>> print(debugger.stdout.getvalue())  # doctest: +ELLIPSIS
    step 1 of 2: y = x * x, to x (input 1)
    ...

    Without an expression, a command takes the root that ``bstart`` was given, or else the frame's:
    among the Values that are local variables, the result of an operation that was made last, or
    else the last of the leaves. After an ``AnomalyError`` it is where that error is. Nodes have the
    names of the frame's variables.
    """

    cursor: Backprop | None = None
    chosen: Value | None = None  # the root that bstart was given, until the program runs on
    anomaly: AnomalyError | None = None

    @command
    def do_graph(self, arg: str) -> None:
        """graph [expr] [file]: draw the graph of a value.

        The picture goes to the file, whose ending is .svg, .png or .dot, or to a new one.
        Where none can be drawn, the graph is told as a tree.
        """
        from .draw import draw
        from .layout import FORMATS, LayoutError

        endings = tuple([f".{format}" for format in FORMATS])
        expression, path = last_word(arg, lambda word: word.endswith(endings))
        root, names = self.root(expression), self.names()
        drawing = draw(root, names=names)
        try:
            if path:
                drawing.save(path)
            else:
                picture = drawing.render("svg")
                with NamedTemporaryFile(prefix="graph-", suffix=".svg", delete=False) as file:
                    file.write(picture)
                path = file.name
        except LayoutError as error:
            self.error(printable(str(error)))
            self.do_tree(expression)
        else:
            self.message(f"drawn to {shown_path(path)}")

    @command
    def do_tree(self, arg: str) -> None:
        """tree [expr]: print what a value was made of."""
        from .tree import tree

        self.message(str(tree(self.root(arg), self.names())))

    @command
    def do_grad(self, arg: str) -> None:
        """grad [expr]: print a value's number, its gradient and what that adds up.

        The contributions are those to the gradient of the frame's root by the value.
        """
        from .narration import derivative, narrate
        from .stepping import Backprop
        from .tree import numbers_of

        root = self.root()
        node = self.value(arg) if arg else self.anomaly.node if self.anomaly else root
        cursor = Backprop(root, self.names())
        if node not in cursor.names:
            raise LookupError(
                f"{arg} isn't below {cursor.names[root]}: first bstart the root that it is below"
            )
        self.message(f"{cursor.names[node]}{numbers_of(node)}")
        if cursor.gradient(node) is not None:  # as only the root's is from the beginning
            return self.message("a root: its own gradient begins as 1, and nothing adds to it")
        shares = [step for step in cursor.steps if step.input is node]
        if not shares:
            return self.message("a constant: no gradient flows to it")
        subject = derivative(root, node, cursor.names)
        uses = f"{len(shares):,} use" + "s" * (len(shares) > 1)
        self.message(f"{subject} = {shares[-1].after!r}, added up by {uses}:")
        for step in shares[:MOST_CONTRIBUTIONS]:
            where, _, numbers = narrate(step, root, cursor.names)
            self.message(f"  {numbers}    {where}")
        if len(shares) > MOST_CONTRIBUTIONS:
            self.message(f"  … and {len(shares) - MOST_CONTRIBUTIONS:,} more")
        return None

    @command
    def do_explain(self, arg: str) -> None:
        """explain [expr] wrt: print the derivative of a value by another, path by path.

        The last word is by what; an expression with spaces can only be the first.
        """
        from .explain import explain

        expression, wrt = last_word(arg, bool)
        if not wrt:
            raise ValueError("explain needs by what to differentiate: explain loss w")
        self.message(str(explain(self.root(expression), self.value(wrt), names=self.names())))

    @command
    def do_bstart(self, arg: str) -> None:
        """bstart [expr]: begin a backward pass from a value, to be stepped through.

        That value is the root for grad, tree and the others, until the program runs on.
        """
        self.cursor = self.begun(arg)
        if arg:
            self.chosen = self.cursor.root
        self.message(str(self.cursor))

    @command
    def do_bstep(self, arg: str) -> None:
        """bstep [n]: take the next step, or n steps, of the backward pass.

        It goes on with the pass that was begun last: after computing a new root, use bstart.
        """
        self.move(whole(arg or "1", "bstep"))

    @command
    def do_bback(self, arg: str) -> None:
        """bback [n]: take back the latest step, or n steps, of the backward pass."""
        self.move(-whole(arg or "1", "bback"))

    @command
    def do_bgoto(self, arg: str) -> None:
        """bgoto n: move to where n steps of the backward pass have been taken."""
        position = whole(arg, "bgoto")
        cursor = self.started()
        cursor.goto(position)
        self.message(str(cursor))

    @command
    def do_watchgrad(self, arg: str) -> None:
        """watchgrad [expr] [nan]: let brun stop where a gradient changes, or turns NaN.

        Without an expression all gradients are watched; bstart forgets what is.
        """
        expression, nan = last_word(arg, lambda word: word == "nan")
        cursor = self.started()
        node = self.value(expression) if expression else None
        cursor.watch(node, nan=bool(nan))
        name = "every value" if node is None else cursor.names[node]
        self.message(f"brun stops where the gradient of {name} {'turns NaN' if nan else 'changes'}")

    @command
    def do_brun(self, arg: str) -> None:
        """brun: go on with the backward pass to a watched gradient, or to the end."""
        cursor = self.started()
        for told in cursor.run() or ["the end: no watched gradient did so"]:
            self.message(told)
        self.message(str(cursor))

    complete_graph = complete_tree = complete_grad = pdb.Pdb._complete_expression
    complete_explain = complete_bstart = complete_watchgrad = pdb.Pdb._complete_expression

    def move(self, count: int) -> None:
        """Move the cursor by so many steps, and tell where it stands."""
        cursor = self.started()
        position = max(0, min(cursor.position + count, len(cursor)))
        if position == cursor.position and count:
            self.message("the backward pass is at its " + ("end" if count > 0 else "beginning"))
        cursor.goto(position)
        self.message(str(cursor))

    def started(self) -> Backprop:
        """Return the cursor, one on the frame's root if there is none yet."""
        if self.cursor is None:
            self.cursor = self.begun()
        return self.cursor

    def begun(self, expression: str = "") -> Backprop:
        """Return a cursor at the beginning, or before the step that an anomaly went wrong in."""
        from .stepping import Backprop

        cursor = Backprop(self.root(expression), self.names())
        wrong = self.anomaly and self.anomaly.step
        if wrong and not expression:
            place = wrong.node, wrong.position
            cursor.until(lambda step: (step.node, step.position) == place)
            cursor.back()
        return cursor

    def value(self, expression: str) -> Value:
        """Return the Value that an expression is in the frame."""
        found = eval(expression, self.frame().f_globals, dict(self.curframe_locals))
        if not isinstance(found, Value):
            raise TypeError(f"{expression} is no Value but of type {type(found).__name__}")
        return found

    def root(self, expression: str = "") -> Value:
        """Return the Value that an expression is, the frame's root without one."""
        if expression:
            return self.value(expression)
        if self.chosen is not None:
            return self.chosen
        if self.anomaly is not None:
            return root_of(self.anomaly)
        values = [x for x in self.curframe_locals.values() if isinstance(x, Value)]
        if not values:
            raise LookupError("no local variable is a Value: give an expression, or go up a frame")
        return max(values, key=lambda x: (x.operation is not None, x.created))

    def names(self) -> Mapping[str, Any]:
        """Return the variables that nodes are named by: inside this package, those of its user."""
        frame = self.frame()
        if not is_own(frame):
            return self.curframe_locals
        while is_own(frame) and frame.f_back:
            frame = frame.f_back
        return frame.f_locals

    def frame(self) -> FrameType:
        """Return the frame that the debugger looks at."""
        if self.curframe is None:
            raise LookupError("there is no frame to look at")
        return self.curframe

    def interaction(self, frame: FrameType | None, tb_or_exc: Any) -> None:
        """Ask for commands; after an anomaly, where it happened and with its node as the root."""
        self.anomaly, self.chosen, error = None, None, tb_or_exc
        if isinstance(error, TracebackType) and error is sys.exc_info()[2]:
            error = sys.exc_info()[1]
        if isinstance(error, BaseException):
            self.anomaly = anomaly_in(error)
            if sys.version_info < (3, 13):  # later ones tell of its causes, too
                tb_or_exc = error.__traceback__
        if self.anomaly is not None:
            self.cursor, tb_or_exc = None, self.anomaly.__traceback__
            self.message(f"AnomalyError: {printable(str(self.anomaly).splitlines()[0])}")
            self.message(f"The commands for graphs begin at {root_of(self.anomaly)!r}")
            if self.anomaly.step is not None:
                self.message("bstep takes the step back that went wrong")
        super().interaction(frame, tb_or_exc)

    def get_stack(
        self, f: FrameType | None, t: TracebackType | None
    ) -> tuple[list[tuple[FrameType, int]], int]:
        """Return the stack and the place in it: after an anomaly, the user's line."""
        stack, place = super().get_stack(f, t)
        if self.anomaly is not None:
            users = [i for i, (frame, _) in enumerate(stack) if not is_own(frame)]
            place = max(users, default=place)
        return stack, place


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
    if not arg.isdecimal():
        raise ValueError(f"{where} takes a number of steps, as in {where} 2, not {arg!r}")
    return int(arg)


def is_own(frame: FrameType) -> bool:
    """Tell whether a frame runs code of this package."""
    return frame.f_code.co_filename.startswith(PACKAGE)


def anomaly_in(error: BaseException | None) -> AnomalyError | None:
    """Return the AnomalyError that an error is, or comes from."""
    seen = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, AnomalyError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


def root_of(anomaly: AnomalyError) -> Value:
    """Return the error's node, or the root of the backward pass that it happened in."""
    for frame, _ in traceback.walk_tb(anomaly.__traceback__):
        if anomaly.step and frame.f_code is Value.backward.__code__:
            root: Value = frame.f_locals["self"]
            return root
    return anomaly.node


def set_trace(*, header: str | None = None) -> None:
    """Enter the debugger in the caller's frame, as ``breakpoint()`` does.

    >>> set_trace()  # doctest: +SKIP
    """
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
    pdb.Pdb = Debugger  # type: ignore[misc]  # so that the script's breakpoint() is this one, too
    pdb.main()


if __name__ == "__main__":
    from micrograd_nn import debugger  # pdb empties the module __main__, which this one is

    debugger.main()
