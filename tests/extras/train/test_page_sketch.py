"""A picture that one draws in a training's page: its scores, their gradients, steps along them."""

import random
import re

import pytest
from browser import find_violations, wait_until
from test_training_page import data_of, take_weights, trained

from micrograd_nn import Value
from micrograd_nn._ground.text import format_number
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.replay import describe_columns
from micrograd_nn.extras.train.pages.training import build_training
from micrograd_nn.losses import binary_cross_entropy, cross_entropy, squared_error

SIDE = 5
NAMES = [f"p{i}" for i in range(SIDE * SIDE)]
PHONE = {"width": 390, "height": 844}


def make_pictures(count=30, spread=4.0):
    """Return pictures of a column, a row or a square of ink, with some noise."""
    rng, pictures = random.Random(1), []
    for i in range(count):
        at, kind = rng.randrange(1, 4), i % 3
        inks = [
            rng.uniform(0, 0.2)
            + 0.8
            * ((kind == 0 and x == at) or (kind == 1 and y == at) or (kind == 2 and x > at < y))
            for y in range(SIDE)
            for x in range(SIDE)
        ]
        pictures.append(([spread * ink for ink in inks], kind))
    return pictures


FORMS = {
    "classes": ((SIDE**2, 4, 3), make_pictures(), cross_entropy),
    "two classes": ((SIDE**2, 4, 1), [(x, int(y > 0)) for x, y in make_pictures()],
                    binary_cross_entropy),
    "numbers": ((SIDE**2, 4, 2), [(x, [y, -y]) for x, y in make_pictures()], squared_error),
}  # fmt: skip


def read_answer(page):
    """Return the model's outputs for the picture, once the page has come to painting them."""
    page.evaluate("() => new Promise((next) => requestAnimationFrame(() => setTimeout(next)))")
    return [*map(float, page.locator("#answer-sketch").get_attribute("value").split())]


def listed(outputs):
    return outputs if isinstance(outputs, list) else [outputs]


def differentiate(model, x, node):
    """Return the gradient of an output of a model by its inputs."""
    inputs = [Value(number) for number in x]
    model.zero_grad()
    node(listed(model(inputs))).backward()
    return [x.grad for x in inputs]


# Which inputs are pixels


def find(names, low=0.0):
    history = trained([len(names), 1], [([low] * len(names), 1.0)] * 3, squared_error, 1)
    return data_of(build_training(history, inputs=names).text)["prediction"]["pixels"]


@pytest.mark.parametrize(
    ("names", "low", "pixels"),
    [
        (NAMES, 0.0, [5, 5]),
        ([f"{row}x{column}" for row in range(1, 6) for column in range(1, 6)], 0.0, [5, 5]),
        ([f"x{i}" for i in range(1, 37)], 0.0, [6, 6]),
        (NAMES, -0.1, None),  # no ink is less than none
        (NAMES[:24], 0.0, None),
        (NAMES[:16], 0.0, None),
        ([*NAMES[1:], NAMES[0]], 0.0, None),
        ([*NAMES[:24], "age24"], 0.0, None),
        ([f"feature {letter}" for letter in "abcdefghijklmnopqrstuvwxy"], 0.0, None),
    ],
)
def test_a_square_of_numbered_inputs_is_a_picture(names, low, pixels):
    assert find(names, low) == pixels


def test_rows_and_columns_are_those_that_are_given_and_others_are_refused():
    history = trained([6, 1], [([0.0] * 6, 1.0)] * 3, squared_error, 1)
    page = build_training(history, pixels=(2, 3))
    assert data_of(page.text)["prediction"]["pixels"] == [2, 3]
    for wrong in [(2, 2), (6,), (-2, -3)]:
        with pytest.raises(
            ValueError, match=r"rows and columns, whose product is 6, .* not pixels"
        ):
            build_training(history, pixels=wrong)
    with pytest.raises(TypeError, match="a picture's rows and columns, not a float"):
        build_training(history, pixels=(2.0, 3))
    encoding = Encoding((TextColumn("a", tuple("uvwxyz")),), NumericColumn("b", 0.0, 1.0))
    with pytest.raises(ValueError, match=r"page takes .* 1, the number of inputs"):
        build_training(history, columns=describe_columns(encoding), pixels=(2, 3))


# What the page computes


@pytest.mark.parametrize("form", FORMS)
def test_scores_and_their_slopes_are_those_of_the_model(show_training, form):
    history = trained(*FORMS[form])
    page = show_training(history)
    model = take_weights(history)
    x, _ = history.recording.validation[0]
    outputs = [output.data for output in listed(model(x))]
    assert read_answer(page) == pytest.approx(outputs, abs=1e-6)
    for kind, button in enumerate(page.locator("#scores button").all()):
        if button.get_attribute("aria-pressed") == "false":
            button.click()
        wait_until(
            page, "k => document.querySelectorAll('#scores button')[k].ariaPressed === 'true'", kind
        )
        slopes = differentiate(model, x, lambda found, kind=kind: found[min(kind, len(found) - 1)])
        told = page.locator("#slopes-told").inner_text()
        assert told.endswith(f"at most {format_number(max(map(abs, slopes)))} in size.")


def test_a_step_of_ascent_goes_along_the_slopes_as_far_as_paper_and_ink_go(show_training):
    history = trained(*FORMS["classes"])
    page = show_training(history)
    model, recording = take_weights(history), history.recording
    x, _ = recording.validation[0]
    shown = [x for x, _ in (*recording.training, *recording.validation)]
    low, high = min(map(min, shown)), max(map(max, shown))
    most = [max(inks) for inks in zip(*shown, strict=True)]  # that a pixel takes
    slopes = differentiate(model, x, lambda found: found[1])
    step = 0.25 * (high - low) / max(map(abs, slopes))
    moved = [
        min(end, max(low, a + step * slope)) for a, slope, end in zip(x, slopes, most, strict=True)
    ]
    before, after = [model(inputs)[1].data for inputs in (x, moved)]
    predicted = sum(slope * (b - a) for slope, a, b in zip(slopes, x, moved, strict=True))

    page.locator("#scores button").nth(1).click()
    page.locator("#more-of").click()
    told = page.locator("#sketch-told").inner_text().replace("−", "-")
    assert told.startswith("The score of 1: ")
    numbers = [float(number) for number in re.findall(r"-?\d[\d.e-]*(?=\b)", told)[1:]]
    assert numbers == pytest.approx([before, after, after - before, predicted], rel=2e-3)
    assert read_answer(page)[1] == pytest.approx(after, abs=1e-6)
    page.locator("#undo").click()
    assert read_answer(page)[1] == pytest.approx(before, abs=1e-6)


def test_a_step_of_descent_is_the_one_that_backward_gives(show_training):
    history = trained(*FORMS["classes"])
    page = show_training(history)
    model = take_weights(history)
    x, _ = history.recording.validation[0]
    page.locator("#scores button").nth(2).click()
    page.locator("#learning-rate").select_option("0.01")
    page.locator("#learn").click()
    losses = []
    for _ in range(2):
        model.zero_grad()
        loss = cross_entropy(model(x), 2)
        loss.backward()
        losses.append(loss.data)
        slope = sum(p.grad**2 for p in model.parameters())
        for p in model.parameters():
            p.data -= 0.01 * p.grad
        losses.append(-0.01 * slope)
    told = page.locator("#sketch-told").inner_text().replace("−", "-")
    before, after, _, predicted = map(float, re.findall(r"-?\d[\d.e-]*(?=\b)", told)[1:])
    assert [before, predicted, after] == pytest.approx(losses[:3], rel=1e-3)
    page.locator("#undo").click()
    assert read_answer(page) == pytest.approx(
        [output.data for output in take_weights(history)(x)], abs=1e-6
    )


def test_what_was_learned_lasts_while_the_epoch_does(show_training):
    history = trained(*FORMS["classes"])
    page = show_training(history)
    before = read_answer(page)
    page.locator("#scores button").nth(2).click()
    page.locator("#learn").click()
    learned = read_answer(page)
    page.set_viewport_size({"width": 700, "height": 800})
    page.get_by_role("button", name="Best epoch").click()
    assert read_answer(page) == learned != before
    page.get_by_role("button", name="First", exact=True).click()
    first = read_answer(page)
    page.locator("#undo").click()
    assert read_answer(page) == first, "an epoch's weights never come back in another"
    page.get_by_role("button", name="Best epoch").click()
    assert read_answer(page) == before


def test_where_paper_is_the_larger_number_ink_is_the_smaller(show_training):
    inverted = [([4.0 - number for number in x], y) for x, y in make_pictures()]
    history = trained((SIDE**2, 3), inverted, cross_entropy)
    page = show_training(history)
    slopes = differentiate(
        take_weights(history), history.recording.validation[0][0], lambda y: y[0]
    )
    page.locator("#scores button").nth(0).click()
    read_answer(page)
    plus = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--plus')")
    seen = page.evaluate(
        """() => {
          const { width, height } = document.getElementById("slopes");
          const context = new OffscreenCanvas(width, height).getContext("2d");
          context.drawImage(document.getElementById("slopes"), 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          return Array.from({ length: 25 }, (_, i) => {
            const dot = (Math.floor(i / 5) * 8 + 3) * width + (i % 5) * 8 + 3;
            return [...data.slice(4 * dot, 4 * dot + 3)];
          });
        }"""
    )
    green = [int(plus.strip()[i : i + 2], 16) for i in (1, 3, 5)]
    for slope, colour in zip(slopes, seen, strict=True):
        if abs(slope) > 0.1 * max(map(abs, slopes)):
            near = sum(abs(a - b) for a, b in zip(colour, green, strict=True)) < 40
            assert near == (slope < 0), "ink, a smaller number, raises what has a slope below 0"


def test_of_numbers_there_is_nothing_to_learn(show_training):
    page = show_training(trained(*FORMS["numbers"]))
    assert page.locator("#learning").is_hidden()
    assert page.locator("#next-mistake").is_hidden()


# Drawing


def count_ink(page):
    """Return how many dots of the picture have ink."""
    return page.evaluate(
        """() => {
          const sketch = document.getElementById("sketch");
          const { width, height } = sketch;
          const copy = new OffscreenCanvas(width, height);
          const context = copy.getContext("2d", { willReadFrequently: true });
          context.drawImage(sketch, 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          return data.filter((x, i) => i % 4 === 3 && x > 0).length;
        }"""
    )


def test_one_draws_erases_and_comes_back(show_training):
    page = show_training(trained(*FORMS["classes"]))
    page.locator("#clear").click()
    assert count_ink(page) == 0
    box = page.locator("#sketch").bounding_box()

    def stroke():
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.05 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.95 * box["height"], steps=3)
        page.mouse.up()

    stroke()
    drawn = count_ink(page)
    assert drawn >= 5 * 64  # a column of five pixels
    answer = read_answer(page)
    page.locator("#erase").click()
    stroke()
    assert count_ink(page) == 0
    page.locator("#undo").click()
    assert count_ink(page) == drawn
    assert read_answer(page) == answer
    page.locator("#undo").click()
    assert count_ink(page) == 0


def test_keys_draw_and_leave_the_epoch_alone(show_training):
    page = show_training(trained(*FORMS["classes"]))
    page.locator("#clear").click()
    epoch = page.locator("#position").inner_text()
    page.locator("#sketch").focus()
    page.keyboard.press("ArrowUp")  # shows where the keys are: in the middle
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    assert count_ink(page) == 64  # one pixel
    wait_until(
        page, "() => document.getElementById('live').textContent.startsWith('Row 2, column 3')"
    )
    page.keyboard.press("Space")
    assert count_ink(page) == 0
    assert page.locator("#position").inner_text() == epoch


def test_the_panel_is_whole_on_a_phone_and_for_who_hears_it(show_training):
    page = show_training(trained(*FORMS["classes"]), viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#sketch").bounding_box()["width"] > 250
    assert find_violations(page) == []


def test_a_neuron_shows_its_weights_and_an_example_its_picture(show_training):
    page = show_training(trained(*FORMS["classes"]))
    assert "its weight from each pixel" in page.locator("#mapped").inner_text()
    page.locator("#pushing").scroll_into_view_if_needed()
    page.locator("#pushes canvas").first.wait_for()
    before = read_answer(page)
    page.locator("#pushes button").first.click()
    wait_until(
        page,
        "before => document.getElementById('answer-sketch').value !== before",
        " ".join(map(str, before)),
    )
