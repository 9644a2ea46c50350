"""Exercises on networks: a neuron, gradient descent, softmax, and a layer as matrices."""

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
    say_factor,
    shuffle_choices,
    state_graph,
    write_working,
)

EASY_OUTPUTS = {  # of an activation, those that have a derivative of two digits
    "tanh": [0.2, 0.4, 0.5, 0.6, 0.8, -0.2, -0.5, -0.6, -0.8],
    "sigmoid": [0.2, 0.4, 0.5, 0.6, 0.8],
}
NEURON_LINES = "p1 = w1*x1; p2 = w2*x2; s = p1 + p2; n = s + b; o = {name}(n)"
RATES = (0.1, 0.2, 0.05, 0.01, 0.25)
LAYER = (
    "A layer with {inputs} inputs and {neurons} neurons computes `h = W x + b`, x and h as columns."
)
DELTA = "Let δ be the gradient of a loss by h."
SAME = "A gradient has the shape of what it belongs to."


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


def make_matrix_question(random: Random, level: int) -> Draft | None:
    """Ask for a shape, for the product that a gradient is, or for a number of one."""
    if level == 3:
        return ask_number(random)
    neurons, inputs = random.sample(range(2, 10), 2)
    intro = LAYER.format(inputs=inputs, neurons=neurons)
    return (ask_shape, ask_product)[level - 1](random, intro, neurons, inputs)


def ask_shape(random: Random, intro: str, neurons: int, inputs: int) -> Draft:
    """Ask which shape one of a layer's parts has, or its gradient."""
    shapes = {
        "W": (neurons, inputs, "A row for each neuron, a column for each input."),
        "b": (neurons, 1, "A number for each neuron."),
        "x": (inputs, 1, "A number for each input."),
        "h": (neurons, 1, "A number for each neuron."),
    }
    name = random.choice([*shapes])
    rows, columns, why = shapes[name]
    is_gradient = random.random() < 0.5
    right = write_shape(rows, columns)
    told: dict[str, str] = {
        write_shape(inputs, neurons): "That is Wᵀ: a row for each input.",
        write_shape(neurons, inputs): "That is W: a row for each neuron.",
        write_shape(neurons, 1): "That is a column with a number for each neuron.",
        write_shape(inputs, 1): "That is a column with a number for each input.",
    }
    wrong = {shape: ("Another shape", text, why) for shape, text in told.items()}
    answer, misses = shuffle_choices(random, right, wrong)
    what = f"d{name}, the gradient of a loss by {name}," if is_gradient else name
    working = f"{name} is {right}. {why}" + f" {SAME}" * is_gradient
    return Draft(f"{intro}\nWhich shape has {what} in rows × columns?", answer, misses, working)


def ask_product(random: Random, intro: str, neurons: int, inputs: int) -> Draft:
    """Ask which product is the gradient of the weights, or of the inputs."""
    name = random.choice(["W", "x"])
    told = {
        "δ xᵀ": f"δ xᵀ is {write_shape(neurons, inputs)}.",
        "x δᵀ": f"x δᵀ is {write_shape(inputs, neurons)}.",
        "Wᵀ δ": f"Wᵀ δ is {write_shape(inputs, 1)}.",
        "W δ": f"W is {write_shape(neurons, inputs)}, so a column of {neurons} can't follow it.",
    }
    right = {"W": "δ xᵀ", "x": "Wᵀ δ"}[name]
    wanted = write_shape(*((neurons, inputs) if name == "W" else (inputs, 1)))
    remedy = f"d{name} is {wanted}, as {name} is, and of these only {right} is."
    wrong = {product: ("Shapes that don't fit", text, remedy) for product, text in told.items()}
    answer, misses = shuffle_choices(random, right, wrong)
    why = {
        "W": "The weight of neuron i and input j is multiplied by xⱼ on its way to hᵢ: "
             "its gradient is δᵢ · xⱼ.",
        "x": "An input goes to all neurons, to each by its weight: what comes back is added up, "
             "down a column of W.",
    }[name]  # fmt: skip
    question = f"{intro} {DELTA}\nWhich product is d{name}, the gradient of the loss by {name}?"
    return Draft(question, answer, misses, f"{remedy}\n{why}")


def ask_number(random: Random) -> Draft | None:
    """Ask for one number of the gradient of the weights, or of the inputs."""
    deltas, xs = choose_numbers(random, 2), choose_numbers(random, 3)
    weights = [[float(random.choice(WHOLE)) for _ in xs] for _ in deltas]
    i, j = random.randrange(2), random.randrange(3)
    neuron, other = deltas[i], deltas[1 - i]
    if random.random() < 0.5:
        asked = f"in row {i + 1} and column {j + 1} of dW, the gradient of the loss by W"
        right = neuron * xs[j]
        working = f"dW = δ xᵀ, so the number is δ{i + 1} · x{j + 1} = "
        working += f"{say_factor(neuron)} · {say_factor(xs[j])} = {format_number(right)}"
        misses = [
            (other * xs[j], "The other neuron", "That is the number in the other row."),
            (neuron * weights[i][j], "The weight in place of the input",
             "The local derivative by a weight is its input."),
            (xs[j], "The local derivative alone", "It is multiplied by δ."),
            (neuron, "δ alone", "It is multiplied by the input."),
        ]  # fmt: skip
    else:
        asked = f"in row {j + 1} of dx, the gradient of the loss by x"
        right = sum(d * row[j] for d, row in zip(deltas, weights, strict=True))
        terms = [
            f"{say_factor(row[j])} · {say_factor(d)}"
            for d, row in zip(deltas, weights, strict=True)
        ]
        working = f"dx = Wᵀ δ, so column {j + 1} of W is multiplied by δ: "
        working += f"{' + '.join(terms)} = {format_number(right)}"
        misses = [
            (neuron * weights[i][j], "One neuron alone", "x goes to both, and shares add up."),
            (other * weights[1 - i][j], "One neuron alone", "x goes to both, and shares add up."),
            (other * weights[i][j] + neuron * weights[1 - i][j], "Weights of the other neuron",
             "Each δ is multiplied by a weight of its own neuron, a row of W."),
            (sum(row[j] for row in weights), "The local derivatives alone",
             "Each is multiplied by its neuron's δ."),
        ]  # fmt: skip
    answer = NumberAnswer(right)
    found = [Miss(number, title, told, working.partition(":")[0]) for number, title, told in misses]
    if not is_easy(right) or not right or has_trap(answer, found):
        return None
    rows = join_words([f"`({', '.join(map(format_number, row))})`" for row in weights])
    question = (
        f"{LAYER.format(inputs=3, neurons=2)} The rows of W are {rows}, and x is "
        f"`({', '.join(map(format_number, xs))})`. The gradient of a loss by h is "
        f"`δ = ({', '.join(map(format_number, deltas))})`.\nWhich number stands {asked}?"
    )
    return Draft(question, answer, merge_misses(answer, found), working)


def write_shape(rows: int, columns: int) -> str:
    """Return a shape as one says it."""
    return f"{rows} × {columns}"
