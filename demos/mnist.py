"""Handwritten digits: 64 neurons read them, beside scikit-learn's on the same pictures.

python demos/mnist.py             reads the 500 pictures of 8 × 8 pixels in digits.csv
python demos/mnist.py train.csv   reads MNIST: a row has its label first, then 28 × 28 pixels
python demos/mnist.py train.csv --page mnist.html   writes a page, too, on which one draws digits

Whether a file of MNIST begins with a header or not, it is read. digits.txt tells where the small
table is from. scikit-learn takes part where it is installed.
"""

import argparse
import warnings
from collections import Counter
from pathlib import Path
from time import perf_counter

from micrograd_nn import Value, compile
from micrograd_nn.tables import parse_table, train_table

TARGETS = "label", "digit"  # the column that tells what a picture shows
HIDDEN = 64
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


def hold_out(table):
    """Return the pictures to learn from, and every fifth of them, which is held out."""
    places = range(len(table.rows))
    return (
        table.take([i for i in places if i % TEST]),
        table.take([i for i in places if i % TEST == 0]),
    )


def read_digits(trained, table):
    """Return what a trained network says that each picture shows, all rows by one program."""
    inputs = [Value(0.0) for _ in range(trained.encoding.n_inputs)]
    parameters = trained.model.parameters()
    program = compile(trained.model(inputs), inputs, parameters)
    rows = trained.encoding.encode_inputs(table)
    scores = program.predictions([p.data for p in parameters], rows)
    return [trained.encoding.decode(row) for row in scores]


def read_by_scikit_learn(trained, training, others, target, epochs):
    """Return what scikit-learn's network says, which learns the same rows as often; or None."""
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError:
        return None
    encode = trained.encoding.encode_inputs
    network = MLPClassifier((HIDDEN,), max_iter=epochs, batch_size=64, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it could go on learning
        network.fit(encode(training), training.column(target))
    return network.predict(encode(others)).tolist()


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
    parser.add_argument("--page", help="of the training, such as mnist.html")
    given = parser.parse_args(arguments)

    table, target = read_pictures(given.table)
    training, others = hold_out(table)
    wanted = others.column(target)
    print(f"{len(training.rows):,} pictures to learn from, {len(others.rows):,} to read")
    begin = perf_counter()
    trained = train_table(
        training, target=target, classes=True, hidden=[HIDDEN], epochs=given.epochs,
        batch_size=64, seed=1,
    )  # fmt: skip
    found = read_digits(trained, others)
    print_score("this network", found, wanted, perf_counter() - begin)
    begin = perf_counter()
    theirs = read_by_scikit_learn(trained, training, others, target, given.epochs)
    if theirs is not None:
        print_score("scikit-learn", theirs, wanted, perf_counter() - begin)
    print_confusion(found, wanted)
    if given.page:
        trained.replay().save(given.page)


if __name__ == "__main__":
    main()
