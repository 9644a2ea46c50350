"""What another engine's nodes pass on to their inputs, measured on the nodes themselves.

A node's own ``_backward`` is called with gradients that we choose. Afterwards its node and its
inputs are as they were: nothing of theirs is left another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType, MemberDescriptorType
from typing import Any, NamedTuple

from ..._ground.text import format_number
from .conventions import MISSING, Conventions, read, read_number
from .reading import is_close

MOST_CALLS = 10_000, 100  # of functions by an engine's own pass, and more for each node


class Share(NamedTuple):
    """What a node passes on to an input, which may be an input twice."""

    once: float  # for a gradient of 1
    back: float  # for a gradient of −2
    after: float  # what an input has then that had a gradient of 1 before

    def judge(self, wanted: float, rounding: float) -> str:
        """Return what is wrong with it, of an input {0} by which the derivative is known."""
        once, back, after = self
        if not is_close(after, 1.0 + once) and is_close(after, once):
            return "overwrites the gradient of {0}, where shares add up: write +="
        if not is_close(back, -2.0 * once):
            return (
                f"passes on {format_number(back)} to {{0}} for a gradient of −2, and "
                f"{format_number(once)} for 1: multiply by its own gradient"
            )
        if not is_close(once, wanted, rounding) and wanted == wanted:
            return (
                f"passes on {format_number(once)} × its gradient to {{0}}, "
                f"but its derivative is {format_number(wanted)}"
            )
        return ""


@contextmanager
def kept(nodes: Sequence[Any]) -> Iterator[None]:
    """Put nodes back as they were, whatever is done to them meanwhile."""
    own = [x.__dict__ for x in nodes if hasattr(x, "__dict__")]
    held = {
        id(x): x
        for each in own for x in each.values()
        if type(x) in (list, set, dict) and len(x) <= 10 * len(nodes)  # no tape of all
    }  # fmt: skip
    before = [(x, x.copy()) for x in (*own, *held.values())]
    slots = [
        (x, slot, read(x, slot.__name__, MISSING))
        for x in nodes for kind in type(x).__mro__ if "__slots__" in vars(kind)
        for slot in vars(kind).values() if type(slot) is MemberDescriptorType
    ]  # fmt: skip
    try:
        yield
    finally:
        for x, slot, thing in slots:
            if thing is not MISSING:
                slot.__set__(x, thing)
            elif read(x, slot.__name__, MISSING) is not MISSING:
                slot.__delete__(x)
        for x, copied in before:
            x.clear()
            (x.extend if type(x) is list else x.update)(copied)


def measure_shares(node: Any, inputs: Sequence[Any], words: Conventions) -> list[Share] | None:
    """Return what a node passes on to its inputs, all different; None where that can't be seen.

    >>> class Scalar:
    ...     grad = 0.0
    >>> a, out = Scalar(), Scalar()
    >>> def forget():
    ...     a.grad = 3.0  # neither adds up, nor asks for out.grad
    >>> out._backward = forget
    >>> words = {"data": "data", "grad": "grad", "pass_back": "_backward"}
    >>> measure_shares(out, [a], words)
    [Share(once=3.0, back=3.0, after=3.0)]
    """
    rule = read(node, words["pass_back"])
    if rule is None or not words["grad"]:
        return None
    found = []
    for call in (lambda upstream: rule(), lambda upstream: rule(upstream)):
        with suppress(Exception), kept([node, *inputs]):
            given = [(1, 0), (-2, 0), (1, 1)]  # the node's gradient, and those before
            made = [pass_on(call, node, inputs, words, *each) for each in given]
            found.append([*map(Share, *made)])
            if all(is_close(x.back, -2.0 * x.once) for x in found[-1]):
                return found[-1]
    return found[0] if found else None


def pass_on(
    call: Callable[[Any], Any], node: Any, inputs: Sequence[Any], words: Conventions,
    upstream: int, before: int,
) -> list[float]:  # fmt: skip
    """Return the gradients of a node's inputs, from the same one before, once it has passed on.

    A rule may return the shares instead: one for each input, or pairs of an input and its share.
    """
    kind = read(node, f"{words['data']}.dtype.type", int)  # NumPy's, or one that a Decimal can take
    for x in inputs:
        setattr(x, words["grad"], kind(before))
    setattr(node, words["grad"], kind(upstream))
    told = call(kind(upstream))
    if told is None:
        return [float(read_number(read(x, words["grad"]))) for x in inputs]  # type: ignore[arg-type]
    shares = [*told] if isinstance(told, (tuple, list, Iterator)) else [told]
    if not all(isinstance(share, tuple) for share in shares):
        shares = [*zip(read(node, words["inputs"]), shares, strict=True)]
    numbers = [
        (id(x), read_number(y if read_number(y) is not None else read(y, words["data"])))
        for x, y in shares
    ]
    return [before + total for total in add_up(map(id, inputs), numbers)]


def add_up(things: Iterable[Any], shares: Iterable[tuple[Any, Any]]) -> list[float]:
    """Return what each of some things gets of all shares.

    >>> add_up(["x", "y"], [("x", 2.0), ("y", 1.0), ("x", 3.0), ("constant", None)])
    [5.0, 1.0]
    """
    totals = dict.fromkeys(things, 0.0)
    for x, share in shares:
        if x in totals:
            totals[x] += float(share)
    return [*totals.values()]


def run_backward(
    root: Any, nodes: Sequence[Any], words: Conventions
) -> tuple[list[float], str]:  # fmt: skip
    """Return the gradients that an engine's own pass leaves in some nodes, or why there are none.

    They start at zero where there are any, and are put back. The pass is stopped if it visits
    nodes again and again, as it does in an engine that doesn't know where it was.
    """
    if not (words["grad"] and words["backward"]):
        return [], f"it has no {'grad that is a number' if words['backward'] else 'backward()'}"
    name, calls = words["backward"], iter(range(MOST_CALLS[0] + MOST_CALLS[1] * len(nodes)))

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and next(calls, None) is None:
            raise RuntimeError(
                f"{MOST_CALLS[1]} calls a node weren't enough: does it visit each node once?"
            )

    is_free = sys.getprofile() is None  # or else somebody's own profiler is at work
    try:
        with kept(nodes):
            for node in nodes:
                if read(node, words["grad"]) is not None:
                    setattr(node, words["grad"], 0)
            if is_free:
                sys.setprofile(count)
            read(root, name)()
            left = [read(node, words["grad"]) for node in nodes]
    except Exception as error:
        return [], f"its {name}() raised {type(error).__name__}: {error}"
    finally:
        if is_free:
            sys.setprofile(None)
    if any(grad is not None and read_number(grad) is None for grad in left):
        return [], f"its {name}() leaves what isn't a number"
    return [read_number(grad) or 0.0 for grad in left], ""
