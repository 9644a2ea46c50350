"""What the tests of derivatives share: the modes, and small steps between them."""

from micrograd_nn.calculus import (
    grad,
    jacobian,
    jvp,
    vjp,
)

__all__ = ["MODES", "build_unit", "differentiate_forward", "read_number"]


def read_number(x):
    """Return the number of what may be a Value."""
    return getattr(x, "data", x)


def build_unit(size, position):
    """Return the direction in which one number moves."""
    return [float(i == position) for i in range(size)]


def differentiate_forward(f, x):
    """Return the derivative of a function of one number by forward mode."""
    return jvp(f, (x,), (1.0,))[1]


MODES = {
    "grad": grad,
    "jvp": lambda f: lambda x: differentiate_forward(f, x),
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "jacobian": jacobian,
}
