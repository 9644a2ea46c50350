"""The network that a table's columns call for, and its training as the options say.

What it is compared with in a report is made here as well: a linear model by the same training,
and the guess of somebody who looks at no input.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._ground.text import InputError, quote_text
from ..losses import cross_entropy, squared_error
from ..nn import MLP
from ..optim import AdamW
from ..train.examples import Example
from ..train.history import History
from ..train.loop import fit
from .columns import TextColumn
from .encoding import Encoding
from .options import Options
from .report import Outputs, compute_outputs
from .storage import count_parameters

MOST_WEIGHTS = 200_000  # about 2 GB: a program of 93,000 weights took 0.9 GB and a minute to make
LINEAR_STEPS = 1000  # of about 0.01, for numbers whose scale is 1
LINEAR_WORK = 300_000  # changes of a weight, which take a second or less


def create_model(encoding: Encoding, options: Options) -> MLP:
    """Return a network for a table's columns, with weights that suit its activation.

    Without hidden layers, they are 0: it's the middle of all that a linear model could learn.
    """
    layers = [*options.hidden, encoding.n_outputs]
    weights = count_parameters([encoding.n_inputs, *layers], bias=True)
    if weights > MOST_WEIGHTS:
        raise InputError(
            f"a network from {encoding.n_inputs} inputs to layers of {layers} neurons has "
            f"{weights:,} weights, and only up to {MOST_WEIGHTS:,} are feasible here: "
            f"use a smaller --hidden, or --ignore columns"
        )
    like_relu = options.activation in ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
    init: Any = ("he" if like_relu else "xavier") if options.hidden else start_from_zero
    rng = random.Random(options.seed)
    return MLP(encoding.n_inputs, layers, options.activation, init=init, rng=rng)


def start_from_zero(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Return 0.0 for every weight."""
    return 0.0


def train_network(
    model: MLP,
    encoding: Encoding,
    options: Options,
    training: Sequence[Example],
    held_back: Sequence[Example],
    **more: Any,
) -> History:
    """Train on some rows, choose the best epoch by those held back, and return what happened."""
    decay = options.choose_weight_decay(len(training))
    return fit(
        model,
        training,
        cross_entropy if encoding.is_classification else squared_error,
        optimizer=AdamW(model.parameters(), options.lr, weight_decay=decay),
        epochs=options.epochs,
        batch_size=options.batch_size,
        validation=held_back,
        patience=options.patience,
        **more,
    )


def compare_linear(
    encoding: Encoding,
    options: Options,
    training: Sequence[Example],
    held_back: Sequence[Example],
    rows: Sequence[Sequence[float]],
) -> Outputs:
    """Return what a model without hidden layers, trained in the same way, gives for rows.

    It takes ``LINEAR_STEPS`` at least, unless it is very wide: a rival that was stopped on its
    way is a poor one.
    """
    steps = math.ceil(len(training) / options.batch_size) * options.epochs
    enough = min(LINEAR_STEPS, LINEAR_WORK / (encoding.n_inputs * encoding.n_outputs))
    longer = max(1, math.ceil(enough / steps))
    options = replace(
        options, hidden=[], weight_decay=None,
        epochs=longer * options.epochs, patience=longer * options.patience,
    )  # fmt: skip
    linear = create_model(encoding, options)
    rng = random.Random(options.seed)
    train_network(linear, encoding, options, training, held_back, rng=rng)
    return compute_outputs(linear, rows)


def guess_blindly(encoding: Encoding, training: Sequence[Example]) -> tuple[str, list[float]]:
    """Return what to answer without looking at an input, in words and as a network's outputs."""
    targets = [target for _, target in training]
    if isinstance(encoding.target, TextColumn):
        ((commonest, _),) = Counter(targets).most_common(1)
        name = encoding.target.categories[commonest]
        outputs = [float(i == commonest) for i in range(encoding.n_outputs)]
        return f"always {quote_text(name)} (the commonest)", outputs
    return "always the mean", [math.fsum(target / len(targets) for target in targets)]
