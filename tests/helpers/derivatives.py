"""What the tests of derivatives share: the modes, and small steps between them."""

from micrograd_nn import nodes
from micrograd_nn.calculus import grad, jacobian, jvp, vjp


def read_number(x):
    """Return the number of what may be a Value."""
    return getattr(x, "data", x)


def build_unit(size, position):
    """Return the direction in which one number moves."""
    return [float(i == position) for i in range(size)]


def differentiate_forward(f, x):
    """Return the derivative of a function of one number by forward mode."""
    return jvp(f, (x,), (1.0,))[1]


def measure_paths(root, leaves):
    """Return for each leaf the sum of |products of partials| over all paths to it.

    It is what the gradient would be if nothing cancelled, and so the size that its rounding
    errors are relative to.
    """
    length = {root: 1.0}
    for node in reversed(nodes(root)):
        for input, partial in zip(node.inputs, node.partials, strict=True):
            if partial is not None:
                length[input] = length.get(input, 0.0) + length.get(node, 0.0) * abs(partial)
    return [length.get(x, 0.0) for x in leaves]


MODES = {
    "grad": grad,
    "jvp": lambda f: lambda x: differentiate_forward(f, x),
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "jacobian": jacobian,
}
