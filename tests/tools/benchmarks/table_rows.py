"""`micrograd-nn train` on tables against scikit-learn's network: as processes, by time and score.

Both sides read the same CSV file, standardise its columns, train the same layers in the same
batches by Adam, hold a fifth of the rows back, compute the loss of those after each epoch, and
return to the best weights. Of ours, compiling in C is a part: nothing is kept from before.
"""

from __future__ import annotations

import csv
import json
import math
import random
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from measure import Effort, Pair, Row, Score, peer, run_python
from registry import ROWS

SPLITS = 8
HERE = Path(__file__).parent


class Training(NamedTuple):
    """How both sides train on a table, and how many times as fast it shall be."""

    batch: int = 16
    target: float = 1
    epochs: int = 100
    hidden: Sequence[int] = (16, 16)
    is_scored: bool = True


TABLES = {
    "iris": Training(), "wine": Training(), "digits": Training(),
    "20,000 × 9": Training(batch=64),
    "10,000 × 784": Training(64, 1 / 1.2, epochs=10, hidden=[64], is_scored=False),
}  # fmt: skip

Lines = list[list[Any]]  # of a table, its class in the last column


def read_table(name: str) -> Lines:
    """Return one of scikit-learn's tables, or one by chance: of pictures of ten digits, say."""
    datasets = peer("sklearn.datasets")
    if name in ("iris", "wine", "digits"):
        table = getattr(datasets, f"load_{name}")()
        classes = [f"class {i}" for i in table.target]
        return [[*row, kind] for row, kind in zip(table.data.tolist(), classes, strict=True)]
    rng = random.Random(5)
    lines: Lines = []
    if name == "10,000 × 784":
        strokes = [sorted(rng.sample(range(784), 150)) for _ in range(10)]
        for i in range(10_000):
            pixels = [0] * 784
            for place in strokes[i % 10]:
                pixels[min(783, place + rng.randrange(3))] = rng.randrange(256)
            lines.append([*pixels, f"digit {i % 10}"])
        return lines
    for _ in range(20_000):
        x = [rng.gauss(0, 1) for _ in range(9)]
        height = 1.5 + x[0] * x[1] + math.sin(2 * x[2]) + 0.5 * x[3] + rng.gauss(0, 0.3)
        lines.append([*x, ("low", "middle", "high")[min(2, max(0, int(height)))]])
    return lines


def write_table(path: Path, lines: Lines) -> str:
    """Write a table as CSV, and return its path."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*[f"x{i}" for i in range(1, len(lines[0]))], "kind"])
        writer.writerows(lines)
    return str(path)


def train(table: str, how: Training, epochs: int, seed: int, folder: Path) -> Path:
    """Train on a table as a person does, and return where the model is."""
    model = folder / "model.json"
    run_python(
        "-m", "micrograd_nn", "train", table, "--target", "kind", "--model", str(model), "--force",
        *[f"--epochs={epochs}", f"--patience={epochs}", f"--batch-size={how.batch}"],
        *[f"--hidden={','.join(map(str, how.hidden))}", f"--seed={seed}"],
        folder=folder,
    )  # fmt: skip
    return model


def count_right(model: Path, table: str, folder: Path) -> float:
    """Return the fraction of a table's rows whose class a model predicts."""
    out = folder / "predicted.csv"
    run_python("-m", "micrograd_nn", "predict", str(model), table, "-o", str(out), folder=folder)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return sum(row["kind"] == row["predicted_kind"] for row in rows) / len(rows)


def run_scikit(
    table: str, how: Training, epochs: int, seed: int, *more: str, folder: Path
) -> Any:  # fmt: skip
    """Return what scikit-learn's script says, by name."""
    layers = f"--hidden={','.join(map(str, how.hidden))}"
    options = [f"--batch-size={how.batch}", f"--epochs={epochs}", f"--seed={seed}", layers, *more]
    said = run_python(str(HERE / "scikit.py"), table, *options, folder=folder)
    return {name: float(number) for name, number in map(str.split, said.splitlines())}


def time_training(name: str, how: Training, effort: Effort) -> list[Pair]:
    """Time both processes in turn, after a run that shows that both take all epochs."""
    epochs, pairs = effort.size(how.epochs, 2), []
    with tempfile.TemporaryDirectory() as place:
        lines = read_table(name)
        table = write_table(Path(place, "t.csv"), lines[:: effort.size(1, len(lines) // 60)])
        for number in range(effort.size(4 if len(lines) > 1000 else 8, 1)):
            folder = Path(place, str(number))
            folder.mkdir()
            start = perf_counter()
            model = train(table, how, epochs, number, folder)
            between = perf_counter()
            said = run_scikit(table, how, epochs, number, folder=folder)
            pair = between - start, perf_counter() - between
            taken = len(json.loads(model.read_text())["training"]["losses"]), said["epochs"]
            if taken != (epochs, epochs):
                raise AssertionError(f"not {epochs} epochs on both sides, but {taken}")
            pairs.append(pair)
    return pairs[1:] or pairs  # the first reads files that the others find in memory


def score_training(name: str, how: Training, effort: Effort) -> list[Pair]:
    """Return both sides' accuracy on a quarter of the rows, for each of some splits."""
    epochs, pairs = effort.size(how.epochs, 2), []
    with tempfile.TemporaryDirectory() as place:
        folder, all_lines = Path(place), read_table(name)
        for seed in range(effort.size(SPLITS, 1)):
            lines = list(all_lines)
            random.Random(seed).shuffle(lines)
            held_out = len(lines) // 4
            test = write_table(folder / "test.csv", lines[:held_out])
            table = write_table(folder / "t.csv", lines[held_out :: effort.size(1, held_out // 20)])
            model = train(table, how, epochs, seed, folder)
            said = run_scikit(table, how, epochs, seed, "--test", test, folder=folder)
            pairs.append((count_right(model, test, folder), said["accuracy"]))
    return pairs


for name, how in TABLES.items():
    work = f"micrograd-nn train on {name}, process and compiling included"
    pairs = partial(time_training, name, how)
    ROWS.append(Row(work, "scikit-learn's script", pairs, True, how.target))
for name, how in TABLES.items():
    if how.is_scored:
        work = f"accuracy on {name}, mean of {SPLITS} splits"
        ROWS.append(Score(work, "scikit-learn's", partial(score_training, name, how), 0.01))
