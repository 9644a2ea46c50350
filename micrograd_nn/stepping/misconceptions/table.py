"""The table of misconceptions: what people get wrong in a step of the chain rule, and its words.

Exercises, sheets, pages and the engine doctor read it. The wrong local derivatives that they lead
to, which differ from one operation to the next, stand in ``derivatives.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple


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

    @property
    def after(self) -> float:
        """The input's gradient with the share."""
        return self.before + self.share


class Misconception(NamedTuple):
    """What people get wrong.

    ``told`` says what was done and doesn't give the right number away; ``remedy`` says what is
    right. Both have the names ``{node}`` and ``{input}``. One that is made at any step has a
    ``name``, and may have its Quantities as numbers in its words. Its ``rule`` is a function of
    some of them, by their names; without one, it has a rule for each operation. A rule gives the
    gradient that one comes to, or where ``is_local`` the local derivative. ``shown_by`` is where
    one sees it: "input", the step that last added to the input's gradient; "node", the one that
    last added to the node's; "value", the one that made the node; or "", this step alone.
    """

    title: str
    told: str
    remedy: str = ""
    rule: Callable[..., Any] | None = None
    shown_by: str = ""
    is_local: bool = False
    name: str = ""

    @property
    def needs(self) -> list[str]:
        """The quantities that the rule takes."""
        return list(signature(self.rule).parameters) if self.rule else []


OVERWRITE = Misconception(
    "Overwritten instead of added",
    "That is this share alone. {input} already had {before} from another use.",
    "Shares add up: {before} + {share}.",
    lambda share: share,
    "input",
    name="overwrite",
)
SIGN = Misconception(
    "The sign is turned",
    "The size of this derivative is right, and its sign isn't. Nudge {input} up, and see where "
    "{node} goes.",
    "The local derivative is {partial}.",
    lambda partial: -partial,
    "value",
    is_local=True,
    name="sign",
)
NO_UPSTREAM = Misconception(
    "The upstream gradient is forgotten",
    "That takes the local derivative, {partial}, for the share.",
    "It is multiplied by the upstream gradient, that of {node}: {upstream}.",
    lambda before, partial: before + partial,
    "node",
    name="no upstream",
)
NO_LOCAL = Misconception(
    "The local derivative is forgotten",
    "That is as if {node} changed as much as {input}.",
    "On its way into {node}, a small change of {input} is multiplied by {partial}.",
    lambda before, upstream: before + upstream,
    "value",
    name="no local derivative",
)
TOO_EARLY = Misconception(
    "Passed on before it was complete",
    "That takes {early} for the gradient of {node}, which it had after its first share.",
    "It passes on only what all its shares add up to: {upstream}.",
    lambda before, early, partial: before + early * partial,
    "node",
    name="too early",
)
LEFT_OUT = Misconception(
    "A path is left out",
    "That leaves out what {node} passes back to {input}. This path counts, too.",
    "It adds {share}.",
    lambda before: before,
    name="path left out",
)
FACTOR = Misconception(
    "The factor of the power is forgotten",
    "That leaves out the exponent, which comes down as a factor.",
    "With it, the local derivative is {partial}.",
    shown_by="value",
    is_local=True,
    name="factor forgotten",
)
SQUARE = Misconception(
    "The square is forgotten",
    "In the rule something stands squared, and this takes it as it is.",
    "With the square, the local derivative is {partial}.",
    shown_by="value",
    is_local=True,
    name="square forgotten",
)
OTHER_INPUT = Misconception(
    "The derivative by the other input",
    "That takes the derivative of {node} by another of its inputs.",
    "By {input}, it is {partial}.",
    lambda other: other,
    "value",
    is_local=True,
    name="other input",
)
INPUT = Misconception(
    "The input in place of the output",
    "That puts the input, {input}, where the rule of the derivative has the result, {node}.",
    "With the result, the local derivative is {partial}.",
    shown_by="value",
    is_local=True,
    name="input for output",
)
ADDED = Misconception(
    "Added where it has to be multiplied",
    "That adds the local derivative to the upstream gradient.",
    "Along a path derivatives are multiplied, {upstream} × {partial}. Only shares are added.",
    lambda before, upstream, partial: before + upstream + partial,
    "node",
    name="added along the path",
)
OWN_VALUE = Misconception(
    "The value in place of the derivative",
    "That takes {node} itself. The derivative says how fast {node} changes with {input}.",
    "The local derivative is {partial}.",
    lambda result: result,
    "value",
    is_local=True,
    name="value for derivative",
)

# Those that one has occasion for at any step; the likelier of two that give the same stands first.
MISCONCEPTIONS = (
    OVERWRITE, SIGN, NO_UPSTREAM, NO_LOCAL, TOO_EARLY, LEFT_OUT, FACTOR, SQUARE, OTHER_INPUT, INPUT,
    ADDED, OWN_VALUE,
)  # fmt: skip

# Those about a local derivative alone.
EXPONENT = Misconception(
    "The exponent isn't lowered",
    "The exponent comes down as a factor, and one less is left.",
)
LOWERED = Misconception(
    "The exponent is lowered wrongly",
    "It comes down as the factor that it is, and one less is left.",
)
EXCHANGED = Misconception("The two inputs are exchanged", "Look which of the two is {input}.")
OUTPUT = Misconception(
    "The output in place of the input",
    "The rule takes the input, {input}, and this puts the result, {node}, there.",
)
SQUARED = Misconception("Squared without need", "In this rule nothing stands squared.")
PART = Misconception(
    "A part of the rule is forgotten",
    "What is there is right, but not all of it.",
)
INNER_SIGN = Misconception(
    "A sign in the rule is turned", "The parts are right, and one sign isn't."
)
TANH = Misconception("The rule of tanh", "1 − {node}² is the rule of tanh, and this is sigmoid.")
SIGMOID = Misconception(
    "The rule of sigmoid",
    "{node} · (1 − {node}) is the rule of sigmoid, and this is tanh.",
)
HALF = Misconception(
    "The factor ½ of the root is forgotten",
    "A root is the power ½, and the exponent comes down as a factor.",
)
POWER = Misconception(
    "The rule of powers for exp",
    "In exp({input}) the input is the exponent, so the rule of powers isn't its rule.",
)
UPSIDE_DOWN = Misconception(
    "Upside down", "It is 1 divided by that: think of which way {node} grows faster."
)
INTEGRAL = Misconception(
    "Integrated and not differentiated", "That is what has {node} for its derivative."
)
OTHER_RULE = Misconception(
    "The rule of another function", "Nudge {input} to see how fast {node} changes."
)
