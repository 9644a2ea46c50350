"""A regression on a real table: how far a car goes on a gallon of petrol, from seven columns.

python demos/cars.py           trains on four fifths of 392 cars, and predicts the others
python demos/cars.py cars.svg  draws what is predicted against what is so, too

cars.txt tells where the table is from.
"""

import argparse
import math
from pathlib import Path
from time import perf_counter

from micrograd_nn.extras.plot import Plot
from micrograd_nn.extras.tables import read_table, train_table

TARGET = "mpg"
TEST = 5  # every fifth car is held out


def read_cars():
    """Return the table's rows in two parts: to train on, and to be predicted."""
    table = read_table(Path(__file__).parent / "cars.csv")
    places = range(len(table.rows))
    return (
        table.take([i for i in places if i % TEST]),
        table.take([i for i in places if i % TEST == 0]),
    )


def predict(trained, table):
    """Return what a trained network predicts for each row."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return [trained.predict({**row, TARGET: "0"}) for row in rows]


def measure_r2(found, wanted):
    """Return R²: how much of the squares' sum around the mean is explained; 1 is all of it."""
    mean = math.fsum(wanted) / len(wanted)
    wrong = math.fsum((y - p) ** 2 for p, y in zip(found, wanted, strict=True))
    return 1 - wrong / math.fsum((y - mean) ** 2 for y in wanted)


def draw_predictions(found, wanted):
    """Return a picture of predictions against what is so: on the diagonal they are right."""
    points = [*zip(wanted, found, strict=True)]
    limits = 5, 50
    plot = Plot("Cars held out", x="miles per gallon", y="predicted", xlim=limits, ylim=limits)
    return plot.curve(lambda x: x, *limits, "right").dots(points, "a car")


def main(arguments=None):
    """Train a network and a linear model, and let both predict the cars held out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", nargs="?", help="of the predictions, such as cars.svg")
    parser.add_argument("--epochs", type=int, default=100)
    given = parser.parse_args(arguments)

    training, others = read_cars()
    wanted = [float(cell) for cell in others.column(TARGET)]
    print(f"{len(training.rows)} cars to learn from, {len(others.rows)} to predict")
    for name, hidden in (("linear model", []), ("network", [16, 16])):
        begin = perf_counter()
        trained = train_table(training, target=TARGET, hidden=hidden, epochs=given.epochs, seed=1)
        seconds = perf_counter() - begin
        found = predict(trained, others)
        print(f"{name:12} R² {measure_r2(found, wanted):.3f}   in {seconds:.1f} s")
    if given.picture:
        draw_predictions(found, wanted).save(given.picture)


if __name__ == "__main__":
    main()
