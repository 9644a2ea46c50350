"""The table written a second time, with mpmath, whose digits know nothing of our derivatives."""

import mpmath

from micrograd_nn.checks.exact import FUNCTIONS as ORACLE
from micrograd_nn.checks.exact import compute_exactly

# How far a result may be from the exact one, relative to its size, or to FLOOR if that is larger.
# FLOOR is for places where terms cancel (gelu has its minimum, hypot''(x, 0) its zero): whatever
# the size of the difference, rounding its terms leaves about 1e-16 of these. The largest that
# meet in the table are 12.5, in ∂²atan2/∂y∂x at y = x = 0.2, and leave 2e-15.
EXACT = 1e-12
FLOOR = 0.01


def is_close(ours, theirs, tolerance, floor):
    ours, theirs = float(ours), float(theirs)
    allowed = tolerance * max(abs(theirs), floor)
    return abs(ours - theirs) <= allowed


def differentiate_exactly(graph, *by):
    """Return a random graph's result, or its derivative by some leaves, in 60 digits."""

    def f(*leaves):
        return graph(leaves, lambda row, inputs: ORACLE[row.name](*map(mpmath.mpf, inputs)))

    return compute_exactly(f, graph.leaves, *by)
