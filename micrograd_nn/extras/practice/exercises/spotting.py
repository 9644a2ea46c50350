"""Exercises on what is wrong, or doesn't matter: a broken engine, and a leaf of gradient 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from ...._ground.text import format_number, join_words
from ....engine.value import Value
from ....graph.graph import Graph
from ....stepping.misconceptions import (
    MISCONCEPTIONS,
    Misconception,
    Slip,
    is_near,
    list_quantities,
)
from ....stepping.misconceptions.slips import Seen, find_first_wrong, walk_wrongly
from .answers import ChoiceAnswer
from .exercise import Miss, strip_code
from .making import (
    LARGEST_BY_HAND,
    WHOLE,
    Draft,
    Short,
    choose_numbers,
    has_easy_numbers,
    record_lines,
    shuffle_choices,
    state_graph,
    write_working,
)

ENGINES = {
    1: ["a = w*x; b = a*x; y = b {c:+}", "a = x*x; b = w*a; y = b - x",
        "a = w*x; b = a + x; y = a*b"],
    2: [
        "a = w*x; b = x {c:+}; y = a*b", "a = w*x; b = a*a; y = b - w",
        "a = x*x; b = a*w; d = x*v; y = b - d",
    ],
    3: ["a = w*x; b = a*v; d = a - x; y = b*d", "a = w*x; b = a*x; d = b - v; y = d*a"],
}  # fmt: skip
MOST_OPTIONS = 4
IMPOSSIBLE = "An engine with that mistake gives {given}."

LEAVES = {
    1: ["p1 = w1*x1; p2 = w2*x2; s = p1 + p2; y = s + k", "p1 = w1*x1; p2 = w2*x2; y = p1 - p2",
        "p1 = w1*x1; p2 = w2*x2; s = p1 - p2; y = s*k", "p1 = w1*x1; s = p1 + x2; y = s*w2"],
    2: ["h = max(x, w); p = h*v; y = p + k", "h = relu(x); p = w*v; y = h - p",
        "e = x - {t}; q = e**2; p = w*v; y = q + p", "h = min(x, w); p = h*v; y = p - k",
        "p = x*w; h = max(p, v); y = h*k", "h = min(x, w); m = max(h, v); y = m*k",
        "p = x*w; h = relu(v); m = p + h; y = m*k"],
    3: ["p = x*w; q = x*v; s = p + q; y = s + k",
        "u = {m}*x; d = u - w; p = {m}*x; e = d - p; y = e*v",
        "u = x - {t}; q = u*u; p = w*v; s = q + p; y = s*k",
        "h = relu(x); p = w*v; m = max(h, p); y = m*k"],
}  # fmt: skip
CANCELLING = "e = d - p"  # of one of these forms, whose leaf matters nowhere
CANCELS = "What it adds on one way, it takes away on the other: at no numbers does it matter."
FAR = "Far from these numbers, or for a large change, {name} may well matter."
UNUSED_AMONG = 0.15  # of the drafts, of which the others are rarely done by hand
UNUSED = [
    "a = w * x; c = k * x; y = a + w", "a = x * x; c = a * k; y = a * w",
    "a = w - x; c = a + k; y = a * x", "a = w * x; b = a + v; c = b * k; y = b - x",
    "a = x + w; b = a * k; c = a * v; y = b * x", "a = w * x; b = k - x; c = b * v; y = a + b",
    "a = x - k; b = a * w; c = a + v; y = b * b",
]  # fmt: skip
SWAPPED = "xwvk"  # the leaves of a form that may have each other's names
MEANING = "To first order, at these numbers, one of them doesn't matter: its gradient is 0."


def make_broken_engine(random: Random, level: int) -> Draft | None:
    """Ask which mistake an engine made, by the gradients that it gave."""
    form = random.choice(ENGINES[level])
    x, w, v, c = choose_numbers(random, 4)
    lines = form.format(c=Short(c))
    numbers = {"x": x, "w": w, "v": v}
    graph, _ = record_lines(lines, **numbers)
    if not has_easy_numbers(graph):
        return None
    inner = [node for node in graph.nodes if node.operation is not None and node is not graph.root]
    shown = graph.leaves if level > 1 else [*reversed(inner), *graph.leaves]
    right, seen = [graph.gradients[node] for node in shown], list_quantities(graph)
    found: list[tuple[Misconception, list[Seen], list[float]]] = []
    for wrong in MISCONCEPTIONS:
        made = list(walk_wrongly(seen, wrong))
        gradients = {step.input: step.after for step, _ in made}
        given = [gradients.get(node, 0.0) for node in shown]
        others = [right, *[numbers for *_, numbers in found]]
        is_told = any(given) and all(abs(x) <= LARGEST_BY_HAND for x in given)
        if is_told and not any(all(map(is_near, given, other)) for other in others):
            found.append((wrong, made, given))
    if len(found) < MOST_OPTIONS:
        return None
    found = random.sample(found, MOST_OPTIONS)
    chosen = random.randrange(MOST_OPTIONS)
    answer = ChoiceAnswer(tuple(wrong.title for wrong, *_ in found), chosen)
    said = [say_gradients(graph, shown, given) for *_, given in found]
    misses = [
        Miss(i, wrong.title, IMPOSSIBLE.format(given=said[i]))
        for i, (wrong, *_) in enumerate(found)
        if i != chosen
    ]
    question = (
        f"{state_graph(graph)}\nAn engine with one mistake, which it makes at every step, gives "
        f"{said[chosen]}.\nWhich mistake is it?"
    )
    working = f"A right engine gives {say_gradients(graph, shown, right)}.\n"
    wrong, made, _ = found[chosen]
    working += tell_first(graph, made, wrong)
    return Draft(question, answer, misses, working, graph)


def tell_first(graph: Graph, made: Sequence[Seen], wrong: Misconception) -> str:
    """Return what is wrong at the first step at which a mistake shows."""
    first = find_first_wrong(made)
    if first is None:
        return ""
    step, quantities = first
    slip = Slip(step.after, wrong, step, quantities)
    told = f"{slip.tell(graph.names)} {slip.tell_remedy(graph.names)}"
    return f"It first goes wrong from {graph.names[step.node]} to {graph.names[step.input]}: {told}"


def say_gradients(graph: Graph, nodes: Sequence[Value], gradients: Sequence[float]) -> str:
    """Return the gradients of some nodes in words."""
    root = graph.names[graph.root]
    pairs = zip(nodes, gradients, strict=True)
    return join_words([f"`∂{root}/∂{graph.names[n]} = {format_number(x + 0.0)}`" for n, x in pairs])


def make_idle_leaf(random: Random, level: int) -> Draft | None:
    """Ask which leaf has the gradient 0."""
    numbers = dict(zip(SWAPPED, choose_numbers(random, 4), strict=True))
    if level == 3 and random.random() < UNUSED_AMONG:
        return ask_about_unused(random, numbers)
    form = random.choice(LEAVES[level])
    if level == 1:
        numbers = {name: float(random.choice(WHOLE)) for name in ("w1", "x1", "w2", "x2", "k")}
        numbers[random.choice(["w1", "x1", "w2", "x2"])] = 0.0
    m, t = random.choice(WHOLE), numbers.get("x", 0.0)
    lines = form.format(m=m, t=f"({t:g})" if t < 0 else f"{t:g}")
    if "s = p + q" in lines:
        numbers["v"] = -numbers["w"]
    if level > 1:
        lines, numbers = swap_names(random, lines, numbers)
    graph, nodes = record_lines(lines, **numbers)
    idle = [graph.names[leaf] for leaf in graph.leaves if not graph.gradients[leaf]]
    if len(idle) != 1 or not has_easy_numbers(graph) or "-0.0" in map(str, graph.numbers.values()):
        return None
    asked = f"{state_graph(graph)}\n{MEANING}\nWhich leaf is it?"
    draft = ask_for_leaf(random, asked, graph, nodes, idle[0])
    far = CANCELS if CANCELLING in lines else FAR.format(name=idle[0])
    return draft._replace(working=f"{draft.working}\n{far}")


def ask_about_unused(random: Random, numbers: dict[str, float]) -> Draft | None:
    """Ask which leaf a root wasn't made of, by the program."""
    lines, numbers = swap_names(random, random.choice(UNUSED), numbers)
    graph, nodes = record_lines(lines, **numbers)
    numbers = {name: x for name, x in numbers.items() if name in nodes}
    if not all(graph.gradients[leaf] for leaf in graph.leaves) or not has_easy_numbers(graph):
        return None
    code = [f"{name} = Value({number:g})" for name, number in numbers.items()]
    program = "\n".join([*code, *lines.split("; ")])
    asked = "One leaf of this program doesn't matter to y, at any numbers.\nWhich leaf is it?"
    (idle,) = [name for name in numbers if nodes[name] not in graph.places]
    draft = ask_for_leaf(random, asked, graph, nodes, idle)
    return draft._replace(program=program, graph=None)


def swap_names(
    random: Random, lines: str, numbers: dict[str, float]
) -> tuple[str, dict[str, float]]:
    """Return lines in which leaves have each other's names, so that none is always the answer."""
    names = dict(zip(SWAPPED, random.sample(SWAPPED, len(SWAPPED)), strict=True))
    swapped = {names[name]: x for name, x in numbers.items()}
    swapped = {name: swapped[name] for name in sorted(swapped, reverse=True)}
    return re.sub(rf"\b[{SWAPPED}]\b", lambda found: names[found[0]], lines), swapped


def ask_for_leaf(
    random: Random, question: str, graph: Graph, nodes: dict[str, Value], idle: str
) -> Draft:
    """Return the question for the one leaf that doesn't matter."""
    wrong: dict[str, tuple[str, ...]] = {}
    for name in [name for name, node in nodes.items() if node.operation is None]:
        slope = format_number(graph.gradients.get(nodes[name], 0.0))
        told = f"∂y/∂{name} is {slope}: a small change of {name} changes y {slope} times as much."
        wrong[name] = "This one matters", told
        if not nodes[name].data:
            told = f"{name} is 0 now, and y changes with it all the same. {told}"
            wrong[name] = "A value of 0 for a gradient of 0", told
    answer, misses = shuffle_choices(random, idle, wrong)
    working = say_gradients(graph, graph.leaves, [graph.gradients[x] for x in graph.leaves])
    working = strip_code(f"The gradients are {working}.")
    if nodes[idle] in graph.places:
        working += f"\n{write_working(graph, nodes[idle])}"
    else:
        working += f"\nNo path leads from {idle} to y: at no numbers does it matter."
    return Draft(question, answer, misses, working, graph)
