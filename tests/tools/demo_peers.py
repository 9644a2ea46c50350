"""Each program of demos/ on real tasks, beside a peer: how good both are, and the ratio of times.

    python tests/tools/demo_peers.py

Needs torch and scikit-learn. The peers get the same examples, the same kind of network, optimizer,
learning rate, batches and epochs, and torch the same first weights. Times are medians of pairs of
runs, one after the other, and are of training alone: above 1, the peer took longer.
"""

import random
import sys
import warnings
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from demos import cars, convolution, recurrent, spirals
from micrograd_nn import MLP, fit, no_grad
from micrograd_nn.extras.train.loop import split
from micrograd_nn.losses import cross_entropy, squared_error
from micrograd_nn.optim import Adam

PAIRS = 5


def flatten(digits):
    """Return digits as rows of 64 numbers, and the digits that they show."""
    return [[x for row in picture for x in row] for picture, _ in digits], [d for _, d in digits]


def read_digits():
    """Return the digits to train on and the others, as rows and labels."""
    digits = convolution.read_digits()
    random.Random(1).shuffle(digits)
    return flatten(digits[:400]), flatten(digits[400:])


def learn(model, examples, loss, rate):
    """Train for 40 epochs, and return how long that took."""
    begin = perf_counter()
    fit(
        model, examples, loss, optimizer=Adam(model.parameters(), rate), epochs=40, batch_size=16,
        rng=random.Random(1),
    )  # fmt: skip
    return perf_counter() - begin


def score_scikit(kind, layers, rate, training, others):
    """Train scikit-learn's network as long; return its score, and how long it learned."""
    model = kind(
        hidden_layer_sizes=layers, solver="adam", alpha=0, batch_size=16, learning_rate_init=rate,
        max_iter=40, tol=0, n_iter_no_change=100, random_state=1,
    )  # fmt: skip
    begin = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that all epochs were used, which was the plan
        model.fit(*training)
    seconds = perf_counter() - begin
    return model.score(*others), seconds


def train_digits(training, others):
    """Return how many digits a network of 32 neurons reads correctly, and how long it learned."""
    rows, labels = training
    model = MLP(64, [32, 10], activation="relu", init="he", rng=random.Random(1))
    examples = [*zip(map(tuple, rows), labels, strict=True)]
    seconds = learn(model, examples, cross_entropy, 0.005)
    with no_grad():
        scores = [[score.data for score in model(row)] for row in others[0]]
    read = [of.index(max(of)) for of in scores]
    return np.mean(np.array(read) == np.array(others[1])), seconds


def train_digits_scikit(training, others):
    """Do the same with scikit-learn."""
    return score_scikit(MLPClassifier, 32, 0.005, training, others)


def read_cars():
    """Return the cars to train on and the others, as standardised rows and miles per gallon."""
    parts = []
    for table in cars.read_cars():
        columns = [[float(x) for x in table.column(name)] for name in table.columns[1:-1]]
        for origin in ("europe", "japan", "usa"):
            columns.append([float(x == origin) for x in table.column("origin")])
        parts.append((np.array(columns).T, np.array([*map(float, table.column(cars.TARGET))])))
    scaler = StandardScaler().fit(parts[0][0])
    mean, scale = parts[0][1].mean(), parts[0][1].std()
    return [(scaler.transform(rows), (y - mean) / scale) for rows, y in parts]


def train_cars(training, others):
    """Return R² of a network of two layers of 16 neurons, and how long it learned."""
    rows, targets = training
    model = MLP(9, [16, 16, 1], activation="relu", init="he", rng=random.Random(1))
    examples = [(tuple(x), y) for x, y in zip(rows.tolist(), targets.tolist(), strict=True)]
    seconds = learn(model, examples, squared_error, 0.002)
    with no_grad():
        found = [model(row).data for row in others[0].tolist()]
    return cars.measure_r2(found, others[1].tolist()), seconds


def train_cars_scikit(training, others):
    """Do the same with scikit-learn."""
    return score_scikit(MLPRegressor, (16, 16), 0.002, training, others)


def read_spirals():
    """Return the points to train on, and the others."""
    return spirals.make_points(), spirals.make_points(1000, seed=2)


def train_spirals(points, others):
    """Return how many points are on their own side, and how long a network learned."""
    begin = perf_counter()
    model, _ = spirals.train(points, epochs=100)
    seconds = perf_counter() - begin
    return spirals.measure_accuracy(model, others), seconds


def train_spirals_torch(points, others):
    """Do the same with PyTorch, from the same weights and with the same batches."""
    rng = random.Random(1)
    points, _ = split(points, 0.0, rng)  # as fit begins, so that batches are the same
    own = MLP(2, [16, 16, 1], activation="silu", init="he", rng=random.Random(1))
    layers = []
    for layer in own.layers:
        linear = torch.nn.Linear(len(layer.neurons[0].w), len(layer.neurons), dtype=torch.double)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[w.data for w in n.w] for n in layer.neurons]))
            linear.bias.copy_(torch.tensor([n.b.data for n in layer.neurons]))
        layers += [linear, torch.nn.SiLU()]
    model = torch.nn.Sequential(*layers[:-1])
    rows = torch.tensor([place for place, _ in points], dtype=torch.double)
    targets = torch.tensor([[kind] for _, kind in points], dtype=torch.double)
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    measure, order = torch.nn.BCEWithLogitsLoss(), [*range(len(points))]
    begin = perf_counter()
    for _ in range(100):
        rng.shuffle(order)
        for start in range(0, len(order), 20):
            batch = order[start : start + 20]
            optimizer.zero_grad()
            measure(model(rows[batch]), targets[batch]).backward()
            optimizer.step()
    seconds = perf_counter() - begin
    with torch.no_grad():
        found = model(torch.tensor([place for place, _ in others], dtype=torch.double))[:, 0] > 0
    return np.mean(found.numpy() == np.array([kind > 0.5 for _, kind in others])), seconds


def read_strings():
    """Return the strings to train on, and the others."""
    rng = random.Random(1)
    return [recurrent.write_string(rng) for _ in range(100)], [
        recurrent.write_string(rng) for _ in range(500)
    ]


def train_strings(strings, others):
    """Return of how many strings all is known, and how long a recurrent network learned."""
    model = recurrent.Recurrent(6, random.Random(1))
    begin = perf_counter()
    fit(
        model, strings, recurrent.measure_loss, optimizer=Adam(model.parameters(), lr=0.03),
        epochs=40, batch_size=10, rng=random.Random(1),
    )  # fmt: skip
    seconds = perf_counter() - begin
    return recurrent.measure_accuracy(model, others), seconds


class TorchRecurrent(torch.nn.Module):
    """The same network of PyTorch's own parts."""

    def __init__(self, hidden):
        super().__init__()
        count = len(recurrent.LETTERS)
        self.states = torch.nn.RNN(count, hidden, batch_first=True, dtype=torch.double)
        self.scores = torch.nn.Linear(hidden, count, dtype=torch.double)

    def forward(self, strings):
        """Return scores for each place of strings that are of one length, by their padding."""
        return self.scores(self.states(strings)[0])


def pad(strings):
    """Return strings as one array, what may follow as another, and which places are real."""
    longest, count = max(len(letters) for letters, _ in strings), len(recurrent.LETTERS)
    given = torch.zeros(len(strings), longest, count, dtype=torch.double)
    wanted, real = torch.zeros_like(given), torch.zeros(len(strings), longest, 1).double()
    for i, (letters, following) in enumerate(strings):
        given[i, : len(letters)] = torch.tensor([recurrent.encode(x) for x in letters])
        wanted[i, : len(letters)] = torch.tensor(following)
        real[i, : len(letters)] = 1.0 / (len(letters) * count)
    return given, wanted, real


def train_strings_torch(strings, others):
    """Do the same with PyTorch, which takes a batch's strings at once, padded to one length."""
    torch.manual_seed(1)
    model = TorchRecurrent(6)
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    measure = torch.nn.BCEWithLogitsLoss(reduction="none")
    given, wanted, real = pad(strings)
    rng, order = random.Random(1), [*range(len(strings))]
    begin = perf_counter()
    for _ in range(40):
        rng.shuffle(order)
        for start in range(0, len(order), 10):
            batch = order[start : start + 10]
            optimizer.zero_grad()
            losses = measure(model(given[batch]), wanted[batch]) * real[batch]
            (losses.sum() / len(batch)).backward()
            optimizer.step()
    seconds = perf_counter() - begin
    given, wanted, real = pad(others)
    with torch.no_grad():
        same = ((model(given) > 0) == (wanted > 0.5)) | (real == 0)
    return same.all(dim=2).all(dim=1).double().mean().item(), seconds


TASKS = [
    ("digits", "scikit-learn", read_digits, train_digits, train_digits_scikit),
    ("cars", "scikit-learn", read_cars, train_cars, train_cars_scikit),
    ("spirals", "PyTorch", read_spirals, train_spirals, train_spirals_torch),
    ("recurrent", "PyTorch", read_strings, train_strings, train_strings_torch),
]


def main():
    """Print a row a task."""
    torch.set_num_threads(1)
    print(f"{'task':10} {'peer':13} {'ours':>7} {'peer’s':>7} {'time, peer / ours':>18}")
    for name, peer, read, ours, theirs in TASKS:
        parts = read()
        pairs = [(ours(*parts), theirs(*parts)) for _ in range(PAIRS)]
        (own, _), (other, _) = pairs[0]
        ratio = median(peer_time / own_time for (_, own_time), (_, peer_time) in pairs)
        print(f"{name:10} {peer:13} {own:7.3f} {other:7.3f} {ratio:18.2f}", flush=True)


if __name__ == "__main__":
    main()
