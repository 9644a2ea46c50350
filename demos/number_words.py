"""Train the GPT of demos/gpt.py on number words, and record how it went, for chapter 16.

    python demos/number_words.py    # writes number_words.json beside this file, in some 20 s

The chapter shows what it records: the losses, the weights, and 500 words that these wrote.
"""

import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from demos.gpt import GPT, encode, loss, sample  # noqa: E402
from micrograd_nn import fit  # noqa: E402
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


def train(words, epochs=40, samples=500):
    """Return the record of a training: words, losses, weights, and words written with them."""
    learned, unseen = hold_back(words, random.Random(1))
    rng = random.Random(1)
    model = GPT(rng, size=8, heads=2)
    data, steps = [encode(word, PLACES) for word in learned], epochs * len(learned)
    optimizer = Adam(model.parameters(), linear(0.01, 0.0, steps), betas=(0.85, 0.99))
    history = fit(model, data, loss, batch_size=1, epochs=epochs, rng=rng, optimizer=optimizer)
    weights = {name: round(number, 4) for name, number in model.state().items()}
    model.load_state(weights)
    rng = random.Random(2)
    return {
        "learned": learned,
        "unseen": unseen,
        "losses": [round(epoch.loss, 4) for epoch in history.epochs],
        "written": [sample(model, rng, temperature=1.0) for _ in range(samples)],
        "weights": weights,
    }


def write_record(record):
    """Write a record, a line for each of its parts."""
    parts = [f"{json.dumps(name)}: {json.dumps(part)}" for name, part in record.items()]
    RECORD.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write_record(train(spell_numbers()))
