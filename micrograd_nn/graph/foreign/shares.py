"""What another engine's nodes hand on to their inputs, measured on the nodes themselves.

A node's own ``_backward`` is called with a gradient that we choose. Whatever it changes is put back
as it was: a gradient of theirs is never left another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from .conventions import Conventions, read, read_number
from .operations import is_close


class Handed(NamedTuple):
    """What a node hands on to each of its inputs, each counted once, for a gradient of 1."""

    shares: list[float]
    ignores_upstream: bool  # a gradient of 2 gives no more
    overwrites: bool  # what was there before is gone


@contextmanager
def restored(nodes: Sequence[Any], word: str) -> Iterator[None]:
    """Put the gradients of some nodes back as they were, whatever happens meanwhile."""
    before = [(node, read(node, word)) for node in nodes]
    try:
        yield
    finally:
        for node, grad in before:
            setattr(node, word, grad)


def measure_shares(node: Any, inputs: Sequence[Any], words: Conventions) -> Handed | None:
    """Return what a node hands on to its inputs, all different; None where that can't be seen.

    >>> class Scalar:
    ...     grad = 0.0
    >>> a, out = Scalar(), Scalar()
    >>> def forget():
    ...     a.grad = 3.0  # neither adds up, nor asks for out.grad
    >>> out._backward = forget
    >>> words = Conventions("data", "grad", "", "", "", "", "_backward", "")
    >>> measure_shares(out, [a], words)
    Handed(shares=[3.0], ignores_upstream=True, overwrites=True)
    """
    if not (words.grad and words.pass_back):
        return None

    def hand_on(upstream: float, before: float) -> list[float] | None:
        for x in inputs:
            setattr(x, words.grad, before)
        setattr(node, words.grad, upstream)
        read(node, words.pass_back)()
        after = [read_number(read(x, words.grad)) for x in inputs]
        return None if None in after else [float(number) for number in after if number is not None]

    try:
        with restored([node, *inputs], words.grad):
            ones, twos, added = hand_on(1.0, 0.0), hand_on(2.0, 0.0), hand_on(1.0, 1.0)
    except Exception:  # a function that takes something, say: nothing is known then
        return None
    if ones is None or twos is None or added is None:
        return None
    differ = [share != 0.0 for share in ones]
    return Handed(
        ones,
        any(differ) and all(map(is_close, ones, twos)),
        any(differ) and all(map(is_close, ones, added)),
    )


def run_backward(root: Any, nodes: Sequence[Any], words: Conventions) -> list[float] | str:
    """Return the gradients that an engine's own pass leaves in some nodes, or why there are none.

    They start at zero, and are put back.
    """
    if not (words.grad and words.backward):
        return "it has no backward()"
    call: Callable[[], object] = read(root, words.backward)
    try:
        with restored(nodes, words.grad):
            for node in nodes:
                setattr(node, words.grad, 0.0)
            call()
            left = [read_number(read(node, words.grad)) for node in nodes]
    except Exception as error:
        return f"its {words.backward}() raised {type(error).__name__}: {error}"
    return [0.0 if grad is None else grad for grad in left]
