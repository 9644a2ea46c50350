"""scikit-learn's network on a table, as its users write such a script: the other side of `train`.

    python scikit.py TRAINING.csv [--test TEST.csv] --batch-size N --epochs N --seed N

It prints how many epochs it took and, on the rows of the test table, the accuracy.
"""

from __future__ import annotations

import argparse
import csv
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("training")
    parser.add_argument("--test")
    for option in ("--batch-size", "--epochs", "--seed"):
        parser.add_argument(option, type=int)
    parser.add_argument("--hidden")
    options = parser.parse_args()
    X, y = read(options.training)  # noqa: N806
    network = MLPClassifier(
        [int(size) for size in options.hidden.split(",")],
        batch_size=options.batch_size,
        learning_rate_init=0.01,
        max_iter=options.epochs,
        early_stopping=True,  # which is to hold rows back, and to return to the best weights
        validation_fraction=0.2,
        n_iter_no_change=options.epochs,
        random_state=options.seed,
    )
    model = make_pipeline(StandardScaler(), network)
    warnings.simplefilter("ignore", ConvergenceWarning)
    model.fit(X, y)
    print("epochs", network.n_iter_)
    if options.test:
        print("accuracy", model.score(*read(options.test)))


def read(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a table's numbers, and the classes in its last column."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[:-1] for row in rows], dtype=float), np.array([row[-1] for row in rows])


if __name__ == "__main__":
    main()
