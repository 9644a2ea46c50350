"""A recurrent network reads strings letter by letter, and learns the grammar that makes them.

python demos/recurrent.py             trains, and tells how well it knows which letters may follow
python demos/recurrent.py states.svg  draws its numbers while it reads a string, too

The grammar is A. S. Reber's (1967), which recurrent networks have been taught since: a walk through
a few states, each step of which writes a letter. What may follow a letter depends on those before.
"""

import argparse
import random
from time import perf_counter

from micrograd_nn import fit, no_grad
from micrograd_nn import sum as sum_up
from micrograd_nn.extras.plot import Matrix
from micrograd_nn.losses import binary_cross_entropy
from micrograd_nn.nn import Layer, Module
from micrograd_nn.optim import Adam

LETTERS = "BTPSXVE"
# From each state, the letters that may be written, and the states to which they lead.
GRAMMAR = [{"B": 1}, {"T": 2, "P": 3}, {"S": 2, "X": 4}, {"T": 3, "V": 5}, {"X": 3, "S": 6},
           {"P": 4, "V": 6}, {"E": 7}]  # fmt: skip


class Recurrent(Module):
    """After each letter, new numbers from it and the numbers before; of these, a score a letter."""

    def __init__(self, hidden, rng):
        count = len(LETTERS)
        self.state = Layer(count + hidden, hidden, "tanh", init="xavier", rng=rng)
        self.scores = Layer(hidden, count, init="xavier", rng=rng)
        self.hidden = hidden

    def read(self, letters):
        """Return the numbers after each letter."""
        states = [[0.0] * self.hidden]
        for letter in letters:
            states.append(self.state([*encode(letter), *states[-1]]))
        return states[1:]

    def __call__(self, letters):
        """Return after each letter a score for every letter: above 0, it may follow."""
        return [self.scores(state) for state in self.read(letters)]


def encode(letter):
    """Return 1.0 at the letter's place and 0.0 elsewhere."""
    return [float(letter == x) for x in LETTERS]


def write_string(rng):
    """Return a string of the grammar, and after each letter but the last which ones may follow."""
    state, letters, following = 0, "", []
    while state < len(GRAMMAR):
        letter = rng.choice(sorted(GRAMMAR[state]))
        state, letters = GRAMMAR[state][letter], letters + letter
        if state < len(GRAMMAR):
            following.append([float(x in GRAMMAR[state]) for x in LETTERS])
    return letters[:-1], following


def measure_loss(scores, following):
    """Return the mean cross-entropy of all letters at all places."""
    terms = [
        binary_cross_entropy(score, target)
        for of_place, targets in zip(scores, following, strict=True)
        for score, target in zip(of_place, targets, strict=True)
    ]
    return sum_up(terms) / len(terms)


def measure_accuracy(model, strings):
    """Return the fraction of strings of which all is known: at each place, what may follow."""
    right = 0
    with no_grad():
        for letters, following in strings:
            scores = model(letters)
            found = [[float(score.data > 0) for score in of_place] for of_place in scores]
            right += found == following
    return right / len(strings)


def draw_states(model, letters):
    """Return a picture of the numbers after each letter of a string."""
    with no_grad():
        states = [[number.data for number in state] for state in model.read(letters)]
    return Matrix(states, "The state after each letter", row_names=letters, digits=1)


def main(arguments=None):
    """Train on 100 strings, and test on 500 others."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", nargs="?", help="of the states, such as states.svg")
    parser.add_argument("--epochs", type=int, default=40)
    given = parser.parse_args(arguments)

    rng = random.Random(1)
    strings, others = ([write_string(rng) for _ in range(count)] for count in (100, 500))
    model = Recurrent(6, rng)
    print(f"before: {measure_accuracy(model, others):.1%} of {len(others)} other strings are known")
    begin = perf_counter()
    history = fit(
        model, strings, measure_loss, optimizer=Adam(model.parameters(), lr=0.03),
        epochs=given.epochs, batch_size=10, rng=rng,
    )  # fmt: skip
    seconds = perf_counter() - begin
    print(f"after {given.epochs} epochs in {seconds:.1f} s ({history.ran}): "
          f"{measure_accuracy(model, others):.1%}")  # fmt: skip
    if given.picture:
        short = [letters for letters, _ in strings if len(letters) <= 12]
        draw_states(model, max(short, key=len)).save(given.picture)


if __name__ == "__main__":
    main()
