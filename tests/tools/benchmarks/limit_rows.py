"""How near a program in C comes to what the processor could do at best."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import descents
from measure import MissingError, timings
from native_rows import STEPS
from registry import figure
from rows import demo

from micrograd_nn.extras.compile.native.building import find_compiler


class Counted(float):
    """A float that counts the sums, differences, products and quotients made with it."""

    count = 0


def counting(name: str) -> Any:
    compute = getattr(float, name)

    def operate(*numbers: float) -> Counted:
        Counted.count += 1
        return Counted(compute(*numbers))

    return operate


for sign in ("add", "sub", "mul", "truediv"):
    for name in (f"__{sign}__", f"__r{sign}__"):
        setattr(Counted, name, counting(name))


def count_operations(descent: descents.Descent) -> int:
    """Return how many operations a step takes: the program's in Python, and each weight's two."""
    program = descent.program
    program.load_function(0)
    namespace = dict(program.rules)
    exec(program.source, namespace)
    weights = [Counted(weight) for weight in descent.weights]
    rows = [[Counted(x) for x in row] for row in descent.rows]
    Counted.count = 0
    namespace["program"](weights, rows, Counted(1.0), [Counted(0.0)] * len(weights))
    return Counted.count + 2 * len(weights)


@figure("moons step, native: operations a second", "flop/s")
def operations(effort):
    descent = descents.descend_moons(demo(effort), native=True)
    count, steps = count_operations(descent), effort.size(STEPS, 2)
    return [count / seconds for seconds in timings(lambda: descent.run(steps), effort, steps)]


@figure("what one core can do: one number at a time", "flop/s")
def scalar_peak(effort):
    return measure_peak("scalar", effort)


@figure("what one core can do: eight numbers at once", "flop/s")
def vector_peak(effort):
    return measure_peak("vector", effort)


def measure_peak(kind: str, effort: Any) -> list[float]:
    """Return what ``peak.c`` finds, once a round."""
    try:
        compiler = find_compiler()
    except RuntimeError as error:
        raise MissingError(str(error)) from None
    with tempfile.TemporaryDirectory() as folder:
        made = str(Path(folder, "peak"))
        source = str(Path(__file__).parent / "peak.c")
        flags = ["-O3", "-march=native", "-w", "-o", made]
        if effort.quick or subprocess.run([*compiler, *flags, source]).returncode:
            raise MissingError("nothing that measures the processor")
        said = [
            subprocess.run([made], capture_output=True, text=True, check=True).stdout
            for _ in range(effort.rounds)
        ]
    return [float(re.findall(f"{kind} (\\S+)", text)[0]) for text in said]
