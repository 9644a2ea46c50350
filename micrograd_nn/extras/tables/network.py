"""The network that a table's columns call for, and its training as the options say.

What it is compared with is made here as well: a linear model by the same training, which is kept
where it does better on the rows held back, and the guess of somebody who looks at no input.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..._ground.text import InputError, quote_text
from ...losses import cross_entropy, squared_error
from ...nn import MLP
from ...optim import AdamW, linear
from ..train.examples import Example
from ..train.history import History
from ..train.loop import fit
from .columns import TextColumn
from .encoding import Encoding
from .options import Options
from .storage import count_parameters

MOST_WEIGHTS = 200_000  # about 2 GB: a program of 93,000 weights took 0.9 GB and a minute to make


def create_model(encoding: Encoding, options: Options) -> MLP:
    """Return a network for a table's columns, with weights that suit its activation.

    Without hidden layers, they are 0: it's the middle of all that a linear model could learn.
    """
    layers = [*options.layers, encoding.n_outputs]
    weights = count_parameters([encoding.n_inputs, *layers], bias=True)
    if weights > MOST_WEIGHTS:
        raise InputError(
            f"a network from {encoding.n_inputs} inputs to layers of {layers} neurons has "
            f"{weights:,} weights, and only up to {MOST_WEIGHTS:,} are feasible here: "
            f"use a smaller --hidden, or --ignore columns"
        )
    like_relu = options.activation in ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
    init: Any = ("he" if like_relu else "xavier") if options.layers else start_from_zero
    return MLP(
        encoding.n_inputs, layers, options.activation, init=init, rng=random.Random(options.seed)
    )


def start_from_zero(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Return 0.0 for every weight."""
    return 0.0


def choose_loss(encoding: Encoding) -> Any:
    """Return the loss of what an encoding's target is: a class, or a number."""
    return cross_entropy if encoding.is_classification else squared_error


def settle_options(
    encoding: Encoding, options: Options, rows: int, to_end: bool = False
) -> Options:
    """Return options for a table of ``rows``, with a choice for all that is left open."""
    return options.settle(rows, encoding.n_inputs * encoding.n_outputs, to_end)


def train_network(
    model: MLP,
    encoding: Encoding,
    options: Any,  # settled ones
    training: Sequence[Example],
    held_back: Sequence[Example],
    loss: Any = None,
    **more: Any,
) -> History:
    """Train on some rows, choose the best epoch by those held back, and return what happened."""
    # The rate falls to 0 on a straight line: the last steps are too small to jump about.
    steps = math.ceil(len(training) / options.batch_size) * options.epochs
    return fit(
        model,
        training,
        loss or choose_loss(encoding),
        optimizer=AdamW(
            model.parameters(), linear(options.lr, 0.0, steps), weight_decay=options.weight_decay
        ),
        epochs=options.epochs,
        batch_size=options.batch_size,
        validation=held_back,
        patience=options.patience,
        **more,
    )


def train_linear(
    encoding: Encoding,
    options: Options,
    training: Sequence[Example],
    held_back: Sequence[Example],
    **more: Any,
) -> tuple[MLP, History]:
    """Return a model without hidden layers, trained in the same way, and what happened.

    It is trained to its end, also where the network isn't: a rival that was stopped on its way is
    a poor one.
    """
    options = settle_options(
        encoding, replace(options, hidden=[], weight_decay=None), len(training), to_end=True
    )
    model = create_model(encoding, options)
    rng = random.Random(options.seed)
    return model, train_network(model, encoding, options, training, held_back, rng=rng, **more)


def guess_blindly(encoding: Encoding, training: Sequence[Example]) -> tuple[str, list[float]]:
    """Return what to answer without looking at an input, in words and as a network's outputs."""
    targets = [target for _, target in training]
    if isinstance(encoding.target, TextColumn):
        ((commonest, _),) = Counter(targets).most_common(1)
        name = encoding.target.categories[commonest]
        outputs = [float(i == commonest) for i in range(encoding.n_outputs)]
        return f"always {quote_text(name)} (the commonest)", outputs
    return "always the mean", [math.fsum(target / len(targets) for target in targets)]
