"""Families of derivatives: where one rule gives a function's derivatives of every order.

At x = 0 the derivatives of x ** y have limits that no product of rows reaches (0 times the
logarithm of 0), and those of sin(x) / x are quotients 0 / 0. So each derivative is an operation
by itself, and its own derivatives are the next ones of its family.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .operation import Operation

FAMILIES: dict[str, Family] = {}  # by name, so that its members can be found by theirs


class Family:
    """The derivatives of a function as operations; ``rule`` takes the inputs and then the orders.

    ``forms`` has, for orders that textbooks have, how they are written in Python and in LaTeX.
    Each has a name of its own, by which pickle finds its members.

    >>> import math
    >>> wave = Family("wave", lambda x, n=0: math.sin(x + n * math.pi / 2), ("x",))
    >>> wave[1], wave[1](0.0)
    (<operation wave_by_x(x)>, 1.0)

    One takes another as its derivative, for derivatives of any order:

    >>> from micrograd_nn.calculus import derivative
    >>> derivative(wave[1], order=4)(0.0) == wave[5](0.0)
    True
    """

    def __init__(
        self,
        name: str,
        rule: Callable[..., float],
        inputs: tuple[str, ...],
        javascript: str = "",
        forms: Mapping[tuple[int, ...], tuple[str, str]] | None = None,
    ) -> None:
        if name in FAMILIES:
            raise ValueError(f"there is a family {name!r} already: give this one another name")
        self.name = name
        self.rule = rule
        self.inputs = inputs
        self.javascript = javascript  # how a page calls the rule
        self.forms = forms or {}
        self.known: dict[tuple[int, ...], Operation] = {}
        FAMILIES[name] = self

    def __getitem__(self, orders: int | tuple[int, ...]) -> Operation:
        """Return the derivative of so many orders by each input, always the same operation."""
        orders = orders if isinstance(orders, tuple) else (orders,)
        if orders not in self.known:
            self.known[orders] = self.make_member(orders)
        return self.known[orders]

    def make_member(self, orders: tuple[int, ...]) -> Operation:
        """Return the operation that is the derivative of so many orders by each input."""
        letters = "".join(x * order for x, order in zip(self.inputs, orders, strict=True))
        slots = ", ".join(f"{{{i}}}" for i in range(len(self.inputs)))
        arguments = f"{slots}, {', '.join(map(str, orders))}"
        python, latex = self.forms.get(orders, ("", ""))
        return Operation(
            f"{self.name}_by_{letters}",
            lambda *inputs: self.rule(*inputs, *orders),
            [self.make_rule(orders, i) for i in range(len(orders))],
            inputs=self.inputs,
            python=python,
            code=f"{self.rule.__name__}({arguments})",
            javascript=self.javascript and f"{self.javascript}({arguments})",
            latex=latex,
        )

    def make_rule(self, orders: tuple[int, ...], i: int) -> Callable[..., Any]:
        """Return the rule of a member's derivative by input ``i``: the member one order up."""
        above = tuple([order + (place == i) for place, order in enumerate(orders)])
        return lambda out, *inputs: self[above](*inputs)


def find_member(name: str) -> Operation | None:
    """Return the member of that name of whatever family has it.

    >>> from micrograd_nn.engine.table import POWERS
    >>> find_member("pow_by_xxy") is POWERS[2, 1], find_member("tanh") is None
    (True, True)
    """
    family_name, _, letters = name.partition("_by_")
    family = FAMILIES.get(family_name)
    if family is None or not letters or set(letters) - set(family.inputs):
        return None
    return family[tuple([letters.count(x) for x in family.inputs])]
