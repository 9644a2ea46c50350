"""Run every check: lint, format, types, then all tests with branch coverage.

    python tests/check.py

Needs the extra ``check``. Stops at the first that fails and exits with its status.
"""

import subprocess
import sys
from pathlib import Path

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("coverage", "run", "-m", "pytest"),
    ("coverage", "report"),
)

if __name__ == "__main__":
    for check in CHECKS:
        print("\n$ python -m", *check, flush=True)
        done = subprocess.run([sys.executable, "-m", *check], cwd=Path(__file__).parent.parent)
        if done.returncode:
            sys.exit(done.returncode)
    print("\nAll checks passed.")
