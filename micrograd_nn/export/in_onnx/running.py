"""A written ONNX file run by onnxruntime, or where that lacks by onnx's own slow evaluator."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...text import InputError
from ..report import Answers, NotRunError, Question
from .nodes import load_onnx

RESULTS = ("probabilities", "prediction", "outputs")  # the one that holds numbers


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
    (values,) = [found[name].tolist() for name in names if name in RESULTS]
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
