"""A compiled program as a Python module that runs by itself, without this package."""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...._ground.text import InputError
from ....engine.operation import Operation

MODULE = '''"""{docstring}"""

{imports}


{definitions}

if __name__ == "__main__":
{main}
'''


def write_module(
    functions: Sequence[str],
    rules: Mapping[str, Callable[..., Any]],
    docstring: str,
    main: str,
) -> str:
    """Return functions as a module, with the imports and the rules that they call.

    A rule that can't stand by itself in a module is an InputError.
    """
    parts = Parts()
    for function in functions:
        names = [node for node in ast.walk(ast.parse(function)) if isinstance(node, ast.Name)]
        own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        for name in dict.fromkeys(node.id for node in names if node.id in rules):
            if name not in own:
                parts.include(name, rules[name])
    return MODULE.format(
        docstring=docstring,
        imports="\n".join(sorted(parts.imports)),
        definitions="\n\n\n".join([*parts.definitions.values(), *map(str.rstrip, functions)]),
        main="\n".join("    " + line for line in main.splitlines()),
    ).replace("\n\n\n\n\n", "\n\n\n")


class Parts:
    """The imports and the definitions of a module, each name with one meaning."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.definitions: dict[str, str] = {}
        self.meaning: dict[str, Any] = {}

    def include(self, name: str, thing: Any) -> None:
        """Import what is Python's own, or define it with all that it uses in its turn."""
        if isinstance(thing, Operation):  # which a rule of derivatives calls
            thing = thing.forward
        if name in self.meaning:
            if self.meaning[name] is not thing:
                raise InputError(f"not saved: two rules need a different {name!r}: rename one")
            return
        self.meaning[name] = thing
        if getattr(builtins, name, None) is thing:
            return
        as_name = "" if getattr(thing, "__name__", name) == name else f" as {name}"
        home = str(getattr(thing, "__module__", "")).lstrip("_")
        if inspect.ismodule(thing) and thing.__name__ in sys.stdlib_module_names:
            self.imports.add(f"import {thing.__name__}{as_name}")
        elif isinstance(thing, float) and getattr(math, name, None) is thing:
            self.imports.add(f"from math import {name}")
        elif isinstance(thing, (bool, int, float, str, type(None))) or is_literal(thing):
            self.definitions[name] = f"{name} = {thing!r}"
        elif inspect.isbuiltin(thing) and home in sys.stdlib_module_names:
            self.imports.add(f"from {home} import {thing.__name__}{as_name}")
        elif inspect.isfunction(thing) and thing.__module__ in sys.stdlib_module_names:
            self.imports.add(f"from {thing.__module__} import {thing.__name__}{as_name}")
        else:
            self.define(name, thing)

    def define(self, name: str, thing: Any) -> None:
        """Write a function or a class down, behind what it uses."""
        has_source = isinstance(thing, type) or inspect.isfunction(thing)
        is_at_the_top = has_source and thing.__qualname__ == thing.__name__
        if not (is_at_the_top and thing.__name__.isidentifier()):
            what = " is a lambda: it" if getattr(thing, "__name__", "") == "<lambda>" else ""
            raise InputError(
                f"not saved: {name!r}{what} has no source that can stand by itself: define its "
                f"forward rule with def, at the top of a module"
            )
        try:
            source = textwrap.dedent(inspect.getsource(thing)).rstrip()
        except OSError:
            raise InputError(f"not saved: {name!r} has no source in a file") from None
        around = vars(sys.modules[thing.__module__])
        tree = ast.parse(source)
        noted = find_annotations(tree)
        for node in ast.walk(tree):
            used = node.id if isinstance(node, ast.Name) else ""
            if used in around and around[used] is not thing and used not in noted:
                self.include(used, around[used])
        if thing.__name__ != name:
            self.include(thing.__name__, thing)
            source = f"{name} = {thing.__name__}"
        self.definitions[name] = source


def is_literal(thing: object) -> bool:
    """Tell whether this is a tuple of plain numbers and the like, which is written as it is.

    >>> is_literal((1.0, ("a", 2.0))), is_literal((math.inf,)), is_literal([1.0])
    (True, False, False)
    """
    try:
        return isinstance(thing, tuple) and ast.literal_eval(repr(thing)) == thing
    except (SyntaxError, ValueError):
        return False


def find_annotations(tree: ast.AST) -> set[str]:
    """Return the names that stand in annotations alone, which a module doesn't look up.

    They would only be looked up if the function were defined without ``from __future__``.
    """
    notes = [n.annotation for n in ast.walk(tree) if isinstance(n, (ast.arg, ast.AnnAssign))]
    notes += [n.returns for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    return {n.id for note in notes if note for n in ast.walk(note) if isinstance(n, ast.Name)}
