"""The table of the classic mistakes in a step of the chain rule: each a rule and its words."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple

from .derivatives import FACTOR, INPUT, NONE, OTHER_INPUT, OWN_VALUE, SIGN, SQUARE


class Quantities(NamedTuple):
    """What there is to be seen at a step; None for what it hasn't."""

    before: float  # the input's gradient so far
    upstream: float
    partial: float
    share: float  # upstream × partial
    early: float | None  # the upstream after the first of several shares to it
    other: float | None  # the local derivative by the input that this one is taken with
    value: float  # of the input
    result: float  # the value of the node
    swapped: float | None  # the local derivative, the input put where its rule has the result
    factorless: float | None  # that of a power, without the exponent as a factor
    unsquared: float | None  # one that has a square, without it

    @property
    def after(self) -> float:
        """The input's gradient with the share."""
        return self.before + self.share


# Those that are wrong local derivatives of the table of these, by the confusion behind them.
QUANTITIES_OF = {"swapped": INPUT, "factorless": FACTOR, "unsquared": SQUARE}


class Misconception(NamedTuple):
    """One classic mistake.

    ``rule`` is a function of some of the Quantities, by their names. It gives the gradient that one
    comes to by the mistake, or where ``is_local`` the local derivative. ``told`` says what was done
    and doesn't give the right number away; ``remedy`` says what is right. Both have the names
    ``{node}`` and ``{input}``, and the quantities as numbers. ``shown_by`` is where one sees it:
    "input", the step that last added to the input's gradient; "node", the one that last added to
    the node's; "value", the one that made the node; or "", this step alone.
    """

    name: str
    title: str
    told: str
    remedy: str
    rule: Callable[..., Any]
    shown_by: str = ""
    is_local: bool = False

    @property
    def needs(self) -> list[str]:
        """The quantities that the rule takes."""
        return list(signature(self.rule).parameters)


# The likelier of two that lead to the same number stands first.
MISCONCEPTIONS = (
    Misconception(
        "overwrite",
        "Overwritten instead of added",
        "That is this share alone. {input} already had {before} from another use.",
        "Shares add up: {before} + {share}.",
        lambda share: share,
        "input",
    ),
    Misconception(
        "sign",
        SIGN.title,
        "The local derivative has the right size there, and the wrong sign.",
        "The local derivative is {partial}.",
        lambda partial: -partial,
        "value",
        is_local=True,
    ),
    Misconception(
        "no upstream",
        "The upstream gradient is forgotten",
        "That takes the local derivative, {partial}, for the share.",
        "It is multiplied by the upstream gradient, that of {node}: {upstream}.",
        lambda before, partial: before + partial,
        "node",
    ),
    Misconception(
        "no local derivative",
        NONE.title,
        "That passes the gradient of {node} on as it is.",
        "On its way into {node}, a small change of {input} is multiplied by {partial}.",
        lambda before, upstream: before + upstream,
        "value",
    ),
    Misconception(
        "too early",
        "Passed on before it was complete",
        "That takes {early} for the gradient of {node}, which it had after its first share.",
        "It passes on only what all its shares add up to: {upstream}.",
        lambda before, early, partial: before + early * partial,
        "node",
    ),
    Misconception(
        "path left out",
        "A path is left out",
        "That leaves out what {node} passes back to {input}. This path counts, too.",
        "It adds {share}.",
        lambda before: before,
    ),
    Misconception(
        "factor forgotten",
        FACTOR.title,
        "That leaves out the exponent, which comes down as a factor.",
        "With it, the local derivative is {partial}.",
        lambda factorless: factorless,
        "value",
        is_local=True,
    ),
    Misconception(
        "square forgotten",
        SQUARE.title,
        "In the rule something stands squared, and this takes it as it is.",
        "With the square, the local derivative is {partial}.",
        lambda unsquared: unsquared,
        "value",
        is_local=True,
    ),
    Misconception(
        "other input",
        OTHER_INPUT.title,
        "{other} is the derivative of {node} by another of its inputs.",
        "By {input}, it is {partial}.",
        lambda other: other,
        "value",
        is_local=True,
    ),
    Misconception(
        "input for output",
        INPUT.title,
        "That puts the input, {value}, where the rule of the derivative has the result, {result}.",
        "With the result, the local derivative is {partial}.",
        lambda swapped: swapped,
        "value",
        is_local=True,
    ),
    Misconception(
        "added along the path",
        "Added where it has to be multiplied",
        "That adds the local derivative to the upstream gradient.",
        "Along a path derivatives are multiplied, {upstream} × {partial}. Only shares are added.",
        lambda before, upstream, partial: before + upstream + partial,
        "node",
    ),
    Misconception(
        "value for derivative",
        OWN_VALUE.title,
        "{result} is the value of {node}.",
        "The local derivative says how fast that changes with {input}: {partial}.",
        lambda result: result,
        "value",
        is_local=True,
    ),
)  # fmt: skip
