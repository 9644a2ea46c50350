"""Run by Python alone, without this package: asks a model written for PyTorch, NumPy or JAX.

python -I answering_arrays.py model.pt.py < question.json
"""

import json
import math
import runpy
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def ask_rows(predict: Callable[..., Any], rows: list[Any]) -> tuple[list[Any], list[str]]:
    """Return the numbers of rows, and their labels if there are any."""
    found = predict(rows)
    if isinstance(found, dict):
        return found["probabilities"].tolist(), list(found["label"])
    numbers = found.tolist()
    return [x if isinstance(x, list) else [x] for x in numbers], []


def ask_each(predict: Callable[..., Any], rows: list[Any]) -> tuple[list[Any], list[str]]:
    """Return the same, with NaN for a row that is refused: which of them is, each alone tells."""
    try:
        return ask_rows(predict, rows)
    except (ArithmeticError, ValueError):
        if len(rows) == 1:
            return [[math.nan]], [""]
    values, labels = [], []
    for row in rows:
        value, label = ask_each(predict, [row])
        values += value
        labels += label
    return values, labels


def differentiate_torch(written: dict[str, Any], row: Any) -> list[float]:
    """Return the gradient of the network's outputs of a row by its weights and biases."""
    torch, model = import_module("torch"), written["model"]
    x = torch.tensor(written["encode"]([row]), dtype=torch.float64)
    model.zero_grad()
    model.layers(model.standardise(x) if hasattr(model, "standardise") else x).sum().backward()
    layers = [layer for layer in model.layers if isinstance(layer, torch.nn.Linear)]
    gradients = [
        (layer.weight.grad.tolist(), None if layer.bias is None else layer.bias.grad.tolist())
        for layer in layers
    ]
    return list_gradient(gradients)


def list_gradient(gradients: list[tuple[list[list[float]], list[float] | None]]) -> list[float]:
    """Return gradients in the order of an MLP's parameters: of each neuron, weights, then bias."""
    listed = []
    for weights, biases in gradients:
        for i, row in enumerate(weights):
            listed += row if biases is None else [*row, biases[i]]
    return listed


def answer_arrays(path: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return a model's answers as JSON has them."""
    written = runpy.run_path(path)
    values, labels = ask_each(written["predict"], question["rows"])
    gradients = [
        [math.nan] if math.isnan(value[0]) else differentiate_torch(written, row)
        for value, row in zip(values, question["rows"], strict=True)
    ]
    versions = {"torch": import_module("torch").__version__}
    known = labels if any(labels) else None
    return {"values": values, "gradients": gradients, "versions": versions, "labels": known}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.path[:0] = asked["path"]
    print(json.dumps(answer_arrays(sys.argv[1], asked)))
