"""A written file in C run: compiled here with a program that asks its functions."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...compiler.program import Program
from ...native.building import NoNativeError, find_compiler, require_compiler
from ...tables.columns import TextColumn
from ...tables.storage import SavedModel
from ...writing.quoting import make_prefix
from ..blueprint import find_target, list_columns_of, make_filler
from ..report import Answers, NotRunError, Question
from .running import run_process


def run_c(path: Path, question: Question) -> Answers:
    """Return what a file in C and its header answer, compiled here."""
    try:
        require_compiler()
        compiler = find_compiler()
    except NoNativeError as error:
        raise NotRunError(str(error)) from None
    version = run_process([*compiler, "--version"]).partition("\n")[0]
    with tempfile.TemporaryDirectory() as folder:
        main, program = Path(folder, "asking.c"), Path(folder, "asking")
        main.write_text(write_main(path.with_suffix(".h"), question), encoding="utf-8")
        include = f"-I{path.parent.resolve()}"
        options = ["-std=c99", "-O1", "-w", include, "-o", str(program)]
        run_process([*compiler, *options, str(main), str(path), "-lm"])
        printed = run_process([str(program)], "\n".join(list_numbers_for_c(question)))
    return read_printed(printed.splitlines(), question, {Path(compiler[0]).name: version})


def write_main(header: Path, question: Question) -> str:
    """Return the text in C that asks the functions which a header declares."""
    fill, source, rows = make_filler("answers/scripts/rows.c"), question.source, len(question.rows)
    kind = "float" if "const float" in header.read_text(encoding="utf-8") else "double"
    prefix = make_prefix(header.stem)
    if isinstance(source, SavedModel):
        is_class = source.encoding is not None and source.encoding.is_classification
        body = fill(
            "model", NAME=prefix.upper(), prefix=prefix, kind=kind, rows=rows,
            count=source.model.sizes[-1], where="&index, values" if is_class else "values",
        )  # fmt: skip
    else:
        parameters, inputs, slopes = map(len, (source.parameters, source.inputs, source.wrt))
        given = ["parameters"] * bool(parameters) + ["row"] * bool(inputs)
        asked = fill("predict", call=f"{prefix}_predict({', '.join([*given, 'values'])})")
        if slopes:
            more = [*given, "1", "values", "gradient"]
            asked += fill("slopes", slopes=slopes, call=f"{prefix}_program({', '.join(more)})")
        body = fill(
            "program", kind=kind, rows=rows, parameters=parameters, inputs=inputs, slopes=slopes,
            asked=asked.rstrip(),
        )  # fmt: skip
    return fill("main", header=header.name, kind=kind, body=body.rstrip())


def list_numbers_for_c(question: Question) -> list[str]:
    """Return the numbers of a question as C reads them: for a text, its place in its column."""
    places = [
        {text: i for i, text in enumerate(column.categories)}
        if isinstance(column, TextColumn)
        else {}
        for column in list_columns_of(question.source)
    ]
    numbers = [*question.parameters]
    for row in question.rows:
        for cell, known in zip(row, places, strict=True):
            numbers.append(known.get(cell, -1) if isinstance(cell, str) else cell)
    return [float(x).hex() for x in numbers]


def read_printed(lines: Sequence[str], question: Question, versions: dict[str, str]) -> Answers:
    """Return the answers that the program in C printed: in a line a status, an index, numbers."""
    source, target = question.source, find_target(question.source)
    classes = target.categories if isinstance(target, TextColumn) else ()
    numbers, labels = [], []
    for line in lines:
        status, index, *words = line.split()
        is_right = status == "0"
        numbers.append([*map(float.fromhex, words)] if is_right else [math.nan])
        labels.append(classes[int(index)] if classes and is_right else "")
    if isinstance(source, Program) and source.wrt:
        return Answers(numbers[::2], numbers[1::2], versions)
    return Answers(numbers, None, versions, labels)
