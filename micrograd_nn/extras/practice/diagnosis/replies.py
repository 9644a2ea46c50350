"""What an engine's process answers, looked at before anything is made of it.

An engine runs beside what answers for it, and finds the pipe if it looks for it. So an answer is
read by its form: one that its request doesn't ask for is none, and then the process is ended. What
numbers there are, the engine may choose; they are judged elsewhere, by the right ones.
"""

from __future__ import annotations

import json
import re
from typing import Any

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
    if request is None or "unusable" in found:
        return fits(found, REFUSED if "unusable" in found else INTRODUCTION)
    shapes, wanted = (expect_form if request["do"] == "form" else expect_graph)(found, request)
    known = {name: shape for name, shape in shapes.items() if name in found}
    return wanted <= found.keys() and fits(found, known)


def expect_form(found: Reply, request: Reply) -> tuple[Reply, set[str]]:
    """Return the shapes of what an operation gives at some points, and what has to be told."""
    arity, points = len(request["kinds"]), len(request["points"])
    numbers = found.get("numbers")
    count = min(points, len(numbers)) if isinstance(numbers, list) else points
    if not {"error", "changes"} & found.keys():  # which come before the last
        count = points
    shapes = {
        "places": lambda x: is_table(x, PLACE), "written": lambda x: is_table(x, is_written),
        "numbers": (is_number,) * count, "error": ERROR, "changes": (is_number,) * arity,
        "composed": (lambda x: x is None or fits(x, [is_number]),) * count,
    }  # fmt: skip
    tried = set() if "absent" in found else {"numbers", "error" if "error" in found else "composed"}
    return shapes, {"places", "written", *tried}


def expect_graph(found: Reply, request: Reply) -> tuple[Reply, set[str]]:
    """Return the shapes of what came of a graph: numbers for each of its nodes, or an error."""
    count = len(request["leaves"]) + len(request["lines"]) * request.get("times", 1)
    numbers, passes = (is_number,) * count, request.get("passes", 1)
    is_whole = "error" not in found and not request.get("traced")
    some = min(passes, len(found["grads"])) if isinstance(found.get("grads"), list) else 0
    shapes = {**SEEN, "data": numbers, "after": numbers,
              "grads": (numbers,) * (passes if is_whole else some)}  # fmt: skip
    wanted = {"data", "after"} if is_whole else TRACED if request.get("traced") else set()
    return shapes, {"stage", "grads", *(() if "error" in found else wanted)}


def fits(x: Any, shape: Any) -> bool:
    """Tell whether something read from JSON has a shape.

    The shape [s] is a list of such, (s, t) one of just these, and {"a": s} has these names at
    least. All else is a function that tells.

    >>> fits([["a", 1]], [(is_text, is_count)]), fits([["a"]], [(is_text, is_count)])
    (True, False)
    """
    if isinstance(shape, list):
        return isinstance(x, list) and all(fits(one, shape[0]) for one in x)
    if isinstance(shape, tuple):
        return isinstance(x, list) and len(x) == len(shape) and all(map(fits, x, shape))
    if isinstance(shape, dict):
        return isinstance(x, dict) and all(fits(x.get(name), one) for name, one in shape.items())
    return bool(shape(x))


def is_table(x: Any, shape: Any) -> bool:
    """Tell whether this has things of a shape by their names."""
    return isinstance(x, dict) and all(is_text(key) and fits(x[key], shape) for key in x)


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


# What stands in replies

PLACE = is_text, is_count  # a file and a line
ERROR = {"type": is_text, "message": is_text, "file": is_text, "line": is_count}
INTRODUCTION = {
    "has_equal_nodes": lambda x: type(x) is bool, "methods": [is_name], "functions": [is_name],
}  # fmt: skip
REFUSED = {"unusable": is_text}
TRACED = {"made", "ran", "sets", "events"}
SEEN = {
    "stage": lambda x: x in STAGES,
    "error": ERROR,
    "gradient": (is_name, is_written),
    "borrowed": [(is_name, *PLACE)],  # another engine, and the line that calls it
    "compares": PLACE,
    "calls_itself": PLACE,
    "events": is_count,
    "made": [PLACE],
    "ran": [PLACE],
    "sets": [(PLACE, [(is_count, is_number, is_number)])],  # a line, and the gradients it changes
}  # fmt: skip
