"""What 60-digit arithmetic answers to the question that a written file is asked."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, NamedTuple

import mpmath

from ....checks.exact import DIGITS, Exact
from ....engine.node import nodes as list_nodes
from ....engine.value import Value
from ...compile.compiler.program import Program
from ...tables.columns import NumericColumn, TextColumn
from ...tables.storage import SavedModel
from ..blueprint import find_target, list_columns_of
from .exact_graph import ExactGraph, is_real

MOST_WORK = 50_000  # nodes' inputs times rows: some seconds


ExactOrNone = list[Exact] | None


class ExactAnswers(NamedTuple):
    """Values and gradients as in ``Answers``, of some rows; None where there is no number."""

    rows: list[int]
    values: list[ExactOrNone]
    gradients: list[ExactOrNone]


class ExactSource:
    """A model or a program in 60-digit arithmetic."""

    def __init__(self, source: SavedModel | Program) -> None:
        self.columns, self.target = list_columns_of(source), find_target(source)
        if isinstance(source, Program):
            self.inputs, self.outputs, self.wrt = [*source.inputs], [*source.outputs], source.wrt
            parameters, numbers = [*source.parameters], [x.data for x in source.parameters]
            nodes = source.graph
        else:
            model = copy.deepcopy(source.model)
            parameters = model.parameters()
            numbers = [parameter.data for parameter in parameters]
            for parameter in parameters:  # lest recording overflows
                parameter.data = 0.0
            self.inputs, self.wrt = [Value(0.0) for _ in range(model.sizes[0])], ()
            found: Any = model(self.inputs)
            self.outputs = found if isinstance(found, list) else [found]
            nodes = list_nodes(*self.outputs)
        self.leaves = dict(zip(parameters, map(mpmath.mpf, numbers), strict=True))
        self.graph = ExactGraph(nodes)
        self.work = sum([len(node.inputs) for node in nodes])

    def answer(self, rows: Sequence[Sequence[float | str]]) -> ExactAnswers:
        """Return the answers, of few rows where there is much to compute, these spread evenly."""
        step = -(-len(rows) * self.work // MOST_WORK) or 1
        chosen = [*range(0, len(rows), step)]
        found = [self.answer_row(rows[i]) for i in chosen]
        return ExactAnswers(chosen, [value for value, _ in found], [slopes for _, slopes in found])

    def answer_row(self, row: Sequence[float | str]) -> tuple[ExactOrNone, ExactOrNone]:
        """Return what a row gives, and its gradient; None for what isn't a number."""
        value = gradient = None
        with mpmath.workdps(DIGITS):
            try:
                results = self.graph.compute({**self.leaves, **self.encode(row)})
                value = self.decode([results[x] for x in self.outputs])
                gradient = self.graph.find_gradient(results, self.outputs, self.wrt)
            except (ArithmeticError, IndexError, ValueError):  # where the engine refuses, too
                pass
        return value, gradient if gradient and all(map(is_real, gradient)) else None

    def encode(self, row: Sequence[float | str]) -> dict[Value, Exact]:
        """Return what a row's cells are for the leaves."""
        numbers: list[Exact] = []
        for column, cell in zip(self.columns, row, strict=True):
            if isinstance(column, TextColumn):
                numbers += map(mpmath.mpf, column.encode(str(cell)))
            else:
                numbers.append((mpmath.mpf(cell) - column.mean) / column.scale)
        return dict(zip(self.inputs, numbers, strict=True))

    def decode(self, outputs: list[Exact]) -> list[Exact]:
        """Return what the outputs mean: a prediction, or probabilities."""
        if self.target is None:
            return outputs
        if isinstance(self.target, NumericColumn):
            return [outputs[0] * self.target.scale + self.target.mean]
        largest = max(outputs)
        shares = [mpmath.exp(x - largest) for x in outputs]
        return [x / sum(shares) for x in shares]
