"""Python's debugger with commands for graphs: draw them, show gradients, step through backprop.

Enter it with ``PYTHONBREAKPOINT=micrograd_nn.debugger.set_trace`` at each ``breakpoint()``, with
``micrograd_nn.debugger.set_trace()``, or as ``python -m micrograd_nn.debugger script.py``. The
commands look only: no gradient changes. Where a variable has the name of a command, ``p grad``
and ``!grad`` mean the variable.
"""

# ruff: noqa: D403 - the first line of a command's help begins with its name

from __future__ import annotations

import pdb
import sys
from contextlib import suppress
from getopt import GetoptError, getopt
from os.path import splitext
from tempfile import NamedTemporaryFile
from typing import Any

from ..engine.value import Constant
from ..graph.graph import Graph
from ..text import format_number, make_printable, show_path
from .backstepping import BackStepping
from .prompt import make_command, split_last_word

MOST_CONTRIBUTIONS = 20  # that grad shows

USAGE = """\
usage: python -m micrograd_nn.debugger [-h] [-c command] ... (script.py | -m module) [arg] ...

Run a Python script or module in pdb, Python's debugger, with commands for graphs.

  -h, --help            show this
  -c, --command command
                        run a command first, as if it stood in a file .pdbrc; may be repeated
  -m module             run a module, as python -m does

An error that nobody catches stops the program where it was raised; "-c continue" runs to there.
Beside those of pdb there are these commands; help and a command's name tells more. An expr is what
is a Value in the program, or else a name that tree and graph show, as v1 or layers.0.b.

"""


class Debugger(BackStepping):
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
    else the last of the leaves. After an ``AnomalyError``, or an operation that failed, it is
    where that error is. Nodes have the names of the frame's variables; those that ``tree`` shows
    (v1, layers.0.b) can be typed as expressions where the frame has no Value of that name.
    """

    @make_command
    def do_graph(self, arg: str) -> None:
        """graph [expr] [file]: draw the graph of a value.

        The picture goes to the file, which ends in .svg, .png, .dot, .pdf, .tex or .mmd, or to a
        new one. Where all that is typed is a Value (o.dot, where o has such an attribute), that is
        drawn: for a file of such a name write ./o.dot. Where no picture can be drawn, the graph is
        told as a tree.
        """
        from ..draw.drawing import ENDINGS
        from ..draw.layout import LayoutError
        from ..draw.picture import draw

        scope, root = self.get_scope(), None
        endings = tuple([f".{format}" for format in ENDINGS])
        expression, path = split_last_word(arg, lambda word: word.endswith(endings))
        if path:
            with suppress(Exception):  # whatever it isn't, it is a file
                root, path = scope.find_value(arg), ""
        try:
            root = scope.choose_root(expression) if root is None else root
        except Exception as error:
            if path or not splitext(arg)[1]:
                raise
            raise ValueError(
                f"{arg} is no Value ({error}), nor does it name a file: that ends in "
                f"{', '.join(endings[:-1])} or {endings[-1]}"
            ) from None
        graph = scope.name_graph(root)
        drawing = draw(graph)
        try:
            if path:
                drawing.save(path)
            else:
                picture = drawing.render("svg")
                with NamedTemporaryFile(prefix="graph-", suffix=".svg", delete=False) as file:
                    file.write(picture)
                path = file.name
        except LayoutError as error:
            self.error(make_printable(str(error)))
            self.show_tree(graph)
        else:
            self.message(f"drawn to {show_path(path)}")

    @make_command
    def do_tree(self, arg: str) -> None:
        """tree [expr]: print what a value was made of.

        After an error of an operation, it begins where that is.
        """
        scope = self.get_scope()
        root = None if arg or self.chosen is not None else self.failing
        self.show_tree(scope.name_graph(scope.choose_root(arg) if root is None else root))

    @make_command
    def do_grad(self, arg: str) -> None:
        """grad [expr]: print a value's number, its gradient and what that adds up.

        The contributions are those to the gradient of the frame's root by the value.
        """
        from ..tree import describe_numbers
        from ..writing.narration import (
            explain_other_pass,
            name_derivative,
            narrate,
            write_local,
        )

        scope = self.get_scope()
        graph = scope.name_graph(scope.choose_root())
        names, root = graph.names, graph.root
        node = root if self.failing is None else self.failing
        if arg:
            node = scope.find_value(arg, among=names)
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
        graph = scope.name_graph(scope.choose_root(expression))
        self.message(str(explain(graph, scope.find_value(wrt, among=graph.names))))

    complete_graph = complete_tree = complete_grad = complete_explain = BackStepping.complete_value

    def print_topics(self, header: str, cmds: list[str] | None, cmdlen: Any, maxcol: int) -> None:
        """Print one list of help: before that of commands, those for graphs."""
        if header == self.doc_header:
            self.message(f"Commands for graphs:\n{list_commands()}\n")
            cmds = [name for name in cmds or () if hasattr(pdb.Pdb, f"do_{name}")]
        super().print_topics(header, cmds, cmdlen, maxcol)

    def show_tree(self, graph: Graph) -> None:
        """Print what a value was made of."""
        from ..tree import tree

        self.message(str(tree(graph)))


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
    try:
        options, rest = getopt(sys.argv[1:], "hc:m", ["help", "command="])
    except GetoptError:  # pdb itself may know more, or what is wrong
        options, rest = [], sys.argv[1:]
    if {"-h", "--help"} & dict(options).keys() or not rest:
        print(describe_usage())
        sys.exit(0 if options else 2)
    pdb.Pdb = Debugger  # type: ignore[misc]  # so that the script's breakpoint() is this one, too
    pdb.main()


def describe_usage() -> str:
    """Return how the debugger is run, and what its own commands are.

    >>> print(describe_usage().partition(chr(10))[0])
    usage: python -m micrograd_nn.debugger [-h] [-c command] ... (script.py | -m module) [arg] ...
    """
    return USAGE + list_commands()


def list_commands() -> str:
    """Return what the debugger's own commands are, a line each.

    >>> print(list_commands().partition(chr(10))[0])
      graph [expr] [file]     draw the graph of a value
    """
    helps = [
        (run.__doc__ or "").partition("\n")[0].rstrip(".").partition(": ")
        for kind in (Debugger, BackStepping)
        for name, run in vars(kind).items()
        if name.startswith("do_")
    ]
    width = max(len(how) for how, _, _ in helps)
    return "\n".join([f"  {how:{width}}  {what}" for how, _, what in helps])
