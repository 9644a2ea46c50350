"""One engine examined: what it has, on which graphs it errs, and by which mistakes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

from ...checks.samples import Expression
from .capabilities import Capabilities, Sign, explain_nothing, find_capabilities
from .faults import FAULTS
from .graphs import (
    Task,
    Truth,
    WrittenForm,
    find_forms,
    find_truth,
    list_graphs,
    list_random_graphs,
    shrink,
)
from .process import EngineProcess
from .replies import Reply
from .search import (
    Fit,
    Observed,
    are_same,
    compare_numbers,
    explains,
    find_mistakes,
    find_witness,
    is_same,
)
from .simulation import Mistake, Mistakes
from .sources import GradientSet, Sources
from .suspects import list_suspects

MOST_UNKNOWN = 4  # operations that are wrong by no known mistake, beside which others are sought
EXPLAIN_SECONDS = 30.0  # to look for what explains the numbers, when all graphs were run
FIRST_GRAPHS = 12  # graphs that show whether anything comes back at all


class Examination:
    """Runs an engine on graphs and gathers the signs of what is wrong with it."""

    def __init__(self, process: EngineProcess, sources: Sources) -> None:
        self.process = process
        self.sources = sources
        self.signs: list[Sign] = []
        self.options: dict[str, Any] = {}  # how backward is called
        self.capabilities = Capabilities()
        self.count = 0  # graphs that were run
        self.adds_up = False  # a second pass adds to the leaves' gradients
        self.unseen: list[str] = []  # what wasn't looked at
        self.fit = Fit((), None)
        self.cases: list[Observed] = []

    def run(self) -> None:
        """Examine the engine, from what it has to random graphs."""
        self.capabilities = find_capabilities(self.process, self.sources)
        self.unseen += self.capabilities.unseen
        for failing in self.capabilities.failing:
            self.note_failing(failing)
        if not self.capabilities.forms:
            raise self.process.refuse(explain_nothing(self.capabilities))
        self.process.deaths = 0  # what works is tried, though much did not
        forms, recipes = self.capabilities.forms, self.capabilities.recipes
        primitive = [form for form in forms if form not in recipes]
        tasks = list_graphs(tuple(forms), tuple(primitive))
        self.calibrate([task.graph for task in tasks[:FIRST_GRAPHS]])
        if not any(sign.fault == "nothing" for sign in self.signs):
            self.gather(tasks)
            self.explain_cases()

    def note_failing(self, failing: Sign) -> None:
        """Gather the sign of a form that fails; those that fail alike are one."""
        for sign in self.signs:
            if sign.fault == failing.fault and fails_alike(failing, sign):
                if failing.fault not in ("forward", "leaky"):
                    sign.forms += failing.forms
                return
        self.signs.append(replace(failing, forms=[*failing.forms]))

    def ask(self, graphs: Iterable[Expression], **options: Any) -> list[Reply]:
        """Run graphs and return what came of each."""
        requests = [
            {
                "do": "graph",
                "leaves": graph.leaves,
                "lines": [[row.name, inputs] for row, inputs in graph.lines],
                **self.options,
                **options,
            }
            for graph in graphs
        ]
        answers = list(self.process.ask(requests))
        self.count += sum("skipped" not in answer for answer in answers)
        for answer in answers:
            if "unusable" in answer:
                raise self.process.refuse(answer["unusable"])
        return answers

    def note_unseen(self, what: str, answers: Sequence[Reply]) -> None:
        """Note that something wasn't looked at, if it wasn't."""
        if any("skipped" in answer for answer in answers):
            self.unseen.append(what)

    def calibrate(self, graphs: Sequence[Expression]) -> None:
        """Find out how ``backward`` is called, and whether anything comes of it."""
        answers = self.ask(graphs)
        if all(is_missing_argument(answer) for answer in answers):
            self.options["argument"] = True
            self.signs.append(Sign("given_seed"))
            answers = self.ask(graphs)
        if "skipped" in answers[0]:
            return
        if all("late" in answer for answer in answers[:2]) or all(map(is_fatal, answers)):
            raise self.process.refuse(explain_fatal(answers[0]))
        for answer in answers:
            if "gradient" in answer:
                grad, blank = answer["gradient"]
                self.capabilities.written |= {"grad": f"{{0}}.{grad}", "blank": blank}
        if not all(are_leaves_bare(graph, a) for graph, a in zip(graphs, answers, strict=True)):
            return
        self.options["assist"] = True
        helped = self.ask(graphs)
        if all(are_leaves_bare(graph, a) for graph, a in zip(graphs, helped, strict=True)):
            del self.options["assist"]
            if not all(a["grads"][0][-1] for a in helped):  # it wipes out the root's, too
                return
        graph, answer = graphs[0], answers[0]
        grads = answer["grads"][0][: len(graph.leaves)]
        fault = "unseeded" if "assist" in self.options else "nothing"
        self.signs.append(Sign(fault, graph=graph, grads=grads))

    def gather(self, tasks: Sequence[Task]) -> None:
        """Run the small graphs, and keep those that give numbers; others are signs."""
        answers = self.compare_nodes(tasks, self.ask([task.graph for task in tasks]))
        skipped = sum("skipped" in answer for answer in answers)
        self.note_unseen(f"{skipped:,} of {len(tasks):,} small graphs", answers)
        for (graph, truth), answer in zip(tasks, answers, strict=True):
            grads = self.read_gradients(graph, answer, truth)
            if grads is not None:
                self.cases.append(self.make_case(graph, grads, truth))

    def compare_nodes(self, tasks: Sequence[Task], answers: list[Reply]) -> list[Reply]:
        """Return the answers of an engine in which no nodes are equal, and gather what differs."""
        if not self.process.traits.get("has_equal_nodes") or "grads" not in answers[0]:
            return answers
        self.options["by_identity"] = True
        meant = self.ask([task.graph for task in tasks])
        for (graph, truth), theirs, other in zip(tasks, answers, meant, strict=True):
            if not (theirs.get("grads") and other.get("grads")):
                continue
            count = len(graph.leaves)
            grads = theirs["grads"][0][:count]
            if not are_same(grads, other["grads"][0][:count]) and not are_same(
                grads, truth.grads[:count]
            ):
                at = next((a["compares"] for a in meant if "compares" in a), None)
                self.signs.append(Sign("equal_nodes", graph=graph, grads=grads, at=at))
                return meant
        del self.options["by_identity"]
        self.process.stop()  # the class was changed there
        return answers

    def make_case(self, graph: Expression, grads: list[float], truth: Truth) -> Observed:
        """Return a graph with the engine's numbers beside the right ones."""
        right = truth.grads[: len(graph.leaves)]
        return Observed(graph, grads, right, self.capabilities.recipes)

    def read_gradients(
        self, graph: Expression, answer: Reply, truth: Truth | None
    ) -> list[float] | None:
        """Return the leaves' gradients, None where there are none that can be judged."""
        if "stage" not in answer:
            self.note_end(graph, answer)
            return None
        if "error" in answer:
            self.note_error(graph, answer)
            return None
        if truth is None:
            return None
        if not are_same(answer["data"], truth.data):
            at = next(i for i, (x, y) in enumerate(zip(answer["data"], truth.data, strict=True))
                      if not is_same(x, y))  # fmt: skip
            row = graph.lines[at - len(graph.leaves)][0]
            note = compare_numbers("The result", answer["data"][at], truth.data[at]) + "."
            form = WrittenForm(row.name, "v" * len(row.inputs))
            self.note_once(Sign("forward", forms=[form], graph=graph, note=note))
            return None
        if not are_same(answer["after"], truth.data):
            self.note_once(
                Sign("mutated", graph=graph, note="A node's data is another number after the pass.")
            )
        return [x or 0.0 for x in answer["grads"][0][: len(graph.leaves)]]

    def note_end(self, graph: Expression, answer: Reply) -> None:
        """Gather the sign of a graph from which nothing came back."""
        if "late" in answer:
            self.note_once(Sign("endless", graph=graph))
        elif "died" in answer:
            self.note_once(Sign("raises", graph=graph, note="Its process ended."))

    def note_error(self, graph: Expression, answer: Reply) -> None:
        """Gather the sign of an error in a graph whose operations work alone."""
        error = answer["error"]
        changing = error["type"] == "RuntimeError" and "changed size during" in error["message"]
        sign = Sign("mutated" if changing else "raises", graph=graph, error=error)
        for other in self.signs:
            # a message may have a node's address in it; the line is the same then
            if (other.fault, other.error.get("type")) == (sign.fault, error["type"]) and (
                other.error["message"] == error["message"]
                or (other.error["file"], other.error["line"]) == (error["file"], error["line"])
            ):
                other.lines.add(error["line"])
                return
        self.signs.append(sign)

    def note_once(self, sign: Sign) -> None:
        """Gather a sign, unless there is one like it on a smaller graph."""
        key = (sign.fault, sign.error.get("type"), sign.error.get("line"), sign.forms[:1])
        if key not in [(s.fault, s.error.get("type"), s.error.get("line"), s.forms[:1])
                       for s in self.signs]:  # fmt: skip
            self.signs.append(sign)

    def explain_cases(self) -> None:
        """Find the mistakes behind the numbers; what no mistake explains is told as such."""
        names = {row.name for case in self.cases for row, _ in case.lowered.lines}
        cases = self.cases
        grads = [x for case in cases for x in case.grads if isfinite(x)]
        suspects = list_seeds(cases)
        suspects += [
            mistake for mistake in list_suspects(sorted(names))
            if mistake.rounds is None or all(mistake.rounds(x) == x for x in grads)
        ]  # fmt: skip
        until = time.monotonic() + EXPLAIN_SECONDS
        for round in range(MOST_UNKNOWN):
            self.fit = find_mistakes(cases, suspects, round == 0, until)
            case = self.fit.unexplained
            if case is None:
                break
            self.signs.append(Sign("unknown", forms=sorted(find_forms(case.graph)),
                                   graph=case.graph, grads=case.grads))  # fmt: skip
            unknown = {row.name for row, _ in case.lowered.lines}
            if len(unknown) > 1 or len(case.graph.lines) > 1:  # it isn't one operation's
                break
            cases = [
                other for other in cases
                if unknown.isdisjoint({row.name for row, _ in other.lowered.lines})
            ]  # fmt: skip
        for mistake in self.fit.mistakes:
            self.note_mistake(mistake, find_witness(cases, self.fit.mistakes, mistake))
        self.cases = cases

    def note_mistake(self, mistake: Mistake, case: Observed | None) -> None:
        """Gather the sign of a mistake; those of one fault in one operation are one sign."""
        if case is None:
            return
        if mistake.fault == "unseeded" and not any(case.grads) and self.clears():
            mistake = replace(mistake, fault="cleared")
        if mistake.fault == "overwrite" and mistake.descends and self.only_adds():
            mistake = replace(mistake, fault="dropped")
        if mistake.reseeds and not self.sets_others_to_1():
            mistake = replace(mistake, fault="upstream_forgotten")
        for sign in self.signs:
            if sign.fault == mistake.fault and sign.mistakes and not is_of_operation(
                mistake, sign.mistakes):  # fmt: skip
                sign.mistakes += (mistake,)
                return
        self.signs.append(Sign(mistake.fault, (mistake,), graph=case.graph, grads=case.grads))

    def list_sets(self) -> list[GradientSet]:
        """Return the lines of the walk that set a gradient."""
        place = self.capabilities.places.get("backward")
        return self.sources.list_gradient_sets(place) if place else []

    def sets_others_to_1(self) -> bool:
        """Tell whether the walk may set other gradients than the root's to 1."""
        return any(one.number == 1 and one.owner != "0" for one in self.list_sets())

    def only_adds(self) -> bool:
        """Tell whether each line of the walk that sets a gradient adds to it."""
        sets = self.list_sets()
        return bool(sets) and not any(one.replaces for one in sets)

    def clears(self) -> bool:
        """Tell whether the walk sets a seed, and something to 0 beside it."""
        return {0.0, 1.0} <= {one.number for one in self.list_sets() if one.number is not None}

    @property
    def is_predictable(self) -> bool:
        """Whether all that was seen so far has a name, and larger graphs can be simulated."""
        return not any(m.needs_order for m in self.fit.mistakes) and all(
            sign.fault not in ("unknown", "endless", "raises", "forward", "nothing", "rounded")
            for sign in self.signs
        )

    def try_random_graphs(self) -> None:
        """Look for what small graphs don't show, and shrink it."""
        graphs = list_random_graphs(self.capabilities.forms)
        answers = self.ask(graphs)
        self.note_unseen("larger graphs", answers or [{"skipped": True}])
        for graph, answer in zip(graphs, answers, strict=True):
            if self.is_strange(graph, answer):
                smallest = shrink(graph, self.errs)
                (answer,) = self.ask([smallest])
                grads = self.read_gradients(smallest, answer, find_truth(smallest))
                if grads is not None:
                    self.signs.append(Sign("unknown", graph=smallest, grads=grads))
                return

    def errs(self, graph: Expression) -> bool:
        """Tell whether an engine does on a graph what can't be explained."""
        if not find_forms(graph) <= set(self.capabilities.forms):
            return False
        return self.is_strange(graph, self.ask([graph])[0])

    def is_strange(self, graph: Expression, answer: Reply) -> bool:
        """Tell whether an answer is what the mistakes that were found don't give."""
        truth = find_truth(graph)
        if truth is None or "skipped" in answer:
            return False
        if not answer.get("grads") or "error" in answer or not are_same(answer["data"], truth.data):
            return True
        grads = [x or 0.0 for x in answer["grads"][0][: len(graph.leaves)]]
        return not explains(self.fit.mistakes, self.make_case(graph, grads, truth))


def list_seeds(cases: Sequence[Observed]) -> list[Mistake]:
    """Return the mistake of another seed than 1, if all gradients are so many times the right ones.

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


def is_of_operation(mistake: Mistake, others: Mistakes) -> bool:
    """Tell whether a mistake is to be told by itself: its row names one operation in its title."""
    named = "{operation}" in FAULTS[mistake.fault].title
    return named and mistake.operation not in {other.operation for other in others}


def fails_alike(failing: Sign, sign: Sign) -> bool:
    """Tell whether a form fails as others of the same fault do: on the same line, or a method."""
    if failing.fault in ("not_reflected", "rounded"):
        return True
    if failing.fault == "raises":
        return all(failing.error[x] == sign.error.get(x) for x in ("type", "file", "line"))
    form = failing.forms[0]
    is_same_method = failing.fault == "endless" or form.kinds == "vn"
    return is_same_method and form.name == sign.forms[0].name


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
