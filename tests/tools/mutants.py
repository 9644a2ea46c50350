"""Mutation testing of the rows of the table, which mutmut leaves alone: it mutates functions.

    mutmut run                # the functions; ``mutmut results`` lists the survivors
    python tests/tools/mutants.py   # the rows of operations.py, by mutmut's own operators

Each mutant of a row stands in a copy of the package, and the tests below run on that until one
fails. Survivors are printed with their line. The texts for people
(``doc=``) are left alone, as mutmut leaves docstrings alone. Needs the extra ``mutation``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import create_mutations, deep_replace

ROOT = Path(__file__).parent.parent.parent
TABLE = "micrograd_nn/operations.py"
TESTS = ("operations", "operation", "gradients", "calculus", "testing", "forward", "value", "nn")
LIMIT = 120  # seconds a mutant
NO_CACHE = shutil.ignore_patterns("__pycache__")


def mutants() -> Iterator[tuple[str, str]]:
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


def survives(source: str, place: str) -> bool:
    """Tell whether all tests pass on a copy of the package with this table."""
    Path(place, TABLE).write_text(source, encoding="utf-8")
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in TESTS]
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def check(mutant: tuple[str, str]) -> bool:
    """Return whether the mutant survives, and tell so."""
    change, source = mutant
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(ROOT / "micrograd_nn", Path(place, "micrograd_nn"), ignore=NO_CACHE)
        survived = survives(source, place)
    if survived:
        print(change, flush=True)
    return survived


if __name__ == "__main__":
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        survivors = list(pool.map(check, mutants()))
    killed = survivors.count(False)
    print(f"{killed} of {len(survivors)} mutants of the rows killed, {killed / len(survivors):.1%}")
