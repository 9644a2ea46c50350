"""The pictures of chapters 1 and 2: two neurons side by side, a network and its parts."""

import math
from itertools import pairwise

from sketch import Frame, Point, Sketch

from demos.umbrella import make_neuron
from micrograd_nn import sigmoid
from micrograd_nn._ground.text import format_number

SIZES = (3, 4, 1)
LOW = "₀₁₂₃"


def draw_pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    sketches = {
        "nerve-cell.svg": nerve_cell(),
        "artificial-neuron.svg": artificial_neuron(),
        "parts.svg": parts(),
        "forward.svg": forward(),
    }
    return {name: sketch.render() for name, sketch in sketches.items()}


def nerve_cell() -> Sketch:
    """Draw a nerve cell whose parts stand where the other neuron has their counterparts."""
    picture = Sketch(
        360,
        230,
        "A nerve cell. Two signals come in from the left. Each ends at a synapse on a branch of "
        "the cell, one thick and one thin. The branches lead to the cell body. From it one long "
        "fibre, the axon, leads to the right and splits into three ends.",
    )
    body = (185.0, 105.0)
    for (x, y), width in (((92, 70), 3.5), ((92, 140), 6.0)):
        picture.line([(0, y - 8), (40, y - 14), (x - 8, y)], "value", 3)
        picture.dot((x - 8, y), "value", 6)
        angle = math.atan2(y - body[1], x - body[0])
        branch(picture, body, angle, math.dist(body, (x, y)) / 1.75, width, 2)
    for turn in (-1.9, 1.9, 2.9):
        branch(picture, body, turn, 34, 3, 1)
    angles = [2 * math.pi * i / 90 for i in range(90)]
    radii = [27 + 4 * math.cos(5 * angle) for angle in angles]
    picture.area(
        [
            (body[0] + r * math.cos(a), body[1] + r * math.sin(a))
            for r, a in zip(radii, angles, strict=True)
        ],
        "quiet",
    )
    picture.circle(body, 11, "panel", "paper", 2)
    picture.line([(body[0] + 25, body[1]), (318, body[1])], "quiet", 3)
    for x in (222, 254, 286):
        picture.line([(x + 4, body[1]), (x + 20, body[1])], "value", 9)
    for turn in (-0.6, 0.0, 0.6):
        end = (318 + 32 * math.cos(turn), body[1] + 32 * math.sin(turn))
        picture.line([(318, body[1]), end], "quiet", 3)
        picture.dot(end, "value", 6)
    name_columns(picture, "signals", "synapses", "cell body", "axon", "ends")
    return picture


def branch(
    picture: Sketch, start: Point, angle: float, length: float, width: float, forks: int
) -> None:
    """Draw a branch of a nerve cell, which forks into two thinner ones, and so on."""
    end = (start[0] + length * math.cos(angle), start[1] + length * math.sin(angle))
    picture.line([start, end], "quiet", width)
    if forks:
        side = 0.7 if forks % 2 else -0.7
        branch(picture, end, angle, length * 0.7, width * 0.75, forks - 1)
        branch(picture, end, angle + side, length * 0.55, width * 0.7, forks - 1)


def artificial_neuron() -> Sketch:
    """Draw the neuron of the umbrella with its numbers; a weight's size is its line's width."""
    n = make_neuron()
    shown = {name: format_number(node.data) for name, node in vars(n).items()}
    picture = Sketch(
        360,
        230,
        "An artificial neuron. The inputs x1 = {x1} and x2 = {x2} come in from the left. Each goes "
        "through its weight, w1 = {w1} and w2 = {w2}, to a sum. The bias b = {b} comes in from "
        "above. The sum z = {z} goes through a curve, the activation, to the output "
        "ŷ = {ŷ}.".format(**shown),
    )
    center = (180.0, 105.0)
    for index, y in ((1, 50.0), (2, 160.0)):
        weight = vars(n)[f"w{index}"].data
        turn = math.atan2(center[1] - y, center[0] - 30)
        end = (center[0] - 25 * math.cos(turn), center[1] - 25 * math.sin(turn))
        color = "plus" if weight > 0 else "minus"
        picture.arrow((30, y), end, color, 2 + 2 * abs(weight))
        picture.circle((30, y), 20, edge="value")
        picture.text((30, y + 5), shown[f"x{index}"], "value")
        picture.text((30, y - 26), f"x{LOW[index]}", kind="math")
        words = f"w{LOW[index]} = {shown[f'w{index}']}"
        picture.text((106, y + (1 if index == 1 else 14)), words, kind="math")
    picture.arrow((center[0], 40), (center[0], center[1] - 25), "ink", 2)
    picture.text((center[0], 30), f"b = {shown['b']}", kind="math")
    picture.arrow((center[0] + 24, center[1]), (231, center[1]), "value")
    picture.circle(center, 24)
    picture.text((center[0], center[1] + 7), "+")
    picture.text((center[0] + 8, center[1] + 46), f"z = {shown['z']}", "value", "math")
    picture.box((232, center[1] - 24), 48, 48)
    frame = Frame(picture, (236, center[1] - 19), (40, 38), (-5, 5), (0, 1))
    frame.curve(sigmoid)
    picture.text((256, center[1] - 34), "σ", kind="math")
    picture.arrow((281, center[1]), (307, center[1]), "value")
    picture.circle((330, center[1]), 22, edge="value")
    picture.text((330, center[1] + 5), shown["ŷ"], "value")
    picture.text((330, center[1] - 34), "ŷ", kind="math")
    name_columns(picture, "inputs", "weights", "sum", "activation", "output")
    return picture


def name_columns(picture: Sketch, *names: str) -> None:
    """Write under each column what stands in it."""
    for x, name in zip((28, 98, 180, 256, 333), names, strict=True):
        picture.text((x, 218), name, "quiet")


def parts() -> Sketch:
    """Draw a network of three inputs, a hidden layer of four neurons, and an output."""
    picture = Sketch(
        360,
        260,
        "A network from left to right: three inputs, together x; a hidden layer of four neurons; "
        "one output neuron, ŷ. Each input is connected to each hidden neuron, and each hidden "
        "neuron to the output. The weights and biases between the inputs and the hidden layer "
        "are W1 and b1, those between the hidden layer and the output W2 and b2. In each neuron "
        "stands σ.",
    )
    columns = [
        [(x, 135 + 46 * (i - (size - 1) / 2)) for i in range(size)]
        for x, size in zip((45, 180, 315), SIZES, strict=True)
    ]
    for left, right in pairwise(columns):
        for start in left:
            for end in right:
                picture.line([start, end], "quiet", 1)
    for depth, column in enumerate(columns):
        for index, place in enumerate(column):
            picture.circle(place, 17, "panel", "value" if depth != 1 else "ink")
            text = "σ" if depth else f"x{LOW[index + 1]}"
            picture.text((place[0], place[1] + 6), text, kind="math")
    for x, sign, name in ((45, "x", "inputs"), (180, "h", "hidden layer"), (315, "ŷ", "output")):
        picture.text((x, 22), sign, "value", "math")
        picture.text((x, 252), name, "quiet")
    for x, sign in ((112, "W₁, b₁"), (247, "W₂, b₂")):
        picture.text((x, 22), sign, kind="math")
    return picture


def forward() -> Sketch:
    """Draw chapter 2's network: its weights at its lines, its biases above its neurons."""
    picture = Sketch(
        360,
        210,
        "A network. The inputs x1 and x2 go to two neurons in the middle, h1 with the weights 0.5 "
        "and −2 and the bias 1, and h2 with the weights −1 and 1 and the bias 1. Both go to a "
        "third neuron, ŷ, with the weights 2 and −2.",
    )
    inputs, hidden = [(32.0, 60.0), (32.0, 160.0)], [(185.0, 60.0), (185.0, 160.0)]
    output = (320.0, 110.0)
    for column, place, weights in (
        (inputs, hidden[0], (0.5, -2)),
        (inputs, hidden[1], (-1, 1)),
        (hidden, output, (2, -2)),
    ):
        for start, weight in zip(column, weights, strict=True):
            turn = math.atan2(place[1] - start[1], place[0] - start[0])
            end = (place[0] - 22 * math.cos(turn), place[1] - 22 * math.sin(turn))
            color = "plus" if weight > 0 else "minus"
            picture.arrow(start, end, color, 1 + abs(weight))
            crossing = place in hidden and start[1] != place[1]
            along = 0.22 if crossing else 0.5 if place == output else 0.68
            x, y = (a + along * (b - a) for a, b in zip(start, place, strict=True))
            below = crossing and place[1] > start[1]  # each beside its own line's beginning
            picture.text(
                (x - 10 * crossing, y + (17 if below else -9 + 2 * crossing)), format_number(weight)
            )
    for places, names in ((inputs, "x₁ x₂"), (hidden, "h₁ h₂"), ([output], "ŷ")):
        for place, name in zip(places, names.split(), strict=True):
            picture.circle(place, 21, edge="ink" if places is hidden else "value")
            picture.text((place[0], place[1] + 6), name, kind="math")
    for x, y in hidden:
        picture.arrow((x, y - 42), (x, y - 22), "ink", 1.5)
        picture.text((x + 14, y - 34), "1")
    return picture
