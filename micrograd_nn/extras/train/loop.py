"""``fit``: trains in mini-batches, with a validation part, early stopping and a history of it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from numbers import Integral
from typing import Any, TypeVar

from ..._ground.text import quote_text
from ...engine.backprop import require_no_pass
from ...engine.setting import graphs, no_grad, setting
from ...engine.value import Value
from ...nn.networks import provide_generator
from ...optim import Adam, Optimizer
from ..compile.native.building import NoNativeError, require_choice
from .examples import Example, ExampleTable
from .habits import tell_habits
from .history import Epoch, History
from .objective import Objective
from .progress import show_progress
from .run import Model, Penalty, Run
from .snapshots import Weights, start_recording

WORTH_COMPILING = 100  # passes of an example by the graph: about what compiling one costs

T = TypeVar("T")
Loss = Callable[[Any, Any], Value]


def split(data: Sequence[T], fraction: float, rng: random.Random) -> tuple[list[T], list[T]]:
    """Return the data, shuffled, as a training part and a validation part of that fraction.

    >>> training, validation = split([([x], x) for x in range(10)], 0.2, random.Random(0))
    >>> len(training), len(validation)
    (8, 2)

    Neither part is left empty unless the fraction is 0.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"a validation part is a fraction from 0 to below 1, not {fraction!r}")
    shuffled = list(data)
    rng.shuffle(shuffled)
    size = max(1, min(len(shuffled) - 1, round(len(shuffled) * fraction))) if fraction else 0
    if fraction and len(shuffled) < 2:
        raise ValueError("a validation part needs at least two examples: one stays for training")
    return shuffled[size:], shuffled[:size]


@tell_habits
def fit(
    model: Model,
    data: Iterable[Example],
    loss: Loss,
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int = 32,
    validation: float | Iterable[Example] = 0.0,
    patience: int | None = None,
    penalty: Penalty | None = None,
    rng: random.Random | None = None,
    callback: Callable[[Epoch], object] | None = None,
    compiled: bool = True,
    unchecked: bool = False,
    native: bool | None = None,
    record: bool | int | None = None,
    history: History | None = None,
    show: bool = False,
) -> History:
    """Train a model on (inputs, target) pairs and leave it with its best weights.

    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.losses import squared_error
    >>> rng = random.Random(0)
    >>> model = MLP(1, [1], rng=rng)
    >>> data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
    >>> history = fit(model, data, squared_error, optimizer=Adam(model.parameters(), 0.1), rng=rng)
    >>> [round(parameter.data, 2) for parameter in model.parameters()]
    [2.0, 1.0]

    A model is called with an example's inputs, and has ``parameters()``. It needs no base class; an
    ``nn.Module`` has these already. ``data`` may be an iterator, such as ``zip(X, y)``. What goes
    back to the best epoch is all that the model or the optimizer calls a parameter, what the
    model's attributes hold, and a ``state`` of the class's own. How often the model is called isn't
    promised.

    ``loss(prediction, target)`` is of one example; a batch's is their mean, plus
    ``penalty(parameters)`` if given. ``validation`` is a fraction of the data or other data; with
    it, the best weights are those of the lowest validation loss. ``patience`` stops after that many
    epochs without a better one. ``callback(epoch)`` is called after each, number 0 (before
    training) included. A loss that grows beyond all bounds stops the training, with the reason in
    the history. Ctrl-C and errors leave the best weights, too, before they go on up; a
    ``History()`` passed as ``history`` then holds the epochs until there.

    ``record`` keeps the weights on the way, for a page that replays the training: up to 256
    snapshots of them, or as many as it says.

    >>> history = fit(model, data, squared_error, epochs=4, record=True)
    >>> [snapshot.epoch for snapshot in history.recording.snapshots]
    [0, 1, 2, 3, 4]

    With ``show`` one sees it train: a notebook shows the curve of the loss, a terminal a bar with
    the latest loss, and a file or a pipe nothing.

    The loss runs ``compiled`` where that's possible and worth it. The model and the loss are read
    first: where they do more than to compute, compare and gather numbers, the graph is used, and a
    RuntimeWarning names the place. ``unchecked=True`` is your word that they depend on the numbers
    by operations and comparisons alone, not on their type or text. ``no_grad`` around it changes
    nothing. Where there is a C compiler, and work enough for one, whole epochs run in C, with the
    same numbers, bit for bit.
    ``native=True`` waits for the compiler, or is a NoNativeError that says why it can't be;
    ``native=False`` stays with Python.
    """
    run = prepare_run(
        model, data, loss, optimizer, epochs, batch_size, validation, patience, penalty, rng,
        callback, compiled, unchecked, native, record, history,
    )  # fmt: skip
    # Within no_grad, too, a training needs graphs; a setting of its own slows down operations.
    with (
        record_graphs(),
        show_progress(run.history, epochs) if show else nullcontext() as run.progress,
    ):
        for _ in run.train():
            pass
    return run.history


def fit_by_steps(
    model: Model,
    data: Iterable[Example],
    loss: Loss,
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int = 32,
    validation: float | Iterable[Example] = 0.0,
    penalty: Penalty | None = None,
    rng: random.Random | None = None,
    history: History | None = None,
    show: bool = False,
) -> Iterator[list[Example]]:
    """Train as ``fit`` does, to the same bits, and pause before each step: yield its batch.

    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.losses import squared_error
    >>> data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
    >>> model, history = MLP(1, [1], rng=random.Random(0)), History()
    >>> training = fit_by_steps(model, data, squared_error, batch_size=7, history=history)
    >>> len(next(training)), history.epochs[-1].number, model.parameters()[1].data
    (7, 0, 0.0)
    >>> _ = next(training)
    >>> round(model.parameters()[1].data, 6)  # after one step of Adam's
    0.001

    Between steps the weights are those of the moment, and so they are if one leaves it there.
    Where it ends, they are the best ones, as ``fit`` leaves them. ``show`` is as for ``fit``.
    """
    run = prepare_run(
        model, data, loss, optimizer, epochs, batch_size, validation, None, penalty, rng,
        native=False, history=history,
    )  # fmt: skip
    training = run.train()
    with (
        closing(training),
        show_progress(run.history, epochs) if show else nullcontext() as run.progress,
    ):
        while True:
            batch = take_next(training)
            if batch is None:
                return
            yield batch
            run.objective.examples.forget_editable()  # somebody may have edited them


def take_next(training: Iterator[list[Example]]) -> list[Example] | None:
    """Go on to the next step with graphs recorded, and not while somebody else runs."""
    with record_graphs():
        return next(training, None)


def record_graphs() -> AbstractContextManager[None]:
    """Return a setting in which graphs are recorded, which mostly is so already."""
    return nullcontext() if setting.get().recording else graphs()


def prepare_run(
    model: Model, data: Iterable[Example], loss: Loss, optimizer: Any, epochs: int,
    batch_size: int, validation: float | Iterable[Example], patience: int | None,
    penalty: Penalty | None, rng: random.Random | None,
    callback: Callable[[Epoch], object] | None = None, compiled: bool = True,
    unchecked: bool = False, native: bool | None = None, record: bool | int | None = None,
    history: History | None = None,
) -> Run:  # fmt: skip
    """Return a run that is ready to train; what can't be is refused."""
    data = list_pairs(data)
    if not data:
        raise ValueError("fit needs at least one example")
    is_one = callable(model) and callable(getattr(model, "parameters", None))
    if isinstance(model, type) or not is_one:
        raise TypeError(
            f"a model is called with an example's inputs, and its parameters() are the Values to "
            f"train: derive its class from nn.Module, or write both; not {quote_text(model)}"
        )
    require_choice(native)
    numbers: dict[str, Any] = {"epochs": epochs, "batch_size": batch_size, "patience": patience}
    for name, number in numbers.items():
        if number is not None and not isinstance(number, Integral):
            raise TypeError(f"{name} is a whole number from 1 up, not {number!r}")
        if number is not None and number < 1:
            raise ValueError(f"{name} is at least 1, not {number!r}")
    if not callable(loss):
        raise TypeError(
            f"loss is a function such as losses.squared_error, not {quote_text(loss)}: "
            f"of inputs X and targets y, data is list(zip(X, y))"
        )
    if not (penalty is None or callable(penalty)):
        raise TypeError(
            f"penalty is a function of the parameters, such as losses.l2_penalty or "
            f"lambda parameters: l2_penalty(parameters, 0.01), not {quote_text(penalty)}"
        )
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer is one of this model's parameters, such as "
            f"Adam(model.parameters(), lr=0.01), not {quote_text(optimizer)}"
        )
    rng = provide_generator(rng)
    training: Sequence[Example]
    held_back: Sequence[Example]
    if isinstance(validation, (int, float)):
        training, held_back = split(data, validation, rng)
    else:
        training, held_back = data, list_pairs(validation, "validation")
    parameters = list(model.parameters())
    optimizer = optimizer or Adam(parameters)
    if not set(parameters) & set(optimizer.parameters):
        raise ValueError("the optimizer has none of this model's parameters: it's another model's")
    require_no_pass({*parameters, *optimizer.parameters}, "fit()")
    is_handed_in = history is not None
    history = History() if history is None else history
    if history.epochs:
        raise ValueError("this history isn't empty: pass a new History()")
    history.stopped = ""
    weights = Weights(model, optimizer.parameters)
    history.recording = start_recording(
        record, weights=weights, loss=loss, training=training, validation=held_back
    )
    eager = "" if compiled else "as asked"
    if epochs * len(training) < WORTH_COMPILING and not native:
        eager = eager or "too little work to be worth compiling"
    if native and eager:
        raise NoNativeError(f"native=True: this training runs without programs, {eager}")
    objective = Objective(model, loss, parameters, penalty, eager, native, unchecked)
    return Run(
        objective, optimizer, weights, training, held_back, rng, history, epochs, batch_size,
        patience, callback, is_handed_in,
    )  # fmt: skip


def list_pairs(data: Iterable[Example], called: str = "data") -> Sequence[Example]:
    """Return examples in a list of their own, unless nobody can take any away.

    What isn't a pair, such as a row whose last number is the target, is refused.
    """
    if not (hasattr(data, "__iter__") or hasattr(data, "__getitem__")):
        raise TypeError(f"{called} is a list of (inputs, target) pairs, not {quote_text(data)}")
    listed = data if type(data) is ExampleTable else [*data]
    if not listed and not hasattr(data, "__len__"):
        raise ValueError(
            f"{quote_text(data)} gave no example: an iterator, such as zip(X, y), gives its items "
            f"once, so write list(zip(X, y))"
        )
    for i, example in enumerate(listed):
        if not hasattr(example, "__len__") or len(example) != 2:
            raise ValueError(
                f"{called} is a list of (inputs, target) pairs, and example {i} is none: of rows "
                f"that end with the target, it is [(row[:-1], row[-1]) for row in rows]"
            )
    return listed


def mean_loss(model: Model, data: Iterable[Example], loss: Loss) -> float:
    """Return the mean loss over examples, without recording a graph.

    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.losses import squared_error
    >>> mean_loss(MLP(1, [1]), [([0.0], 3.0)], squared_error)
    9.0
    """
    with no_grad():
        losses = [loss(model(x), target).data for x, target in list_pairs(data)]
    if not losses:
        raise ValueError("mean_loss needs at least one example")
    return math.fsum(losses) / len(losses)
