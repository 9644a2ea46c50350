"""The widget itself, with what it shares with its page; only this file needs anywidget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from ..draw.picture import draw
from ..engine.value import Value
from ..files import read_web
from ..graph.graph import Graph
from ..page.address import spell_number
from ..page.opening import Opening
from ..text import make_printable
from .subject import InputNumbers, LessonSubject


def write_inputs(numbers: Mapping[str, float], widget: object) -> dict[str, str]:
    """Return numbers as texts, for JSON has no nan, no infinity, and JavaScript's no -0.0."""
    return {name: spell_number(number) for name, number in numbers.items()}


def read_inputs(texts: Mapping[str, str], widget: LessonWidget) -> InputNumbers:
    """Return the numbers that a page tells as texts: not every host has the trait check them."""
    return InputNumbers({name: float(text) for name, text in texts.items()}, widget.set_inputs)


class LessonWidget(anywidget.AnyWidget):
    """The page of a graph, alive: what a cell sets the page shows, what one does there it reads.

    ``graph`` can be set, too: the page shows the other one at the same step, if it has it. Where a
    notebook is exported, or shown where no widgets are, there is the picture of the graph.
    """

    _esm = read_web(__package__, "widget.js")
    _frame = traitlets.Unicode().tag(sync=True)
    step = traitlets.Any().tag(sync=True)
    inputs = traitlets.Any().tag(sync=True, to_json=write_inputs, from_json=read_inputs)
    broken = traitlets.Any().tag(sync=True)
    paths_from = traitlets.Any().tag(sync=True)

    def __init__(self, subject: LessonSubject, names: Any = None) -> None:
        self._subject, self._names = subject, names
        super().__init__(**self._begin(subject))

    def _begin(self, subject: LessonSubject) -> dict[str, Any]:
        """Return the traits of a page as it opens."""
        return {
            "_frame": subject.write_frame(),
            "broken": subject.opened["broken"],
            "step": subject.opened["step"],
            "inputs": InputNumbers(subject.numbers, self.set_inputs),
            "paths_from": subject.leaf,
        }

    @property
    def graph(self) -> Graph:
        """The graph that is shown; it can be set to another, or to the root of one."""
        return self._subject.graph

    @graph.setter
    def graph(self, root: Value | Graph) -> None:
        before = self._subject
        graph = Graph.of(root, self._names, "widget")
        plain = LessonSubject(graph, before.title, before.notes)
        leaf = plain.names.get(self.paths_from) if self.paths_from != before.leaf else None
        step = min(self.step, plain.count_steps(self.broken))
        opening = Opening(step, leaf, self.broken, before.opening.quiz)
        subject = LessonSubject(graph, before.title, before.notes, opening)
        traits = self._begin(subject)
        self._subject = subject
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in traits.items():
                setattr(self, name, value)

    def set_inputs(self, numbers: dict[str, float]) -> None:
        """Set the numbers of some inputs, and leave the others."""
        self.inputs = numbers

    @traitlets.validate("step")
    def _check_step(self, proposal: Any) -> int:
        return self._subject.check_step(proposal["value"], self.broken or ())

    @traitlets.validate("inputs")
    def _check_inputs(self, proposal: Any) -> InputNumbers:
        now = self.inputs or self._subject.numbers
        checked = self._subject.check_numbers(proposal["value"], now)
        return InputNumbers(checked, self.set_inputs)

    @traitlets.validate("broken")
    def _check_broken(self, proposal: Any) -> list[str]:
        return self._subject.check_broken(proposal["value"])

    @traitlets.observe("broken")
    def _keep_step(self, change: Any) -> None:
        """Stay among the steps, of which a right engine may have fewer."""
        if self.step is not None:
            self.step = min(self.step, self._subject.count_steps(self.broken))

    @traitlets.validate("paths_from")
    def _check_leaf(self, proposal: Any) -> str | None:
        return self._subject.check_leaf(proposal["value"])

    def __repr__(self) -> str:
        graph = self.graph
        count = self._subject.count_steps(self.broken)
        return f"<widget of {make_printable(graph.names[graph.root])}: step {self.step} of {count}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget, and for where there are none its picture."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**draw(self.graph)._repr_mimebundle_(), **data}, metadata
