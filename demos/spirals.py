"""Two spirals wind around one another, and a network learns where one ends and the other begins.

python demos/spirals.py              trains, and says how many points are on their own side
python demos/spirals.py spirals.svg  draws the points and the boundary, too
"""

import argparse
import random
from time import perf_counter

from micrograd_nn import MLP, fit, no_grad
from micrograd_nn.extras.plot import Plot
from micrograd_nn.extras.train.shapes import spirals
from micrograd_nn.losses import binary_cross_entropy
from micrograd_nn.optim import Adam

EDGE = 1.2  # of the picture


def make_points(count=200, seed=1):
    """Return the points of both spirals: two coordinates each, and the class, 0 or 1."""
    points = spirals(count, noise=0.02, rng=random.Random(seed))
    return [(place, 1.0 if kind > 0 else 0.0) for place, kind in points]


def train(points, epochs, seed=1):
    """Return a network trained on points, and the history of its training."""
    model = MLP(2, [16, 16, 1], activation="silu", init="he", rng=random.Random(seed))
    history = fit(
        model, points, binary_cross_entropy,
        optimizer=Adam(model.parameters(), lr=0.03), epochs=epochs, batch_size=20,
        rng=random.Random(seed),
    )  # fmt: skip
    return model, history


def measure_accuracy(model, points):
    """Return the fraction of points on the side of their class."""
    with no_grad():
        return sum((model(place).data > 0) == (kind > 0.5) for place, kind in points) / len(points)


def draw_boundary(model, points):
    """Return a picture of the points, of how sure the network is, and of the boundary."""

    def score(x, y):
        with no_grad():
            return model([x, y]).sigmoid().data

    limits = -EDGE, EDGE
    plot = Plot("Two spirals", x="x", y="y", xlim=limits, ylim=limits, same_scale=True)
    plot.shade(score, "how sure of spiral 1").contours(score, [0.5])
    for kind in (1, 0):
        these = [place for place, own in points if own == kind]
        plot.dots(these, f"spiral {kind}", hollow=not kind)
    return plot


def main(arguments=None):
    """Train on 200 points, and test on 1,000 others of the same spirals."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", nargs="?", help="of the boundary, such as spirals.svg")
    parser.add_argument("--epochs", type=int, default=100)
    given = parser.parse_args(arguments)

    points, others = make_points(), make_points(1000, seed=2)
    begin = perf_counter()
    model, history = train(points, given.epochs)
    seconds = perf_counter() - begin
    for name, these in (("trained on", points), ("others", others)):
        print(f"{len(these):5} points {name:10} {measure_accuracy(model, these):6.1%} right")
    print(f"in {seconds:.1f} s ({history.ran}), loss {history.best.loss:.4f}")
    if given.picture:
        draw_boundary(model, points).save(given.picture)


if __name__ == "__main__":
    main()
