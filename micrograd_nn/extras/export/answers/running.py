"""A written file run by what it is for: ONNX by a runtime, all else in a process of its own.

That is Python, Node.js, or what a C compiler makes of a file. ONNX is run by onnxruntime, or where
that lacks by onnx's own slow evaluator.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...._ground import processes
from ...._ground.text import InputError, show_line
from ....notation.writing.quoting import make_prefix
from ...compile.compiler.program import Program
from ...compile.native.building import NoNativeError, find_compiler, require_compiler
from ...tables.storage import SavedModel
from ..blueprint import find_target, list_classes, list_columns_of, make_filler
from ..in_onnx.nodes import load_onnx
from ..report import Answers, NotRunError, Question

SCRIPTS = Path(__file__).parent / "scripts"
LONGEST_WAIT = 240  # that a file may take
RESULTS_IN_ONNX = "probabilities", "prediction", "outputs"  # the one that a file has


def run_process(command: Sequence[str], given: str = "") -> str:
    """Return what a command prints; one that fails is a NotRunError with its last line."""
    try:
        printed = processes.run_process(command, LONGEST_WAIT, given.encode())
    except processes.ProcessError as error:
        raise NotRunError(f"{command[0]} {show_line(str(error), 200)}") from None
    return printed.decode("utf-8", "replace")


def format_question(question: Question) -> str:
    """Return a question as JSON."""
    return json.dumps({"rows": question.rows, "parameters": question.parameters})


def read_answers(text: str) -> Answers:
    """Return the answers that a process printed as JSON, in which null is NaN.

    They stand in the last line: a library may print something of its own before.
    """
    try:
        found = json.loads((text.strip().splitlines() or [""])[-1])
    except ValueError:
        raise NotRunError("it ended without an answer") from None
    values, gradients = (
        [[math.nan if x is None else float(x) for x in row] for row in rows]
        if rows is not None
        else None
        for rows in (found["values"], found["gradients"])
    )
    assert values is not None
    return Answers(values, gradients, found["labels"], found["ran"])


def run_python(path: Path, question: Question) -> Answers:
    """Return what a module in Python answers, without any package."""
    command = [sys.executable, "-I", "-S", str(SCRIPTS / "rows.py"), str(path)]
    return read_answers(run_process(command, format_question(question)))


def run_javascript(path: Path, question: Question) -> Answers:
    """Return what a module in JavaScript answers in Node.js."""
    node = shutil.which("node")
    if node is None:
        raise NotRunError("there is no Node.js")
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder, "written.mjs")  # as which Node.js takes it for a module
        module.write_bytes(path.read_bytes())
        command = [node, str(SCRIPTS / "rows.mjs"), str(module)]
        return read_answers(run_process(command, format_question(question)))


def run_c(path: Path, question: Question) -> Answers:
    """Return what a file in C and its header answer, compiled here."""
    try:
        require_compiler()
        compiler = find_compiler()
    except NoNativeError as error:
        raise NotRunError(str(error)) from None
    version = run_process([*compiler, "--version"]).partition("\n")[0].strip()
    with tempfile.TemporaryDirectory() as folder:
        main, program = Path(folder, "asking.c"), Path(folder, "asking")
        main.write_text(write_main(path.with_suffix(".h"), question), encoding="utf-8")
        include = f"-I{path.parent.resolve()}"
        options = ["-std=c99", "-O1", "-w", include, "-o", str(program)]
        run_process([*compiler, *options, str(main), str(path), "-lm"])
        printed = run_process([str(program)], "\n".join(list_numbers_for_c(question)))
    return read_printed(printed.splitlines(), question, version)


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
        {text: i for i, text in enumerate(list_classes(column))}
        for column in list_columns_of(question.source)
    ]
    numbers = [*question.parameters]
    for row in question.rows:
        for cell, known in zip(row, places, strict=True):
            numbers.append(known.get(cell, -1) if isinstance(cell, str) else cell)
    return [float(x).hex() for x in numbers]


def read_printed(lines: Sequence[str], question: Question, ran: str) -> Answers:
    """Return the answers that the program in C printed: in a line a status, an index, numbers."""
    source = question.source
    classes = list_classes(find_target(source))
    numbers, labels = [], []
    for line in lines:
        status, index, *words = line.split()
        is_right = status == "0"
        numbers.append([*map(float.fromhex, words)] if is_right else [math.nan])
        labels.append(classes[int(index)] if classes and is_right else "")
    if isinstance(source, Program) and source.wrt:
        return Answers(numbers[::2], numbers[1::2], ran=ran)
    return Answers(numbers, labels=labels, ran=ran)


def run_onnx(path: Path, question: Question) -> Answers:
    """Return what a written file answers, of rows that stand side by side in its inputs."""
    try:
        onnx = load_onnx()
    except InputError as error:
        raise NotRunError(str(error)) from None
    numpy, graph = import_module("numpy"), onnx.load(str(path)).graph
    feeds, done = {}, 0
    for given in graph.input:
        kind = given.type.tensor_type
        width = kind.shape.dim[1].dim_value
        cells = [row[done : done + width] for row in question.rows]
        done += width
        feeds[given.name] = numpy.asarray(
            cells, onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)
        )
    run, ran = load_runtime(path)
    names = [output.name for output in graph.output]
    with numpy.errstate(all="ignore"):  # what comes of it is seen
        found = dict(zip(names, run(names, feeds), strict=True))
    (values,) = [found[name].tolist() for name in names if name in RESULTS_IN_ONNX]
    labels = found["label"].tolist() if "label" in found else None
    return Answers(values, labels=labels, ran=ran)


def load_runtime(path: Path) -> tuple[Callable[..., Any], str]:
    """Return what runs a file, given names of outputs and its inputs, and its version."""
    if find_spec("onnxruntime"):
        runtime = import_module("onnxruntime")
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return session.run, f"onnxruntime {runtime.__version__}"
    evaluator = import_module("onnx.reference").ReferenceEvaluator(str(path))
    return evaluator.run, f"onnx's own evaluator {load_onnx().__version__}"
