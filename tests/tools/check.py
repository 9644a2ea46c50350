"""Run every check: lint of scripts and Python, format, types, all tests, branch coverage.

    python tests/tools/check.py [reading | quick | coverage | full | --near]

Needs the extra ``check``. Stops at the first that fails and exits with its status. ``reading`` is
lint, format and types alone, which want one core; ``quick`` runs tests and counts the lines that
they run, ``coverage`` reports these, and ``full`` runs what is long. What needs npm or a browser is
left out where they lack, unless the environment variable REQUIRE_BROWSER is set; the slow tests,
and those of full size, run where FULL is. ``--near`` takes a minute: it runs what the files call
for that differ from the last commit, and ends with what that doesn't verify.
"""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import near

ROOT = Path(__file__).parent.parent.parent
# What is long or larger with FULL covers no line that the others don't, and takes three times as
# long with coverage: each test runs once, with coverage or in full.
IN_FULL = "slow or browser or hypothesis or random or sized"
# Of those in full, many wait: for a browser, a process, a limit of time. More than the cores share
# them, each a file, since those of a file share a page. Long files stand among short ones.
WORKERS = str(max(2, (os.cpu_count() or 1) * 3 // 2))
PARTS = {
    "reading": [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    "quick": [
        ("pytest", "-q", "-n", "auto", "-m", f"not ({IN_FULL})", "--cov", "--cov-report=",
         "--cov-fail-under=0"),
    ],
    "coverage": [("coverage", "report")],
    "full": [
        ("pytest", "-q", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder",
         "--durations", "20", "-m", IN_FULL),
    ],
}  # fmt: skip
INSTALL = "npm install --prefix tests/web --no-package-lock"


def run(program: str, *arguments: str, shown: str, **environment: str) -> None:
    """Run a program in the project's folder; exit with its status if it fails."""
    if status := start(program, *arguments, shown=shown, **environment):
        sys.exit(status)


def start(program: str, *arguments: str, shown: str, **environment: str) -> int:
    """Run a program in the project's folder; return its status."""
    print("\n$", *map("=".join, environment.items()), shown, *arguments, flush=True)
    return subprocess.run(
        [program, *arguments], cwd=ROOT, env={**os.environ, **environment}
    ).returncode


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


def run_near() -> int:
    """Run all that changed files call for, and tell what that leaves out; return a status."""
    from micrograd_nn import OPERATIONS

    base, changed = near.list_changed()
    tests, rows, left = near.choose(base, changed, OPERATIONS)
    python = partial(start, sys.executable, "-m", shown="python")
    pytest = partial(python, "pytest", "-q", "-n", "auto", **near.FEWER)
    failed = 0
    if rows:
        failed += pytest("-k", " or ".join(rows), *near.ROWS_TESTS, FULL="1") != 0
    failed += pytest("-m", "not browser", *tests) != 0
    for check in PARTS["reading"][:-1]:
        failed += python(*check) != 0
    print("\nNot verified:", *near.list_unverified(rows, left), sep="\n  ")
    if failed:
        print(f"\nRed: {failed} of the commands above.")
    return failed


if __name__ == "__main__":
    if sys.argv[1:] == ["--near"]:
        sys.exit(run_near())
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"There are the parts {', '.join(PARTS)}, not {', '.join(unknown)}")
    if "reading" in chosen:
        lint_scripts()
    for part in chosen:
        for check in PARTS[part]:
            run(sys.executable, "-m", *check, shown="python")
    print("\nAll checks passed.")
