"""The program that trains in a terminal as the playground does: the same numbers, by ``fit``."""

from __future__ import annotations

from network_problem import Problem
from network_settings import OPTIMIZERS, OWN, Settings

FEWEST_EPOCHS = 20


def write_program(settings: Settings, problem: Problem, epochs: int) -> str:
    """Return the program, with as many epochs as were trained."""
    loss, (optimizer, options) = problem.loss, OPTIMIZERS[settings.optimizer]
    n_inputs, own = len(problem.columns.inputs), settings.data == OWN
    sizes = [*settings.layers, problem.outputs]
    losses = f"{loss}, l2_penalty" if settings.penalty else loss
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    imports = [
        "from micrograd_nn import MLP, fit",
        f"from micrograd_nn.losses import {losses}",
        f"from micrograd_nn.optim import {optimizer.__name__}",
        "from micrograd_nn.tables import parse_table" if own else "",
        "from micrograd_nn.tables.encoding import Encoding" if own else "",
        "" if own else f"from micrograd_nn.shapes import {settings.data}",
    ]
    model = [repr(n_inputs), repr(sizes), f'activation="{settings.activation}"']
    model += [f'init="{settings.init}"', "rng=rng"]
    arguments = [
        f"optimizer={optimizer.__name__}(model.parameters(), lr={settings.rate!r}{given}),",
        f"epochs={max(epochs, FEWEST_EPOCHS)},",
        f"batch_size={settings.batch},",
        f"validation={settings.heldout!r}," if settings.heldout else "",
        f"penalty=lambda parameters: l2_penalty(parameters, {settings.penalty!r}),"
        if settings.penalty
        else "",
        "rng=rng,",
    ]
    parts = [
        "import random",
        "",
        *filter(None, imports),
        "",
        *(write_table(settings, problem) if own else write_shape(settings, loss)),
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
