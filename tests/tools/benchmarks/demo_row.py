"""demos/gpt.py from start to samples, against a minimal Value that takes the same steps.

The minimal Value would take minutes: its time is that of some of the steps, times their number. It
samples nothing.
"""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import peers
import works
from measure import MissingError, same
from registry import faster

import micrograd_nn
from micrograd_nn.optim import Adam, linear
from micrograd_nn.train import split

ROOT = Path(micrograd_nn.__file__).parent.parent
DEMO = ROOT / "demos" / "gpt.py"
STEPS = 1000


def load_demo() -> Any:
    """Return the demo as a module."""
    if not DEMO.exists():
        raise MissingError("there is no demos/gpt.py")
    spec = importlib.util.spec_from_file_location("gpt_demo", DEMO)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class MinimalGpt:
    """The demo's network from its first weights, on a minimal Value, and Adam on lists."""

    def __init__(self, model: Any) -> None:
        self.shape = works.Shape()
        rows = {
            "token": model.letter, "place": model.place, "query": model.query, "key": model.key,
            "value": model.value, "mix": model.join, "widen": model.widen,
            "narrow": model.narrow, "logits": model.scores,
        }  # fmt: skip
        self.model: dict[str, Any] = {}
        self.parameters: list[Any] = []
        for name, (_, columns) in self.shape.matrices.items():
            numbers = [peers.SlotsValue(p.data) for p in rows[name].parameters()]
            self.parameters += numbers
            self.model[name] = [numbers[i : i + columns] for i in range(0, len(numbers), columns)]
        self.m, self.v = ([0.0] * len(self.parameters) for _ in range(2))

    def step(self, k: int, tokens: list[int]) -> float:
        """Take step k on a name, and return its loss."""
        loss = works.gpt_loss(self.model, tokens, self.shape)
        for p in self.parameters:
            p.grad = 0
        loss.backward()
        lr, first, second = 0.01 * (1 - k / STEPS), 1 - 0.85 ** (k + 1), 1 - 0.99 ** (k + 1)
        for i, p in enumerate(self.parameters):
            self.m[i] = 0.85 * self.m[i] + 0.15 * p.grad
            self.v[i] = 0.99 * self.v[i] + 0.01 * p.grad**2
            p.data -= lr * (self.m[i] / first) / ((self.v[i] / second) ** 0.5 + 1e-8)
        return loss.data  # type: ignore[no-any-return]


def read_names(demo: Any) -> list[str]:
    """Return the demo's names in the order in which it begins to learn them."""
    lines = (DEMO.parent / "names.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if not line.startswith("#")]
    rng = random.Random(42)
    demo.GPT(rng)
    training, _ = split(names, 50 / 300, rng)
    rng.shuffle(training)
    return training


def check_steps(demo: Any, names: list[str]) -> None:
    """Raise an AssertionError unless both come to the same losses."""
    model = demo.GPT(random.Random(42))
    parameters, theirs = model.parameters(), MinimalGpt(model)
    optimizer = Adam(parameters, linear(0.01, 0.0, STEPS), betas=(0.85, 0.99))
    for k, name in enumerate(names[:3]):
        letters, target = demo.encode(name, demo.PLACES)
        loss = demo.loss(model(letters), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        same(f"loss of {name}", loss.data, theirs.step(k, list_tokens(demo, name)))


def list_tokens(demo: Any, name: str) -> list[int]:
    return [demo.END, *map(demo.LETTERS.index, name), demo.END]


@faster("1,000 steps of demos/gpt.py, compiled Python", "a minimal Value", at_least=8)
def gpt_demo(effort):
    demo = load_demo()
    names = read_names(demo)
    check_steps(demo, names)
    pairs = []
    for number in range(effort.size(3, 1)):
        theirs = MinimalGpt(demo.GPT(random.Random(42)))
        tokens = [list_tokens(demo, name) for name in names[10 * number :][: effort.size(10, 1)]]
        start = perf_counter()
        for k, name in enumerate(tokens):
            theirs.step(k, name)
        between = perf_counter()
        # As many steps as the names that were taken make of all, by their letters.
        whole = sum(count_pairs(list_tokens(demo, name)) for name in names) / len(names) * STEPS
        seconds = (between - start) * whole / sum(map(count_pairs, tokens))
        run = [sys.executable, str(DEMO), "--compiled", *effort.size([], ["--epochs", "1"])]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        if not effort.quick:
            subprocess.run(run, check=True, capture_output=True, env=environment)
        pairs.append((perf_counter() - between, seconds))
    return pairs


def count_pairs(tokens: list[int]) -> int:
    return len([*pairwise(tokens)])
