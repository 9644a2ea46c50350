"""Examples in windows: shuffled within each, the same steps as of a list where one holds all."""

import math
import random
from array import array

import pytest
from native import needs_compiler

from micrograd_nn import MLP, fit
from micrograd_nn.losses import cross_entropy, squared_error
from micrograd_nn.optim import SGD, Adam
from micrograd_nn.train.examples import Window
from micrograd_nn.train.loop import fit_by_steps
from micrograd_nn.train.windows import Windows

NUMBERS = [((x / 7, (x % 5) / 5), math.sin(x)) for x in range(60)]
CLASSES = [((x / 7, (x % 5) / 5), x % 3) for x in range(60)]


class Cut(Windows):
    """A list in windows of so many examples, each loaded anew."""

    def __init__(self, examples, size):
        self.parts = [examples[i : i + size] for i in range(0, len(examples), size)]
        super().__init__([*map(len, self.parts)])
        self.loaded = []

    def load(self, place):
        self.loaded.append(place)
        part = self.parts[place]
        numbers = [x for inputs, target in part for x in (*inputs, target)]
        return Window(array("d", numbers), 3, has_classes=isinstance(part[0][1], int))


def train(data, validation, native, **more):
    loss = cross_entropy if isinstance(NUMBERS if data is None else first(data)[1], int) else None
    model = MLP(2, [4, 3 if loss else 1], "tanh", rng=random.Random(0))
    history = fit(
        model, data, loss or squared_error, optimizer=Adam(model.parameters(), 0.02), epochs=12,
        batch_size=8, validation=validation, rng=random.Random(1), native=native, **more,
    )  # fmt: skip
    losses = [(epoch.loss, epoch.validation_loss) for epoch in history.epochs]
    return [x.data for x in model.parameters()], losses, history


def first(data):
    return data.load(0)[0] if isinstance(data, Windows) else data[0]


@pytest.mark.parametrize("native", [False, None])
@pytest.mark.parametrize("examples", [NUMBERS, CLASSES], ids=["numbers", "classes"])
def test_one_window_of_all_trains_as_a_list_does(examples, native):
    training, validation = examples[:45], examples[45:]
    wanted = train(training, validation, native)[:2]
    assert train(Cut(training, 100), Cut(validation, 100), native)[:2] == wanted
    assert train(training, Cut(validation, 4), native)[:2] == wanted


@needs_compiler
@pytest.mark.usefixtures("in_c")
def test_windows_run_in_c():
    found = train(Cut(NUMBERS, 16), Cut(NUMBERS[:20], 7), True)
    assert found[2].ran == "native"
    assert found[:2] == train(Cut(NUMBERS, 16), Cut(NUMBERS[:20], 7), False)[:2]


def test_each_epoch_takes_every_example_once_and_windows_in_another_order():
    windows = Cut(NUMBERS, 16)
    model = MLP(2, [1], rng=random.Random(0))
    seen = [*fit_by_steps(model, windows, squared_error, epochs=6, batch_size=8)]
    batches = [seen[i : i + 8] for i in range(0, len(seen), 8)]
    for epoch in batches:
        taken = [example for batch in epoch for example in batch]
        assert sorted(taken) == sorted(NUMBERS)
        assert taken != NUMBERS
    orders = [tuple(NUMBERS.index(batch[0]) // 16 for batch in epoch[::2]) for epoch in batches]
    assert len({*orders}) > 1
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)


def test_the_examples_of_a_window_may_take_the_place_of_those_before():
    """What reads examples knows them by identity, and a window's are gone when the next comes."""
    model = MLP(2, [1], rng=random.Random(0))
    weights = [x.data for x in model.parameters()]
    lr = 0.01
    fit(
        model, Cut(NUMBERS, 1), squared_error, optimizer=SGD(model.parameters(), lr), epochs=8,
        batch_size=1, rng=random.Random(5), native=False,
    )  # fmt: skip
    rng, places, best = random.Random(5), [*range(60)], (math.inf, weights)

    def measure(w):
        return sum((w[0] * x + w[1] * y + w[2] - t) ** 2 for (x, y), t in NUMBERS) / 60

    for epoch in range(9):
        if epoch:
            places = [*range(60)]
            rng.shuffle(places)
            for i in places:
                (x, y), t = NUMBERS[i]
                slope = 2 * (weights[0] * x + weights[1] * y + weights[2] - t)
                weights = [w - lr * slope * z for w, z in zip(weights, (x, y, 1), strict=True)]
        best = min(best, (measure(weights), weights))
    assert [x.data for x in model.parameters()] == pytest.approx(best[1], rel=1e-12)


def test_a_window_makes_each_example_once():
    window = Window(array("d", [1.0, 2.0, 3.0, 0.0]), 2, has_classes=True)
    assert [*window] == [((1.0,), 2), ((3.0,), 0)]
    assert window[0] is window[0] is window[-2]
    assert window[:1] == [((1.0,), 2)]
    with pytest.raises(IndexError):
        window[2]


def test_what_needs_all_examples_at_once_is_refused():
    model = MLP(2, [1])
    with pytest.raises(ValueError, match=r"validation=0\.2: a fraction is for a list of examples"):
        fit(model, Cut(NUMBERS, 16), squared_error, validation=0.2)
    with pytest.raises(ValueError, match="record keeps all examples in memory"):
        fit(model, Cut(NUMBERS, 16), squared_error, record=True)
    with pytest.raises(ValueError, match="fit needs at least one example"):
        fit(model, Cut([], 16), squared_error)
