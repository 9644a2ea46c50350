"""What 60-digit arithmetic answers to the question that a written file is asked."""

from __future__ import annotations

import copy
import decimal
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ...checks.exact import CONTEXT, D, exp
from ...checks.exact_graph import ExactGraph
from ...compiler.program import Program
from ...engine.node import nodes as list_nodes
from ...engine.value import Value
from ...tables.columns import NumericColumn, TextColumn
from ...tables.storage import SavedModel
from ..blueprint import list_columns_of
from ..report import Question

MOST_WORK = 100_000  # nodes' inputs times rows: some seconds


class ExactAnswers(NamedTuple):
    """Values and gradients as in ``Answers``, of some of the rows; None is no number."""

    rows: list[int]
    values: list[list[Decimal] | None]
    gradients: list[list[Decimal] | None]


class ExactSource:
    """A model or a program in 60-digit arithmetic."""

    def __init__(self, source: SavedModel | Program) -> None:
        self.source = source
        if isinstance(source, Program):
            self.inputs, self.outputs = [*source.inputs], [*source.outputs]
            self.parameters, self.wrt = [*source.parameters], [*source.wrt]
            nodes = source.graph
        else:
            model = copy.deepcopy(source.model)
            self.parameters = self.wrt = model.parameters()
            for parameter in self.parameters:  # lest recording overflows
                parameter.data = 0.0
            self.inputs = [Value(0.0) for _ in range(model.sizes[0])]
            found: Any = model(self.inputs)
            self.outputs = found if isinstance(found, list) else [found]
            nodes = list_nodes(*self.outputs)
        self.graph = ExactGraph(nodes)
        self.work = sum([len(node.inputs) for node in nodes])

    def answer(self, question: Question, has_gradients: bool) -> ExactAnswers:
        """Return the answers, of few rows where there is much to compute, these spread evenly."""
        count = len(question.rows)
        step = -(-count * self.work // MOST_WORK) or 1
        chosen = [*range(0, count, step)]
        values: list[list[Decimal] | None] = []
        gradients: list[list[Decimal] | None] = []
        numbers = question.parameters
        if isinstance(self.source, SavedModel):
            numbers = [parameter.data for parameter in self.source.model.parameters()]
        leaves = dict(zip(self.parameters, map(D, numbers), strict=True))
        for i in chosen:
            value = gradient = None
            with decimal.localcontext(CONTEXT):
                try:
                    given = self.encode(question.rows[i])
                    results = self.graph.compute({**leaves, **given})
                    value = self.decode([results[x] for x in self.outputs])
                    if has_gradients:
                        gradient = self.graph.find_gradient(results, self.outputs, self.wrt)
                except (ArithmeticError, IndexError, ValueError):  # where the engine refuses, too
                    pass
            values.append(value)
            gradients.append(
                gradient if gradient and all(x.is_finite() for x in gradient) else None
            )
        return ExactAnswers(chosen, values, gradients)

    def encode(self, row: Sequence[float | str]) -> dict[Value, Decimal]:
        """Return what a row's cells are for the leaves."""
        numbers: list[Decimal] = []
        if isinstance(self.source, Program):
            numbers += [D(cell) for cell in row]
        else:
            for column, cell in zip(list_columns_of(self.source), row, strict=True):
                if isinstance(column, TextColumn):
                    numbers += map(D, column.encode(str(cell)))
                else:
                    numbers.append((D(cell) - D(column.mean)) / D(column.scale))
        return dict(zip(self.inputs, numbers, strict=True))

    def decode(self, outputs: list[Decimal]) -> list[Decimal]:
        """Return what the outputs mean: a prediction, or probabilities."""
        encoding = None if isinstance(self.source, Program) else self.source.encoding
        if encoding is None:
            return outputs
        if isinstance(encoding.target, NumericColumn):
            return [outputs[0] * D(encoding.target.scale) + D(encoding.target.mean)]
        largest = max(outputs)
        shares = [exp(x - largest) for x in outputs]
        return [x / sum(shares) for x in shares]
