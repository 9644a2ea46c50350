"""What programs take: those in C, whole descents in one call, and how long compiling takes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import descents
import peers
import works
from measure import (
    PACKAGE,
    Effort,
    MissingError,
    Pair,
    Training,
    compiler,
    race,
    run_python,
    same,
    same_gradients,
    timings,
)
from registry import costs, faster, figure
from rows import demo

from micrograd_nn import mean
from micrograd_nn.losses import hinge
from micrograd_nn.nn import MLP

STEPS = 50  # of moons in C, in one run


@faster("moons step, native", "the compiled Python program", at_least=30)
def moons_native(effort):
    moons = demo(effort)
    ours, theirs = (descents.descend_moons(moons, native) for native in (True, False))
    if ours.run(3) != theirs.run(3):
        raise AssertionError("in C the numbers aren't those of Python")
    amounts = effort.size((STEPS, 5), (2, 2))
    return race(lambda: ours.run(amounts[0]), lambda: theirs.run(amounts[1]), effort, amounts)


def race_descent(
    ours: descents.Descent, theirs: Training, steps: tuple[int, int], effort: Effort
) -> list[Pair]:
    """Time steps of both sides, each many in a run; the seconds are those of one."""

    def run_theirs() -> None:
        theirs.start()
        for k in range(steps[1]):
            theirs.step(k)
        theirs.latest = None

    return race(lambda: ours.run(steps[0]), run_theirs, effort, steps)


@faster("moons step, native", "PyTorch, all points, one thread", at_least=8)
def moons_against_torch(effort):
    moons = demo(effort)
    theirs = peers.TorchBatch(moons, lr=0.1)
    ours = descents.descend_moons(moons, native=True)
    descents.same_descent(ours, theirs, theirs.weights)
    return race_descent(ours, theirs, effort.size((STEPS, STEPS), (2, 2)), effort)


@faster("gradient of moons called with lists, native", "casadi, in C", at_least=1.6)
def moons_against_casadi(effort):
    moons = demo(effort)
    ours, theirs = descents.descend_moons(moons, native=True), peers.CasadiMoons(moons)
    rows = [[*row] for row in moons.rows]
    (loss, gradient), (their_loss, theirs_by) = (
        ours.program(moons.weights, rows), theirs.compute(moons.weights, rows)
    )  # fmt: skip
    same("loss", loss, their_loss)
    same_gradients("moons", gradient, theirs_by)
    run_ours = lambda: ours.program(moons.weights, rows)  # noqa: E731 (as short as the other)
    return race(run_ours, lambda: theirs.compute(moons.weights, rows), effort)


@costs("step of 784-64-10 on 64 pictures, native", "NumPy, one thread", at_most=1.5)
def digits_against_numpy(effort):
    digits = works.digits(*effort.size((64, [784, 64, 10]), (3, [4, 3, 2])))
    ours, theirs = descents.descend_digits(digits, 0.01), peers.NumpyDigits(digits, 0.01)
    descents.same_descent(ours, theirs, theirs.weights)
    return race_descent(ours, theirs, effort.size((200, 200), (2, 2)), effort)


@faster("moons, one point a step, native", "PyTorch, one thread", at_least=30)
def one_point_native(effort):
    """Ours is ``fit`` on 2,000 points, with its shuffling, its mean loss and its check an epoch."""
    moons = works.moons(effort.size(2000, 4), demo(effort).sizes)
    theirs = peers.TorchPoint(moons)
    few = descents.FitPoints(moons, 2)
    theirs.start()
    for k in few.order():
        theirs.step(k)
    for i, (our, their) in enumerate(zip(few.run()[1], theirs.weights(), strict=True)):
        same(f"weight {i}", our, their, 1e-12)
    ours = descents.FitPoints(moons, effort.size(20, 3))
    steps = effort.size(500, 3)
    pairs = []
    for _ in range(effort.rounds):
        seconds, _ = ours.run()
        start = perf_counter()
        for k in range(steps):
            theirs.step(k)
        pairs.append((seconds, (perf_counter() - start) / steps))
    return pairs


def race_tutorial(native: bool, effort: Effort) -> list[Pair]:
    theirs = peers.NumpyTutorial(descents.INPUTS, descents.TARGETS)
    ours = descents.descend_tutorial(native)
    descents.same_descent(ours, theirs, theirs.weights)
    steps = effort.size(60_000, 20)
    pairs = race_descent(ours, theirs, (steps, steps), effort)
    return [(steps * our, steps * their) for our, their in pairs]


@faster("the tutorial's 60,000 iterations, native", "its NumPy", at_least=20)
def tutorial_native(effort):
    return race_tutorial(True, effort)


@faster("the tutorial's 60,000 iterations, compiled Python", "its NumPy", at_least=1.6)
def tutorial_compiled(effort):
    return race_tutorial(False, effort)


@faster("microGPT step of 16 tokens, native", "a minimal Value", at_least=800)
def gpt_native(effort):
    tiny = works.Shape(4, 2, vocabulary=3, places=2, tokens=2)
    shape = effort.size(works.Shape(tokens=16), tiny)
    theirs = works.Gpt(peers.SlotsValue, shape)
    ours = descents.descend_gpt(shape)
    descents.same_descent(ours, theirs, lambda: [p.data for p in theirs.parameters], 2)
    return race_descent(ours, theirs, effort.size((200, 2), (2, 1)), effort)


@costs("compile 100,000 nodes, and run once: a node", "CPython's compile() of the text", at_most=2)
def compiling_floor(effort):
    leaves, root, compile_and_run, nodes = random_work(effort)
    source = compiler()(root, inputs=[], parameters=leaves, native=False).source

    def compile_text():
        compile(source, "<program>", "exec")

    few = effort._replace(rounds=min(3, effort.rounds))
    return race(compile_and_run, compile_text, few, (nodes, nodes))


@figure("compile 100,000 nodes, and run once: a node", "s", at_most=12e-6)
def compiling_most(effort):
    *_, compile_and_run, nodes = random_work(effort)
    return timings(compile_and_run, effort._replace(rounds=min(3, effort.rounds)), nodes)


def random_work(effort: Effort):
    """Return a random graph's leaves and root, what compiles it and runs it once, and its size."""
    nodes = effort.size(100_000, 20)
    leaves, root = works.random_graph(nodes)
    weights = [leaf.data for leaf in leaves]

    def compile_and_run():
        compiler()(root, inputs=[], parameters=leaves, native=False)(weights, [()])

    return leaves, root, compile_and_run, nodes


@figure("compile the loss of {} moons as one graph, and run once", "s", 100, 1500)
def compiling_rows(points, effort):
    return time_whole_loss(points, effort, native=False)


@figure("compile the loss of {} moons as one graph in C, and run once", "s", 100, 1500)
def compiling_rows_in_c(points, effort):
    return time_whole_loss(points, effort, native=True)


def time_whole_loss(points: int, effort: Effort, native: bool) -> list[float]:
    """Return the seconds until the loss of all points has its gradient, the graph being there."""
    seconds = []
    for _ in range(min(3, effort.rounds)):
        moons = works.moons(effort.size(points, 4), [16, 16, 1])
        model, new = MLP(2, moons.sizes), 1e-9 * perf_counter()  # lest a kept program serves
        loss = mean([hinge(model([x1 + new, x2]), label) for x1, x2, label in moons.rows])
        start = perf_counter()
        program = compiler()(loss, [], model.parameters(), native=native)
        program([x.data for x in model.parameters()], [()])
        seconds.append(perf_counter() - start)
    return seconds


@figure("micrograd-nn selfcheck, as a process", "s", at_most=10)
def selfcheck(effort):
    return time_process(effort, "-m", "micrograd_nn", "selfcheck", "--quiet")


@figure("demos/gpt.py --native, 1,000 steps, nothing kept, as a process", "s", at_most=6)
def training_gpt(effort):
    return time_process(effort, str(PACKAGE / "demos" / "gpt.py"), "--native", "--epochs", "4")


def time_process(effort: Effort, *words: str) -> list[float]:
    """Return the seconds of a process, from start to end, which finds no program in C kept."""
    if effort.quick:
        raise MissingError("a quick run doesn't start it")
    seconds = []
    for _ in range(3):
        with TemporaryDirectory() as kept:
            start = perf_counter()
            run_python(*words, folder=Path(kept))
            seconds.append(perf_counter() - start)
    return seconds
