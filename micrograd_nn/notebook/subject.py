"""What a widget shows: a graph's page, and what can be asked of it by a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from .._ground.text import list_first, quote_text
from ..engine.refusals import as_float
from ..engine.value import Value
from ..graph.graph import Graph
from ..notation.javascript.rules import Rules
from ..page.lesson import build_lesson
from ..page.mistakes import check_mistakes
from ..page.opening import Opening, count_passes, describe_opening, read_place
from ..page.views import keep_near_root


class LessonSubject:
    """A graph as a page shows it: its inputs by name, its steps, how it opens.

    An opening that doesn't fit the graph is refused, as by ``page``. Of a very large graph the page
    has the ``part`` nearest to the root: so has what is asked here.
    """

    def __init__(
        self, graph: Graph, title: str = "", notes: str = "", opening: Opening | None = None
    ) -> None:
        self.graph, self.title, self.notes = graph, title, notes
        self.opening = opening or Opening()
        self.part = keep_near_root(graph)
        self.opened, count = describe_opening(self.part, self.opening)
        if self.opened["step"] is None:
            self.opened["step"] = count if self.opened["broken"] else self.opened["start"]
        self.names = {self.part.names[leaf]: leaf for leaf in self.part.leaves}
        self.numbers = {name: self.part.numbers[leaf] for name, leaf in self.names.items()}

    def write_frame(self) -> str:
        """Return the page in the frame in which a notebook shows it."""
        page = build_lesson(self.graph, None, self.title, self.notes, opening=self.opening)
        return page._repr_html_()

    @cached_property
    def fixed(self) -> str:
        """Why the page can't compute with other numbers; "" where it can."""
        rules = Rules()
        for node in self.part.nodes:
            if node not in self.part.cut:
                rules.add_node(node)
        return rules.missing

    @property
    def leaf(self) -> str | None:
        """The name of the leaf whose paths the page lists at first; None where there is none."""
        place = self.opened["leaf"]
        if place is not None:
            return self.part.names[self.part.nodes[place]]
        return next(iter(self.names), None)

    def count_steps(self, broken: Sequence[str]) -> int:
        """Return how many steps the page has, by an engine that is broken or not."""
        return self.part.count_steps(count_passes(broken))

    def read_data(self) -> dict[str, float]:
        """Return each leaf's own number of now, which isn't the one of the page after an edit."""
        return {name: leaf.data for name, leaf in self.names.items()}

    def check_step(self, step: Any, broken: Sequence[str]) -> int:
        """Return the number of a step; one that there isn't is refused."""
        number, count = read_place(step, "a step"), self.count_steps(broken)
        if not 0 <= number <= count:
            name = self.graph.names[self.graph.root]
            raise ValueError(f"the widget of {name} has the steps 0 to {count}, not {number}")
        return number

    def check_numbers(self, given: Any, now: Mapping[str, float]) -> dict[str, float]:
        """Return all inputs' numbers: those that are given, and the others as they are now."""
        if not isinstance(given, Mapping):
            raise TypeError(f"inputs are numbers by name, such as {{'x': 2.0}}, not {given!r}")
        numbers = {name: now.get(name, number) for name, number in self.numbers.items()}
        for name, number in given.items():
            if name not in numbers:
                known = list_first([*numbers], 8)
                raise ValueError(f"the widget has no input {quote_text(str(name))}: it has {known}")
            numbers[name] = as_float(number, f"input {name}", "a number")
        if self.fixed and repr(numbers) != repr(self.numbers):
            raise ValueError(f"the page can't compute with other numbers: {self.fixed}")
        return numbers

    def check_broken(self, broken: Any) -> list[str]:
        """Return the engine's mistakes, in the order of the page's loop."""
        found = check_mistakes(self.part, broken, "the page")
        if found and self.opening.quiz:
            raise ValueError("the page asks about the right engine: make the widget without quiz")
        return found

    def check_leaf(self, leaf: Any) -> str | None:
        """Return the name of a leaf that is given, or whose name is."""
        name = self.part.names.get(leaf) if isinstance(leaf, Value) else leaf
        if name in self.names or (name is None and leaf is None and not self.names):
            return name
        known = list_first([*self.names], 8) or "none"
        raise ValueError(f"paths_from is a leaf or its name ({known}), not {leaf!r}")


class InputNumbers(Mapping[str, float]):
    """The numbers of inputs by name, of which one can be set: ``w.inputs["x"] = 2.0``.

    They stay as they are: whoever is told makes new ones.
    """

    def __init__(
        self, numbers: Mapping[str, float], set_numbers: Callable[[dict[str, float]], object]
    ) -> None:
        self._numbers, self._set_numbers = dict(numbers), set_numbers

    def __getitem__(self, name: str) -> float:
        return self._numbers[name]

    def __setitem__(self, name: str, number: float) -> None:
        self._set_numbers({name: number})

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __repr__(self) -> str:
        return repr(self._numbers)
