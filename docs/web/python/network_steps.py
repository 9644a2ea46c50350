"""What an optimizer's step makes of one weight, line by line, by the numbers of its own state."""

from __future__ import annotations

import inspect
import math
from typing import Any

from network_training import Session

from micrograd_nn._ground.text import format_number
from micrograd_nn.optim import Adam


def predict_change(own: Session, place: int, gradient: float) -> dict[str, Any]:
    """Return what the step to come makes of a parameter: the optimizer's rule, tried.

    ``lines`` lead to it: each has a name, how it is computed, and the number.
    """
    optimizer, wrt = own.optimizer, own.parameters[place]
    before = [state[place] for state in optimizer.list_states()]
    optimizer.steps += 1  # whose numbers the rule takes
    try:
        numbers = optimizer.numbers(optimizer.lr_at(optimizer.steps - 1))
        after, *states = optimizer.rule(wrt.data, gradient, *before, *numbers)
    finally:
        optimizer.steps -= 1
    names = [*inspect.signature(optimizer.rule).parameters][2 + len(before) :]
    known = dict(zip(names, numbers, strict=False))  # what isn't given has a default
    known |= {"before": wrt.data, "gradient": gradient, "step": optimizer.steps + 1}
    if isinstance(optimizer, Adam):
        lines = explain_adam(known, before, states)
    elif known["momentum"]:
        lines = explain_momentum(known, before, states)
    else:
        slope, rate = gradient, known["lr"]
        lines = [["step", f"{write(rate)} × {write(slope)}", rate * slope]]
    lines.append(["weight", f"{format_number(wrt.data + 0.0)} − {write(lines[-1][-1])}", after])
    return {"before": wrt.data, "after": after, "lines": lines}


def explain_momentum(
    known: dict[str, float], before: list[float], after: list[float]
) -> list[list[Any]]:
    """Return the lines of a step with momentum: the velocity, and the step."""
    (old,), (velocity,) = before, after
    momentum, rate, gradient = (known[name] for name in ("momentum", "lr", "gradient"))
    return [
        ["velocity", f"{write(momentum)} × {write(old)} + {write(gradient)}", velocity],
        ["step", f"{write(rate)} × {write(velocity)}", rate * velocity],
    ]


def explain_adam(
    known: dict[str, float], before: list[float], after: list[float]
) -> list[list[Any]]:
    """Return the lines of Adam's step: two running means, their corrections, and the step."""
    beta1, beta2, rate, eps = (known[name] for name in ("beta1", "beta2", "lr", "eps"))
    step, gradient = known["step"], known["gradient"]
    (old_mean, old_square), (mean, square) = before, after
    m, v = mean / known["weight1"], square / known["weight2"]
    return [
        [
            "m, the mean of gradients",
            f"{write(beta1)} × {write(old_mean)} + {write(1 - beta1)} × {write(gradient)}",
            mean,
        ],
        [
            "v, the mean of their squares",
            f"{write(beta2)} × {write(old_square)} + {write(1 - beta2)} × {write(gradient)}²",
            square,
        ],
        ["m, corrected", f"{write(mean)} / (1 − {write(beta1)}^{step})", m],
        ["v, corrected", f"{write(square)} / (1 − {write(beta2)}^{step})", v],
        [
            "step",
            f"{write(rate)} × {write(m)} / (√{write(v)} + {write(eps)})",
            rate * m / (math.sqrt(v) + eps),
        ],
    ]


def write(number: float) -> str:
    """Return a number as it stands in a product: in parentheses if it is negative."""
    text = format_number(number + 0.0)
    return f"({text})" if text.startswith("−") else text
