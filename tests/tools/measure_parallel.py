"""What sharing a training out costs here, and what that lets expect of more workers.

``python tests/tools/measure_parallel.py`` measures the constants of the model that
``docs/understand/parallel-costs.md`` explains, and a training on 1 and 2 processes to check it;
``--page FILE`` writes the tables into that page. It needs joblib (extra ``parallel``), a C compiler
and a machine with nothing else to do: each figure is the least of several rounds.
"""

import argparse
import math
import os
import platform
import random
import re
import textwrap
import time
from array import array
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP
from micrograd_nn.optim import AdamW
from micrograd_nn.train import fit
from micrograd_nn.train.jobs import sum_examples
from micrograd_nn.train.objective import Objective
from micrograd_nn.train.spans import Span, add_up
from micrograd_nn.train.stepping import rule_compiled
from micrograd_nn.train.workers import Workers

MARKS = "<!-- measured -->", "<!-- end -->"
ROUNDS = 5
WORKERS = 1, 2, 10, 100, 1000


class Work(NamedTuple):
    """A training: a network, how many rows there are, how many in a batch, and its language."""

    sizes: tuple[int, ...]
    rows: int
    batch: int
    native: bool

    def __str__(self) -> str:
        network = "-".join(map(str, self.sizes))
        return f"{network}, batches of {self.batch:,}, in {'C' if self.native else 'Python'}"

    def make(self) -> tuple[MLP, list[Any]]:
        """Return the model and its examples."""
        rng = random.Random(0)
        model = MLP(self.sizes[0], list(self.sizes[1:]), "tanh", rng=rng)
        rows = [tuple([rng.gauss(0, 1) for _ in range(self.sizes[0])]) for _ in range(self.rows)]
        return model, [(row, math.sin(sum(row))) for row in rows]


WORKS = (
    Work((2, 16, 16, 1), 16384, 8192, False),
    Work((2, 16, 16, 1), 65536, 32768, True),
    Work((32, 32, 32, 1), 65536, 32768, True),
)


class Constants(NamedTuple):
    """Seconds: for a row; for a batch, a task and a number in it; for a parameter's step."""

    row: float
    batch: float
    task: float
    number: float
    step: float

    def predict(self, work: Work, parameters: int, workers: int) -> float:
        """Return how long an epoch takes."""
        batches = work.rows / work.batch
        computing = work.rows * self.row / workers
        talking = self.batch + workers * (self.task + parameters * self.number)
        return computing + batches * ((workers > 1) * talking + parameters * self.step)

    def find_best(self, work: Work, parameters: int) -> float:
        """Return how many workers are fastest: more of them talk longer than they save."""
        return math.sqrt(work.batch * self.row / (self.task + parameters * self.number))


def take_least(do: Callable[[], Any], clock: Callable[[], float]) -> float:
    """Return the least time that something took in several rounds."""
    times = []
    for _ in range(ROUNDS):
        began = clock()
        do()
        times.append(clock() - began)
    return min(times)


def echo(numbers: array) -> array:
    """Return what a worker was sent: nothing is computed."""
    return numbers


def measure_row(work: Work) -> float:
    """Return the processor's time for one row's gradient."""
    model, examples = work.make()
    objective = Objective(model, squared_error, model.parameters(), native=work.native)
    examples = examples[: 4096 if work.native else 1024]
    sum_examples(objective, examples, 1.0)  # traced and compiled
    return take_least(lambda: sum_examples(objective, examples, 1.0), time.process_time) / len(
        examples
    )


def measure_talking() -> tuple[float, float, float]:
    """Return what a batch costs that is shared out, each task of it, and each number of that."""
    few, many, tasks = 0, 20_000, 64
    with Workers(2) as workers:

        def send(count: int, numbers: int) -> None:
            given = {i: (array("d", bytes(8 * numbers)),) for i in range(count)}
            workers.run(echo, given, lambda key, found: None)

        send(tasks, many)
        two, all_few, all_many = (
            take_least(lambda asked=asked: send(*asked), time.perf_counter)
            for asked in ((2, few), (tasks, few), (tasks, many))
        )
    task = max(0.0, (all_few - two) / (tasks - 2))
    return max(0.0, two - 2 * task), task, max(0.0, (all_many - all_few) / (tasks * many))


def measure_adding() -> float:
    """Return the processor's time for one number of a gradient that is added to another."""
    halves = {Span(i, i + 1): array("d", bytes(8 * 20_000)) for i in range(2)}
    return take_least(lambda: add_up(Span(0, 2), halves.get), time.process_time) / 20_000


def measure_step() -> float:
    """Return the processor's time for the step of one parameter."""
    parameters = MLP(20, [20, 20]).parameters()
    optimizer = AdamW(parameters, 0.01)
    for x in parameters:
        x.grad = 0.5
    with rule_compiled(optimizer):
        optimizer.step()
        return take_least(optimizer.step, time.process_time) / len(parameters)


def measure_epoch(work: Work, n_jobs: int | None) -> float:
    """Return how long an epoch really takes, but for what is done once."""
    model, examples = work.make()
    ends = []
    fit(
        model, examples, squared_error, epochs=ROUNDS, batch_size=work.batch,
        validation=examples[:64], n_jobs=n_jobs, native=work.native,
        callback=lambda epoch: ends.append(time.perf_counter()),
    )  # fmt: skip
    return min(b - a for a, b in pairwise(ends[1:]))


def compare_plain(work: Work) -> float:
    """Return how often an epoch without jobs goes into one with a single job.

    Its batches are small: without jobs, the graph records the first one whole.
    """
    return measure_epoch(work, 1) / measure_epoch(work._replace(batch=256), None)


def count_weights(work: Work) -> int:
    """Return how many parameters a work's network has."""
    return len(work.make()[0].parameters())


def write_tables() -> str:
    """Measure all, and return it as Markdown."""
    talking, adding, step = measure_talking(), measure_adding(), measure_step()
    batch, task, number = talking
    told = (
        f"Measured with {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}; {date.today()}, while "
        f"{os.getloadavg()[0]:.1f} processes wanted those cores. A batch that is shared out takes "
        f"{batch * 1e3:.1f} ms more, each task of it {task * 1e3:.2f} ms, and each number of a "
        f"gradient {(number + adding) * 1e9:.0f} ns on its way. A parameter's step takes "
        f"{step * 1e9:.0f} ns."
    )
    lines = [
        *textwrap.wrap(told, 100),
        "",
        "| training | a row | predicted for 2 | measured | fastest with | without `n_jobs` |",
        "|---|---|---|---|---|---|",
    ]
    table = ["| training | " + " | ".join(f"{w:,} workers" for w in WORKERS[1:]) + " |"]
    table.append("|---|" + "---|" * (len(WORKERS) - 1))
    for work in WORKS:
        weights = count_weights(work)
        constants = Constants(measure_row(work), batch, task, number + adding, step)
        alone = constants.predict(work, weights, 1)
        expected = alone / constants.predict(work, weights, 2)
        found = measure_epoch(work, 1) / measure_epoch(work, 2)
        best = max(1, round(constants.find_best(work, weights)))
        gains = [alone / constants.predict(work, weights, w) for w in WORKERS[1:]]
        at_best = alone / constants.predict(work, weights, best)
        fastest = f"{best:,} workers" if at_best > 1 and best > 1 else "one process"
        figures = f"{constants.row * 1e6:.2g} µs | {expected:.2f}× | {found:.2f}×"
        lines.append(f"| {work} | {figures} | {fastest} | {compare_plain(work):.2g}× |")
        table.append(f"| {work} | " + " | ".join(f"{gain:.2g}×" for gain in gains) + " |")
    return "\n".join([*lines, "", *table])


def main() -> None:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", help="write the tables into this page, between its marks")
    page = parser.parse_args().page
    tables = write_tables()
    if page is None:
        print(tables)
        return
    begin, end = map(re.escape, MARKS)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    whole = f"{MARKS[0]}\n\n{tables}\n\n{MARKS[1]}"
    with open(page, "w", encoding="utf-8") as file:
        file.write(re.sub(f"{begin}.*{end}", lambda match: whole, text, flags=re.DOTALL))


if __name__ == "__main__":
    main()
