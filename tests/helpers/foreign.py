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


def call_in_c(program, prefix, parameters, rows, kind="double"):
    """Return a main that prints, for each row, status, result and gradient."""
    name, width, slopes = prefix.upper(), len(rows[0]), len(program.wrt)
    given = "parameters, " * bool(program.parameters) + "rows[i], " * bool(width)
    parts = [f"static const {kind} rows[{len(rows)}][{max(width, 1)}] = {{"]
    parts += [f"    {write_array(row or [0.0])}," for row in rows]
    parts += ["};", "int main(void) {"]
    if parameters:
        parts.append(f"    {kind} parameters[] = {write_array(parameters)};")
    parts += [f"    for (int i = 0; i < {len(rows)}; i++) {{", f"        {kind} y[1] = {{0}};"]
    parts.append(f"        int status = {prefix}_predict({given}y);")
    parts.append('        printf("%d %a\\n", status, (double)y[0]);')
    if slopes:
        parts.append(f"        {kind} d[{name}_SLOPES] = {{0}};")
        parts.append(f"        status = {prefix}_program({given}1, y, d);")
        parts.append('        printf("%d %a\\n", status, (double)y[0]);')
        parts.append(f'        for (int j = 0; j < {slopes}; j++) printf("%a\\n", (double)d[j]);')
    parts += ["        (void)rows;", "    }", "    return 0;", "}", ""]
    return "\n".join(parts)


def run_in_c(program, path, parameters, rows, **options):
    """Save a program, compile it, and return the numbers for each row, or the status."""
    program.save(path, **options)
    kind = "float" if options else "double"
    main = call_in_c(program, path.stem, parameters, rows, kind)
    return read_found(program, run_c(path, main).split())


def read_found(program, words):
    """Return what a main printed for each row: its numbers, or a status that isn't 0."""
    found, width = [], 2 + 2 * bool(program.wrt) + len(program.wrt)
    for i in range(0, len(words), width):
        part = words[i : i + width]
        status, result = int(part[0]), float.fromhex(part[1])
        if program.wrt and not status:
            status = int(part[2])
        gradient = [float.fromhex(word) for word in part[4:]]
        found.append(status or [result, *gradient])
    return found


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
