"""Training on a table in Python: what ``micrograd-nn train`` does, without a file or a terminal."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from .._ground.text import add_article, list_first, make_printable, quote_text
from .encoding import Encoding
from .storage import SavedModel
from .table import Table

if TYPE_CHECKING:
    from ..nn import MLP
    from ..page.frame import Page
    from ..train.history import History

REPORT_WIDTH = 80  # of the report's lines


@dataclass(frozen=True, repr=False)
class TrainedTable:
    """What came of a training on a table: the network, how good it is, and how it got there."""

    report: str
    history: History
    saved: SavedModel
    source: str = "the table"

    def __repr__(self) -> str:
        columns = list_first([column.name for column in self.encoding.input_columns], 5)
        learned = f"{self.encoding.target.name} from {columns}"
        epoch = f"best epoch {self.history.best.number}"
        told = f"<trained on {self.source}: {learned}; {self.model!r}, {epoch}>"
        return make_printable(told)

    @property
    def model(self) -> MLP:
        """The network, which takes a row as the encoding makes it."""
        return self.saved.model

    @property
    def encoding(self) -> Encoding:
        """What was learned of the columns: it makes numbers of a row, and a target of numbers."""
        assert self.saved.encoding is not None
        return self.saved.encoding

    def predict(self, row: Mapping[str, object]) -> float | str:
        """Return the number or the class that the network predicts for one row, given by column."""
        from .report import compute_outputs

        given: Any = row
        if not isinstance(given, Mapping):
            kind = add_article(type(given).__name__)
            raise TypeError(f"predict takes a row as a dictionary by column, not {kind}")
        cells = tuple([str(cell) for cell in row.values()])
        inputs = self.encoding.encode_inputs(Table("the row", tuple(row), (cells,), (1,)))
        return self.encoding.decode(compute_outputs(self.model, inputs)[0])

    def replay(self, epoch: int | None = None) -> Page:
        """Return the page that replays the training, opened at an epoch, or at the best one."""
        from .replay import build_replay  # pages draw, which takes long to import

        model = repr(self.model)
        return build_replay(self.history, self.encoding, self.source, model, epoch=epoch)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file that ``micrograd-nn predict`` and ``export`` take."""
        self.saved.save(path)


def train_table(
    table: str | os.PathLike[str] | Table,
    target: str,
    *,
    ignore: Iterable[str] = (),
    classes: bool = False,
    skip_empty: bool = False,
    **options: Any,
) -> TrainedTable:
    r"""Train on a table, from a CSV file or ``parse_table``, and return what came of it.

    >>> from micrograd_nn.tables import parse_table
    >>> fruit = parse_table("weight,fruit\n120,apple\n99,pear\n125,apple\n95,pear\n122,apple\n")
    >>> trained = train_table(fruit, target="fruit", hidden=[])
    >>> trained.predict({"weight": 97})
    'pear'
    >>> trained
    <trained on the table: fruit from weight; MLP(1, [2], activation=['linear']), best epoch 100>

    The options are those of the command, such as ``test=0.2``, ``epochs=300`` or
    ``activation="tanh"``. ``replay()`` is the page of the training, which a notebook shows, and
    ``report`` is what the command prints:

    >>> print(trained.report.splitlines()[-1])
    Model: MLP(1, [2], activation=['linear'])

    What can't be trained on is an ``InputError`` in one line:

    >>> train_table(fruit, target="fruit", epochs=0)
    Traceback (most recent call last):
    micrograd_nn.InputError: epochs: 0 is not a whole number from 1 up
    """
    if isinstance(ignore, str):  # whose letters would be columns
        raise TypeError(f"ignore is a text: write ignore=[{quote_text(ignore)}]")
    from .._ground.ruled import Console  # which not everybody has who loads a model
    from .options import Options
    from .reading import read_table
    from .run import Training
    from .training import learn_columns

    known = [option.name for option in fields(Options)]
    for name in set(options).difference(known):
        raise TypeError(f"train_table has no option {name!r}: choose from {', '.join(known)}")
    said = io.StringIO()
    console = Console(file=said, width=REPORT_WIDTH, force_jupyter=False, force_terminal=False)
    chosen = Options(**options)
    rows = table if isinstance(table, Table) else read_table(table)
    parts, saved = learn_columns(
        rows, chosen, console, target, ignore=ignore, classes=classes, skip_empty=skip_empty
    )
    training = Training(parts, saved, chosen, record=True)
    training.run(console)
    return TrainedTable(said.getvalue(), training.history, saved, parts.source)
