"""A table from end to end: a network learns it, a page shows how, and it runs elsewhere as ONNX.

python demos/flowers.py folder  writes flowers.html and flowers.onnx there

It needs onnx and onnxruntime: pip install onnx onnxruntime. The table is iris.csv: how long and
wide the petals and sepals of 150 flowers are, and of what species they are.
"""

import argparse
import random
from pathlib import Path

from micrograd_nn import export
from micrograd_nn.extras.tables import read_table, train_table

TARGET = "species"
TABLE = Path(__file__).parent / "iris.csv"


def train(table, epochs):
    """Return a network trained on a table, its report on a fifth of the rows held out."""
    return train_table(table, target=TARGET, hidden=[8], test=0.2, epochs=epochs, seed=1)


def run_elsewhere(path, table):
    """Return what onnxruntime predicts for each row, which knows nothing of micrograd_nn."""
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    given = {
        one.name: np.array([[float(cell)] for cell in table.column(one.name)])
        for one in session.get_inputs()
    }
    labels, probabilities = session.run(["label", "probabilities"], given)
    return labels.tolist(), probabilities.max(axis=1).tolist()


def main(arguments=None):
    """Train, write the page, export, run the export, and compare each prediction."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", default=".", type=Path)
    parser.add_argument("--epochs", type=int, default=60)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)

    table = read_table(TABLE)
    trained = train(table, given.epochs)
    print(trained.report)
    trained.replay().save(given.folder / "flowers.html")
    print(export(trained.saved, given.folder / "flowers.onnx"))

    labels, probabilities = run_elsewhere(given.folder / "flowers.onnx", table)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    own = [trained.predict(row) for row in rows]
    same = sum(label == wanted for label, wanted in zip(labels, own, strict=True))
    print(f"onnxruntime and this engine agree on {same} of {len(rows)} flowers")
    for i in sorted(random.Random(1).sample(range(len(rows)), 3)):
        print(f"row {i + 1}: {labels[i]} ({probabilities[i]:.1%}); it is {rows[i][TARGET]}")


if __name__ == "__main__":
    main()
