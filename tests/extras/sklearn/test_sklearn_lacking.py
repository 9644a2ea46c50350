"""Without scikit-learn, whoever imports its estimators is told what to install."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("lacking", ["sklearn", "numpy"])
def test_where_it_lacks_an_error_says_so(lacking):
    program = f"import sys; sys.modules[{lacking!r}] = None; import micrograd_nn.extras.sklearn"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ
    )
    assert done.stderr.splitlines()[-1] == (
        "ImportError: micrograd_nn.extras.sklearn needs scikit-learn: pip install scikit-learn"
    )
