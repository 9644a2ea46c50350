"""Run every check: lint of scripts and Python, format, types, all tests, branch coverage.

    python tests/tools/check.py [reading | running]

Needs the extra ``check``. Stops at the first that fails and exits with its status. ``reading`` is
lint, format and types alone, which want one core, and ``running`` all tests. What needs npm or a
browser is left out where they lack, unless the environment variable REQUIRE_BROWSER is set; the
slow tests, and those of full size, run where FULL is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# What is long or larger with FULL covers no line that the others don't, and takes three times as
# long with coverage: each test runs once, with coverage or in full.
IN_FULL = "slow or browser or hypothesis or random or sized"
# Of those in full, many wait: for a browser, a process, a limit of time. More than the cores share
# them, each a file, since those of a file share a page. Long files stand among short ones.
WORKERS = str(max(2, (os.cpu_count() or 1) * 3 // 2))
READING = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)
RUNNING = (
    ("pytest", "-n", "auto", "-m", f"not ({IN_FULL})", "--cov", "--cov-report=",
     "--cov-fail-under=0"),
    ("coverage", "report"),
    ("pytest", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "20",
     "-m", IN_FULL),
)  # fmt: skip
INSTALL = "npm install --prefix tests/web --no-package-lock"


def run(program: str, *arguments: str, shown: str) -> None:
    """Run a program in the project's folder; exit with its status if it fails."""
    print("\n$", shown, *arguments, flush=True)
    status = subprocess.run([program, *arguments], cwd=ROOT).returncode
    if status:
        sys.exit(status)


def lint_scripts() -> None:
    """Lint the scripts of pages, or tell that they are left out."""
    npm = shutil.which("npm")
    if npm and (ROOT / "tests" / "web" / "node_modules").is_dir():
        run(npm, "run", "--silent", "--prefix", "tests/web", "lint", shown="npm")
    else:
        missing = f"the scripts of pages can't be linted: needs Node.js and `{INSTALL}`"
        if os.environ.get("REQUIRE_BROWSER"):
            sys.exit(missing)
        print(f"\nLeft out: {missing}", flush=True)


if __name__ == "__main__":
    parts = {"reading": READING, "running": RUNNING}
    chosen = sys.argv[1:] or list(parts)
    if unknown := set(chosen) - set(parts):
        sys.exit(f"There are the parts {' and '.join(parts)}, not {', '.join(unknown)}")
    if "reading" in chosen:
        lint_scripts()
    for part in chosen:
        for check in parts[part]:
            run(sys.executable, "-m", *check, shown="python")
    print("\nAll checks passed.")
