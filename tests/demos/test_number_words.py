"""What chapter 16 shows of a training is what its script recorded."""

import json
import random
import runpy
import types

import pytest
from places import ROOT
from sizes import choose_size

from demos.gpt import GPT, encode, loss, sample
from micrograd_nn import no_grad


@pytest.fixture(scope="module")
def script():
    path = ROOT / "demos" / "number_words.py"
    return types.SimpleNamespace(**runpy.run_path(str(path)))


@pytest.fixture(scope="module")
def record(script):
    return json.loads(script.RECORD.read_text(encoding="utf-8"))


@pytest.fixture
def model(record):
    model = GPT(random.Random(1), size=8, heads=2)
    model.load_state(record["weights"])
    return model


def test_the_words_are_the_numbers_from_one_to_ninetynine(script, record):
    words = script.spell_numbers()
    assert len(set(words)) == 99
    some = [words[i] for i in (0, 11, 53, -1)]
    assert some == ["one", "twelve", "fiftyfour", "ninetynine"]
    assert max(map(len, words)) == script.PLACES - 1
    assert sorted(record["learned"] + record["unseen"]) == sorted(words)


@pytest.mark.slow
def test_the_recorded_weights_write_the_recorded_words(record, model):
    rng = random.Random(2)
    assert [sample(model, rng, temperature=1.0) for _ in range(500)] == record["written"]


def test_the_recorded_loss_is_that_of_the_recorded_weights(record, model):
    words = choose_size(record["learned"][:8], record["learned"])
    with no_grad():
        losses = [
            loss(model(letters), target).data
            for letters, target in (encode(word, len(word) + 1) for word in words)
        ]
    near = choose_size(0.1, 0.001)
    assert sum(losses) / len(losses) == pytest.approx(record["losses"][-1], abs=near)


@pytest.mark.slow
def test_the_script_trains_as_it_did(script, record):
    words = script.spell_numbers()
    again = script.train(words, samples=1)
    assert again.keys() == record.keys()
    assert again["weights"].keys() == record["weights"].keys()
    assert again["losses"][-1] < again["losses"][0] / 1.2
    assert (again["learned"], again["unseen"]) == (record["learned"], record["unseen"])
    assert again["losses"][-1] == pytest.approx(record["losses"][-1], abs=0.02)
