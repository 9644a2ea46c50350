"""The picture of chapter 7: the four moves of training, with the numbers of a step."""

from sketch import Sketch

from demos.umbrella import make_neuron
from micrograd_nn._ground.text import format_number

RATE = 2.0
WIDTH, HEIGHT = 360, 226
BOX = (154.0, 76.0)


def draw_pictures() -> dict[str, str]:
    """Return the picture by the name of its file."""
    return {"loop.svg": training_loop().render()}


def training_loop() -> Sketch:
    """Draw forward, loss, backward and step as a circle, each with what it gives."""
    before = make_neuron()
    before.L.backward()
    w1 = before.w1.data - RATE * before.w1.grad
    prediction, loss = format_number(before.ŷ.data), format_number(before.L.data)
    gradient, moved = format_number(before.w1.grad), format_number(w1)
    picture = Sketch(
        WIDTH,
        HEIGHT,
        f"Four boxes in a circle. Forward: compute the values, ŷ is {prediction}. Loss: how wrong, "
        f"L is {loss}. Backward: compute the gradients, that of w1 is {gradient}. Step: move the "
        f"weights, w1 becomes {moved}. From there it begins again.",
    )
    moves = [
        ((10.0, 10.0), "1 · forward", "compute the values", f"ŷ = {prediction}", "value"),
        ((196.0, 10.0), "2 · loss", "how wrong?", f"L = {loss}", "value"),
        ((196.0, 140.0), "3 · backward", "compute the gradients", f"w1: {gradient}", "gradient"),
        ((10.0, 140.0), "4 · step", "move the weights", f"w1 → {moved}", "ink"),
    ]
    for (x, y), title, purpose, number, color in moves:
        picture.box((x, y), *BOX, edge=1.25)
        middle = x + BOX[0] / 2
        picture.text((middle, y + 22), title)
        picture.text((middle, y + 42), purpose, "quiet", "small")
        picture.text((middle, y + 65), number, color)
    picture.arrow((164, 48), (196, 48), "value")
    picture.arrow((273, 86), (273, 140), "gradient")
    picture.arrow((196, 178), (164, 178), "gradient")
    picture.arrow((87, 140), (87, 86))
    return picture
