"""A training on several processes: each batch in shares of a fixed size, added up in one order.

Which process computes a share, and how many there are, changes no bit of the sum: shares are added
by twos, the sums of those by twos, and so on. So whoever has shares that follow one another adds up
as much of that as is theirs, and sends one gradient.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Sequence
from functools import reduce
from hashlib import sha256
from operator import add
from pickle import dumps, loads
from typing import Any, NamedTuple, TypeVar

from ..compiler.variants import DiffersError, NotCompiledError
from ..engine import table as op
from ..engine.order import is_leaf, nodes
from ..engine.steps import is_same_number
from ..engine.value import Constant, Value
from ..graph.graph import compute_gradients
from ..native.building import NoNativeError
from ..nested import iterate_numbers
from ..text import list_first, quote_text
from .examples import Example, is_edited, part_flat
from .gradient import Gradient
from .objective import Objective
from .workers import Workers

IN_A_SHARE = 64  # examples at most

T = TypeVar("T")

copies = threading.local()  # what this thread of a worker has of a training


class Span(NamedTuple):
    """Shares of a batch that follow one another: the first, and the one behind the last."""

    first: int
    end: int

    def halve(self) -> tuple[Span, Span]:
        """Return its two spans, of which the first has as many shares as a power of two.

        >>> Span(0, 5).halve()
        (Span(first=0, end=4), Span(first=4, end=5))
        """
        middle = self.first + (1 << (self.end - self.first - 1).bit_length() - 1)
        return Span(self.first, middle), Span(middle, self.end)

    def take(self, batch: Sequence[T]) -> Sequence[T]:
        """Return the examples of a batch that it has."""
        return batch[self.first * IN_A_SHARE : self.end * IN_A_SHARE]


def cut_spans(shares: int, count: int) -> list[Span]:
    """Return the spans of so many shares that are given to a number of workers, in their order.

    >>> cut_spans(4, 2)
    [Span(first=0, end=2), Span(first=2, end=4)]

    For three, two of the spans are halved once more; no span has less than a share:

    >>> len(cut_spans(32, 3)), cut_spans(1, 3)
    (6, [Span(first=0, end=1)])
    """
    if count & (count - 1):  # no power of two, as the spans would be
        count *= 2
    spans = [Span(0, shares)]
    while len(spans) < min(count, shares):
        sizes = [span.end - span.first for span in spans]
        largest = sizes.index(max(sizes))
        spans[largest : largest + 1] = spans[largest].halve()
    return spans


def add_up(span: Span, find: Callable[[Span], Sequence[float] | None]) -> Sequence[float]:
    """Return the sum of a span, number by number: as it is found, or that of its halves.

    >>> ones = {Span(0, 2): [1.0, 2.0], Span(2, 3): [10.0, 20.0]}
    >>> add_up(Span(0, 3), ones.get)
    array('d', [11.0, 22.0])
    """
    known = find(span)
    if known is not None:
        return known
    left, right = (add_up(half, find) for half in span.halve())
    return array("d", map(add, left, right))


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


def count_shares(examples: int) -> int:
    """Return in how many shares so many examples are cut.

    >>> count_shares(64), count_shares(65)
    (1, 2)
    """
    return -(-examples // IN_A_SHARE)


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


def list_editable(examples: Sequence[Example]) -> list[tuple[Example, list[Any], list[int]]]:
    """Return the examples that somebody may edit, with their numbers and the sizes of their parts.

    >>> list_editable([((1.0, 2.0), 3), ([1.0, 2.0], 3)])
    [(([1.0, 2.0], 3), [1.0, 2.0, 3], [2, 1])]
    """
    editable = []
    for example in examples:
        try:
            hash(example)
        except TypeError:  # it has a list, say
            sizes = [len(part) for part in part_flat(example)]
            editable.append((example, [*iterate_numbers(list(example))], sizes))
    return editable


class Shares:
    """The other processes of a training, as the one that trains sees them."""

    def __init__(
        self, objective: Objective, training: Sequence[Example], validation: Sequence[Example],
        workers: Workers,
    ) -> None:  # fmt: skip
        self.objective = objective
        self.workers = workers
        self.examples = [*training, *validation]
        self.training = range(len(training))
        self.validation = range(len(training), len(self.examples))
        self.ran = ""
        self.editable = list_editable(self.examples)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Send all to the workers, at the next time that they compute."""
        objective = self.objective
        how = objective.reason, objective.variants.native
        try:
            self.payload = self.workers.pickle(
                (objective.model, objective.loss, self.examples, *how)
            )
        except Exception as error:
            raise TypeError(
                f"n_jobs sends the model, the loss and the data to other processes, and they can't "
                f"be pickled: {type(error).__name__}: {error}"
            ) from error
        self.key = sha256(self.payload).hexdigest()
        self.is_sent = False

    def note_edits(self) -> None:
        """Send all anew if an example was edited, as somebody may just have done."""
        if any(is_edited(*of) for of in self.editable):
            self.editable = list_editable(self.examples)
            self.begin_anew()

    def close(self) -> None:
        """Forget what this process has as a worker."""
        vars(copies).clear()

    def compute(self, asked: Sequence[Sequence[int]], upstream: float | None) -> list[array[float]]:
        """Return what workers give for each of several lists of rows."""
        weights = array("d", [x.data for x in self.objective.parameters])
        replies: dict[int, JobReply] = {}
        payload = None if self.is_sent else self.payload
        left = [*range(len(asked))]
        while left:
            given = {i: (self.key, payload, weights, array("l", asked[i]), upstream) for i in left}
            self.workers.run(compute_rows, given, replies.__setitem__)
            left = [i for i in left if replies[i] == JobReply()]
            payload = self.payload  # for those who came later
        self.is_sent = True
        ran = {reply.ran: None for _, reply in sorted(replies.items())}
        self.ran = next((x for x in ran if x not in ("native", "")), "native")
        return [self.take(replies[i], asked[i], upstream) for i in range(len(asked))]

    def take(self, reply: JobReply, rows: Sequence[int], upstream: float | None) -> array[float]:
        """Return what a worker gave; an error is raised here, by the graph where that has it."""
        if reply.numbers is not None:
            return reply.numbers
        examples = [self.examples[row] for row in rows]
        error = loads(reply.error) if reply.error else None
        if not isinstance(error, NoNativeError):
            for begin in range(0, len(examples), IN_A_SHARE):
                share = examples[begin : begin + IN_A_SHARE]
                if upstream is None:
                    self.objective.record_losses(share)
                else:
                    sum_by_graph(self.objective, share, upstream)
            error = RuntimeError(f"a worker of n_jobs failed: {reply.told}")
        raise error

    def leave_gradient(self, rows: Sequence[int]) -> float:
        """Return a batch's mean loss plus the penalty, and leave its gradient in the leaves."""
        objective, upstream = self.objective, 1.0 / len(rows)
        shares = Span(0, count_shares(len(rows)))
        spans = cut_spans(shares.end, self.workers.count)
        asked = [span.take(rows) for span in spans]
        found = dict(zip(spans, self.compute(asked, upstream), strict=True))
        total, *slopes = add_up(shares, found.get)
        penalty = objective.leave_penalty() if objective.penalty else 0.0
        objective.put_gradient(dict(zip(objective.parameters, slopes, strict=True)))
        return total / len(rows) + penalty

    def compute_losses(self, rows: Sequence[int], number: int) -> list[float]:
        """Return the loss of each row; one of the training's rows, by its number, is checked."""
        checked = self.training[number % len(self.training)]
        rows = [*rows, checked]
        spans = cut_spans(count_shares(len(rows)), self.workers.count)
        asked = [span.take(rows) for span in spans]
        *losses, last = [loss for found in self.compute(asked, None) for loss in found]
        (own,) = self.objective.record_losses([self.examples[checked]])
        if not is_same_number(own, last):
            raise RuntimeError(
                f"for {quote_text(self.examples[checked])} a worker of n_jobs has a loss of "
                f"{last!r}, not {own!r}: what the loss, the model or the data depend on has "
                f"changed since the training began. Train without n_jobs"
            )
        return losses

    def list_unreached(self, rows: Sequence[int]) -> list[Any]:
        """Return the parameters that a batch's loss doesn't depend on, looking at few examples."""
        objective = self.objective
        missed: list[Any] | None = None
        for row in rows:
            error = objective.record_batch([self.examples[row]])
            found = objective.list_unreached(error)
            missed = found if missed is None else [x for x in missed if x in found]
            if not missed:
                break
        return missed or []
