"""The command that trains a network on a person's table: what it is given is read and checked.

What can't be done is an ``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import os
from typing import Any

from ..._ground.files import check_output
from ..._ground.ruled import Console, escape_text, print_lines
from ..._ground.text import InputError, show_path
from .options import Options, resume_options
from .parts import Parts, cut_table, encode_parts
from .reading import read_table
from .run import Training
from .spelling import AS_USUAL, Spelling
from .storage import SavedModel, load_model, require_encoding
from .table import Table
from .task import COLUMNS, Task, choose_rows


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
        begun = begin(rows, console, given)
    else:
        raise InputError("train needs --target COLUMN: the column to learn")
    del rows  # of which a wide table's texts take much memory
    return Training(*begun, path, page).run(console)


def check_files(table: str, path: str, resume: str | None, page: str | None, force: bool) -> None:
    """Refuse now what can't be written when the training is done, or would replace a model."""
    check_output(path, table)
    is_own = resume is not None and os.path.realpath(path) == os.path.realpath(resume)
    if os.path.isfile(path) and not is_own and not force:
        shown = show_path(path)
        raise InputError(f"{shown} is there already: name another file, or replace it by --force")
    if page:
        check_output(page, table, resume or table)
        if os.path.realpath(path) == os.path.realpath(page):
            raise InputError("the model and its page can't be one file: name another")


def begin(
    rows: Table, console: Console, given: dict[str, Any]
) -> tuple[Parts, SavedModel, Options]:
    """Return the parts of a table, an untrained network for them, and how to train it."""
    columns = {name: given.pop(name) for name in COLUMNS if name in given}
    options = Options(**given)
    return *Task.read(rows, **columns).learn(options, console), options


def go_on(
    rows: Table, path: str, console: Console, given: dict[str, Any]
) -> tuple[Parts, SavedModel, Options]:
    """Return the same for a saved model, which knows its columns."""
    skip_empty, saved = given.pop("skip_empty", False), load_model(path)
    options, encoding = resume_options(path, saved, given), require_encoding(saved, path)
    target = encoding.target.name
    rows.require([*encoding.names, target], "columns trained on")
    rows, told = choose_rows(rows, encoding.names * skip_empty, target, encoding.text_names)
    for line in told:
        print_lines(console, escape_text(line))
    places = cut_table(rows, options, target if encoding.is_classification else "")
    return encode_parts(encoding, rows, places), saved, options
