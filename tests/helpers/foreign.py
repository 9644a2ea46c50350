"""Files in C and in JavaScript that the package wrote, compiled and run by a test.

    said = run_c(tmp_path / "model.c", "int main(void) { … }")

Without a C compiler such tests are skipped.
"""

import shutil
import subprocess

import pytest
from nodejs import run_program

FLAGS = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]

compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
needs_compiler = pytest.mark.skipif(compiler is None, reason="needs a C compiler, such as gcc")


def run_c(source, main, *flags):
    """Compile a file with a main in C, any warning an error, and return what it prints."""
    path = source.with_name("main_of_test.c")
    program = source.with_suffix(".out")
    include = f'#include "{source.stem}.h"\n#include <stdio.h>\n#include <math.h>\n'
    path.write_text(include + main, encoding="utf-8")
    command = [compiler, *FLAGS, *flags, str(source), str(path), "-o", str(program), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return run_program(str(program))


def write_array(numbers):
    """Return an array of C, every double as it is."""
    special = {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"}
    return f"{{{', '.join(special.get(repr(x), float(x).hex()) for x in numbers)}}}"


def read_doubles(text):
    """Return the doubles that a program in C printed with %a, each not-a-number the same."""
    return [float.fromhex(word) for word in text.split()]


def run_module(node, source, script):
    """Return what a script prints that has the exports of a module as ``model``."""
    module = source.with_suffix(".mjs")
    module.write_bytes(source.read_bytes())
    path = source.with_name("main_of_test.mjs")
    path.write_text(f'import * as model from "./{module.name}";\n{script}', encoding="utf-8")
    return run_program(node, str(path))
