"""What a worker of ``n_jobs`` does: losses and gradients of shares, with a copy of the training."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from functools import reduce
from operator import add
from pickle import dumps, loads
from typing import NamedTuple

from ..compiler.variants import DiffersError, NotCompiledError
from ..engine import table as op
from ..engine.backprop import compute_gradients
from ..engine.node import is_leaf, nodes
from ..engine.value import Constant, Value
from ..text import list_first
from .examples import Example
from .gradient import Gradient
from .objective import Objective
from .spans import Span, add_up, count_shares

copies = threading.local()  # what this thread of a worker has of a training


class JobReply(NamedTuple):
    """What a worker sends: numbers, how it came to them, or what went wrong.

    Without any of it, it has no copy of the training yet.
    """

    numbers: array[float] | None = None
    ran: str = ""
    error: bytes = b""
    told: str = ""  # of the error


class CopiedObjective(Objective):
    """What a worker minimises. That programs differ from the graph isn't to be mended there."""

    def give_up(self, error: NotCompiledError) -> None:
        """Go on by the graph, which gives the same numbers, but not after wrong ones."""
        if isinstance(error, DiffersError):
            raise RuntimeError(f"{error}: train without n_jobs") from error
        super().give_up(error)

    def tell_ran(self) -> str:
        """Return how programs ran: in C if all of them did."""
        choices = self.variants.list_choices()
        self.is_in_c = bool(choices) and all(0 in choice.natives for choice in choices)
        return self.ran


class Copy:
    """A training as a worker has it: a model and a loss of its own, and all examples."""

    def __init__(self, payload: bytes) -> None:
        model, loss, self.examples, eager, native = loads(payload)
        self.objective = CopiedObjective(model, loss, model.parameters(), None, eager, native)

    def compute(
        self, weights: Sequence[float], rows: Sequence[int], upstream: float | None
    ) -> array[float]:
        """Return the loss of each of these rows, or, with an upstream, their sum and gradient."""
        objective = self.objective
        for x, number in zip(objective.parameters, weights, strict=True):
            x.data = number
        examples = [self.examples[row] for row in rows]
        if upstream is None:
            return array("d", objective.compute_losses(examples))
        return sum_examples(objective, examples, upstream)


def compute_rows(
    key: str, payload: bytes | None, weights: array[float], rows: array[int],
    upstream: float | None,
) -> JobReply:  # fmt: skip
    """Compute what a worker is asked for, with the copy of a training that it has or is given."""
    try:
        if getattr(copies, "key", None) != key:
            if payload is None:
                return JobReply()
            copies.copy, copies.key = Copy(payload), key
        copy = copies.copy
        numbers = copy.compute(weights, rows, upstream)
        return JobReply(numbers, copy.objective.tell_ran())
    except Exception as error:  # which comes again where fit was called
        return JobReply(error=pickle_error(error), told=f"{type(error).__name__}: {error}")


def pickle_error(error: Exception) -> bytes:
    """Return an error as bytes; none if it wouldn't come out of them."""
    try:
        pickled = dumps(error)
        loads(pickled)
    except Exception:
        return b""
    return pickled


def sum_examples(
    objective: Objective, examples: Sequence[Example], upstream: float
) -> array[float]:
    """Return the losses of examples, summed share by share, and their gradient behind that."""
    numbers = [x.data for x in objective.parameters]

    def find(span: Span) -> Sequence[float] | None:
        if span.end - span.first > 1:
            return None
        share = span.take(examples)
        found = objective.try_compiled(lambda: sum_by_programs(objective, share, numbers, upstream))
        return array("d", found or sum_by_graph(objective, share, upstream))

    return array("d", add_up(Span(0, count_shares(len(examples))), find))


def sum_by_programs(
    objective: Objective, share: Sequence[Example], numbers: Sequence[float], upstream: float
) -> list[float]:
    """Return the sum and the gradient of a share, by programs."""
    gradient = Gradient()
    total = objective.sum_gradient(share, numbers, upstream, gradient)
    if not gradient.found and gradient.leaves == tuple(objective.parameters):
        return [total, *gradient.slopes]
    return [total, *list_slopes(objective, gradient.by_leaf())]


def sum_by_graph(objective: Objective, share: Sequence[Example], upstream: float) -> list[float]:
    """Return the same by the graph."""
    losses = [objective.record_loss(x, target) for x, target in share]
    graph = nodes(op.sum(losses) * upstream)
    slopes = {x: slope for x, slope in compute_gradients(graph).items() if is_leaf(x)}
    total = reduce(add, [loss.data for loss in losses])
    return [total, *list_slopes(objective, slopes)]


def list_slopes(objective: Objective, slopes: dict[Value, float]) -> list[float]:
    """Return the derivatives by the model's parameters; by others there can't be any."""
    known = {*objective.parameters}
    others = [x for x in slopes if x not in known and not isinstance(x, Constant)]
    if others:
        raise ValueError(
            f"with n_jobs, a loss depends on examples and on the model's parameters alone, not on "
            f"{list_first([repr(x) for x in others], 3)}: make it a parameter of the model, or a "
            f"number"
        )
    return [slopes.get(x, 0.0) for x in objective.parameters]
