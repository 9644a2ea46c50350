"""What chapter 16 shows of a training is what its script recorded."""

import json
import random
import runpy
import types

import pytest
from places import ROOT
from sizes import choose_size

from demos.gpt import add, encode, loss, sample, scale
from micrograd_nn import dot, no_grad


@pytest.fixture(scope="module")
def script():
    path = ROOT / "demos" / "number_words.py"
    return types.SimpleNamespace(**runpy.run_path(str(path)))


@pytest.fixture(scope="module")
def record(script):
    return json.loads(script.RECORD.read_text(encoding="utf-8"))


@pytest.fixture
def model(script):
    return script.load_model()


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


def test_heads_look_as_the_model_s_own_attention_does(script, model):
    letters, _ = encode("seven", 6)
    signs = [scale(add(model.letter(letter), model.place(i))) for i, letter in enumerate(letters)]
    inside = [scale(sign) for sign in signs]
    values = [model.value(x) for x in inside]
    keys = [model.key(x) for x in inside[:-1]]
    attended = model.attend(inside[-1], keys, values[:-1])
    found = [
        dot(rows[-1], [value[i] for value in values])
        for head, rows in zip(model.heads, script.look(model, "seven"), strict=True)
        for i in range(head.start, head.stop)
    ]
    joined = [number.data for number in model.join(found)]
    assert joined == pytest.approx([number.data for number in attended])


@pytest.mark.rare
@pytest.mark.slow
@pytest.mark.usefixtures("with_compiler")  # the same bits in a fifth of the time
def test_other_models_come_to_what_is_recorded(script, record):
    learned = record["learned"]
    assert record["heads"]["2"][0] == record["losses"][-1]
    _, losses = script.train_model(learned, heads=1, seed=4)
    assert losses[-1] == pytest.approx(record["heads"]["1"][3], abs=0.02)
    model, _ = script.train_model(learned, places=False)
    assert not any(number.data for number in model.place.parameters())
    words = set(script.spell_numbers())
    right = [
        sum(word in words for word in written)
        for written in (script.write_words(model, 100), record["written_without_places"])
    ]
    assert right[0] / 100 == pytest.approx(right[1] / 500, abs=0.2)


@pytest.mark.rare
@pytest.mark.slow
@pytest.mark.usefixtures("with_compiler")
def test_the_script_trains_as_it_did(script, record):
    words = script.spell_numbers()
    again = script.train(words, samples=1)
    assert again.keys() == record.keys() - {"heads", "written_without_places"}
    assert again["weights"].keys() == record["weights"].keys()
    assert again["losses"][-1] < again["losses"][0] / 1.2
    assert (again["learned"], again["unseen"]) == (record["learned"], record["unseen"])
    assert again["losses"][-1] == pytest.approx(record["losses"][-1], abs=0.02)
