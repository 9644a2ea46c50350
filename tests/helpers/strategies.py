"""What the tests share: a search as long as asked for, and the strategies that users have, too.

``EXAMPLES=2000 pytest tests`` searches longer than the usual run does.
"""

import functools
import math
import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sizes import choose_size

from micrograd_nn import OPERATIONS, Constant, Value
from micrograd_nn.checks import testing
from micrograd_nn.checks.samples import make_expression
from micrograd_nn.checks.testing import graphs
from micrograd_nn.engine.operation import Lookup, Reduction
from micrograd_nn.engine.value import record

__all__ = [
    "EXAMPLES", "OF_DERIVATIVES", "OF_MODES", "OF_OTHERS", "every_row", "finite", "for_every_row",
    "graphs", "inputs_of", "make_expression", "odd_roots", "searching", "searching_derivatives",
    "searching_modes",
]  # fmt: skip

# A wrong derivative may be so at few numbers only: they are searched longer, as the README says.
# The modes read the same rules: that they agree is seen at fewer points.
OF_DERIVATIVES, OF_MODES, OF_OTHERS = (100, 200, 500), (25, 50, 100), (6, 20)
EXAMPLES = int(os.environ.get("EXAMPLES", choose_size(*OF_OTHERS)))
searching = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
searching_derivatives = settings(
    searching, max_examples=int(os.environ.get("EXAMPLES", choose_size(*OF_DERIVATIVES)))
)
searching_modes = settings(
    searching, max_examples=int(os.environ.get("EXAMPLES", choose_size(*OF_MODES)))
)

inputs_of = functools.cache(testing.inputs_of)  # a strategy takes as long to make as to draw from

# Of a lookup the index can't be varied; tests/engine/test_lookup.py checks it.
every_row = [row for row in OPERATIONS.values() if not isinstance(row, Lookup)]
for_every_row = pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)
finite = st.floats(allow_nan=False, allow_infinity=False)

ODD_NUMBERS = (0.0, -0.0, 1.0, -3.0, 0.5, 1e-320, 1e300, -1e300, math.inf, -math.inf, math.nan)
ODD_LABELS = (
    None, "", "x", "v1", "3", "a b", "a" * 200, "two\nlines", "<b>&\"'|{}\\N", "]]></script>",
    "\0\x1b\ud800\uffff", "∂L/∂w 🙂 עברית", "layers.0.b", "d_x", "lambda", "%s %(x)s {0}", " ", "-",
)  # fmt: skip


@st.composite
def odd_roots(draw, most=6):
    """Draw the root of a small legal graph that few people record.

    It may be a leaf or a constant, take one input several times, hold NaN and infinities, have
    hostile labels, and be one that backward went through, or an edited one.
    """
    labels, numbers = st.sampled_from(ODD_LABELS), st.sampled_from(ODD_NUMBERS) | st.floats()
    nodes = []
    for is_constant in draw(st.lists(st.booleans(), min_size=1, max_size=3)):
        node = (Constant if is_constant else Value)(draw(numbers))
        node.label = draw(labels)
        nodes.append(node)
    for row in draw(st.lists(st.sampled_from(every_row), max_size=most)):
        count = draw(st.integers(1, 4)) if isinstance(row, Reduction) else len(row.inputs)
        inputs = [draw(st.sampled_from(nodes[::-1])) for _ in range(count)]  # the latest first
        try:
            node = record(row, inputs)
        except (ArithmeticError, ValueError):
            continue  # which is refused
        node.label = draw(labels)
        nodes.append(node)
    root = nodes[-1]
    if draw(st.booleans()) and not root.is_constant:
        root.backward()
    if draw(st.booleans()):
        draw(st.sampled_from(nodes)).data = draw(numbers)
    return root
