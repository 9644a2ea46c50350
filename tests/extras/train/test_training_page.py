"""The page of a training: what is put into it, and what it does in a real browser."""

import base64
import json
import math
import random
import re
import struct
from itertools import product

import pytest
from browser import find_violations, stop_clock, wait_until

from micrograd_nn import Value, relu
from micrograd_nn.engine.operation import Operation
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.replay import describe_columns
from micrograd_nn.extras.train import History, fit
from micrograd_nn.extras.train.pages.predictions import MOST_POINTS
from micrograd_nn.extras.train.pages.training import build_training
from micrograd_nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    squared_error,
    weighted,
)
from micrograd_nn.nn import MLP, Module
from micrograd_nn.optim import Adam

HOSTILE = "</script><b>\"'&{}$data\n\u202eRTL\u2028"
PHONE = {"width": 360, "height": 640}


def moons(count, seed=1):
    rng, points = random.Random(seed), []
    for i in range(count):
        angle = rng.uniform(0, math.pi)
        x, y = math.cos(angle), math.sin(angle)
        x, y = (1 - x, 0.5 - y) if i % 2 else (x, y)
        points.append(([x + rng.gauss(0, 0.12), y + rng.gauss(0, 0.12)], i % 2 or -1))
    return points


def trained(sizes, data, loss, epochs=6, activation="tanh", **options):
    rng = random.Random(0)
    model = MLP(sizes[0], sizes[1:], activation, rng=rng)
    return fit(
        model, data, loss, optimizer=Adam(model.parameters(), 0.03), epochs=epochs, rng=rng,
        **{"record": True, "validation": 0.25, **options},
    )  # fmt: skip


def data_of(page):
    """Return what a page was given."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def take_weights(history, epoch=None):
    """Return a model with the weights of an epoch, by itself its best one."""
    recording = history.recording
    wanted = recording.best if epoch is None else epoch
    [state] = [shot.state for shot in recording.snapshots if shot.epoch == wanted]
    recording.model.load_state(state)
    return recording.model


LINE = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
XOR = [([0, 0, 1], 0), ([0, 1, 1], 1), ([1, 0, 1], 1), ([1, 1, 1], 0)]
CLASSES = [([x, -x, x * x], 0 if x < -0.3 else 1 if x < 0.3 else 2) for (x,), _ in LINE]


def bulky(x):
    """Return a row with two more columns, which follow the first two."""
    x1, x2 = x
    return [x1, x2, 2 * x1 - x2, 0.5 * x1 + 1]


COLUMNS = describe_columns(
    Encoding(
        (
            NumericColumn("length", 50.0, 10.0),
            NumericColumn("width", 3.0, 0.5),
            TextColumn("colour", ("green", "red")),
        ),
        TextColumn("fruit", ("apple", "pear", "plum")),
    )
)


def fruit(count=40):
    rng = random.Random(2)
    rows = [(rng.gauss(0, 1), rng.gauss(0, 1), rng.randrange(2)) for _ in range(count)]
    return [([x, y, 1.0 - red, float(red)], 0 if x > 0.4 else 1 + red) for x, y, red in rows]


# What is put into the page


def test_the_weights_arrive_bit_for_bit():
    history = trained([1, 3, 1], LINE, squared_error)
    data = data_of(build_training(history).text)
    packed = base64.b64decode(data["weights"])
    numbers = struct.unpack(f"<{len(packed) // 8}d", packed)
    states = [snapshot.state for snapshot in history.recording.snapshots]
    assert list(numbers) == [number for state in states for number in state.values()]
    assert data["parameters"] == list(states[0])
    assert data["snapshots"] == list(range(7))
    assert data["best"] == history.best.number
    assert [epoch[:3] for epoch in data["epochs"]] == [
        [epoch.number, epoch.loss, epoch.validation_loss] for epoch in history.epochs
    ]


@pytest.mark.parametrize(
    ("sizes", "examples", "loss", "kind", "classes", "target"),
    [
        ([1, 2, 1], LINE, squared_error, "numbers", [], [-1.0]),
        ([1, 2, 2], [([x], [y, x]) for (x,), y in LINE], squared_error, "numbers", [], [-1, -1]),
        ([2, 2, 1], moons(20), hinge, "sign", ["−1", "1"], 0),
        ([2, 2, 1], moons(20), squared_error, "sign", ["−1", "1"], 0),
        ([1, 1], [([x], int(y > 1)) for (x,), y in LINE], binary_cross_entropy, "logit",
         ["0", "1"], 0),
        ([3, 3], CLASSES, cross_entropy, "classes", ["0", "1", "2"], 0),
        ([3, 3], [(x, (y, 0.5)) for x, y in CLASSES], weighted(cross_entropy), "classes",
         ["0", "1", "2"], 0),
    ],
)  # fmt: skip
def test_what_the_outputs_stand_for_is_seen_by_the_loss_and_the_targets(
    sizes, examples, loss, kind, classes, target
):
    history = trained(sizes, examples, loss, validation=examples[:2])
    data = data_of(build_training(history).text)["prediction"]
    assert (data["kind"], data["classes"]) == (kind, classes)
    first = list(map(float, examples[0][0]))
    assert [first, target] in data["points"]["training"]
    assert len(data["points"]["validation"]) == 2


def test_names_are_those_that_are_given_and_a_wrong_number_of_them_is_refused():
    history = trained([3, 3], CLASSES, cross_entropy)
    page = build_training(history, inputs=["a", "b", "c"], classes=["low", "mid", "high"])
    data = data_of(page.text)
    assert [column["name"] for column in data["prediction"]["columns"]] == ["a", "b", "c"]
    assert data["prediction"]["classes"] == ["low", "mid", "high"]
    for wrong in ({"inputs": ["a"]}, {"classes": ["a"]}, {"outputs": ["a"]}):
        with pytest.raises(ValueError, match=f"needs 3 names of {next(iter(wrong))}, not 1"):
            build_training(history, **wrong)


def test_a_table_is_told_in_its_own_columns_and_units():
    data = data_of(build_training(trained([4, 3], fruit(), cross_entropy), columns=COLUMNS).text)
    length, _, colour = data["prediction"]["columns"]
    assert (length["name"], length["mean"], length["scale"]) == ("length", 50.0, 10.0)
    assert (colour["categories"], colour["place"]) == (["green", "red"], 2)
    assert data["prediction"]["classes"] == ["apple", "pear", "plum"]
    numeric = describe_columns(
        Encoding((NumericColumn("x", 1.0, 2.0),), NumericColumn("y", 7.0, 3.0))
    )
    data = data_of(build_training(trained([1, 1], LINE, squared_error), columns=numeric).text)
    assert (data["prediction"]["names"], data["prediction"]["units"]) == (["y"], [[7.0, 3.0]])


def test_a_resumed_training_counts_its_epochs_through():
    history = trained([1, 1], LINE, squared_error, epochs=3)
    data = data_of(build_training(history, earlier=[(3.0, 4.0), (2.0, None)]).text)
    assert data["earlier"] == [[1, 3.0, 4.0], [2, 2.0, None]]
    assert data["snapshots"] == [epoch[0] for epoch in data["epochs"]] == [2, 3, 4, 5]
    assert data["best"] == 2 + history.best.number


def test_many_examples_and_weights_are_thinned_evenly(monkeypatch):
    many = [([float(x)], 0.001 * x) for x in range(3000)]
    history = trained([1, 1], many, squared_error, epochs=9, validation=0.5)
    monkeypatch.setattr("micrograd_nn.extras.train.pages.training.MOST_NUMBERS", 10)
    data = data_of(build_training(history).text)
    assert len(data["prediction"]["points"]["training"]) == MOST_POINTS
    assert data["prediction"]["counts"] == [1500, 1500]
    assert len(data["snapshots"]) <= 5
    assert {0, history.best.number, 9} <= set(data["snapshots"])


class Model(Module):
    """A model of one weight that computes what it is told to."""

    def __init__(self, compute):
        self.w = Value(0.5)
        self.compute = compute

    def __call__(self, x):
        return self.compute(self.w, x)


square = Operation(
    "square", lambda x: x * x, [lambda out, x: 2 * x], doc="x².", example="square(2) == 4"
)


@pytest.mark.parametrize(
    ("compute", "reason"),
    [
        (lambda w, x: w * x[0] if x[0] > 0 else w * 2, "compares its numbers"),
        (lambda w, x: w * getattr(x[0], "data", x[0]), "can't look at .data"),
        (lambda w, x: square(w * x[0]), "square isn't in the table"),
        (
            lambda w, x: w * [1.0, 2.0][int(x[0] > 0)] if type(x[0]) is float else 1.0,
            "not all that comes out are Values",
        ),
    ],
)
def test_what_a_page_cant_compute_is_left_out_and_said(compute, reason):
    history = fit(Model(compute), LINE, squared_error, epochs=2, record=True)
    data = data_of(build_training(history).text)
    assert data["prediction"] is None
    assert reason in data["missing"]


@pytest.mark.parametrize(
    "history", [History(), trained([1, 1], LINE, squared_error, 1, record=None)]
)
def test_what_was_not_recorded_is_refused_with_the_remedy(history):
    with pytest.raises(ValueError, match=r"use fit\(..., record=True\)"):
        build_training(history)


def test_the_same_training_gives_the_same_page():
    pages = [build_training(trained([2, 3, 1], moons(20), hinge)).text for _ in range(2)]
    assert pages[0] == pages[1]


# In a browser


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a function that gives a page's file, and the recording that it was made from."""
    folder, made = tmp_path_factory.mktemp("pages"), {}
    makers = {
        "moons": lambda: (trained([2, 8, 1], moons(60), hinge, 20), {"classes": ["up", "low"]}),
        "fruit": lambda: (trained([4, 6, 3], fruit(), cross_entropy, 8), {"columns": COLUMNS}),
        "line": lambda: (trained([1, 3, 1], LINE, squared_error), {"inputs": ["x"]}),
        "xor": lambda: (
            trained([3, 4, 1], XOR, squared_error, 2, validation=0),
            {"inputs": ["x1", "x2", "x3"]},
        ),
        "bulky": lambda: (
            trained([4, 8, 1], [(bulky(x), y) for x, y in moons(60)], hinge, 20),
            {},
        ),
        "own": lambda: (
            fit(Model(lambda w, x: relu(w) * x[0]), LINE, squared_error, epochs=4, record=True),
            {},
        ),
        "unknown": lambda: (
            fit(Model(lambda w, x: w * len(x)), [("ab", 1.0)] * 3, squared_error, epochs=3,
                record=True),
            {},
        ),
    }  # fmt: skip

    def file(name):
        if name not in made:
            history, options = makers[name]()
            path = folder / f"{name}.html"
            path.write_text(build_training(history, title=name, **options).text, encoding="utf-8")
            made[name] = path, history
        return made[name]

    return file


def shown_epoch(page):
    return int(page.locator("#position").inner_text())


def outputs_at(page, **numbers):
    """Ask the page about inputs by their controls; return its outputs and what it was asked."""
    asked = {}
    for name, number in numbers.items():
        control = page.get_by_label(name, exact=True).and_(page.locator("#inputs input"))
        asked[name] = control.evaluate(
            "(e, x) => { e.value = x; e.dispatchEvent(new Event('input')); return e.value; }",
            number,
        )
    answer = page.locator("#answer").get_attribute("value")
    return [float(x) for x in answer.split()], {name: float(x) for name, x in asked.items()}


def test_the_page_predicts_as_the_model_does_at_every_epoch_it_shows(visit, files):
    path, history = files("moons")
    page = visit(path)
    for number in (0, 3, 20):
        page.evaluate(f"location.hash = 'epoch={number}'")
        page.locator("#position", has_text=re.compile(f"^{number}$")).wait_for()
        model = take_weights(history, number)
        for x1 in (-1.2, -0.3, 0.4, 1.1, 1.9):
            for x2 in (-0.6, 0.2, 0.9):
                outputs, asked = outputs_at(page, x1=x1, x2=x2)
                expected = model([asked["x1"], asked["x2"]]).data
                assert outputs == pytest.approx([expected], rel=1e-9, abs=1e-12)


def test_a_table_is_asked_in_its_own_units_and_texts(visit, files):
    path, history = files("fruit")
    model = take_weights(history, 8)
    page = visit(path, hash="epoch=8")
    for red, text in enumerate(("green", "red")):
        page.get_by_label("colour", exact=True).select_option(text)
        outputs, asked = outputs_at(page, length=61.0, width=2.5)
        x = [(asked["length"] - 50) / 10, (asked["width"] - 3) / 0.5, 1.0 - red, float(red)]
        assert outputs == pytest.approx([out.data for out in model(x)], rel=1e-9)
        best = outputs.index(max(outputs))
        assert (
            page.locator("#answer")
            .inner_text()
            .startswith(f"Class {('apple', 'pear', 'plum')[best]} (probability ")
        )
        assert f"colour {text}" in page.locator("#held").inner_text()


def test_the_colours_of_the_map_are_those_of_the_answers(visit, files):
    page = visit(files("fruit")[0], hash="epoch=8", viewport={"width": 1280, "height": 1400})
    field = page.locator("#field").bounding_box()
    size, pixels = page.locator("#map").evaluate(
        """(map) => [
            map.width,
            [...map.getContext("2d").getImageData(0, 0, map.width, map.height).data],
        ]"""
    )
    colours = {"apple": (0, 0x70, 0x7A), "pear": (0x6B, 0x5D, 0), "plum": (0x8F, 0x4A, 0x5A)}
    seen = set()
    for i, j in product(range(1, 8), repeat=2):
        page.mouse.move(field["x"] + field["width"] * i / 8, field["y"] + field["height"] * j / 8)
        told = page.locator("#answer").inner_text()
        if float(re.search(r"([\d.]+) %", told)[1]) > 75:  # not on a line between two
            name = told.split()[1]
            seen.add(name)
            place = 4 * (round((size - 1) * j / 8) * size + round((size - 1) * i / 8))
            # Of few bits, as it's translucent.
            assert pixels[place : place + 3] == pytest.approx(colours[name], abs=6), told
    assert len(seen) > 1


def test_the_slider_the_keys_and_the_buttons_move_the_epoch(visit, files):
    path, history = files("moons")
    page = visit(path)
    assert shown_epoch(page) == history.best.number
    slider = page.get_by_role("slider", name="Epoch")
    slider.focus()
    page.keyboard.press("Home")
    assert shown_epoch(page) == 0
    assert "This is the model before training" in page.locator("#sentence").inner_text()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "epoch 1 of 20"
    page.keyboard.press("End")
    assert shown_epoch(page) == 20
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    assert shown_epoch(page) == 19
    page.get_by_role("button", name="First").click()
    page.wait_for_url("**#epoch=0")
    page.get_by_role("button", name="Best epoch").click()
    assert shown_epoch(page) == history.best.number
    assert "the best epoch, whose weights were kept" in page.locator("#sentence").inner_text()
    page.wait_for_url(re.compile(r"[.]html$"))  # as it opens
    said = re.compile(f"^Epoch {history.best.number}[.] Loss")
    page.locator("#live", has_text=said).wait_for(state="attached")
    box = page.locator("#losses").bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 100)
    assert shown_epoch(page) < 4


def test_each_epoch_is_told_with_its_losses_and_what_changed_most(visit, files):
    path, history = files("line")
    page = visit(path, hash="epoch=4")
    states = [history.recording.snapshots[number].state for number in (3, 4)]
    most = max(states[0], key=lambda name: abs(states[1][name] - states[0][name]))
    _, layer, _, neuron, kind, *_ = most.split(".")
    source = "the bias of " if kind == "b" else "to "
    sentence = page.locator("#sentence").inner_text()
    assert f"{source}neuron {int(neuron) + 1} in layer {int(layer) + 1} changed most" in sentence
    assert f"Loss {history.epochs[4].loss:.4g} in training" in sentence
    page.locator("#neuron").select_option("neuron 2 of layer 1")
    row = page.get_by_role("row", name=re.compile("^x "))
    weight = history.recording.snapshots[4].state["layers.0.neurons.1.w.0"]
    assert row.locator("td").first.inner_text() == f"{weight:.4g}".replace("-", "−")
    lines = page.locator("#layers path")
    weights = [state for name, state in states[1].items() if ".w." in name]
    assert lines.count() == len(weights)
    assert page.locator("#layers path.negative").count() == sum(w < 0 for w in weights)


@pytest.mark.parametrize(("motion", "pace"), [("no-preference", 250), ("reduce", 1000)])
def test_it_plays_at_the_chosen_speed_from_the_beginning_and_more_calmly_if_asked(
    visit, files, motion, pace
):
    page = visit(files("moons")[0], reduced_motion=motion)
    stop_clock(page)
    page.get_by_role("button", name="Play").click()
    assert shown_epoch(page) == 0
    page.clock.run_for(3 * pace + 10)
    assert shown_epoch(page) == 3
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(5 * pace)
    assert shown_epoch(page) == 3
    page.locator("h1").click()
    page.keyboard.press(" ")
    page.clock.run_for(30 * pace)
    assert shown_epoch(page) == 20
    assert page.locator("#play").inner_text() == "Play"


def test_an_address_leads_to_an_epoch_and_a_wrong_one_to_the_nearest(visit, files):
    path, history = files("moons")
    page = visit(path, hash="epoch=x")
    best = history.best.number
    assert shown_epoch(page) == best
    for hash, epoch in {"epoch=7": 7, "step=3": best, "epoch=999": 20, "%E0%A4%A": best}.items():
        page.evaluate(f"location.hash = '{hash}'")
        page.locator("#position", has_text=re.compile(f"^{epoch}$")).wait_for()


@pytest.mark.parametrize("name", ["moons", "fruit", "line", "own", "unknown"])
def test_it_is_accessible_in_light_and_dark_and_fits_a_phone(visit, files, name):
    page = visit(files(name)[0], viewport=PHONE, color_scheme="dark")
    for viewport, colours in [(PHONE, "dark"), ({"width": 1280, "height": 720}, "light")]:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=colours)
        assert find_violations(page) == []
        width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1]
    controls = page.locator("button:visible, select:visible, input:visible, [tabindex='0']:visible")
    for _ in range(controls.count()):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_the_axes_can_be_chosen_and_a_curve_takes_the_place_of_a_map(visit, files):
    page = visit(files("fruit")[0])
    assert page.locator(".boundary").count() == 3
    page.locator("#up").select_option("the prediction")
    assert page.locator("#drawing .curve").count() == 3
    assert not page.locator("#field").is_visible()
    page.locator("#across").select_option("width")
    assert "length" in page.locator("#held").inner_text()
    page.locator("#up").select_option("width")
    assert page.locator("#across").evaluate("e => e.selectedOptions[0].text") == ("length")


def test_a_column_that_is_held_at_what_every_example_has_is_said_to_be(visit, files):
    page = visit(files("xor")[0])
    assert page.locator(".boundary").count() == 1, "of two targets"
    assert "a line at 0.5" in page.locator("#legend").inner_text(), "their middle"
    assert page.locator("#held").inner_text() == "Held: x3 1, as in every example."
    assert not page.locator("#agreement").is_visible(), "it's the model itself"
    outputs_at(page, x3=2)
    assert re.fullmatch(
        r"Held where you moved it: x3 [\d.]+[.]", page.locator("#held").inner_text()
    )
    page.locator(
        "#agreement", has_text="The map is off from the model's prediction by 0."
    ).wait_for()
    outputs_at(page, x3=1)
    assert "as in every example" in page.locator("#held").inner_text()
    page = visit(files("fruit")[0])
    assert page.locator("#held").inner_text().startswith("Held at the most frequent text: colour ")


def test_columns_on_no_axis_follow_the_axes_as_in_the_examples_and_the_agreement_is_told(
    visit, files
):
    path, history = files("bulky")
    page = visit(path)
    page.locator("#across").select_option("x1")
    page.locator("#up").select_option("x2")
    model = take_weights(history)
    rows = [x for x, _ in [*history.recording.training, *history.recording.validation]]

    page.locator("#agreement", has_text="agrees with the model on 60 of 60 examples").wait_for()
    assert "x3, x4. Each follows the axes" in page.locator("#held").inner_text()
    outputs, _ = outputs_at(page, x1=0.25, x2=-0.5)
    assert outputs == pytest.approx([model(bulky([0.25, -0.5])).data], abs=1e-6)
    outputs, _ = outputs_at(page, x3=-1.0, x1=0.5)
    assert outputs == pytest.approx([model([0.5, -0.5, -1.0, 1.25]).data], abs=1e-6)
    assert "Held where you moved it: x3 −1." in page.locator("#held").inner_text()
    shown = [model([x[0], x[1], -1.0, x[3]]).data > 0 for x in rows]
    same = sum(one == (model(x).data > 0) for one, x in zip(shown, rows, strict=True))
    assert same < 60
    page.locator(
        "#agreement", has_text=f"agrees with the model on {same} of 60 examples"
    ).wait_for()


def test_each_neuron_has_a_map_of_what_it_gives(visit, files):
    path, history = files("moons")
    page = visit(path, hash="epoch=20")
    assert page.locator("#layers rect.neuron").count() == 9
    model = take_weights(history, 20)
    mean = [column["usual"] for column in data_of(path.read_text())["prediction"]["columns"]]
    given = model.layers[0](mean)
    signs = page.evaluate(
        """() => {
            const canvas = document.getElementById("neurons");
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const copied = copy.getContext("2d", { willReadFrequently: true });
            copied.drawImage(canvas, 0, 0);
            const scale = canvas.width / document.getElementById("layers").viewBox.baseVal.width;
            return [...document.querySelectorAll("#layers rect.neuron")].map((rect) => {
                const sides = [rect.x, rect.y, rect.width, rect.height];
                const box = sides.map((x) => x.baseVal.value * scale);
                const { data } = copied.getImageData(...box.map(Math.round));
                const green = [0, 0];
                for (let i = 0; i < data.length; i += 4) {
                    green[Number(data[i + 1] > data[i + 2])] += data[i + 3] > 40;
                }
                return green;
            });
        }"""
    )
    assert all(sum(counts) > 100 for counts in signs)
    assert len(given) == 8
    outputs = [[neuron_outputs(model, x)[k] > 0 for x in plane(path)] for k in range(8)]
    for (below, above), signs_of_one in zip(signs, outputs, strict=False):
        share = sum(signs_of_one) / len(signs_of_one)
        if abs(share - 0.5) > 0.2:
            assert (above > below) == (share > 0.5)


@pytest.mark.parametrize("width", [1280, 390])
def test_inputs_and_classes_have_names_at_the_network_that_are_whole(visit, files, width):
    page = visit(files("fruit")[0], viewport={"width": width, "height": 900})
    names = page.locator("#layers text.end").all()
    assert [name.text_content()[:4] for name in names] == [
        "leng", "widt", "colo", "colo", "appl", "pear", "plum",
    ]  # fmt: skip
    drawing = page.locator("#layers").bounding_box()
    for name in names:
        box = name.bounding_box()
        assert drawing["x"] <= box["x"]
        assert box["x"] + box["width"] <= drawing["x"] + drawing["width"]


def neuron_outputs(model, x):
    return [out.data for out in model.layers[0](x)]


def plane(path):
    """Return inputs all over the axes of a page's picture."""
    columns = data_of(path.read_text())["prediction"]["columns"]
    spans = [[c["low"] + (c["high"] - c["low"]) * i / 9 for i in range(10)] for c in columns]
    return [list(x) for x in product(*spans)]


def test_the_player_stays_in_sight_and_the_curves_are_ink(visit, files):
    page = visit(files("moons")[0], viewport={"width": 1280, "height": 700})
    page.mouse.wheel(0, 400)
    wait_until(page, "scrollY > 100")
    box = page.locator("#play").bounding_box()
    assert 0 <= box["y"] < 100
    styles = page.locator("#losses .curve").evaluate_all(
        "all => all.map((e) => [getComputedStyle(e).stroke, getComputedStyle(e).strokeDasharray])"
    )
    assert {stroke for stroke, _ in styles} == {"rgb(31, 35, 40)"}
    assert {dash for _, dash in styles} == {"none", "8px, 3px"}


def test_where_nothing_can_be_predicted_the_rest_is_there(visit, files):
    page = visit(files("unknown")[0])
    assert "not lists of as many numbers each" in page.locator("#missing").inner_text()
    assert not page.locator("#picture").is_visible()
    assert page.locator("#losses .curve.training").count() == 2  # and in the legend
    assert page.get_by_role("row", name=re.compile("^w ")).is_visible()


def test_hostile_texts_arrive_as_texts(show_training):
    history = trained([2, 2, 1], moons(20), hinge, 3)
    history.stopped = HOSTILE
    names = [f"{HOSTILE}{i}" for i in range(2)]
    given = {"title": HOSTILE, "notes": HOSTILE, "inputs": names, "classes": names}
    page = show_training(history, given)
    assert "</script><b>\"'&{}$data \u202eRTL" in page.locator("h1").inner_text()
    assert page.locator("b").count() == 0
    assert "</script><b>" in page.locator("#legend").inner_text()
    assert "</script><b>" in page.locator("#inputs label").first.inner_text()
    assert "</script><b>" in page.locator("#told").inner_text()
    answer = page.locator("#answer").inner_text()
    assert answer.count("\u2068") == answer.count("\u2069") == 1, "it turns itself alone"
    assert find_violations(page) == []


def test_the_map_follows_the_colours_of_the_scheme_and_is_printed_without_controls(visit, files):
    page = visit(files("moons")[0], hash="epoch=5")
    seen = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        pixel = page.locator("#map").evaluate(
            """async (map) => {
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                const copy = document.createElement("canvas");
                const context = copy.getContext("2d", { willReadFrequently: true });
                context.drawImage(map, 0, 0);
                return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
            }"""
        )
        seen.append(pixel)
    assert seen[0] == pytest.approx((0x76, 0x2A, 0x83), abs=8)
    assert seen[1] == pytest.approx((0xCB, 0xA3, 0xE0), abs=8)
    page.emulate_media(media="print")
    assert page.locator("h2").first.inner_text() == "Epoch 5 of 20"
    assert page.locator("#drawing").is_visible()
    assert page.locator("#up").is_visible(), "it says what is shown"
    assert not page.get_by_role("button", name="Play").is_visible()


def test_a_slow_model_is_asked_once_the_slider_rests(show_training):
    history = trained([2, 90, 90, 1], moons(24), hinge, 2, batch_size=24)
    page = show_training(history, hash="epoch=0")
    page.keyboard.press("End")
    assert shown_epoch(page) == 2
    x = data_of(build_training(history).text)["prediction"]["columns"]
    model = take_weights(history, 2)
    wait_until(
        page,
        """(predicted) => {
            const shown = Number(document.querySelector("#answer").value);
            return Math.abs(shown - predicted) <= 1e-9 * Math.abs(predicted);
        }""",
        arg=model([column["usual"] for column in x]).data,
    )


def test_a_move_of_the_slider_takes_a_fraction_of_a_second(show_training):
    history = trained([2, 16, 16, 1], moons(100), hinge, 12, activation="relu")
    took = show_training(history).evaluate(
        """async () => {
            const slider = document.getElementById("slider");
            const took = [];
            for (let i = 0; i < 12; i += 1) {
                const start = performance.now();
                slider.value = String(i);
                slider.dispatchEvent(new Event("input"));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                took.push(performance.now() - start);
            }
            return took;
        }"""
    )
    assert min(took) < 100  # milliseconds, on a busy machine as well
