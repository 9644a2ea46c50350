"""Exercises on networks: a whole neuron, a step of gradient descent, softmax with cross-entropy."""

from __future__ import annotations

import math
from random import Random

from ...._ground.text import format_number, join_words
from ....graph.graph import recompute
from .answers import NumberAnswer
from .exercise import Miss
from .making import (
    INVERSE,
    WHOLE,
    Draft,
    Recorded,
    ask_gradient,
    choose_numbers,
    find_slip_misses,
    has_easy_numbers,
    has_trap,
    is_easy,
    merge_misses,
    record_lines,
    state_graph,
    write_working,
)

EASY_OUTPUTS = {  # of an activation, those that have a derivative of two digits
    "tanh": [0.2, 0.4, 0.5, 0.6, 0.8, -0.2, -0.5, -0.6, -0.8],
    "sigmoid": [0.2, 0.4, 0.5, 0.6, 0.8],
}
NEURON_LINES = "p1 = w1*x1; p2 = w2*x2; s = p1 + p2; n = s + b; o = {name}(n)"
RATES = (0.1, 0.2, 0.05, 0.01, 0.25)


def make_neuron_question(random: Random, level: int) -> Draft | None:
    """Ask for a gradient of a neuron, of its loss, or of that behind a hidden neuron."""
    name = random.choice(list(EASY_OUTPUTS))
    output = random.choice(EASY_OUTPUTS[name])
    total = INVERSE[name](output)
    if level == 3:
        w, x, v = choose_numbers(random, 3)
        b = float(random.choice([1, -1, *WHOLE]))
        hidden = max(0.0, w * x + b)
        if not hidden:
            return None
        c = total - v * hidden
        lines = f"p = w*x; n = p + b; h = relu(n); q = v*h; m = q + c; o = {name}(m); e = o - y"
        numbers = {"w": w, "x": x, "b": b, "v": v, "c": c, "y": float(random.choice([0, 1]))}
        leaf, known = random.choice(["w", "v", "x", "b"]), ("c", "m")
        lines += "; L = e**2"
    else:
        w1, w2, x1, x2 = [float(random.choice(WHOLE)) for _ in range(4)]
        if len({abs(x) for x in (w1, w2, x1, x2)}) < 3:
            return None
        numbers = {"w1": w1, "x1": x1, "w2": w2, "x2": x2}
        numbers["b"] = total - w1 * x1 - w2 * x2
        lines, known = NEURON_LINES.format(name=name), ("b", "n")
        leaf = random.choice(list(numbers)[:4])
        if level == 2:
            lines += "; e = o - y; L = e**2"
            numbers["y"] = float(random.choice([0, 1, -1] if name == "tanh" else [0, 1]))
    if abs(numbers[known[0]]) >= 10:  # which wouldn't show three decimals
        return None
    recorded = record_lines(lines, **numbers)
    return ask_gradient(recorded, leaf, ["no local derivative"], known)


def make_descent(random: Random, level: int) -> Draft | None:
    """Ask for a weight after a step of gradient descent."""
    rate = random.choice(RATES)
    w, x, y, k = choose_numbers(random, 4)
    lines = ["e = w - y; L = e**2", "p = w*x; e = p - y; L = e**2"][level > 1]
    recorded = record_lines(lines, **({"w": w, "x": x, "y": y} if level > 1 else {"w": w, "y": y}))
    if level == 3:
        z = float(random.choice(WHOLE))
        lines = (
            f"p = {x:g}*w; d = p - y; P = d**2; q = {k:g}*w; e = q - z; Q = e**2; S = P + Q; "
            "L = S/2"
        )
        recorded = record_lines(lines, w=w, y=y, z=z)
    graph, nodes = recorded
    slope, loss = graph.gradients[nodes["w"]], graph.root.data
    after = w - rate * slope
    answer = NumberAnswer(after)
    is_clear = abs(after - w) > 0.02 * abs(w)  # no rounding hides so large a step
    is_fit = slope and after and is_easy(after) and has_easy_numbers(graph) and is_clear
    if not is_fit or recompute(graph.nodes, {nodes["w"]: after}) >= loss:
        return None  # too far a step takes L up
    step = f"{format_number(rate)} · {format_number(slope)}".replace("· −", "· (−")
    step += ")" * ("(" in step)
    remedy = f"The step is the rate times the gradient, {step}, and is taken from w."
    misses = [
        Miss(w + rate * slope, "Up and not down", "Added, it climbs.", remedy),
        Miss(w - slope, "The rate is forgotten", "That takes all of ∂L/∂w from w.", remedy),
        Miss(-rate * slope, "The step alone", "That is by how much w changes.", remedy),
        Miss(rate * slope, "The step alone", "That is what is taken from w.", remedy),
        Miss(slope, "The gradient and not the new weight", "That is ∂L/∂w itself.", remedy),
        Miss(
            w - rate * loss, "The loss in place of its gradient",
            "That takes the rate times L from w.", remedy,
        ),
    ]  # fmt: skip
    if level == 3:
        told = "The loss is the mean of two examples, so each counts half."
        misses.append(Miss(w - 2 * rate * slope, "The sum in place of the mean", told, remedy))
    if has_trap(answer, misses):
        return None
    misses += find_slip_misses(graph, nodes["w"], lambda wrong: w - rate * wrong)
    means = ", the mean squared error of two examples," if level == 3 else ""
    question = (
        f"{state_graph(graph)}\nGradient descent makes `L`{means} smaller, at the rate `{rate:g}`."
        "\nWhat is w after one step?"
    )
    working = f"{write_working(graph, nodes['w'])}\nw − rate · ∂L/∂w = "
    working += f"{format_number(w)} − {step} = {format_number(after)}"
    return Draft(question, answer, merge_misses(answer, misses), working, graph)


def make_softmax(random: Random, level: int) -> Draft | None:
    """Ask for the gradient of cross-entropy by a logit, or by a weight before it."""
    many = 2 if level == 1 else 3
    sizes = sorted(random.sample([1, 2, 3, 4, 5, 6], many), key=lambda _: random.random())
    target, asked = random.randrange(many), random.randrange(many)
    logits = {f"z{i + 1}": math.log(size) for i, size in enumerate(sizes)}
    lines = "; ".join([f"e{i + 1} = exp(z{i + 1})" for i in range(many)])
    total = ", ".join([f"e{i + 1}" for i in range(many)])
    t = target + 1
    lines += f"; s = sum({total}); p{t} = e{t}/s; q = log(p{t}); L = -q"
    by, factor = f"z{asked + 1}", 1.0
    if level == 3:
        if sizes[asked] == 1:
            return None
        factor = float(random.choice(WHOLE))
        w = logits.pop(by) / factor
        recorded = record_lines(f"{by} = w*x; {lines}", w=w, x=factor, **logits)
        by = "w"
    else:
        recorded = record_lines(lines, **logits)
    return ask_about_softmax(recorded, sizes, target, asked, by, factor)


def ask_about_softmax(
    recorded: Recorded, sizes: list[int], target: int, asked: int, by: str, factor: float
) -> Draft:
    """Ask for the gradient by a logit, or by its weight, with the mistakes of this loss."""
    graph, nodes = recorded
    right = NumberAnswer(graph.gradients[nodes[by]])
    share, hit = sizes[asked] / sum(sizes), float(asked == target)
    logit = math.log(sizes[asked])
    z, p = f"z{asked + 1}", f"p{asked + 1}"
    rule = f"∂L/∂{z} = {p} − {hit:g}, since {z} is {'' if hit else 'not '}the right class's logit."
    also = f" And ∂{z}/∂w = x = {factor:g}." if factor != 1 else ""
    misses = [
        Miss(answer, title, told, rule + also)
        for answer, title, told in [
            (factor * (hit - share), "The sign is turned",
             "The size is right, and the sign isn't."),
            (factor * share, "The 1 of the right class is forgotten",
             f"That takes the probability {p} alone for ∂L/∂{z}."),
            (factor * (share - 1), "The 1 of another class",
             f"That takes 1 from {p}, as if {z} were the right class's logit."),
            (factor * (logit - hit), "The logit in place of the probability",
             f"That has {z} itself where the probability {p} belongs."),
            (factor * (sizes[asked] - hit), "Not divided by the sum",
             f"That has exp({z}) where the probability {p} belongs."),
            (-math.log(sizes[target] / sum(sizes)), "The loss in place of its derivative",
             "That is L."),
            (share - hit, "The local derivative is forgotten",
             f"That is ∂L/∂{z}, and one step is left, from {z} to {by}."),
            (share * (1 - share) * factor, "Softmax without the logarithm",
             f"That is how fast {p} changes with {by}, and not L."),
        ]
    ]  # fmt: skip
    misses += find_slip_misses(graph, nodes[by])
    given = [f"`z{i + 1} = ln {size}`" for i, size in enumerate(sizes)]
    if also:
        given[asked] += f" (which is `w · x` with `x = {factor:g}`)"
    question = (
        f"A network gives its classes the logits {join_words(given)}. The right class is "
        f"{target + 1}, so the loss is `L = −ln p{target + 1}`, where softmax makes "
        f"`p{target + 1}` of the logits.\nWhat is ∂L/∂{by}?"
    )
    shares = [f"p{i + 1} = {size}/{sum(sizes)}" for i, size in enumerate(sizes)]
    working = (
        f"exp turns the logits into {join_words([str(size) for size in sizes])}; their sum is "
    )
    working += f"{sum(sizes)}. "
    working += f"So {join_words(shares)}.\n{rule}{also}\n"
    working += write_working(graph, nodes[by])
    return Draft(question, right, merge_misses(right, misses), working, graph)
