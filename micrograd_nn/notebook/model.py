"""The lesson page in a notebook, with what it shares with cells: step, inputs, mistakes, paths."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Mapping
from typing import Any

import traitlets

from .._ground.cells import find_shell
from .._ground.text import make_printable
from ..draw.picture import draw
from ..engine.value import Value
from ..graph.graph import Graph
from ..graph.rebuilding import Changes, name_copies, rebuild_graph
from ..page.address import spell_number
from ..page.opening import Opening
from .subject import InputNumbers, LessonSubject
from .wire import FACES, Checked, PageWidget

LESSON_TRAITS = [name for name in FACES["a graph"] if name != "graph"]
DRAWING_SECONDS = 5.0  # for the picture that stands where no widgets are


def write_inputs(numbers: Mapping[str, float], widget: object) -> dict[str, str]:
    """Return numbers as texts, for JSON has no nan, no infinity, and JavaScript's no -0.0."""
    return {name: spell_number(number) for name, number in numbers.items()}


def read_inputs(texts: Mapping[str, str], widget: LessonWidget) -> InputNumbers:
    """Return the numbers that a page tells as texts: not every host has the trait check them."""
    return InputNumbers({name: float(text) for name, text in texts.items()}, widget.set_inputs)


class LessonWidget(PageWidget):
    """The page of a graph, alive: what a cell sets the page shows, what one does there it reads.

    ``graph`` can be set, too: the page shows the other one at the same step, if it has it. Where a
    notebook is exported, or shown where no widgets are, there is the picture of the graph.
    """

    _shows = "a graph"
    step = Checked().tag(sync=True)
    inputs = Checked().tag(sync=True, to_json=write_inputs, from_json=read_inputs)
    broken = Checked().tag(sync=True)
    paths_from = Checked().tag(sync=True)

    def __init__(self, subject: LessonSubject, names: Any = None) -> None:
        self._subject, self._names = subject, names
        self._seen = subject.read_data()  # each leaf's own number, as it was when last looked at
        page = {"number": 0, "html": subject.write_frame()}
        super().__init__(_page=page, _shared=LESSON_TRAITS, **self._begin(subject))
        refresh_after_cells(self)

    def _begin(self, subject: LessonSubject) -> dict[str, Any]:
        """Return the traits of a page as it opens."""
        return {
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
        html, traits = subject.write_frame(), self._begin(subject)
        self._subject, self._seen = subject, subject.read_data()
        self.show_page(html, traits)

    def set_inputs(self, numbers: dict[str, float]) -> None:
        """Set the numbers of some inputs, and leave the others."""
        self.inputs = numbers

    def refresh(self) -> None:
        """Let the page compute with what was set as a leaf's ``data`` since the last look.

        Where IPython runs the cells, as in Jupyter, it is called after each of them.
        """
        seen, self._seen = self._seen, self._subject.read_data()
        # By their texts: nan isn't equal to itself, and -0.0 is to 0.0.
        edited = {x: data for x, data in self._seen.items() if repr(data) != repr(seen[x])}
        if edited:
            self.inputs = edited

    @traitlets.validate("step")
    def _check_step(self, proposal: Any) -> int:
        return self._subject.check_step(proposal["value"], self.broken or ())

    @traitlets.validate("inputs")
    def _check_inputs(self, proposal: Any) -> InputNumbers:
        now = self.inputs or self._subject.numbers
        checked = self._subject.check_numbers(proposal["value"], now)
        data = self._subject.read_data()  # what is set here counts, and no edit of before
        self._seen.update({x: data[x] for x in data if repr(checked[x]) != repr(now[x])})
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

    def _draw_still(self) -> dict[str, str]:
        """Return the picture of the graph, by its types."""
        return draw(self._compute_graph(), timeout=DRAWING_SECONDS)._repr_mimebundle_()

    def _compute_graph(self) -> Graph:
        """Return the graph with the inputs' numbers of now, the recorded one where it has them."""
        subject = self._subject
        pins = {
            subject.names[name]: number
            for name, number in self.inputs.items()
            if repr(number) != repr(subject.numbers[name])
        }
        if not pins:
            return self.graph
        after = name_copies(self.graph, rebuild_graph(self.graph, Changes(pins=pins)))
        if self.graph.root.grad is not None:
            after.root.backward()
        return after


def refresh_after_cells(widget: LessonWidget) -> None:
    """Let a widget look at its graph's numbers after each cell that IPython runs."""
    shell, found = find_shell(), weakref.ref(widget)
    if shell is None:
        return

    def refresh(*result: object) -> None:
        widget = found()
        if widget is None or widget.comm is None:  # closed
            shell.events.unregister("post_run_cell", refresh)
            return
        try:
            widget.refresh()
        except ValueError as error:
            warnings.warn(f"{widget!r} shows the numbers of before: {error}", stacklevel=2)

    shell.events.register("post_run_cell", refresh)
