"""An engine under examination: graphs are run on it, and what came of them is gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ....checks.samples import Expression
from .capabilities import Capabilities, Sign
from .graphs import (
    Task,
    Truth,
    WrittenForm,
    find_forms,
    find_truth,
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
    is_same,
)
from .subject import Sources
from .suspects import NEEDS_ORDER

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
        self.composed: list[Observed] = []  # of operations that are made of others

    def note(self, sign: Sign) -> None:
        """Gather a sign; those that are alike are one."""
        for other in self.signs:
            if is_alike(sign, other):
                other.lines |= {sign.error["line"]} if sign.error else set()
                if sign.fault not in ("forward", "leaky"):
                    other.forms += sign.forms
                return
        self.signs.append(replace(sign, forms=[*sign.forms]))

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

    def gather(self, tasks: Sequence[Task]) -> None:
        """Run the small graphs, and keep those that give numbers; others are signs."""
        answers = self.compare_nodes(tasks, self.ask([task.graph for task in tasks]))
        skipped = sum("skipped" in answer for answer in answers)
        self.note_unseen(f"{skipped:,} of {len(tasks):,} small graphs", answers)
        for (graph, truth), answer in zip(tasks, answers, strict=True):
            grads = self.read_gradients(graph, answer, truth)
            if grads is not None:
                is_composed = find_forms(graph) & self.capabilities.composed
                cases = self.composed if is_composed else self.cases
                cases.append(self.make_case(graph, grads, truth))

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
        return Observed(graph, grads, right)

    def read_gradients(
        self, graph: Expression, answer: Reply, truth: Truth | None
    ) -> list[float] | None:
        """Return the leaves' gradients, None where there are none that can be judged."""
        if "stage" not in answer or "error" in answer:
            self.note_failure(graph, answer)
            return None
        if truth is None:
            return None
        if not are_same(answer["data"], truth.data):
            at = next(i for i, (x, y) in enumerate(zip(answer["data"], truth.data, strict=True))
                      if not is_same(x, y))  # fmt: skip
            row = graph.lines[at - len(graph.leaves)][0]
            note = compare_numbers("The result", answer["data"][at], truth.data[at]) + "."
            form = WrittenForm(row.name, "v" * len(row.inputs))
            self.note(Sign("forward", forms=[form], graph=graph, note=note))
            return None
        if not are_same(answer["after"], truth.data):
            self.note(
                Sign("mutated", graph=graph, note="A node's data is another number after the pass.")
            )
        return [x or 0.0 for x in answer["grads"][0][: len(graph.leaves)]]

    def note_failure(self, graph: Expression, answer: Reply) -> None:
        """Gather the sign of a graph from which nothing, or an error, came back."""
        error = answer.get("error", {})
        if error:
            changing = error["type"] == "RuntimeError" and "changed size during" in error["message"]
            self.note(Sign("mutated" if changing else "raises", graph=graph, error=error))
        elif "late" in answer:
            self.note(Sign("endless", graph=graph))
        elif "died" in answer:
            self.note(Sign("raises", graph=graph, note="Its process ended."))

    @property
    def is_predictable(self) -> bool:
        """Whether all that was seen so far has a name, and larger graphs can be simulated."""
        return not any(m.traits & NEEDS_ORDER for m in self.fit.mistakes) and all(
            sign.fault not in ("unknown", "endless", "raises", "forward", "nothing", "rounded")
            for sign in self.signs
        )

    def try_random_graphs(self) -> None:
        """Look for what small graphs don't show, and shrink it."""
        found = self.capabilities
        simulated = [form for form in found.forms if form not in found.composed]
        graphs = list_random_graphs(simulated if self.fit.mistakes else found.forms)
        answers = self.ask(graphs)
        self.note_unseen("larger graphs", answers or [{"skipped": True}])
        for graph, answer in zip(graphs, answers, strict=True):
            if self.is_strange(graph, answer):
                smallest = shrink(graph, lambda one: self.is_strange(one, self.ask([one])[0]))
                (answer,) = self.ask([smallest])
                grads = self.read_gradients(smallest, answer, find_truth(smallest))
                if grads is not None:
                    self.signs.append(Sign("unknown", graph=smallest, grads=grads))
                return

    def is_strange(self, graph: Expression, answer: Reply) -> bool:
        """Tell whether an answer is what the mistakes that were found don't give."""
        truth = find_truth(graph)
        if truth is None or "skipped" in answer:
            return False
        if not answer.get("grads") or "error" in answer or not are_same(answer["data"], truth.data):
            return True
        grads = [x or 0.0 for x in answer["grads"][0][: len(graph.leaves)]]
        return not explains(self.fit.mistakes, self.make_case(graph, grads, truth))


def is_alike(sign: Sign, other: Sign) -> bool:
    """Tell whether two signs are one: of an error on one line, or of one operation."""
    one, two = sign.error, other.error
    if sign.fault != other.fault or one.get("type") != two.get("type"):
        return False
    if sign.fault in ("not_reflected", "rounded"):
        return True
    if one:  # a message may have a node's address in it; the line is the same then
        same = [name for name in ("message", "file", "line") if one[name] == two[name]]
        return "message" in same or len(same) == 2
    return [form.name for form in sign.forms[:1]] == [form.name for form in other.forms[:1]]
