"""The benchmark runs, at sizes that say nothing of speed."""

import json
import subprocess
import sys

from places import ROOT


def test_every_row_of_the_benchmark_runs_and_its_sides_agree(tmp_path):
    """A row whose peer isn't installed tells so; two sides that disagree would be an error."""
    command = ["tests/tools/benchmarks/run.py", "--quick", "--json", str(tmp_path / "rows.json")]
    plot = ["--plot", str(tmp_path / "rows.svg")]
    done = subprocess.run(
        [sys.executable, *command, *plot], cwd=ROOT, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr.decode()
    rows = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert rows
    assert (tmp_path / "rows.svg").read_text(encoding="utf-8").startswith("<svg")
