"""What an engine's process answers, looked at before anything is made of it.

An engine runs beside what answers for it, and finds the pipe if it looks for it. So an answer is
read by its form: one that its request doesn't ask for is none, and then the process is ended. What
numbers there are, the engine may choose; they are judged elsewhere, by the right ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .worker.tracing import MOST_STEPS

LONGEST_TEXT = 5_000  # characters of a message, a name or a path
LARGEST_COUNT = 10**9
STAGES = ("forward", "backward", "zeroing")
WRITTEN = re.compile(r"([\w.,=() +-]|\{[01]\})*")  # how a call is written, with {0} for its operand

Reply = dict[str, Any]


def read_reply(line: bytes) -> Reply | None:
    """Return what a line of JSON holds by names, None if it holds no such thing.

    >>> read_reply(b'{"number": 1}'), read_reply(b"[" * 100_000), read_reply(b"all is well")
    ({'number': 1}, None, None)
    """
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def answers(found: Reply, request: Reply | None) -> bool:
    """Tell whether a reply is of the form that a request asks for; None is the first of all.

    >>> request = {"do": "graph", "leaves": [2.0], "lines": [["neg", [0]]]}
    >>> passed = {"stage": "backward", "data": [2.0, -2.0], "after": [2.0, -2.0]}
    >>> answers({**passed, "grads": [[-1.0, 1.0]]}, request)
    True
    >>> answers({**passed, "grads": [[-1.0, 1.0, 5.0]]}, request)
    False
    """
    if request is None:
        return is_introduction(found)
    return (answers_form if request["do"] == "form" else answers_graph)(found, request)


def is_introduction(found: Reply) -> bool:
    """Tell whether this is what is said of an engine before anything is asked."""
    if "unusable" in found:
        return is_text(found["unusable"])
    return type(found.get("has_equal_nodes")) is bool and all(
        is_list(found.get(key), is_name) for key in ("methods", "functions")
    )


def answers_form(found: Reply, request: Reply) -> bool:
    """Tell whether this is what an operation gives at some points."""
    places, written = found.get("places"), found.get("written")
    if not (is_table(places, is_place) and is_table(written, is_written)):
        return False
    if "absent" in found:
        return True
    numbers: Any = found.get("numbers")
    recipes: Any = found.get("recipes")
    arity = len(request["kinds"])
    if not (is_list(numbers, is_number) and len(numbers) <= len(request["points"])):
        return False
    if "error" in found:
        return is_error(found["error"])
    if not (is_list(recipes, lambda x: is_recipe(x, arity)) and len(recipes) == len(numbers)):
        return False
    if "changes" in found:
        return are_numbers(found["changes"], arity)
    return len(numbers) == len(request["points"])


def is_trace(found: Reply) -> bool:
    """Tell whether this says which lines run, and which gradients each of them changes."""
    return (
        is_list(found.get("made"), is_place)
        and is_list(found.get("ran"), is_place)
        and is_list(found.get("sets"), is_set)
    )


def answers_graph(found: Reply, request: Reply) -> bool:
    """Tell whether this is what came of a graph: numbers for each of its nodes, or an error."""
    if "unusable" in found:
        return is_text(found["unusable"])
    if request.get("traced") and "error" not in found:
        return is_trace(found)
    count = len(request["leaves"]) + len(request["lines"]) * request.get("times", 1)
    grads: Any = found.get("grads")
    passes = request.get("passes", 1)
    checks: dict[str, Callable[[Any], bool]] = {
        "data": lambda x: are_numbers(x, count),
        "after": lambda x: are_numbers(x, count),
        "error": is_error,
        "gradient": lambda x: is_list(x, is_written) and len(x) == 2 and is_name(x[0]),
        "borrowed": lambda x: is_list(x, is_borrowed),
        "compares": is_place,
        "calls_itself": is_place,
        "events": is_count,
    }
    return (
        found.get("stage") in STAGES
        and is_list(grads, lambda x: are_numbers(x, count))
        and len(grads) <= passes
        and all(check(found[key]) for key, check in checks.items() if key in found)
        and ("error" in found or (len(grads) == passes and {"data", "after"} <= found.keys()))
    )


# What stands in replies


def is_text(x: Any) -> bool:
    """Tell whether this is a text, and not too long."""
    return isinstance(x, str) and len(x) <= LONGEST_TEXT


def is_name(x: Any) -> bool:
    """Tell whether this is a name of Python's."""
    return is_text(x) and x.isidentifier()


def is_written(x: Any) -> bool:
    """Tell whether this is how a call is written: to be filled in, and no more than that."""
    return is_text(x) and WRITTEN.fullmatch(x) is not None


def is_count(x: Any) -> bool:
    """Tell whether this is how many there are of something."""
    return type(x) is int and 0 <= x < LARGEST_COUNT


def is_number(x: Any) -> bool:
    """Tell whether this is a number, or that there is none."""
    return x is None or type(x) is float


def is_list(x: Any, is_one: Callable[[Any], bool]) -> bool:
    """Tell whether this is a list of such things."""
    return isinstance(x, list) and all(map(is_one, x))


def is_table(x: Any, is_one: Callable[[Any], bool]) -> bool:
    """Tell whether this has such things by their names."""
    return isinstance(x, dict) and all(map(is_text, x)) and all(map(is_one, x.values()))


def are_numbers(x: Any, count: int) -> bool:
    """Tell whether this is a list of ``count`` numbers."""
    return is_list(x, is_number) and len(x) == count


def is_place(x: Any) -> bool:
    """Tell whether this is a file and a line."""
    return isinstance(x, list) and len(x) == 2 and is_text(x[0]) and is_count(x[1])


def is_borrowed(x: Any) -> bool:
    """Tell whether this is another engine by its name, and the line that calls it."""
    return isinstance(x, list) and len(x) == 3 and is_name(x[0]) and is_place(x[1:])


def is_set(x: Any) -> bool:
    """Tell whether this is a line, and the nodes whose gradients it changes, from what to what."""
    return (
        isinstance(x, list) and len(x) == 2 and is_place(x[0])
        and is_list(x[1], lambda one: isinstance(one, list) and len(one) == 3 and is_count(one[0])
                    and is_list(one[1:], is_number))
    )  # fmt: skip


def is_error(x: Any) -> bool:
    """Tell whether this says which error there was, and where."""
    return (
        isinstance(x, dict)
        and all(is_text(x.get(key)) for key in ("type", "message", "file"))
        and is_count(x.get("line"))
    )


def is_recipe(x: Any, arity: int) -> bool:
    """Tell whether this says of which operations one is made, or that nobody knows."""
    if x is None:
        return True
    return (
        isinstance(x, list)
        and len(x) <= MOST_STEPS
        and all(is_step(step, arity, at) for at, step in enumerate(x))
    )


def is_step(x: Any, arity: int, at: int) -> bool:
    """Tell whether this is an operation by its name, and where its inputs come from."""
    if not (isinstance(x, list) and len(x) == 2):
        return False
    name, sources = x
    return is_text(name) and is_list(sources, lambda source: is_source(source, arity, at))


def is_source(x: Any, arity: int, at: int) -> bool:
    """Tell whether an input of a step is one of the operation, of a step before, or a number."""
    if not (isinstance(x, list) and len(x) == 2):
        return False
    kind, which = x
    if kind == "number":
        return is_number(which)
    return is_count(which) and which < {"input": arity, "step": at}.get(str(kind), 0)
