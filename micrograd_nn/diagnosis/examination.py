"""One engine examined: what it has, on which graphs it errs, and by which mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checks.samples import Expression
from ..text import format_number
from .capabilities import Capabilities, Failing, describe_reflected, find_capabilities
from .graphs import (
    Task,
    Truth,
    WrittenForm,
    find_forms,
    find_truth,
    list_graphs,
)
from .larger import list_random_graphs, shrink
from .process import EngineProcess, Reply
from .replies import (
    are_leaves_bare,
    explain_fatal,
    explain_nothing,
    fails_alike,
    is_fatal,
    is_missing_argument,
)
from .search import Fit, Observed, are_same, explains, find_mistakes, find_witness, is_same
from .simulation import Mistake, Mistakes
from .source import Sources
from .suspects import list_suspects

MOST_UNKNOWN = 4  # operations that are wrong by no known mistake, beside which others are sought
FIRST = 12  # graphs that show whether anything comes back at all


@dataclass
class Sign:
    """Something that was found: by which mistakes, on which graph, with which numbers."""

    fault: str
    mistakes: Mistakes = ()
    forms: list[WrittenForm] = field(default_factory=list)
    graph: Expression | None = None
    grads: Sequence[float | None] = ()  # what the engine gives the leaves
    error: dict[str, Any] = field(default_factory=dict)
    note: str = ""  # what was seen, in words


class Examination:
    """Runs an engine on graphs and gathers the signs of what is wrong with it."""

    def __init__(self, process: EngineProcess, sources: Sources) -> None:
        self.process = process
        self.sources = sources
        self.signs: list[Sign] = []
        self.options: dict[str, Any] = {}  # how backward is called
        self.capabilities = Capabilities()
        self.count = 0  # graphs that were run
        self.fit = Fit((), None)
        self.cases: list[Observed] = []

    def run(self) -> None:
        """Examine the engine, from what it has to random graphs."""
        self.capabilities = find_capabilities(self.process, self.sources)
        for failing in map(describe_reflected, self.capabilities.failing):
            self.note_failing(failing)
        if not self.capabilities.forms:
            raise self.process.refuse(explain_nothing(self.capabilities))
        self.process.deaths = 0  # what works is tried, though much did not
        forms, recipes = self.capabilities.forms, self.capabilities.recipes
        primitive = [form for form in forms if form not in recipes]
        tasks = list_graphs(tuple(forms), tuple(primitive))
        self.calibrate([task.graph for task in tasks[:FIRST]])
        if not any(sign.fault == "nothing" for sign in self.signs):
            self.gather(tasks)
            self.explain_cases()

    def note_failing(self, failing: Failing) -> None:
        """Gather the sign of a form that fails."""
        for sign in self.signs:
            if sign.fault == failing.fault and fails_alike(failing, sign.forms, sign.error):
                if failing.fault != "forward":
                    sign.forms.append(failing.form)
                return
        note = ""
        if not failing.error and failing.right is not None:
            shown = [format_number(x) for x in failing.point]
            what = failing.form.row.written(*shown)
            note = f"{what} is {format_number(failing.right)}, and not "
            note += format_number(failing.theirs)
        elif failing.fault == "mutated":
            note = f"{failing.form.write()} changes the data of its operand."
        elif failing.fault == "endless":
            note = f"{failing.form.write()} gives no result, within 3 s." + self.say_given_up()
        self.signs.append(Sign(failing.fault, forms=[failing.form], error=failing.error, note=note))

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
        self.count += len(requests)
        return list(self.process.ask(requests))

    def calibrate(self, graphs: Sequence[Expression]) -> None:
        """Find out how ``backward`` is called, and whether anything comes of it."""
        answers = self.ask(graphs)
        if all(is_missing_argument(answer) for answer in answers):
            self.options["argument"] = True
            self.signs.append(Sign("given_seed"))
            answers = self.ask(graphs)
        if all("late" in answer for answer in answers[:2]) or all(
            is_fatal(answer) for answer in answers
        ):
            raise self.process.refuse(explain_fatal(answers[0]))
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
                self.signs.append(Sign("equal_nodes", graph=graph, grads=grads))
                return meant
        del self.options["by_identity"]
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
            note = f"The result is {format_number(truth.data[at])}, and not "
            note += f"{format_number(answer['data'][at])}."
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
        fault = "endless" if "late" in answer else "raises"
        note = "" if "late" in answer else "Its process ended."
        note += self.say_given_up()
        if "skipped" not in answer:
            self.note_once(Sign(fault, graph=graph, note=note.strip()))

    def say_given_up(self) -> str:
        """Return a sentence on what was left out, if something was."""
        return " It was asked no more, since that came too often." * self.process.is_given_up

    def note_error(self, graph: Expression, answer: Reply) -> None:
        """Gather the sign of an error in a graph whose operations work alone."""
        error = answer["error"]
        changing = error["type"] == "RuntimeError" and "changed size during" in error["message"]
        self.note_once(Sign("mutated" if changing else "raises", graph=graph, error=error))

    def note_once(self, sign: Sign) -> None:
        """Gather a sign, unless there is one like it on a smaller graph."""
        key = (sign.fault, sign.error.get("type"), sign.error.get("line"), sign.forms[:1])
        if key not in [(s.fault, s.error.get("type"), s.error.get("line"), s.forms[:1])
                       for s in self.signs]:  # fmt: skip
            self.signs.append(sign)

    def explain_cases(self) -> None:
        """Find the mistakes behind the numbers; what no mistake explains is told as such."""
        names = {row.name for case in self.cases for row, _ in case.lowered.lines}
        suspects = list_suspects(sorted(names))
        cases = self.cases
        for round in range(MOST_UNKNOWN):
            self.fit = find_mistakes(cases, suspects, in_pairs=round == 0)
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
        for sign in self.signs:
            if sign.fault == mistake.fault and sign.mistakes and not is_of_operation(
                mistake, sign.mistakes):  # fmt: skip
                sign.mistakes += (mistake,)
                return
        self.signs.append(Sign(mistake.fault, (mistake,), graph=case.graph, grads=case.grads))

    @property
    def is_predictable(self) -> bool:
        """Whether all that was seen so far has a name, and larger graphs can be simulated."""
        return not any(m.needs_order for m in self.fit.mistakes) and all(
            sign.fault not in ("unknown", "endless", "raises", "forward", "nothing")
            for sign in self.signs
        )

    def try_random_graphs(self) -> None:
        """Look for what small graphs don't show, and shrink it."""
        graphs = list_random_graphs(self.capabilities.forms)
        for graph, answer in zip(graphs, self.ask(graphs), strict=True):
            before = len(self.signs)
            if self.is_strange(graph, answer) and len(self.signs) == before:
                smallest = shrink(graph, self.errs)
                answer = self.ask([smallest])[0]
                grads = self.read_gradients(smallest, answer, find_truth(smallest))
                if grads is not None:
                    self.signs.append(Sign("unknown", graph=smallest, grads=grads))
                return

    def errs(self, graph: Expression) -> bool:
        """Tell whether an engine's numbers on a graph are unexplained."""
        if not find_forms(graph) <= set(self.capabilities.forms):
            return False
        return self.is_strange(graph, self.ask([graph])[0])

    def is_strange(self, graph: Expression, answer: Reply) -> bool:
        """Tell whether an answer is what the mistakes that were found don't give."""
        truth = find_truth(graph)
        grads = self.read_gradients(graph, answer, truth)
        if grads is None or truth is None:
            return False
        return not explains(self.fit.mistakes, self.make_case(graph, grads, truth))


def is_of_operation(mistake: Mistake, others: Mistakes) -> bool:
    """Tell whether a mistake is to be told by itself: its row names one operation in its title."""
    from .faults import FAULTS

    named = "{operation}" in FAULTS[mistake.fault].title
    return named and mistake.operation not in {other.operation for other in others}
