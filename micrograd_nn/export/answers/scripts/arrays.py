"""Run by Python alone, without this package: asks a model written for PyTorch, NumPy or JAX.

python -I arrays.py model.pt.py < question.json
"""

import json
import math
import runpy
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import compress
from typing import Any


def ask_all(predict: Callable[..., Any], rows: list[Any]) -> tuple[list[Any], list[str]]:
    """Return the numbers of rows, and their labels if there are any."""
    found = predict(rows)
    if isinstance(found, dict):
        return found["probabilities"].tolist(), list(found["label"])
    numbers = found.tolist()
    return [x if isinstance(x, list) else [x] for x in numbers], []


def ask_each(predict: Callable[..., Any], rows: list[Any]) -> tuple[list[Any], list[str]]:
    """Return the same, with NaN for a row that is refused: which of them is, each alone tells."""
    try:
        return ask_all(predict, rows)
    except (ArithmeticError, ValueError):
        if len(rows) == 1:
            return [[math.nan]], [""]
    values, labels = [], []
    for row in rows:
        value, label = ask_each(predict, [row])
        values += value
        labels += label
    return values, labels


def differentiate_torch(written: dict[str, Any], rows: list[Any]) -> Iterator[list[float]]:
    """Yield the gradient of the network's outputs of each row by its weights and biases."""
    torch, model = import_module("torch"), written["model"]
    for row in rows:
        x = torch.tensor(written["encode"]([row]), dtype=torch.float64)
        model.zero_grad()
        model.layers(model.standardise(x) if hasattr(model, "standardise") else x).sum().backward()
        layers = [layer for layer in model.layers if isinstance(layer, torch.nn.Linear)]
        yield list_gradient([[p.grad.tolist() for p in layer.parameters()] for layer in layers])


def differentiate_jax(written: dict[str, Any], rows: list[Any]) -> Iterator[list[float]]:
    """Yield the same of a network written for JAX, differentiated and compiled."""
    jax, numpy = import_module("jax"), import_module("numpy")
    gradient = jax.jit(jax.grad(lambda parameters, x: written["network"](x, parameters).sum()))
    for row in rows:
        x = numpy.array(written["encode"]([row]))
        x = written["standardise"](x) if "standardise" in written else x
        layers = gradient(written["PARAMETERS"], x)
        yield list_gradient([[x.tolist() for x in layer] for layer in layers])


def list_gradient(layers: list[list[Any]]) -> list[float]:
    """Return a gradient in the order of an MLP's parameters: of each neuron, weights, then bias."""
    listed: list[float] = []
    for weights, *biases in layers:
        for i, row in enumerate(weights):
            listed += [*row, *[bias[i] for bias in biases]]
    return listed


# What differentiates a network, by the library that its file imports; NumPy can't.
DIFFERENTIATE: dict[str, Callable[..., Iterator[list[float]]] | None] = {
    "torch": differentiate_torch,
    "jax": differentiate_jax,
    "numpy": None,
}


def answer_arrays(path: str, rows: list[Any]) -> dict[str, Any]:
    """Return a model's answers as JSON has them."""
    written = runpy.run_path(path)
    library = next(name for name in DIFFERENTIATE if name in written or name == "numpy")
    differentiate = DIFFERENTIATE[library]
    values, labels = ask_each(written["predict"], rows)
    gradients = None
    if differentiate is not None:
        taken = [not math.isnan(value[0]) for value in values]
        found = differentiate(written, [*compress(rows, taken)])
        gradients = [next(found) if is_taken else [math.nan] for is_taken in taken]
    versions = {library: import_module(library).__version__}
    known = labels if any(labels) else None
    return {"values": values, "gradients": gradients, "versions": versions, "labels": known}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.path[:0] = asked["path"]
    print(json.dumps(answer_arrays(sys.argv[1], asked["rows"])))
