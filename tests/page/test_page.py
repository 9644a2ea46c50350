"""The page of a graph in a real browser: everything that it shows, and what moves it."""

import math
import random

import pytest
from browser import axe_violations, stop_clock
from strategies import every_row

from micrograd_nn import Value, exp, log, relu, sqrt, tanh
from micrograd_nn import sum as sum_of
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import Operation, Reduction
from micrograd_nn.engine.value import Constant, nodes, record
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP
from micrograd_nn.page import page as write_page
from micrograd_nn.terminal.demo import gated, neuron

PHONE = {"width": 360, "height": 740}
PROJECTOR = {"width": 1280, "height": 720}


@pytest.fixture
def show(visit, tmp_path):
    """Return a function that shows the page of a graph."""
    paths = iter(range(100))

    def show(root, hash="", *, names=None, title="", notes="", inputs=(), rows=(), **options):
        path = tmp_path / f"{next(paths)}.html"
        write_page(root, path, names=names, title=title, notes=notes, inputs=inputs, rows=rows)
        return visit(path, hash, **options)

    return show


def three_paths():
    """Return (w x) tanh(x) + x, in which three paths lead from x to the output."""
    x, w = Value(0.5, "x"), Value(-1.5, "w")
    product, a = w * x, tanh(x)
    output = product * a + x
    product.label, a.label, output.label = "w*x", "a", "output"
    return output


def used_too_early():
    """Return u + u² of u = 2x, whose wrong gradients are easily computed by hand."""
    x = Value(3.0, "x")
    u = 2 * x
    p = u * u
    output = u + p
    u.label, p.label, output.label = "u", "p", "output"
    return output


def step(page):
    """Return which step a page shows, as it says in two places."""
    position = page.locator("#position").inner_text()
    assert page.get_by_label("Step", exact=True).input_value() == position
    return int(position)


def press(page, *names):
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def sentence(page):
    return page.locator("#sentence").inner_text()


def formulas(page):
    """Return the formulas of a step, a line each without spaces."""
    texts = page.locator("#formula math").evaluate_all("all => all.map((one) => one.textContent)")
    return ["".join(text.split()) for text in texts]


def settle(page):
    """Wait for the frame in which a page shows what came of its inputs."""
    page.evaluate("new Promise(requestAnimationFrame)")


def set_number(page, name, text):
    page.get_by_label(f"{name}, number", exact=True).fill(text)
    settle(page)


def set_all(page, numbers):
    """Put numbers into all boxes, in the order of the page."""
    page.evaluate(
        """numbers => document.querySelectorAll("#inputs input[type=text]").forEach((box, i) => {
          box.value = numbers[i];
          box.dispatchEvent(new Event("input", { bubbles: true }));
        })""",
        [repr(number) for number in numbers],
    )
    settle(page)


def unfold(page):
    """Open all groups of inputs, which are painted then."""
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    settle(page)


def rows_of(page):
    """Return the number in the box and the gradient of each leaf, to the last digit."""
    unfold(page)
    rows = page.evaluate(
        """[...document.querySelectorAll("#inputs tbody tr")].map((row) => [
          row.cells[0].textContent, row.querySelector("[type=text]").title, row.cells[3].title])"""
    )
    return {name: (float(number), gradient and float(gradient)) for name, number, gradient in rows}


def gradients(page):
    return {name: gradient for name, (_, gradient) in rows_of(page).items()}


def box(page, title):
    """Return the box of a node, by the first line in it."""
    return page.locator(".view:not([hidden]) g.node").filter(
        has=page.get_by_text(title, exact=True)
    )


def marks(page, title):
    return set(box(page, title).get_attribute("class").split()) - {"node", "inner", "leaf", "root"}


def lines(page, title):
    return box(page, title).locator("text").all_text_contents()


# Stepping


def test_buttons_lead_through_all_steps(show):
    page = show(three_paths())
    assert page.title() == "Backpropagation through output"
    assert step(page) == 0
    assert page.locator("#count").inner_text() == "12"
    press(page, "Next", "Next")
    assert step(page) == 2
    press(page, "Back")
    assert step(page) == 1
    press(page, "Last", "Next")
    assert step(page) == 12
    press(page, "First", "Back")
    assert step(page) == 0


def test_keys_lead_through_all_steps(show):
    page = show(three_paths())
    for key, expected in [
        ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 12), ("Home", 0)
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert step(page) == expected
    page.keyboard.press("Control+ArrowRight")
    assert step(page) == 0


def test_a_key_that_a_control_needs_is_the_controls(show):
    page = show(three_paths())
    page.get_by_label("x, number").press("ArrowRight")
    page.get_by_label("Speed").press("Home")
    page.get_by_label("x, slider").press("End")
    assert step(page) == 0
    page.get_by_label("x, slider").press(" ")  # which no slider needs
    page.get_by_role("button", name="Pause").press(" ")
    settle(page)
    assert rows_of(page)["x"][0] == 2
    page.get_by_role("switch").first.press(" ")
    assert page.get_by_role("button", name="Play").is_visible()


def test_the_slider_goes_to_any_step(show):
    page = show(three_paths())
    slider = page.get_by_label("Step", exact=True)
    slider.fill("7")
    assert step(page) == 7
    assert slider.get_attribute("aria-valuetext") == "step 7 of 12"
    slider.press("ArrowRight")
    assert step(page) == 8


def test_an_address_leads_to_a_moment_and_tells_it(show):
    page = show(three_paths(), hash="step=9")
    assert step(page) == 9
    page.evaluate(
        """new Promise((done) => {
          addEventListener("hashchange", done, { once: true });
          location.hash = "step=4";
        }).then(() => null)"""
    )
    assert step(page) == 4
    press(page, "Next")
    page.wait_for_url("**#step=5")
    page.keyboard.press("End")
    page.wait_for_url("**#step=12")
    page.get_by_role("switch", name="reset").check()  # which leads to an end of its own
    page.wait_for_url("**#step=20")
    stop_clock(page)
    page.keyboard.press("Home")
    page.get_by_label("Speed").select_option("fast")
    press(page, "Play")
    page.clock.run_for(2100)
    press(page, "Pause")
    page.clock.run_for(300)
    assert page.url.endswith("#step=4")
    press(page, "Play")
    page.clock.run_for(20_000)
    assert page.url.endswith("#step=20")
    assert step(show(three_paths(), hash="step=99")) == 12
    assert step(show(three_paths(), hash="step=-1")) == 0


def test_play_goes_on_by_itself_at_the_chosen_speed(show):
    page = show(three_paths())
    stop_clock(page)
    press(page, "Play")
    page.clock.run_for(1150)
    assert step(page) == 0
    page.clock.run_for(100)
    assert step(page) == 1
    page.get_by_label("Speed").select_option("fast")
    page.clock.run_for(1600)
    assert step(page) == 4
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert step(page) == 4
    page.keyboard.press(" ")
    page.clock.run_for(20_000)
    assert step(page) == 12
    press(page, "Play")  # from the beginning again, as this is the end
    page.clock.run_for(550)
    assert step(page) == 1
    press(page, "Next")  # by hand: it pauses
    page.clock.run_for(5000)
    assert step(page) == 2


# What a step says


def test_each_kind_of_step_is_told_in_words_and_in_formulas(show):
    page = show(three_paths())
    told = {}
    for number in range(13):
        told[number] = sentence(page), formulas(page), page.locator("#pass").inner_text()
        assert page.locator("#live").inner_text() == f"Step {number}: {told[number][0]}"
        press(page, "Next")
    assert told[0] == (
        "The inputs have their numbers. Press Next: first forward to output, "
        "then back for the gradients.",
        [],
        "",
    )
    assert told[2] == (
        "Forward: a is made from x by tanh; it is 0.4621.",
        ["a=tanh(x)", "a=tanh(0.5)=0.4621"],
        "forward pass",
    )
    assert told[5] == (
        "Now back. The gradient of a node says by how much a small change of it is multiplied on "
        "its way to output. For output itself that is 1.",
        ["∂output∂output=1"],
        "backward pass",
    )
    assert told[7][0] == (
        "Back from output to x: a small change of x is multiplied by 1 on its way into "
        "output (the local derivative), and by 1 from there to output (the gradient of output): "
        "by 1 × 1 = 1 in all. That is the gradient of x so far; 2 more shares are to come."
    )
    assert told[9][1:] == (
        [
            "∂output∂a+=∂output∂v1upstream·∂v1∂alocal",
            "∂v1∂a=w*x=−0.75",
            "∂output∂a=0sofar+1upstream·(−0.75)local=−0.75complete",
        ],
        "backward pass",
    )
    assert told[12][0].endswith(" the gradient of x is −0.283, complete.")


def test_an_input_that_is_used_twice_is_told_by_its_place(show):
    x = Value(3.0, "x")
    page = show(x * x, hash="step=3")
    assert sentence(page).startswith("Back from v1 to x (input 1): ")
    assert sentence(page).endswith("That is the gradient of x so far; 1 more share is to come.")
    press(page, "Next")
    assert sentence(page).endswith(
        "by 1 × 3 = 3 in all. Added to the 3 so far, the gradient of x is 6, complete."
    )
    assert formulas(page)[2] == "∂v1∂x=3sofar+1upstream·3local=6complete"


def test_the_picture_follows_the_steps(show):
    page = show(three_paths())
    assert marks(page, "x") == {"known"}
    assert marks(page, "a = tanh") == set()
    assert lines(page, "a = tanh") == ["a = tanh", "data –", "grad –"]
    press(page, "Next", "Next")
    assert marks(page, "a = tanh") == {"known", "current"}
    assert lines(page, "a = tanh")[1:] == ["data 0.4621", "grad –"]
    page.keyboard.press("End")
    assert lines(page, "x") == ["x", "data 0.5", "grad −0.283"]
    assert marks(page, "x") == {"known", "complete", "current"}
    page.get_by_label("Step", exact=True).fill("7")
    assert marks(page, "x") == {"known", "partly", "current"}
    assert lines(page, "x")[2] == "grad 1"
    assert page.locator(".edge.flowed").count() == 2
    assert page.locator(".edge.current text").all_text_contents() == ["× 1", "= 1"]


def test_a_name_that_is_no_word_has_parentheses_where_it_isnt_alone(show):
    x, y, z = Value(2.0, "a+b"), Value(3.0, "c d"), Value(5.0, "w[0]")
    r = op.max(x * y, x**2) + sqrt(y) / (z - z * x)
    r.label = "r"
    page = show(r)
    found = {}
    for _ in range(9):
        press(page, "Next")
        name, _, rest = formulas(page)[0].partition("=")
        found[name] = rest
    assert list(found.values())[:8] == [
        "(a+b)·(cd)", "(a+b)2", "max(v1,v2)", "cd", "w[0]·(a+b)", "w[0]−v5", "v4v6", "v3+v7",
    ]  # fmt: skip


def test_names_from_right_to_left_leave_sentences_in_order(show):
    x, w = Value(2.0, "שלום"), Value(-3.0, "w")
    y = x * w + x
    y.label = "פלט"
    page = show(y, hash="step=5")
    first, last = "\u2068שלום\u2069", "\u2068פלט\u2069"
    assert sentence(page).startswith(f"Back from {last} to {first}: a small change of {first} ")
    assert page.locator("#result").text_content() == f"{last} = −4"
    assert page.locator("#paths button").all_text_contents() == [
        f"{last} ← v1 ← {first}: 1 · (−3) = −3",
        f"{last} ← {first}: 1 = 1",
    ]
    assert page.get_by_label(f"from {first} to v1").count() == 1
    assert "\u2068" not in "".join(formulas(page))


# Living inputs


def recorded(row, numbers):
    """Return an operation on new leaves."""
    return record(row, [Value(number) for number in numbers])


def inputs_in(row, rng):
    count = (5 if row.name == "dot" else 3) if isinstance(row, Reduction) else len(row.inputs)
    domain = row.domain[:1] * count if isinstance(row, Reduction) else row.domain
    return [rng.uniform(low, high) for low, high in domain]


def test_numbers_and_gradients_are_those_of_python(show):
    rng = random.Random(6)

    def graph(points):
        # By a factor of 1 before each operation, the gradient is what the operation gives.
        return sum_of([Value(1.0) * recorded(row, point) for row, point in points])

    page = show(graph([(row, inputs_in(row, rng)) for row in every_row]))
    for _ in range(5):
        root = graph([(row, inputs_in(row, rng)) for row in every_row])
        root.backward()
        leaves = [node for node in nodes(root) if not node.inputs]
        set_all(page, [leaf.data for leaf in leaves])
        expected = [(leaf.data, leaf.grad) for leaf in leaves]
        found = list(rows_of(page).values())
        assert len(found) == len(expected) > 2 * len(every_row)
        for (number, gradient), (python_number, python_gradient) in zip(
            found, expected, strict=True
        ):
            assert number == python_number
            assert math.isclose(gradient, python_gradient, rel_tol=1e-12)


def test_a_number_that_is_moved_changes_everything_at_once(show):
    page = show(three_paths(), hash="step=12")
    page.get_by_label("x, slider").fill("1")
    settle(page)
    expected = -1.5 * math.tanh(1) + 1
    assert page.locator("#result").inner_text() == f"output = {expected:.4g}".replace("-", "−")
    assert lines(page, "x")[1] == "data 1"
    assert lines(page, "output = +")[1] == f"data {expected:.4g}".replace("-", "−")
    slope = 1 - 1.5 * (math.tanh(1) + 1 - math.tanh(1) ** 2)
    assert math.isclose(gradients(page)["x"], slope, rel_tol=1e-12)
    assert (
        page.locator("#paths-sum")
        .inner_text()
        .startswith(f"Together: {slope:.4g}".replace("-", "−"))
    )
    assert step(page) == 12


def test_a_box_takes_what_is_a_number_and_says_when_it_is_none(show):
    page = show(three_paths())
    box = page.get_by_label("x, number")
    for text, expected in [
        ("2.5", 2.5), ("−1e−3", -0.001), ("0,25", 0.25), (" 7 ", 7.0), ("inf", math.inf)
    ]:  # fmt: skip
        set_number(page, "x", text)
        assert rows_of(page)["x"][0] == expected
    assert box.get_attribute("aria-invalid") == "false"
    refusal = page.locator("#refusal")
    assert refusal.is_hidden()
    for text, told in [
        ("", "The box is empty."),
        ("two", "two is no number such as −2.5, 1e−3 or inf."),
        ("1 2", "1 2 is no number such as −2.5, 1e−3 or inf."),
        ("0x10", "0x10 is no number such as −2.5, 1e−3 or inf."),
        (
            "1,000",
            "The comma of 1,000 may divide thousands or decimals: "
            "write the number without it, or with a point.",
        ),
    ]:
        set_number(page, "x", text)
        assert box.get_attribute("aria-invalid") == "true"
        assert box.get_attribute("aria-describedby") == "refusal"
        assert refusal.inner_text() == f"{told} x is still inf."
        assert rows_of(page)["x"][0] == math.inf
    box.blur()
    assert (box.input_value(), box.get_attribute("aria-invalid")) == ("inf", "false")
    assert refusal.is_visible()  # what became of the text
    set_number(page, "w", "1,0005")
    assert rows_of(page)["w"][0] == 1.0005
    assert refusal.is_hidden()


def test_reset_brings_back_the_recorded_numbers(show):
    root = three_paths()
    page = show(root)
    before = rows_of(page)
    set_number(page, "x", "123456")
    set_number(page, "w", "0")
    assert rows_of(page) != before
    press(page, "Reset")
    settle(page)
    assert rows_of(page) == before
    assert page.get_by_label("x, number").input_value() == "0.5"
    root.backward()
    assert before["x"] == (0.5, pytest.approx(root.inputs[1].grad, rel=1e-12))


ERRORS = {
    "log": (log, "-1", "r: log(x) needs x > 0; x = −1.", False),
    "sqrt": (sqrt, "-1", "r: sqrt(x) needs x >= 0; x = −1.", False),
    "derivative": (sqrt, "0", "r: the derivative of sqrt(x) needs x > 0; x = 0.", True),
    "division": (lambda x: 1 / x, "0", "r: x / y needs y != 0; x = 1, y (x here) = 0.", False),
    "overflow": (exp, "1000", "r: exp(x) is beyond the largest number, 1.8e308; x = 1000.", False),
}


@pytest.mark.parametrize(("function", "bad", "told", "is_derivative"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_shown_where_it_arises(show, function, bad, told, is_derivative):
    x = Value(0.5, "x")
    r = function(x)
    r.label = "r"
    output = 3 * r + x
    output.label = "output"
    page = show(output)
    before = rows_of(page)
    set_number(page, "x", bad)
    assert page.locator("#result").inner_text() == told
    (title,) = page.locator(".error text:first-of-type").all_text_contents()
    assert title.startswith("r = ")
    assert "error" in marks(page, title)
    assert rows_of(page)["x"][1] == ""
    page.keyboard.press("End")
    press(page, "First", "Next")
    reason = told.removeprefix("r: ")
    if is_derivative:
        press(page, "Last")
        assert sentence(page) == f"r can't pass a gradient on to x: {reason}"
    else:
        assert sentence(page) == f"r can't be computed: {reason}"
        press(page, "Next")
        assert sentence(page) == "v1 isn't known, since what it is made from isn't."
    press(page, "Reset")
    settle(page)
    assert page.locator(".error").count() == 0
    assert rows_of(page) == before


def test_a_gradient_with_an_unknown_share_stays_unknown(show):
    x = Value(1.0, "x")
    y = 3 * x + sqrt(x)
    y.label = "y"
    page = show(y)
    set_number(page, "x", "0")
    press(page, "Last")
    assert sentence(page).endswith(
        "The gradient of x isn't known all the same, for a share before this one isn't."
    )
    assert formulas(page)[1:] == ["∂v1∂x=3"]
    assert lines(page, "x")[2] == "grad –"
    assert marks(page, "x") == {"known", "current"}
    assert gradients(page) == {"x": ""}
    set_number(page, "x", "4")
    assert gradients(page) == {"x": 3.25}


# Paths


def test_paths_are_listed_with_their_products_and_their_sum(show):
    page = show(three_paths())
    assert page.locator("#paths-told").inner_text() == (
        "3 paths to output: each adds its product of local derivatives."
    )
    assert page.locator("#paths li").all_inner_texts() == [
        "output ← v1 ← w*x ← x: 1 · 0.4621 · (−1.5) = −0.6932",
        "output ← v1 ← a ← x: 1 · (−0.75) · 0.7864 = −0.5898",
        "output ← x: 1 = 1",
    ]
    assert page.locator("#paths-sum").inner_text() == (
        "Together: −0.283, the gradient of output by x."
    )
    page.locator("#leaf").select_option("w")
    assert page.locator("#paths li").all_inner_texts() == [
        "output ← v1 ← w*x ← w: 1 · 0.4621 · 0.5 = 0.2311"
    ]
    box(page, "x").click()  # a leaf in the picture is chosen, too
    assert page.locator("#paths li").count() == 3


def test_a_path_is_lit_up_and_put_out_again(show):
    page = show(three_paths())
    second = page.locator("#paths button").nth(1)
    second.click()
    assert second.get_attribute("aria-pressed") == "true"
    assert page.locator(".edge.path").count() == 3
    assert page.locator(".node.path text:first-of-type").all_text_contents() == [
        "x", "a = tanh", "output = +", "v1 = ×"
    ]  # fmt: skip
    second.click()
    assert page.locator(".path, [aria-pressed=true]").count() == 0


def test_paths_light_up_one_by_one(show):
    page = show(three_paths())
    stop_clock(page)
    pressed = page.locator("#paths [aria-pressed=true]")
    press(page, "One by one")
    found = []
    for _ in range(3):
        found.append(pressed.inner_text())
        assert page.locator("#live").inner_text() == found[-1]
        page.clock.run_for(1400)
    assert found == page.locator("#paths button").all_inner_texts()
    assert page.get_by_role("button", name="One by one").is_visible()
    press(page, "One by one", "Stop")
    page.clock.run_for(5000)
    assert pressed.inner_text() == found[0]


def test_of_many_paths_some_are_listed(show):
    x = Value(0.5, "x")
    y = x
    for _ in range(100):
        y = y + y
    page = show(y)
    assert page.locator("#paths-told").inner_text() == (
        f"{2**100:,} paths to v100: each adds its product of local derivatives; "
        "the first 50 are listed."
    )
    assert page.locator("#paths li").count() == 50
    assert page.locator("#paths-sum").inner_text() == (
        "The listed ones add up to 50; with the rest it is 1.268e+30, the gradient of v100 by x."
    )


def test_an_edge_that_is_pointed_at_or_focused_shows_its_local_derivative(show):
    page = show(three_paths())
    hint = page.locator("#hint")
    assert hint.is_hidden()
    edge = page.get_by_label("from x to a", exact=True)
    edge.locator("text").first.hover()
    assert hint.locator("math").text_content() == "∂a∂x=1−tanh(x)2=1−tanh(0.5)2=0.7864"
    page.mouse.move(1, 1)
    assert hint.is_hidden()
    edge.focus()
    assert hint.is_visible()
    page.keyboard.press("Tab")
    assert hint.locator("math").text_content() == "∂output∂x=1"
    page.get_by_role("button", name="Fit").focus()
    assert hint.is_hidden()
    edge.locator("text").first.hover()
    page.get_by_label("x, slider").evaluate(
        "(one) => { one.value = 1; one.dispatchEvent(new Event('input')); }"
    )
    settle(page)
    assert hint.locator("math").text_content() == "∂a∂x=1−tanh(x)2=1−tanh(1)2=0.42"
    page.mouse.move(1, 1)  # else the edge, once moved, leaves the pointer, which hides the hint
    edge.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert hint.is_visible()


def test_one_path_or_none_is_told_as_such(show):
    page = show(Value(2.0, "x") * Value(3.0, "w"))
    told = page.locator("#paths-told")
    assert told.inner_text() == (
        "One path to v1: its product of local derivatives is the gradient."
    )
    page = show(Value(2.0, "x"))
    assert page.locator("#paths-told").inner_text() == (
        "x is where all paths end: its gradient is 1."
    )
    assert page.locator("#paths li").count() == 0
    assert page.get_by_role("button", name="One by one").is_disabled()


# What if the engine were broken


@pytest.mark.parametrize(
    ("switch", "told"),
    [
        ("overwrite", "u is 6 and should be 13; x is 12 and should be 26"),
        ("topological", "x is 2 and should be 26"),
        ("reset", "p is 2 and should be 1; u is 38 and should be 13; x is 102 and should be 26"),
    ],
)
def test_a_broken_engine_gives_the_wrong_gradients_that_it_would(show, switch, told):
    page = show(used_too_early())
    before = gradients(page)
    page.get_by_role("switch", name=switch).check()
    reason, numbers = page.locator("#wrong").inner_text().split(" Wrong gradients: ")
    assert reason.startswith({"o": "A share", "t": "A node", "r": "What the first"}[switch[0]])
    assert numbers == f"{told}."
    assert page.locator("#wrong-key").is_visible()
    wrong = page.locator(".node.wrong text:first-of-type").all_text_contents()
    assert sorted(title.split(" = ")[0] for title in wrong) == sorted(
        part.split(" is ")[0] for part in told.split("; ")
    )
    assert gradients(page)["x"] == float(told.split("x is ")[1].split()[0])
    press(page, "Back")
    assert page.locator(".node.wrong").count() == 0  # it isn't wrong yet
    page.get_by_role("switch", name=switch).uncheck()
    assert page.locator("#wrong").inner_text() == ""
    assert gradients(page) == before


def test_a_second_pass_and_what_is_overwritten_are_told(show):
    page = show(used_too_early(), hash="step=9")
    page.get_by_role("switch", name="reset").check()
    assert page.locator("#count").inner_text() == "15"
    page.get_by_label("Step", exact=True).fill("9")
    assert sentence(page).endswith("local derivative, 13 × 2 = 26. That is the gradient of x.")
    press(page, "Next")
    assert page.locator("#pass").inner_text() == "second backward pass"
    assert sentence(page) == (
        "A second pass begins, and the gradients of the first are still there. That of output is 1."
    )
    page.get_by_role("switch", name="reset").uncheck()
    page.get_by_role("switch", name="overwrite").check()
    press(page, "Back")
    assert "It overwrites the 6: the gradient of u is 6." in sentence(page)
    assert formulas(page)[0].startswith("∂output∂u=")


def test_where_a_mistake_does_no_harm_that_is_told(show):
    page = show(Value(2.0, "x") * Value(3.0, "w"))
    wrong = page.locator("#wrong")
    for name in ("overwrite", "topological"):
        page.get_by_role("switch", name=name).check()
        assert wrong.inner_text() == (
            "Nothing comes out wrong in this graph: "
            "this mistake shows where a value is used more than once."
        )
    page.get_by_role("switch", name="reset").check()
    page.get_by_role("switch", name="overwrite").uncheck()
    assert wrong.inner_text().endswith(
        "Wrong gradients: w is 4 and should be 2; x is 6 and should be 3."
    )
    set_number(page, "x", "2")
    page = show(sqrt(Value(2.0, "x")))
    page.get_by_role("switch", name="overwrite").check()
    set_number(page, "x", "-1")
    assert page.locator("#wrong").inner_text() == (
        "Not everything can be computed, so what this mistake does can't be told."
    )
    page = show(Value(2.0, "x"))
    page.get_by_role("switch", name="reset").check()
    assert page.locator("#wrong").inner_text() == "Nothing comes out wrong in this graph."


# Networks


def network():
    """Return a model, the loss of one example, and the leaves that hold the example."""
    model = MLP(2, [4, 1], rng=random.Random(1))
    x1, x2, y = Value(0.5, "x1"), Value(-0.1, "x2"), Value(1.0, "y")
    loss = (model([x1, x2]) - y) ** 2
    loss.label = "loss"
    return model, loss, [x1, x2, y]


def test_a_networks_page_lets_one_choose_the_example(show):
    model, loss, example = network()
    rows = [[0.3, 0.9, -1.0], [-0.5, 0.25, 1.0]]
    page = show(loss, names=model, inputs=example, rows=rows)
    chosen = page.get_by_label("Example")
    assert chosen.locator("option").all_inner_texts() == [
        "as recorded", "1: 0.3, 0.9, −1", "2: −0.5, 0.25, 1"
    ]  # fmt: skip
    for number, row in [("1", rows[1]), ("0", rows[0]), ("", [0.5, -0.1, 1.0])]:
        chosen.select_option(number)
        settle(page)
        x1, x2, y = map(Value, row)
        expected = (model([x1, x2]) - y) ** 2
        model.zero_grad()
        expected.backward()
        found = gradients(page)
        for name, weight in model.named_parameters():
            assert math.isclose(found[name], weight.grad, rel_tol=1e-12), name
        shown = f"{expected.data:.4g}"
        assert page.locator("#result").inner_text() == f"loss = {shown}"
    chosen.select_option("1")
    set_number(page, "y", "0.5")
    assert chosen.input_value() == ""


def test_a_networks_page_has_a_view_of_each_depth(show):
    model, loss, _ = network()
    page = show(loss, names=model, hash="step=5")
    depth = page.get_by_label("Show")
    assert depth.locator("option").all_inner_texts() == ["every node", "neurons", "layers"]
    titles = "g.node text:first-of-type"
    for name, expected in [("layers", 8), ("neurons", 11), ("every node", len(nodes(loss)))]:
        depth.select_option(name)
        assert page.locator(".view:not([hidden])").locator(titles).count() == expected
        assert page.locator(".view:not([hidden]) .current").count() > 0
    depth.select_option("layers")
    press(page, "Last")
    loss.backward()
    grads = [weight.grad for weight in model.layers[0].parameters()]
    low, high = min(grads), max(grads)
    assert lines(page, "layers.0")[-1] == f"their grad {low:.4g} … {high:.4g}".replace("-", "−")
    assert {"known", "complete"} <= marks(page, "layers.0")


def test_of_more_nodes_than_a_page_shows_it_says_what_was_collapsed(show):
    model, rng = MLP(2, [8, 8, 1], rng=random.Random(1)), random.Random(2)
    losses = [
        (model([rng.uniform(-1, 1), rng.uniform(-1, 1)]) - 1) ** 2 for _ in range(50)
    ]  # fmt: skip
    loss = sum_of(losses)
    count = len(nodes(loss))
    assert count > 2_000
    page = show(loss, names=model)
    assert page.locator("#told").inner_text() == (
        f"The graph has {count:,} nodes, more than a page shows one by one (2,000): "
        "it is collapsed to neurons and layers."
    )
    press(page, "Last")
    loss.backward()
    found = gradients(page)
    for name, weight in model.named_parameters():
        assert math.isclose(found[name], weight.grad, rel_tol=1e-9, abs_tol=1e-12), name


def chain(length):
    """Return a chain with a leaf at each of its nodes."""
    rng = random.Random(3)
    y = Value(0.5, "x")
    for i in range(length):
        y = y * Value(rng.uniform(0.9, 1.1), f"w{i}")
    return y


def test_a_large_graph_is_followed_and_only_what_is_in_sight_is_drawn(show):
    page = show(chain(300), viewport=PROJECTOR)
    total = page.locator("g.node").count()
    shown_nodes = page.locator("g.node:visible")
    assert 0 < shown_nodes.count() < total / 5
    assert box(page, "x").is_visible()
    press(page, "Last")  # back at the beginning of the chain
    assert box(page, "x").is_visible()
    page.get_by_label("Step", exact=True).fill("300")
    last = box(page, "v300 = ×")
    assert last.is_visible()
    assert not box(page, "x").is_visible()
    frame, where = page.locator("#graph").bounding_box(), last.bounding_box()
    assert frame["x"] <= where["x"]
    assert where["x"] + where["width"] <= frame["x"] + frame["width"]
    press(page, "Fit")
    assert shown_nodes.count() == total
    assert page.locator("g.node text:visible").count() == 0  # none could be read
    press(page, *["Larger"] * 30)
    assert 0 < page.locator("g.node text:visible").count() < 30


def test_of_many_arrows_those_of_the_step_and_the_path_are_reached_by_keyboard(show):
    page = show(chain(100), viewport=PROJECTOR)
    reached = page.locator(".edge[tabindex='0']:visible")
    assert page.locator(".edge").count() > 150
    assert reached.count() == 0
    page.keyboard.press("End")
    for name in ["w0", "x"]:
        assert reached.count() == 1
        assert reached.get_attribute("aria-label") == f"from {name} to v1"
        page.locator("#graph").focus()
        page.keyboard.press("Tab")
        assert page.locator("#hint math").text_content().startswith(f"∂v1∂{name.replace('0', '')}")
        page.keyboard.press("ArrowLeft")
    page.locator("#paths button").first.click()
    assert reached.count() > 1


# Moving the picture


def test_the_picture_is_moved_with_keys(show):
    page = show(three_paths())
    x, y, width = place(page, "x")
    page.locator("#graph").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert place(page, "x") == pytest.approx((x + 60, y - 60, width), abs=0.5)
    assert step(page) == 0


def test_only_the_main_button_drags_and_only_while_it_is_down(show):
    page = show(three_paths())
    before = place(page, "x")
    frame = page.locator("#graph").bounding_box()
    page.mouse.move(frame["x"] + 50, frame["y"] + 50)
    page.mouse.down(button="right")
    page.mouse.move(frame["x"] + 90, frame["y"] + 80, steps=3)
    page.mouse.up(button="right")
    assert place(page, "x") == before
    page.locator("#graph").dispatch_event(
        "pointerdown", {"pointerId": 1, "button": 0, "buttons": 1, "clientX": 0, "clientY": 0}
    )
    page.mouse.move(frame["x"] + 150, frame["y"] + 90, steps=3)  # with no button down
    assert place(page, "x") == before


def test_the_graph_stays_in_sight_while_one_moves_what_stands_below(show):
    page = show(gated(), notes="A note.\n\n" * 20, viewport=PROJECTOR)
    page.get_by_label("b, slider").scroll_into_view_if_needed()
    page.mouse.wheel(0, 5000)
    page.get_by_role("switch", name="reset").check()
    assert page.evaluate("scrollY") > 100
    graph = page.locator("#graph").bounding_box()
    assert graph["y"] >= 0
    assert graph["y"] + graph["height"] < PROJECTOR["height"]


def place(page, title):
    found = box(page, title).bounding_box()
    return found["x"], found["y"], found["width"]


def test_the_picture_is_dragged_and_zoomed_with_the_mouse(show):
    page = show(three_paths())
    x, y, width = place(page, "x")
    middle = box(page, "w").bounding_box()
    middle = middle["x"] + 20, middle["y"] + 20
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1] + 20, steps=3)
    page.mouse.up()
    page.mouse.move(middle[0], middle[1])
    assert place(page, "x") == pytest.approx((x + 30, y + 20, width), abs=0.5)
    assert page.locator("#leaf option:checked").inner_text() == "x"  # a drag isn't a click on w
    page.mouse.wheel(0, 50)  # which scrolls the page
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    settle(page)
    assert place(page, "x")[2] == pytest.approx(width * math.exp(1 / 3), rel=0.02)
    press(page, "Fit")
    assert place(page, "x")[2] == pytest.approx(width, rel=0.02)


def test_the_picture_is_moved_and_zoomed_with_fingers(show):
    page = show(three_paths(), viewport=PHONE, has_touch=True)
    session = page.context.new_cdp_session(page)
    frame = page.locator("#graph").bounding_box()
    left, top = frame["x"] + 100, frame["y"] + frame["height"] / 2

    def touch(kind, *points):
        points = [{"x": left + x, "y": top, "id": i} for i, x in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, _, width = place(page, "x")
    touch("touchStart", 0)
    for distance in (10, 30, 60):
        touch("touchMove", distance)
    touch("touchEnd")
    moved = place(page, "x")[0] - x
    assert 40 <= moved <= 61  # but for what a browser takes to be sure that it is a drag
    touch("touchStart", 0)
    touch("touchStart", 0, 50)
    for distance in (70, 90, 100):
        touch("touchMove", 0, distance)
    touch("touchEnd")
    assert place(page, "x")[2] == pytest.approx(2 * width, rel=0.2)


# For everybody


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(show, colours):
    model, loss, example = network()
    rows = [[0.3, 0.9, -1.0]]
    network_page = show(loss, names=model, inputs=example, rows=rows, color_scheme=colours)
    assert axe_violations(network_page) == []
    page = show(gated(), title="A neuron", notes="One.\n\nTwo.", color_scheme=colours)
    for number in ("0", "3", "6", "10", "12"):
        page.get_by_label("Step", exact=True).fill(number)
        assert axe_violations(page) == []
    page.get_by_role("switch", name="overwrite").check()
    set_number(page, "x", "1e400")
    page.locator("#paths button").first.click()
    page.locator(".edge[tabindex]").first.focus()
    assert axe_violations(page) == []


def test_dark_mode_has_colours_of_its_own(show):
    papers = [
        show(neuron(), color_scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    ]
    assert papers == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]


def test_all_can_be_read_and_reached_on_a_phone(show):
    page = show(gated(), viewport=PHONE, hash="step=9")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    cut_off = page.evaluate(
        """[...document.querySelectorAll("button, input, select, p, h1, h2, td, th")]
          .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1
            && one.tagName !== "SELECT" && one.type !== "text" && one.clientWidth > 1)
          .map((one) => `${one.tagName} ${one.id} ${one.textContent}`)"""
    )
    assert cut_off == []
    size = page.evaluate(
        """parseFloat(getComputedStyle(document.querySelector("g.node text")).fontSize)
          * document.querySelector(".graph").getCTM().a"""
    )
    assert size >= 9  # pixels
    tops = [page.get_by_role("button", name=name, exact=True).bounding_box()["y"]
            for name in ("First", "Back", "Play", "Next", "Last")]  # fmt: skip
    assert len(set(tops)) == 1


def test_print_shows_the_moment_without_controls(show):
    page = show(gated(), hash="step=9")
    shown_on_screen = sentence(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.locator("#paths button:visible").count() == 2
    controls = "button:not(#paths *):visible, input:not([type=text]):visible"
    assert page.locator(controls).count() == 0
    assert page.locator("#sentence").inner_text() == shown_on_screen
    assert page.locator("#inputs").evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")
    graph, last = page.locator("#graph").bounding_box(), box(page, "output = ×").bounding_box()
    assert last["x"] + last["width"] <= graph["x"] + graph["width"] + 1
    assert last["y"] + last["height"] <= graph["y"] + graph["height"] + 1


def test_who_asks_for_less_motion_gets_none(show):
    duration = "getComputedStyle(document.querySelector('g.node path')).transitionDuration"
    assert show(gated()).evaluate(duration) != "0s"
    page = show(gated(), reduced_motion="reduce")
    assert page.evaluate(duration) == "0s"
    stop_clock(page)
    press(page, "One by one")
    page.clock.run_for(1400)
    assert page.locator("#paths button").nth(1).get_attribute("aria-pressed") == "true"


# Whatever is put into it


HOSTILE = [
    "</script><script>document.title='hacked'</script>",
    "<!-- <b>bold</b>",
    "\"quotes\" 'and' `ticks`",
    "{braces} | < > \\ $data ${x}",
    "two\nlines\tand a tab",
    "\u202eright to left\u2066",
    "&amp; &lt;",
]


def test_hostile_texts_arrive_as_text(show):
    leaves = [Value(1.5, label) for label in HOSTILE]
    root = sum_of([leaf * leaf for leaf in leaves])
    root.label = "</title>"
    named = Graph(root).names
    page = show(root, title=HOSTILE[0] + HOSTILE[1], notes="\n\n".join(HOSTILE[2:]))
    assert page.title() == HOSTILE[0] + HOSTILE[1]
    assert page.locator("h1").text_content() == HOSTILE[0] + HOSTILE[1]
    assert page.locator(".notes p").count() == len(HOSTILE) - 2
    assert page.locator("#leaf option").all_text_contents() == [named[leaf] for leaf in leaves]
    assert list(rows_of(page)) == [named[leaf] for leaf in leaves]
    for leaf in leaves:
        assert box(page, named[leaf]).count() == 1
    assert page.locator("b, main script").count() == 0
    for number in range(0, 30):
        page.get_by_label("Step", exact=True).fill(str(number))
    assert page.locator("#sentence").inner_text().startswith("Back from v")
    names = {HOSTILE[0]: leaves[0], HOSTILE[3]: leaves[3]}
    page = show(root, names=names)
    assert set(Graph(root, names).names.values()) >= set(
        page.locator("#leaf option").all_text_contents()
    )


halved = Operation("halved", lambda x: x / 2, [lambda out, x: 0.5], javascript="{0} / 2")
unwritten = Operation("unwritten", lambda x: 3 * x, [lambda out, x: 3.0])
ODD = {
    "a leaf": lambda: Value(2.0, "x"),
    "a constant": lambda: Constant(2.0),
    "a square": lambda: (lambda x: x * x)(Value(3.0, "x")),
    "nan": lambda: Value(math.nan, "x") * Value(2.0, "y"),
    "nan before others": lambda: (
        lambda x: x * Value(3.0, "a") + x * Value(5.0, "b") + x * Value(math.nan, "c")
    )(Value(2.0, "x")),
    "infinity": lambda: relu(Value(math.inf, "x")) + Value(-math.inf, "y"),
    "many inputs": lambda: sum_of([Value(float(i), f"x{i}") for i in range(1_000)]),
    "one's own operation": lambda: halved(Value(3.0, "x")),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_graphs_have_a_page(show, odd):
    root = odd()
    page = show(root, hash="step=1")
    press(page, "Last")
    root.backward()
    found = gradients(page)
    leaves = [node for node in nodes(root) if not node.inputs and not isinstance(node, Constant)]
    assert len(found) == len(leaves)
    for leaf, gradient in zip(leaves, found.values(), strict=True):
        assert gradient == pytest.approx(leaf.grad, nan_ok=True)
    assert sentence(page)
    assert page.locator("#result").inner_text().startswith(Graph(root).names[root])


def test_an_operation_without_javascript_is_told_and_keeps_the_inputs_fixed(show):
    page = show(unwritten(Value(2.0, "x")) * 5)
    assert (
        page.locator("#fixed")
        .inner_text()
        .startswith("The numbers can't be changed here: unwritten isn't in the table: ")
    )
    assert page.get_by_label("x, number").is_disabled()
    assert page.get_by_label("x, slider").is_disabled()
    assert page.get_by_role("button", name="Reset").is_disabled()
    assert gradients(page) == {"x": 15.0}
    press(page, "Last")
    assert lines(page, "x") == ["x", "data 2", "grad 15"]


def test_one_operation_of_ones_own_is_computed_by_its_javascript(show):
    page = show(halved(Value(3.0, "x")))
    set_number(page, "x", "7")
    assert page.locator("#result").inner_text() == "v1 = 3.5"
    assert gradients(page) == {"x": 0.5}
