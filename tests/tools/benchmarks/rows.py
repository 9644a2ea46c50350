"""What the graph and its compiled Python take, in time and memory, against others and by size."""

from __future__ import annotations

import gc
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import peers
import works
from measure import Effort, Pair, compiler, peer, race, same, same_gradients, timings, training_race
from registry import costs, faster, figure

import micrograd_nn
from micrograd_nn import Value
from micrograd_nn.checks.mistakes import provenance
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP

# Moons.

NETWORK = [16, 16, 1]
STEPS = 5  # from the first weights, in one run


def demo(effort: Effort) -> works.Moons:
    return works.moons(effort.size(100, 4), effort.size(NETWORK, [3, 3, 1]))


def race_moons(ours: type, theirs: type, effort: Effort) -> list[Pair]:
    moons = demo(effort)
    return training_race(ours(moons), theirs(moons), STEPS, effort)


for work, against, ours, theirs, least in (
    ("operators on Value, eager", "micrograd", works.OperatorMoons, peers.Micrograd, 8),
    ("nn.MLP, eager", "micrograd", works.EagerMoons, peers.Micrograd, 45),
    ("compiled", "micrograd", works.CompiledMoons, peers.Micrograd, 400),
    ("compiled", "backprop by hand on lists", works.CompiledMoons, peers.ByHand, 2),
):
    faster(f"moons step, {work}", against, least)(partial(race_moons, ours, theirs))


@faster("moons, one point a step, compiled", "PyTorch, one thread", at_least=10)
def one_point(effort):
    moons = demo(effort)
    steps = len(moons.rows)
    return training_race(works.CompiledPoint(moons), peers.TorchPoint(moons), steps, effort)


# The GPT.


def shape(effort: Effort) -> works.Shape:
    return effort.size(works.Shape(), works.Shape(4, 2, vocabulary=3, places=2, tokens=2))


@faster("microGPT step, operators on Value, eager", "a minimal Value", at_least=1.2)
def gpt(effort):
    ours, theirs = (works.Gpt(kind, shape(effort)) for kind in (Value, peers.SlotsValue))
    return training_race(ours, theirs, effort.size(3, 1), effort)


@faster("microGPT step, compiled", "a minimal Value", at_least=40)
def gpt_compiled(effort):
    theirs = works.Gpt(peers.SlotsValue, shape(effort))
    return training_race(works.CompiledGpt(shape(effort)), theirs, effort.size(3, 1), effort)


# What it costs.


@costs("bytes of a node, eager, after backward", "micrograd", at_most=0.35, unit="B")
def memory(effort):
    kinds = (Value, peer("micrograd.engine").Value)
    operations = effort.size(100_000, 1_000)
    for kind in kinds:  # what is written or imported at the first use isn't a part of a node
        bytes_of_a_node(kind, 3_000)
    ours, theirs = (bytes_of_a_node(kind, operations) for kind in kinds)
    return [(ours, theirs)]


def bytes_of_a_node(Value: Any, operations: int) -> float:  # noqa: N803
    """Return what a node of a graph occupies while the root is kept, its gradient included.

    The graph is a sum of chains: micrograd's backward recurses, and fails on a deep graph.
    """
    tracemalloc = peer("tracemalloc")
    links = 298
    chains = operations // links
    tracemalloc.start()
    try:
        start = Value(1.0)
        root = sum(works.chain(Value, start, links) for _ in range(chains))
        root.backward()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] / (chains * (links + 1))
    finally:
        tracemalloc.stop()


@costs("a node of a 1,000,000-node chain", "one of 10,000", at_most=1.5)
def deep_chain(effort):
    """Build it, go back through it, free it."""
    amounts = effort.size((1_000_000, 10_000), (1_000, 100))
    long, short = (partial(build_and_free, nodes) for nodes in amounts)
    return race(long, short, effort, amounts)


def build_and_free(nodes: int) -> None:
    works.chain(Value, Value(1.0), nodes).backward()


@costs("import micrograd_nn", "import json, argparse", at_most=2)
def importing(effort):
    """Time the statement alone, each time in a fresh interpreter without site-packages."""
    ours, theirs = "micrograd_nn", "json, argparse"
    import_seconds(ours), import_seconds(theirs)  # which writes the bytecode
    pairs = []
    for _ in range(effort.size(21, 1)):
        pairs.append((import_seconds(ours), import_seconds(theirs)))
    return pairs


def import_seconds(modules: str) -> float:
    """Return how long an import takes, by the clock of the interpreter that makes it."""
    place = str(Path(micrograd_nn.__file__).parent.parent)
    program = (
        f"import sys, time; sys.path.append({place!r}); start = time.perf_counter()\n"
        f"import {modules}\n"
        f"print(time.perf_counter() - start)"
    )
    options = ["-S", "-E", "-c", program]
    return float(subprocess.run([sys.executable, *options], capture_output=True, check=True).stdout)


@costs("recording with provenance", "without", at_most=None)
def with_provenance(effort):
    record = partial(works.chain, Value, Value(1.0), effort.size(10_000, 100))

    def observed():
        with provenance():
            record()

    return race(observed, record, effort)


# Figures of ours alone.

NODES = (100, 1_000, 10_000, 100_000)
FEWER_NODES = NODES[:-1]  # the most has a target of its own
HIDDEN = (16, 64, 128, 512)


@figure("compile {} nodes, and run once", "s", *FEWER_NODES)
def compiling(nodes, effort):
    leaves, root = works.random_graph(effort.size(nodes, 20))
    weights = [leaf.data for leaf in leaves]

    def compile_and_run():
        compiler()(root, inputs=[], parameters=leaves, native=False)(weights, [()])

    return timings(compile_and_run, effort._replace(rounds=min(3, effort.rounds)))


@figure("run compiled {} nodes with gradients: a node", "s", *NODES)
def running(nodes, effort):
    nodes = effort.size(nodes, 20)
    leaves, root = works.random_graph(nodes)
    program = compiler()(root, inputs=[], parameters=leaves, native=False)
    weights = [leaf.data for leaf in leaves]
    total, gradients = program(weights, [()])
    root.backward()
    same("root", total, root.data)
    same_gradients("root", gradients, [leaf.grad or 0.0 for leaf in leaves])
    return timings(lambda: program(weights, [()]), effort, nodes)


@figure("an example through 2-{}-1, eager", "s", *HIDDEN)
def growing(hidden, effort):
    moons = works.moons(effort.size(100, 4), [effort.size(hidden, 2), 1])
    model = MLP(2, moons.sizes)
    for parameter, weight in zip(model.parameters(), moons.weights, strict=True):
        parameter.data = weight

    def examples():
        for *point, label in moons.rows:
            squared_error(model(point), label).backward()

    return timings(examples, effort, len(moons.rows))


@figure("an example through 2-{}-1, compiled", "s", *HIDDEN)
def growing_compiled(hidden, effort):
    moons = works.moons(effort.size(100, 4), [effort.size(hidden, 2), 1])
    program = works.compiled_example(moons, squared_error)
    return timings(lambda: program(moons.weights, moons.rows), effort, len(moons.rows))


@figure("build a chain of 10,000 nodes", "nodes/s")
def building(effort):
    nodes = effort.size(10_000, 100)
    record = partial(works.chain, Value, Value(1.0), nodes)
    return [1 / seconds for seconds in timings(record, effort, nodes)]


@figure("go back through it", "nodes/s")
def going_back(effort):
    nodes = effort.size(10_000, 100)
    root = works.chain(Value, Value(1.0), nodes)
    return [1 / seconds for seconds in timings(root.backward, effort, nodes)]
