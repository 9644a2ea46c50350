"""Model files that are damaged, foreign or hostile: an error of one line, or a model."""

import json
import math
import random
import time
from unittest.mock import Mock

import pytest
from models import ENCODING, build_model, have_same_bits
from tables import read_refusal

from micrograd_nn._ground.files import read_file
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables.encoding import Encoding, NumericColumn
from micrograd_nn.extras.tables.storage import SavedModel, load_model
from micrograd_nn.nn import MLP

# Files that cannot be read


def test_a_file_that_is_not_there_or_not_a_file_is_told_in_one_line(tmp_path, monkeypatch):
    missing = tmp_path / "m.json"
    assert read_refusal(load_model, missing) == f"{missing}: there is no such file"
    assert read_refusal(load_model, tmp_path) == f"{tmp_path}: it is a folder"
    (tmp_path / "file").write_text("a file")
    assert read_refusal(load_model, tmp_path / "file" / "m.json").endswith("there is no such file")
    error = PermissionError(13, "Permission denied")
    monkeypatch.setattr("micrograd_nn._ground.files.open", Mock(side_effect=error), raising=False)
    assert read_refusal(load_model, missing) == f"{missing}: permission denied"


@pytest.mark.parametrize(
    "data", [b"\xff\xfe{\x00}\x00", "{é}".encode("latin-1"), b'{"format": "\xff"}', b"\x80"]
)
def test_a_file_that_is_not_utf_8_is_told_with_the_place(path, data):
    path.write_bytes(data)
    place = next(i for i, byte in enumerate(data) if byte >= 128)
    assert read_refusal(load_model, path) == f"{path} is not UTF-8 text (byte {place})"
    assert read_refusal(read_file, path) == f"{path} is not UTF-8 text (byte {place})"


# Damaged and foreign files


@pytest.fixture
def load(path):
    """Return a function that loads a file of this content."""

    def load(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_model(path)

    return load


def test_a_truncated_file_is_an_error_wherever_it_ends(path, load):
    encoding = Encoding((NumericColumn("x", 0.5, 2.0),), NumericColumn("y", -1.0, 3.0))
    SavedModel(MLP(1, [1]), encoding, {"loss": 1.5}).save(path)
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    for end in range(len(content) - 1):
        assert "it isn't JSON" in read_refusal(load, content[:end])
    assert load(content[:-1]).encoding == load(content).encoding == encoding


@pytest.mark.parametrize(
    "content",
    ["", " ", "null", "true", "3", '"micrograd_nn model"', "[]", "{}", '["format"]', "NaN",
     '{"format": "other"}', '{"format": null, "version": 1}', '{"format": ["micrograd_nn model"]}',
     "\ufeff{}", "a,b\n1,2\n", "<html>", "{'format': 1}", '{"a": 1} x', "\0",
     '{"type": "FeatureCollection", "features": []}'],
)  # fmt: skip
def test_a_foreign_file_is_an_error(path, load, content):
    told = read_refusal(load, content)
    assert told.startswith(f"{path} is not a valid ")
    assert "model file" in told


def content_of(encoding=None):
    """Return the content of a small model's file."""
    model = MLP(3, [2, 2], "tanh", rng=random.Random(1))
    return {
        "format": "micrograd_nn model",
        "version": 1,
        "inputs": 3,
        "layers": [2, 2],
        "activations": ["tanh", "linear"],
        "bias": True,
        "parameters": model.state(),
        "encoding": encoding and encoding.to_json(),
        "training": {"loss": [0.5]},
    }


def test_the_content_that_is_damaged_below_is_a_models(load):
    loaded = load(json.dumps(content_of(ENCODING)))
    assert have_same_bits(loaded.model, build_model())
    assert loaded.encoding == ENCODING


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": 2}, "version is 2"),
        ({"version": "1"}, "version is '1'"),
        ({"inputs": 0}, "sizes"),
        ({"inputs": 3.0}, "sizes"),
        ({"inputs": True}, "sizes"),
        ({"layers": []}, "sizes"),
        ({"layers": [2, -2]}, "sizes"),
        ({"layers": "22"}, "sizes"),
        ({"layers": [2, 2, 2]}, "activation"),
        ({"layers": [2, 3]}, "parameters"),
        ({"inputs": 2}, "parameters"),
        ({"bias": False}, "parameters"),
        ({"bias": 1}, "biases"),
        ({"bias": None}, "biases"),
        ({"activations": ["tanh"]}, "activation"),
        ({"activations": "tl"}, "activation"),
        ({"activations": ["tanh", "exp"]}, "no activation 'exp'"),
        ({"activations": ["tanh", None]}, "no activation None"),
        ({"activations": [["tanh"], "tanh"]}, "no activation"),
        ({"parameters": []}, "parameters"),
        ({"encoding": []}, "encoding"),
        ({"encoding": 3}, "encoding"),
        ({"inputs": 2, "layers": [2, 2, 1]}, "activation"),
    ],
)
def test_a_part_that_does_not_fit_is_an_error_that_names_it(load, changes, told):
    assert told in read_refusal(load, json.dumps({**content_of(ENCODING), **changes}))


@pytest.mark.parametrize(("inputs", "layers"), [(2, [3, 2]), (3, [2, 3]), (4, [2, 2]), (3, [2, 1])])
def test_columns_that_do_not_fit_the_network_are_an_error(load, inputs, layers):
    model = MLP(inputs, layers, "tanh")
    content = {
        **content_of(ENCODING), "inputs": inputs, "layers": layers, "parameters": model.state()
    }  # fmt: skip
    assert "columns don't fit" in read_refusal(load, json.dumps(content))


@pytest.mark.parametrize(
    "bad",
    [None, True, "0.5", [0.5], {}, math.nan, math.inf, -math.inf, 2**53, 10**400, "x" * 10**5],
    ids=lambda bad: f"{bad!r:.20}",
)
def test_a_weight_that_is_no_finite_number_is_an_error(load, bad):
    content = content_of()
    content["parameters"]["layers.1.neurons.0.b"] = bad
    assert "layers.1.neurons.0.b" in read_refusal(load, json.dumps(content))


@pytest.mark.parametrize(
    "name",
    ["layers.9.neurons.0.b", "", "a\nb", "\ud800", "x" * 10**5],
    ids=["near", "empty", "line break", "surrogate", "long"],
)
@pytest.mark.parametrize("number", [0.5, None])
def test_a_weight_under_another_name_is_an_error(load, name, number):
    content = content_of()
    del content["parameters"]["layers.1.neurons.0.b"]
    content["parameters"][name] = number
    read_refusal(load, json.dumps(content))


@pytest.mark.parametrize(
    ("inputs", "layers"),
    [
        (10**9, [2, 2]),
        (3, [10**9, 2]),
        (10**18, [10**18, 10**18]),
        (3, [2, 10**4000]),
        (10**4000, [10**4000, 2]),
        (10**4299, [10**4299, 10**4299]),
    ],
    ids=["inputs", "layer", "all", "digits", "product", "most"],
)
@pytest.mark.parametrize("encoding", [None, ENCODING], ids=["bare", "encoded"])
def test_gigantic_sizes_are_refused_at_once(load, inputs, layers, encoding):
    start = time.process_time()
    read_refusal(load, json.dumps({**content_of(encoding), "inputs": inputs, "layers": layers}))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "x" * 10**5},
        {"version": list(range(10**4))},
        {"activations": ["x" * 10**5, "tanh"]},
        {"activations": [list(range(10**4)), "tanh"]},
        {"parameters": {"x" * 10**5: None} | {str(i): 0.5 for i in range(13)}},
        {"parameters": {"x" * 10**5: 0.5} | {str(i): 0.5 for i in range(13)}},
        {"parameters": {str(i): [0.5] * 10**4 for i in range(14)}},
    ],
    ids=["version", "versions", "activation", "activations", "name", "other name", "weight"],
)
def test_an_error_does_not_repeat_a_damaged_part_at_length(load, changes):
    assert len(read_refusal(load, json.dumps({**content_of(), **changes}))) < 500


PARTS = content_of().keys() - {"training"}


@pytest.mark.parametrize("depth", [100, 300, 700, 900, 950, 980, 2000, 20_000, 200_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_an_error_in_every_part(load, depth, opening):
    deep = opening * depth + "1" + ("]" if opening == "[" else "}") * depth
    read_refusal(load, deep)
    for part in PARTS:
        text = json.dumps({**content_of(ENCODING), part: "HERE"})
        read_refusal(load, text.replace('"HERE"', deep))
        read_refusal(load, text.replace('"HERE"', f"[{deep}, {deep}]"))
    for name in ("layers.1.neurons.0.b", "other"):
        content = content_of()
        content["parameters"][name] = "HERE"
        read_refusal(load, json.dumps(content).replace('"HERE"', deep))


@pytest.mark.parametrize("depth", [100, 900, 2000, 200_000])
def test_deep_nesting_in_the_notes_is_an_error_or_no_matter(load, depth):
    text = json.dumps({**content_of(), "training": "HERE"})
    try:
        loaded = load(text.replace('"HERE"', "[" * depth + "]" * depth))
    except InputError as error:
        told = str(error)
        assert told.isprintable()
    else:
        assert have_same_bits(loaded.model, build_model())


@pytest.mark.parametrize(
    "notes",
    [None, -0.0, math.nan, [[0.5, math.inf]], 10**400, "\n\ud800", {"": [{}], "x": True}],
    ids=ascii,
)
def test_whatever_notes_can_be_loaded_can_be_saved_again(path, load, notes):
    """So that a training that goes on from a model can keep it."""
    text = json.dumps({**content_of(ENCODING), "training": {"loss": notes}})
    try:
        loaded = load(text)
    except InputError as error:
        told = str(error)
        assert told.isprintable()
    else:
        loaded.save(path)
        assert load_model(path).training == loaded.training
