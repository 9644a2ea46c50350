"""The benchmark runs, at sizes that say nothing of speed."""

import json
import os
import subprocess
import sys

import pytest
from places import ROOT
from sizes import choose_size

PAGE = """\
Measured on a machine of
long ago.

| work | against | ours | theirs | ratio | spread | target | reached |
|---|---|---|---|---|---|---|---|
| moons step, compiled | backprop by hand on lists | 1 s | 9 s | 9× | 9× to 9× | ≥ 2× | yes |
| no longer measured | nothing | 1 s | 2 s | 2× | 2× to 2× |  |  |

| figure | median | spread | target | reached |
|---|---|---|---|---|

The end.
"""


TWO = "^(moons step, compiled|go back through it)$"


@pytest.mark.slow
def test_every_row_of_the_benchmark_runs_and_its_sides_agree(tmp_path):
    """A row whose peer isn't installed tells so; two sides that disagree would be an error."""
    only = choose_size(TWO, TWO, "")  # all take a minute
    command = ["tests/tools/benchmarks/run.py", "--quick", "--only", only]
    command += ["--json", str(tmp_path / "rows.json")]
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    written = ["--page", str(page)]
    environment = {**os.environ}
    environment.pop("MICROGRAD_NN_NATIVE", None)  # which switches C off for other tests
    done = subprocess.run(
        [sys.executable, *command, *written], cwd=ROOT, env=environment, capture_output=True,
        timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    rows = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert rows
    text = page.read_text(encoding="utf-8")
    assert "long ago" not in text
    assert "\n| moons step, compiled | backprop by hand on lists | " in text
    assert "no longer measured" not in text
    assert "\n| go back through it | " in text
    assert text.endswith("\n\nThe end.\n")
