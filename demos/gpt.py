"""A small GPT that learns the names of stars, and makes up new ones.

python demos/gpt.py             by programs, in C where that pays by then
python demos/gpt.py --eager     by the graph, step by step, as it is recorded
python demos/gpt.py --compiled  by programs in Python
python demos/gpt.py --native    by programs in C, for which it waits

The losses are the same in all of them, to the last bit.
"""

import argparse
import random
from pathlib import Path
from time import perf_counter

from micrograd_nn import dot, fit, mean, no_grad, softmax
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import Embedding, Layer, Module
from micrograd_nn.optim import Adam, linear

LETTERS = "abcdefghijklmnopqrstuvwxyz"
END = len(LETTERS)  # stands before each name and behind it
SIZE, HEADS, PLACES = 16, 4, 16


class GPT(Module):
    """A transformer of one layer: from each letter, a score for each letter that may come next."""

    def __init__(self, rng, size=SIZE, heads=HEADS):
        options = {"init": lambda rng, *_: rng.gauss(0, 0.08), "rng": rng}
        self.letter, self.place = (Embedding(n, size, **options) for n in (END + 1, PLACES))
        options["bias"] = False
        self.query, self.key, self.value, self.join = (
            Layer(size, size, **options) for _ in range(4)
        )
        self.widen = Layer(size, 4 * size, "relu", **options)
        self.narrow = Layer(4 * size, size, **options)
        self.scores = Layer(size, END + 1, **options)
        width = size // heads
        self.heads = [slice(i, i + width) for i in range(0, size, width)]

    def __call__(self, letters):
        """Return the scores behind each of the letters."""
        keys, values = [], []
        return [self.read(letter, place, keys, values) for place, letter in enumerate(letters)]

    def read(self, letter, place, keys, values):
        """Return the scores behind one more letter, given keys and values of those before."""
        x = scale(add(self.letter(letter), self.place(place)))
        x = add(x, self.attend(scale(x), keys, values))
        x = add(x, self.narrow(self.widen(scale(x))))
        return self.scores(x)

    def attend(self, x, keys, values):
        """Return what a letter takes from those up to it: most where the key fits."""
        query = self.query(x)
        keys.append(self.key(x))
        values.append(self.value(x))
        found = []
        for head in self.heads:
            fits = [dot(query[head], key[head]) / len(query[head]) ** 0.5 for key in keys]
            weights = softmax(fits)
            columns = zip(*[value[head] for value in values], strict=True)
            found += [dot(weights, column) for column in columns]
        return self.join(found)


def add(xs, ys):
    """Return the sums of numbers side by side."""
    return [x + y for x, y in zip(xs, ys, strict=True)]


def scale(xs):
    """Return numbers of which the mean square is 1."""
    factor = (mean([x * x for x in xs]) + 1e-5) ** -0.5
    return [x * factor for x in xs]


def loss(scores, target):
    """Return the mean loss over a name's letters; places behind its end have the weight 0."""
    letters, weights = target
    pairs = zip(scores, letters, strict=True)
    return dot(weights, [cross_entropy(of, letter) for of, letter in pairs])


def encode(name, size):
    """Return a name as inputs and targets of ``size`` places, the targets with their weights."""
    letters = [END, *map(LETTERS.index, name), END]
    count, rest = len(letters) - 1, [END] * (size - len(letters) + 1)
    weights = [1 / count] * count + [0.0] * len(rest)
    return letters[:-1] + rest, (letters[1:] + rest, weights)


def sample(model, rng, temperature=0.5):
    """Return a new name, letter by letter."""
    name, letter, keys, values = "", END, [], []
    with no_grad():
        while len(name) < PLACES:
            scores = model.read(letter, len(name), keys, values)
            chances = [p.data for p in softmax([s / temperature for s in scores])]
            (letter,) = rng.choices(range(END + 1), chances)
            if letter == END:
                break
            name += LETTERS[letter]
    return name


def main(arguments=None):
    """Train, and show new names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for way in ("eager", "compiled", "native"):
        parser.add_argument(f"--{way}", action="store_const", const=way, dest="way")
    parser.add_argument("--epochs", type=int, default=4, help="of 250 steps")
    way, epochs = vars(parser.parse_args(arguments)).values()

    begin = perf_counter()
    rng = random.Random(42)
    lines = (Path(__file__).parent / "names.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if not line.startswith("#")]
    # Two lengths, so that two programs serve all names.
    data = [encode(name, 8 if len(name) < 8 else PLACES) for name in names]
    model = GPT(rng)
    print(f"{len(names)} names, {len(model.parameters()):,} parameters")
    steps = 250 * epochs
    history = fit(
        model, data, loss, batch_size=1, epochs=epochs, validation=50 / 300, rng=rng,
        optimizer=Adam(model.parameters(), linear(0.01, 0.0, steps), betas=(0.85, 0.99)),
        compiled=way != "eager", native={"compiled": False, "native": True}.get(way),
        callback=lambda epoch: print(
            f"after {250 * epoch.number:4} steps: loss {epoch.loss:.4f}, "
            f"of names not seen {epoch.validation_loss:.4f}"
        ),
    )  # fmt: skip
    trained = perf_counter()
    print(f"{steps} steps in {trained - begin:.1f} s ({history.ran})")
    print("New names:", ", ".join(sample(model, rng) for _ in range(20)))
    print(f"made in {perf_counter() - trained:.1f} s")
    return history


if __name__ == "__main__":
    main()
