"""Which examples push a weight, and how much: a training's page beside `backward`."""

import re

import pytest
from browser import find_violations, wait_until
from test_training_page import (
    CLASSES,
    LINE,
    data_of,
    moons,
    take_weights,
    trained,
)

from micrograd_nn._ground.text import format_number
from micrograd_nn.extras.train.pages.training import build_training
from micrograd_nn.losses import cross_entropy, hinge, squared_error

FORMS = {
    "signs": ((2, 4, 1), moons(40), hinge),
    "classes": ((3, 4, 3), CLASSES, cross_entropy),
    "numbers": ((1, 4, 1), LINE, squared_error),
}


def compute_shares(history, place):
    """Return each training example's gradient of a parameter, at the best epoch."""
    recording, model, found = history.recording, take_weights(history), []
    for x, y in recording.training:
        model.zero_grad()
        recording.loss(model(x), y).backward()
        found.append([*model.parameters()][place].grad)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_loudest_examples_are_those_of_backward(show_training, form):
    history = trained(*FORMS[form])
    page = show_training(history)
    for place in (0, 3):
        page.locator("#pushed").select_option(str(place))
        shares = compute_shares(history, place)
        order = sorted(range(len(shares)), key=lambda i: -abs(shares[i]))[:8]
        listed = page.locator("#pushes li .gradient").all_text_contents()
        assert listed == [format_number(shares[i]) for i in order]
        mean = sum(shares) / len(shares)
        told = page.locator("#pushed-told").inner_text()
        assert told.startswith(f"Its gradient is {format_number(mean)}, the mean of {len(shares)} ")
        assert ("smaller" if mean > 0 else "larger") in told
        numbers = [int(re.search(r"Example (\d+)", one)[1]) - 1
                   for one in page.locator("#pushes button").all_inner_texts()]  # fmt: skip
        assert [shares[i] for i in numbers] == [shares[i] for i in order]


def test_a_line_chooses_its_weight_and_an_example_is_asked_about(show_training):
    history = trained(*FORMS["signs"])
    page = show_training(history)
    line = page.locator("#layers path[data-parameter='4']")
    line.dispatch_event("click")
    assert page.locator("#pushed").input_value() == "4"
    example = page.locator("#pushes button").first
    number = int(re.search(r"Example (\d+)", example.inner_text())[1]) - 1
    x, _ = history.recording.training[number]
    example.click()
    asked = page.locator("#inputs output").all_inner_texts()
    assert asked == [format_number(one) for one in x]
    before = page.locator("#pushed-told").inner_text()
    page.get_by_role("button", name="First", exact=True).click()
    page.locator("#pushing").scroll_into_view_if_needed()
    wait_until(page, "text => document.getElementById('pushed-told').innerText !== text", before)
    assert find_violations(page) == []


def test_the_network_is_drawn_by_the_gradients_of_its_weights(show_training):
    history = trained(*FORMS["classes"])
    page = show_training(history)
    recording, model = history.recording, take_weights(history)
    examples = recording.training
    model.zero_grad()
    (sum(recording.loss(model(x), y) for x, y in examples) / len(examples)).backward()
    sizes = [
        sum(abs(w.grad) for w in weights) / len(weights)
        for weights in [[w for neuron in layer.neurons for w in neuron.w] for layer in model.layers]
    ]
    page.get_by_label("Draw their gradients").check()
    told = ", ".join(f"layer {i} {format_number(size)}" for i, size in enumerate(sizes, 1))
    assert (
        page.locator("#averages").inner_text() == f"The mean size of a weight's gradient: {told}."
    )
    places = {id(parameter): i for i, parameter in enumerate(model.parameters())}
    grads = {places[id(w)]: w.grad for w in model.parameters()}
    largest = max(map(abs, grads.values()))
    for line in page.locator("#layers path").all():
        grad = grads[int(line.get_attribute("data-parameter"))]
        assert ("negative" in line.get_attribute("class")) == (grad < 0)
        width = float(line.get_attribute("stroke-width"))
        assert width == pytest.approx(0.4 + 5 * abs(grad) / largest, abs=0.006)
    page.locator("#layers path").first.dispatch_event("pointerover")
    assert f"its gradient {format_number(grads[0])}" in page.locator("#weight").inner_text()


def test_of_a_large_table_it_says_of_how_many_examples(show_training):
    history = trained((2, 1), moons(1500), hinge, 1, validation=[])
    page = show_training(history)
    page.locator("#pushing").scroll_into_view_if_needed()
    told = page.locator("#pushed-told")
    told.get_by_text("the mean of 1,000 of 1,500 examples").wait_for()
    recording = history.recording
    numbers = [int(re.search(r"Example (\d+)", one)[1]) - 1
               for one in page.locator("#pushes button").all_inner_texts()]  # fmt: skip
    shares = compute_shares(history, int(page.locator("#pushed").input_value()))
    listed = page.locator("#pushes li .gradient").all_text_contents()
    assert listed == [format_number(shares[i]) for i in numbers]
    assert len(recording.training) == 1500


def test_targets_of_another_form_than_the_outputs_have_no_list(show_training):
    weighted = [(x, (y, 1.0 + i / 7)) for i, (x, y) in enumerate(moons(150))]
    history = trained((2, 1), weighted, lambda out, y: (out - y[0]) ** 2 * y[1], 1)
    assert data_of(build_training(history).text)["prediction"]["losses"] == []


def test_what_cannot_be_followed_has_no_list(show_training):
    def lopsided(output, y):
        return (output - y) ** 2 if output > 0 else (output - y) ** 2 * 2

    history = trained((1, 2, 1), LINE, lopsided, 2)
    assert data_of(build_training(history).text)["prediction"]["losses"] == []
    page = show_training(history)
    assert page.locator("#pushing").is_hidden()
    assert page.get_by_label("Draw their gradients").is_hidden()
