"""How an engine's ``backward`` is called, and whether anything comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from ....checks.samples import Expression
from .capabilities import Sign
from .examination import Examination
from .replies import Reply


def calibrate(examination: Examination, graphs: Sequence[Expression]) -> None:
    """Find out how ``backward`` is called, and whether anything comes of it."""
    answers = examination.ask(graphs)
    if all(is_missing_argument(answer) for answer in answers):
        examination.options["argument"] = True
        examination.signs.append(Sign("given_seed"))
        answers = examination.ask(graphs)
    if "skipped" in answers[0]:
        return
    if all("late" in answer for answer in answers[:2]) or all(map(is_fatal, answers)):
        raise examination.process.refuse(explain_fatal(answers[0]))
    for answer in answers:
        if "gradient" in answer:
            grad, blank = answer["gradient"]
            examination.capabilities.written |= {"grad": f"{{0}}.{grad}", "blank": blank}
    if not all(are_leaves_bare(graph, a) for graph, a in zip(graphs, answers, strict=True)):
        return
    examination.options["assist"] = True
    helped = examination.ask(graphs)
    if all(are_leaves_bare(graph, a) for graph, a in zip(graphs, helped, strict=True)):
        del examination.options["assist"]
        if not all(a["grads"][0][-1] for a in helped):  # it wipes out the root's, too
            return
    graph, answer = graphs[0], answers[0]
    grads = answer["grads"][0][: len(graph.leaves)]
    fault = "unseeded" if "assist" in examination.options else "nothing"
    examination.signs.append(Sign(fault, graph=graph, grads=grads))


def is_missing_argument(answer: Reply) -> bool:
    """Tell whether ``backward`` wants an argument."""
    error = answer.get("error", {})
    return error.get("type") == "TypeError" and "required positional" in error.get("message", "")


def is_fatal(answer: Reply) -> bool:
    """Tell whether nothing can be learned from what came of a graph."""
    kinds = ("SystemExit", "MemoryError", "KeyboardInterrupt")
    return "stage" not in answer or answer.get("error", {}).get("type") in kinds


def explain_fatal(answer: Reply) -> str:
    """Say why nothing came back, not even of the smallest graph."""
    if "late" in answer:
        return "backward() doesn't come to an end on the smallest graph, within 3 s"
    if "died" in answer:
        return "its process ended in backward() on the smallest graph"
    error = answer["error"]
    return f"backward() stops by {error['type']} on the smallest graph (line {error['line']})"


def are_leaves_bare(graph: Expression, answer: Reply) -> bool:
    """Tell whether a pass gave no leaf a gradient."""
    return "error" not in answer and bool(answer.get("grads")) and not any(
        answer["grads"][0][: len(graph.leaves)]
    )  # fmt: skip
