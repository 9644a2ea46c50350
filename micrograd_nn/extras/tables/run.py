"""One training of a network on a table, from the first epoch to the files and words it leaves.

What is said goes to a rich console that the caller passes. What the command is given is checked
first: what can't be done is an ``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice
from typing import Any

from ..._ground.files import check_output, write_file
from ..._ground.ruled import Console, escape_text, print_lines
from ..._ground.text import InputError, count_things, show_path
from ...nn import MLP
from ..train.examples import Example
from ..train.history import Epoch, History
from ..train.progress import show_bar
from .network import guess_blindly, settle_options, train_linear, train_network
from .options import Options, resume_options
from .reading import read_table
from .report import LINEAR, Outputs, compute_outputs, measure_figures, print_report
from .seen import measure_seen, remember_rows
from .spelling import AS_USUAL, Spelling
from .storage import SavedModel, load_model, require_encoding
from .table import Table
from .task import COLUMNS, Parts, Task, choose_rows, cut_table, encode_parts, point_to

TITLES = {
    "training": "", "validation": " (they chose the epoch)",
    "test": " (neither trained on nor chosen by)",
}  # fmt: skip
FEW = 100  # rows to judge by, of which others may say otherwise
RARE = 0.1  # of the commonest class
SAVE_EVERY = 1.0  # seconds between two savings of a better model while it trains


class Training:
    """One training of a network on a table: what it reads, makes, says and writes."""

    def __init__(
        self,
        parts: Parts,
        saved: SavedModel,
        options: Options,
        path: str | None = None,
        page: str | None = None,
        record: bool = False,
    ) -> None:
        self.parts, self.saved, self.path, self.page = parts, saved, path, page
        self.encoding = require_encoding(saved, str(path))
        self.options = settle_options(self.encoding, options, len(parts.training))
        self.may_be_linear = options.hidden is None and bool(parts.validation)
        self.record = record or page is not None
        self.history = History()
        self.rivals: dict[str, MLP] = {}  # what the model is compared with
        self.earlier = saved.training  # notes on the training that this one goes on with
        self.losses: list[list[float | None]] = self.earlier.get("losses", [])
        self.rows = remember_rows([*parts.training, *parts.validation], self.earlier.get("rows"))
        self.saved_at = time.monotonic()

    def run(self, console: Console) -> bool:
        """Train, save the best model and say how good it is; False if Ctrl-C cut it short."""
        self.history.stopped = self.train(console)
        is_whole = self.history.stopped != "Ctrl-C"
        if self.options.hidden and is_whole and (self.may_be_linear or not console.quiet):
            self.train_rival(console)
        if not self.history.epochs[1:]:
            if not is_whole:
                raise KeyboardInterrupt(" before the first epoch was done: nothing is saved")
            raise InputError(
                f"stopped before the first epoch was done ({self.history.stopped}): nothing saved"
            )
        self.save()
        notes = self.saved.training
        console.print(
            f"Stopped after epoch {len(notes['losses'])}: {escape_text(self.history.stopped)}. "
            f"Kept is the best model so far, that of epoch {notes['best_epoch']}."
        )
        if not console.quiet:
            self.report(console)
        where = f"{escape_text(self.path)}, " if self.path else ""
        print_lines(console, f"Model: {where}{escape_text(repr(self.saved.model))}")
        if self.page is not None:
            from .replay import build_replay  # pages draw, which takes long to import

            model, source = repr(self.saved.model), self.parts.source
            replay = build_replay(self.history, self.encoding, source, model, earlier=self.losses)
            write_file(self.page, replay.text)
            console.print(f"Page: {escape_text(self.page)}", soft_wrap=True)
        return is_whole

    def train(self, console: Console) -> str:
        """Train the network, save it now and then, and return why it ended."""
        options = self.options
        with show_bar(console, options.epochs or 0) as progress:

            def tell(epoch: Epoch) -> None:
                if progress:
                    progress.update(epoch)
                is_better = epoch.number and epoch is self.history.best
                if is_better and time.monotonic() - self.saved_at > SAVE_EVERY:
                    self.save()

            try:
                train_network(
                    self.saved.model,
                    self.encoding,
                    options,
                    self.parts.training,
                    self.parts.validation,
                    rng=random.Random(options.seed + len(self.losses)),
                    callback=tell,
                    record=self.record,
                    history=self.history,
                )
            except KeyboardInterrupt:
                return "Ctrl-C"
            except InputError:  # a file that can't be written
                raise
            except ValueError as error:  # such as the sine of an infinite sum
                return f"{error}: try a smaller --lr"
        return self.history.stopped

    def train_rival(self, console: Console) -> None:
        """Train a linear model to compare with, or to keep where it does better on held back rows.

        Ctrl-C leaves it out.
        """
        with contextlib.suppress(KeyboardInterrupt, ValueError):
            training, held_back, *_ = self.parts
            model, history = train_linear(
                self.encoding, self.options, training, held_back, record=self.record
            )
            self.rivals = {LINEAR: model}
            if self.may_be_linear and history.best.monitored <= self.history.best.monitored:
                layers = ",".join(map(str, self.options.layers))
                console.print(
                    f"A linear model, after {len(history.epochs) - 1:,} epochs, has a lower loss "
                    "on the validation rows than the network, so it is kept. "
                    f"(--hidden {layers} keeps the network.)"
                )
                self.saved.model, self.rivals = model, {"the network": self.saved.model}
                self.history, self.losses = history, []
                self.options.hidden, self.options.weight_decay = [], 0.0

    def save(self) -> None:
        """Note the training at the model, and write it to its file, if it has one."""
        best = self.history.best.number
        losses = [[epoch.loss, epoch.validation_loss] for epoch in self.history.epochs[1:]]
        losses = [[x if x is None or math.isfinite(x) else None for x in pair] for pair in losses]
        self.saved.training = {
            **vars(self.options),
            "losses": [*self.losses, *losses],
            "best_epoch": len(self.losses) + best if best else self.earlier.get("best_epoch", 0),
            "rows": self.rows,
        }
        if self.path is not None:
            self.saved.save(self.path)
        self.saved_at = time.monotonic()

    def report(self, console: Console) -> None:
        """Print how good the model is on each part of the rows, and on the last what others are."""
        parts = {name: rows for name in TITLES if (rows := getattr(self.parts, name))}
        inputs = [x for x, _ in chain.from_iterable(parts.values())]
        outputs = iter(compute_outputs(self.saved.model, inputs))
        if len(parts) > 1:
            console.print()
        for name, rows in parts.items():
            title = f"{name}, {count_things(len(rows), 'row')}{TITLES[name]}"
            found, targets = [*islice(outputs, len(rows))], [y for _, y in rows]
            if name != [*parts][-1]:
                figures = measure_figures(self.encoding.target, found, targets).items()
                print_lines(console, f"{title}: {', '.join(map(' '.join, figures))}")
        print_report(console, self.encoding.target, found, targets, title, self.compare(rows))
        if seen := measure_seen(self.parts.test, self.earlier.get("rows")):
            console.print(
                f"But {seen:.0%} of these test rows were trained on earlier: "
                f"go on with the same table, --test and --seed."
            )
        if len(rows) < FEW:
            print_lines(console, point_to("Cross-validation", "So few rows tell little"))
        counts = Counter([y for _, y in self.parts.training]).values()
        if self.encoding.is_classification and min(counts) < RARE * max(counts):
            print_lines(console, point_to("Weights of rows and classes", "A class is rare"))

    def compare(self, rows: Sequence[Example]) -> dict[str, Outputs]:
        """Return what others than the model give for these rows, by their names."""
        inputs = [x for x, _ in rows]
        others = {name: compute_outputs(model, inputs) for name, model in self.rivals.items()}
        name, guess = guess_blindly(self.encoding, self.parts.training)
        return {**others, name: [guess] * len(rows)}


def train(
    table: str,
    console: Console,
    *,
    model: str | None = None,
    resume: str | None = None,
    page: str | None = None,
    force: bool = False,
    spelling: Spelling = AS_USUAL,
    **given: Any,
) -> bool:
    """Train on a table, or with ``resume`` go on with a saved model; False after Ctrl-C.

    ``given`` is what ``Task.read`` takes, and the fields of ``Options``, as far as the user chose
    them; the others are those of the resumed training, or the defaults. A resumed model keeps its
    columns, layers and activation. ``page`` is where to replay the training; ``force`` replaces
    another model.
    """
    path = model or resume
    if path is None:
        raise InputError("train needs --model MODEL.json: where to save the model")
    rows = read_table(table, spelling)
    check_files(table, path, resume, page, force)
    if resume is not None:
        begun = go_on(rows, resume, console, given)
    elif "target" in given:
        columns = {name: given.pop(name) for name in COLUMNS if name in given}
        options = Options(**given)
        begun = *Task.read(rows, **columns).learn(options, console), options
    else:
        raise InputError("train needs --target COLUMN: the column to learn")
    del rows  # of which a wide table's texts take much memory
    return Training(*begun, path, page).run(console)


def check_files(table: str, path: str, resume: str | None, page: str | None, force: bool) -> None:
    """Refuse now what can't be written when the training is done, or would replace a model."""
    check_output(path, table)
    is_own = resume is not None and os.path.realpath(path) == os.path.realpath(resume)
    if os.path.isfile(path) and not is_own and not force:
        raise InputError(
            f"{show_path(path)} is there already: name another file, or replace it by --force"
        )
    if page:
        check_output(page, table, resume or table)
        if os.path.realpath(path) == os.path.realpath(page):
            raise InputError("the model and its page can't be one file: name another")


def go_on(
    rows: Table, path: str, console: Console, given: dict[str, Any]
) -> tuple[Parts, SavedModel, Options]:
    """Return a table's parts, a saved model, which knows its columns, and how to train it on."""
    skip_empty, saved = given.pop("skip_empty", False), load_model(path)
    options, encoding = resume_options(path, saved, given), require_encoding(saved, path)
    target = encoding.target.name
    rows.require([*encoding.names, target], "columns trained on")
    rows, told = choose_rows(rows, encoding.names * skip_empty, target, encoding.text_names)
    for line in told:
        print_lines(console, escape_text(line))
    places = cut_table(rows, options, target if encoding.is_classification else "")
    return encode_parts(encoding, rows, places), saved, options
