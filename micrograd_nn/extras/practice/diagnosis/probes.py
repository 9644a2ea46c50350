"""What numbers of one pass don't show: whose they are, depth, time, a second pass, a kink."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import islice
from math import isclose
from typing import Any

from ....checks.samples import Expression
from ....engine.table import OPERATIONS
from .capabilities import Sign
from .examination import Examination
from .explanation import locate_signs
from .graphs import WrittenForm
from .replies import Reply
from .search import Observed, are_same, is_same
from .simulation import simulate
from .suspects import Mistake

# Operations of a chain: beyond Python's own limit, and a raised one
DEEP_CHAIN, DEEPEST_CHAIN = 1_200, 6_000
SHALLOW, DOUBLED = 5, 10  # doublings, by which lines may grow as 2 does
GROWTH = 8.0  # times more lines for twice the depth: a square would be 4, a doubling walk 32
PROBE_SECONDS = 4.0
RELU = WrittenForm("relu", "v")
MOST_NEXT = 40  # graphs that are made a second time
MOST_SECOND = 250  # graphs that are walked a second time
EXACT = 1e-12  # how far sums and products may be off
ROUGH = {"add", "sub", "mul", "neg"}  # operations whose gradients of whole numbers are exact
KEPT = Mistake("kept"), Mistake("kept", does="adds_seed")


def probe(examination: Examination) -> None:
    """Look for what graphs of one pass don't show, and then at random graphs."""
    probe_origins(examination)
    probe_relu(examination)
    probe_second_pass(examination)
    probe_next_graph(examination)
    doubles = probe_visits(examination)
    if examination.is_predictable and not doubles:
        examination.try_random_graphs()
    else:
        examination.unseen.append("larger graphs")
    probe_depth(examination)
    locate_signs(examination)


def probe_origins(examination: Examination) -> None:
    """Note it where another engine does the work, or where gradients aren't passed back."""
    probe_borrowing(examination)
    right = [case for case in examination.cases if are_same(case.grads, case.right)]
    sign = find_nudged(right) or find_narrow(right)
    if sign is not None and not any(other.fault == "rounded" for other in examination.signs):
        examination.signs.append(sign)


def probe_borrowing(examination: Examination) -> None:
    """Note the other engine that is called while graphs are computed and passed back through."""
    graphs: dict[str, Expression] = {}  # one of each operation
    for case in [*examination.cases, *examination.composed]:
        graphs.setdefault(case.graph.lines[-1][0].name, case.graph)
    answers = examination.ask(graphs.values(), watched=True)
    borrowed = {name: (file, line) for a in answers for name, file, line in a.get("borrowed", ())}
    for name, place in borrowed.items():
        examination.signs.append(Sign("borrowed", note=f"It calls {name}.", at=place))


def find_nudged(cases: list[Observed]) -> Sign | None:
    """Return the sign of gradients that aren't exact where a product's are.

    Of whole numbers, what a pass adds and multiplies is exact, in float32, too.
    """
    for case in cases:
        if {row.name for row, _ in case.graph.lines} <= ROUGH:
            for x, y in zip(case.grads, case.right, strict=True):
                if not isclose(x, y, rel_tol=EXACT, abs_tol=EXACT):
                    note = f"A gradient is {x!r}, and should be {y!r}."  # in all digits
                    return Sign("nudged", graph=case.graph, note=note)
    return None


def find_narrow(cases: list[Observed]) -> Sign | None:
    """Return the sign of gradients that all have but the digits of a float32."""
    long = [
        case for case in cases
        if any(not isclose(x, narrow(x), rel_tol=EXACT, abs_tol=0.0) for x in case.right)
    ]  # fmt: skip
    grads = [x for case in long for x in case.grads]
    if any(grads) and all(x == narrow(x) for x in grads):
        return Sign("narrow", graph=long[0].graph, grads=long[0].grads)
    return None


def probe_relu(examination: Examination) -> None:
    """Note the slope that relu has at 0."""
    if RELU not in examination.capabilities.forms:
        return
    graph = Expression([0.0], [(OPERATIONS["relu"], [0])])
    (answer,) = examination.ask([graph])
    if not answer.get("grads"):
        return
    slope = answer["grads"][0][0] or 0.0
    if is_same(slope, 0.0) or shows(examination, "relu"):
        return
    if any(m.traits & {"reseeds", "begins"} for m in examination.fit.mistakes):
        return
    fault = "relu_at_zero" if 0.0 <= slope <= 1.0 else "local_factor"
    examination.signs.append(Sign(fault, forms=[RELU], graph=graph, grads=[slope]))


def shows(examination: Examination, operation: str) -> bool:
    """Tell whether a mistake in an operation was found."""
    return any(m.operation == operation and m.share for m in examination.fit.mistakes) or any(
        sign.fault in ("unknown", "forward") and [f.name for f in sign.forms] == [operation]
        for sign in examination.signs
    )


def probe_second_pass(examination: Examination) -> None:
    """Walk graphs a second time, the leaves' gradients set back: the same must come again."""
    if any(sign.fault in ("mutated", "aliased") for sign in examination.signs):
        examination.unseen.append("a second pass")
        return
    cases = [case for case in examination.cases if len(case.graph.lines) <= 2]
    cases = [*islice(cases, 30), *[c for c in cases if len(c.graph.lines) == 2][:MOST_SECOND]]
    answers, twice = ask_twice(examination, cases, zeroed=True)
    examination.note_unseen("a second pass", answers or [{"skipped": True}])
    for case, answer in zip(cases, answers, strict=True):
        if "error" in answer and answer["stage"] == "backward":  # and not where none can be set
            note_refused_pass(examination, case, answer)
            return
    if len(twice) < len(cases):
        return
    differing = [
        # best where no other fault shows, and worst where the two make up for one another
        ((not are_same(first, case.right)) + 2 * are_same(second, case.right), case, second)
        for case, first, second in twice if not are_same(first, second)
    ]  # fmt: skip
    if differing:
        _, case, second = min(differing, key=lambda found: found[0])
        note_second_pass(examination, case, second)
        return
    probe_adding_up(examination, cases[:6])


def ask_twice(
    examination: Examination, cases: Sequence[Observed], **options: Any
) -> tuple[list[Reply], list[tuple[Observed, list[Any], list[Any]]]]:
    """Return what came of two passes over graphs, and what each pass gave the leaves of which."""
    answers = examination.ask([case.graph for case in cases], passes=2, **options)
    twice = [
        (case, *[grads[: len(case.graph.leaves)] for grads in answer["grads"]])
        for case, answer in zip(cases, answers, strict=True)
        if "error" not in answer and len(answer.get("grads", ())) == 2
    ]
    return answers, twice


def note_refused_pass(examination: Examination, case: Observed, answer: Reply) -> None:
    """Note that a second pass is an error: refused on purpose, or by accident."""
    error = answer["error"]
    if examination.sources.raises_at(error["file"], error["line"]):
        examination.signs.append(Sign("once_only"))
    elif len(answer["grads"]) == 1:
        note = "A second pass on the same graph stops with this error."
        examination.note(Sign("mutated", graph=case.graph, error=error, note=note, is_second=True))


def note_second_pass(examination: Examination, case: Observed, second: Sequence[Any]) -> None:
    """Note what a second pass gives that the first did not."""
    mistakes = examination.fit.mistakes
    note = "These are the numbers of a second pass; the leaves' gradients were set back before it."
    for kept in KEPT:
        if any(are_same(passes[1], second) for passes in
               simulate(case.evaluated, (*mistakes, kept), passes=2)):  # fmt: skip
            examination.signs.append(
                Sign("kept", (kept,), graph=case.graph, grads=second, note=note, is_second=True)
            )
            return
    fault = "mutated" if not any(second) else "unknown"
    examination.note(Sign(fault, graph=case.graph, grads=second, note=note, is_second=True))


def probe_next_graph(examination: Examination) -> None:
    """Make graphs again on the same leaves, as a training does, and walk these: as the first."""
    if any(sign.fault in ("mutated", "endless") or (sign.is_second and sign.fault != "kept")
           for sign in examination.signs):  # fmt: skip
        return
    cases = [case for case in examination.cases if len(case.graph.lines) <= 2][:MOST_NEXT]
    for case, first, second in ask_twice(examination, cases, zeroed=True, again=True)[1]:
        if not are_same(first, second):
            examination.signs.append(Sign("left_over", graph=case.graph, grads=second,
                                          is_second=True, is_made_again=True))  # fmt: skip
            return


def probe_adding_up(examination: Examination, cases: Sequence[Observed]) -> None:
    """Note whether a second pass replaces the leaves' gradients or adds to them."""
    both = [passes for _, *passes in ask_twice(examination, cases)[1] if any(passes[0])]
    mistakes = examination.fit.mistakes
    if not both or any(m.traits & {"overwrites", "with_leaves"} for m in mistakes):
        return
    if all(are_same(*passes) for passes in both):
        examination.signs.append(Sign("replaces"))
    examination.adds_up = all(are_same([2 * (x or 0.0) for x in a], b) for a, b in both)


def find_chain(examination: Examination, doubling: bool) -> list[Any] | None:
    """Return the line of an operation on the node before it: once, or twice to double."""
    forms = examination.capabilities.forms
    if doubling:
        return ["add", [-1, -1]] if WrittenForm("add", "vv") in forms else (
            ["mul", [-1, -1]] if WrittenForm("mul", "vv") in forms else None)  # fmt: skip
    for name, kinds, inputs in (
        ("add", "vn", [-1, 1.0]), ("mul", "vn", [-1, 1.0]), ("add", "vv", [-1, 0]),
        ("tanh", "v", [-1]), ("relu", "v", [-1]), ("sigmoid", "v", [-1]),
    ):  # fmt: skip
        if WrittenForm(name, kinds) in forms:
            return [name, inputs]
    return None


def ask_chain(examination: Examination, line: Any, times: int, **options: Any) -> Reply:
    """Run a chain of one operation."""
    name, inputs = line
    chain = Expression([0.5], [(OPERATIONS[name], inputs)])
    (answer,) = examination.ask([chain], times=times, seconds=PROBE_SECONDS, **options)
    return answer


def probe_visits(examination: Examination) -> bool:
    """Tell whether the walk doubles where a node is used twice, and note it."""
    known = [sign for sign in examination.signs if sign.fault == "revisits"]
    line = find_chain(examination, doubling=True)
    if line is None:
        return bool(known)
    counted = [ask_chain(examination, line, times, traced=True) for times in (SHALLOW, DOUBLED)]
    examination.note_unseen("how often a node is visited", counted)
    at = counted[0].get("calls_itself")
    for sign in known:
        sign.at = at
        return True
    few, many = [answer.get("events", 0) for answer in counted]
    seen = f"{few:,} lines run for {SHALLOW} doublings, {many:,} for {DOUBLED}."
    doubles = bool(few > 0 and many / few > GROWTH)
    if doubles:
        fit = examination.fit  # its walk is right, if local derivatives alone are wrong
        is_right = fit.unexplained is None and all(m.share for m in fit.mistakes)
        fault = "doubles" if is_right else "revisits"
        note = f"It takes ever longer: {seen}"
        graph = Expression([2.0], [(OPERATIONS[line[0]], [i, i]) for i in range(2)])
        examination.signs.append(Sign(fault, graph=graph, note=note, at=at))
    return doubles


def probe_depth(examination: Examination) -> None:
    """Note it where a deep graph stops the walk."""
    line = find_chain(examination, doubling=False)
    if line is None or any(s.fault == "endless" and s.graph for s in examination.signs):
        return
    for depth in (DEEP_CHAIN, DEEPEST_CHAIN):
        answer = ask_chain(examination, line, depth)
        examination.note_unseen("deep graphs", [answer])
        error = answer.get("error", {})
        if error.get("type") == "RecursionError" or (depth == DEEPEST_CHAIN and "died" in answer):
            note = f"A chain of {depth:,} operations ends in "
            note += "a RecursionError." if error else "the death of its process."
            examination.signs.append(Sign("recursion", error=error, note=note))
            return
        if error or "late" in answer:
            return


def narrow(number: float) -> float:
    """Return a number as 32 bits hold it."""
    return ctypes.c_float(number).value
