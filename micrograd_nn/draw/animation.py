"""Both passes over a graph played in one SVG: each number forward, then each share back.

It has no script: a style sheet shows each part in its steps. Where motion is to be reduced, and
where a viewer plays none, it is a still of the end.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from .._ground.playing import Player
from .._ground.text import count_things, format_number
from ..engine.backprop import Step
from ..engine.value import Value
from ..graph.graph import Graph
from ..stepping.passes import Passes
from .boxes import Boxes
from .diagram import Diagram
from .dot import GRADIENT_INK, INK, QUIET, SVG_STYLE, VALUE_INK, write_dot
from .layout import layout
from .lettering import align_texts, fold_caption
from .look import Look
from .tikz import SVG, read_path

MOST_PLAYED = 200  # that are played
SECONDS_A_STEP, REST_AT_END = 1.5, 3.0  # and so much longer the last one is seen


def write_animation(graph: Graph, direction: str, precision: int, timeout: float) -> str:
    """Return an SVG that plays the steps of a graph, as ``Passes`` numbers them."""
    count = graph.count_steps()  # before any is taken: there may be millions
    if count > MOST_PLAYED:
        raise ValueError(
            f"the graph has {count_things(count, 'step')}, more than are played "
            f"({MOST_PLAYED}): animate a smaller part of it"
        )
    return Animation(graph, direction, precision, timeout).write()


class Animation:
    """The picture of a graph laid out, with room for all numbers, whose parts are seen in steps."""

    def __init__(self, graph: Graph, direction: str, precision: int, timeout: float) -> None:
        boxes = Boxes(Look(graph, precision, gradients=graph.gradients))
        self.places = boxes.places
        self.passes = Passes(graph)
        self.player = Player(len(self.passes), SECONDS_A_STEP, REST_AT_END)
        self.gradients = follow_gradients(self.passes, precision)
        self.told = tell_steps(self.passes)
        longest = {
            node: max([text for _, text in found], key=len)
            for node, found in self.gradients.items()
        }
        reserved = [
            box._replace(face=box.face._replace(gradient=longest.get(node, "")))
            for node, box in zip(graph.nodes, boxes.diagram.boxes, strict=True)
        ]
        widest = [max(lines, key=len) for lines in zip(*self.told, strict=True)]
        source = write_dot(Diagram(reserved, boxes.diagram.arrows), widest, direction)
        ET.register_namespace("", SVG[1:-1])
        self.root = ET.fromstring(align_texts(layout(source, "svg", timeout).decode("utf-8")))
        groups = {group.get("id", ""): group for group in self.root.iter(f"{SVG}g")}
        # What has a tooltip lies within a link that bears it.
        self.groups = {name: next(x.iter(f"{SVG}a"), x) for name, x in groups.items()}

    def write(self) -> str:
        """Return the SVG."""
        for node in self.places:
            self.play_node(node)
        for number in range(1, len(self.passes) + 1):
            self.play_step(number)
        self.play_partials()
        self.play_words(next(self.root.iter(f"{SVG}g")))
        head, tag, rest = ET.tostring(self.root, encoding="unicode").partition("<g ")
        return f"{head}{SVG_STYLE}<style>{self.player.write_rules()}</style>\n{tag}{rest}"

    def find_edge(self, input: Value, node: Value, position: int) -> ET.Element:
        """Return what is drawn of an edge."""
        return self.groups[f"{self.places[input]}-{self.places[node]}-{position}"]

    def play_node(self, node: Value) -> None:
        """Show a node's value once it is computed, and its gradients one after the other."""
        group, gradients = self.groups[self.places[node]], self.gradients.get(node, ())
        for text in list(group.iter(f"{SVG}text")):
            if text.get("fill") == VALUE_INK:
                first = self.passes.computed.index(node) + 1 if node.inputs else 0
                self.player.show(text, first)
            if text.get("fill") == GRADIENT_INK:
                for (first, number), last in zip(
                    gradients, [*[first - 1 for first, _ in gradients[1:]], None], strict=True
                ):
                    variant = copy.deepcopy(text)
                    variant.text = number
                    self.player.show(variant, first, last)
                    group.append(variant)
                group.remove(text)

    def play_step(self, number: int) -> None:
        """Mark what a step is about, and let its share flow."""
        step = self.passes.get_step(number)
        if not isinstance(step, Step):
            self.mark_now(step.node, number)
            return
        self.mark_now(step.input, number)
        group = self.find_edge(step.input, step.node, step.position)
        for element in list(group):
            if element.tag == f"{SVG}path":
                heads = [part for part in group if part.tag == f"{SVG}polygon"]
                for part in turn_forward(element, heads):
                    self.player.show(part, 0, number - 1)
                    group.insert(0, part)
            is_partial = element.tag == f"{SVG}text" and element.get("fill") != GRADIENT_INK
            if element.tag != f"{SVG}title" and not is_partial:
                self.player.show(element, number)
        for element in list(group.iter(f"{SVG}path")):
            if element.get("stroke") == GRADIENT_INK:
                self.show_thick(group, element, number)

    def mark_now(self, node: Value, number: int) -> None:
        """Draw a thick line around a box in one step."""
        group = self.groups[self.places[node]]
        outlines = [shape for shape in group if shape.tag in (f"{SVG}path", f"{SVG}polygon")]
        for outline in outlines[-1:]:
            self.show_thick(group, outline, number, fill="none", stroke=INK)

    def show_thick(self, group: ET.Element, shape: ET.Element, number: int, **look: str) -> None:
        """Draw a shape again in one step, with a thick line."""
        thick = copy.deepcopy(shape)
        for name, value in look.items():
            thick.set(name, value)
        thick.set("stroke-width", "4")
        self.player.show(thick, number, number)
        group.append(thick)

    def play_partials(self) -> None:
        """Show local derivatives once the node is computed that they are of."""
        for number, node in enumerate(self.passes.computed, start=1):
            for position, input in enumerate(node.inputs):
                for text in self.find_edge(input, node, position).iter(f"{SVG}text"):
                    if text.get("fill") != GRADIENT_INK:
                        self.player.show(text, number)

    def play_words(self, graph: ET.Element) -> None:
        """Say in each step what happened."""
        lines = [element for element in graph if element.tag == f"{SVG}text"]
        for i, line in enumerate(lines):
            for number, words in enumerate(self.told):
                variant = copy.deepcopy(line)
                variant.text = words[i]
                self.player.show(variant, number, number if number < self.player.last else None)
                graph.append(variant)
            graph.remove(line)


def follow_gradients(passes: Passes, precision: int) -> dict[Value, list[tuple[int, str]]]:
    """Return the gradients that each node has one after the other: from which step, as a text."""
    found = {passes.root: [(passes.start, format_number(1.0, precision))]}
    for number in range(passes.start + 1, len(passes) + 1):
        step = passes.get_step(number)
        if isinstance(step, Step):
            text = format_number(step.after, precision)
            found.setdefault(step.input, []).append((number, text))
    return found


def tell_steps(passes: Passes) -> list[list[str]]:
    """Return for each position what happened, in as many lines as the longest needs."""
    told = []
    for position in range(len(passes) + 1):
        passes.goto(position)
        head, *formulas = str(passes).split("\n")
        told.append(fold_caption([head, *formulas[-1:]]))
    most = max(map(len, told))
    return [[*lines, *[" "] * (most - len(lines))] for lines in told]


def turn_forward(path: ET.Element, heads: Sequence[ET.Element]) -> list[ET.Element]:
    """Return an arrow that points back as one that points forward, as it is before its share flows.

    The line goes on to where its head was, and has one at its other end.
    """
    line = copy.deepcopy(path)
    line.set("stroke", QUIET)
    parts = [line]
    for head in heads:
        base, tip, other = [complex(x, y) for x, y in read_path(head.get("points", ""))[:3]]
        way = path.get("d", "")
        *_, before, end = [complex(x, y) for x, y in read_path(way)]
        line.set("d", f"M{write_place(tip)} L{way.removeprefix('M')}")
        length, width = abs(tip - (base + other) / 2), abs(other - base) / 2
        along = (end - before) / (abs(end - before) or 1.0)
        ends = [end - along * length + side * along * width * 1j for side in (-1, 1)]
        points = " ".join(map(write_place, [ends[0], end, ends[1]]))
        parts.append(ET.Element(head.tag, {"fill": QUIET, "stroke": QUIET, "points": points}))
    return parts


def write_place(point: complex) -> str:
    """Return a point as a path has it."""
    return f"{point.real:.2f},{point.imag:.2f}"
