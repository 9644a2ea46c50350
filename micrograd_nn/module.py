"""A compiled program as a Python module that runs by itself, without this package."""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .errors import InputError

MODULE = '''"""{docstring}"""

{imports}


{definitions}

if __name__ == "__main__":
{main}
'''


def module_source(
    functions: str, rules: Mapping[str, Callable[..., Any]], docstring: str, main: str
) -> str:
    """Return functions as a module, with the imports and the rules that they call.

    A rule that has no source of its own, such as a lambda, is an InputError.
    """
    imports: set[str] = set()
    definitions: dict[str, str] = {}
    names = [node for node in ast.walk(ast.parse(functions)) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for name in dict.fromkeys(node.id for node in names if node.id in rules):
        if name not in own:
            include(name, rules[name], imports, definitions)
    return MODULE.format(
        docstring=docstring,
        imports="\n".join(sorted(imports)),
        definitions="\n\n\n".join([*definitions.values(), functions.rstrip()]),
        main="\n".join("    " + line for line in main.splitlines()),
    ).replace("\n\n\n\n\n", "\n\n\n")


def include(name: str, rule: Any, imports: set[str], definitions: dict[str, str]) -> None:
    """Import a rule of Python's own, or define it with all that it calls in its turn."""
    if name in definitions:
        return
    if isinstance(rule, float):  # inf and nan
        imports.add(f"from math import {name}")
    elif inspect.ismodule(rule):
        imports.add(f"import {rule.__name__}")
    elif inspect.isbuiltin(rule) or rule.__module__ == "functools":
        if getattr(builtins, name, None) is not rule:
            renamed = "" if rule.__name__ == name else f" as {name}"
            imports.add(f"from {rule.__module__.lstrip('_')} import {rule.__name__}{renamed}")
    else:
        if rule.__name__ == "<lambda>":
            raise InputError(
                f"not saved: the forward rule of {name!r} is a lambda, which has no source of its "
                f"own: define it with def"
            )
        definitions[name] = ""  # holds the place: a rule may call itself
        for used in rule.__code__.co_names if inspect.isfunction(rule) else ():
            if used in rule.__globals__:
                include(used, rule.__globals__[used], imports, definitions)
        source = inspect.getsource(rule).rstrip()
        again = f"\n\n\n{name} = {rule.__name__}" if rule.__name__ != name else ""
        del definitions[name]
        definitions[name] = source + again
