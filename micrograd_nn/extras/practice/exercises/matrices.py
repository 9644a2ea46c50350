"""Exercises on a layer as matrices: shapes, the products of the backward pass, numbers of them."""

from __future__ import annotations

from random import Random

from ...._ground.text import format_number, join_words
from .answers import NumberAnswer
from .exercise import Miss
from .making import (
    WHOLE,
    Draft,
    choose_numbers,
    has_trap,
    is_easy,
    merge_misses,
    say_factor,
    shuffle_choices,
)

LAYER = (
    "A layer with {inputs} inputs and {neurons} neurons computes `h = W x + b`, x and h as columns."
)
DELTA = "Let δ be the gradient of a loss by h."
SAME = "A gradient has the shape of what it belongs to."


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
