"""Train the GPT of demos/gpt.py on number words, and record how it went, for chapter 16.

    python demos/number_words.py    # writes number_words.json beside this file, in about a minute

The chapter shows what it records: the losses, the weights, 500 words that these wrote, and the
last losses of models with other heads.
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
PLACES = 13  # twelve letters at most, and the end


def spell_numbers():
    """Return the words from one to ninetynine, without hyphens."""
    return ONES + TEENS + [ten + one for ten in TENS for one in ["", *ONES]]


def hold_back(words, rng):
    """Return the words to learn, and twenty others."""
    shuffled = list(words)
    rng.shuffle(shuffled)
    return shuffled[20:], shuffled[:20]


def train_model(learned, epochs=40, heads=2, seed=1):
    """Return a model trained on words, and its loss after each pass over them."""
    rng = random.Random(seed)
    model = GPT(rng, size=8, heads=heads)
    data, steps = [encode(word, PLACES) for word in learned], epochs * len(learned)
    optimizer = Adam(model.parameters(), linear(0.01, 0.0, steps), betas=(0.85, 0.99))
    history = fit(model, data, loss, batch_size=1, epochs=epochs, rng=rng, optimizer=optimizer)
    return model, [round(epoch.loss, 4) for epoch in history.epochs]


def train(words, samples=500):
    """Return the record of a training: words, losses, weights, and words written with them."""
    learned, unseen = hold_back(words, random.Random(1))
    model, losses = train_model(learned)
    weights = {name: round(number, 4) for name, number in model.state().items()}
    model.load_state(weights)
    rng = random.Random(2)
    return {
        "learned": learned,
        "unseen": unseen,
        "losses": losses,
        "written": [sample(model, rng, temperature=1.0) for _ in range(samples)],
        "weights": weights,
    }


def compare_heads(learned, seeds=(1, 2, 3, 4)):
    """Return the last losses of models with 1, 2 and 4 heads, from a few random starts each."""
    return {
        str(heads): [train_model(learned, heads=heads, seed=seed)[1][-1] for seed in seeds]
        for heads in (1, 2, 4)
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
            [
                [weight.data for weight in softmax([fit_of(query, key, head) for key in keys[:end]])]
                for end, query in enumerate(queries, 1)
            ]
            for head in model.heads
        ]


def fit_of(query, key, head):
    """Return how well a key fits a query, by one head."""
    return dot(query[head], key[head]) / len(query[head]) ** 0.5


def write_record(record):
    """Write a record, a line for each of its parts."""
    parts = [f"{json.dumps(name)}: {json.dumps(part)}" for name, part in record.items()]
    RECORD.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    trained = train(spell_numbers())
    write_record({**trained, "heads": compare_heads(trained["learned"])})
