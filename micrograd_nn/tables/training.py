"""Training a network on a person's table, at a terminal.

What is said goes to a rich console that the caller hands in; what can't be done is an
``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..files import check_output, check_writable, write_file
from ..losses import cross_entropy, squared_error
from ..nn import MLP
from ..optim import Adam
from ..text import InputError, shown, shown_path
from ..train.loop import Epoch, History, fit, split
from ..train.objective import Example
from .chart import loss_chart
from .encoding import Encoding
from .report import plain, report
from .storage import SavedModel, encoding_of, load_model
from .table import Table, read_table

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
    micrograd_nn.text.InputError: epochs: 0 is not a whole number from 1 up
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
                if not (isinstance(number, (int, float)) and least <= number < below):
                    raise InputError(f"{name.replace('_', '-')}: {shown(number)} is not {meaning}")


class Training:
    """One training of a network on a table: what it reads, makes, says and writes."""

    def __init__(
        self, table: Table, saved: SavedModel, options: Options, path: Path, page: Path | None
    ) -> None:
        self.saved, self.options, self.path = saved, options, path
        self.page, self.source = page, table.source
        self.history = History()
        self.model, self.encoding = saved.model, encoding_of(saved, str(path))
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
        self.best_loss = math.inf
        self.kept = saved.training.get("best_epoch", 0)
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
                fit(
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
                    record=self.page is not None,
                    history=self.history,
                )
            except KeyboardInterrupt:
                stopped = "Ctrl-C"
            except InputError:  # a file that can't be written
                raise
            except ValueError as error:  # such as the sine of an infinite sum
                stopped = f"{error}: try a smaller --lr"
            else:
                stopped = self.history.stopped
        self.conclude(console, stopped)
        return stopped != "Ctrl-C"

    def note(self, epoch: Epoch) -> None:
        """Remember an epoch, and save the model now and then while it gets better."""
        if epoch.number:
            losses = epoch.loss, epoch.validation_loss
            self.losses.append([x if x is None or math.isfinite(x) else None for x in losses])
        if epoch.monitored < self.best_loss:
            self.best_loss = epoch.monitored
            if epoch.number:
                self.kept = len(self.losses)
            if epoch.number and time.monotonic() - self.saved_at > SAVE_EVERY:
                self.save()

    def save(self) -> None:
        """Write the model with notes on its training."""
        self.saved.training = {
            **vars(self.options),
            "losses": self.losses,
            "best_epoch": self.kept,
        }
        self.saved.save(self.path)
        self.saved_at = time.monotonic()

    def conclude(self, console: Console, stopped: str) -> None:
        """Save, and print what came out of it."""
        if len(self.losses) == self.earlier:
            if stopped == "Ctrl-C":
                raise KeyboardInterrupt
            raise InputError(f"stopped before the first epoch was done ({stopped}): nothing saved")
        self.save()
        chart = chart_path(self.path)
        training, validation = zip(*self.losses, strict=True)
        of = "cross-entropy" if self.encoding.is_classification else "squared error, standardised"
        write_file(chart, loss_chart(training, validation, title=f"Loss by epoch ({of})"))
        console.print(
            f"Stopped after epoch {len(self.losses)}: {plain(stopped)}. "
            f"Kept is the best model so far, that of epoch {self.kept}."
        )
        for name, part in (("training", self.training), ("validation", self.held_back)):
            if part:
                title = f"{name}, {len(part)} rows"
                report(console, self.encoding.target, part, self.model, title)
        console.print(f"Model: {plain(str(self.path))}, {plain(repr(self.model))}", soft_wrap=True)
        console.print(f"Loss curve: {plain(str(chart))}", soft_wrap=True)
        if self.page is not None:
            self.history.stopped = stopped
            write_file(self.page, self.replay())
            console.print(f"Page: {plain(str(self.page))}", soft_wrap=True)

    def replay(self) -> str:
        """Return the page of this training; of one that it resumed, it has the losses."""
        from ..page.training import training

        return training(
            self.history,
            title=f"Learning {self.encoding.target.name} from {Path(self.source).name}",
            notes=repr(self.model),
            encoding=self.encoding,
            earlier=self.losses[: self.earlier],
        )


def chart_path(model_path: Path) -> Path:
    """Return where the loss curve of a model stands: beside it."""
    return model_path.with_name(f"{model_path.stem}-loss.svg")


def train(
    table: str,
    console: Console,
    *,
    model: str | None = None,
    resume: str | None = None,
    page: str | None = None,
    skip_empty: bool = False,
    **given: Any,
) -> bool:
    """Train on a table, or with ``resume`` go on with a saved model; False after Ctrl-C.

    ``given`` are the fields of ``Options``, and ``target``, ``ignore`` and ``classes``, as far as
    the user chose them; the others are those of the resumed training, or the defaults. A resumed
    model keeps its columns, layers and activation. ``page`` is where to replay the training.
    """
    rows = read_table(table)
    unset = [name for name, choice in given.items() if choice is None or choice is False]
    given = {name: choice for name, choice in given.items() if name not in unset}
    path = model or resume
    if path is None:
        raise InputError("train needs --model MODEL.json: where to save the model")
    if resume is None:
        target, ignore = given.pop("target", None), given.pop("ignore", [])
        classes = given.pop("classes", False)
        if target is None:
            raise InputError("train needs --target COLUMN: the column to learn")
        options = Options(**given)
        rows = without_empty(rows, console, ignore) if skip_empty else rows
        saved = new_model(Encoding.learn(rows, target, ignore, classes), options)
        hint_at_classes(rows, encoding_of(saved, path), console)
    else:
        saved = load_model(resume)
        options = resumed_options(resume, saved, given)
        encoding = encoding_of(saved, resume)
        used = {encoding.target.name, *[column.name for column in encoding.input_columns]}
        rows = without_empty(rows, console, set(rows.columns) - used) if skip_empty else rows
    check_output(path, table)
    check_writable(chart_path(Path(path)))
    if page is not None:
        check_page(page, table, resume or table, model=path)
    return Training(rows, saved, options, Path(path), Path(page) if page else None).run(console)


def check_page(page: str, *sources: str, model: str) -> None:
    """Refuse now to write a page where it's impossible, or where another file is or will be."""
    check_output(page, *sources)
    others = [os.path.realpath(model), os.path.realpath(chart_path(Path(model)))]
    if os.path.realpath(page) in others:
        raise InputError(f"the page and the model can't both be {shown_path(page)}: name another")


def without_empty(table: Table, console: Console, ignore: Iterable[str]) -> Table:
    """Return the table without the rows that have an empty cell, and say how many there are."""
    complete = table.complete([name for name in table.columns if name not in ignore])
    left_out = len(table.rows) - len(complete.rows)
    console.print(f"Left out for an empty cell: {left_out} of {len(table.rows)} rows")
    return complete


def hint_at_classes(table: Table, encoding: Encoding, console: Console) -> None:
    """Say so where a target of numbers looks like one of classes."""
    different = sorted(set(table.column(encoding.target.name)))
    if not encoding.is_classification and len(different) <= 10 < len(table.rows):
        console.print(
            f"A regression, though {plain(encoding.target.name)} has only {len(different)} "
            f"different numbers: if they stand for classes, add --classes."
        )


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


def resumed_options(path: str, saved: SavedModel, given: dict[str, Any]) -> Options:
    """Return the options of a saved training, with those that the user chose anew."""
    encoding, path = encoding_of(saved, path), shown_path(path)
    target = given.pop("target", encoding.target.name)
    if target != encoding.target.name:
        raise InputError(
            f"{path} was trained for {shown(encoding.target.name)}, not {shown(target)}"
        )
    for fixed in ("hidden", "activation", "ignore", "classes"):
        if fixed in given:
            raise InputError(f"--{fixed} can't change in a resumed training: leave it out")
    known = vars(Options())
    kept = {name: saved.training[name] for name in known if name in saved.training}
    wrong = [name for name in kept if type(kept[name]) is not type(known[name])]
    losses = saved.training.get("losses", [])
    if (
        type(saved.training.get("best_epoch", 0)) is not int
        or wrong
        or not (isinstance(losses, list) and all(map(is_loss_pair, losses)))
    ):
        raise InputError(f"{path} has damaged notes on its training: train anew")
    return Options(**{**kept, **given})


def is_loss_pair(pair: Any) -> bool:
    """Tell whether this is an epoch's training and validation loss, None where there is none."""
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(loss is None or isinstance(loss, float) for loss in pair)
    )
