"""A training on several processes, as the one that trains sees them: ``fit`` with ``n_jobs``."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import sha256
from pickle import loads
from typing import Any

from ..engine.backprop import is_same_number
from ..native.building import NoNativeError
from ..nested import iterate_numbers
from ..text import quote_text
from .examples import Example, is_edited, part_flat
from .jobs import JobReply, compute_rows, copies, sum_by_graph
from .objective import Objective
from .spans import IN_A_SHARE, Span, add_up, count_shares, cut_spans
from .workers import Workers


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
