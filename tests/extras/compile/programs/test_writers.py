"""Each language that programs are saved in: a file of it, run alone, has the numbers of Python."""

import json
import subprocess
import sys

import pytest
from foreign import compiler, run_in_c, run_module

from micrograd_nn import Value, compile, cos
from micrograd_nn.extras.compile.compiler.saving import PROGRAM_WRITERS

PARAMETERS, ROW = [1.5, -0.25], [0.7, 1.9]


def run_python_file(program, path, request):
    program.save(path)
    said = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    return [float(line.rpartition(" ")[2]) for line in said.stdout.splitlines()]


def run_c_file(program, path, request):
    if compiler is None:
        pytest.skip("needs a C compiler, such as gcc")
    return run_in_c(program, path, PARAMETERS, [ROW])[0]


def run_javascript_file(program, path, request):
    program.save(path)
    asked = f"model.program({PARAMETERS}, [{ROW}], 1)"
    found = json.loads(
        run_module(request.getfixturevalue("node"), path, f"console.log(JSON.stringify({asked}))")
    )
    return [found[0], *found[1]]


# Whoever adds a language adds here what runs a file of it.
RUNNERS = {".py": run_python_file, ".c": run_c_file, ".js": run_javascript_file}


@pytest.mark.parametrize("ending", PROGRAM_WRITERS)
def test_a_file_of_each_language_has_the_numbers_of_python(ending, tmp_path, request):
    w, b = [Value(x, name) for x, name in zip(PARAMETERS, "wb", strict=True)]
    x, y = [Value(x, name) for x, name in zip(ROW, "xy", strict=True)]
    program = compile((w * x + b).relu() * y + cos(y) / x, [x, y], [w, b], wrt=[w, b, x, y])
    total, slopes = program(PARAMETERS, [ROW])
    found = RUNNERS[ending](program, tmp_path / f"program{ending}", request)
    assert found == pytest.approx([total, *slopes], rel=1e-15)
