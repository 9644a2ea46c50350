"""The pictures of chapter 16: the way of a letter through the model, and where a letter looks.

Sizes and chances are those of the trained model. And a model's loss by its calls, of drawings.
"""

import random

from sketch import Point, Sketch

from demos.gpt import GPT, LETTERS, encode, loss
from demos.number_words import load_model, look
from micrograd_nn import Value, draw, no_grad, softmax

WORD, PLACE = "seven", 5  # the letter that is drawn on its way, the start being 0
WIDTH, HEIGHT = 358, 700
MIDDLE, ROAD = 214.0, 40.0  # across: the letter's way, and the road beside
LOOKS = 4  # the letter whose threads are drawn, of the second head


def draw_pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    model = load_model()
    return {
        "model.svg": letters_way(model).render(),
        "threads.svg": threads(model).render(),
        "gpt.svg": calls_picture(),
    }


def calls_picture() -> str:
    """Draw the loss of a small model, not trained, with attention as one box."""
    model = GPT(random.Random(1), size=8, heads=2)
    inputs, target = encode("vega", 5)

    def loss_of_vega() -> Value:
        error = loss(model(inputs), target)
        error.backward()
        return error

    drawing = draw(loss_of_vega, "TB", names=model, collapse="attend", fold=True)
    return drawing.render().decode()


def list_chances(model: GPT) -> list[tuple[str, float]]:
    """Return what the model expects behind the letter: each sign with its chance, best first."""
    letters = encode(WORD, len(WORD) + 1)[0][: PLACE + 1]
    with no_grad():
        chances = [chance.data for chance in softmax(model(letters)[-1])]
    return sorted(zip([*LETTERS, "end"], chances, strict=True), key=lambda pair: -pair[1])


def letters_way(model: GPT) -> Sketch:
    """Draw what happens to one letter, from top to bottom, with the sizes of its lists."""
    size, wide = len(model.narrow.neurons), len(model.widen.neurons)
    head, count = len(range(size)[model.heads[0]]), len(model.scores.neurons)
    expected = ", ".join(f"{sign} {chance:.2f}" for sign, chance in list_chances(model)[:2])
    letter = WORD[PLACE - 1]
    picture = Sketch(
        WIDTH, HEIGHT,
        f"The way of a letter through the model, from top to bottom. The letter {letter} and its "
        f"place {PLACE} have a list of {size} numbers each; these are added and scaled. Attention: "
        f"the list is scaled, makes query, key and value of {size} numbers each, two heads take "
        f"{head} of each and also look at the keys and values of earlier letters, and join makes "
        f"{size} numbers of what they found. A road leads around attention, and what came in is "
        f"added to what attention found. Hidden layer: scaled, widened to {wide} numbers, narrowed "
        f"to {size}; again a road leads around it. Last come {count} scores and, by softmax, "
        f"{count} chances: {expected}.",
    )  # fmt: skip
    for x, name, number in ((MIDDLE - 60, "letter", letter), (MIDDLE + 60, "place", str(PLACE))):
        write_box(picture, (x, 24), 96, f"{name} {number}")
        write_arrow(picture, (x, 38), (MIDDLE + (x - MIDDLE) * 0.13, 70), "")
        picture.text((MIDDLE + (x - MIDDLE) * 0.9, 62), str(size), "value", "small")
    write_sum(picture, 78)
    write_arrow(picture, (MIDDLE, 88), (MIDDLE, 108), "")
    write_box(picture, (MIDDLE, 121), 70, "scale")

    write_road(picture, 134, 358, str(size))
    picture.box((82, 160), 268, 180, edge=1)
    picture.text((92, 178), "attention", "quiet", "small", "start")
    write_box(picture, (MIDDLE, 181), 70, "scale")
    for x, name in ((MIDDLE - 86, "query"), (MIDDLE, "key"), (MIDDLE + 86, "value")):
        write_arrow(picture, (MIDDLE + (x - MIDDLE) * 0.3, 194), (x, 221), "")
        write_box(picture, (x, 234), 74, f"{name} {size}")
    for side in (-1, 1):
        x = MIDDLE + 52 * side
        for from_x in (MIDDLE - 86, MIDDLE, MIDDLE + 86):
            picture.arrow((from_x, 247), (x + (from_x - x) * 0.2, 268), "quiet", 1)
        write_box(picture, (x, 281), 78, f"head {1 if side < 0 else 2}: {head}")
        write_arrow(picture, (x, 294), (MIDDLE + 14 * side, 312), "")
    write_box(picture, (MIDDLE, 325), 70, "join")
    for side, at in ((-1, "start"), (1, "end")):  # of the panel
        x, edge = MIDDLE + 122 * side, MIDDLE + 74 * side
        picture.text((x, 318), "earlier keys", "quiet", "small", at)
        picture.text((x, 332), "and values", "quiet", "small", at)
        picture.arrow((edge + 24 * side, 305), (edge + 6 * side, 295), "quiet", 1)
    write_arrow(picture, (MIDDLE, 338), (MIDDLE, 358), str(size))
    write_sum(picture, 368)

    write_road(picture, 378, 558, str(size))
    picture.box((82, 404), 268, 136, edge=1)
    picture.text((92, 422), "hidden layer", "quiet", "small", "start")
    write_box(picture, (MIDDLE, 425), 70, "scale")
    write_arrow(picture, (MIDDLE, 438), (MIDDLE, 460), str(size))
    write_box(picture, (MIDDLE, 473), 110, "widen, relu")
    write_arrow(picture, (MIDDLE, 486), (MIDDLE, 510), str(wide))
    write_box(picture, (MIDDLE, 523), 80, "narrow")
    write_arrow(picture, (MIDDLE, 536), (MIDDLE, 558), str(size))
    write_sum(picture, 568)
    write_arrow(picture, (MIDDLE, 578), (MIDDLE, 600), str(size))
    write_box(picture, (MIDDLE, 613), 80, "scores")
    write_arrow(picture, (MIDDLE, 626), (MIDDLE, 648), str(count))
    write_box(picture, (MIDDLE, 661), 80, "softmax")
    picture.text((MIDDLE, 692), f"{count} chances: {expected}", "value")
    return picture


def write_box(picture: Sketch, middle: Point, width: float, text: str) -> None:
    """Draw a box of one line, around its middle."""
    x, y = middle
    picture.box((x - width / 2, y - 13), width, 26, edge=1.25)
    picture.text((x, y + 5), text)


def write_arrow(picture: Sketch, start: Point, end: Point, size: str) -> None:
    """Draw an arrow with the size of the list that goes along it."""
    picture.arrow(start, end, "value")
    if size:
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        picture.text((x + 8, y + 5), size, "value", "small", "start")


def write_sum(picture: Sketch, y: float) -> None:
    """Draw a sum of two lists."""
    picture.circle((MIDDLE, y), 10, edge="value")
    picture.text((MIDDLE, y + 5), "+")


def write_road(picture: Sketch, top: float, bottom: float, size: str) -> None:
    """Draw the way on, and the road beside it that leads around what comes next."""
    y = bottom + 10
    picture.line([(MIDDLE, top), (MIDDLE, top + 14)], "value")
    picture.dot((MIDDLE, top + 12), "value", 3)
    picture.arrow((MIDDLE, top + 12), (MIDDLE, top + 34), "value")
    picture.line([(MIDDLE, top + 12), (ROAD, top + 12), (ROAD, y)], "value", 3)
    picture.arrow((ROAD, y), (MIDDLE - 11, y), "value", 3)
    middle = (top + y) / 2
    picture.text((ROAD - 8, middle), size, "value", "small", "end")
    picture.text((ROAD + 7, middle - 8), "road", "quiet", "small", "start")
    picture.text((ROAD + 7, middle + 8), "× 1", "quiet", "small", "start")


def threads(model: GPT) -> Sketch:
    """Draw where the second head looks from one letter, in threads as wide as its weights."""
    signs, weights = f"·{WORD}", look(model, WORD)[1][LOOKS]
    told = ", ".join(
        f"{weight:.2f} from {'the start' if i == 0 else f'letter {i}, {signs[i]}'}"
        for i, weight in enumerate(weights)
    )
    picture = Sketch(
        358, 190,
        f"The second e of {WORD} looks at the letters up to it, by the second head, with threads "
        f"as wide as its weights: {told}.",
    )  # fmt: skip
    for i, sign in enumerate(signs):
        x, is_up_to = 29 + 60 * i, i <= LOOKS
        picture.text((x, 40), sign, "ink" if is_up_to else "quiet")
        picture.text((x, 180), sign, "ink" if i == LOOKS else "quiet")
        if is_up_to:
            picture.text((x, 18), f"{weights[i]:.2f}", "value", "small")
            bend = [(t / 20) ** 2 * (3 - 2 * t / 20) for t in range(21)]
            start = 29 + 60 * LOOKS
            line = [(start + (x - start) * b, 160 - 110 * t / 20) for t, b in enumerate(bend)]
            if weights[i] >= 0.01:
                picture.line(line, "value", round(18 * weights[i], 2))
    picture.circle((29 + 60 * LOOKS, 175), 13, "paper", "value")
    picture.text((29 + 60 * LOOKS, 180), signs[LOOKS])
    return picture
