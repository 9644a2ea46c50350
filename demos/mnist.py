"""Handwritten digits: 64 hidden neurons read them, beside scikit-learn's on the same pictures.

python demos/mnist.py             reads the 500 pictures of 8 × 8 pixels in digits.csv
python demos/mnist.py train.csv   reads MNIST: a row has its label first, then 28 × 28 pixels
python demos/mnist.py train.csv --hidden none       does without a hidden layer
python demos/mnist.py train.csv --page mnist.html   writes a page, too, on which one draws digits

Whether a file of MNIST begins with a header or not, it is read. digits.txt tells where the small
table is from. scikit-learn takes part where it is installed.
"""

import argparse
import math
import random
import warnings
from collections import Counter
from pathlib import Path
from time import perf_counter

from micrograd_nn import Value, compile, fit, page
from micrograd_nn.extras.tables import parse_table
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.optim import Adam, linear

TARGETS = "label", "digit"  # the column that tells what a picture shows
HIDDEN, BATCH = 64, 64
TEST = 5  # every fifth picture is held out


def read_pictures(path):
    """Return a table of pictures, and the name of the column that tells what they show."""
    text = Path(path).read_text()
    first = text.partition("\n")[0].split(",")
    if all(cell.strip().isdigit() for cell in first):
        names = [TARGETS[0], *[f"pixel{i}" for i in range(len(first) - 1)]]
        text = ",".join(names) + "\n" + text
    table = parse_table(text, str(path))
    found = [name for name in TARGETS if name in table.columns]
    if not found:
        raise SystemExit(f"{path} has no column that is called {' or '.join(TARGETS)}")
    return table, found[0]


def take_examples(table, target):
    """Return of each picture its ink, from 0 to 1, and its digit.

    All pixels are divided by the same number. Standardised one by one, a pixel that hardly ever has
    ink would count for hundreds of others where it has.
    """
    place = table.places[target]
    rows = [[*map(float, row)] for row in table.rows]
    digits = [int(row.pop(place)) for row in rows]
    most = max(map(max, rows))
    return [([ink / most for ink in row], digit) for row, digit in zip(rows, digits, strict=True)]


def hold_out(examples):
    """Return the pictures to learn from, and every fifth of them, which is held out."""
    return [x for i, x in enumerate(examples) if i % TEST], examples[::TEST]


def train(examples, hidden, epochs, **options):
    """Return a network that has learned to read pictures, and the history of its training."""
    rng = random.Random(1)
    sizes = [hidden, 10] if hidden else [10]
    model = MLP(len(examples[0][0]), sizes, init="he", rng=rng)
    rate = linear(0.01, 0.0, epochs * math.ceil(len(examples) / BATCH))
    history = fit(
        model, examples, cross_entropy, optimizer=Adam(model.parameters(), rate), epochs=epochs,
        batch_size=BATCH, rng=rng, **options,
    )  # fmt: skip
    return model, history


def read_digits(model, examples):
    """Return what a network says that each picture shows, all of them by one program."""
    inputs = [Value(0.0) for _ in examples[0][0]]
    parameters = model.parameters()
    program = compile(model(inputs), inputs, parameters)
    scores = program.predictions([p.data for p in parameters], [x for x, _ in examples])
    return [of_one.index(max(of_one)) for of_one in scores]


def read_by_scikit_learn(training, others, hidden, epochs):
    """Return what scikit-learn's network says, which learns the same rows as often; or None."""
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError:
        return None
    sizes = (hidden,) if hidden else ()
    network = MLPClassifier(sizes, max_iter=epochs, batch_size=BATCH, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it could go on learning
        network.fit([x for x, _ in training], [digit for _, digit in training])
    return network.predict([x for x, _ in others]).tolist()


def print_score(name, found, wanted, seconds):
    """Print how many pictures were read correctly."""
    right = sum(x == y for x, y in zip(found, wanted, strict=True))
    print(f"{name}  {right / len(wanted):6.1%}   in {seconds:.1f} s")


def print_confusion(found, wanted):
    """Print how often each digit was read as which."""
    digits = sorted({*wanted, *found})
    counts = Counter(zip(wanted, found, strict=True))
    print("\nread as  " + "".join(f"{digit:>5}" for digit in digits))
    for actual in digits:
        cells = [counts[actual, digit] or "·" for digit in digits]
        print(f"a {actual:<6} " + "".join(f"{cell:>5}" for cell in cells))


def main(arguments=None):
    """Train on four fifths of the pictures, and read the others."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("table", nargs="?", default=Path(__file__).parent / "digits.csv")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument(
        "--hidden", type=lambda text: 0 if text == "none" else int(text), default=HIDDEN,
        help="neurons, or none: no hidden layer",
    )  # fmt: skip
    parser.add_argument("--page", help="of the training, such as mnist.html")
    given = parser.parse_args(arguments)

    training, others = hold_out(take_examples(*read_pictures(given.table)))
    wanted = [digit for _, digit in others]
    print(f"{len(training):,} pictures to learn from, {len(others):,} to read")
    begin = perf_counter()
    model, history = train(training, given.hidden, given.epochs, record=bool(given.page))
    found = read_digits(model, others)
    print_score("this network", found, wanted, perf_counter() - begin)
    begin = perf_counter()
    theirs = read_by_scikit_learn(training, others, given.hidden, given.epochs)
    if theirs is not None:
        print_score("scikit-learn", theirs, wanted, perf_counter() - begin)
    print_confusion(found, wanted)
    if given.page:
        side = math.isqrt(len(training[0][0]))
        page(history, pixels=(side, side)).save(given.page)


if __name__ == "__main__":
    main()
