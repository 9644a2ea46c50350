"""The pictures of the notation sheet, one for each sign."""

from collections.abc import Sequence
from itertools import pairwise

from sketch import Frame, Point, Sketch

from demos.umbrella import make_neuron
from micrograd_nn import sigmoid, softmax
from micrograd_nn._ground.text import format_number
from micrograd_nn.calculus import derivative

WIDTH, HEIGHT = 104, 40


def draw_pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    drawn = {
        "x": neuron("x", "A neuron with its first input marked."),
        "w": neuron("w", "A neuron with its first weight, a line, marked."),
        "b": neuron("b", "A neuron with its bias, an arrow from above, marked."),
        "z": neuron("z", "A neuron with its sum marked."),
        "sigmoid": activation(),
        "prediction": neuron("ŷ", "A neuron with its output marked."),
        "target": scale("y", "A scale from 0 to 1: ŷ at 0.5, and y, which is marked, at 1."),
        "error": scale("e", "A scale from 0 to 1: the way from ŷ at 0.5 to y at 1 is marked."),
        "hidden": network(),
        "loss": loss(),
        "nudge": nudge(),
        "gradient": tangent(),
        "local": edge(),
        "share": share(),
        "rate": descent(),
        "delta": neuron("δ", "A neuron whose sum has a gradient, which comes back from the right."),
        "softmax": shares(),
        "matrix": grid([[0.5, -2], [-1, 1]], "A square of numbers: 0.5, −2; below −1, 1."),
        "outer": outer(),
        "curvature": curvature(),
        "hessian": hessian(),
        "kernel": kernel(),
        "attention": attention(),
    }
    return {f"notation/{name}.svg": picture.render() for name, picture in drawn.items()}


def neuron(marked: str, alt: str) -> Sketch:
    """Draw a neuron in which one part is marked."""
    picture = Sketch(WIDTH, HEIGHT, alt)
    center, out = (54.0, 24.0), (94.0, 24.0)
    for index, start in enumerate(((10.0, 10.0), (10.0, 34.0))):
        now = index == 0 and marked == "w"
        picture.line([start, center], "value" if now else "quiet", 4 if now else 1.5)
        now = index == 0 and marked == "x"
        picture.dot(start, "value" if now else "quiet", 7 if now else 4)
    now = marked == "b"
    picture.arrow((54, 1), (54, 15), "value" if now else "quiet", 3 if now else 1.5)
    picture.line([center, out], "quiet", 1.5)
    if marked == "δ":
        picture.arrow((92, 24), (64, 24), "gradient", 3)
    edge = {"z": "value", "δ": "gradient"}.get(marked, "quiet")
    picture.circle(center, 9, "value" if marked == "z" else "panel", edge, 3)
    now = marked == "ŷ"
    picture.dot(out, "value" if now else "quiet", 7 if now else 4)
    return picture


def activation() -> Sketch:
    """Draw σ from −5 to 5, with the place at which it is 0.5."""
    picture = Sketch(WIDTH, HEIGHT, "σ: a curve that rises from 0 to 1, like an S.")
    frame = Frame(picture, (8, 6), (88, 28), (-5, 5), (0, 1))
    picture.line([frame.place(-5, 0), frame.place(5, 0)], "line", 1.5)
    picture.line([frame.place(-5, 1), frame.place(5, 1)], "line", 1.5)
    frame.curve(sigmoid)
    picture.dot(frame.place(0, 0.5), "ink", 3)
    return picture


def scale(marked: str, alt: str) -> Sketch:
    """Draw ŷ and y of the neuron on a scale from 0 to 1."""
    n = make_neuron()
    picture = Sketch(WIDTH, HEIGHT, alt)
    frame = Frame(picture, (10, 0), (84, 28), (0, 1), (0, 1))
    places = {"ŷ": frame.place(n.ŷ.data, 0), "y": frame.place(n.y.data, 0)}
    picture.line([frame.place(0, 0), frame.place(1, 0)], "quiet", 1.5)
    if marked == "e":
        picture.line(places.values(), "value", 4)
        picture.text((73, 20), "e", "value", "math")
    for name, place in places.items():
        now = name == marked
        picture.dot(place, "value" if now else "quiet", 6 if now else 4)
        picture.text((place[0], 16), name, "value" if now else "quiet", "math")
    return picture


def network() -> Sketch:
    """Draw chapter 2's network, its first hidden neuron marked."""
    picture = Sketch(WIDTH, HEIGHT, "A network of 2, 2 and 1; the upper neuron inside is marked.")
    columns = [[(10.0, 9.0), (10.0, 31.0)], [(52.0, 9.0), (52.0, 31.0)], [(94.0, 20.0)]]
    for left, right in pairwise(columns):
        for start in left:
            for end in right:
                picture.line([start, end], "quiet", 1.2)
    for place in (place for column in columns for place in column):
        now = place == columns[1][0]
        picture.dot(place, "value" if now else "quiet", 7.5 if now else 4)
    return picture


def loss() -> Sketch:
    """Draw e² from −1 to 1, and the neuron's loss on it."""
    n = make_neuron()
    picture = Sketch(WIDTH, HEIGHT, "A parabola, e² over e, with a point on it.")
    frame = Frame(picture, (14, 5), (76, 30), (-1, 1), (0, 1))
    picture.line([frame.place(-1, 0), frame.place(1, 0)], "line", 1.5)
    frame.curve(lambda e: e * e)
    picture.dot(frame.place(n.e.data, n.L.data), "ink", 4)
    return picture


def loss_curve(alt: str) -> tuple[Sketch, Frame]:
    """Draw the neuron's loss over w1 and return where its numbers stand."""
    picture = Sketch(WIDTH, HEIGHT, alt)
    frame = Frame(picture, (6, 4), (92, 32), (-1.5, 2.5), (0, 1))
    frame.curve(loss_of, "quiet")
    return picture, frame


def loss_of(weight: float) -> float:
    """Return the neuron's loss where w1 is this."""
    return make_neuron(w1=weight).L.data


def slope_of(weight: float) -> float:
    """Return its slope there."""
    n = make_neuron(w1=weight)
    n.L.backward()
    return float(n.w1.grad)


def nudge() -> Sketch:
    """Draw a nudge of 1 from w1 = 0.5."""
    picture, frame = loss_curve("A falling curve; a short way to the right is marked.")
    start, end = frame.place(0.5, loss_of(0.5)), frame.place(1.5, loss_of(0.5))
    picture.arrow(start, end, "value", 2.5)
    picture.line([end, frame.place(1.5, loss_of(1.5))], "value", 1.5, "3 3")
    picture.dot(start)
    picture.text((end[0] - 12, end[1] - 6), "h", "value", "math")
    return picture


def tangent() -> Sketch:
    """Draw the slope at w1 = 0.5."""
    picture, frame = loss_curve("A falling curve with its tangent at a point.")
    height, slope = loss_of(0.5), slope_of(0.5)
    picture.line([frame.place(0.5 + d, height + d * slope) for d in (-1.1, 0.5)], "gradient", 2.5)
    picture.dot(frame.place(0.5, height))
    return picture


def descent() -> Sketch:
    """Draw three steps of gradient descent, with η = 1."""
    picture, frame = loss_curve("A falling curve with points on it, joined by steps.")
    weight, places = 0.0, []
    for _ in range(4):
        places.append(frame.place(weight, loss_of(weight)))
        weight -= slope_of(weight)
    for (x, y), end in pairwise(places):
        picture.line([(x, y), (end[0], y), end], "gradient", 2)
    for place in places:
        picture.dot(place, "ink", 3.5)
    return picture


def edge() -> Sketch:
    """Draw an edge from w1 to p1 with its local derivative, which is x1."""
    n = make_neuron()
    n.L.backward()
    by = format_number(n.p1.partials[0])
    picture = Sketch(WIDTH, HEIGHT, f"Two boxes joined by an arrow. At the arrow: times {by}.")
    boxes(picture, "x", "u")
    picture.arrow((26, 26), (78, 26), "quiet", 2)
    picture.text((52, 18), f"× {by}")
    return picture


def share() -> Sketch:
    """Draw what flows back over the same edge."""
    n = make_neuron()
    n.L.backward()
    upstream, by, share = (
        format_number(number) for number in (n.p1.grad, n.p1.partials[0], n.w1.grad)
    )
    alt = f"The same boxes; an arrow goes back. At it: {upstream} times {by} is {share}."
    picture = Sketch(WIDTH, HEIGHT, alt)
    boxes(picture, "x", "u")
    picture.arrow((78, 26), (26, 26), "gradient", 2.5)
    picture.text((52, 12), f"{upstream}·{by} = {share}", "gradient", "small")
    return picture


def boxes(picture: Sketch, left: str, right: str) -> None:
    """Draw a box at either side, with a name in it."""
    for x, name in ((2, left), (80, right)):
        picture.box((x, 15), 22, 22)
        picture.text((x + 11, 31), name, kind="math")


def shares() -> Sketch:
    """Draw the softmax of chapter 2's scores as bars."""
    picture = Sketch(WIDTH, HEIGHT, "Three bars, which grow from left to right.")
    frame = Frame(picture, (0, 4), (104, 32), (0, 1), (0, 0.7))
    for x, number in zip((22, 52, 82), softmax([0.0, 1.0, 2.0]), strict=True):
        top = frame.place(0, number)[1]
        picture.area([(x - 9, 36), (x - 9, top), (x + 9, top), (x + 9, 36)], "value")
    picture.line([(8, 36), (96, 36)], "quiet", 1.5)
    return picture


def grid(
    rows: Sequence[Sequence[float]],
    alt: str,
    corner: Point = (24, 2),
    picture: Sketch | None = None,
    size: Point = (28, 18),
) -> Sketch:
    """Draw numbers in cells."""
    picture = picture or Sketch(WIDTH, HEIGHT, alt)
    width, height = size
    for down, row in enumerate(rows):
        for across, number in enumerate(row):
            x, y = corner[0] + across * width, corner[1] + down * height
            picture.box((x, y), width, height, 1)
            middle = (x + width / 2, y + height / 2 + 4.5)
            picture.text(middle, format_number(number), kind="small")
    return picture


def outer() -> Sketch:
    """Draw a column times a row: chapter 12's δ and x, with δ eightfold."""
    delta, x = (-1, 1), (2, 1)
    alt = "A column −1, 1 times a row 2, 1 is a square: −2, −1; below 2, 1."
    picture = grid([[d] for d in delta], alt, (2, 2), size=(18, 18))
    grid([x], alt, (24, 11), picture, (16, 18))
    picture.text((60.5, 25), "=", "quiet")
    return grid([[d * n for n in x] for d in delta], alt, (66, 2), picture, (18, 18))


def curvature() -> Sketch:
    """Draw the parabola that has the loss's value, slope and curvature at w1 = 0.5."""
    picture, frame = loss_curve("A falling curve, and a parabola that hugs it at a point.")
    height, slope = loss_of(0.5), slope_of(0.5)
    bend = derivative(lambda w: (1 - sigmoid(2 * w - 2 * 1 + 1)) ** 2, 2)(0.5)
    frame.curve(
        lambda w: height + slope * (w - 0.5) + bend / 2 * (w - 0.5) ** 2,
        "gradient",
        among=(-0.5, 2.5),
    )
    picture.dot(frame.place(0.5, height))
    return picture


def hessian() -> Sketch:
    """Draw x²y's second derivatives at (3, 2)."""
    rows = [[4.0, 6.0], [6.0, 0.0]]
    return grid(rows, "A square of numbers with equal corners: 4, 6; below 6, 0.")


def kernel() -> Sketch:
    """Draw chapter 15's signal, and the window through which a kernel looks at it."""
    alt = "Four numbers in a row, 1, 2, 0, 1; a frame stands around the second and the third."
    picture = grid([[1, 2, 0, 1]], alt, (6, 11), size=(23, 18))
    corners = [(28, 7), (76, 7), (76, 33), (28, 33), (28, 7)]
    picture.line(corners, "value", 3)
    return picture


def attention() -> Sketch:
    """Draw who looks at whom among four letters: each at itself and at those before it."""
    picture = Sketch(WIDTH, HEIGHT, "A triangle of squares: each letter looks back, none ahead.")
    for down in range(4):
        for across in range(4):
            x, y = 34 + across * 9.5, 1 + down * 9.5
            fill = "value" if across <= down else "line"
            picture.area([(x, y), (x + 8, y), (x + 8, y + 8), (x, y + 8)], fill)
    return picture
