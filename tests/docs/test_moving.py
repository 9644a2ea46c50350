"""Pictures in the text that move: what they tell is what the engine computes, at each place."""

import math
import re

import pytest
from browser import find_violations, wait_until
from places import ROOT
from site_pages import listen, open_page

from demos.number_words import load_model, look
from demos.umbrella import make_neuron
from micrograd_nn import Value, sigmoid, tanh
from micrograd_nn._ground.text import format_number


@pytest.fixture(scope="module")
def page(browser, cells):
    with listen(browser) as context:
        yield open_page(context, cells)


def show(page, name):
    return page.locator(f"figure.moving[data-shows={name}]")


def move(page, name, label, value):
    """Move a slider of a picture to a number, and return what the picture tells."""
    slider = show(page, name).get_by_role("slider", name=label, exact=True)
    slider.evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }",
        str(value),
    )
    return show(page, name).locator("output").inner_text().replace("−", "-")


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-\d+)?", text)]


@pytest.fixture(autouse=True)
def reset(page):
    for button in page.locator("figure.moving button").all():
        button.click()


@pytest.mark.parametrize(("w1", "b"), [(0.5, 1), (2, -1)])
def test_a_neuron_answers_as_the_engine_does(page, w1, b):
    move(page, "neuron", "w₁", w1)
    told = move(page, "neuron", "b", b)
    neuron = make_neuron(2, 1, w1=w1, w2=-2, b=b)
    assert told.endswith(
        f"z = {format_number(neuron.z.data)}, ŷ = {format_number(neuron.ŷ.data)}.".replace("−", "-")
    )


@pytest.mark.parametrize(("h", "w"), [(1, 0.5), (0.1, 0.5), (0.1, 1.5)])
def test_a_secant_and_a_tangent_have_the_slopes_of_the_engine(page, h, w):
    move(page, "secant", "h", math.log10(h))
    told = numbers(move(page, "secant", "w₁", w))
    here, there = make_neuron(2, 1, w1=w, y=1), make_neuron(2, 1, w1=w + h, y=1)
    here.L.backward()
    secant = (there.L.data - here.L.data) / h
    tangent = here.w1.grad
    assert told == pytest.approx([secant, tangent, abs(secant - tangent)], rel=2e-3, abs=1e-4)


def test_a_point_follows_a_finger_as_far_as_its_slider_goes(page):
    picture = show(page, "secant").locator("svg.plot")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 2 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.up()
    assert show(page, "secant").get_by_role("slider", name="w₁").input_value() == "2"


@pytest.mark.parametrize(
    ("rate", "fate"),
    [
        (0.1, "3, 2.4, 1.92, 1.536, …: it closes in from one side."),
        (0.5, "3, 0, 0, 0, …: it is there at once."),
        (1, "3, -3, 3, -3, …: it jumps to and fro for ever."),
        (1.1, "3, -3.6, 4.32, -5.184, …: it gets away."),
    ],
)
def test_a_rate_has_its_fate(page, rate, fate):
    assert move(page, "staircase", "η", rate) == fate


@pytest.mark.parametrize(("start", "valley"), [(2, "shallow"), (-0.5, "deep"), (0.1, "deep")])
def test_a_ball_rests_in_the_valley_that_descent_finds(page, start, valley):
    w = start
    for _ in range(200):
        w -= 0.1 * (w**3 - 2 * w + 0.3)
    told = move(page, "valleys", "start", start)
    loss = w**4 / 4 - w**2 + 0.3 * w
    assert numbers(told) == pytest.approx([w, loss], rel=1e-3)
    assert f"the {valley} valley" in told


@pytest.mark.parametrize(("a", "b"), [(1, 0), (1, 0.05), (-0.5, -2)])
def test_a_ball_on_a_saddle_goes_where_the_engine_descends(page, a, b):
    move(page, "saddle", "a", a)
    told = move(page, "saddle", "b", b)
    place = [Value(float(a)), Value(float(b))]
    for _ in range(200):
        height = place[0] ** 2 - place[1] ** 2 + place[1] ** 4 / 4
        height.backward()
        place = [Value(one.data - 0.1 * one.grad) for one in place]
    assert numbers(told) == pytest.approx([one.data for one in place], abs=1e-3)
    assert told.endswith("saddle." if b == 0 else "right valley." if b > 0 else "left valley.")


def draw_start(start, size):
    """Draw numbers from -1 to 1 as docs/web/moving/learning.js does."""
    state = start * 1_000_003
    for _ in range(size):
        state = state * 16807 % 2147483647
        yield 2 * state / 2147483647 - 1


@pytest.mark.parametrize(
    ("start", "step", "right"), [(1, 0, 3), (1, 44, 3), (1, 45, 4), (4, 300, 4)]
)
def test_a_network_learns_as_the_engine_descends(page, start, step, right):
    parameters = [Value(number) for number in draw_start(start, 17)]

    def find_errors():
        for x1, x2, y in [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]:
            z = parameters[16]
            for w1, w2, b, v in zip(*[iter(parameters[:16])] * 4, strict=True):
                z = z + v * tanh(w1 * x1 + w2 * x2 + b)
            yield y - sigmoid(z)

    for _ in range(step):
        loss = sum(error**2 for error in find_errors())
        for parameter in parameters:
            parameter.grad = 0.0
        loss.backward()
        for parameter in parameters:
            parameter.data -= 0.3 * parameter.grad
    errors = [error.data for error in find_errors()]
    assert sum(abs(error) < 0.5 for error in errors) == right
    move(page, "learning", "start", start)
    told = numbers(move(page, "learning", "steps", step))
    assert told == [step, right, 4, pytest.approx(sum(e * e for e in errors), rel=1e-3)]


def test_learning_plays_to_its_end_and_is_paused(page):
    picture = show(page, "learning")
    steps = picture.get_by_role("slider", name="steps")
    picture.get_by_role("button", name="Learn").click()
    wait_until(page, "() => document.querySelector('.moving[data-shows=learning] input').value > 3")
    picture.get_by_role("button", name="Pause").click()
    paused = steps.input_value()
    page.wait_for_timeout(200)
    assert steps.input_value() == paused != "300"
    page.emulate_media(reduced_motion="reduce")
    picture.get_by_role("button", name="Learn").click()
    assert steps.input_value() == "300"
    page.emulate_media(reduced_motion="no-preference")


def test_one_cut_gets_at_most_three_corners_of_xor(page):
    assert "As XOR, 3 of 4 are right" in show(page, "cut").locator("output").inner_text()
    assert "2 of 4" in move(page, "cut", "b", -40)


def test_a_kernel_answers_in_each_window_of_the_first_digit(page):
    first = (ROOT / "demos" / "digits.csv").read_text().split("\n")[1].split(",")
    rows = [[int(ink) for ink in first[8 * i : 8 * i + 8]] for i in range(8)]
    for row, column in [(0, 2), (0, 0), (5, 5), (3, 1)]:
        move(page, "kernel", "row", row)
        told = move(page, "kernel", "column", column)
        answer = sum(rows[row + i][column + 2] - rows[row + i][column] for i in range(3))
        assert told.endswith(f"= {answer}.")


@pytest.mark.parametrize("at", [3, -0.5, -4])
def test_two_roads_add_up_to_the_engine_s_slope(page, at):
    told = move(page, "roads", "x", at)
    x = Value(at)
    a, c = x + 1, 2 * x
    f = a * c
    f.backward()
    by_a, by_c = f.partials
    assert numbers(told) == [1, by_a, by_a, 2, by_c, 2 * by_c, by_a, abs(2 * by_c), x.grad]
    assert ("cancel" in told) == (x.grad == 0)
    shown = show(page, "roads").locator("svg text.value").all_text_contents()
    assert [float(text.replace("−", "-")) for text in shown] == [x.data, a.data, c.data, f.data]


@pytest.mark.parametrize(
    ("word", "head", "letter"), [("seven", 1, 4), ("seven", 0, 5), ("fiftyfour", 0, 7)]
)
def test_threads_are_as_wide_as_the_weights_of_attention(page, word, head, letter):
    weights = look(load_model(), word)[head][letter]
    picture = show(page, "attention")
    picture.get_by_role("combobox", name="word").select_option(word)
    picture.get_by_role("combobox", name="head").select_option(index=head)
    told = move(page, "attention", "letter", letter)
    threads = picture.locator("path.thread")
    widths = threads.evaluate_all("all => all.map(one => Number(one.getAttribute('stroke-width')))")
    assert widths == pytest.approx([18 * weight for weight in weights], abs=0.02)
    shown = picture.locator("text.weight").all_text_contents()
    assert [float(text) for text in shown] == pytest.approx(weights, abs=0.0056)
    assert numbers(told) == pytest.approx(
        sorted((weight for weight in weights if weight >= 0.05), reverse=True), abs=0.0056
    )


def test_a_letter_is_chosen_by_a_click_and_stays_within_its_word(page):
    picture = show(page, "attention")
    picture.get_by_role("combobox", name="word").select_option("fiftyfour")
    picture.locator("text.sign").last.click()
    assert picture.locator("output").inner_text().startswith("The r of “fiftyfour”")
    picture.get_by_role("combobox", name="word").select_option("seven")
    assert picture.locator("output").inner_text().startswith("The n of “seven”")


def test_pictures_fit_a_phone_and_are_heard(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_violations(page) == []
    label = show(page, "staircase").locator("svg.plot").get_attribute("aria-label")
    assert label.startswith("Steps of gradient descent on w squared, from 3. 3, 2.4, 1.92")
