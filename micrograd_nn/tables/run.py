"""One training of a network on a table, from the first epoch to the files and words it leaves.

What is said goes to a rich console that the caller hands in.
"""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..files import write_file
from ..losses import cross_entropy, squared_error
from ..optim import Adam
from ..text import InputError
from ..train.chart import draw_losses
from ..train.history import Epoch, History
from ..train.loop import fit, split
from ..train.objective import Example
from .options import Options
from .report import escape_text, print_report
from .storage import SavedModel, require_encoding
from .table import Table

SAVE_EVERY = 1.0  # seconds between two savings of a better model while it trains


class Training:
    """One training of a network on a table: what it reads, makes, says and writes."""

    def __init__(
        self, table: Table, saved: SavedModel, options: Options, path: Path, page: Path | None
    ) -> None:
        self.saved, self.options, self.path = saved, options, path
        self.page, self.source = page, table.source
        self.history = History()
        self.model, self.encoding = saved.model, require_encoding(saved, str(path))
        inputs, targets = self.encoding.encode_inputs(table), self.encoding.encode_targets(table)
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
                self.note_epoch(epoch)

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

    def note_epoch(self, epoch: Epoch) -> None:
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
        chart = locate_chart(self.path)
        training, validation = zip(*self.losses, strict=True)
        of = "cross-entropy" if self.encoding.is_classification else "squared error, standardised"
        write_file(chart, draw_losses(training, validation, title=f"Loss by epoch ({of})"))
        console.print(
            f"Stopped after epoch {len(self.losses)}: {escape_text(stopped)}. "
            f"Kept is the best model so far, that of epoch {self.kept}."
        )
        for name, part in (("training", self.training), ("validation", self.held_back)):
            if part:
                title = f"{name}, {len(part)} rows"
                print_report(console, self.encoding.target, part, self.model, title)
        console.print(
            f"Model: {escape_text(str(self.path))}, {escape_text(repr(self.model))}",
            soft_wrap=True,
        )
        console.print(f"Loss curve: {escape_text(str(chart))}", soft_wrap=True)
        if self.page is not None:
            from .replay import write_replay  # pages draw, which takes long to import

            self.history.stopped = stopped
            model, earlier = repr(self.model), self.losses[: self.earlier]
            write_file(
                self.page,
                write_replay(self.history, self.encoding, self.source, model, earlier),
            )
            console.print(f"Page: {escape_text(str(self.page))}", soft_wrap=True)


def locate_chart(model_path: Path) -> Path:
    """Return where the loss curve of a model stands: beside it."""
    return model_path.with_name(f"{model_path.stem}-loss.svg")
