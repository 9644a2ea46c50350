"""Train the GPT of demos/gpt.py on number words, and record how it went, for chapter 16.

    python demos/number_words.py    # writes number_words.json beside this file, in about a minute

The chapter shows what it records: the losses, the weights, 500 words that these wrote, and
what models with other heads, or without places, come to.
"""

import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from demos.gpt import GPT, add, encode, loss, sample, scale  # noqa: E402
from micrograd_nn import dot, fit, no_grad, softmax  # noqa: E402
from micrograd_nn.optim import Adam, linear  # noqa: E402

RECORD = HERE / "number_words.json"
ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = [
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
EPOCHS = 40
PLACES = 13  # twelve letters at most, and the end


def spell_numbers():
    """Return the words from one to ninetynine, without hyphens."""
    return ONES + TEENS + [ten + one for ten in TENS for one in ["", *ONES]]


def hold_back(words, rng):
    """Return the words to learn, and twenty others."""
    shuffled = list(words)
    rng.shuffle(shuffled)
    return shuffled[20:], shuffled[:20]


def train_model(learned, heads=2, seed=1, places=True):
    """Return a model trained in 40 passes over some words, and its loss after each.

    Without places, their numbers are 0 and stay so.
    """
    rng = random.Random(seed)
    model = GPT(rng, size=8, heads=heads)
    parameters = model.parameters()
    if not places:
        for number in model.place.parameters():
            number.data = 0.0
            parameters.remove(number)
    data, steps = [encode(word, PLACES) for word in learned], EPOCHS * len(learned)
    optimizer = Adam(parameters, linear(0.01, 0.0, steps), betas=(0.85, 0.99))
    history = fit(model, data, loss, batch_size=1, epochs=EPOCHS, rng=rng, optimizer=optimizer)
    return model, [round(epoch.loss, 4) for epoch in history.epochs]


def write_words(model, count):
    """Return words that a model writes."""
    rng = random.Random(2)
    return [sample(model, rng, temperature=1.0) for _ in range(count)]


def train(words, samples=500):
    """Return the record of a training: words, losses, weights, and words written with them."""
    learned, unseen = hold_back(words, random.Random(1))
    model, losses = train_model(learned)
    weights = {name: round(number, 4) for name, number in model.state().items()}
    model.load_state(weights)
    return {
        "learned": learned,
        "unseen": unseen,
        "losses": losses,
        "written": write_words(model, samples),
        "weights": weights,
    }


def train_others(learned, samples=500):
    """Return what other models come to: each number of heads from four starts, and no places."""
    return {
        "heads": {
            str(heads): [train_model(learned, heads, seed)[1][-1] for seed in (1, 2, 3, 4)]
            for heads in (1, 2, 4)
        },
        "written_without_places": write_words(train_model(learned, places=False)[0], samples),
    }


def load_model():
    """Return the model whose weights are recorded."""
    model = GPT(random.Random(1), size=8, heads=2)
    model.load_state(json.loads(RECORD.read_text(encoding="utf-8"))["weights"])
    return model


def look(model, word):
    """Return, for each head, how much each sign of a word takes from each of those up to it.

    The first sign is the one that stands before the word.
    """
    letters = encode(word, len(word) + 1)[0]
    with no_grad():
        signs = [add(model.letter(letter), model.place(i)) for i, letter in enumerate(letters)]
        inside = [scale(scale(sign)) for sign in signs]
        queries, keys = (list(map(layer, inside)) for layer in (model.query, model.key))
        return [
            [weigh(query, keys[:end], head) for end, query in enumerate(queries, 1)]
            for head in model.heads
        ]


def weigh(query, keys, head):
    """Return the weights by which a head looks at what has these keys."""
    fits = [dot(query[head], key[head]) / len(query[head]) ** 0.5 for key in keys]
    return [weight.data for weight in softmax(fits)]


def write_record(record):
    """Write a record, a line for each of its parts."""
    parts = [f"{json.dumps(name)}: {json.dumps(part)}" for name, part in record.items()]
    RECORD.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    trained = train(spell_numbers())
    write_record({**trained, **train_others(trained["learned"])})
