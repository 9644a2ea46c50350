"""How an engine is called, and the mistakes behind the numbers that it gave."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from ....checks.samples import Expression
from .alone import list_choices
from .capabilities import Sign, explain_nothing, find_capabilities
from .examination import FIRST_GRAPHS, Examination
from .fault_table import FAULTS
from .graphs import find_forms, list_graphs
from .locating import is_cleared, trace
from .replies import Reply
from .search import Observed, are_same, find_mistakes, find_witness, is_same
from .suspects import Mistake, list_suspects

MOST_LARGER = 12  # graphs among those on which it is seen whether anything comes back
EXPLAIN_SECONDS = 30.0  # to look for what explains the numbers, when all graphs were run


def examine(examination: Examination) -> None:
    """Examine the engine, from what it has to random graphs."""
    examination.capabilities = find_capabilities(examination.process, examination.sources)
    examination.unseen += examination.capabilities.unseen
    for failing in examination.capabilities.failing:
        examination.note(failing)
    if not examination.capabilities.forms:
        raise examination.process.refuse(explain_nothing(examination.capabilities))
    examination.process.deaths = 0  # what works is tried, though much did not
    forms, composed = examination.capabilities.forms, examination.capabilities.composed
    primitive = [form for form in forms if form not in composed]
    tasks = list_graphs(tuple(forms), tuple(primitive))
    larger = [task for task in tasks if len(task.graph.lines) > 1]
    first = [*tasks[:FIRST_GRAPHS], *larger[:MOST_LARGER]]
    calibrate(examination, [task.graph for task in first])
    if not any(sign.fault == "nothing" for sign in examination.signs):
        examination.gather(tasks)
        explain_cases(examination)


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


def explain_cases(examination: Examination) -> None:
    """Find the mistakes behind the numbers; what no mistake explains is reported as such."""
    names = {name for case in examination.cases for name, _ in case.forms}
    cases = examination.cases
    grads = [x for case in cases for x in case.grads if isfinite(x)]
    suspects = list_seeds(cases)
    suspects += [
        mistake for mistake in list_suspects(sorted(names))
        if mistake.rounds is None or all(mistake.rounds(x) == x for x in grads)
    ]  # fmt: skip
    until = time.monotonic() + EXPLAIN_SECONDS
    choices = list_choices(examination, cases, suspects)
    fit = examination.fit = find_mistakes(cases, choices, until)
    if fit.unexplained is not None:
        graph, grads = fit.unexplained.graph, fit.unexplained.grads
        forms = sorted(find_forms(graph))
        examination.signs.append(Sign("unknown", forms=forms, graph=graph, grads=grads))
    for case in examination.composed if fit == ((), None) else ():  # its parts are right
        if not are_same(case.grads, case.right):
            forms = sorted(find_forms(case.graph))
            examination.note(Sign("unknown", forms=forms, graph=case.graph, grads=case.grads))
    for mistake in fit.mistakes:
        note_mistake(examination, mistake, find_witness(cases, fit.mistakes, mistake))


def note_mistake(examination: Examination, mistake: Mistake, case: Observed | None) -> None:
    """Gather the sign of a mistake; those of one fault in one operation are one sign."""
    if case is None:
        return
    if mistake.fault == "unseeded" and not any(case.grads):
        (seen,) = trace(examination, [case.graph])
        if any(is_cleared(changes) for _, changes in seen.sets):
            mistake = replace(mistake, fault="cleared")
    if "reseeds" in mistake.traits:
        (seen,) = trace(examination, [case.graph])
        root = len(case.graph.leaves) + len(case.graph.lines) - 1
        if not any(  # it doesn't set to 1 what has a gradient already, and isn't the root
            node != root and before and after == 1
            for _, changes in seen.sets for node, (before, after) in changes.items()
        ):  # fmt: skip
            mistake = replace(mistake, fault="upstream_forgotten")
    is_named = "{operation}" in FAULTS[mistake.fault].title  # then each is reported by itself
    for sign in examination.signs:
        operations = {other.operation for other in sign.mistakes}
        is_other = is_named and mistake.operation not in operations
        if sign.fault == mistake.fault and sign.mistakes and not is_other:
            sign.mistakes += (mistake,)
            return
    examination.signs.append(Sign(mistake.fault, (mistake,), graph=case.graph, grads=case.grads))


def list_seeds(cases: Sequence[Observed]) -> list[Mistake]:
    """Return the mistake of a seed other than 1, if all gradients are off by that factor.

    A graph with but one node that adds shows it, whatever else is wrong.
    """
    ratios = {
        x / y for case in cases[:FIRST_GRAPHS] for x, y in zip(case.grads, case.right, strict=True)
        if x and y and isfinite(x)
    }  # fmt: skip
    ratio = min(ratios, default=1.0)
    if is_same(ratio, 1.0) or not all(is_same(ratio, other) for other in ratios):
        return []
    return [Mistake("unseeded", seed=lambda number: ratio)]
