"""The program that trains in a terminal as the playground does: the same numbers, by ``fit``."""

from __future__ import annotations

from network_features import Features
from network_problem import Problem
from network_settings import OPTIMIZERS, OWN, PENALTIES, Settings

FEWEST_EPOCHS = 20


def write_program(settings: Settings, problem: Problem, epochs: int) -> str:
    """Return the program, with as many epochs as were trained."""
    loss, (optimizer, options) = problem.loss, OPTIMIZERS[settings.optimizer]
    features, own = problem.features, settings.data == OWN
    penalty = PENALTIES[settings.norm].__name__ if settings.penalty else ""
    has_sine = any("sin" in text for text in features.texts)
    sizes = [*settings.layers, problem.outputs]
    losses = f"{loss}, {penalty}" if penalty else loss
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    imports = [
        f"from micrograd_nn import MLP, fit{', sin' if has_sine else ''}",
        f"from micrograd_nn.losses import {losses}",
        f"from micrograd_nn.optim import {optimizer.__name__}",
        "from micrograd_nn.extras.tables import parse_table" if own else "",
        "from micrograd_nn.extras.tables.encoding import Encoding" if own else "",
        "" if own else f"from micrograd_nn.extras.train.shapes import {settings.data}",
    ]
    model = [repr(len(features.chosen)), repr(sizes), f'activation="{settings.activation}"']
    model += [f'init="{settings.init}"', "rng=rng"]
    arguments = [
        f"optimizer={optimizer.__name__}(model.parameters(), lr={settings.rate!r}{given}),",
        f"epochs={max(epochs, FEWEST_EPOCHS)},",
        f"batch_size={settings.batch},",
        f"validation={settings.heldout!r}," if settings.heldout else "",
        f"penalty=lambda parameters: {penalty}(parameters, {settings.penalty!r}),"
        if penalty
        else "",
        "rng=rng,",
    ]
    parts = [
        "import random",
        *(["from math import pi"] if has_sine else []),
        "",
        *filter(None, imports),
        "",
        *(write_table(settings, problem) if own else write_shape(settings, loss)),
        *write_features(features),
        f"rng = random.Random({settings.seed})",
        f"model = MLP({', '.join(model)})",
        "history = fit(",
        "    model,",
        "    data,",
        f"    {loss},",
        *[f"    {argument}" for argument in arguments if argument],
        ")",
        "for epoch in history.epochs:",
        "    print(epoch.number, epoch.loss, epoch.validation_loss)",
    ]
    return "\n".join(parts) + "\n"


def write_shape(settings: Settings, loss: str) -> list[str]:
    """Return the lines that make the points of a shape."""
    seed = f"rng=random.Random({settings.dataseed})"
    lines = [f"data = {settings.data}({settings.count}, {settings.noise!r}, {seed})"]
    if loss == "binary_cross_entropy":
        lines.append("data = [(x, (y + 1) / 2) for x, y in data]  # classes 0 and 1")
    return lines


def write_features(features: Features) -> list[str]:
    """Return the line that makes inputs of the columns; none if they are the columns."""
    if features.are_plain:
        return []
    places = ", ".join(features.places) + ("," if features.columns == 1 else "")
    return [f"data = [([{', '.join(features.texts)}], y) for ({places}), y in data]"]


def write_table(settings: Settings, problem: Problem) -> list[str]:
    """Return the lines that read a table, which stands in the program."""
    assert problem.encoding is not None
    classes = ", classes=True" if problem.encoding.is_classification else ""
    rows = [f"    {line!r}" for line in settings.table.splitlines(keepends=True)]
    return [
        "table = parse_table(",
        *rows,
        ")",
        f"encoding = Encoding.learn(table, target={problem.encoding.target.name!r}{classes})",
        "data = list(zip(encoding.encode_inputs(table), encoding.encode_targets(table)))",
    ]
