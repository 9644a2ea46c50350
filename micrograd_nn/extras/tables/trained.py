"""Training on a table in Python: what ``micrograd-nn train`` does, without a file or a terminal."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..._ground.text import InputError, count_things, list_first, make_printable
from .columns import TextColumn
from .encoding import Encoding, measure_probabilities
from .options import Options, read_options
from .reading import open_table
from .spelling import Spelling
from .storage import SavedModel

if TYPE_CHECKING:
    from ...nn import MLP
    from ...page.frame import Page
    from ..train.history import History
    from .task import Task

REPORT_WIDTH = 80  # of the report's lines
NAMES = "missing|decimal|encoding|ignore|category|classes|skip-empty|hidden|test|lr|seed"
CHOICE = r"'[^']*'|none\b|cp1252|[.,](?=\s|$)|\d+(?:[.,]\d+)*"  # as messages have them
FORMS = {  # how Python writes a choice, where that isn't as the command has it
    "missing": "({},)", "ignore": "[{}]", "hidden": "[{}]", "decimal": "'{}'", "encoding": "'{}'",
}  # fmt: skip
OPTION = re.compile(rf"--({NAMES})\b(?:\s+({CHOICE}))?")


def write_in_python(message: str) -> str:
    """Return a message with its options as they are written in Python.

    >>> write_in_python("with --decimal . or --decimal ,")
    "with spelling=Spelling(decimal='.') or spelling=Spelling(decimal=',')"
    >>> write_in_python("if so, --ignore it: --missing '-999', --hidden none, --test 0.2")
    "if so, ignore it: spelling=Spelling(missing=('-999',)), hidden=[], test=0.2"
    """
    return OPTION.sub(write_option, message)


def write_option(option: re.Match[str]) -> str:
    """Return one option as it is written in Python, or its name where nothing is chosen."""
    name, choice = option[1].replace("-", "_"), option[2]
    if name in ("classes", "skip_empty"):
        return f"{name}=True"
    form = FORMS.get(name, "{}")
    written = form.format("" if choice == "none" else choice) if choice else "…"
    if name in ("missing", "decimal", "encoding"):
        return f"spelling=Spelling({name}={written})"
    return f"{name}={written}" if choice else name


@contextmanager
def tell_in_python() -> Iterator[None]:
    """Let what refuses something name the options as they are written in Python."""
    try:
        yield
    except InputError as error:
        error.args = (write_in_python(str(error)),)
        raise


@dataclass(frozen=True, repr=False)
class TrainedTable:
    """What came of a training on a table: the network, how good it is, and how it got there."""

    report: str
    history: History
    saved: SavedModel
    source: str = "the table"

    def __repr__(self) -> str:
        columns = list_first([column.name for column in self.encoding.input_columns], 5)
        return make_printable(
            f"<trained on {self.source}: {self.encoding.target.name} from {columns}; "
            f"{self.model!r}, best epoch {self.history.best.number}>"
        )

    @property
    def model(self) -> MLP:
        """The network, which takes a row as the encoding makes it."""
        return self.saved.model

    @property
    def encoding(self) -> Encoding:
        """What was learned of the columns: it makes numbers of a row, and a target of numbers."""
        assert self.saved.encoding is not None
        return self.saved.encoding

    def predict(self, rows: Any, strict: bool = False, spelling: Spelling | None = None) -> Any:
        """Return what the network predicts for a row, a dictionary by column, or a list for many.

        Many are a DataFrame, a dictionary of lists, a list of dictionaries, or a ``Table``. Of an
        empty cell, a text that training never saw and a number far outside what it saw there is a
        warning; with ``strict``, the first two are errors. ``spelling`` is how texts and files are
        written. Classes are texts, also where they were numbers or truth values: 'False' is one.
        """
        decoded = [self.encoding.decode(out) for out in self._compute(rows, strict, spelling)]
        return decoded[0] if is_row(rows) else decoded

    def predict_probabilities(
        self, rows: Any, strict: bool = False, spelling: Spelling | None = None
    ) -> Any:
        """Return the probability of each class for a row, by the classes' names, or for many."""
        target = self.encoding.target
        if not isinstance(target, TextColumn):
            raise TypeError(f"{target.name} is a number: its predictions have no probabilities")
        found = [
            dict(zip(target.categories, measure_probabilities(out), strict=True))
            for out in self._compute(rows, strict, spelling)
        ]
        return found[0] if is_row(rows) else found

    @tell_in_python()
    def _compute(self, rows: Any, strict: bool, spelling: Spelling | None) -> list[list[float]]:
        """Return the network's outputs for rows, and warn of what is odd about them."""
        from .report import predict_rows

        table = open_table([rows] if is_row(rows) else rows, spelling)
        inputs = self.encoding.encode_inputs(table, strict)
        odd = [x for _, x in self.encoding.find_oddities(table) if x.is_far or not x.beyond]
        counts = Counter([oddity.told for oddity in odd])
        if counts:
            told = [f"{text} (in {count_things(n, 'row')})" for text, n in counts.most_common()]
            warnings.warn(f"odd rows were predicted, too: {list_first(told, 3)}", stacklevel=4)
        return predict_rows(self.model, inputs, table.source)

    def replay(self, epoch: int | None = None) -> Page:
        """Return the page that replays the training, opened at an epoch, or at the best one."""
        from .replay import build_replay  # pages draw, which takes long to import

        return build_replay(self.history, self.encoding, self.source, repr(self.model), epoch=epoch)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file that ``micrograd-nn predict`` and ``export`` take."""
        self.saved.save(path)


def is_row(given: Any) -> bool:
    """Tell whether this is one row by column, and no columns of many."""
    return isinstance(given, Mapping) and not any(
        hasattr(cell, "__len__") and not isinstance(cell, (str, bytes)) for cell in given.values()
    )


@tell_in_python()
def train_table(
    table: Any,
    target: str,
    *,
    ignore: Iterable[str] = (),
    categories: Iterable[str] = (),
    classes: bool = False,
    skip_empty: bool = False,
    spelling: Spelling | None = None,
    **options: Any,
) -> TrainedTable:
    """Train on a table, in a file or in memory, and return what came of it.

    >>> weights, kinds = [120, 99, 125, 95, 122], ["apple", "pear", "apple", "pear", "apple"]
    >>> fruit = {"weight": weights, "fruit": kinds}
    >>> trained = train_table(fruit, target="fruit", hidden=[])
    >>> trained.predict({"weight": 97}), trained.predict({"weight": [97, 121]})
    ('pear', ['pear', 'apple'])
    >>> trained
    <trained on the table: fruit from weight; MLP(1, [2], activation=['linear']), best epoch 1000>

    A table is the path of a file, as ``read_table`` takes it, a DataFrame, a dictionary of columns,
    a list of dictionaries, or a ``Table``. Numbers in the ``categories`` are codes, and no amounts.

    How a file or a table's texts are written, a ``Spelling`` says:
    ``Spelling(decimal=",", missing=("?",))``.

    The other options are those of the command, such as ``test=0.2``, ``epochs=300`` or
    ``activation="tanh"``. ``replay()`` is the page of the training, which a notebook shows, and
    ``report`` is what the command prints:

    >>> print(trained.report.splitlines()[-1])
    Model: MLP(1, [2], activation=['linear'])
    """
    from .task import Task  # which prints by rich: not everybody has it who loads a model

    chosen = read_options("train_table", options)
    task = Task.read(
        open_table(table, spelling), target,
        ignore=ignore, categories=categories, classes=classes, skip_empty=skip_empty,
    )  # fmt: skip
    return train_task(task, chosen)


def train_task(task: Task, options: Options) -> TrainedTable:
    """Train as the options say, and return what came of it."""
    from ..._ground.ruled import Console
    from .run import Training

    said = io.StringIO()
    console = Console(file=said, width=REPORT_WIDTH, force_jupyter=False, force_terminal=False)
    training = Training(*task.learn(options, console), options, record=True)
    training.run(console)
    report = write_in_python(said.getvalue())
    return TrainedTable(report, training.history, training.saved, task.rows.source)
