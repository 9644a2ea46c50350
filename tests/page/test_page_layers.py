"""A page that shows layers: one box is W x + b, one step forward and one back, as matrices."""

import random

import pytest
from browser import find_violations
from graph_page import PHONE, press, read_headline, read_sentence

from micrograd_nn import MLP, Value
from micrograd_nn import sum as sum_of
from micrograd_nn.nn import Layer


@pytest.fixture
def network():
    random.seed(3)
    model = MLP(3, [5, 2, 1], activation="tanh")
    x = [Value(0.5, "x0"), Value(-1.0, "x1"), Value(2.0, "x2")]
    return model, x, (model(x) - 1.0) ** 2


def read_matrices(page):
    """Return the equations of the step: of each the symbols, the matrices and their shapes."""
    found = []
    for equation in page.locator("#formula .equation").all():
        symbols, numbers, shapes = equation.locator("math > mrow > mtable > mtr").all()
        matrices = [
            [
                [cell.text_content().replace("−", "-") for cell in row.locator("mtd").all()]
                for row in matrix.locator("mtr").all()
            ]
            for matrix in numbers.locator(".matrix").all()
        ]
        found.append(
            (symbols.text_content(), matrices, shapes.locator(".note").all_text_contents())
        )
    return found


def go_back_to_a_layer(page):
    """Go to the last step that leads back through a layer."""
    press(page, "Last")
    for _ in range(9):
        if read_headline(page).startswith("Back through layer"):
            break
        press(page, "Back")


def show_numbers(rows):
    return [[f"{x:.3g}" for x in row] for row in rows]


def test_a_layer_is_one_step_forward_and_one_back(show, network):
    model, x, loss = network
    page = show(loss, names=model)
    page.get_by_label("Show").select_option("layers")
    shapes = page.locator(".node .operation").all_text_contents()
    assert {"5 × 3", "2 × 5", "1 × 2"} <= {*shapes}
    press(page, "First")
    press(page, "Next")
    assert read_headline(page) == "Forward through layer 1: 5 numbers from 3"
    ((symbols, (h, w, column, b), told),) = read_matrices(page)
    assert symbols == "h=\u00a0tanh(Wx+b)"
    assert told == ["5 × 1", "5 × 3", "3 × 1", "5 × 1"]
    assert column == show_numbers([[x.data] for x in x])
    first, second, *_, last = [[*neuron.w] for neuron in model.layers[0].neurons]
    assert [w[0], w[1], w[3]] == show_numbers(
        [[x.data for x in row] for row in (first, second, last)]
    )
    assert {*w[2]} == {"⋮"}
    assert h[0] == show_numbers([[model.layers[0](x)[0].data]])[0]
    assert b[0] == ["0"]
    for _ in range(2):
        press(page, "Next")
    press(page, "Last")
    loss.backward()
    assert read_headline(page) == "Back through layer 1: shares for 15 weights and 3 inputs"
    delta, dw, db, dx = read_matrices(page)
    assert [each[0] for each in (delta, dw, db, dx)] == ["δ=dh⊙tanh′", "dW=δx⊤", "db=δ", "dx=W⊤δ"]
    assert dw[1][0][0] == show_numbers([[w.grad for w in first]])[0]
    assert dw[1][0][3] == show_numbers([[w.grad for w in last]])[0]
    assert db[1][0][0] == show_numbers([[model.layers[0].neurons[0].b.grad]])[0]
    assert dx[1][0] == show_numbers([[value.grad] for value in x])
    assert "W transposed" in read_sentence(page)
    press(page, "Back")
    assert read_headline(page).startswith("Back through layer 2")
    page.get_by_role("button", name="Open layer 1").click()
    press(page, "First", "Next")
    assert page.locator("#position").inner_text() == "1", "of an open layer, its neurons' steps"


def test_a_batch_has_a_row_for_each_example(show):
    random.seed(4)
    model = MLP(2, [4, 1], activation="tanh")
    inputs = [[Value(i / 3 - j, f"x{i}{j}") for j in range(2)] for i in range(3)]
    first, second = model.layers
    hidden = [first(row) for row in inputs]
    loss = sum_of([(second(row) - 1.0) ** 2 for row in hidden])
    page = show(loss, names=model)
    page.get_by_label("Show").select_option("layers")
    press(page, "First")
    press(page, "Next")
    assert read_headline(page) == "Forward through layer 1: 12 numbers from 3 × 2"
    ((symbols, (h, x, w, b), told),) = read_matrices(page)
    assert symbols == "H=\u00a0tanh(XW⊤+b)"
    assert told == ["3 × 4", "3 × 2", "2 × 4", "1 × 4"]
    assert h == show_numbers([[value.data for value in row] for row in hidden])
    assert x == show_numbers([[value.data for value in row] for row in inputs])
    assert w == show_numbers([[neuron.w[i].data for neuron in first.neurons] for i in range(2)])
    assert b == show_numbers([[neuron.b.data for neuron in first.neurons]])
    press(page, "Last")
    loss.backward()
    assert read_headline(page) == "Back through layer 1: shares for 8 weights and 6 inputs"
    delta, dw, db, dx = read_matrices(page)
    assert [each[0] for each in (delta, dw, db, dx)] == ["Δ=dH⊙tanh′", "dW=Δ⊤X", "db=1⊤Δ", "dX=ΔW"]
    assert delta[1][1] == show_numbers([[value.grad for value in row] for row in hidden])
    assert dw[1][0] == show_numbers([[x.grad for x in neuron.w] for neuron in first.neurons])
    assert db[1][0] == show_numbers([[neuron.b.grad for neuron in first.neurons]])
    assert dx[1][0] == show_numbers([[value.grad for value in row] for row in inputs])
    assert dw[1][1][0] == [row[0] for row in delta[1][0]], "the first row of Δ transposed"
    assert "Δ transposed, times X" in read_sentence(page)


def test_a_recurrent_layer_takes_what_the_repetition_that_is_shown_takes(show):
    layer = Layer(2, 1, activation="tanh")
    states = [Value(0.0)]
    for step in range(40):
        states.append(layer([step / 10, states[-1]]))
    root = states[-1] * 2.0
    page = show(root, names=layer)
    page.get_by_label("Show").select_option("layers")
    go_back_to_a_layer(page)
    root.backward()
    delta, dw, *_ = read_matrices(page)
    assert dw[0] == "dW+=δx⊤"
    assert dw[1][2] == show_numbers([[3.9, states[-2].data]]), "not what the first repetition took"
    assert delta[1][1] == show_numbers([[states[-1].grad]])


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}])
def test_matrices_can_be_reached_and_read(show, network, options):
    model, _, loss = network
    page = show(loss, "step=49", names=model, **options)
    page.get_by_label("Show").select_option("layers")
    assert read_headline(page).startswith("Back through layer")
    press(page, "Whole graph")  # of a box that is cut off, axe misses what its name tells
    assert find_violations(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], "what is wide scrolls in its own place"
