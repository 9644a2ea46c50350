"""Functions with loops in C: numbers of several rows side by side, each as if it were alone.

A row's numbers never meet those of another one, but in the gradient. So rows go through the same
lines together, eight in one ``lanes`` (a vector of C compilers), and each number is what it would
have been; a gradient takes what the rows give one after the other, from the last to the first. Rows
that are too few go one by one through the same lines with ``double``. That is also done for all of
them where a parameter receives more than once from a row: its sum would have another order.
"""

from __future__ import annotations

import platform
import re
from typing import Any

from ..programs.lines import FunctionWriter
from ..programs.statements import change_unused, find_names
from .functions import DONE, MOST_LINES, CProgram, finish_program
from .lanes import (
    ADDING,
    AHEAD,
    LaneNotation,
    LanesInC,
    LoopedC,
    declare_constants,
    write_sum_ahead,
)
from .notation import CIdentifiers

LANES = 8
FAST, QUICK = "-O3", "-O1"  # how a compiler optimises: a few lines, and many
FEW_LINES = 200  # of one function; for more, a compiler that makes it fast takes its time
NODES_OF_A_LINE = 20  # for which that time is well spent
MOST_LINES_OF_A_NODE = 2  # where nothing repeats itself, there are five or six
# With the vectors that this processor has; elsewhere compilers know the option by another name.
VECTORS = ("-march=native",) * (platform.machine() in ("x86_64", "AMD64"))
DEFINED = re.compile(r"( *)((?:double|lanes) (?P<name>\w+) = .*)")
LANES_HEAD = f"""\
enum {{ LANES = {LANES} }};
typedef double lanes __attribute__((vector_size(8 * LANES), aligned(8)));

/* The same number in all lanes: -0.0 can be added to any without a change. */
#define ALL(x) ((x) + -(lanes){{0}})
"""
ADD_PRODUCTS = f"""\
typedef double some __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

/* Add rows of numbers, each times the one of its lane, to sums: the last row first. */
static inline void {ADDING}(double *sums, long count, lanes x, const double *row, long stride) {{
    long at = 0;
    for (; at + LANES <= count; at += LANES) {{
        lanes sum = *(some *)(sums + at);
        const double *from = row + at;
        for (int l = LANES - 1; l >= 0; l--) sum = sum + x[l] * *(const some *)(from + l * stride);
        *(some *)(sums + at) = sum;
    }}
    for (; at < count; at++)
        for (int l = LANES - 1; l >= 0; l--) sums[at] = sums[at] + x[l] * row[l * stride + at];
}}
"""
# The first rows may be too few for all lanes: then the others are as the first, of no weight.
FILL_UP = """\
int active = last - first < LANES ? (int)(last - first) : LANES;
long row = last - active;
for (int l = 0; l < LANES; l++) for (long at = 0; at < WIDTH; at++)
    inputs[at][l] = rows[(row + (l < active ? l : 0)) * WIDTH + at];"""
WEIGH = """\
lanes upstream = ALL(share);
for (int l = active; l < LANES; l++) upstream[l] = 0.0;"""
CALL_LANES = """
    if (count >= LANES) {
        first = 0;
        status = take_lanes(&memory->of.lanes, parameters, rows, first, count, upstream,
                            memory->columns, results);
    }"""
CALLING = """\
static int looped(const double *parameters, const double *rows, long count, double upstream,
                  double *gradient, double *results) {{
    struct memory {{
        double columns[SLOPES + 1];
        union {{ {room}struct double_memory single; }} of;
    }} *memory = malloc(sizeof *memory);
    if (!memory) return 2;
    memcpy(memory->columns, gradient, SLOPES * sizeof(double));
    int status = 0;
    long first = count;{lanes}
    if (!status) status = take_double(&memory->of.single, parameters, rows, 0, first, upstream,
                                      memory->columns, results);
    if (!status) status = has_failed();
    if (!status) memcpy(gradient, memory->columns, SLOPES * sizeof(double));
    free(memory);
    return status;
}}"""
WORDS = f"""
inputs constants memory first last all one other sum l at ALL LANES WIDTH SLOPES NOINLINE
active share some {ADDING} {AHEAD}_double {AHEAD}_lanes lanes looped take_lanes take_double
lanes_memory double_memory
"""


def write_looped(program: Any, kind: int | str) -> CProgram | None:
    """Return one function of a program with loops in C; None if little of it repeats itself."""
    writer = FunctionWriter(program, kind, CIdentifiers(WORDS), LoopedC())
    looping = writer.looping
    if looping is None:
        return None
    functions = [RowsFunction(writer)]
    lines, nodes = len(functions[0].lines), len(program.graph)
    is_dense = lines <= FEW_LINES or nodes >= NODES_OF_A_LINE * lines
    if lines > MOST_LINES or (not is_dense and lines > MOST_LINES_OF_A_NODE * nodes):
        return None
    has_lanes = is_dense and not looping.repeats_slopes()
    if has_lanes:
        in_lanes = FunctionWriter(program, kind, CIdentifiers(WORDS), LanesInC())
        functions.append(RowsFunction(in_lanes))
    text = "\n".join([line for function in functions for line in function.write()])
    text = "\n".join(
        [
            "#include <stdlib.h>",
            "#include <string.h>",
            "",
            "#define NOINLINE __attribute__((noinline)) /* lest errors be asked for before */",
            f"enum {{ WIDTH = {len(writer.inputs)}, SLOPES = {len(writer.slopes)} }};",
            *declare_constants(looping.constants),
            *[LANES_HEAD] * has_lanes,
            *[ADD_PRODUCTS] * (f"{ADDING}(" in text),
            *[part for f in functions for part in write_sum_ahead(f.statements, text)],
            text,
            CALLING.format(
                lanes=CALL_LANES if has_lanes else "",
                room="struct lanes_memory lanes; " if has_lanes else "",
            ),
        ]
    )
    flags = FAST if is_dense else QUICK, *VECTORS
    return finish_program(text, "looped", *[f.writer for f in functions], flags=flags)


class RowsFunction:
    """The function that takes rows through the lines, one or eight at a time."""

    def __init__(self, writer: FunctionWriter) -> None:
        self.writer = writer
        self.statements: Any = writer.statements
        # A number that is computed for its errors alone is computed anyway.
        lines = change_unused(writer.write_lines(), DEFINED, r"\1volatile \2")
        if isinstance(self.statements, LanesInC) and self.statements.turned:
            begin = lines.index("/* Backward */")
            lines[begin:begin] = self.statements.turn_arrays()
        used, number = find_names(lines), self.statements.number
        self.lines = [
            *[
                f"{number} {name} = inputs[{i}];"
                for i, name in enumerate(writer.inputs)
                if name in used
            ],
            *lines,
        ]
        self.given = [
            f"const double {name} = parameters[{i}];"
            for i, name in enumerate(writer.parameters)
            if name in used
        ]

    def write(self) -> list[str]:
        """Return the function, behind the memory that it needs and the functions that it calls."""
        number = self.statements.number
        arrays: dict[str, int | str] = {**self.statements.arrays}
        turned = getattr(self.statements, "turned", {})
        has_upstream = "upstream" in find_names(self.lines)
        loop, taken = "long row = end - 1; row >= first; row--", "upstream"
        before = ["const double *inputs = rows + row * WIDTH;"]
        defined: list[str] = []
        if isinstance(self.statements.notation, LaneNotation):
            defined = self.statements.notation.define_functions()
            arrays["inputs"] = "WIDTH + 1"
            loop, taken = "long last = end; last > first; last -= LANES", "share"
            before = [*FILL_UP.split("\n"), *(WEIGH.split("\n") if has_upstream else [])]
        return [
            *defined,
            f"struct {number}_memory {{",
            *[f"    {number} {name}[{size}];" for name, size in arrays.items()],
            *[f"    double {name}_rows_[LANES][{size}];" for name, size in turned.items()],
            *["    char unused;"] * (not arrays),
            "};",
            "",
            "NOINLINE",
            f"static int take_{number}(struct {number}_memory *memory, const double *parameters,",
            f"    const double *rows, long first, long end, double {taken}, double *columns,",
            "    double *results) {",
            f"    (void)memory; (void)parameters; (void){taken}; (void)columns; (void)results;",
            *[f"    {number} *{name} = memory->{name};" for name in arrays],
            *[
                f"    double (*{name}_rows_)[{size}] = memory->{name}_rows_;"
                for name, size in turned.items()
            ],
            *[f"    {line}" for line in self.given],
            f"    for ({loop}) {{",
            *[f"        {line}" for line in [*before, *self.lines]],
            "    }",
            f"    return {DONE};",
            "}",
            "",
        ]
