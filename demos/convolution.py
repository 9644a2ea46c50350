"""A small convolutional network reads handwritten digits, and a plain layer does beside it.

python demos/convolution.py              trains both, and shows how well they read shifted digits
python demos/convolution.py kernels.svg  draws what the network looks for, too

digits.txt tells where the digits are from.
"""

import argparse
import random
from pathlib import Path
from time import perf_counter

from micrograd_nn import fit, no_grad
from micrograd_nn import max as largest
from micrograd_nn.extras.plot import Matrix
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import Layer, Module
from micrograd_nn.optim import Adam

MARGIN = 2  # blank columns on each side of a digit: room for a shift


class Convolution(Module):
    """Kernels that slide over a picture; of each the largest answer; from these, scores."""

    def __init__(self, kernels, classes, rng, size=3):
        self.size = size
        self.kernels = Layer(size * size, kernels, "relu", init="he", rng=rng)
        self.scores = Layer(kernels, classes, init="xavier", rng=rng)

    def __call__(self, picture):
        """Return the scores of a picture, given as rows of numbers."""
        answers = [self.kernels(window) for window in cut_windows(picture, self.size)]
        feature_maps = zip(*answers, strict=True)
        return self.scores([largest(*feature_map) for feature_map in feature_maps])


class Plain(Module):
    """A weight for each pixel and class, and no weight twice."""

    def __init__(self, pixels, classes, rng):
        self.scores = Layer(pixels, classes, init="xavier", rng=rng)

    def __call__(self, picture):
        """Return the scores of a picture, given as rows of numbers."""
        return self.scores([pixel for row in picture for pixel in row])


def cut_windows(picture, size):
    """Return every square of ``size`` rows and columns, each as one list, row by row."""
    rows, columns = (length - size + 1 for length in (len(picture), len(picture[0])))
    return [
        [picture[r + i][c + j] for i in range(size) for j in range(size)]
        for r in range(rows)
        for c in range(columns)
    ]


def read_digits(classes=10):
    """Return the digits below ``classes``: eight rows of eight numbers in 0 to 1, and the digit."""
    text = (Path(__file__).parent / "digits.csv").read_text(encoding="utf-8")
    table = [[int(cell) for cell in line.split(",")] for line in text.splitlines()[1:]]
    return [
        ([[ink / 16 for ink in pixels[i : i + 8]] for i in range(0, 64, 8)], digit)
        for *pixels, digit in table
        if digit < classes
    ]


def place(digits, shift=0):
    """Return digits with blank columns on both sides, moved ``shift`` columns to the right."""
    left, right = [0.0] * (MARGIN + shift), [0.0] * (MARGIN - shift)
    return [([left + row + right for row in picture], digit) for picture, digit in digits]


def train(model, digits, rng, epochs, lr, batch_size=10):
    """Train a model on digits in their middle place."""
    optimizer = Adam(model.parameters(), lr)
    return fit(
        model, place(digits), cross_entropy,
        optimizer=optimizer, epochs=epochs, batch_size=batch_size, rng=rng,
    )  # fmt: skip


def measure(model, digits, shift=0):
    """Return the fraction of digits that a model reads correctly, all shifted so far."""
    with no_grad():
        scores = [[score.data for score in model(picture)] for picture, _ in place(digits, shift)]
    read = [of_one.index(max(of_one)) for of_one in scores]
    return sum(r == digit for r, (_, digit) in zip(read, digits, strict=True)) / len(digits)


def draw_kernels(model):
    """Return a picture of the kernels side by side: what each looks for."""
    size, rows = model.size, []
    for i in range(0, size * size, size):
        parts = [[w.data for w in kernel.w[i : i + size]] for kernel in model.kernels.neurons]
        rows.append([number for part in parts for number in [*part, None]][:-1])
    return Matrix(rows, "Kernels", digits=2)


def main(arguments=None):
    """Train both on 400 digits, and let them read 100 others, shifted."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", nargs="?", help="of the kernels, such as kernels.svg")
    parser.add_argument("--epochs", type=int, default=20)
    given = parser.parse_args(arguments)

    rng = random.Random(1)
    digits = read_digits()
    rng.shuffle(digits)
    training, others = digits[:400], digits[400:]
    network, layer = Convolution(12, 10, rng, size=4), Plain(96, 10, rng)
    shifts = range(-MARGIN, MARGIN + 1)
    print("digits read correctly at shift  ", *(f"{shift:5}" for shift in shifts))
    begin = perf_counter()
    for name, model in (("convolution", network), ("plain layer", layer)):
        history = train(model, training, rng, given.epochs, lr=0.02, batch_size=16)
        rates = [f"{measure(model, others, shift):5.0%}" for shift in shifts]
        print(f"{name} of {len(model.parameters())} numbers".ljust(32), *rates)
    print(f"in {perf_counter() - begin:.1f} s ({history.ran})")
    if given.picture:
        draw_kernels(network).save(given.picture)


if __name__ == "__main__":
    main()
