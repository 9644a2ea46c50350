"""Model files: bit for bit what was saved, or a refusal to save it."""

import json
import math
import os
import random
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from models import ENCODING, build_model, have_same_bits
from tables import read_refusal

from micrograd_nn import Value, exp, tanh
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables.columns import NumericColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.storage import SavedModel, load_model, save_model
from micrograd_nn.nn.networks import ACTIVATIONS, MLP

# Saved and loaded

finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(st.lists(finite, min_size=9, max_size=9))
@example([0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 0.1, 1 / 3, 1e22, -1e22])
@example([sys.float_info.max, -sys.float_info.max, sys.float_info.min, sys.float_info.epsilon, 1e16,
          2.0**53, 123456789012345680.0, 1e-7, 4.35])  # fmt: skip
def test_weights_come_back_bit_for_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.getbasetemp() / "any_weights.json"
    model = MLP(2, [2, 1])
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    save_model(model, path)
    assert have_same_bits(load_model(path).model, model)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_named_activation_comes_back(path, name, bias):
    model = MLP(3, [4, 2], [name, tanh], bias=bias, rng=random.Random(1))
    save_model(model, path)
    loaded = load_model(path).model
    assert loaded.activations == [name, "tanh"]
    assert loaded.has_bias is bias
    assert loaded.sizes == [3, 4, 2]
    assert have_same_bits(loaded, model)
    x = [0.3, -1.2, 2.0]
    assert [v.data for v in loaded(x)] == [v.data for v in model(x)]


def test_an_encoding_and_notes_come_back(path):
    notes = {"loss": [0.5, 0.25], "seed": 3, "deep": {"é": None}}
    SavedModel(build_model(), ENCODING, notes).save(path)
    loaded = load_model(path)
    assert loaded.encoding == ENCODING
    assert loaded.training == notes
    assert have_same_bits(loaded.model, build_model())
    before = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["\0", "", "\ud800"])
def test_an_encoding_that_could_not_be_loaded_is_not_saved(path, text):
    SavedModel(build_model(), ENCODING).save(path)
    before = path.read_bytes()
    encoding = Encoding((NumericColumn(text, 0.0, 1.0),), NumericColumn("y", 0.0, 1.0))
    with pytest.raises(InputError, match=r"^not saved: .* can't have .* as its 'name'"):
        SavedModel(MLP(1, [1]), encoding).save(path)
    assert path.read_bytes() == before


def test_the_file_is_text_in_utf_8_that_a_person_can_read(path):
    SavedModel(build_model(), ENCODING).save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["parameters"] == build_model().state()
    assert content["activations"] == ["tanh", "linear"]


# Not saved


def ramp(v):
    return v.relu()


def sigmoid(v):
    """Return 2 σ(v): a function of one's own that has the name of another."""
    return 2 * v.sigmoid()


@pytest.mark.parametrize("activation", [ramp, exp, lambda v: v, sigmoid])
def test_an_activation_that_a_file_cannot_hold_is_refused_and_the_old_file_stays(path, activation):
    path.write_text("old")
    told = read_refusal(save_model, MLP(1, [2, 1], [activation, "tanh"]), path)
    assert "not saved" in told
    assert path.read_text() == "old"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_not_finite_is_refused_by_name_and_the_old_file_stays(path, bad):
    path.write_text("old")
    model = build_model()
    model.layers[1].neurons[0].w[1].data = bad
    told = read_refusal(save_model, model, path)
    assert "layers.1.neurons.0.w.1" in told
    assert str(bad) in told
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["model.json"]


def test_a_network_with_tied_weights_is_refused_or_comes_back(path):
    model = MLP(1, [1, 1], "tanh")
    model.layers[1].neurons[0].w[0] = model.layers[0].neurons[0].w[0]
    try:
        save_model(model, path)
    except InputError:
        return
    assert load_model(path).model([0.5]).data == model([0.5]).data


@pytest.mark.parametrize("bad", [math.nan, math.inf, {1, 2}, Value(1.0)])
def test_notes_that_json_cannot_hold_are_refused_and_the_old_file_stays(path, bad):
    path.write_text("old")
    with pytest.raises((InputError, ValueError, TypeError)):
        SavedModel(build_model(), training={"loss": [0.5, bad]}).save(path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["model.json"]
