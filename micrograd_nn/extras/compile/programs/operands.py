"""The operands of lines in loops: runs of places, cut to pairs of a dot product, and written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from ....engine.operation import Operation
from ....engine.table import dot
from ....graph.loops import Operand
from ....notation.writing.expressions import Expressions
from .blocks import SUMS, Moves, Step, Taken
from .statements import LoopStatements

X = TypeVar("X")


def list_places(place: int, moves: Moves) -> list[int]:
    """Return the places that moves lead to.

    >>> list_places(5, [(10, 2), (1, 3)])
    [5, 6, 7, 15, 16, 17]
    """
    places = [place]
    for stride, count in moves:
        places = [x + turn * stride for x in places for turn in range(count)]
    return places


def list_operands(step: Step, statements: LoopStatements) -> list[Operand]:
    """Return the operands of a line: runs if it is a long sum, else one for each number.

    Those of a dot product are pairs of runs of one length, and at most a bias behind them.
    """
    count = sum(operand.length for operand in step.operands)
    operands = [*step.operands]
    if step.operation not in statements.looped or count <= statements.longest_written:
        operands = [
            keep_numbers(skip_numbers(operand, i), 1)
            for operand in operands
            for i in range(operand.length)
        ]
    if step.operation is not dot:
        return operands
    weights, rest = cut_operands(operands, count // 2)
    inputs, bias = cut_operands(rest, count // 2)
    paired: list[Operand] = []
    while weights:
        length = min(weights[0].length, inputs[0].length)
        for side in (weights, inputs):
            first, side[:] = cut_operands(side, length)
            paired += first
    return [*paired, *bias]


def cut_operands(operands: Sequence[Operand], length: int) -> tuple[list[Operand], list[Operand]]:
    """Return operands of ``length`` numbers together, and the rest of them."""
    first: list[Operand] = []
    rest = [*operands]
    while length:
        operand = rest.pop(0)
        if operand.length > length:
            rest.insert(0, skip_numbers(operand, length))
            operand = keep_numbers(operand, length)
        first.append(operand)
        length -= operand.length
    return first, rest


def keep_numbers(operand: Operand, length: int) -> Operand:
    """Return the first numbers of an operand."""
    return operand._replace(length=length, step=operand.step if length > 1 else 0)


def skip_numbers(operand: Operand, length: int) -> Operand:
    """Return an operand without its first numbers."""
    rest = operand._replace(place=operand.place + length * operand.step)
    return keep_numbers(rest, operand.length - length)


def has_runs(step: Step) -> bool:
    """Tell whether a line is a sum whose terms are runs."""
    return any(taken.operand.length > 1 for taken in step.taken)


def count_terms(step: Step) -> float:
    """Return how many numbers a line takes."""
    return float(sum(taken.operand.length for taken in step.taken))


def pair_terms(step: Step) -> list[Sequence[Taken]]:
    """Return the terms of a sum: pairs of factors if it is a dot product, and a bias."""
    if step.operation is not dot:
        return [(taken,) for taken in step.taken]
    paired = len(step.taken) // 2 * 2
    pairs: list[Sequence[Taken]] = [step.taken[i : i + 2] for i in range(0, paired, 2)]
    return [*pairs, *[(taken,) for taken in step.taken[paired:]]]


def unpair(operation: Operation, given: Sequence[X]) -> Sequence[X]:
    """Return what an operation is given in its own order: first all weights, if it is ``dot``."""
    if operation is not dot:
        return given
    paired = len(given) // 2 * 2
    return [*given[0:paired:2], *given[1:paired:2], *given[paired:]]


@lru_cache(maxsize=256)
def find_uses(operation: Operation, count: int) -> tuple[bool, Sequence[bool]]:
    """Tell whether the derivatives of an operation use its result, and which of its inputs."""
    if operation in SUMS:
        paired = count // 2 * 2 if operation is dot else 0
        return False, [i < paired for i in range(count)]
    expressions = Expressions()
    there = [expressions.leaf() for _ in range(2 + count)]
    amounts = [*expressions.instantiate(expressions.find_amounts(operation, there, None), there)]
    used = {x for inputs in expressions.inputs for x in inputs}.union(
        x for x in amounts if x is not None
    )
    _, out, *inputs = there
    return out in used, [x in used for x in inputs]
