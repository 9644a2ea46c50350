"""What the tests share: a search as long as asked for, and the strategies that users have, too.

``EXAMPLES=2000 pytest tests`` searches longer than the usual run does.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sizes import choose_size

from micrograd_nn import OPERATIONS
from micrograd_nn.checks.samples import make_expression
from micrograd_nn.checks.testing import graphs, inputs_of
from micrograd_nn.engine.operation import Lookup

__all__ = ["EXAMPLES", "every_row", "finite", "graphs", "inputs_of", "make_expression", "searching"]

EXAMPLES = int(os.environ.get("EXAMPLES", choose_size(6, 20)))
searching = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

# Of a lookup the index can't be varied; tests/engine/test_lookup.py checks it.
every_row = [row for row in OPERATIONS.values() if not isinstance(row, Lookup)]
finite = st.floats(allow_nan=False, allow_infinity=False)
