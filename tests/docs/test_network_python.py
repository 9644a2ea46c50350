"""Python of the playground for networks: settings, the training, and what a paused one shows."""

import contextlib
import io
import itertools
import json
import math
import random
import re

import pytest
from nodejs import run_program
from places import ROOT

from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.storage import load_model
from micrograd_nn.nn.networks import ACTIVATIONS

FRUIT = "size,weight,fruit\n" + "".join(
    f"{size},{weight},{fruit}\n"
    for size, weight, fruit in [
        (7, 150, "apple"), (8, 170, "apple"), (7.5, 160, "apple"), (6, 140, "pear"),
        (6.2, 120, "pear"), (9, 300, "melon"), (10, 320, "melon"), (9.5, 310, "melon"),
    ]
)  # fmt: skip
LINE = "x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(12))
ALL = "x1,x2,x1^2,x2^2,x1*x2,sin(pi*x1),sin(pi*x2)"
SMALL = {"count": "20", "layers": "3", "batch": "5"}


@pytest.fixture
def training(monkeypatch):
    """Return the module that the page's worker calls to train."""
    monkeypatch.syspath_prepend(ROOT / "docs" / "web" / "python")
    import network_training

    return network_training


@pytest.fixture
def looking(training):
    """Return the one that it calls to look at a paused training."""
    import network_looking

    return network_looking


def begin(training, **given):
    told = training.begin(SMALL | given)
    assert "error" not in told, told
    json.dumps(told, allow_nan=False)
    return told


# The same as fit


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"data": "xor", "loss": "binary_cross_entropy", "optimizer": "Adam", "rate": "0.01"},
        {"data": "circles", "loss": "squared_error", "penalty": "0.001", "heldout": "0"},
        {"data": "spirals", "layers": "8,4", "optimizer": "momentum", "activation": "relu"},
        {"data": "wave", "init": "he", "batch": "7"},
        {"data": "moons", "layers": ""},
        {"data": "own", "table": FRUIT, "batch": "2"},
        {"data": "own", "table": LINE, "loss": "mean_absolute_error"},
        {"data": "plane", "noise": "0.1", "norm": "L1", "penalty": "0.01"},
        {"data": "hills", "features": "x1*x2,x1^2,sin(pi*x2)", "optimizer": "Adam"},
        {"data": "xor", "features": ALL, "loss": "binary_cross_entropy"},
        {"data": "wave", "features": "x2,x1^2,sin(pi*x1)", "layers": ""},
        {"data": "own", "table": FRUIT, "batch": "2", "features": "x2,x1*x2"},
    ],
)
def test_the_program_trains_to_the_same_losses(training, given):
    told = begin(training, **given)
    epochs = told["epochs"] + training.advance({"epochs": 20})["epochs"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(training.write_code({})["code"], {})
    lines = [f"{number} {loss} {held_out}" for number, loss, held_out, _ in epochs]
    assert printed.getvalue().splitlines() == lines
    assert len(lines) == 21


def test_a_program_quotes_whatever_a_table_has(training):
    names = ['a"""b', "c'\\", "__import__('os')"]
    table = "x;y;" + 'kind "of" it\n'.replace('"', "'") + "".join(
        f'{i};{i * i};"{name.replace(chr(34), chr(34) * 2)}"\n'
        for i, name in enumerate(names * 4)
    )  # fmt: skip
    told = begin(training, data="own", table=table)
    assert sorted(told["prediction"]["classes"]) == sorted(names)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(training.write_code({})["code"], {})
    assert printed.getvalue().startswith(f"0 {told['epochs'][0][1]} ")


@pytest.mark.parametrize("given", [{}, {"data": "own", "table": FRUIT}, {"data": "wave"}])
def test_the_saved_model_loads_again_with_the_weights_of_now(training, tmp_path, given):
    begin(training, **given)
    weights = training.advance({"steps": 7})["weights"]
    path = tmp_path / "model.json"
    path.write_text(training.save({})["json"], encoding="utf-8")
    saved = load_model(path)
    assert [x.data for x in saved.model.parameters()] == weights
    if given.get("data") == "own":
        assert [column.name for column in saved.encoding.input_columns] == ["size", "weight"]


def test_a_network_of_features_is_saved_with_what_they_are_and_not_as_one_of_the_columns(
    training, tmp_path
):
    begin(training, data="own", table=FRUIT, features="x2,x1*x2")
    path = tmp_path / "model.json"
    path.write_text(training.save({})["json"], encoding="utf-8")
    saved = load_model(path)
    assert (saved.encoding, saved.model.sizes[0]) == (None, 2)
    assert saved.training["inputs"] == ["x2", "x1 * x2"]
    columns = Encoding.from_json(saved.training["encoding"]).input_columns
    assert [column.name for column in columns] == ["size", "weight"]
    begin(training, features="x1,x2")
    assert json.loads(training.save({})["json"])["training"]["inputs"] == ["x1", "x2"]


def test_advance_goes_as_far_as_it_is_asked_to(training):
    begin(training)  # 14 examples in training: 3 steps an epoch
    told = training.advance({"steps": 2})
    assert (told["epoch"], told["step"], told["epochs"]) == (0, 2, [])
    told = training.advance({"epochs": 1})
    assert (told["epoch"], told["step"], len(told["epochs"])) == (1, 3, 1)
    told = training.advance({"milliseconds": 1})
    assert told["step"] > 3


# What is refused


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"data": "zip"}, "data: there is no 'zip': choose from moons"),
        ({"layers": "9"}, "layers, each: a whole number from 1 to 8, not '9'"),
        ({"layers": "1,1,1,1,1"}, "layers: at most 4 inside, not 5"),
        ({"layers": "99999999999999999999"}, "layers, each"),
        ({"rate": "nan"}, "rate: a number from 0 to 1000, not 'nan'"),
        ({"noise": "lots"}, "noise: a number"),
        ({"rate": "1,000"}, "rate: the comma of '1,000' may divide thousands or decimals"),
        ({"rate": "1_0"}, "rate: a number from 0 to 1000, not '1_0'"),
        ({"rate": "1,0,0"}, "rate: a number from 0 to 1000, not '1,0,0'"),
        ({"features": "x1,x3"}, "features: there is no 'x3': choose from x1, x2, x1^2"),
        ({"features": ""}, "features: a network needs one at least: choose from x1, x2"),
        ({"data": "wave", "features": "x2,x1*x2"}, "one at least: choose from x1, x1^2, sin"),
        ({"norm": "L3"}, "kind of penalty: there is no 'L3': choose from L2, L1"),
        ({"seed": "-1"}, "seed: a whole number"),
        ({"seed": "²"}, "seed: a whole number"),
        ({"activation": "__class__"}, "activation: there is no '__class__'"),
        ({"pace": "1"}, "there is no setting 'pace': choose from data"),
        ({"data": "own"}, "there is no data yet: draw points, or paste a table"),
        ({"data": "own", "table": "x,y,c\n"}, "has a header but no rows"),
        ({"data": "own", "table": "x,y,c\n1,2,a\n1,3,a\n"}, "so far every point is of class 'a'"),
        (
            {"data": "own", "table": "x,y,c\n" + "".join(f"1,2,{c}\n1,3,{c}\n" for c in "abcdefg")},
            "has 7 classes: from 2 to 6",
        ),
        ({"data": "own", "table": "x,y,c\n1,2\n"}, "cells in the row: 2, in the header: 3"),
        ({"data": "own", "table": "a,b,c,d\n1,2,3,4\n"}, "has 4 columns: it needs one or two"),
        ({"data": "own", "table": "x,c\n1,a\n2,b\n"}, "predicted from two columns"),
        ({"data": "own", "table": "x,y,c\nred,1,a\nblue,2,b\n"}, "has texts: inputs are numbers"),
        ({"data": "own", "table": "x,y\n1,2\n1,2\n"}, "every training row has"),
        ({"data": "own", "table": "x,y,z\n1,2,3\n2,2,3\n"}, "so far every point has the value 3"),
        ({"data": "own", "table": "x,y\n1e999,2\n1,3\n2,3\n"}, "not a finite number"),
        ({"data": "own", "table": 'x,y,c\n1,2,"a\n'}, "malformed CSV"),
        ({"data": "own", "table": "x,y,c\n1,2,a\n1,3,b\n", "target": "number"}, "texts"),
        ({"data": "own", "table": "x,y\n" + "1,2\n" * 1001}, "1,001 rows, more than 1,000"),
        ({"data": "own", "table": "x" * 100_001}, "100,001 signs"),
        ({"data": "own", "table": "x,y\n1,\x1b[31m\n2,b\n"}, "two columns"),
    ],
)
def test_what_cannot_be_is_told_and_the_training_there_was_goes_on(training, given, told):
    begin(training)
    before = training.advance({"steps": 1})["step"]
    error = training.begin(SMALL | given)["error"]
    assert told in error
    assert "--" not in error  # options of a command that nobody types here
    assert "\x1b" not in error
    assert training.advance({"steps": 1})["step"] == before + 1


def test_points_of_one_class_are_shown_with_a_hint(training):
    table = "x,y,c\n1,2,1\n"
    told = training.begin({"data": "own", "table": table, "target": "class"})
    assert told["error"].endswith("of class '1': draw or add some of another class")
    assert told["shown"] == {"names": ["x", "y"], "rows": [[1.0, 2.0]], "class": "1"}
    told = training.begin({"data": "own", "table": table, "target": "number"})
    assert told["error"].endswith("has the value 1: draw or add some of another value")
    assert told["shown"]["rows"] == [[1.0, 2.0]]
    for other in ("x,y,c\n1,,a\n", "x,y\n1,2\n1,2\n", "x,y,c\n1,inf,a\n", "x,y,c\n1,2,\n"):
        assert "shown" not in training.begin({"data": "own", "table": other})


def test_of_a_link_what_is_good_is_taken_and_each_bad_setting_is_named(training):
    given = {"data": "xor", "rate": "1e6", "seed": "5", "pace": "1", "batch": "0", "count": "20"}
    told = training.open_link(given)
    assert [words.split(":")[0] for words in told["refused"]] == [
        "there is no setting 'pace'", "rate", "batch",
    ]  # fmt: skip
    kept = {name: told["settings"][name] for name in ("data", "seed", "count", "rate", "batch")}
    assert kept == {"data": "xor", "seed": "5", "count": "20", "rate": "0.1", "batch": "10"}
    assert training.open_link(SMALL)["refused"] == []
    read = training.read_link({"data": "own", "table": "x", "rate": "0.5", "batch": "no"})
    assert (read["settings"]["rate"], read["settings"]["table"]) == ("0.5", "x")
    assert read["refused"] == ["batch: a whole number from 1 to 1000, not 'no'"]


@pytest.mark.parametrize(("data", "noise"), [("spirals", "0.03"), ("moons", "0.1"), ("xor", "0")])
def test_a_shape_has_its_own_noise_unless_one_is_asked_for(training, data, noise):
    assert begin(training, data=data)["settings"]["noise"] == noise
    assert begin(training, data=data, noise="0.4")["settings"]["noise"] == "0.4"


def test_texts_in_the_last_column_are_classes_and_numbers_are_what_they_look_like(training):
    table = "x,y,c\n" + "".join(f"{i},{i % 5},{i % 2}\n" for i in range(12))
    kinds = [
        begin(training, data="own", table=table, target=target)["prediction"]["kind"]
        for target in ("auto", "class", "number")
    ]
    assert kinds == ["classes", "classes", "numbers"]
    assert begin(training, data="own", table=LINE)["prediction"]["kind"] == "numbers"


def test_a_loss_that_does_not_suit_the_data_gives_way_to_the_first_that_does(training):
    told = begin(training, data="wave", loss="hinge")
    assert told["settings"]["loss"] == "squared_error"
    assert told["losses"] == ["squared_error", "mean_absolute_error"]


def test_a_training_that_explodes_says_so_and_ends(training, looking):
    told = training.begin({"loss": "squared_error", "activation": "relu", "rate": "10"})
    assert "error" not in told  # what the page's guide says to try
    told = training.advance({"epochs": 30})
    assert told["stopped"] == (
        "the loss became too large for a number: try a smaller learning rate"
    )
    json.dumps(told, allow_nan=False)
    assert training.advance({"steps": 3})["step"] == told["step"]
    assert looking.look_at_weight({"parameter": 0})["ended"] == told["stopped"]


def test_settings_as_texts_are_read_to_the_same_settings(training):
    told = begin(training, rate="1e-3", noise="0,25", layers=" 2, 3", penalty="0.1")
    again = training.begin(told["settings"])
    assert again["settings"] == told["settings"]
    assert again["weights"] == told["weights"]
    assert told["settings"]["layers"] == "2,3"


# What a paused training shows


@pytest.mark.parametrize("norm", ["L1", "L2"])
@pytest.mark.parametrize("penalty", ["0", "0.01"])
@pytest.mark.parametrize("optimizer", ["SGD", "momentum", "Adam"])
def test_a_weight_is_told_what_the_step_to_come_makes_of_it(
    training, looking, optimizer, penalty, norm
):
    begin(training, optimizer=optimizer, penalty=penalty, norm=norm, loss="binary_cross_entropy")
    training.advance({"steps": 3})
    count = len(training.session.parameters)
    told = [looking.look_at_weight({"parameter": i}) for i in range(count)]
    after = training.advance({"steps": 1})["weights"]
    assert [one["change"]["after"] for one in told] == after
    assert [one["gradient"] for one in told] == [x.grad for x in training.session.parameters]
    for one in told:
        assert one["shares"][-1]["after"] == one["gradient"]
        assert one["count"] == 5 + {"0": 0, "0.01": {"L1": 1, "L2": 2}[norm]}[penalty]
        assert one["difference"]["verdict"] == "agrees"
        lines = {name: number for name, _, number in one["change"]["lines"]}
        change = one["change"]
        assert change["before"] - lines["step"] == lines["weight"] == change["after"]
        json.dumps(one, allow_nan=False)


def test_the_lines_of_a_step_are_the_optimizers_state_and_what_it_becomes(training, looking):
    begin(training, optimizer="Adam", rate="0.01")
    training.advance({"steps": 2})
    optimizer = training.session.optimizer
    told = looking.look_at_weight({"parameter": 1})
    before = optimizer.mean[1], optimizer.mean_square[1]
    training.advance({"steps": 1})
    mean, square, m, v, step, _ = [number for *_, number in told["change"]["lines"]]
    assert (mean, square) == (optimizer.mean[1], optimizer.mean_square[1]) != before
    assert (m, v) == (mean / (1 - 0.9**3), square / (1 - 0.999**3))
    assert step == 0.01 * m / (v**0.5 + 1e-8)
    texts = [text for _, text, _ in told["change"]["lines"]]
    assert texts[2].endswith(" / (1 − 0.9^3)")
    assert texts[0].startswith("0.9 × ")


@pytest.mark.parametrize("data", ["moons", "hills", "wave"])
def test_features_are_made_of_the_columns_which_are_told_as_they_are(training, data):
    told = begin(training, data=data, features=ALL)
    count = 3 if data == "wave" else 7
    own = training.session
    assert told["features"]["chosen"] == [name for name, _ in told["features"]["offered"]]
    assert len(told["features"]["chosen"]) == len(own.training[0][0]) == count
    assert told["features"]["offered"][-1][1] == f"sin(π·x{min(2, count - 2)})"
    for (x, _), example in zip(told["prediction"]["points"]["training"], own.training, strict=True):
        assert len(x) == len(told["prediction"]["columns"]) == (1 if data == "wave" else 2)
        wanted = [x[0], x[0] * x[0], math.sin(math.pi * x[0])]
        if data != "wave":
            a, b = x
            wanted = [a, b, a * a, b * b, a * b, math.sin(math.pi * a), math.sin(math.pi * b)]
        assert example[0] == wanted


PICTURED = """\
import {{ Forward }} from {module};
const told = {asked}.map(({{ layers, features, weights, places }}) => {{
  const forward = new Forward(layers, features);
  forward.load(weights);
  return places.map((place) => forward.predict(place)[0]);
}});
console.log(JSON.stringify(told));
"""


def test_the_networks_of_pictures_have_the_numbers_of_the_engine(training, node):
    """The page computes features and networks by itself where it paints maps."""
    places, asked, wanted = [[0.5, -1.25], [-3.0, 2.0], [0.0, 1e-3]], [], []
    for activation in ACTIVATIONS:
        told = begin(training, activation=activation, layers="3,2", features=ALL, init="uniform")
        own = training.session
        assert told["weights"].count(0.0) == 6, "of biases: each input has its weight"
        asked.append({
            "layers": told["layers"], "features": told["features"]["chosen"],
            "weights": told["weights"], "places": places,
        })  # fmt: skip
        wanted.append([own.model(own.problem.features.compute(place)).data for place in places])
        assert len({*wanted[-1]}) == len(places)
    module = (ROOT / "docs/web/networks/forward.js").as_uri()
    program = PICTURED.format(module=json.dumps(module), asked=json.dumps(asked))
    told = json.loads(run_program(node, "--input-type=module", "-e", program))
    for activation, numbers, exact in zip(ACTIVATIONS, told, wanted, strict=True):
        assert numbers == pytest.approx(exact, rel=1e-12, abs=1e-15), activation


def test_all_that_a_form_offers_can_be_asked_for_and_what_is_beyond_cannot(training):
    import network_settings

    for name, offered in network_settings.describe_settings().items():
        read = network_settings.READERS[name]
        for choice, *_ in offered.get("choices", []):
            assert read(choice) == choice
        if "low" in offered:
            assert [read(str(offered[end])) for end in ("low", "high")] == [
                offered["low"], offered["high"],
            ]  # fmt: skip
            for beyond in (offered["low"] - 1, offered["high"] + 1):
                with pytest.raises(ValueError, match="from"):
                    read(str(beyond))
    layers = network_settings.describe_settings()["layers"]
    pattern = re.compile(layers["pattern"])
    for text in ("", "8,8", " 1 , 2,3,8"):
        assert pattern.fullmatch(text)
    for text in ("9", "0", "8,", "1,2,3,4,5", "88"):
        assert not pattern.fullmatch(text)


def test_the_paths_of_a_weight_go_by_the_neurons_to_the_losses(training, looking):
    begin(training, layers="2,2", loss="binary_cross_entropy")
    told = looking.look_at_weight({"parameter": 0})
    assert told["pathCount"] == "10"  # two ways, of five examples
    for path in told["paths"]:
        first, second, last = path["neurons"]
        assert (first, last) == ("neuron 1 of layer 1", "the output")
        assert second in ("neuron 1 of layer 2", "neuron 2 of layer 2")
        assert path["example"] in {share["example"] for share in told["shares"]}
    products = [abs(path["product"]) for path in told["paths"]]
    assert products == sorted(products, reverse=True)


def test_a_shares_example_is_the_one_whose_input_is_its_local_derivative(training, looking):
    begun = begin(training)
    points = dict(zip(begun["rows"], begun["prediction"]["points"]["training"], strict=False))
    for share in looking.look_at_weight({"parameter": 1})["shares"]:
        assert share["partial"] == points[share["example"]][0][1]


def test_examples_are_numbered_by_the_rows_of_their_table(training, looking):
    pytest.importorskip("graphviz")
    begun = begin(training, data="own", table=FRUIT, batch="2", heldout="0.3")
    points = [*itertools.chain(*begun["prediction"]["points"].values())]
    mean, scale = (begun["prediction"]["columns"][1][name] for name in ("mean", "scale"))
    weights = [float(line.split(",")[1]) for line in FRUIT.splitlines()[1:]]
    assert sorted(begun["rows"]) == [*range(len(weights))] != begun["rows"]
    for row, (x, _) in zip(begun["rows"], points, strict=True):
        assert mean + scale * x[1] == pytest.approx(weights[row])
    held_out = {*begun["rows"][len(begun["prediction"]["points"]["training"]) :]}
    for row in range(len(weights)):
        told = looking.look_at_example({"example": row})["title"]
        part = "held out" if row in held_out else "training"
        assert told == f"Example {row + 1} ({part}), after 0 steps"
    shares = looking.look_at_weight({"parameter": 0})["shares"]
    assert {share["example"] for share in shares} <= {*begun["rows"]} - held_out


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_neurons_that_let_nothing_through_are_named(training, looking, activation):
    begin(training, activation=activation)
    for x in training.session.model.layers[0].neurons[0].parameters():
        x.data = -50.0 if x is training.session.parameters[2] else 0.0
    state = looking.look_at_neurons({})["layers"][0][0]["state"]
    wanted = {
        "relu": "dead", "tanh": "saturated", "sigmoid": "saturated", "linear": "", "sin": "",
        "leaky_relu": "", "elu": "dead",
        "softplus": "dead", "silu": "dead", "gelu": "dead",
    }  # fmt: skip
    assert state == wanted[activation]


def test_a_neuron_that_gradients_pass_is_neither_dead_nor_saturated(training, looking):
    begin(training, init="uniform")
    told = looking.look_at_neurons({})
    assert told["examples"] == 20
    assert {neuron["state"] for layer in told["layers"] for neuron in layer} == {""}


def test_an_examples_page_is_of_its_loss_and_one_there_is_not_is_refused(training, looking):
    pytest.importorskip("graphviz")
    begin(training)
    training.advance({"steps": 2})
    own = training.session
    x, target = own.problem.examples[3]
    told = looking.look_at_example({"example": 3})
    assert told["loss"] == own.loss(own.model(x), target).data
    assert told["title"] == "Example 4 (training), after 2 steps"
    assert told["page"].startswith("<!doctype html>")
    assert "numbered from 1 to 20" in looking.look_at_example({"example": 20})["error"]
    assert "numbered from 1 to 20" in looking.look_at_example({"example": "<b>"})["error"]


def test_looking_changes_nothing_of_the_training(training, looking):
    pytest.importorskip("graphviz")
    begin(training, optimizer="Adam")
    for _ in range(4):
        training.advance({"steps": 1})
        looking.look_at_weight({"parameter": random.Random(1).randrange(10)})
        looking.look_at_neurons({})
        looking.look_at_example({"example": 1})
    looked = training.advance({"epochs": 2})["weights"]
    begin(training, optimizer="Adam")
    training.advance({"steps": 4})
    assert training.advance({"epochs": 2})["weights"] == looked
