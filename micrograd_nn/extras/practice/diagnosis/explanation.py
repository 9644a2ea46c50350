"""How an engine is called, the mistakes behind the numbers that it gave, and where they show.

A sign shows at a line that is seen to run, and by what it sets. The lines that run for one
operation alone are its own. A pass over a small graph tells which line sets which gradient, and to
what.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import NamedTuple

from ....checks.samples import Expression
from .alone import find_alone, list_choices
from .capabilities import Sign, explain_nothing, find_capabilities
from .examination import FIRST_GRAPHS, Examination
from .fault_table import FAULTS
from .graphs import WrittenForm, find_forms, list_graphs
from .replies import Reply
from .search import Observed, are_same, find_mistakes, find_witness, is_same
from .suspects import Mistake, list_suspects

MOST_LARGER = 12  # graphs among those on which it is seen whether anything comes back
EXPLAIN_SECONDS = 30.0  # to look for what explains the numbers, when all graphs were run
WALKS = ("order", "revisits", "doubles", "equal_nodes", "kept", "unseeded", "cleared", "reseeded",
         "nothing", "mutated", "nudged", "left_over")  # fmt: skip
Place = tuple[str, int]
Changes = Mapping[int, tuple[float, float]]  # of nodes' gradients: before, after


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


class Trace(NamedTuple):
    """What was seen while a graph was made and passed back through, each line once."""

    made: Sequence[Place]
    ran: Sequence[Place]
    sets: Sequence[tuple[Place, Changes]]


def trace(examination: Examination, graphs: Iterable[Expression]) -> list[Trace]:
    """Return what is seen on some graphs, nothing where that can't be had."""
    return [
        Trace(
            [(file, line) for file, line in answer.get("made", ())],
            [(file, line) for file, line in answer.get("ran", ())],
            [((file, line), {node: (old or 0.0, new or 0.0) for node, old, new in changes})
             for (file, line), changes in answer.get("sets", ())],
        )
        for answer in examination.ask(graphs, traced=True)
    ]  # fmt: skip


def locate_signs(examination: Examination) -> None:
    """Note the line of each sign, where it isn't known by an error that came through it."""
    for sign in examination.signs:
        if sign.error.get("line"):
            sign.at = sign.error["file"], sign.error["line"]
    waiting = [sign for sign in examination.signs if not sign.at and sign.fault != "not_reflected"]
    cases = examination.cases if any(sign.graph for sign in waiting) else []
    alone = {
        WrittenForm(name, case.evaluated.kinds[0]): case.graph
        for name, of_one in find_alone(cases).items() for case in reversed(of_one)
    }  # fmt: skip
    own = dict(zip(alone, trace(examination, alone.values()), strict=True))
    for sign in waiting:
        sign.at = locate_sign(sign, examination, own)


def locate_sign(
    sign: Sign, examination: Examination, own: Mapping[WrittenForm, Trace]
) -> Place | None:
    """Return the line of a sign, that of a method where no line is alone, None for neither."""
    places = examination.capabilities.places
    if sign.graph is None and sign.forms:
        form = sign.forms[0]
        return places.get("r" * (form.kinds == "nv") + form.name)
    if sign.fault not in (*WALKS, "aliased"):
        return locate_share(sign, examination, own)
    if any(mistake.begins for mistake in sign.mistakes):
        return places.get("Value")
    lines: list[Place] = []
    if sign.graph is not None and sign.fault in ("unseeded", "cleared", "aliased"):
        (seen,) = trace(examination, [sign.graph])
        root = len(sign.graph.leaves) + len(sign.graph.lines) - 1
        tells: dict[str, Callable[[Changes], bool]] = {
            "unseeded": lambda changes: root in changes,
            "cleared": is_cleared,
            "aliased": lambda changes: len(changes) > 1,
        }
        lines = [at for at, changes in seen.sets if tells[sign.fault](changes)]
    if sign.fault == "cleared":
        lines.reverse()
    return lines[0] if lines else places.get("backward")


def is_cleared(changes: Changes) -> bool:
    """Tell whether a gradient is set back to 0."""
    return any(before and not after for before, after in changes.values())


def locate_share(
    sign: Sign, examination: Examination, own: Mapping[WrittenForm, Trace]
) -> Place | None:
    """Return the line that passes a wrong share: the operation's own, or that of the walk."""
    if sign.graph is None or (not sign.mistakes and len(sign.graph.lines) > 1) or sign.is_second:
        return None
    name, kinds, position, overwrites = sign.graph.lines[-1][0].name, "", None, False
    if sign.mistakes:
        first = sign.mistakes[0]
        name, kinds, position = first.operation or name, first.kinds, first.position
        overwrites = "overwrites" in first.traits
        if not (first.operation or overwrites):
            return None
    places = examination.capabilities.places
    forms = [
        form for form in own if form.name == name and kinds in ("", form.kinds)
        and (position is None or form.kinds[position] == "v")
    ]  # fmt: skip
    if not forms:
        return places.get(name)
    form = max(forms, key=lambda form: form.kinds)
    of_others = [one for other, one in own.items() if other.name != name]
    shared = {place for one in of_others for place in (*one.made, *one.ran)}
    seen = own[form] if sign.mistakes else own[form]._replace(made=())
    line = find_own_line(seen, form, position, overwrites, shared)
    if line is None and overwrites:
        sources = examination.sources
        leaves = form.kinds.count("v")
        received = [at for at, changes in own[form].sets if min(changes) < leaves]
        return next((at for at in received if sources.replaces_at(*at)), None)
    if line is None and sign.mistakes:
        line = places.get("r" * (form.kinds == "nv") + name)
    return line


def find_own_line(
    seen: Trace, form: WrittenForm, position: int | None, overwrites: bool, shared: set[Place]
) -> Place | None:
    """Return the line of an operation that passes a share, None where none or several do."""
    leaves = form.kinds.count("v")
    sets = [(at, changes) for at, changes in seen.sets
            if at not in shared and min(changes) < leaves]  # fmt: skip
    leaf = None if position is None else form.kinds[:position].count("v")
    found = [*dict.fromkeys(at for at, changes in sets if leaf is None or leaf in changes)]
    if overwrites:  # each that does is wrong
        return found[0] if found else None
    if not found and position is not None and len(sets) == len(form.kinds):
        return sets[position][0]
    if not found:  # it is handed to the walk, or to the result
        ran, made = [[at for at in lines if at not in shared] for lines in (seen.ran, seen.made)]
        found = (ran or made)[-1:]
    return found[0] if len(found) == 1 else None
