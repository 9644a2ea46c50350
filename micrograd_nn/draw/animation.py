"""Both passes over a graph played in one SVG: each number forward, then each share back.

It has no script: a style sheet shows each part in its steps. Where motion is to be reduced, and
where a viewer plays none, it is a still of the end.
"""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from ..engine.backprop import Step
from ..engine.value import Value
from ..graph.graph import Graph
from ..plot.playing import Player
from ..stepping.passes import Computed, Passes, Seed, describe_place
from ..text import count_things
from .boxes import box_graph
from .diagram import Box, Diagram
from .dot import GRADIENT_INK, INK, QUIET, SVG_STYLE, VALUE_INK, write_dot
from .layout import layout
from .lettering import align_texts
from .marks import Look
from .tikz import SVG

PLACE_IN_PATH = re.compile(r"(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)")
MOST_PLAYED = 200  # that are played
SECONDS_A_STEP, REST_AT_END = 1.5, 3.0  # and so much longer the last one is seen


def write_animation(graph: Graph, direction: str, precision: int, timeout: float) -> str:
    """Return an SVG that plays the steps of a graph, as ``Passes`` numbers them.

    >>> x = Value(3.0, "x")
    >>> write_animation(Graph(x * x), "LR", 4, 20.0).count("@keyframes") > 3
    True
    """
    count = count_played(graph)  # before any is taken: there may be millions
    if count > MOST_PLAYED:
        raise ValueError(
            f"the graph has {count_things(count, 'step')}, more than are played "
            f"({MOST_PLAYED}): animate a smaller part of it"
        )
    passes = Passes(graph)
    look = Look(precision, gradients=graph.gradients)
    boxed = box_graph(graph, "node", look)
    gradients = follow_gradients(passes, look)
    reserved = [
        reserve_gradient(box, [text for _, text in gradients.get(node, ())])
        for node, box in zip(graph.nodes, boxed.diagram.boxes, strict=True)
    ]
    told = tell_steps(passes)
    widest = [max(lines, key=len) for lines in zip(*told, strict=True)]
    diagram = Diagram(reserved, boxed.diagram.arrows, boxed.diagram.root)
    laid_out = layout(write_dot(diagram, widest, direction), "svg", timeout).decode("utf-8")
    ET.register_namespace("", SVG[1:-1])
    root = ET.fromstring(align_texts(laid_out))
    player = Player(len(passes), SECONDS_A_STEP, REST_AT_END)
    groups = {group.get("id", ""): group for group in root.iter(f"{SVG}g")}
    for node, id in boxed.places.items():
        play_node(groups[id], node, passes, gradients.get(node, ()), player)
    for number in range(1, len(passes) + 1):
        play_step(groups, boxed.places, passes.get_step(number), number, player)
    play_partials(groups, boxed.places, passes, player)
    play_words(next(root.iter(f"{SVG}g")), told, player)
    head, tag, rest = ET.tostring(root, encoding="unicode").partition("<g ")
    return f"{head}{SVG_STYLE}<style>{player.write_rules()}</style>\n{tag}{rest}"


def count_played(graph: Graph) -> int:
    """Return how many steps ``Passes`` has of a graph, without taking them.

    >>> x = Value(3.0, "x")
    >>> graph = Graph(x * x + 1)
    >>> count_played(graph) == len(Passes(graph)) == 6
    True
    """
    forward = sum(node.operation is not None for node in graph.nodes)
    back = sum(partial is not None for node in graph.nodes for partial in node.partials)
    return forward + 1 + back


def follow_gradients(passes: Passes, look: Look) -> dict[Value, list[tuple[int, str]]]:
    """Return the gradients that each node has one after the other: from which step, as a text.

    >>> x = Value(3.0)
    >>> follow_gradients(Passes(x * x), Look())[x]
    [(3, '3'), (4, '6')]
    """
    found = {passes.root: [(passes.start, look.format_number(1.0))]}
    for number in range(passes.start + 1, len(passes) + 1):
        step = passes.get_step(number)
        if isinstance(step, Step):
            text = look.format_number(step.after)
            found.setdefault(step.input, []).append((number, text))
    return found


def reserve_gradient(box: Box, texts: Sequence[str]) -> Box:
    """Return a box with room for the longest of some gradients."""
    longest = max(texts, key=len, default="")
    return box._replace(face=box.face._replace(gradient=longest))


def tell_steps(passes: Passes) -> list[list[str]]:
    """Return for each position what happened, in two lines."""
    told = []
    for position in range(len(passes) + 1):
        passes.goto(position)
        head, *formulas = describe_place(passes)
        told.append([head, formulas[-1].strip() if formulas else " "])
    return told


def play_node(
    group: ET.Element,
    node: Value,
    passes: Passes,
    gradients: Sequence[tuple[int, str]],
    player: Player,
) -> None:
    """Show a node's value once it is computed, and its gradients one after the other."""
    for text in list(group.iter(f"{SVG}text")):
        if text.get("fill") == VALUE_INK:
            player.show(text, passes.computed.index(node) + 1 if node.inputs else 0)
        if text.get("fill") == GRADIENT_INK:
            for (first, number), last in zip(
                gradients, [*[first - 1 for first, _ in gradients[1:]], None], strict=True
            ):
                variant = copy.deepcopy(text)
                variant.text = number
                player.show(variant, first, last)
                group.append(variant)
            group.remove(text)


def play_step(
    groups: Mapping[str, ET.Element],
    places: Mapping[Value, str],
    step: Computed | Seed | Step,
    number: int,
    player: Player,
) -> None:
    """Mark what a step is about, and let its share flow."""
    if not isinstance(step, Step):
        mark_now(groups[places[step.node]], number, player)
        return
    mark_now(groups[places[step.input]], number, player)
    group = groups[f"{places[step.input]}-{places[step.node]}-{step.position}"]
    for element in list(group):
        if element.tag == f"{SVG}path":
            heads = [part for part in group if part.tag == f"{SVG}polygon"]
            for part in turn_forward(element, heads):
                player.show(part, 0, number - 1)
                group.insert(0, part)
        is_partial = element.tag == f"{SVG}text" and element.get("fill") != GRADIENT_INK
        if element.tag != f"{SVG}title" and not is_partial:
            player.show(element, number)
    for element in list(group.iter(f"{SVG}path")):
        if element.get("stroke") == GRADIENT_INK:
            now = copy.deepcopy(element)
            now.set("stroke-width", "4")
            player.show(now, number, number)
            group.append(now)


def turn_forward(path: ET.Element, heads: Sequence[ET.Element]) -> list[ET.Element]:
    """Return an arrow that points back as one that points forward, as it is before its share flows.

    >>> path = ET.Element("path", d="M7,0C8,0 10,0 20,0")
    >>> head = ET.Element("polygon", points="7,-2 0,0 7,2")
    >>> [part.get("d") or part.get("points") for part in turn_forward(path, [head])]
    ['M0.00,0.00 L7,0C8,0 10,0 20,0', '13.00,-2.00 20.00,0.00 13.00,2.00']

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


def read_path(text: str) -> list[tuple[float, float]]:
    """Return the points of a path or a polygon.

    >>> read_path("M7,0C8,-0.5 1e1,0")
    [(7.0, 0.0), (8.0, -0.5), (10.0, 0.0)]
    """
    return [(float(x), float(y)) for x, y in PLACE_IN_PATH.findall(text)]


def write_place(point: complex) -> str:
    """Return a point as a path has it.

    >>> write_place(1.5 - 2j)
    '1.50,-2.00'
    """
    return f"{point.real:.2f},{point.imag:.2f}"


def play_partials(
    groups: Mapping[str, ET.Element],
    places: Mapping[Value, str],
    passes: Passes,
    player: Player,
) -> None:
    """Show local derivatives once the node is computed that they are of."""
    for number, node in enumerate(passes.computed, start=1):
        for position, input in enumerate(node.inputs):
            for text in groups[f"{places[input]}-{places[node]}-{position}"].iter(f"{SVG}text"):
                if text.get("fill") != GRADIENT_INK:
                    player.show(text, number)


def mark_now(group: ET.Element, number: int, player: Player) -> None:
    """Draw a thick line around a box in one step."""
    outlines = [shape for shape in group if shape.tag in (f"{SVG}path", f"{SVG}polygon")]
    for outline in outlines[-1:]:
        thick = copy.deepcopy(outline)
        thick.set("fill", "none")
        thick.set("stroke", INK)
        thick.set("stroke-width", "4")
        player.show(thick, number, number)
        group.append(thick)


def play_words(graph: ET.Element, told: Sequence[Sequence[str]], player: Player) -> None:
    """Say in each step what happened."""
    lines = [element for element in graph if element.tag == f"{SVG}text"]
    for i, line in enumerate(lines):
        for number, words in enumerate(told):
            variant = copy.deepcopy(line)
            variant.text = words[i]
            player.show(variant, number, number if number < player.last else None)
            graph.append(variant)
        graph.remove(line)
