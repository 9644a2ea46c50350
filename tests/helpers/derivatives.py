"""What the tests of derivatives share: the modes, and small steps between them."""

from micrograd_nn.calculus import (
    grad,
    jacobian,
    jvp,
    vjp,
)

__all__ = ["MODES", "forward_slope", "number", "unit"]


def number(x):
    """Return the number of what may be a Value."""
    return getattr(x, "data", x)


def unit(size, position):
    return [float(i == position) for i in range(size)]


def forward_slope(f, x):
    return jvp(f, (x,), (1.0,))[1]


# Nesting

MODES = {
    "grad": grad,
    "jvp": lambda f: lambda x: forward_slope(f, x),
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "jacobian": jacobian,
}
