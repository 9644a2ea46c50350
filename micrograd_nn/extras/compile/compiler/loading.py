"""The functions of a program in Python: written when first wanted, compiled, shown by debuggers."""

from __future__ import annotations

import gc
import linecache
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NoReturn

from ....engine.operation import ARITHMETIC
from ....graph.rebuilding import BranchError
from ....notation.python import RULES, PythonIdentifiers
from ..python.functions import PythonStatements, write_function

next_program = count(1).__next__


class Loading:
    """The functions of a program in Python, by their kinds.

    A kind is the place of an output, or ``predict``. ``rules`` is what their lines call.
    """

    def __init__(self, program: Any) -> None:
        self.program = weakref.proxy(program)
        self.number = next_program()
        self.sources: dict[int | str, str] = {}
        self.functions: dict[int | str, Callable[..., Any]] = {}
        self.rules = {**RULES, "BranchError": BranchError}

    def load_function(self, kind: int | str) -> Callable[..., Any]:
        """Return a function, made when first wanted; one that can't be written refuses to run.

        Debuggers show it as long as its program lives.
        """
        source = self.write(kind)
        if kind not in self.functions:
            filename = f"<program {self.number} of micrograd_nn, {kind}>"
            namespace: dict[str, Any] = dict(self.rules)
            exec(compile(source, filename, "exec", dont_inherit=True), namespace)
            # Lines without a time of change stay in linecache, from which debuggers read.
            linecache.cache[filename] = len(source), None, source.splitlines(True), filename
            weakref.finalize(self, linecache.cache.pop, filename, None)
            self.functions[kind] = namespace["program" if isinstance(kind, int) else kind]
        return self.functions[kind]

    def write(self, kind: int | str) -> str:
        """Return the source of one function by itself, written when first wanted."""
        if kind not in self.sources:
            try:
                with collector_paused():
                    self.sources[kind] = self.write_source(kind)
            except ARITHMETIC as error:  # of a rule that looks at a constant
                self.sources[kind] = f"# By the graph, since there is no program: {error}\n"
                self.functions[kind] = refuse_to_run
        return self.sources[kind]

    def write_source(self, kind: int | str) -> str:
        """Return the source of one function."""
        python = PythonStatements(PythonIdentifiers())
        source = write_function(self.program, kind, python)
        self.rules |= {name: operation.forward for operation, name in python.notation.calls.items()}
        return source


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's collector of cycles from scanning, over and over, what grows without any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def refuse_to_run(*arguments: object) -> NoReturn:
    """Stand for a function that can't be written: the graph serves."""
    raise ValueError("there is no program")
