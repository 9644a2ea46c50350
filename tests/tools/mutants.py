"""Mutation testing of the rows of the table, which mutmut leaves alone: it mutates functions.

    mutmut run                       # the functions; ``mutmut results`` lists the survivors
    python tests/tools/mutants.py    # the rows of engine/table.py, by mutmut's own operators

Each mutant of a row stands in a copy of the package, and the tests below run on that until one
fails. Survivors are printed with their line. The texts for people (``doc=``) are left alone, as
mutmut leaves docstrings alone. With a number, only so many mutants, spread over the table, are
tried. Needs the extra ``mutation``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import create_mutations, deep_replace

ROOT = Path(__file__).parent.parent.parent
TABLE = "micrograd_nn/engine/table.py"
TESTS = (
    "engine/test_operations.py",
    "engine/test_operation.py",
    "engine/test_gradients.py",
    "calculus",
    "checks/test_testing.py",
    "engine/test_forward.py",
    "engine/test_value.py",
    "test_nn.py",
)
PATIENCE = 5  # how many times as long as the table itself a mutant may take
NO_CACHE = shutil.ignore_patterns("__pycache__")


def list_mutants() -> Iterator[tuple[str, str]]:
    """Yield each mutant of a row: what it changes, and the source of the whole table."""
    source = (ROOT / TABLE).read_text(encoding="utf-8")
    module, mutations, *_ = create_mutations(TABLE, source)
    line_of = {
        node: place.start.line
        for node, place in MetadataWrapper(module, unsafe_skip_copy=True)
        .resolve(PositionProvider)
        .items()
    }
    docs = {
        part
        for call in line_of
        if isinstance(call, cst.Arg) and call.keyword and call.keyword.value == "doc"
        for part in (call.value, *call.value.children)
    }
    for mutation in mutations:
        before, after = mutation.original_node, mutation.mutated_node
        if mutation.contained_by_top_level_function is None and before not in docs:
            mutated = deep_replace(module, before, after)
            assert isinstance(mutated, cst.Module)
            text = f"{line_of[before]}: {module.code_for_node(before)}"
            yield f"{text}  ->  {module.code_for_node(after)}", mutated.code


def passes(source: str, limit: float | None = None) -> bool:
    """Return whether all tests pass, in these seconds, on a copy of the package with this table."""
    files = [str(ROOT / "tests" / name) for name in TESTS]
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files]
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(ROOT / "micrograd_nn", Path(place, "micrograd_nn"), ignore=NO_CACHE)
        Path(place, TABLE).write_text(source, encoding="utf-8")
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def try_mutant(mutant: tuple[str, str], limit: float) -> bool:
    """Return whether a mutant survives, and print it then."""
    change, source = mutant
    survived = passes(source, limit)
    if survived:
        print(change, flush=True)
    return survived


if __name__ == "__main__":
    start = time.perf_counter()
    if not passes((ROOT / TABLE).read_text(encoding="utf-8")):
        sys.exit("the tests fail without a mutant, so that they would kill every one")
    limit = PATIENCE * (time.perf_counter() - start)
    mutants = list(list_mutants())
    step = len(mutants) // int(sys.argv[1]) if sys.argv[1:] else 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        survivors = list(pool.map(partial(try_mutant, limit=limit), mutants[::step]))
    killed = survivors.count(False)
    print(f"{killed} of {len(survivors)} mutants of the rows killed, {killed / len(survivors):.1%}")
