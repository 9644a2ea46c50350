"""What an engine's answers mean that have no gradients: nothing came back, or nothing can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..checks.samples import Expression
from .capabilities import Capabilities, Failing
from .graphs import WrittenForm
from .process import Reply


def is_missing_argument(answer: Reply) -> bool:
    """Tell whether ``backward`` wants an argument."""
    error = answer.get("error", {})
    return error.get("type") == "TypeError" and "required positional" in error.get("message", "")


def is_fatal(answer: Reply) -> bool:
    """Tell whether nothing can be learnt from what came of a graph."""
    kinds = ("SystemExit", "MemoryError", "KeyboardInterrupt")
    return "stage" not in answer or answer.get("error", {}).get("type") in kinds


def explain_fatal(answer: Reply) -> str:
    """Say why nothing came back, not even of the smallest graph."""
    if "late" in answer:
        return "backward() doesn't come to an end on the smallest graph, within 3 s"
    if "died" in answer:
        return "its process ended in backward() on the smallest graph"
    if "error" not in answer:
        return "it came to no end too often, or its process ended"
    error = answer["error"]
    return f"backward() stops by {error['type']} on the smallest graph (line {error['line']})"


def explain_nothing(capabilities: Capabilities) -> str:
    """Say why no operation can be used."""
    for failing in capabilities.failing:
        if failing.fault == "endless":
            return f"no operation of it works: {failing.form.write()} doesn't come to an end"
        if failing.error:
            error = failing.error
            at = f" (line {error['line']})" if error["line"] else ""
            name = failing.form.write()
            return f"no operation of it works: {name} stops by {error['type'] or 'itself'}: " \
                   f"{error['message']}{at}"  # fmt: skip
    if capabilities.failing:
        return "no operation of it computes the right number"
    return "it has none of the operations that are known here, such as a + b or a.tanh()"


def are_leaves_bare(graph: Expression, answer: Reply) -> bool:
    """Tell whether a pass gave no leaf a gradient."""
    return "error" not in answer and bool(answer.get("grads")) and not any(
        answer["grads"][0][: len(graph.leaves)]
    )  # fmt: skip


def fails_alike(failing: Failing, forms: Sequence[WrittenForm], error: dict[str, Any]) -> bool:
    """Tell whether a form fails as others of the same fault do: on the same line, or a method."""
    if failing.fault == "not_reflected":
        return True
    if failing.fault == "raises":
        return all(failing.error[x] == error.get(x) for x in ("type", "file", "line"))
    is_same_method = failing.fault == "endless" or failing.form.kinds == "vn"
    return is_same_method and failing.form.name == forms[0].name
