"""Exercises on code: a generated program, and a second backward pass."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import partial
from random import Random

from ...._ground.text import format_number
from ....engine.value import Value
from ....graph.graph import Graph
from ...compile.compiler.functions import compile
from .answers import NumberAnswer
from .exercise import Miss
from .making import (
    IN_LINES,
    WHOLE,
    Draft,
    Recorded,
    Short,
    choose_numbers,
    find_slip_misses,
    has_easy_numbers,
    has_trap,
    is_easy,
    merge_misses,
    record_lines,
    say_factor,
    write_working,
)

PROGRAMS = {
    1: ["a = w * x; b = a + x; y = b * w", "a = w + x; b = a * x; y = b * w",
        "a = x * x; b = a - w; y = w * b", "a = x - w; b = a * a; y = b * w"],
    2: ["a = w * x; y = a * x", "a = w * x; b = a + x; y = b * x", "a = x * x; y = a * w + x",
        "a = x - w; b = a * x; y = b * x"],
    3: ["a = w * x; b = a + w; y = b * x", "a = w * x; y = a * x", "a = x - w; y = a * x * w"],
}  # fmt: skip
PASSES = {
    1: ["y = {k} * x", "y = x * x", "y = {k} * x * x", "y = w * x", "y = x * x * w"],
    2: ["y = {k} * x; z = x * x", "y = w * x; z = {k} * x", "y = x * x; z = w * x"],
    3: ["u = {k} * x; y = u * u; z = {m} * u", "u = w * x; y = u * u; z = {k} * u",
        "u = x * x; y = {k} * u; z = u * w"],
}  # fmt: skip
ONLY_LAST = (
    "As if each pass began at 0",
    "That is the last pass alone. The grad of a leaf keeps what it has, and each pass adds to it, "
    "until it is set to 0.",
)
ONLY_FIRST = "Only the first pass counted", "Each backward() adds its own gradient to that of x."
MULTIPLIED = "Multiplied where it has to be added", "Passes add up, as the shares of one pass do."
INNER_KEPT = (
    "An inner gradient taken for one that adds up",
    "Only the grad of a leaf adds up over passes. That of what is computed on the way begins at 0 "
    "in each pass, else its inputs would be passed the old one again.",
)


def make_program_question(random: Random, level: int) -> Draft | None:
    """Ask for a number that a generated program computes."""
    form = random.choice(PROGRAMS[level])
    x, w = choose_numbers(random, 2)
    graph, nodes = record_lines(form, w=w, x=x)
    if not has_easy_numbers(graph):
        return None
    program = compile(graph.root, parameters=[nodes["w"], nodes["x"]])
    source = program.source.rstrip("\n")
    upstream, start = 1.0, 0.0
    call = f"program([{w:g}, {x:g}], [()]"
    if level == 3:
        upstream, start = random.choice([0.5, 2.0, -1.0]), float(random.choice(WHOLE))
        call += f", upstream={upstream:g}, start=[0, {start:g}]"
    call += ")"
    by = "x"
    if level == 1:
        named = set(re.findall(r"\b(d_[ab]) = ", source))
        if not named:
            return None
        by = random.choice(sorted(named))[2:]
    wrt = nodes[by]
    slope = graph.gradients[wrt]
    right = start + upstream * slope if level > 1 else slope
    answer = NumberAnswer(right)
    if not right or not is_easy(right):
        return None
    shares = [step.share for step in graph.list_steps_to(wrt)]
    name, begins = f"d_{by}", format_number(start)
    up = format_number(upstream)
    misses = [
        Miss(slope, "The start and the upstream are left out",
             "That is the derivative itself. The program begins at start, and what it adds is "
             "multiplied by upstream."),
        Miss(upstream * slope, "The start is left out",
             f"{name} begins at {begins}, and each += adds to that."),
        Miss(start + slope, "The upstream gradient is forgotten",
             f"Each line of the backward part carries upstream, which is {up}."),
        Miss(upstream * (start + slope), "The start is multiplied, too",
             "Only what is added is multiplied by upstream, and start isn't."),
        Miss(start + upstream * shares[-1], "Only the last line counted",
             "+= adds to what was there, and doesn't overwrite it."),
        Miss(start + upstream * shares[0], "Only the first line counted",
             f"{name} isn't done after its first line: look for each that adds to it."),
        Miss(graph.numbers[wrt], "The value in place of the derivative",
             f"{by} is the value. {name} is the derivative of y by it."),
    ][{1: 6, 2: 4, 3: 0}[level] :]  # fmt: skip
    if (level > 1 and len(shares) < 2) or (level == 3 and has_trap(answer, misses)):
        return None
    misses += find_slip_misses(graph, wrt, lambda wrong: start + upstream * wrong)
    what = f"Which number is `d_{by}`"
    given = f"So w is {format_number(w)}, x is {format_number(x)}, and the one row has no inputs."
    question = f"`{call}` runs this program. {given}\n{what}{' in the end' * (level > 1)}?"
    working = write_working(graph, wrt)
    if level == 3:
        working += f"\nd_{by} = {format_number(start)} + {say_factor(upstream)} × "
        working += f"{say_factor(slope)} = {format_number(right)}"
    return Draft(question, answer, merge_misses(answer, misses), working, None, source)


def make_second_pass(random: Random, level: int) -> Draft | None:
    """Ask what a leaf's, or an inner node's, grad holds after several passes."""
    form = random.choice(PASSES[level])
    x, w, k, m = choose_numbers(random, 4)
    lines = form.format(k=Short(k), m=Short(m))
    numbers = {"x": x, "w": w} if "w" in IN_LINES.findall(lines) else {"x": x}
    roots = ["y", "z"] if "z" in lines else ["y"] * random.choice([2, 3])
    if level == 3 and random.random() < 0.5:
        roots = ["y", "y"]
    if level == 3 and roots[-1] == "y":
        lines = lines.rpartition("; ")[0]
    code = [f"{name} = Value({number:g})" for name, number in numbers.items()]
    passes = [f"{name}.backward()" for name in roots]
    resets = level == 2 and random.random() < 0.4
    if resets:
        roots = [*roots, "y"]
        passes = [passes[0], "x.grad = 0.0", *passes[1:], "y.backward()"]
    asked = "u" if level == 3 and random.random() < 0.4 else "x"
    graphs = {root: find_graph(lines, root, numbers) for root in {*roots}}
    if not all(has_easy_numbers(graph) for graph, _ in graphs.values()):
        return None
    found = [graphs[root][0].gradients[graphs[root][1][asked]] for root in roots]
    counted = found[1:] if resets else found
    right = found[-1] if asked == "u" else sum(counted)
    answer = NumberAnswer(right)
    if not right or not is_easy(right):
        return None
    kept = Miss(keep_gradients([graphs[root] for root in roots], asked, resets), *INNER_KEPT)
    misses = [*list_pass_misses(asked, found, resets), *[kept] * (level == 3)]
    if has_trap(answer, misses):
        return None
    misses.append(kept)

    def add_passes(of: str, wrong: float) -> float:
        if asked == "u":
            return wrong if of == roots[-1] else found[-1]
        pairs = list(zip(roots, found, strict=True))[resets:]
        return sum(wrong if root == of else x for root, x in pairs)

    for root in dict.fromkeys(roots):
        of, its = graphs[root]
        misses += find_slip_misses(of, its[asked], partial(add_passes, root))
    working = [
        f"Pass {i}, from {name}, gives {format_number(x)}."
        for i, (name, x) in enumerate(zip(roots, found, strict=True), 1)
    ]
    if asked == "u":
        working.append("u is an inner node, so its grad is that of the last pass alone.")
    else:
        terms = " + ".join(map(say_factor, counted))
        working.append(
            f"x is a leaf: {terms} = {format_number(right)}" + ", since 0.0 was set" * resets
        )
    told = "\n".join([*code, *lines.split("; "), *passes])
    question = f"This program runs line by line.\nWhat is `{asked}.grad` in the end?"
    used = [graphs[root] for root in dict.fromkeys(roots)]
    first = [write_working(graph, nodes[asked]) for graph, nodes in used]
    alone = graphs["y"][0] if {*roots} == {"y"} else None
    return Draft(
        question, answer, merge_misses(answer, misses), "\n".join([*first, *working]), alone, told
    )


def list_pass_misses(asked: str, found: list[float], resets: bool) -> list[Miss]:
    """Return what one may take for the grad after passes that each give a number."""
    misses = [Miss(found[-1], *ONLY_LAST), Miss(found[0], *ONLY_FIRST)]
    if asked == "u":
        misses = []
    if resets:
        told = "x.grad = 0.0 drops what there was. What comes after it adds up."
        misses.append(Miss(sum(found), "The reset is overlooked", told))
    return [*misses, Miss(math.prod(found), *MULTIPLIED)]


def keep_gradients(passes: Sequence[Recorded], asked: str, resets: bool) -> float:
    """Return a grad after passes of an engine that keeps those of inner nodes from pass to pass.

    >>> graph, nodes = find_graph("y = 2 * x * x", "y", {"x": 3.0})
    >>> keep_gradients([(graph, nodes)] * 2, "x", False), 2 * graph.gradients[nodes["x"]]
    (30.0, 24.0)

    Named nodes are the same in each graph, such as u of ``y = u * u`` and ``z = 3 * u``.
    """
    kept: dict[object, float] = {}
    for i, (graph, nodes) in enumerate(passes):
        names: dict[Value, object] = {node: name for name, node in nodes.items()}
        kept[names[graph.root]] = 1.0
        if resets and i == 1:
            kept[asked] = 0.0
        for step in graph.steps:
            node, input = names.get(step.node, step.node), names.get(step.input, step.input)
            kept[input] = kept.get(input, 0.0) + kept[node] * step.partial
    return kept[asked]


def find_graph(lines: str, root: str, numbers: dict[str, float]) -> Recorded:
    """Return the graph of one of the results of lines."""
    _, nodes = record_lines(lines, **numbers)
    return Recorded(Graph(nodes[root], {}), nodes)
