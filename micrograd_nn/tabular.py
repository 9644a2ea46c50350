"""Training a network on a person's table, and predicting for another, at a terminal.

What is said goes to a rich console that the caller hands in; what can't be done is an
``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import csv
import io
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .chart import loss_chart
from .encoding import Encoding
from .errors import InputError
from .losses import cross_entropy, squared_error
from .nn import MLP
from .optim import Adam
from .report import outputs_of, plain, report
from .storage import SavedModel, check_writable, load_model, write_file
from .table import Table, read_table
from .train import Epoch, Example, fit, split

SAVE_EVERY = 1.0  # seconds between two savings of a better model while it trains

RANGES = {
    "hidden": (1, 10_001, "a whole number from 1 to 10,000"),
    "epochs": (1, math.inf, "a whole number from 1 up"),
    "batch_size": (1, math.inf, "a whole number from 1 up"),
    "patience": (1, math.inf, "a whole number from 1 up"),
    "lr": (1e-300, math.inf, "a number above 0"),
    "validation": (0, 1, "a fraction from 0 to below 1"),
    "seed": (0, math.inf, "a whole number from 0 up"),
}


@dataclass
class Options:
    """How to train; the defaults suit a table of a few hundred rows.

    >>> Options(epochs=0)
    Traceback (most recent call last):
    micrograd_nn.errors.InputError: epochs: 0 is not a whole number from 1 up
    """

    hidden: list[int] = field(default_factory=lambda: [16, 16])
    activation: str = "relu"
    epochs: int = 100
    batch_size: int = 16
    lr: float = 0.01
    patience: int = 30
    validation: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, (least, below, meaning) in RANGES.items():
            choice = getattr(self, name)
            for number in choice if isinstance(choice, list) else [choice]:
                if not least <= number < below:
                    raise InputError(f"{name.replace('_', '-')}: {number} is not {meaning}")


class Training:
    """One training of a network on a table: what it reads, makes, says and writes."""

    def __init__(self, table: Table, saved: SavedModel, options: Options, path: Path) -> None:
        assert saved.encoding is not None
        self.saved, self.options, self.path = saved, options, path
        self.model, self.encoding = saved.model, saved.encoding
        inputs, targets = self.encoding.inputs(table), self.encoding.targets(table)
        examples: list[Example] = list(zip(inputs, targets, strict=True))
        try:
            self.training, self.held_back = split(
                examples, options.validation, random.Random(options.seed)
            )
        except ValueError as error:
            raise InputError(f"{table.source}: {error}") from None
        self.losses: list[list[float | None]] = list(saved.training.get("losses", []))
        self.earlier = len(self.losses)
        self.best = Epoch(0, math.inf, None, 0.0)
        self.saved_at = time.monotonic()

    def run(self, console: Console) -> bool:
        """Train, save the best model and say how good it is; False if Ctrl-C cut it short."""
        options = self.options
        optimizer = Adam(self.model.parameters(), options.lr)
        columns = (
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn("loss {task.fields[loss]}  validation {task.fields[validation]}"),
        )
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            bar = progress.add_task("", total=options.epochs, loss="–", validation="–")

            def tell(epoch: Epoch) -> None:
                shown = "–" if epoch.validation_loss is None else f"{epoch.validation_loss:.4f}"
                progress.update(
                    bar, completed=epoch.number, loss=f"{epoch.loss:.4f}", validation=shown
                )
                self.note(epoch)

            try:
                history = fit(
                    self.model,
                    self.training,
                    cross_entropy if self.encoding.is_classification else squared_error,
                    optimizer=optimizer,
                    epochs=options.epochs,
                    batch_size=options.batch_size,
                    validation=self.held_back,
                    patience=options.patience,
                    rng=random.Random(options.seed + self.earlier),
                    callback=tell,
                )
            except KeyboardInterrupt:
                stopped = "Ctrl-C"
            except InputError:
                raise
            except (OverflowError, ValueError, ZeroDivisionError) as error:
                stopped = f"{error} (try a smaller --lr)"
            else:
                stopped = history.stopped
        self.conclude(console, stopped)
        return stopped != "Ctrl-C"

    def note(self, epoch: Epoch) -> None:
        """Remember an epoch, and save the model now and then while it gets better."""
        if epoch.number:
            self.losses.append([epoch.loss, epoch.validation_loss])
        if epoch.monitored < self.best.monitored:
            self.best = epoch
            if epoch.number and time.monotonic() - self.saved_at > SAVE_EVERY:
                self.save()

    def save(self) -> None:
        """Write the model, its notes, and the curve of its losses beside it."""
        self.saved.training = {**vars(self.options), "losses": self.losses}
        self.saved.save(self.path)
        self.saved_at = time.monotonic()

    def conclude(self, console: Console, stopped: str) -> None:
        """Save, and print what came out of it."""
        done = len(self.losses) - self.earlier
        if not done:
            raise InputError(f"stopped before the first epoch was done ({stopped}): nothing saved")
        self.save()
        chart = chart_path(self.path)
        training, validation = zip(*self.losses, strict=True)
        write_file(chart, loss_chart(training, validation, title="Loss by epoch"))
        console.print(
            f"Stopped after {done} epochs: {plain(stopped)}. "
            f"Kept is the best model so far, of epoch {self.earlier + self.best.number}."
        )
        for name, part in (("training", self.training), ("validation", self.held_back)):
            if part:
                title = f"{name}, {len(part)} rows"
                report(console, self.encoding.target, part, self.model, title)
        console.print(f"Model: {plain(str(self.path))}, {plain(repr(self.model))}", soft_wrap=True)
        console.print(f"Loss curve: {plain(str(chart))}", soft_wrap=True)


def chart_path(model_path: Path) -> Path:
    """Return where the loss curve of a model stands: beside it."""
    return model_path.with_name(f"{model_path.stem}-loss.svg")


def train(
    table_path: str,
    target: str | None,
    model_path: str,
    console: Console,
    *,
    resume: str | None = None,
    ignore: Sequence[str] = (),
    **given: Any,
) -> bool:
    """Train on a table, or with ``resume`` go on with a saved model; False after Ctrl-C.

    ``given`` are the fields of ``Options`` that the user chose; the others are those of the
    resumed training, or the defaults. A resumed model's layers and activation stay.
    """
    table = read_table(table_path)
    given = {name: choice for name, choice in given.items() if choice is not None}
    if resume is None:
        if target is None:
            raise InputError("train needs --target COLUMN: the column to learn")
        options = Options(**given)
        saved = new_model(Encoding.learn(table, target, ignore), options)
    else:
        saved = load_model(resume)
        options = resumed_options(resume, saved, target, given)
    path = Path(model_path)
    for written in (path, chart_path(path)):
        check_writable(written)
    return Training(table, saved, options, path).run(console)


def new_model(encoding: Encoding, options: Options) -> SavedModel:
    """Return a network for a table's columns, with weights that suit its activation."""
    like_relu = options.activation in ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
    model = MLP(
        encoding.n_inputs,
        [*options.hidden, encoding.n_outputs],
        options.activation,
        init="he" if like_relu else "xavier",
        rng=random.Random(options.seed),
    )
    return SavedModel(model, encoding)


def resumed_options(
    path: str, saved: SavedModel, target: str | None, given: dict[str, Any]
) -> Options:
    """Return the options of a saved training, with those that the user chose anew."""
    if saved.encoding is None:
        raise InputError(f"{path} was not trained on a table: it has no columns to go on with")
    if target is not None and target != saved.encoding.target.name:
        raise InputError(f"{path} was trained for {saved.encoding.target.name!r}, not {target!r}")
    for fixed in ("hidden", "activation"):
        if fixed in given:
            raise InputError(f"--{fixed} can't change in a resumed training: leave it out")
    known = vars(Options())
    kept = {name: saved.training[name] for name in known if name in saved.training}
    wrong = [name for name in kept if type(kept[name]) is not type(known[name])]
    losses = saved.training.get("losses", [])
    if wrong or not (isinstance(losses, list) and all(map(is_loss_pair, losses))):
        raise InputError(f"{path} has damaged notes on its training: train anew")
    return Options(**{**kept, **given})


def is_loss_pair(pair: Any) -> bool:
    """Tell whether this is an epoch's training loss and validation loss or None."""
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and isinstance(pair[0], float)
        and isinstance(pair[1], (float, type(None)))
    )


def predict(model_path: str, table_path: str, console: Console, output: str | None = None) -> str:
    """Return the table as CSV with the predictions beside it, or write it to ``output``.

    A class comes with the probability that the network gives to it. Where the table has the
    target, too, the console is told how many predictions are right.
    """
    saved = load_model(model_path)
    encoding = saved.encoding
    if encoding is None:
        raise InputError(f"{model_path} was not trained on a table: it knows no columns")
    table = read_table(table_path)
    inputs = encoding.inputs(table)
    name = encoding.target.name
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    added = [f"predicted_{name}"] + ["probability"] * encoding.is_classification
    writer.writerow([*table.columns, *added])
    for cells, row in zip(table.rows, inputs, strict=True):
        outputs = outputs_of(saved.model, row)
        extra: list[object] = [encoding.decode(outputs)]
        if encoding.is_classification:
            largest = max(outputs)
            extra.append(f"{1 / math.fsum(math.exp(x - largest) for x in outputs):.4f}")
        writer.writerow([*cells, *extra])
    if name in table.columns and any(table.column(name)):
        data = list(zip(inputs, encoding.targets(table), strict=True))
        report(console, encoding.target, data, saved.model, f"{table_path}, {len(data)} rows")
    if output is not None:
        write_file(output, text.getvalue())
        console.print(f"{len(table.rows)} predictions: {plain(output)}", soft_wrap=True)
    return text.getvalue()
