"""One training of a network on a table, from the first epoch to the files and words it leaves.

What is said goes to a rich console that the caller hands in.
"""

from __future__ import annotations

import contextlib
import math
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from rich.console import Console

from .._ground.files import write_file
from .._ground.ruled import print_lines
from .._ground.text import InputError, count_things
from ..nn import MLP
from ..train.chart import draw_losses
from ..train.examples import Example
from ..train.history import Epoch, History
from ..train.progress import show_bar
from .network import guess_blindly, train_linear, train_network
from .options import Options
from .parts import ExampleParts
from .report import LINEAR, Outputs, compute_outputs, escape_text, measure_figures, print_report
from .seen import measure_seen, remember_rows
from .storage import SavedModel, require_encoding

CHOSEN_BY = {
    "validation": " (they chose the epoch)", "test": " (neither trained on nor chosen by)"
}  # fmt: skip
SAVE_EVERY = 1.0  # seconds between two savings of a better model while it trains


class Training:
    """One training of a network on a table: what it reads, makes, says and writes."""

    def __init__(
        self,
        parts: ExampleParts,
        saved: SavedModel,
        options: Options,
        path: Path | None = None,
        page: Path | None = None,
        chart: Path | None = None,
        record: bool = False,
    ) -> None:
        self.saved, self.path = saved, path
        self.page, self.chart, self.source = page, chart, parts.source
        self.record = record or page is not None
        self.history = History()
        self.model, self.encoding = saved.model, require_encoding(saved, str(path))
        self.training, self.held_back, self.test = parts.training, parts.validation, parts.test
        decay = options.choose_weight_decay(len(self.training))  # a resumed training's, too
        self.options = replace(options, weight_decay=decay, hidden=options.layers)
        self.may_be_linear = options.hidden is None and bool(self.held_back)
        self.rival: tuple[str, MLP] | None = None  # what the model is compared with
        self.losses: list[list[float | None]] = list(saved.training.get("losses", []))
        self.earlier = len(self.losses)
        self.best_loss = math.inf
        self.kept = saved.training.get("best_epoch", 0)
        earlier = saved.training.get("rows")
        self.seen_before = measure_seen(self.test, earlier)
        self.rows = remember_rows([*self.training, *self.held_back], earlier)
        self.saved_at = time.monotonic()

    def run(self, console: Console) -> bool:
        """Train, save the best model and say how good it is; False if Ctrl-C cut it short."""
        options = self.options
        with show_bar(console, options.epochs) as progress:

            def tell(epoch: Epoch) -> None:
                if progress:
                    progress.update(epoch)
                self.note_epoch(epoch)

            try:
                train_network(
                    self.model,
                    self.encoding,
                    options,
                    self.training,
                    self.held_back,
                    rng=random.Random(options.seed + self.earlier),
                    callback=tell,
                    record=self.record,
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
        self.history.stopped = stopped
        if self.may_be_linear and math.isfinite(self.best_loss) and stopped != "Ctrl-C":
            self.keep_better(console)
        self.conclude(console, self.history.stopped)
        return stopped != "Ctrl-C"

    def keep_better(self, console: Console) -> None:
        """Keep a linear model instead, if it does better on the rows held back."""
        history = self.train_rival(console)
        if self.rival is None or history is None or self.best_loss < history.best.monitored:
            return
        layers = ",".join(map(str, self.options.layers))
        console.print(
            "A linear model does better on the validation rows than the network, so it is kept. "
            f"(--hidden {layers} keeps the network.)"
        )
        network, self.model = self.model, self.rival[1]
        self.saved.model, self.rival = self.model, ("the network", network)
        self.history, self.options = history, replace(self.options, hidden=[], weight_decay=0.0)
        self.losses, self.best_loss = [], math.inf
        for epoch in history.epochs:
            self.note_epoch(epoch)

    def train_rival(self, console: Console) -> History | None:
        """Train a linear model to compare with, and return how that went; nothing after Ctrl-C."""
        status: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
        if console.is_terminal:  # elsewhere it shows nothing, but needs a thread all the same
            status = console.status("training a linear model, to compare with")
        with status, contextlib.suppress(KeyboardInterrupt, ValueError):  # left out, then
            linear, history = train_linear(
                self.encoding, self.options, self.training, self.held_back, record=self.record
            )
            self.rival = LINEAR, linear
            return history
        return None

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
        """Note the training at the model, and write it to its file, if it has one."""
        self.saved.training = {
            **vars(self.options),
            "losses": self.losses,
            "best_epoch": self.kept,
            "rows": self.rows,
        }
        if self.path is not None:
            self.saved.save(self.path)
        self.saved_at = time.monotonic()

    def conclude(self, console: Console, stopped: str) -> None:
        """Save, and print what came out of it."""
        if len(self.losses) == self.earlier:
            if stopped == "Ctrl-C":
                raise KeyboardInterrupt(" before the first epoch was done: nothing is saved")
            raise InputError(f"stopped before the first epoch was done ({stopped}): nothing saved")
        self.save()
        console.print(
            f"Stopped after epoch {len(self.losses)}: {escape_text(stopped)}. "
            f"Kept is the best model so far, that of epoch {self.kept}."
        )
        if not console.quiet:
            self.report(console, hurried=stopped == "Ctrl-C")
        where = f"{escape_text(str(self.path))}, " if self.path else ""
        print_lines(console, f"Model: {where}{escape_text(repr(self.model))}")
        if self.chart is not None:
            write_file(self.chart, self.draw_curve())
            console.print(f"Loss curve: {escape_text(str(self.chart))}", soft_wrap=True)
        if self.page is not None:
            from .replay import build_replay  # pages draw, which takes long to import

            model, earlier = repr(self.model), self.losses[: self.earlier]
            replay = build_replay(self.history, self.encoding, self.source, model, earlier=earlier)
            write_file(self.page, replay.text)
            console.print(f"Page: {escape_text(str(self.page))}", soft_wrap=True)

    def draw_curve(self) -> str:
        """Return the losses of all epochs as an SVG."""
        losses, first = self.losses, 1
        if not self.earlier:  # nothing is lost of the training: as its page, from before it
            before = self.history.epochs[0]
            losses, first = [[before.loss, before.validation_loss], *losses], 0
        training, validation = zip(*losses, strict=True)
        of = "cross-entropy" if self.encoding.is_classification else "squared error, standardised"
        return draw_losses(training, validation, title=f"Loss by epoch ({of})", first=first)

    def report(self, console: Console, hurried: bool) -> None:
        """Print how good the model is on each part of the rows, and on the last what others are."""
        parts = {"training": self.training, "validation": self.held_back, "test": self.test}
        parts = {name: part for name, part in parts.items() if part}
        last, target = list(parts)[-1], self.encoding.target
        inputs = [x for x, _ in chain.from_iterable(parts.values())]
        outputs = iter(compute_outputs(self.model, inputs))
        if len(parts) > 1:
            console.print()
        for name, part in parts.items():
            title = f"{name}, {count_things(len(part), 'row')}{CHOSEN_BY.get(name, '')}"
            found, targets = [*islice(outputs, len(part))], [y for _, y in part]
            if name != last:
                figures = measure_figures(target, found, targets).items()
                print_lines(console, f"{title}: {', '.join(map(' '.join, figures))}")
                continue
            others = self.compare(console, part, hurried)
            print_report(console, target, found, targets, title, others)
        if self.seen_before:
            console.print(
                f"But {self.seen_before:.0%} of these test rows were trained on earlier: "
                f"go on with the same table, --test and --seed."
            )

    def compare(
        self, console: Console, rows: Sequence[Example], hurried: bool
    ) -> dict[str, Outputs]:
        """Return what others than the network give for these rows, by their names."""
        others: dict[str, Outputs] = {}
        if self.options.hidden and not (hurried or self.rival):
            self.train_rival(console)
        if self.rival:
            name, model = self.rival
            others[name] = compute_outputs(model, [inputs for inputs, _ in rows])
        name, guess = guess_blindly(self.encoding, self.training)
        return {**others, name: [guess] * len(rows)}
